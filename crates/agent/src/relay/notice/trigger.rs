//! What an alarm watches: a metric, an expression over metrics, or other alarms.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json;

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Watch {
    /// One metric.
    Metric(Metric, Threshold),
    /// An expression over metrics.
    Math(Vec<Query>, Threshold),
    /// Other alarms.
    Composite {
        /// The rule over them.
        rule: String,
        /// Those that made it ring.
        children: Vec<Child>,
    },
    /// The notice doesn't say.
    Unknown,
}

/// A metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metric {
    /// Its namespace, such as `AWS/EC2`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How datapoints of a period become one, as the API writes it: `Average`, `p99`.
    pub statistic: String,
    /// Its unit, if the alarm takes only one.
    pub unit: Option<String>,
    /// Its dimensions.
    pub dimensions: Vec<Dimension>,
    /// Length of a period in seconds.
    pub period: Option<u64>,
}

/// A dimension of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// One line of metric math.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// The name that expressions call it by.
    pub id: String,
    /// An expression over other lines.
    pub expression: Option<String>,
    /// Or a metric.
    pub metric: Option<Metric>,
    /// What people call it.
    pub label: Option<String>,
    /// Whether this is the line that the alarm watches.
    pub returned: bool,
    /// The account of the metric, when it is another one.
    pub account: Option<String>,
    /// Length of a period in seconds, of an expression.
    pub period: Option<u64>,
}

/// When an alarm rings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// How a datapoint is compared with the value.
    pub comparison: Option<Comparison>,
    /// The value.
    pub value: Option<f64>,
    /// The line of metric math that is the threshold, for a band of anomaly detection.
    pub band: Option<String>,
    /// Periods that are looked at.
    pub periods: Option<u64>,
    /// Of those, how many have to break the threshold; all of them when it isn't said.
    pub datapoints: Option<u64>,
    /// The latest datapoints, the latest first, as far as the reason tells them.
    pub recent: Vec<f64>,
}

/// How a datapoint is compared with the threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It rings above.
    Above,
    /// It rings at the value and above.
    AtLeast,
    /// It rings below.
    Below,
    /// It rings at the value and below.
    AtMost,
    /// It rings outside a band.
    Outside,
}

/// An alarm under a composite one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Child {
    /// Its ARN.
    pub arn: String,
    /// Its state, in CloudWatch's word.
    pub state: String,
}

impl Watch {
    /// All metrics that the alarm looks at.
    pub fn metrics(&self) -> Vec<&Metric> {
        match self {
            Self::Metric(metric, _) => vec![metric],
            Self::Math(queries, _) => {
                queries.iter().filter_map(|query| query.metric.as_ref()).collect()
            }
            Self::Composite { .. } | Self::Unknown => Vec::new(),
        }
    }

    /// When it rings.
    pub fn threshold(&self) -> Option<&Threshold> {
        match self {
            Self::Metric(_, threshold) | Self::Math(_, threshold) => Some(threshold),
            Self::Composite { .. } | Self::Unknown => None,
        }
    }

    /// The values of a dimension over all metrics, each once, in their order.
    pub fn dimension(&self, name: &str) -> Vec<&str> {
        let mut values = Vec::new();
        for dimension in self.metrics().into_iter().flat_map(|metric| &metric.dimensions) {
            if dimension.name == name && !values.contains(&dimension.value.as_str()) {
                values.push(&dimension.value);
            }
        }
        values
    }
}

impl Comparison {
    fn of(operator: &str) -> Option<Self> {
        match operator {
            "GreaterThanThreshold" | "GreaterThanUpperThreshold" => Some(Self::Above),
            "GreaterThanOrEqualToThreshold" => Some(Self::AtLeast),
            "LessThanThreshold" | "LessThanLowerThreshold" => Some(Self::Below),
            "LessThanOrEqualToThreshold" => Some(Self::AtMost),
            "LessThanLowerOrGreaterThanUpperThreshold" => Some(Self::Outside),
            _ => None,
        }
    }

