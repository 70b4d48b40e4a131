//! EventBridge rules that hand events to one target.

use aws_sdk_eventbridge::types::{RuleState, Tag, Target};
use serde_json::Value;

use super::{Claim, Tags, or_absent};
use crate::aws::Session;
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;

/// Id of the target that we set.
const TARGET: &str = "hinomi";

/// What a rule on the default bus shall be.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its name, 1 to 64 letters, digits, `.`, `-` and `_`.
    pub name: String,
    /// What it is for, at most 512 characters.
    pub description: String,
    /// Which events it takes.
    pub pattern: Value,
    /// ARN of what it hands them to.
    pub target_arn: String,
    /// All of its tags.
    pub tags: Tags,
}

/// A rule as EventBridge has it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its ARN.
    pub arn: String,
    /// What it says to be for.
    pub description: String,
    /// Which events it takes, as JSON.
    pub pattern: String,
    /// Whether it works.
    pub is_enabled: bool,
}

impl Found {
    /// What differs from what it shall be, in words for a user; targets and tags apart.
    pub fn differences(&self, wanted: &Rule) -> Vec<&'static str> {
        let pattern = serde_json::from_str::<Value>(&self.pattern).ok();
        let parts = [
            ("pattern", pattern.as_ref() == Some(&wanted.pattern)),
            ("description", self.description == wanted.description),
            ("state", self.is_enabled),
        ];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }
}

/// The rule; `None` when there is none.
///
/// # Errors
/// What EventBridge refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.eventbridge().describe_rule().name(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("events", "DescribeRule")))?;
    Ok(answer.map(|answer| Found {
        arn: answer.arn.unwrap_or_default(),
        description: answer.description.unwrap_or_default(),
        pattern: answer.event_pattern.unwrap_or_default(),
        is_enabled: answer.state != Some(RuleState::Disabled),
    }))
}

/// The tags of the rule with this ARN.
///
/// # Errors
/// What EventBridge refuses.
pub async fn tags(session: &Session, arn: &str) -> Result<Tags, Failure> {
    let asked = session.eventbridge().list_tags_for_resource().resource_arn(arn).send().await;
    let answer = or_absent(asked.map_err(session.failed("events", "ListTagsForResource")))?;
    let tags = answer.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// The ARNs of the rule's targets by their ids; none when there is no such rule.
///
/// # Errors
/// What EventBridge refuses.
pub async fn targets(session: &Session, name: &str) -> Result<Vec<(String, String)>, Failure> {
    let asked = session.eventbridge().list_targets_by_rule().rule(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("events", "ListTargetsByRule")))?;
    let targets = answer.and_then(|answer| answer.targets).unwrap_or_default();
    Ok(targets.into_iter().map(|target| (target.id, target.arn)).collect())
}

/// Whether the rule hands its events to the wanted target. Targets that others added are theirs.
///
/// # Errors
/// What EventBridge refuses.
pub async fn has_target(session: &Session, wanted: &Rule) -> Result<bool, Failure> {
    let targets = targets(session, &wanted.name).await?;
    Ok(targets.iter().any(|(id, arn)| id == TARGET && *arn == wanted.target_arn))
}

/// Makes the rule with its target, or brings it to what it shall be.
///
/// # Errors
/// What EventBridge refuses; [`Kind::Conflict`] for a rule that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &Rule) -> Result<(), Failure> {
    // PutRule replaces any rule without a word.
    match find(session, &wanted.name).await? {
        None => put(session, wanted, Some(sent(&wanted.tags))).await?,
        Some(found) => {
            let tags = tags(session, &found.arn).await?;
            claim.check("rule", &wanted.name, &tags, &wanted.tags)?;
            if !found.differences(wanted).is_empty() {
                put(session, wanted, None).await?;
            }
            let changes = TagChanges::between(&tags, &wanted.tags);
            change_tags(session, &found.arn, &changes).await?;
        }
    }
    if has_target(session, wanted).await? { Ok(()) } else { put_target(session, wanted).await }
}

async fn put(session: &Session, wanted: &Rule, tags: Option<Vec<Tag>>) -> Result<(), Failure> {
    let put = session
        .eventbridge()
        .put_rule()
        .name(&wanted.name)
        .description(&wanted.description)
        .event_pattern(wanted.pattern.to_string())
        .state(RuleState::Enabled)
        .set_tags(tags)
        .send()
        .await;
    put.map(drop).map_err(session.failed("events", "PutRule"))
}

async fn put_target(session: &Session, wanted: &Rule) -> Result<(), Failure> {
    let target = Target::builder().id(TARGET).arn(&wanted.target_arn).build();
    let target = target.expect("id and ARN are set");
    let put = session.eventbridge().put_targets().rule(&wanted.name).targets(target).send().await;
    let answer = put.map_err(session.failed("events", "PutTargets"))?;
    match answer.failed_entries.unwrap_or_default().into_iter().next() {
        None => Ok(()),
        Some(refused) => {
            let why = refused.error_message.or(refused.error_code).unwrap_or_default();
            let message = format!("rule `{}` can't have its target: {why}", wanted.name);
            Err(Failure::new(Kind::Invalid, message))
        }
    }
}

async fn change_tags(session: &Session, arn: &str, changes: &TagChanges) -> Result<(), Failure> {
    if !changes.set.is_empty() {
        let tags = Some(sent(&changes.set));
        let call = session.eventbridge().tag_resource().resource_arn(arn).set_tags(tags);
        call.send().await.map_err(session.failed("events", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let call = session.eventbridge().untag_resource().resource_arn(arn).set_tag_keys(keys);
        call.send().await.map_err(session.failed("events", "UntagResource"))?;
    }
    Ok(())
}

/// Deletes the rule with all of its targets, whoever added them: a rule with targets can't go.
///
/// # Errors
/// What EventBridge refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let ids: Vec<String> = targets(session, name).await?.into_iter().map(|(id, _)| id).collect();
    if !ids.is_empty() {
        let call = session.eventbridge().remove_targets().rule(name).set_ids(Some(ids));
        or_absent(call.send().await.map_err(session.failed("events", "RemoveTargets")))?;
    }
    let deleted = session.eventbridge().delete_rule().name(name).send().await;
    or_absent(deleted.map_err(session.failed("events", "DeleteRule"))).map(drop)
}

fn sent(tags: &Tags) -> Vec<Tag> {
    let tag =
        |(key, value)| Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.iter().map(tag).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pattern_is_compared_by_what_it_says() {
        let wanted = Rule {
            name: "r".to_owned(),
            description: "d".to_owned(),
            pattern: json!({ "source": ["aws.health"] }),
            target_arn: String::new(),
            tags: Tags::new(),
        };
        let found = Found {
            arn: String::new(),
            description: "d".to_owned(),
            pattern: "{ \"source\" : [ \"aws.health\" ] }".to_owned(),
            is_enabled: true,
        };
        assert!(found.differences(&wanted).is_empty());
        let other = Found { is_enabled: false, pattern: "{}".to_owned(), ..found };
        assert_eq!(other.differences(&wanted), ["pattern", "state"]);
    }
}
