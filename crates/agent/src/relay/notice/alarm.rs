//! A CloudWatch alarm's change of state, as SNS and EventBridge tell it.
//!
//! Sources: Amazon CloudWatch User Guide, "Alarm events and EventBridge" and "Notifying users on
//! alarm changes".

use contract::trailer::{Kind, Trailer, UNWATCHED};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::place::{Arn, region_code};
use super::trigger::{self, Watch};
use super::{bus, json};

/// An alarm that changed its state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AlarmNotice {
    /// The alarm's name.
    pub name: String,
    /// The alarm's ARN.
    pub arn: Option<String>,
    /// The account of the alarm; empty when the notice doesn't say.
    pub account: String,
    /// The region's code, such as `ap-northeast-1`; empty when the notice doesn't say.
    pub region: String,
    /// What it is now.
    pub state: State,
    /// What it was before.
    pub old_state: Option<State>,
    /// Whether it has actions for being well again; none when the notice doesn't say.
    #[serde(default)]
    pub tells_end: Option<bool>,
    /// When it changed.
    pub changed_at: Option<Timestamp>,
    /// Why, in CloudWatch's words.
    pub reason: String,
    /// The description without its trailer.
    pub prose: String,
    /// What Hinomi wrote at the end of the description; none for alarms of others.
    pub trailer: Option<Trailer>,
    /// What the alarm watches.
    pub watch: Watch,
}

impl AlarmNotice {
    /// Whether it is of a monitor's alarm for results that don't come, and not of one for checks that fail.
    pub fn is_silence(&self) -> bool {
        self.trailer.as_ref().is_some_and(|trailer| trailer.kind == Kind::NoData)
    }

    /// Whether it says that nobody looks any more, and not that all is well.
    pub fn is_unwatched(&self) -> bool {
        self.state == State::Ok && self.reason.starts_with(UNWATCHED)
    }
}

/// A state of an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// All is well.
    Ok,
    /// It rings.
    Alarm,
    /// There is too little to say.
    InsufficientData,
    /// One that CloudWatch didn't have when this was written.
    Other(String),
}

impl State {
    fn of(word: &str) -> Self {
        match word {
            "OK" => Self::Ok,
            "ALARM" => Self::Alarm,
            "INSUFFICIENT_DATA" => Self::InsufficientData,
            other => Self::Other(other.to_owned()),
        }
    }
}

/// Reads an alarm in either shape.
pub(super) fn read(value: &Value) -> Option<AlarmNotice> {
    of_topic(value).or_else(|| of_bus(value))
}

fn of_topic(value: &Value) -> Option<AlarmNotice> {
    let name = json::text(value, "AlarmName")?;
    let state = State::of(&json::text(value, "NewStateValue")?);
    let arn = json::text(value, "AlarmArn");
    let place = arn.as_deref().and_then(Arn::parse);
    let (prose, trailer) = description(json::text(value, "AlarmDescription"));
    let account = json::text(value, "AWSAccountId");
    let region = json::text(value, "Region").map(|region| region_code(&region));
    Some(AlarmNotice {
        name,
        account: account.or_else(|| Some(place?.account.to_owned())).unwrap_or_default(),
        region: place.map(|arn| arn.region.to_owned()).or(region).unwrap_or_default(),
        state,
        old_state: json::text(value, "OldStateValue").map(|word| State::of(&word)),
        tells_end: value.get("OKActions").and_then(Value::as_array).map(|all| !all.is_empty()),
        changed_at: json::time(value, "StateChangeTime"),
        reason: json::text(value, "NewStateReason").unwrap_or_default(),
        prose,
        trailer,
        watch: trigger::of_topic(value),
        arn,
    })
}

fn of_bus(value: &Value) -> Option<AlarmNotice> {
    let detail = bus::detail(value, "CloudWatch Alarm State Change")?;
    let state = detail.get("state")?;
    let configuration = detail.get("configuration").unwrap_or(&Value::Null);
    let (prose, trailer) = description(json::text(configuration, "description"));
    let before = detail.get("previousState").and_then(|state| json::text(state, "value"));
    Some(AlarmNotice {
        name: json::text(detail, "alarmName")?,
        arn: json::list(value, "resources").find_map(json::as_text),
        account: json::text(value, "account").unwrap_or_default(),
        region: json::text(value, "region").unwrap_or_default(),
        state: State::of(&json::text(state, "value")?),
        old_state: before.map(|word| State::of(&word)),
        tells_end: None,
        changed_at: json::time(state, "timestamp").or_else(|| json::time(value, "time")),
        reason: json::text(state, "reason").unwrap_or_default(),
        prose,
        trailer,
        watch: trigger::of_bus(configuration, state),
    })
}

fn description(text: Option<String>) -> (String, Option<Trailer>) {
    let text = text.unwrap_or_default();
    let (prose, trailer) = Trailer::split(&text);
    (prose.to_owned(), trailer)
}
