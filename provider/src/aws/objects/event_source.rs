//! What feeds a queue's messages to a function: Lambda's event source mappings.
//!
//! A mapping has no name: it is known by its queue and its function, of which there is one.

use aws_sdk_lambda::types::{EventSourceMappingConfiguration, FunctionResponseType, ScalingConfig};

use super::{Patience, Tags, or_absent};
use crate::aws::Session;
use crate::aws::error::{Failure, Kind};
use crate::aws::wait::{self, Pauses, ROLE_JUST_MADE, Seen, eventually};

/// What a mapping shall be. The function answers which messages of a batch failed.
#[derive(Clone, Debug)]
pub struct EventSource {
    /// ARN of the queue.
    pub queue_arn: String,
    /// Name of the function.
    pub function_name: String,
    /// The most messages of a batch: 1 to 10,000.
    pub batch_size: i32,
    /// How long a batch is gathered, in seconds; more than ten messages need one or more.
    pub window_seconds: i32,
    /// The most batches at once: 2 to 1,000.
    pub most_at_once: i32,
    /// Its tags when it is made.
    pub tags: Tags,
}

/// A mapping as Lambda has it.
#[derive(Clone, Debug)]
pub struct Found {
    id: String,
    state: String,
    batch_size: Option<i32>,
    window_seconds: Option<i32>,
    most_at_once: Option<i32>,
    reports_failures: bool,
}

impl Found {
    /// What differs from what it shall be, in words for a user.
    pub fn differences(&self, wanted: &EventSource) -> Vec<&'static str> {
        let parts = [
            ("batch size", self.batch_size == Some(wanted.batch_size)),
            ("batching window", self.window_seconds == Some(wanted.window_seconds)),
            ("concurrency", self.most_at_once == Some(wanted.most_at_once)),
            ("way of reporting failures", self.reports_failures),
            ("state", !matches!(self.state.as_str(), "Disabled" | "Disabling")),
        ];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }

    /// Lambda refuses changes while it carries out another one.
    fn is_settled(&self) -> bool {
        matches!(self.state.as_str(), "Enabled" | "Disabled" | "")
    }
}

/// The mapping from the queue to the function; `None` when there is none.
///
/// # Errors
/// What Lambda refuses.
pub async fn find(session: &Session, wanted: &EventSource) -> Result<Option<Found>, Failure> {
    let asked = session
        .lambda()
        .list_event_source_mappings()
        .function_name(&wanted.function_name)
        .event_source_arn(&wanted.queue_arn)
        .send()
        .await;
    let answer = or_absent(asked.map_err(session.failed("lambda", "ListEventSourceMappings")))?;
    let listed = answer.and_then(|answer| answer.event_source_mappings).unwrap_or_default();
    Ok(listed.into_iter().find_map(found))
}

fn found(mapping: EventSourceMappingConfiguration) -> Option<Found> {
    let reports_failures =
        mapping.function_response_types().contains(&FunctionResponseType::ReportBatchItemFailures);
    Some(Found {
        id: mapping.uuid?,
        state: mapping.state.unwrap_or_default(),
        batch_size: mapping.batch_size,
        window_seconds: mapping.maximum_batching_window_in_seconds,
        most_at_once: mapping.scaling_config.and_then(|scaling| scaling.maximum_concurrency),
        reports_failures,
    })
}

