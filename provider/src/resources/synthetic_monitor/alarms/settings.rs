//! A monitor's alarms as CloudWatch takes them: plain values that can be compared.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{ComparisonOperator, Statistic};
use contract::duration::Span;
use contract::probe;
use framework::Result;

use super::Which;
use crate::resources::synthetic_monitor::lower::{span, texts};
use crate::resources::synthetic_monitor::model::{self, Engine, MissingData, Monitor};

/// Intervals without a result after which the alarm for missing data rings.
pub(super) const SILENT_INTERVALS: i32 = 3;
/// Minutes beyond those intervals that a new alarm for missing data waits for its first results.
const WARM_UP_MARGIN: i32 = 2;
/// The longest that a new alarm may wait, in minutes
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_WarmUpConfiguration.html>).
const LONGEST_WARM_UP: i32 = 2_880;

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
    /// Minutes in which a new alarm isn't evaluated, so that it doesn't ring before the first result
    /// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html>).
    pub(super) warm_up_minutes: Option<i32>,
    /// Whether the topics are told at all: not while the monitor doesn't run.
    pub(super) rings: bool,
}

/// What an alarm compares with its threshold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Compared {
    /// One metric.
    Metric(Metric),
    /// The last of these; the others are its parts.
    Expression(Vec<(String, Term)>),
}

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    /// A metric.
    Metric(Metric),
    /// Metric math over other terms.
    Math(String),
}

/// A statistic of a metric.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Metric {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
    pub(super) dimensions: Vec<(&'static str, String)>,
    pub(super) statistic: Statistic,
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
        let period = seconds(span(&monitor.interval));
        let common = Self {
            which: which.clone(),
            name,
            description,
            topics: texts(&alarm.topic_arns),
            tells_recovery: *alarm.tell_recovery.known("alarm.tell_recovery")?,
            compared: compared(which, monitor)?,
            operator: ComparisonOperator::LessThanThreshold,
            threshold: 1.0,
            period,
            failures: SILENT_INTERVALS,
            out_of: SILENT_INTERVALS,
            missing_data: MissingData::Breaching,
            warm_up_minutes: None,
            rings: *monitor.enabled.known("enabled")?,
        };
        if *which != Which::Down {
            let minutes = (period / 60).saturating_mul(SILENT_INTERVALS) + WARM_UP_MARGIN;
            return Ok(Self { warm_up_minutes: Some(minutes.min(LONGEST_WARM_UP)), ..common });
        }
        let (operator, threshold) = limit(monitor)?;
        Ok(Self {
            operator,
            threshold,
            failures: (*alarm.failures.known("alarm.failures")?).into(),
            out_of: (*alarm.out_of.known("alarm.out_of")?).into(),
            missing_data: *alarm.treat_missing_data.known("alarm.treat_missing_data")?,
            ..common
        })
    }

    /// Whether an alarm for missing data has to wait for its first results again: it looks at another
    /// metric, for a shorter time than the last result may be old, or after a pause. A warm-up comes
    /// only with a new alarm.
    pub(super) fn starts_anew(&self, before: &Self) -> bool {
        let is_resumed = self.rings && !before.rings;
        let is_other = self.compared != before.compared || self.period < before.period;
        self.which != Which::Down && (is_resumed || is_other)
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

/// The names of the locations, by key.
fn locations(monitor: &Monitor) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for (key, location) in monitor.locations.known("locations")? {
        let name = location.known("locations")?.name.known("locations")?;
        names.insert(key.clone(), name.clone());
    }
    Ok(names)
}

fn compared(which: &Which, monitor: &Monitor) -> Result<Compared> {
    if monitor.engine.known("engine")? == &Engine::Canary {
        return Ok(Compared::Metric(Metric {
            namespace: "CloudWatchSynthetics",
            name: "SuccessPercent",
            dimensions: vec![("CanaryName", monitor.canary_name.known("canary_name")?.clone())],
            statistic: Statistic::Average,
        }));
    }
    let key = monitor.monitor_key.known("monitor_key")?;
    // A run that was started twice counts once: neither statistic asks how many there are.
    let metric = |location: &String, statistic: Statistic| Metric {
        namespace: probe::NAMESPACE,
        name: probe::SUCCESS,
        dimensions: vec![
            (probe::LOCATION_DIMENSION, location.clone()),
            (probe::MONITOR_DIMENSION, key.clone()),
        ],
        statistic,
    };
    let locations = locations(monitor)?;
    if let Which::NoData(place) = which {
        let location = locations.get(place).unwrap_or(place);
        return Ok(Compared::Expression(heard(metric(location, Statistic::SampleCount))));
    }
    let mut metrics = locations.values().map(|name| metric(name, Statistic::Minimum));
    Ok(match (metrics.next(), metrics.len()) {
        (Some(only), 0) => Compared::Metric(only),
        (first, _) => Compared::Expression(failing(first.into_iter().chain(metrics))),
    })
}

/// How many results came, by metric math. It is 0 where none came: CloudWatch looks at more periods
/// than an alarm asks for while some of them miss data, so that three empty ones would ring after
/// five, or however many they are
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>).
fn heard(runs: Metric) -> Vec<(String, Term)> {
    vec![
        ("runs".to_owned(), Term::Metric(runs)),
        ("heard".to_owned(), Term::Math("FILL(runs, 0)".to_owned())),
    ]
}

/// How many locations say that the service is down, by metric math
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>). One
/// that says nothing doesn't count, and where none says anything there is no figure.
fn failing(metrics: impl Iterator<Item = Metric>) -> Vec<(String, Term)> {
    let mut terms: Vec<_> = metrics
        .enumerate()
        .map(|(index, metric)| (format!("m{}", index + 1), Term::Metric(metric)))
        .collect();
    let numbers = 1..=terms.len();
    let parts: Vec<_> = numbers.clone().map(|number| format!("f{number}")).collect();
    terms.extend(
        numbers
            .map(|number| (format!("f{number}"), Term::Math(format!("IF(m{number} < 1, 1, 0)")))),
    );
    terms.push(("failing".to_owned(), Term::Math(format!("SUM([{}])", parts.join(", ")))));
    terms
}

impl Metric {
    fn text(&self) -> String {
        let dimensions: Vec<_> =
            self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        metric_text(self.namespace, self.name, &dimensions.join(","), self.statistic.as_str())
    }
}

impl Compared {
    fn text(&self) -> String {
        match self {
            Self::Metric(metric) => metric.text(),
            Self::Expression(terms) => {
                let terms = terms.iter().map(|(id, term)| match term {
                    Term::Metric(metric) => term_text(id, &metric.text()),
                    Term::Math(expression) => term_text(id, expression),
                });
                terms.collect::<Vec<_>>().join("; ")
            }
        }
    }
}

/// A metric in one line; `dimensions` are sorted.
pub(super) fn metric_text(
    namespace: &str,
    name: &str,
    dimensions: &str,
    statistic: &str,
) -> String {
    format!("{namespace} {name} {dimensions} {statistic}")
}

/// A term of an expression.
pub(super) fn term_text(id: &str, meaning: &str) -> String {
    format!("{id} = {meaning}")
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
