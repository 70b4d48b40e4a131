//! SQS queues, standard ones.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_sqs::types::QueueAttributeName as Name;
use serde_json::json;

use super::policy::Policy;
use super::{Claim, Patience, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::wait::{self, Pauses, Seen, Settling, eventually};
use crate::aws::{AccountId, Partition, Region, Session};

/// A queue's name is free again a minute after the queue was deleted
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html>).
const JUST_DELETED: Settling = Settling {
    what: "the name of the deleted queue to be free",
    limit: Duration::from_mins(2),
    passes: |failure| failure.code().is_some_and(|code| code.ends_with("QueueDeletedRecently")),
};

/// For how long a deleted queue may still answer
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html>).
const LINGERS: Duration = Duration::from_mins(1);

/// What a queue shall be. Messages are encrypted with SQS's own keys.
#[derive(Clone, Debug)]
pub struct Queue {
    /// Its name, 1 to 80 letters, digits, `-` and `_`.
    pub name: String,
    /// How long a message that was received stays hidden, in seconds, at most 43,200.
    pub visibility_seconds: u32,
    /// How long a message is kept, in seconds: 60 to 1,209,600.
    pub retention_seconds: u32,
    /// Where a message goes that nobody could handle.
    pub redrive: Option<Redrive>,
    /// Who may send to it, beyond the account itself.
    pub policy: Option<Policy>,
    /// All of its tags.
    pub tags: Tags,
}

/// Where a message goes that nobody could handle.
#[derive(Clone, Debug)]
pub struct Redrive {
    /// ARN of the dead-letter queue.
    pub dead_letter_arn: String,
    /// How often it is received before: 1 to 1,000.
    pub receives: u16,
}

/// A queue as SQS has it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its URL.
    pub url: String,
    attributes: HashMap<Name, String>,
}

impl Found {
    /// What differs from what it shall be, in words for a user; tags apart.
    pub fn differences(&self, wanted: &Queue) -> Vec<&'static str> {
        let changed = self.changed(wanted);
        let words = [
            (Name::VisibilityTimeout, "visibility timeout"),
            (Name::MessageRetentionPeriod, "retention"),
            (Name::SqsManagedSseEnabled, "encryption"),
            (Name::KmsMasterKeyId, "encryption"),
            (Name::RedrivePolicy, "dead-letter queue"),
            (Name::Policy, "policy"),
        ];
        let words = words.into_iter().filter(|(name, _)| changed.contains_key(name));
        let mut words: Vec<&str> = words.map(|(_, word)| word).collect();
        words.dedup();
        words
    }

    /// Its policy, as JSON; empty where it has none.
    pub fn policy(&self) -> &str {
        self.attributes.get(&Name::Policy).map_or("", String::as_str)
    }

    /// The attributes to send.
    fn changed(&self, wanted: &Queue) -> HashMap<Name, String> {
        let mut changed = wanted.attributes();
        changed.retain(|name, value| {
            let found = self.attributes.get(name).map_or("", String::as_str);
            let is_same = match (&wanted.policy, name == &Name::Policy) {
                (Some(policy), true) => policy.is_said_by(found),
                (Some(_) | None, _) if *name == Name::RedrivePolicy => {
                    is_same_redrive(value, found)
                }
                (Some(_) | None, _) => value == found,
            };
            !is_same
        });
        changed
    }
}

impl Queue {
    /// The attributes as SQS takes them. An empty text takes an attribute away.
    fn attributes(&self) -> HashMap<Name, String> {
        let redrive = self.redrive.as_ref().map(|redrive| {
            json!({
                "deadLetterTargetArn": redrive.dead_letter_arn,
                "maxReceiveCount": redrive.receives,
            })
        });
        HashMap::from([
            (Name::VisibilityTimeout, self.visibility_seconds.to_string()),
            (Name::MessageRetentionPeriod, self.retention_seconds.to_string()),
            // A queue has either SQS's own keys or one of KMS.
            (Name::SqsManagedSseEnabled, "true".to_owned()),
            (Name::KmsMasterKeyId, String::new()),
            (Name::RedrivePolicy, redrive.map(|json| json.to_string()).unwrap_or_default()),
            (Name::Policy, self.policy.as_ref().map(Policy::to_json).unwrap_or_default()),
        ])
    }
}