    /// The words that CloudWatch's reasons use, for notices that say it nowhere else.
    fn of_reason(reason: &str) -> Option<Self> {
        [
            ("or greater than the upper threshold", Self::Outside),
            ("greater than or equal to", Self::AtLeast),
            ("greater than", Self::Above),
            ("less than or equal to", Self::AtMost),
            ("less than", Self::Below),
        ]
        .into_iter()
        .find_map(|(words, comparison)| reason.contains(words).then_some(comparison))
    }
}

/// The `Trigger` of a notice by SNS, or the parts of a composite alarm.
pub(super) fn of_topic(value: &Value) -> Watch {
    if let Some(rule) = json::text(value, "AlarmRule") {
        let children = json::list(value, "TriggeringChildren").filter_map(|child| {
            let state = child.get("State").and_then(|state| json::text(state, "Value"));
            Some(Child { arn: json::text(child, "Arn")?, state: state.unwrap_or_default() })
        });
        return Watch::Composite { rule, children: children.collect() };
    }
    let Some(trigger) = value.get("Trigger").filter(|trigger| trigger.is_object()) else {
        return Watch::Unknown;
    };
    let reason = json::text(value, "NewStateReason").unwrap_or_default();
    let operator = json::text(trigger, "ComparisonOperator");
    let threshold = Threshold {
        comparison: operator.and_then(|operator| Comparison::of(&operator)),
        value: json::number(trigger, "Threshold"),
        band: json::text(trigger, "ThresholdMetricId"),
        periods: json::whole(trigger, "EvaluationPeriods"),
        datapoints: json::whole(trigger, "DatapointsToAlarm"),
        recent: recent(&reason),
    };
    if let Some(metric) = metric_of_trigger(trigger) {
        return Watch::Metric(metric, threshold);
    }
    let queries: Vec<Query> = json::list(trigger, "Metrics").filter_map(query).collect();
    if queries.is_empty() { Watch::Unknown } else { Watch::Math(queries, threshold) }
}

/// The configuration and state of an event of EventBridge.
pub(super) fn of_bus(configuration: &Value, state: &Value) -> Watch {
    let data = json::text(state, "reasonData").and_then(|text| json::object(&text));
    let data = data.unwrap_or(Value::Null);
    if let Some(rule) = json::text(configuration, "alarmRule") {
        let children = json::list(&data, "triggeringAlarms").filter_map(|child| {
            let state = child.get("state").and_then(|state| json::text(state, "value"));
            Some(Child { arn: json::text(child, "arn")?, state: state.unwrap_or_default() })
        });
        return Watch::Composite { rule, children: children.collect() };
    }
    let reason = json::text(state, "reason").unwrap_or_default();
    let mut queries: Vec<Query> = json::list(configuration, "metrics").filter_map(query).collect();
    let mut recent = recent(&reason);
    if recent.is_empty() {
        let points = json::list(&data, "recentDatapoints").filter_map(Value::as_f64);
        recent = points.collect();
    }
    let threshold = Threshold {
        comparison: Comparison::of_reason(&reason),
        value: json::number(&data, "threshold"),
        recent,
        ..Threshold::default()
    };
    match queries.as_mut_slice() {
        [] => Watch::Unknown,
        [Query { metric: Some(metric), .. }] => Watch::Metric(metric.clone(), threshold),
        _ => Watch::Math(queries, threshold),
    }
}

fn metric_of_trigger(trigger: &Value) -> Option<Metric> {
    let statistic = ["Statistic", "ExtendedStatistic"];
    Some(Metric {
        name: json::text(trigger, "MetricName")?,
        namespace: json::text(trigger, "Namespace").unwrap_or_default(),
        statistic: statistic
            .into_iter()
            .find_map(|key| json::text(trigger, key))
            .map(|word| api_statistic(&word))
            .unwrap_or_default(),
        unit: json::text(trigger, "Unit").filter(|unit| unit != "None"),
        dimensions: dimensions(trigger.get("Dimensions")),
        period: json::whole(trigger, "Period"),
    })
}

