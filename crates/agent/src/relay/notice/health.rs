//! An event of AWS Health.
//!
//! Source: AWS Health User Guide, "Reference: AWS Health events Amazon EventBridge schema".

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{bus, json};

/// What AWS tells of its own health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthNotice {
    /// The account that it concerns.
    pub account: String,
    /// The region's code.
    pub region: String,
    /// ARN of the event: the same for all notices of it.
    pub arn: Option<String>,
    /// The service, such as `EC2`.
    pub service: String,
    /// What happens, such as `AWS_EC2_OPERATIONAL_ISSUE`.
    pub code: String,
    /// Its kind.
    pub category: Category,
    /// Whether it is over.
    pub closed: bool,
    /// When it starts.
    pub start: Option<Timestamp>,
    /// When it ends.
    pub end: Option<Timestamp>,
    /// AWS's words, the English ones if there are several.
    pub description: String,
    /// What is affected.
    pub entities: Vec<String>,
}

/// Kind of a health event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Something is broken.
    Issue,
    /// Something will be changed.
    ScheduledChange,
    /// Something to know of the account.
    AccountNotification,
    /// Something to look into.
    Investigation,
    /// One that AWS Health didn't have when this was written.
    Other,
}

/// Reads a health event.
pub(super) fn read(value: &Value) -> Option<HealthNotice> {
    let detail = ["AWS Health Event", "AWS Health Abuse Event"]
        .into_iter()
        .find_map(|kind| bus::detail(value, kind))?;
    let place = |key, around| json::text(detail, key).or_else(|| json::text(value, around));
    Some(HealthNotice {
        account: place("affectedAccount", "account").unwrap_or_default(),
        region: place("eventRegion", "region").unwrap_or_default(),
        arn: json::text(detail, "eventArn"),
        service: json::text(detail, "service").unwrap_or_default(),
        code: json::text(detail, "eventTypeCode").unwrap_or_default(),
        category: category(&json::text(detail, "eventTypeCategory").unwrap_or_default()),
        closed: json::text(detail, "statusCode").is_some_and(|status| status == "closed"),
        start: json::time(detail, "startTime"),
        end: json::time(detail, "endTime"),
        description: description(detail),
        entities: entities(value, detail),
    })
}

fn category(word: &str) -> Category {
    match word {
        "issue" => Category::Issue,
        "scheduledChange" => Category::ScheduledChange,
        "accountNotification" => Category::AccountNotification,
        "investigation" => Category::Investigation,
        _ => Category::Other,
    }
}

fn description(detail: &Value) -> String {
    let texts = || json::list(detail, "eventDescription");
    let english = texts()
        .find(|one| json::text(one, "language").is_some_and(|language| language.starts_with("en")));
    let chosen = english.or_else(|| texts().next());
    chosen.and_then(|one| json::text(one, "latestDescription")).unwrap_or_default()
}

/// What is affected, by the event's detail, or by the resources of what is around it.
fn entities(value: &Value, detail: &Value) -> Vec<String> {
    let told =
        json::list(detail, "affectedEntities").filter_map(|one| json::text(one, "entityValue"));
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return json::list(value, "resources").filter_map(json::as_text).collect();
    }
    told
}
