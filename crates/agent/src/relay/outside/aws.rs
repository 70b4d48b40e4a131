//! The world as a Lambda function has it.

use std::time::Duration;

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, Target,
};
use aws_sdk_sqs::types::MessageAttributeValue;
use bytes::Bytes;
use contract::relay::{Reminder, Schedules, Settings};
use contract::secret::Secret;
use jiff::Timestamp;

use super::{Outside, Scheduled};
use crate::bell::Parameters;
use crate::clients::Clients;
use crate::refusal::said;
use crate::relay::message;
use crate::relay::notice::{AlarmNotice, Arn};

/// Time for a chart. It makes a message nicer, and must not make it late.
const CHART_TIME: Duration = Duration::from_secs(4);
/// Name of the attribute that says why a message is among the dead letters.
const REASON: &str = "hinomi-reason";
/// Characters of a reason.
const REASON_LENGTH: usize = 1_000;

/// AWS, for one invocation.
#[derive(Debug)]
pub struct Aws<'a> {
    clients: &'a Clients,
    function_arn: &'a str,
    dead_letter_url: &'a str,
    queue_arn: &'a str,
}

impl<'a> Aws<'a> {
    /// `queue_arn` is the queue's that the records came from; it is beside the dead-letter queue.
    pub fn new(
        clients: &'a Clients,
        function_arn: &'a str,
        dead_letter_url: &'a str,
        queue_arn: &'a str,
    ) -> Self {
        Self { clients, function_arn, dead_letter_url, queue_arn }
    }

    fn queue_url(&self) -> String {
        let place = self.dead_letter_url.rsplit_once('/').map_or("", |(place, _)| place);
        let name = self.queue_arn.rsplit(':').next().unwrap_or_default();
        format!("{place}/{name}")
    }
}

impl Outside for Aws<'_> {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn dead_letter(&self, body: &str, reason: &str) -> Result<(), String> {
        let reason: String = reason.chars().filter(|one| !one.is_control()).collect();
        let reason: String = reason.chars().take(REASON_LENGTH).collect();
        let attribute = MessageAttributeValue::builder().data_type("String").string_value(reason);
        let attribute = attribute.build().map_err(|problem| problem.to_string())?;
        let call = self.clients.sqs().send_message().queue_url(self.dead_letter_url);
        let sent = call.message_body(body).message_attributes(REASON, attribute).send().await;
        sent.map(drop).map_err(|problem| said(&problem))
    }

    async fn postpone(&self, receipt_handle: &str, wait: Duration) -> Result<(), String> {
        let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX);
        let call = self.clients.sqs().change_message_visibility().queue_url(self.queue_url());
        let call = call.receipt_handle(receipt_handle).visibility_timeout(seconds);
        let changed = call.send().await;
        changed.map(drop).map_err(|problem| said(&problem))
    }

    async fn schedule(
        &self,
        schedules: &Schedules,
        name: &str,
        at: Timestamp,
        reminder: &Reminder,
    ) -> Result<Scheduled, String> {
        let target = target(self.queue_arn, &schedules.role_arn, reminder)?;
        let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off).build();
        let created = self
            .clients
            .scheduler()
            .create_schedule()
            .group_name(&schedules.group_name)
            .name(name)
            .schedule_expression(expression(at))
            .schedule_expression_timezone("UTC")
            .flexible_time_window(window.map_err(|problem| problem.to_string())?)
            .action_after_completion(ActionAfterCompletion::Delete)
            .target(target)
            .client_token(name)
            .send()
            .await;
        let Err(problem) = created else { return Ok(Scheduled::Done) };
        match problem.code() {
            // A worker that was ended made it already.
            Some("ConflictException") => Ok(Scheduled::Done),
            // A role that was made just now isn't allowed everywhere yet what it is allowed.
            Some("AccessDeniedException") => Ok(Scheduled::Early(said(&problem))),
            Some("ValidationException") if is_of_role(problem.message()) => {
                Ok(Scheduled::Early(said(&problem)))
            }
            Some("ValidationException" | "ResourceNotFoundException") => {
                Ok(Scheduled::Impossible(said(&problem)))
            }
            Some(_) | None => Err(said(&problem)),
        }
    }

    async fn chart(&self, alarm: &AlarmNotice, settings: &Settings) -> Option<Bytes> {
        // The role reads metrics of the function's own account.
        let account = Arn::parse(self.function_arn)?.account;
        if alarm.account != account || alarm.region.is_empty() {
            return None;
        }
        let widget = message::widget(alarm, self.now(), settings)?;
        let call = self.clients.cloudwatch(&alarm.region).get_metric_widget_image();
        let call = call.metric_widget(widget).send();
        let answer = match tokio::time::timeout(CHART_TIME, call).await.ok()? {
            Ok(answer) => answer,
            Err(problem) => {
                let reason = said(&problem);
                tracing::warn!(alarm = alarm.name, reason, "There is no chart.");
                return None;
            }
        };
        answer.metric_widget_image.map(|image| Bytes::from(image.into_inner()))
    }
}

