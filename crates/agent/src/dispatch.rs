//! What an event asks for, seen by its shape, and who does it.

use std::{
    fmt,
    future::Future,
    panic::AssertUnwindSafe,
    time::{Duration, SystemTime},
};

use contract::probe::Run;
use futures_util::FutureExt;
use lambda_runtime::{Context, Diagnostic, LambdaEvent};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    Invocation,
    clients::Clients,
    probe::{self, NotRecorded},
    relay,
};

/// What is kept of the time for the way of the answer, and for Lambda's clock not being ours.
const RESERVE: Duration = Duration::from_millis(500);

/// What the function understands.
#[derive(Debug)]
pub enum Event {
    /// Messages of the relay's queue.
    Batch(Vec<Record>),
    /// One run of a check.
    Probe(Box<Run>),
    /// A morning's report of costs.
    #[cfg(feature = "report")]
    Report(Box<contract::report::Run>),
}

/// One message of the queue, as SQS's event source mapping sends it.
///
/// Source: AWS Lambda Developer Guide, "Using Lambda with Amazon SQS".
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Id of the message; what a failure is reported with.
    pub message_id: String,
    /// What its visibility is changed with.
    pub receipt_handle: String,
    /// The text, as its sender wrote it.
    pub body: String,
    /// ARN of the queue.
    #[serde(rename = "eventSourceARN")]
    pub queue_arn: String,
    /// What SQS knows of it.
    #[serde(default)]
    pub attributes: RecordAttributes,
}

/// What SQS knows of a message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RecordAttributes {
    /// How often the message was received until now, this time included: a number as text.
    pub approximate_receive_count: String,
    /// When it was sent: milliseconds since 1970, as text.
    pub sent_timestamp: String,
}

/// An event that is none of the function's, or one that could not be carried out. Lambda shows it
/// to whoever called, and counts it as an error of the function.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The event has no shape that the function knows.
    #[error(
        "the event is none that Hinomi's agent knows: {0}; expected are messages of an SQS queue \
         ({{\"Records\": [...]}}) or a run of a check ({{\"hinomi\": \"probe\", ...}})"
    )]
    Unknown(String),
    /// The event says what it is, but isn't.
    #[error("the event should be {expected}, but is not: {reason}")]
    Malformed {
        /// What the event says that it is.
        expected: &'static str,
        /// What is wrong, in words that are our own.
        reason: String,
    },
    /// A report was asked of the build that has none.
    #[cfg(not(feature = "report"))]
    #[error(
        "the event asks for a report of costs, and this is the build of Hinomi's agent without it; \
         the function's code must be that of `hinomi-report`"
    )]
    WrongBuild,
    /// A report wasn't made, or wasn't told.
    #[cfg(feature = "report")]
    #[error(transparent)]
    NotReported(#[from] crate::report::NotReported),
    /// A check was made, but its result is nowhere.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
}

/// The runtime writes failures to the log with `Debug`: a reader wants the sentence.
impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl From<Failure> for Diagnostic {
    fn from(failure: Failure) -> Self {
        let kind = match failure {
            Failure::Unknown(_) => "UnknownEvent",
            Failure::Malformed { .. } => "MalformedEvent",
            #[cfg(not(feature = "report"))]
            Failure::WrongBuild => "WrongBuild",
            #[cfg(feature = "report")]
            Failure::NotReported(_) => "NotReported",
            Failure::NotRecorded(_) => "NotRecorded",
        };
        Self { error_type: kind.to_owned(), error_message: failure.to_string() }
    }
}

impl Event {
    /// Sees by its shape what an event asks for.
    ///
    /// # Errors
    /// [`Failure::Unknown`] and [`Failure::Malformed`].
    pub fn read(event: Value) -> Result<Self, Failure> {
        if let Some(records) = event.get("Records") {
            return batch(records.clone());
        }
        match event.get("hinomi").and_then(Value::as_str) {
            Some("probe") => read("a run of a check", event).map(Box::new).map(Self::Probe),
            #[cfg(feature = "report")]
            Some("report") => read("a report of costs", event).map(Box::new).map(Self::Report),
            #[cfg(not(feature = "report"))]
            Some("report") => Err(Failure::WrongBuild),
            Some(other) => Err(Failure::Unknown(format!("its `hinomi` is `{other}`"))),
            None => Err(Failure::Unknown(described(&event))),
        }
    }
}