/// SQS shows the count as a number or as a text.
fn is_same_redrive(wanted: &str, found: &str) -> bool {
    let read = |text: &str| -> Option<(String, String)> {
        let json: serde_json::Value = serde_json::from_str(text).ok()?;
        let count = json.get("maxReceiveCount")?.to_string();
        let target = json.get("deadLetterTargetArn")?.as_str()?.to_owned();
        Some((target, count.trim_matches('"').to_owned()))
    };
    read(wanted) == read(found)
}

/// The ARN of the queue of this name.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:sqs:{region}:{account}:{name}")
}

/// The queue; `None` when there is none.
///
/// # Errors
/// What SQS refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let Some(url) = url(session, name).await? else { return Ok(None) };
    let asked = session.sqs().get_queue_attributes().queue_url(&url).attribute_names(Name::All);
    let asked = asked.send().await.map_err(session.failed("sqs", "GetQueueAttributes"));
    let Some(answer) = or_absent(asked)? else { return Ok(None) };
    Ok(Some(Found { url, attributes: answer.attributes.unwrap_or_default() }))
}

/// The tags of the queue with this URL.
///
/// # Errors
/// What SQS refuses.
pub async fn tags(session: &Session, url: &str) -> Result<Tags, Failure> {
    let asked = session.sqs().list_queue_tags().queue_url(url).send().await;
    let answer = or_absent(asked.map_err(session.failed("sqs", "ListQueueTags")))?;
    let tags = answer.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(tags.into_iter().collect())
}

/// Makes the queue, or brings it to what it shall be; returns its URL.
///
/// # Errors
/// What SQS refuses; [`Kind::Conflict`] for a queue that is not ours.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &Queue,
) -> Result<String, Failure> {
    if let Some(found) = find(session, &wanted.name).await? {
        return change(session, claim, found, wanted).await;
    }
    match eventually(JUST_DELETED, patience.cancel, || create(session, wanted)).await {
        Ok(url) => Ok(url),
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(taken) if taken.kind() == Kind::Conflict => {
            let Some(found) = find(session, &wanted.name).await? else { return Err(taken) };
            change(session, Claim::ByTags, found, wanted).await
        }
        Err(failure) => Err(failure),
    }
}

async fn create(session: &Session, wanted: &Queue) -> Result<String, Failure> {
    let mut attributes = wanted.attributes();
    attributes.retain(|_, value| !value.is_empty());
    let created = session
        .sqs()
        .create_queue()
        .queue_name(&wanted.name)
        .set_attributes(Some(attributes))
        .set_tags(Some(wanted.tags.clone().into_iter().collect()))
        .send()
        .await;
    let answer = created.map_err(session.failed("sqs", "CreateQueue"))?;
    Ok(answer.queue_url.unwrap_or_default())
}

async fn change(
    session: &Session,
    claim: Claim,
    found: Found,
    wanted: &Queue,
) -> Result<String, Failure> {
    let tags = tags(session, &found.url).await?;
    claim.check("queue", &wanted.name, &tags, &wanted.tags)?;
    let changed = found.changed(wanted);
    if !changed.is_empty() {
        let call = session
            .sqs()
            .set_queue_attributes()
            .queue_url(&found.url)
            .set_attributes(Some(changed));
        call.send().await.map_err(session.failed("sqs", "SetQueueAttributes"))?;
    }
    change_tags(session, &found.url, &TagChanges::between(&tags, &wanted.tags)).await?;
    Ok(found.url)
}

