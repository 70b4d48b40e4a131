//! Whether the queue of a hub takes what a spoke's topics send.
//!
//! SNS tells nobody that a queue refuses its messages: a spoke that is not admitted would look whole and
//! be silent.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;

use super::policies::{deliverer, several};
use crate::aws::objects::{Patience, queue};
use crate::aws::wait::{self, Pauses, Seen};
use crate::aws::{AccountId, Arn, Failure, Kind, Region, Session};

/// How long a change of a queue's policy may take to be seen everywhere
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html>).
const SPREADS: Duration = Duration::from_mins(1);

/// Checks that the hub's queue admits the topics of an account, which are given by their regions.
///
/// # Errors
/// [`Kind::Invalid`] with what the hub lacks; [`Kind::NotFound`] without the queue; what SQS refuses.
pub(super) async fn check(
    session: &Session,
    patience: Patience<'_>,
    queue: &Arn,
    account: &AccountId,
    topics: &BTreeMap<Region, String>,
) -> Result<(), Failure> {
    let what = format!("the queue `{queue}` to admit the topics");
    let look = || refused(session, queue, account, topics);
    let probe = || async {
        Ok(match look().await? {
            None => Seen::Ready(()),
            Some(refused) => Seen::Pending(refused.message().to_owned()),
        })
    };
    let deadline = patience.deadline.at_most(SPREADS);
    match wait::until(&what, deadline, Pauses::default(), patience.cancel, probe).await {
        Err(late) if late.kind() == Kind::Timeout => look().await?.map_or(Ok(()), Err),
        ended => ended,
    }
}

/// What the queue refuses; `None` when it admits all.
async fn refused(
    session: &Session,
    queue: &Arn,
    account: &AccountId,
    topics: &BTreeMap<Region, String>,
) -> Result<Option<Failure>, Failure> {
    let Some(found) = queue::find(session, queue.resource()).await? else {
        let message = format!("the hub's queue `{queue}` does not exist");
        return Err(Failure::new(Kind::NotFound, message).advising(
            "`hub.queue_arn` is the `queue_arn` of another relay: make that one first.",
        ));
    };
    let policy = found.policy();
    for (region, topic) in topics {
        let deliverer = deliverer(session.region(), region);
        if !admits(policy, None, topic) {
            let message = format!("the hub's queue `{queue}` admits no topic of account {account}");
            return Ok(Some(Failure::new(Kind::Invalid, message).advising(format!(
                "add `{account}` to the `source_accounts` of the relay whose queue it is."
            ))));
        }
        if !admits(policy, Some(&deliverer), topic) {
            let message = format!(
                "the hub's queue `{queue}` does not admit `{deliverer}`, by which name SNS delivers from {region}"
            );
            return Ok(Some(Failure::new(Kind::Invalid, message).advising(format!(
                "add `{region}` to the `source_regions` of the relay whose queue it is."
            ))));
        }
    }
    Ok(None)
}

/// Whether a statement of the policy lets SNS, by this name or by any, send what a topic publishes.
/// What can't be judged here, as conditions of other kinds, counts as met: the queue may be anybody's.
fn admits(policy: &str, deliverer: Option<&str>, topic: &str) -> bool {
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = &document["Statement"];
    let one = std::slice::from_ref(statements);
    let statements = statements.as_array().map_or(one, Vec::as_slice);
    statements.iter().any(|statement| {
        statement["Effect"] == "Allow"
            && sends(statement)
            && is_for(&statement["Principal"], deliverer)
            && is_about(&statement["Condition"], topic)
    })
}

fn sends(statement: &Value) -> bool {
    let actions = several(&statement["Action"]);
    actions.iter().any(|action| fits(&action.to_ascii_lowercase(), "sqs:sendmessage"))
}

fn is_for(principal: &Value, deliverer: Option<&str>) -> bool {
    let is_everybody = |value: &Value| several(value).contains(&"*");
    if is_everybody(principal) || is_everybody(&principal["AWS"]) {
        return true;
    }
    let services = several(&principal["Service"]);
    match deliverer {
        Some(deliverer) => services.contains(&deliverer) || services.contains(&"*"),
        None => !services.is_empty(),
    }
}

