//! What SNS writes around a message that goes to a queue.
//!
//! Source: Amazon SNS Developer Guide, "Parsing message formats in Amazon SNS".

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::json;

/// What SNS says of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// The message's own id: the same however often it is delivered.
    pub message_id: Option<String>,
    /// The topic that it went to.
    pub topic_arn: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// When it was published.
    pub at: Option<Timestamp>,
    /// Whether it asks to confirm a subscription and is no notice at all.
    pub confirmation: bool,
}

/// The envelope, if there is one, and the message.
pub(super) fn open(body: &str) -> (Option<Envelope>, String) {
    let opened = json::object(body).and_then(|value| {
        let kind = json::text(&value, "Type")?;
        let message = json::text(&value, "Message")?;
        // A message of somebody's own may have a type and a message too.
        let is_ours = value.get("TopicArn").is_some() || value.get("MessageId").is_some();
        let envelope = Envelope {
            message_id: json::text(&value, "MessageId"),
            topic_arn: json::text(&value, "TopicArn"),
            subject: json::text(&value, "Subject"),
            at: json::time(&value, "Timestamp"),
            confirmation: kind.ends_with("Confirmation"),
        };
        let message = if envelope.confirmation { confirmation(&value, &message) } else { message };
        is_ours.then_some((envelope, message))
    });
    match opened {
        Some((envelope, message)) => (Some(envelope), message),
        None => (None, body.to_owned()),
    }
}

/// A confirmation is told with the address that confirms it, so that somebody can.
fn confirmation(value: &serde_json::Value, message: &str) -> String {
    match json::text(value, "SubscribeURL") {
        Some(address) => format!("{message}\n\n{address}"),
        None => message.to_owned(),
    }
}