/// Messages that are not of a queue, as SNS and S3 send them, have another source.
fn batch(records: Value) -> Result<Event, Failure> {
    let sources = records.as_array().into_iter().flatten();
    let stranger = sources
        .map(|record| record["eventSource"].as_str().unwrap_or("nothing"))
        .find(|source| *source != "aws:sqs");
    if let Some(source) = stranger {
        return Err(Failure::Unknown(format!("its records are of `{source}`, not of `aws:sqs`")));
    }
    read("messages of an SQS queue", records).map(Event::Batch)
}

fn read<T: DeserializeOwned>(expected: &'static str, value: Value) -> Result<T, Failure> {
    serde_json::from_value(value)
        .map_err(|problem| Failure::Malformed { expected, reason: without_values(&problem) })
}

/// What serde finds wrong. Its own words quote the event's values, which may be anybody's, unless it misses a field.
fn without_values(problem: &serde_json::Error) -> String {
    let told = problem.to_string();
    let is_of_field = told.starts_with("missing field");
    if is_of_field { told } else { "a value is not of the kind that it should be".to_owned() }
}

/// Names of an event's keys, never their values: they may be anybody's.
fn described(event: &Value) -> String {
    match event {
        Value::Object(map) if map.is_empty() => "it is empty".to_owned(),
        Value::Object(map) => {
            let names: Vec<&str> = map.keys().take(8).map(String::as_str).collect();
            format!("its keys are {}", names.join(", "))
        }
        Value::Array(_) => "it is a list".to_owned(),
        Value::String(_) => "it is a text".to_owned(),
        Value::Number(_) => "it is a number".to_owned(),
        Value::Bool(_) => "it is a truth value".to_owned(),
        Value::Null => "it is null".to_owned(),
    }
}

/// Carries out one event; the answer is what Lambda gives to whoever called.
///
/// # Errors
/// What [`Event::read`] refuses, and [`Failure::NotRecorded`].
pub async fn handle(clients: &Clients, event: LambdaEvent<Value>) -> Result<Value, Failure> {
    let invocation = invocation(clients, &event.context);
    match Event::read(event.payload)? {
        Event::Batch(records) => {
            let tell = |records: Vec<Record>| relay::batch(records, &invocation);
            Ok(failures(&alone_if_it_panics(records, tell).await))
        }
        Event::Probe(run) => Ok(probe::run(&run, &invocation).await?),
        #[cfg(feature = "report")]
        Event::Report(run) => {
            // Boxed, with its type forgotten: it is the largest of all, and the others shall not carry it.
            let told: std::pin::Pin<Box<dyn Future<Output = _>>> =
                Box::pin(crate::report::run(&run, &invocation));
            Ok(told.await?)
        }
    }
}

fn invocation<'a>(clients: &'a Clients, context: &Context) -> Invocation<'a> {
    let left = context.deadline().duration_since(SystemTime::now()).unwrap_or_default();
    Invocation {
        clients,
        deadline: Instant::now() + left.saturating_sub(RESERVE),
        function_arn: context.invoked_function_arn.clone(),
        request_id: context.request_id.clone(),
    }
}

/// The answer that takes the other messages off the queue and leaves these on it.
///
/// Source: AWS Lambda Developer Guide, "Handling errors for an SQS event source".
fn failures(identifiers: &[String]) -> Value {
    let failures: Vec<Value> =
        identifiers.iter().map(|id| json!({ "itemIdentifier": id })).collect();
    json!({ "batchItemFailures": failures })
}

/// Ids of the messages that failed. When the batch panics, each message is tried by itself, so
/// that the one at fault holds back no other: telling a message twice is the ledger's to prevent.
async fn alone_if_it_panics<F, Told>(records: Vec<Record>, tell: F) -> Vec<String>
where
    F: Fn(Vec<Record>) -> Told,
    Told: Future<Output = Vec<String>>,
{
    if let Ok(failed) = AssertUnwindSafe(tell(records.clone())).catch_unwind().await {
        return failed;
    }
    let mut failed = Vec::new();
    for record in records {
        let id = record.message_id.clone();
        if let Ok(one) = AssertUnwindSafe(tell(vec![record])).catch_unwind().await {
            failed.extend(one);
        } else {
            tracing::error!(message_id = id, "A message made the relay panic; it stays queued.");
            failed.push(id);
        }
    }
    failed
}

#[cfg(test)]
mod tests;
