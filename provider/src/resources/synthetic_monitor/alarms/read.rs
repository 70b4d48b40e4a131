//! From what CloudWatch shows of the alarms to a monitor's attributes.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricAlarm, MetricDataQuery};
use framework::Attr;

use super::figure::{metric_text, term_text, without_time};
use super::settings::{RuleParts, rule_text};
use super::{Found, Which};
use crate::resources::synthetic_monitor::lower::texts;
use crate::resources::synthetic_monitor::model::{self, AlarmObject, MissingData, Monitor};

/// A monitor as its alarms are now. One that is gone has no ARN, and the next plan makes it again.
pub(in super::super) fn as_found(monitor: &Monitor, found: &Found) -> Monitor {
    let mut now = monitor.clone();
    for which in Which::of(&[monitor]) {
        let before = which.object(monitor);
        if before.name.is_null() {
            continue;
        }
        let object = match found.get(&which) {
            None => AlarmObject { arn: Attr::Null, ..before },
            Some(alarm) => AlarmObject {
                name: before.name,
                arn: alarm.alarm_arn.clone().into(),
                description: alarm.alarm_description.clone().into(),
                rule: Attr::Known(rule(&which, alarm)),
            },
        };
        which.set_object(&mut now, object);
    }
    if let Some(down) = found.get(&Which::Down).filter(|_| !monitor.alarm_name.is_null()) {
        now.alarm = Attr::Known(alarm(monitor, down));
    }
    now
}

/// The attributes that the alarm for a service that is down shows.
fn alarm(monitor: &Monitor, found: &MetricAlarm) -> model::Alarm {
    let failures = found.datapoints_to_alarm.or(found.evaluation_periods);
    let topics = found.alarm_actions.clone().unwrap_or_default();
    let mut alarm = model::Alarm {
        topic_arns: Attr::Known(topics.into_iter().map(Attr::Known).collect()),
        failures: number(failures),
        out_of: number(found.evaluation_periods),
        tell_recovery: Attr::Known(found.ok_actions.as_ref().is_some_and(|told| !told.is_empty())),
        treat_missing_data: Attr::Known(MissingData::from_aws(found.treat_missing_data.as_deref())),
    };
    let before = monitor.alarm.as_known().cloned().unwrap_or_default();
    if alarm.topic_arns.as_known().is_none_or(BTreeSet::is_empty) {
        // Without topics, nobody is told of a recovery either way.
        alarm.tell_recovery = before.tell_recovery.or(Attr::Known(true));
        if texts(&before.topic_arns).is_empty() {
            alarm.topic_arns = before.topic_arns;
        }
    }
    alarm
}

fn number(value: Option<i32>) -> Attr<u16> {
    value.map(|value| value.try_into().unwrap_or(u16::MAX)).into()
}

/// What an alarm compares, in one line, in the words of
/// [`AlarmSettings::rule`](super::AlarmSettings::rule): a change of what no attribute says shows
/// here.
pub(super) fn rule(which: &Which, found: &MetricAlarm) -> String {
    let queries = found.metrics();
    let comparison = found.comparison_operator.as_ref().map_or("", |operator| operator.as_str());
    let (told, recovered) = (found.alarm_actions(), found.ok_actions());
    let mut text = rule_text(&RuleParts {
        compared: if queries.is_empty() { compared(found) } else { expression(queries) },
        comparison: format!("{comparison} {}", found.threshold.unwrap_or_default()),
        failures: found.datapoints_to_alarm.or(found.evaluation_periods).unwrap_or_default(),
        out_of: found.evaluation_periods.unwrap_or_default(),
        period: found.period.or_else(|| period(queries)).unwrap_or_default(),
        rings: found.actions_enabled.unwrap_or(true),
        told: (*which != Which::Down).then(|| told.iter().cloned().collect()),
    });
    let same = |one: &[String], other: &[String]| {
        one.iter().collect::<BTreeSet<_>>() == other.iter().collect::<BTreeSet<_>>()
    };
    if !recovered.is_empty() && !same(told, recovered) {
        text.push_str(", others are told of recovery");
    }
    if !found.insufficient_data_actions().is_empty() {
        text.push_str(", with actions for missing data");
    }
    text
}

fn compared(found: &MetricAlarm) -> String {
    let namespace = found.namespace.as_deref().unwrap_or_default();
    let name = found.metric_name.as_deref().unwrap_or_default();
    let statistic = found.statistic.as_ref().map_or("", |statistic| statistic.as_str());
    metric_text(namespace, name, &dimensions(found.dimensions()), statistic)
}

fn expression(queries: &[MetricDataQuery]) -> String {
    let terms = queries.iter().map(|query| {
        let id = query.id.as_deref().unwrap_or_default();
        match (&query.expression, &query.metric_stat) {
            (Some(expression), _) => term_text(id, &without_time(expression).1),
            (None, Some(stat)) => {
                let metric = stat.metric.clone().unwrap_or_else(|| Metric::builder().build());
                let namespace = metric.namespace.as_deref().unwrap_or_default();
                let name = metric.metric_name.as_deref().unwrap_or_default();
                let statistic = stat.stat.as_deref().unwrap_or_default();
                let text =
                    metric_text(namespace, name, &dimensions(metric.dimensions()), statistic);
                term_text(id, &text)
            }
            (None, None) => term_text(id, ""),
        }
    });
    terms.collect::<Vec<_>>().join("; ")
}

fn period(queries: &[MetricDataQuery]) -> Option<i32> {
    queries.iter().find_map(|query| query.metric_stat.as_ref()?.period)
}

fn dimensions(found: &[Dimension]) -> String {
    let mut pairs: Vec<_> = found
        .iter()
        .map(|dimension| {
            let name = dimension.name.as_deref().unwrap_or_default();
            format!("{name}={}", dimension.value.as_deref().unwrap_or_default())
        })
        .collect();
    pairs.sort();
    pairs.join(",")
}
