//! Workgroups of Athena, which say where the results of queries go.

use aws_sdk_athena::types::{
    ResultConfiguration, ResultConfigurationUpdates, Tag, WorkGroup as Shown,
    WorkGroupConfiguration, WorkGroupConfigurationUpdates, WorkGroupState,
};

use super::{Claim, Tags};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Partition, Region, Session};

/// What a workgroup shall be.
#[derive(Clone, Debug)]
pub struct Workgroup {
    /// Its name, 1 to 128 of letters, digits and `._-`.
    pub name: String,
    /// What it is for, up to 1,024 characters.
    pub description: String,
    /// Where in S3 results go.
    pub results: String,
    /// All of its tags.
    pub tags: Tags,
}

/// A workgroup as it is.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What it says to be for.
    pub description: String,
    /// Where in S3 results go.
    pub results: String,
    /// Whether queries may name no other place.
    pub is_enforced: bool,
    /// Whether it can be used.
    pub is_enabled: bool,
    /// All of its tags.
    pub tags: Tags,
}

impl Found {
    /// What differs from what it shall be, in words for a user; tags apart.
    pub fn differences(&self, wanted: &Workgroup) -> Vec<&'static str> {
        [
            ("description", self.description == wanted.description),
            ("place for results", self.results == wanted.results && self.is_enforced),
            ("state", self.is_enabled),
        ]
        .into_iter()
        .filter(|(_, is_same)| !is_same)
        .map(|(what, _)| what)
        .collect()
    }
}

/// The ARN of a workgroup.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:athena:{region}:{account}:workgroup/{name}")
}

fn own_arn(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// `Ok(None)` for what Athena says isn't there: with `InvalidRequestException`, as for everything that it
/// can't do, and in these words (hashicorp/terraform-provider-aws looks for the same).
///
/// # Errors
/// Every other failure.
pub fn or_absent<T>(asked: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.kind() == Kind::NotFound => Ok(None),
        Err(failure) if failure.code() == Some("InvalidRequestException") => {
            let is_absent = ["is not found", "does not exist"]
                .iter()
                .any(|words| failure.message().contains(words));
            if is_absent { Ok(None) } else { Err(failure) }
        }
        Err(failure) => Err(failure),
    }
}

/// The workgroup; `None` when there is none.
///
/// # Errors
/// What Athena refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.athena().get_work_group().work_group(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("athena", "GetWorkGroup")))?;
    let Some(group) = answer.and_then(|answer| answer.work_group) else { return Ok(None) };
    let call = session.athena().list_tags_for_resource().resource_arn(own_arn(session, name));
    // A workgroup has 50 tags at most, and a page 75.
    let asked = call.send().await.map_err(session.failed("athena", "ListTagsForResource"));
    let tags = or_absent(asked)?.and_then(|answer| answer.tags).unwrap_or_default();
    let tags = tags.into_iter().filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())));
    Ok(Some(lifted(group, tags.collect())))
}

fn lifted(group: Shown, tags: Tags) -> Found {
    let configuration = group.configuration;
    let is_enforced = configuration
        .as_ref()
        .and_then(|configuration| configuration.enforce_work_group_configuration);
    let results = configuration
        .and_then(|configuration| configuration.result_configuration)
        .and_then(|results| results.output_location);
    Found {
        description: group.description.unwrap_or_default(),
        results: results.unwrap_or_default(),
        is_enforced: is_enforced.unwrap_or_default(),
        is_enabled: group.state != Some(WorkGroupState::Disabled),
        tags,
    }
}

/// Makes the workgroup, or brings it to what it shall be.
///
/// # Errors
/// What Athena refuses; [`Kind::Conflict`] for a workgroup that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &Workgroup) -> Result<(), Failure> {
    let found = match find(session, &wanted.name).await? {
        Some(found) => found,
        None => match create(session, wanted).await {
            Ok(()) => return Ok(()),
            // Also the answer to a call whose first answer was lost, and which the SDK sent again: that the
            // workgroup is there is an `InvalidRequestException` like any other.
            Err(failure) => match find(session, &wanted.name).await? {
                Some(found) => found,
                None => return Err(failure),
            },
        },
    };
    claim.check("workgroup", &wanted.name, &found.tags, &wanted.tags)?;
    if !found.differences(wanted).is_empty() {
        update(session, wanted).await?;
    }
    change_tags(session, &wanted.name, &TagChanges::between(&found.tags, &wanted.tags)).await
}

async fn create(session: &Session, wanted: &Workgroup) -> Result<(), Failure> {
    let results = ResultConfiguration::builder().output_location(&wanted.results).build();
    let configuration = WorkGroupConfiguration::builder()
        .result_configuration(results)
        .enforce_work_group_configuration(true)
        .publish_cloud_watch_metrics_enabled(false)
        .build();
    let call = session.athena().create_work_group().name(&wanted.name);
    let call = call.description(&wanted.description).configuration(configuration);
    let call = call.set_tags(Some(sent(&wanted.tags)));
    call.send().await.map_err(session.failed("athena", "CreateWorkGroup"))?;
    Ok(())
}

async fn update(session: &Session, wanted: &Workgroup) -> Result<(), Failure> {
    let results = ResultConfigurationUpdates::builder().output_location(&wanted.results).build();
    let configuration = WorkGroupConfigurationUpdates::builder()
        .result_configuration_updates(results)
        .enforce_work_group_configuration(true)
        .build();
    let call = session.athena().update_work_group().work_group(&wanted.name);
    let call = call.description(&wanted.description).configuration_updates(configuration);
    let call = call.state(WorkGroupState::Enabled);
    call.send().await.map_err(session.failed("athena", "UpdateWorkGroup"))?;
    Ok(())
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let (athena, arn) = (session.athena(), own_arn(session, name));
    if !changes.set.is_empty() {
        let call = athena.tag_resource().resource_arn(&arn).set_tags(Some(sent(&changes.set)));
        call.send().await.map_err(session.failed("athena", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let call = athena.untag_resource().resource_arn(&arn);
        let call = call.set_tag_keys(Some(changes.remove.clone()));
        call.send().await.map_err(session.failed("athena", "UntagResource"))?;
    }
    Ok(())
}

fn sent(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Removes the workgroup with its queries and what Athena remembers of their runs.
///
/// # Errors
/// What Athena refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let call = session.athena().delete_work_group().work_group(name);
    let deleted = call.recursive_delete_option(true).send().await;
    or_absent(deleted.map_err(session.failed("athena", "DeleteWorkGroup")))?;
    Ok(())
}
