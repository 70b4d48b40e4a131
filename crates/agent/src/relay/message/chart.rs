//! A chart of what an alarm watches.
//!
//! Source: Amazon CloudWatch API Reference, `GetMetricWidgetImage` and "Metric Widget Structure".

use bytes::Bytes;
use contract::relay::Settings;
use discord::message::File;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::alarm;
use crate::relay::notice::{AlarmNotice, Metric, Query, Threshold, Watch};
use crate::relay::words;

/// Size of the picture: what Discord shows in an embed without scaling on most screens.
const WIDTH: u32 = 800;
const HEIGHT: u32 = 300;
/// What the picture shows of the time before.
const SPAN: SignedDuration = SignedDuration::from_hours(3);
/// Lines of metric math that CloudWatch takes. With fewer of them, an expression would lack its parts.
const LINES: usize = 500;

/// The chart as a picture for [`super::Incident::chart`].
pub fn picture(id: &str, alarm: &AlarmNotice, settings: &Settings, png: impl Into<Bytes>) -> File {
    let alternative = (words::of(settings.language).chart_of)(alarm::name(alarm));
    File::png(&format!("chart-{id}.png"), &alternative, png)
}

/// The definition for `GetMetricWidgetImage` of the three hours until `now`; none for an alarm without
/// metrics.
pub fn widget(alarm: &AlarmNotice, now: Timestamp, settings: &Settings) -> Option<String> {
    let (metrics, threshold) = match &alarm.watch {
        Watch::Metric(metric, threshold) => (vec![of_metric(metric, Map::new())], threshold),
        Watch::Math(queries, threshold) if queries.len() <= LINES => {
            (queries.iter().map(of_query).collect(), threshold)
        }
        Watch::Math(..) | Watch::Composite { .. } | Watch::Unknown => return None,
    };
    let start = now.checked_sub(SPAN).unwrap_or(Timestamp::MIN);
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut widget = json!({
        "width": WIDTH,
        "height": HEIGHT,
        "theme": "dark",
        "view": "timeSeries",
        "stacked": false,
        "title": alarm::name(alarm),
        "start": time(start),
        "end": time(now),
        "timezone": offset(now, &settings.timezone),
        "metrics": metrics,
    });
    if !alarm.region.is_empty() {
        widget["region"] = json!(alarm.region);
    }
    if let Some(annotation) = annotation(threshold, settings) {
        widget["annotations"] = json!({ "horizontal": [annotation] });
    }
    Some(widget.to_string())
}

fn annotation(threshold: &Threshold, settings: &Settings) -> Option<Value> {
    let value = threshold.value?;
    let label = words::of(settings.language).threshold;
    Some(json!({ "value": value, "label": label, "color": "#ed4245" }))
}

/// The zone as the widget wants it: `+0900`.
fn offset(now: Timestamp, zone: &str) -> String {
    let zone = jiff::tz::TimeZone::get(zone).unwrap_or(jiff::tz::TimeZone::UTC);
    now.to_zoned_datetime(zone).strftime("%z").to_string()
}

/// `[namespace, name, dimension, value, …, {options}]`.
fn of_metric(metric: &Metric, mut options: Map<String, Value>) -> Value {
    let mut list = vec![json!(metric.namespace), json!(metric.name)];
    for dimension in &metric.dimensions {
        list.extend([json!(dimension.name), json!(dimension.value)]);
    }
    if !metric.statistic.is_empty() {
        options.insert("stat".to_owned(), json!(metric.statistic));
    }
    if let Some(period) = metric.period {
        options.insert("period".to_owned(), json!(period));
    }
    list.push(Value::Object(options));
    Value::Array(list)
}

fn of_query(query: &Query) -> Value {
    let mut options = Map::new();
    options.insert("id".to_owned(), json!(query.id));
    options.insert("visible".to_owned(), json!(query.returned));
    if let Some(label) = &query.label {
        options.insert("label".to_owned(), json!(label));
    }
    if let Some(account) = &query.account {
        options.insert("accountId".to_owned(), json!(account));
    }
    if let Some(metric) = &query.metric {
        return of_metric(metric, options);
    }
    if let Some(expression) = &query.expression {
        options.insert("expression".to_owned(), json!(expression));
    }
    if let Some(period) = query.period {
        options.insert("period".to_owned(), json!(period));
    }
    Value::Array(vec![Value::Object(options)])
}
