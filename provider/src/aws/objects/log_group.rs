//! Log groups of `CloudWatch` Logs, made before what writes to them: Lambda makes a missing one
//! itself, and that one keeps everything for ever.

use aws_sdk_cloudwatchlogs::types::LogGroup as Listed;

use super::{Claim, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Partition, Region, Session};

/// The days that `CloudWatch` Logs can keep log lines for
/// (<https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html>).
pub const RETENTION_DAYS: [i32; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// What a log group shall be.
#[derive(Clone, Debug)]
pub struct LogGroup {
    /// Its name, for a function `/aws/lambda/<function>`.
    pub name: String,
    /// How long lines are kept, one of [`RETENTION_DAYS`].
    pub retention_days: i32,
    /// All of its tags.
    pub tags: Tags,
}

/// A log group as it is.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How long lines are kept; `None` is for ever.
    pub retention_days: Option<i32>,
    /// All of its tags.
    pub tags: Tags,
}

/// The name of the log group that Lambda gives a function by itself.
pub fn name_for_function(function: &str) -> String {
    format!("/aws/lambda/{function}")
}

/// The ARN of a log group, without the `:*` that stands for its streams.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:logs:{region}:{account}:log-group:{name}")
}

fn own_arn(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// The log group; `None` when there is none.
///
/// # Errors
/// What `CloudWatch` Logs refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let Some(group) = listed(session, name).await? else { return Ok(None) };
    let asked =
        session.logs().list_tags_for_resource().resource_arn(own_arn(session, name)).send().await;
    let tags = or_absent(asked.map_err(session.failed("logs", "ListTagsForResource")))?;
    let tags = tags.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(Some(Found { retention_days: group.retention_in_days, tags: tags.into_iter().collect() }))
}

/// Names that begin alike are listed in the order of the alphabet, so the first page has it.
async fn listed(session: &Session, name: &str) -> Result<Option<Listed>, Failure> {
    let asked = session.logs().describe_log_groups().log_group_name_prefix(name).send().await;
    let answer = asked.map_err(session.failed("logs", "DescribeLogGroups"))?;
    let groups = answer.log_groups.unwrap_or_default();
    Ok(groups.into_iter().find(|group| group.log_group_name.as_deref() == Some(name)))
}

/// Makes the log group, or brings it to what it shall be.
///
/// # Errors
/// What `CloudWatch` Logs refuses; [`Kind::Conflict`] for a log group that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &LogGroup) -> Result<(), Failure> {
    let found = match find(session, &wanted.name).await? {
        Some(found) => found,
        None => match create(session, wanted).await {
            Ok(()) => Found { retention_days: None, tags: wanted.tags.clone() },
            // Also the answer to a call whose first answer was lost, and which the SDK sent again.
            Err(taken) if taken.kind() == Kind::Conflict => {
                find(session, &wanted.name).await?.ok_or(taken)?
            }
            Err(failure) => return Err(failure),
        },
    };
    claim.check("log group", &wanted.name, &found.tags, &wanted.tags)?;
    if found.retention_days != Some(wanted.retention_days) {
        let call = session
            .logs()
            .put_retention_policy()
            .log_group_name(&wanted.name)
            .retention_in_days(wanted.retention_days);
        call.send().await.map_err(session.failed("logs", "PutRetentionPolicy"))?;
    }
    change_tags(session, &wanted.name, &TagChanges::between(&found.tags, &wanted.tags)).await
}

async fn create(session: &Session, wanted: &LogGroup) -> Result<(), Failure> {
    let created = session
        .logs()
        .create_log_group()
        .log_group_name(&wanted.name)
        .set_tags(Some(wanted.tags.clone().into_iter().collect()))
        .send()
        .await;
    created.map_err(session.failed("logs", "CreateLogGroup"))?;
    Ok(())
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let (logs, arn) = (session.logs(), own_arn(session, name));
    if !changes.set.is_empty() {
        let tags = changes.set.clone().into_iter().collect();
        let call = logs.tag_resource().resource_arn(&arn).set_tags(Some(tags));
        call.send().await.map_err(session.failed("logs", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let call = logs.untag_resource().resource_arn(&arn);
        let call = call.set_tag_keys(Some(changes.remove.clone()));
        call.send().await.map_err(session.failed("logs", "UntagResource"))?;
    }
    Ok(())
}

/// Removes the log group with its lines.
///
/// # Errors
/// What `CloudWatch` Logs refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let call = session.logs().delete_log_group().log_group_name(name);
    or_absent(call.send().await.map_err(session.failed("logs", "DeleteLogGroup")))?;
    Ok(())
}
