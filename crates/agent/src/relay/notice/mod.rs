//! What arrives on the queue, read.
//!
//! [`read`] never fails and never loses: what isn't recognised is a [`Notice::Text`] with all that
//! was in it that people can read. A field that is missing, new or of another type costs at most
//! that field.

mod alarm;
mod anomaly;
mod budget;
mod bus;
mod envelope;
mod health;
mod json;
mod place;
mod plain;
mod trigger;

use contract::relay::Reminder;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use alarm::{AlarmNotice, State};
pub use anomaly::{AnomalyNotice, RootCause};
pub use budget::{Basis, BudgetNotice};
pub use envelope::Envelope;
pub use health::{Category, HealthNotice};
pub use place::{Arn, Partition, region_code};
pub use plain::TextNotice;
pub use trigger::{Child, Comparison, Dimension, Metric, Query, Threshold, Watch};

/// The body of one queue record, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    /// What SNS wrote around it; none when the topic delivers raw.
    pub envelope: Option<Envelope>,
    /// What it says.
    pub notice: Notice,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// A CloudWatch alarm changed its state.
    Alarm(Box<AlarmNotice>),
    /// A budget's threshold was passed.
    Budget(BudgetNotice),
    /// Cost Anomaly Detection found something.
    Anomaly(AnomalyNotice),
    /// AWS tells of its own health.
    Health(HealthNotice),
    /// Somebody rings on purpose.
    Drill(DrillNotice),
    /// The relay itself asked to be told that it may be time for a reminder.
    Reminder(Reminder),
    /// Anything else.
    Text(TextNotice),
}

/// A test that somebody asked for: `{"hinomi":"ring","relay":…,"text":…,"at":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrillNotice {
    /// Name of the relay that is tried.
    pub relay: String,
    /// The words to ring with.
    pub text: String,
    /// When it was asked for.
    pub at: Option<Timestamp>,
}

/// Reads the body of a queue record.
pub fn read(body: &str) -> Delivery {
    let (envelope, message) = envelope::open(body);
    let subject = envelope.as_ref().and_then(|envelope| envelope.subject.as_deref());
    let notice = recognise(&message, subject);
    Delivery { envelope, notice }
}

fn recognise(message: &str, subject: Option<&str>) -> Notice {
    let Some(value) = json::object(message) else {
        return budget::read(message)
            .map_or_else(|| Notice::Text(plain::of_text(message, subject)), Notice::Budget);
    };
    alarm::read(&value)
        .map(|alarm| Notice::Alarm(Box::new(alarm)))
        .or_else(|| anomaly::read(&value).map(Notice::Anomaly))
        .or_else(|| health::read(&value).map(Notice::Health))
        .or_else(|| drill(&value).map(Notice::Drill))
        .or_else(|| reminder(&value).map(Notice::Reminder))
        .unwrap_or_else(|| Notice::Text(plain::of_json(&value, subject)))
}

fn drill(value: &serde_json::Value) -> Option<DrillNotice> {
    (json::text(value, "hinomi")? == "ring").then(|| DrillNotice {
        relay: json::text(value, "relay").unwrap_or_default(),
        text: json::text(value, "text").unwrap_or_default(),
        at: json::time(value, "at"),
    })
}

fn reminder(value: &serde_json::Value) -> Option<Reminder> {
    let is_reminder = json::text(value, "hinomi")? == Reminder::WORD;
    is_reminder.then(|| serde_json::from_value(value.clone()).ok()).flatten()
}