async fn change_tags(session: &Session, url: &str, changes: &TagChanges) -> Result<(), Failure> {
    if !changes.set.is_empty() {
        let tags = Some(changes.set.clone().into_iter().collect());
        let call = session.sqs().tag_queue().queue_url(url).set_tags(tags);
        call.send().await.map_err(session.failed("sqs", "TagQueue"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let call = session.sqs().untag_queue().queue_url(url).set_tag_keys(keys);
        call.send().await.map_err(session.failed("sqs", "UntagQueue"))?;
    }
    Ok(())
}

/// Deletes the queues of these names with the messages in them, and waits until they answer no more:
/// who makes them anew would take one that is going for one that is there.
///
/// # Errors
/// What SQS refuses.
pub async fn delete(
    session: &Session,
    patience: Patience<'_>,
    names: &[&str],
) -> Result<(), Failure> {
    for name in names {
        let Some(url) = url(session, name).await? else { continue };
        let deleted = session.sqs().delete_queue().queue_url(url).send().await;
        or_absent(deleted.map_err(session.failed("sqs", "DeleteQueue")))?;
    }
    for name in names {
        until_gone(session, patience, name).await?;
    }
    Ok(())
}

/// SQS has taken the deletion. One that goes on answering for longer than it should stops nothing.
async fn until_gone(session: &Session, patience: Patience<'_>, name: &str) -> Result<(), Failure> {
    let what = format!("queue `{name}` to be gone");
    let probe = || async {
        Ok(match url(session, name).await? {
            None => Seen::Ready(()),
            Some(_) => Seen::Pending("it still answers".to_owned()),
        })
    };
    let deadline = patience.deadline.at_most(LINGERS);
    match wait::until(&what, deadline, Pauses::default(), patience.cancel, probe).await {
        Err(late) if late.kind() == Kind::Timeout => Ok(()),
        ended => ended,
    }
}

/// The URL of the queue; `None` when there is none.
async fn url(session: &Session, name: &str) -> Result<Option<String>, Failure> {
    let asked = session.sqs().get_queue_url().queue_name(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("sqs", "GetQueueUrl")))?;
    Ok(answer.and_then(|answer| answer.queue_url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue() -> Queue {
        Queue {
            name: "q".to_owned(),
            visibility_seconds: 360,
            retention_seconds: 1_209_600,
            redrive: Some(Redrive { dead_letter_arn: "arn:dead".to_owned(), receives: 50 }),
            policy: None,
            tags: Tags::new(),
        }
    }

    fn found(change: impl FnOnce(&mut HashMap<Name, String>)) -> Found {
        let mut attributes = queue().attributes();
        attributes.retain(|_, value| !value.is_empty());
        change(&mut attributes);
        Found { url: String::new(), attributes }
    }

    #[test]
    fn only_what_differs_is_sent() {
        assert!(found(|_| {}).changed(&queue()).is_empty());
        let other = found(|attributes| {
            attributes.insert(Name::VisibilityTimeout, "30".to_owned());
            attributes.insert(Name::Policy, "{}".to_owned());
        });
        let changed = other.changed(&queue());
        assert_eq!(changed.get(&Name::VisibilityTimeout).map(String::as_str), Some("360"));
        assert_eq!(changed.get(&Name::Policy).map(String::as_str), Some(""));
        assert_eq!(changed.len(), 2);
        assert_eq!(other.differences(&queue()), ["visibility timeout", "policy"]);
    }

    #[test]
    fn a_key_of_kms_is_taken_away() {
        let other = found(|attributes| {
            attributes.insert(Name::SqsManagedSseEnabled, "false".to_owned());
            attributes.insert(Name::KmsMasterKeyId, "alias/mine".to_owned());
        });
        assert_eq!(other.differences(&queue()), ["encryption"]);
        let changed = other.changed(&queue());
        assert_eq!(changed.get(&Name::SqsManagedSseEnabled).map(String::as_str), Some("true"));
        assert_eq!(changed.get(&Name::KmsMasterKeyId).map(String::as_str), Some(""));
    }

    #[test]
    fn a_count_may_be_shown_as_text() {
        let shown = r#"{"maxReceiveCount":"50","deadLetterTargetArn":"arn:dead"}"#;
        let same = found(|attributes| {
            attributes.insert(Name::RedrivePolicy, shown.to_owned());
        });
        assert!(same.changed(&queue()).is_empty());
        let other = found(|attributes| {
            attributes.insert(Name::RedrivePolicy, shown.replace("50", "5"));
        });
        assert_eq!(other.differences(&queue()), ["dead-letter queue"]);
    }
}