/// One line of metric math. SNS writes its keys in upper case, EventBridge in lower case.
fn query(value: &Value) -> Option<Query> {
    let part = |upper: &'static str, lower: &'static str| {
        [upper, lower].into_iter().find_map(|key| value.get(key)).filter(|part| !part.is_null())
    };
    let words = |upper, lower| part(upper, lower).and_then(json::as_text);
    let stat = part("MetricStat", "metricStat");
    Some(Query {
        id: words("Id", "id")?,
        expression: words("Expression", "expression"),
        metric: stat.and_then(metric_of_query),
        label: words("Label", "label"),
        returned: part("ReturnData", "returnData").and_then(Value::as_bool) != Some(false),
        account: words("AccountId", "accountId"),
        period: json::whole(value, "Period").or_else(|| json::whole(value, "period")),
    })
}

fn metric_of_query(stat: &Value) -> Option<Metric> {
    let text = |from: &Value, keys: [&str; 2]| keys.iter().find_map(|key| json::text(from, key));
    let metric = stat.get("Metric").or_else(|| stat.get("metric"))?;
    Some(Metric {
        name: text(metric, ["MetricName", "name"])?,
        namespace: text(metric, ["Namespace", "namespace"]).unwrap_or_default(),
        statistic: text(stat, ["Stat", "stat"]).map(|it| api_statistic(&it)).unwrap_or_default(),
        unit: text(stat, ["Unit", "unit"]).filter(|unit| unit != "None"),
        dimensions: dimensions(metric.get("Dimensions").or_else(|| metric.get("dimensions"))),
        period: json::whole(stat, "Period").or_else(|| json::whole(stat, "period")),
    })
}

/// A list of names and values, as SNS has it, or an object, as EventBridge has it.
fn dimensions(value: Option<&Value>) -> Vec<Dimension> {
    match value {
        Some(Value::Object(map)) => map
            .iter()
            .filter_map(|(name, value)| {
                Some(Dimension { name: name.clone(), value: json::as_text(value)? })
            })
            .collect(),
        Some(Value::Array(list)) => list
            .iter()
            .filter_map(|one| {
                let text = |keys: [&str; 2]| keys.iter().find_map(|key| json::text(one, key));
                Some(Dimension { name: text(["name", "Name"])?, value: text(["value", "Value"])? })
            })
            .collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) | None => {
            Vec::new()
        }
    }
}

/// SNS writes `SAMPLE_COUNT` where the API has `SampleCount`.
fn api_statistic(word: &str) -> String {
    let known = ["Average", "Sum", "Minimum", "Maximum", "SampleCount"];
    let plain = word.replace('_', "");
    let found = known.into_iter().find(|known| known.eq_ignore_ascii_case(&plain));
    found.map_or_else(|| word.to_owned(), str::to_owned)
}

/// The datapoints of a reason: `… datapoints [99.5 (24/11/26 03:00:00), 97.1 (…)] …`.
fn recent(reason: &str) -> Vec<f64> {
    let inside = reason
        .split_once("datapoint")
        .and_then(|(_, rest)| rest.split_once('['))
        .and_then(|(_, rest)| rest.split_once(']'))
        .map_or("", |(inside, _)| inside);
    inside
        .split(',')
        .filter_map(|point| point.trim().split(' ').next()?.parse().ok())
        .filter(|number: &f64| number.is_finite())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datapoints_are_found_in_reasons() {
        for (reason, expected) in [
            (
                "Threshold Crossed: 2 out of the last 2 datapoints [99.5 (24/11/26 03:00:00), 1.0E-4 (24/11/26 02:59:00)] were greater than the threshold (90.0).",
                vec![99.5, 1.0e-4],
            ),
            (
                "Threshold Crossed: 1 datapoint [0.0 (x)] was less than the threshold (1.0).",
                vec![0.0],
            ),
            ("Threshold Crossed: no datapoints were received for 3 periods and 3 missing", vec![]),
            ("datapoints [", vec![]),
            ("[1.0] before any", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(recent(reason), expected, "{reason}");
        }
    }
}
