//! Subscriptions of SNS topics.
//!
//! A subscription has no name and no tags: it is known by its topic and its endpoint.

use aws_sdk_sns::types::Subscription;

use super::or_absent;
use crate::aws::Session;
use crate::aws::error::Failure;

/// The attribute that says which messages are delivered; an empty document takes it away
/// (<https://docs.aws.amazon.com/sns/latest/api/API_SetSubscriptionAttributes.html>).
const FILTER: &str = "FilterPolicy";
/// The attribute that leaves SNS's envelope away.
const RAW: &str = "RawMessageDelivery";

/// What SNS delivers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// An SQS queue, by its ARN; in any region.
    Queue,
    /// An e-mail address, which has to confirm.
    Email,
}

impl Protocol {
    /// The word that SNS has for it.
    fn word(self) -> &'static str {
        match self {
            Self::Queue => "sqs",
            Self::Email => "email",
        }
    }
}

/// A subscription as SNS lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where messages go: a queue's ARN or an e-mail address.
    pub endpoint: String,
    /// Its ARN; `None` until the endpoint's owner has confirmed it.
    pub arn: Option<String>,
}

/// The topic's subscriptions of this protocol; `None` when there is no such topic.
///
/// # Errors
/// What SNS refuses.
pub async fn list(
    session: &Session,
    topic_arn: &str,
    protocol: Protocol,
) -> Result<Option<Vec<Found>>, Failure> {
    let pages = session.sns().list_subscriptions_by_topic().topic_arn(topic_arn);
    let listed = pages.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await;
    let listed = or_absent(listed.map_err(session.failed("sns", "ListSubscriptionsByTopic")))?;
    Ok(listed.map(|all| {
        let of_protocol = |one: &Subscription| one.protocol.as_deref() == Some(protocol.word());
        all.into_iter().filter(of_protocol).filter_map(found).collect()
    }))
}

/// A subscription that was deleted is shown for some time, with `Deleted` in place of its ARN, and
/// one that nobody has confirmed with `PendingConfirmation`.
fn found(subscription: Subscription) -> Option<Found> {
    let arn = subscription.subscription_arn?;
    if arn == "Deleted" {
        return None;
    }
    let arn = arn.starts_with("arn:").then_some(arn);
    Some(Found { endpoint: subscription.endpoint?, arn })
}

/// What a subscription that takes every message as it comes must not have, in words for a user: a filter,
/// and delivery without SNS's envelope.
///
/// # Errors
/// What SNS refuses.
pub async fn differences(session: &Session, arn: &str) -> Result<Vec<&'static str>, Failure> {
    let asked = session.sns().get_subscription_attributes().subscription_arn(arn).send().await;
    let answer = or_absent(asked.map_err(session.failed("sns", "GetSubscriptionAttributes")))?;
    let attributes = answer.and_then(|answer| answer.attributes).unwrap_or_default();
    let value = |name: &str| attributes.get(name).map_or("", String::as_str);
    let parts = [
        ("filter", matches!(value(FILTER), "" | "{}" | "null")),
        ("envelope", value(RAW) != "true"),
    ];
    Ok(parts.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect())
}

/// Lets the subscription take every message, in SNS's envelope.
///
/// # Errors
/// What SNS refuses.
pub async fn mend(session: &Session, arn: &str) -> Result<(), Failure> {
    for what in differences(session, arn).await? {
        let (name, value) = if what == "filter" { (FILTER, "{}") } else { (RAW, "false") };
        let call = session.sns().set_subscription_attributes().subscription_arn(arn);
        let set = call.attribute_name(name).attribute_value(value).send().await;
        set.map_err(session.failed("sns", "SetSubscriptionAttributes"))?;
    }
    Ok(())
}

/// Makes the subscription, or confirms that it is there. Messages come in SNS's envelope.
///
/// For a queue of another account the session is one of that account: then nobody has to confirm
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-send-message-to-sqs-cross-account.html>).
///
/// # Errors
/// What SNS refuses.
pub async fn ensure(
    session: &Session,
    topic_arn: &str,
    protocol: Protocol,
    endpoint: &str,
) -> Result<(), Failure> {
    let call = session
        .sns()
        .subscribe()
        .topic_arn(topic_arn)
        .protocol(protocol.word())
        .endpoint(endpoint)
        .return_subscription_arn(true);
    call.send().await.map(drop).map_err(session.failed("sns", "Subscribe"))
}

/// Removes the subscription with this ARN.
///
/// # Errors
/// What SNS refuses.
pub async fn delete(session: &Session, arn: &str) -> Result<(), Failure> {
    let deleted = session.sns().unsubscribe().subscription_arn(arn).send().await;
    or_absent(deleted.map_err(session.failed("sns", "Unsubscribe"))).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_deleted_is_not_there_and_what_is_pending_has_no_arn() {
        let listed =
            |arn: &str| Subscription::builder().subscription_arn(arn).endpoint("a@b.c").build();
        let there = |arn: Option<&str>| {
            Some(Found { endpoint: "a@b.c".to_owned(), arn: arn.map(str::to_owned) })
        };
        assert_eq!(found(listed("Deleted")), None);
        assert_eq!(found(listed("PendingConfirmation")), there(None));
        let arn = "arn:aws:sns:us-east-1:123456789012:t:1";
        assert_eq!(found(listed(arn)), there(Some(arn)));
    }
}