/// Whether conditions on the topic, if there are any, are met by this one.
fn is_about(conditions: &Value, topic: &str) -> bool {
    let account = topic.split(':').nth(4).unwrap_or_default();
    let operators = conditions.as_object().into_iter().flatten();
    operators.into_iter().all(|(operator, keys)| {
        keys.as_object().into_iter().flatten().all(|(key, wanted)| {
            let value = match key.to_ascii_lowercase().as_str() {
                "aws:sourcearn" => topic,
                "aws:sourceaccount" | "aws:sourceowner" => account,
                _ => return true,
            };
            let wanted = several(wanted);
            match operator.trim_end_matches("IfExists") {
                "ArnLike" | "ArnEquals" | "StringLike" => {
                    wanted.iter().any(|pattern| fits(pattern, value))
                }
                "StringEquals" => wanted.contains(&value),
                _ => true,
            }
        })
    })
}

/// Whether a text fits a pattern in which `*` stands for any characters and `?` for one.
fn fits(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices().any(|(at, _)| fits(rest, &text[at..])) || fits(rest, "")
        }
        Some(first) => text.chars().next().is_some_and(|found| {
            (first == '?' || first == found)
                && fits(&pattern[first.len_utf8()..], &text[found.len_utf8()..])
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TOPIC: &str = "arn:aws:sns:eu-south-1:222222222222:ops";

    fn policy(change: impl FnOnce(&mut Value)) -> String {
        let mut statement = json!({
            "Effect": "Allow",
            "Principal": { "Service": ["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"] },
            "Action": ["sqs:SendMessage"],
            "Condition": { "ArnLike": { "aws:SourceArn": ["arn:aws:sns:*:222222222222:*"] } },
        });
        change(&mut statement);
        json!({ "Statement": [statement] }).to_string()
    }

    #[test]
    fn a_queue_admits_what_one_of_its_statements_allows() {
        let south = Some("sns.eu-south-1.amazonaws.com");
        assert!(admits(&policy(|_| {}), south, TOPIC));
        assert!(admits(&policy(|it| it["Principal"] = json!("*")), south, TOPIC));
        assert!(admits(&policy(|it| it["Action"] = json!("SQS:*")), south, TOPIC));
        let of_account = json!({ "StringEquals": { "aws:SourceAccount": "222222222222" } });
        assert!(admits(&policy(|it| it["Condition"] = of_account), south, TOPIC));
        let unheard = json!({ "Bool": { "aws:SecureTransport": "true" } });
        assert!(admits(&policy(|it| it["Condition"] = unheard), south, TOPIC));
    }

    #[test]
    fn what_no_statement_allows_is_refused() {
        let south = Some("sns.eu-south-1.amazonaws.com");
        let other = json!({ "ArnLike": { "aws:SourceArn": "arn:aws:sns:*:333333333333:*" } });
        for refusing in [
            policy(|it| it["Condition"] = other),
            policy(|it| it["Effect"] = json!("Deny")),
            policy(|it| it["Action"] = json!("sqs:ReceiveMessage")),
            policy(|it| it["Principal"] = json!({ "Service": "sns.amazonaws.com" })),
            String::new(),
        ] {
            assert!(!admits(&refusing, south, TOPIC), "{refusing}");
        }
    }

    #[test]
    fn patterns_have_two_wildcards() {
        for (pattern, fitting) in [
            ("arn:aws:sns:*:222222222222:*", true),
            ("*", true),
            ("arn:aws:sns:eu-south-?:222222222222:ops", true),
            ("arn:aws:sns:eu-south-1:222222222222:op", false),
            ("arn:aws:sns:*:33*", false),
        ] {
            assert_eq!(fits(pattern, TOPIC), fitting, "{pattern}");
        }
        assert!(!fits("", TOPIC) && fits("", ""));
    }
}
