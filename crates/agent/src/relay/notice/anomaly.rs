//! A cost anomaly, as SNS and EventBridge tell it.
//!
//! Source: AWS Cost Management User Guide, "Getting started with AWS Cost Anomaly Detection" and
//! "Using EventBridge with Cost Anomaly Detection". The two differ in a few keys.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{bus, json};

/// A cost that is higher than it was expected. Money is in US dollars.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnomalyNotice {
    /// The account that the notice is of.
    pub account: String,
    /// The anomaly's id.
    pub id: String,
    /// Name of the monitor that found it.
    pub monitor: Option<String>,
    /// What the monitor tells apart: a service's name, or an account.
    pub dimension: Option<String>,
    /// Its first day.
    pub start: Option<Timestamp>,
    /// Its last day so far.
    pub end: Option<Timestamp>,
    /// How much more than expected was spent.
    pub impact: Option<f64>,
    /// The same in percent of what was expected.
    pub impact_percent: Option<f64>,
    /// What was spent.
    pub actual: Option<f64>,
    /// What was expected.
    pub expected: Option<f64>,
    /// What drove it, the strongest first.
    pub causes: Vec<RootCause>,
    /// Where the console shows it.
    pub link: Option<String>,
}

/// What drove an anomaly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RootCause {
    /// The service.
    pub service: Option<String>,
    /// The region's code.
    pub region: Option<String>,
    /// The account's id.
    pub account: Option<String>,
    /// The account's name.
    pub account_name: Option<String>,
    /// What was used, such as `BoxUsage:m5.large`.
    pub usage_type: Option<String>,
    /// Its part of the impact, in US dollars.
    pub contribution: Option<f64>,
}

/// Reads an anomaly in either shape.
pub(super) fn read(value: &Value) -> Option<AnomalyNotice> {
    let detail = bus::detail(value, "Anomaly Detected");
    let anomaly = detail.unwrap_or(value);
    let id = json::text(anomaly, "anomalyId")?;
    let impact = anomaly.get("impact").unwrap_or(&Value::Null);
    let account = json::text(anomaly, "accountId").or_else(|| json::text(value, "account"));
    let words = |keys: [&str; 2]| keys.into_iter().find_map(|key| json::text(anomaly, key));
    let mut causes: Vec<RootCause> = json::list(anomaly, "rootCauses").filter_map(cause).collect();
    causes.sort_by(|one, other| {
        let of = |cause: &RootCause| cause.contribution.unwrap_or(f64::NEG_INFINITY);
        of(other).total_cmp(&of(one))
    });
    Some(AnomalyNotice {
        account: account.unwrap_or_default(),
        id,
        monitor: json::text(anomaly, "monitorName"),
        dimension: words(["dimensionalValue", "dimensionValue"]),
        start: json::time(anomaly, "anomalyStartDate"),
        end: json::time(anomaly, "anomalyEndDate"),
        impact: json::number(impact, "totalImpact"),
        impact_percent: json::number(impact, "totalImpactPercentage"),
        actual: json::number(impact, "totalActualSpend"),
        expected: json::number(impact, "totalExpectedSpend"),
        causes,
        link: json::text(anomaly, "anomalyDetailsLink"),
    })
}

fn cause(value: &Value) -> Option<RootCause> {
    let impact = value.get("impact");
    let cause = RootCause {
        service: json::text(value, "service"),
        region: json::text(value, "region"),
        account: json::text(value, "linkedAccount"),
        account_name: json::text(value, "linkedAccountName"),
        usage_type: json::text(value, "usageType"),
        contribution: impact
            .and_then(|impact| json::number(impact, "contribution"))
            .or_else(|| json::number(value, "impact")),
    };
    (cause != RootCause::default()).then_some(cause)
}