/// Makes the mapping, or brings it to what it shall be.
///
/// # Errors
/// What Lambda refuses.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    wanted: &EventSource,
) -> Result<(), Failure> {
    let what = "the function to be fed by its queue";
    let probe = || async {
        let Some(found) = find(session, wanted).await? else {
            let create = || create(session, wanted);
            return match eventually(ROLE_JUST_MADE, patience.cancel, create).await {
                Ok(()) => Ok(Seen::Pending("Creating".to_owned())),
                // Made by the call before, whose answer was lost, and not listed yet.
                Err(taken) if taken.kind() == Kind::Conflict => {
                    Ok(Seen::Pending(taken.message().to_owned()))
                }
                Err(failure) => Err(failure),
            };
        };
        if !found.is_settled() {
            return Ok(Seen::Pending(found.state));
        }
        if found.differences(wanted).is_empty() {
            return Ok(Seen::Ready(()));
        }
        match update(session, &found.id, wanted).await {
            Ok(()) => Ok(Seen::Pending("Updating".to_owned())),
            Err(busy) if busy.kind() == Kind::Conflict => Ok(Seen::Pending(found.state)),
            Err(failure) => Err(failure),
        }
    };
    let probing = wait::until(what, patience.deadline, Pauses::default(), patience.cancel, probe);
    Box::pin(probing).await
}

fn scaling(wanted: &EventSource) -> ScalingConfig {
    ScalingConfig::builder().maximum_concurrency(wanted.most_at_once).build()
}

async fn create(session: &Session, wanted: &EventSource) -> Result<(), Failure> {
    let created = session
        .lambda()
        .create_event_source_mapping()
        .function_name(&wanted.function_name)
        .event_source_arn(&wanted.queue_arn)
        .batch_size(wanted.batch_size)
        .maximum_batching_window_in_seconds(wanted.window_seconds)
        .scaling_config(scaling(wanted))
        .function_response_types(FunctionResponseType::ReportBatchItemFailures)
        .set_tags(Some(wanted.tags.clone().into_iter().collect()))
        .enabled(true)
        .send()
        .await;
    created.map(drop).map_err(session.failed("lambda", "CreateEventSourceMapping"))
}

async fn update(session: &Session, id: &str, wanted: &EventSource) -> Result<(), Failure> {
    let updated = session
        .lambda()
        .update_event_source_mapping()
        .uuid(id)
        .batch_size(wanted.batch_size)
        .maximum_batching_window_in_seconds(wanted.window_seconds)
        .scaling_config(scaling(wanted))
        .function_response_types(FunctionResponseType::ReportBatchItemFailures)
        .enabled(true)
        .send()
        .await;
    updated.map(drop).map_err(session.failed("lambda", "UpdateEventSourceMapping"))
}

/// Removes the mapping, and waits until it is gone.
///
/// # Errors
/// What Lambda refuses.
pub async fn delete(
    session: &Session,
    patience: Patience<'_>,
    wanted: &EventSource,
) -> Result<(), Failure> {
    let what = "the function to be fed no longer";
    let probe = || async {
        let Some(found) = find(session, wanted).await? else { return Ok(Seen::Ready(())) };
        if found.state == "Deleting" {
            return Ok(Seen::Pending(found.state));
        }
        let deleted = session.lambda().delete_event_source_mapping().uuid(&found.id).send().await;
        match or_absent(deleted.map_err(session.failed("lambda", "DeleteEventSourceMapping"))) {
            Ok(_) => Ok(Seen::Pending("Deleting".to_owned())),
            Err(busy) if busy.kind() == Kind::Conflict => Ok(Seen::Pending(found.state)),
            Err(failure) => Err(failure),
        }
    };
    let probing = wait::until(what, patience.deadline, Pauses::default(), patience.cancel, probe);
    Box::pin(probing).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_named() {
        let wanted = EventSource {
            queue_arn: String::new(),
            function_name: String::new(),
            batch_size: 100,
            window_seconds: 1,
            most_at_once: 2,
            tags: Tags::new(),
        };
        let mapping = EventSourceMappingConfiguration::builder()
            .uuid("1")
            .state("Enabled")
            .batch_size(100)
            .maximum_batching_window_in_seconds(1)
            .scaling_config(scaling(&wanted))
            .function_response_types(FunctionResponseType::ReportBatchItemFailures);
        let same = found(mapping.clone().build()).expect("it has an id");
        assert!(same.differences(&wanted).is_empty() && same.is_settled());
        let off = found(mapping.batch_size(10).state("Disabled").build()).expect("it has an id");
        assert_eq!(off.differences(&wanted), ["batch size", "state"]);
    }
}
