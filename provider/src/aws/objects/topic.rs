//! SNS topics.

use std::collections::HashMap;

use aws_sdk_sns::types::Tag;

use super::policy::Policy;
use super::{Claim, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Partition, Region, Session};

/// The attribute of a topic that is its policy.
const POLICY: &str = "Policy";
/// The attribute of a topic that people see as the sender of its e-mails.
const DISPLAY_NAME: &str = "DisplayName";

/// What a topic shall be.
#[derive(Clone, Debug)]
pub struct Topic {
    /// Its name, 1 to 256 letters, digits, `-` and `_`.
    pub name: String,
    /// The sender that e-mails show, at most 100 characters.
    pub display_name: String,
    /// Who may do what with it.
    pub policy: Policy,
    /// All of its tags.
    pub tags: Tags,
}

/// A topic as SNS has it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The sender that e-mails show.
    pub display_name: String,
    /// Its policy, as JSON.
    pub policy: String,
}

impl Found {
    /// What differs from what it shall be, in words for a user; tags apart.
    pub fn differences(&self, wanted: &Topic) -> Vec<&'static str> {
        let parts = [
            ("policy", wanted.policy.is_said_by(&self.policy)),
            ("display name", self.display_name == wanted.display_name),
        ];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }
}

/// The ARN of the topic of this name.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:sns:{region}:{account}:{name}")
}

/// The ARN of the topic of this name where the session leads.
pub fn arn_in(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// The topic; `None` when there is none.
///
/// # Errors
/// What SNS refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.sns().get_topic_attributes().topic_arn(arn_in(session, name)).send().await;
    let answer = or_absent(asked.map_err(session.failed("sns", "GetTopicAttributes")))?;
    Ok(answer.map(|answer| {
        let mut attributes = answer.attributes.unwrap_or_default();
        Found {
            display_name: attributes.remove(DISPLAY_NAME).unwrap_or_default(),
            policy: attributes.remove(POLICY).unwrap_or_default(),
        }
    }))
}

/// The topic's tags; `None` when there is no such topic.
///
/// # Errors
/// What SNS refuses.
pub async fn tags(session: &Session, name: &str) -> Result<Option<Tags>, Failure> {
    let asked =
        session.sns().list_tags_for_resource().resource_arn(arn_in(session, name)).send().await;
    let answer = or_absent(asked.map_err(session.failed("sns", "ListTagsForResource")))?;
    Ok(answer.map(|answer| {
        answer.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()
    }))
}

/// Makes the topic, or brings it to what it shall be.
///
/// # Errors
/// What SNS refuses; [`Kind::Conflict`] for a topic that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &Topic) -> Result<(), Failure> {
    match find(session, &wanted.name).await? {
        Some(found) => change(session, claim, &found, wanted).await,
        None => match create(session, wanted).await {
            Ok(()) => Ok(()),
            // A topic of this name with other tags came about meanwhile.
            Err(failure) if matches!(failure.kind(), Kind::Invalid | Kind::Conflict) => {
                let Some(found) = find(session, &wanted.name).await? else { return Err(failure) };
                change(session, Claim::ByTags, &found, wanted).await
            }
            Err(failure) => Err(failure),
        },
    }
}

async fn create(session: &Session, wanted: &Topic) -> Result<(), Failure> {
    let attributes = HashMap::from([
        (POLICY.to_owned(), wanted.policy.to_json()),
        (DISPLAY_NAME.to_owned(), wanted.display_name.clone()),
    ]);
    let created = session
        .sns()
        .create_topic()
        .name(&wanted.name)
        .set_attributes(Some(attributes))
        .set_tags(Some(sent(&wanted.tags)))
        .send()
        .await;
    created.map(drop).map_err(session.failed("sns", "CreateTopic"))
}

async fn change(
    session: &Session,
    claim: Claim,
    found: &Found,
    wanted: &Topic,
) -> Result<(), Failure> {
    let tags = tags(session, &wanted.name).await?.unwrap_or_default();
    claim.check("topic", &wanted.name, &tags, &wanted.tags)?;
    if !wanted.policy.is_said_by(&found.policy) {
        set(session, &wanted.name, POLICY, &wanted.policy.to_json()).await?;
    }
    if found.display_name != wanted.display_name {
        set(session, &wanted.name, DISPLAY_NAME, &wanted.display_name).await?;
    }
    change_tags(session, &wanted.name, &TagChanges::between(&tags, &wanted.tags)).await
}

async fn set(session: &Session, name: &str, attribute: &str, value: &str) -> Result<(), Failure> {
    let call = session
        .sns()
        .set_topic_attributes()
        .topic_arn(arn_in(session, name))
        .attribute_name(attribute)
        .attribute_value(value);
    call.send().await.map(drop).map_err(session.failed("sns", "SetTopicAttributes"))
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let arn = arn_in(session, name);
    if !changes.set.is_empty() {
        let tags = Some(sent(&changes.set));
        let call = session.sns().tag_resource().resource_arn(&arn).set_tags(tags);
        call.send().await.map_err(session.failed("sns", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let call = session.sns().untag_resource().resource_arn(&arn).set_tag_keys(keys);
        call.send().await.map_err(session.failed("sns", "UntagResource"))?;
    }
    Ok(())
}

fn sent(tags: &Tags) -> Vec<Tag> {
    let tag =
        |(key, value)| Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.iter().map(tag).collect()
}

/// Publishes a message.
///
/// # Errors
/// What SNS refuses.
pub async fn publish(
    session: &Session,
    name: &str,
    subject: &str,
    message: &str,
) -> Result<(), Failure> {
    let call =
        session.sns().publish().topic_arn(arn_in(session, name)).subject(subject).message(message);
    call.send().await.map(drop).map_err(session.failed("sns", "Publish"))
}

/// Deletes the topic with all of its subscriptions.
///
/// # Errors
/// What SNS refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let deleted = session.sns().delete_topic().topic_arn(arn_in(session, name)).send().await;
    or_absent(deleted.map_err(session.failed("sns", "DeleteTopic"))).map(drop)
}
