//! The drill: a test message on the way of all others.

use contract::relay::Drill;
use framework::{Context, Error, path};

use super::model::Relay;
use super::{Entered, THING, shown};
use crate::aws::Failure;
use crate::aws::objects::topic;
use crate::clients::Clients;
use crate::diagnose::aws_error;

/// The message's subject, for who reads it elsewhere than on Discord.
const SUBJECT: &str = "Hinomi drill";

/// Sends the drill to the topic of the home region, if the relay declares one.
///
/// # Errors
/// What SNS refuses.
pub(super) async fn first(entered: &Entered, relay: &Relay) -> Result<(), Failure> {
    let Some(text) = relay.ring.as_known() else { return Ok(()) };
    let now =
        jiff::Timestamp::now().round(jiff::Unit::Second).unwrap_or_else(|_| jiff::Timestamp::now());
    let drill = Drill::of(shown(relay), text, now.to_string());
    let message = serde_json::to_string(&drill).expect("texts are JSON");
    topic::publish(&entered.home, &entered.names.topic, SUBJECT, &message).await
}

/// The error of a drill that could not be sent.
pub(super) fn error(relay: &Relay, failure: &Failure) -> Error {
    aws_error(failure, "ring", THING, shown(relay)).at(path!(Relay => ring))
}

/// Tells that the drill of a new relay could not be sent, and what becomes of it.
pub(super) fn warn(context: &mut Context<'_, Clients>, relay: &Relay, failure: &Failure) {
    let text = relay.ring.as_known().map_or("", String::as_str);
    let detail = format!(
        "The relay was made, but the test message `{text}` could not be sent: {failure}. The next apply sends it."
    );
    let summary = format!("Unable to ring {THING} `{}`", shown(relay));
    context.warnings.warning(path!(Relay => ring), summary, detail);
}
