//! A monitor's alarms as CloudWatch takes them: plain values that can be compared.

use std::collections::BTreeSet;

use aws_sdk_cloudwatch::types::ComparisonOperator;
use contract::duration::Span;
use contract::rhythm::Rhythm;
use framework::Result;

use super::Which;
use super::figure::{Compared, locations};
use crate::resources::synthetic_monitor::lower::{span, texts};
use crate::resources::synthetic_monitor::model::{self, Engine, MissingData, Monitor};

/// Intervals without a result after which the alarm for missing data rings.
pub(super) const SILENT_INTERVALS: i32 = 3;

/// The longest time that an alarm may look at, in seconds
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>,
/// `EvaluationPeriods`): a day, or a week for periods of an hour or more.
pub(in super::super) fn longest_window(period: Span) -> u64 {
    if period.as_seconds() >= 3_600 { 604_800 } else { 86_400 }
}

/// How many runs at an interval that are.
pub(in super::super) fn most_runs(interval: Span) -> u64 {
    longest_window(interval) / interval.as_seconds().max(1)
}

/// Settings of an alarm; its tags apart.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct AlarmSettings {
    pub(in super::super) which: Which,
    pub(in super::super) name: String,
    pub(super) description: String,
    pub(super) topics: BTreeSet<String>,
    pub(super) tells_recovery: bool,
    pub(super) compared: Compared,
    pub(super) operator: ComparisonOperator,
    pub(super) threshold: f64,
    pub(super) period: i32,
    pub(super) failures: i32,
    pub(super) out_of: i32,
    pub(super) missing_data: MissingData,
    /// Whether the topics are told at all: not while the monitor doesn't run.
    pub(super) rings: bool,
}

impl AlarmSettings {
    /// The settings of one of a monitor's alarms; `None` for a monitor without it.
    pub(in super::super) fn of(which: &Which, monitor: &Monitor) -> Result<Option<Self>> {
        let Some(alarm) = monitor.alarm.as_known() else { return Ok(None) };
        let object = which.object(monitor);
        if object.name.is_null() {
            return Ok(None);
        }
        let name = object.name.known("alarm_name")?.clone();
        let description = object.description.as_known().cloned().unwrap_or_default();
        Self::with(which, monitor, alarm, name, description).map(Some)
    }

    /// The settings of an alarm with a name and text that were worked out already.
    pub(in super::super) fn with(
        which: &Which,
        monitor: &Monitor,
        alarm: &model::Alarm,
        name: String,
        description: String,
    ) -> Result<Self> {
        let missing_data = match which {
            Which::Down => *alarm.treat_missing_data.known("alarm.treat_missing_data")?,
            Which::NoData(_) => MissingData::Breaching,
        };
        let common = Self {
            which: which.clone(),
            name,
            description,
            topics: texts(&alarm.topic_arns),
            tells_recovery: *alarm.tell_recovery.known("alarm.tell_recovery")?,
            compared: Compared::of(which, monitor, missing_data)?,
            operator: ComparisonOperator::LessThanThreshold,
            threshold: 1.0,
            period: seconds(period(which, span(&monitor.interval))),
            failures: SILENT_INTERVALS,
            out_of: SILENT_INTERVALS,
            missing_data,
            rings: *monitor.enabled.known("enabled")?,
        };
        if *which != Which::Down {
            return Ok(common);
        }
        let (operator, threshold) = limit(monitor)?;
        Ok(Self {
            operator,
            threshold,
            failures: (*alarm.failures.known("alarm.failures")?).into(),
            out_of: (*alarm.out_of.known("alarm.out_of")?).into(),
            ..common
        })
    }

    /// Whether an alarm begins anew, as a new one does: after a pause, in which it may have come to ring unheard; and
    /// one that counts from a time also where it looks at another metric, or for a shorter time than the last result may be old.
    pub(super) fn counts_anew(&self, before: &Self) -> bool {
        let is_resumed = self.rings && !before.rings;
        let is_other = self.compared != before.compared || self.period < before.period;
        is_resumed || (self.compared.is_held() && is_other)
    }

    /// What the alarm compares, in one line, in the words of [`super::read::rule`].
    pub(in super::super) fn rule(&self) -> String {
        rule_text(&RuleParts {
            compared: self.compared.text(),
            comparison: format!("{} {}", self.operator.as_str(), self.threshold),
            failures: self.failures,
            out_of: self.out_of,
            period: self.period,
            rings: self.rings,
            // The monitor's own attributes say the same of the other one.
            told: (self.which != Which::Down).then(|| self.topics.clone()),
        })
    }
}

/// The alarm for missing data never looks at less than a minute: what starts the runs may be late by
/// as much.
fn period(which: &Which, interval: Option<Span>) -> Option<Span> {
    match which {
        Which::Down => interval,
        Which::NoData(_) => interval.map(|interval| Rhythm::of(interval).between_starts()),
    }
}

fn seconds(span: Option<Span>) -> i32 {
    span.and_then(|span| span.as_seconds().try_into().ok()).unwrap_or(i32::MAX)
}

/// From which figure on a monitor is down: a canary's run succeeds by all of its steps or fails; of
/// several locations a number has to fail at once.
fn limit(monitor: &Monitor) -> Result<(ComparisonOperator, f64)> {
    let below = ComparisonOperator::LessThanThreshold;
    Ok(match monitor.engine.known("engine")? {
        Engine::Canary => (below, 100.0),
        Engine::Probe if locations(monitor)?.len() < 2 => (below, 1.0),
        Engine::Probe => {
            let failing = *monitor.failing_locations.known("failing_locations")?;
            (ComparisonOperator::GreaterThanOrEqualToThreshold, failing.into())
        }
    })
}

/// What an alarm's rule consists of.
pub(super) struct RuleParts {
    pub(super) compared: String,
    pub(super) comparison: String,
    pub(super) failures: i32,
    pub(super) out_of: i32,
    pub(super) period: i32,
    pub(super) rings: bool,
    pub(super) told: Option<BTreeSet<String>>,
}

/// The rule in one line.
pub(super) fn rule_text(parts: &RuleParts) -> String {
    let RuleParts { compared, comparison, failures, out_of, period, rings, told } = parts;
    let period = Span::from_seconds(u64::try_from(*period).unwrap_or_default());
    let actions = if *rings { "" } else { ", actions off" };
    let told = match told {
        None => String::new(),
        Some(topics) if topics.is_empty() => ", tells nobody".to_owned(),
        Some(topics) => {
            let topics: Vec<_> = topics.iter().map(String::as_str).collect();
            format!(", tells {}", topics.join(" "))
        }
    };
    format!("{compared} {comparison} in {failures} of {out_of} periods of {period}{actions}{told}")
}

impl MissingData {
    /// The word that CloudWatch has for it.
    pub(super) fn as_aws(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
            Self::Missing => "missing",
        }
    }

    /// What CloudWatch's word means; an alarm without the word treats missing data as missing.
    pub(super) fn from_aws(word: Option<&str>) -> Self {
        match word {
            Some("ignore") => Self::Ignore,
            Some("breaching") => Self::Breaching,
            Some("notBreaching") => Self::NotBreaching,
            _ => Self::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_missing_data_go_both_ways() {
        let all = [
            MissingData::Ignore,
            MissingData::Breaching,
            MissingData::NotBreaching,
            MissingData::Missing,
        ];
        for word in all {
            assert_eq!(MissingData::from_aws(Some(word.as_aws())), word);
        }
        assert_eq!(MissingData::from_aws(None), MissingData::Missing);
    }
}