/// The parameter store of each region.
impl Parameters for &Clients {
    async fn read(&self, arn: &str) -> Result<Secret<String>, String> {
        let region = Arn::parse(arn).map_or(self.region(), |arn| arn.region);
        parameter(&self.ssm(region), arn).await
    }
}

async fn parameter(client: &aws_sdk_ssm::Client, arn: &str) -> Result<Secret<String>, String> {
    let call = client.get_parameter().name(arn).with_decryption(true);
    let answer = call.send().await;
    let answer =
        answer.map_err(|problem| format!("parameter {arn} can't be read: {}", said(&problem)))?;
    let value = answer.parameter.and_then(|parameter| parameter.value);
    value.map(Secret::new).ok_or_else(|| format!("parameter {arn} has no value"))
}

/// Whether Scheduler refuses the role: IAM's changes take some seconds to be known everywhere.
fn is_of_role(told: Option<&str>) -> bool {
    told.is_some_and(|told| told.contains("assume the role"))
}

/// The queue, whose message the input becomes.
///
/// Source: EventBridge Scheduler User Guide, "Using templated targets".
fn target(queue_arn: &str, role_arn: &str, reminder: &Reminder) -> Result<Target, String> {
    let input = serde_json::to_string(reminder).map_err(|problem| problem.to_string())?;
    let target = Target::builder().arn(queue_arn).role_arn(role_arn).input(input);
    target.build().map_err(|problem| problem.to_string())
}

/// Source: EventBridge Scheduler User Guide, "Schedule types": `at(yyyy-mm-ddThh:mm:ss)`.
fn expression(at: Timestamp) -> String {
    at.strftime("at(%Y-%m-%dT%H:%M:%S)").to_string()
}

#[cfg(test)]
mod tests {
    use aws_config::BehaviorVersion;
    use aws_credential_types::Credentials;
    use aws_smithy_http_client::Builder;
    use aws_types::region::Region;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_is_not_shown() {
        const MARKER: &str = "open-sesame";
        for body in [
            format!(r#"{{"Parameter":{{"Value":"{MARKER}","#),
            format!(r#"{{"Parameter":{{"Value":["{MARKER}"]}}}}"#),
            format!("{MARKER} is no JSON"),
        ] {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let length = body.len();
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}");
            let served = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.expect("a caller");
                let read = stream.read(&mut [0; 4096]).await.expect("a request");
                stream.write_all(answer.as_bytes()).await.expect("it is sent");
                read
            });
            let config = aws_sdk_ssm::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("eu-central-1"))
                .endpoint_url(format!("http://{address}"))
                .credentials_provider(Credentials::for_tests())
                .http_client(Builder::new().build_http())
                .build();
            let client = aws_sdk_ssm::Client::from_conf(config);
            let told = parameter(&client, "arn:aws:ssm:parameter").await;
            let told = told.map(|_| ()).expect_err("it can't be read");
            assert!(!told.contains(MARKER), "{told}");
            assert!(served.await.expect("it was asked") > 0);
        }
    }

    #[test]
    fn the_queue_is_beside_its_dead_letters() {
        let clients = Clients::from_environment();
        let (dead, arn) = (
            "https://sqs.eu-central-1.amazonaws.com/111122223333/relay-dead",
            "arn:aws:sqs:eu-central-1:111122223333:relay",
        );
        let aws = Aws::new(&clients, "arn", dead, arn);
        assert_eq!(aws.queue_url(), "https://sqs.eu-central-1.amazonaws.com/111122223333/relay");
    }

    #[test]
    fn a_reminder_is_one_event_at_a_time_of_utc() {
        let at: Timestamp = "2026-11-24T12:04:05.9+09:00".parse().expect("a time");
        assert_eq!(expression(at), "at(2026-11-24T03:04:05)");
        let target = target("queue", "role", &Reminder::of("incident#1", "abc", 1));
        let target = target.expect("a target");
        assert_eq!(target.arn, "queue");
        let input = target.input.unwrap_or_default();
        assert_eq!(
            input,
            r#"{"hinomi":"reminder","incident":"incident#1","short_id":"abc","number":1}"#
        );
    }
}
