//! The engine in a world of models: a table, a Discord, queues and a clock of their own.

mod burst;
mod crowd;
mod folded;
mod killed;
mod moved;
mod order;
mod refused;
mod stories;
mod world;

use contract::impact::Impact;
use contract::relay::{Destination, Mentions, Schedules, Settings};
use contract::trailer::{Kind, Trailer};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::batch::Record;

const PARAMETER: &str = "arn:aws:ssm:eu-central-1:111122223333:parameter/hinomi/webhook";
const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-central-1";
/// When the models' time begins.
const START: Timestamp = Timestamp::constant(1_795_000_000, 0);

/// So many seconds after the start.
fn at(second: i64) -> Timestamp {
    START.saturating_add(SignedDuration::from_secs(second)).expect("it is in range")
}

fn settings() -> Settings {
    let mut settings = Settings::of("main", Destination::of(PARAMETER));
    let roles = vec!["1310000000000000001".to_owned()];
    let mentions = Mentions { roles, ..Mentions::default() };
    settings.mentions.insert(Impact::Critical, mentions);
    let schedules = Schedules { group_name: "hinomi".to_owned(), role_arn: "role".to_owned() };
    settings.reminder = Some(schedules);
    settings
}

/// The trailer of a monitor of critical impact, told of again every 15 minutes.
fn critical(monitor: &str, kind: Kind) -> Trailer {
    Trailer {
        impact: Some(Impact::Critical),
        reminder_seconds: Some(900),
        mention: true,
        ..Trailer::of(monitor, kind)
    }
}

/// A change of an alarm's state as it is on the queue.
fn alarm(name: &str, trailer: Option<&Trailer>, state: &str, second: i64) -> String {
    let description = trailer.map_or_else(|| "prose".to_owned(), |trailer| trailer.append("prose"));
    let message = json!({
        "AlarmName": name,
        "AlarmDescription": description,
        "AWSAccountId": ACCOUNT,
        "NewStateValue": state,
        "NewStateReason": "Threshold Crossed: 1 datapoint [0.0] was less than the threshold (1.0).",
        "StateChangeTime": at(second).strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string(),
        "Region": "Europe (Frankfurt)",
        "AlarmArn": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"),
        "OldStateValue": "OK",
        "Trigger": {
            "MetricName": "Success", "Namespace": "Hinomi", "StatisticType": "Statistic",
            "Statistic": "MINIMUM", "Unit": null, "Period": 60, "EvaluationPeriods": 2,
            "Dimensions": [{"name": "Monitor", "value": name}],
            "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0,
        },
    });
    enveloped(&format!("{name}-{state}-{second}"), &message.to_string())
}

/// What SNS writes around a message.
fn enveloped(id: &str, message: &str) -> String {
    let envelope = json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": format!("arn:aws:sns:{REGION}:{ACCOUNT}:relay"),
        "Message": message,
        "Timestamp": at(0).to_string(),
    });
    envelope.to_string()
}

fn record(id: &str, body: String) -> Record {
    Record { message_id: id.to_owned(), receipt_handle: id.to_owned(), body, receive_count: 1 }
}

/// Whether the message has an embed whose footer has this mark.
fn has_mark(payload: &Value, mark: &str) -> bool {
    let embeds = payload["embeds"].as_array().into_iter().flatten();
    let mut footers = embeds.filter_map(|embed| embed["footer"]["text"].as_str());
    footers.any(|text| text.split(" · ").any(|part| part == mark))
}

fn is_marked_as_repeat(payload: &Value) -> bool {
    let told = crate::relay::message::repeated(settings().language);
    payload["content"].as_str().is_some_and(|text| text.contains(told))
}

/// Where the titles of a message's embeds lead.
fn urls(payload: &Value) -> Vec<String> {
    let embeds = payload["embeds"].as_array().into_iter().flatten();
    embeds.filter_map(|embed| Some(embed["url"].as_str()?.to_owned())).collect()
}
