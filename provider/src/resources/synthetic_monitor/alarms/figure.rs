//! What a monitor's alarms compare with their threshold.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::Statistic;
use contract::probe;
use framework::Result;

use super::Which;
use crate::resources::synthetic_monitor::model::{Engine, MissingData, Monitor};

/// Stands in an expression for the time that its alarm counts from, in seconds since 1970: known
/// only when the alarm is put.
const COUNTS_FROM: &str = "counts_from";
/// What that time is compared with.
const STARTS_BEFORE: &str = ") < ";

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

impl Compared {
    /// What one of a monitor's alarms compares, where missing data mean this to it.
    pub(super) fn of(which: &Which, monitor: &Monitor, missing: MissingData) -> Result<Self> {
        let is_held = matches!(missing, MissingData::Breaching | MissingData::Missing);
        if monitor.engine.known("engine")? == &Engine::Canary {
            let metric = Metric {
                namespace: "CloudWatchSynthetics",
                name: "SuccessPercent",
                dimensions: vec![("CanaryName", monitor.canary_name.known("canary_name")?.clone())],
                statistic: Statistic::Average,
            };
            return Ok(single(metric, 100, is_held));
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
            return Ok(heard(metric(location, Statistic::SampleCount)));
        }
        let mut metrics: Vec<_> =
            locations.values().map(|name| metric(name, Statistic::Minimum)).collect();
        if metrics.len() == 1 {
            return Ok(single(metrics.remove(0), 1, is_held));
        }
        let wanted = (*monitor.failing_locations.known("failing_locations")?).into();
        Ok(failing(metrics, wanted, is_held))
    }

    /// Whether the time counts from which the alarm looks at what is missing.
    pub(super) fn is_held(&self) -> bool {
        match self {
            Self::Metric(_) => false,
            Self::Expression(terms) => terms.iter().any(
                |(_, term)| matches!(term, Term::Math(expression) if expression.contains(COUNTS_FROM)),
            ),
        }
    }

    /// The same in one line.
    pub(super) fn text(&self) -> String {
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

/// The names of a probe's locations, by key.
pub(super) fn locations(monitor: &Monitor) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    for (key, location) in monitor.locations.known("locations")? {
        let name = location.known("locations")?.name.known("locations")?;
        names.insert(key.clone(), name.clone());
    }
    Ok(names)
}

/// A metric that is `good` while all is well. One that is held counts a result that is missing as
/// good before its time: with `breaching` a new alarm would ring before the first run, with
/// `missing` the first result would be a recovery that is told of.
fn single(metric: Metric, good: u32, is_held: bool) -> Compared {
    if !is_held {
        return Compared::Metric(metric);
    }
    let held = format!("IF(EPOCH(m1{STARTS_BEFORE}{COUNTS_FROM}, FILL(m1, {good}), m1)");
    Compared::Expression(vec![
        ("m1".to_owned(), Term::Metric(metric)),
        ("result".to_owned(), Term::Math(held)),
    ])
}

/// How many results came. It is 0 where none came: `CloudWatch` looks at more periods than an alarm
/// asks for while some of them miss data, so that three empty ones would ring after five, or however
/// many they are
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html>).
/// And it is 1 in periods that began before the time that the alarm counts from.
fn heard(runs: Metric) -> Compared {
    let heard = format!("IF(EPOCH(runs{STARTS_BEFORE}{COUNTS_FROM}, 1, FILL(runs, 0))");
    Compared::Expression(vec![
        ("runs".to_owned(), Term::Metric(runs)),
        ("heard".to_owned(), Term::Math(heard)),
    ])
}

/// How many locations say that the service is down, once it is decided whether `wanted` of them do:
/// as many have failed, or so many have passed that no more than the rest can fail. A result comes up
/// to two minutes after its time, and before that there is no figure, which an alarm ignores: half of
/// the results would be a recovery.
///
/// By the rules of metric math a series has a value where one of those that `SUM` adds has, and `IF`
/// without a third argument has none where its condition doesn't hold, and 0 where it holds and the
/// second has none
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>). An alarm
/// may have ten metrics and ten expressions
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>): this
/// has as many metrics as locations, and one expression more.
fn failing(metrics: Vec<Metric>, wanted: usize, is_held: bool) -> Compared {
    let numbers = 1..=metrics.len();
    let sum = |letter: char| {
        let parts: Vec<_> = numbers.clone().map(|number| format!("{letter}{number}")).collect();
        format!("SUM([{}])", parts.join(", "))
    };
    let (failed, passed) = (sum('f'), sum('m'));
    let rest = metrics.len().saturating_sub(wanted);
    let held =
        if is_held { format!("(EPOCH(m1{STARTS_BEFORE}{COUNTS_FROM}) OR ") } else { String::new() };
    let figure = format!("IF({held}({failed} >= {wanted}) OR ({passed} > {rest}), {failed})");
    let each =
        |number: usize| (format!("f{number}"), Term::Math(format!("IF(m{number} < 1, 1, 0)")));
    let terms = metrics.into_iter().zip(1..);
    let terms =
        terms.map(|(metric, number): (Metric, usize)| (format!("m{number}"), Term::Metric(metric)));
    let last = ("failing".to_owned(), Term::Math(figure));
    Compared::Expression(terms.chain(numbers.clone().map(each)).chain([last]).collect())
}

impl Metric {
    fn text(&self) -> String {
        let dimensions: Vec<_> =
            self.dimensions.iter().map(|(name, value)| format!("{name}={value}")).collect();
        metric_text(self.namespace, self.name, &dimensions.join(","), self.statistic.as_str())
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

/// An expression with the time that its alarm counts from.
pub(super) fn counting_from(expression: &str, seconds: i64) -> String {
    expression.replace(COUNTS_FROM, &seconds.to_string())
}

/// The time that the alarm of an expression counts from, if it has one, and the expression without it.
pub(super) fn without_time(expression: &str) -> (Option<i64>, String) {
    let found = expression.split_once("EPOCH(").and_then(|(before, rest)| {
        let (id, rest) = rest.split_once(STARTS_BEFORE)?;
        let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let seconds = rest[..end].parse().ok()?;
        let after = &rest[end..];
        Some((seconds, format!("{before}EPOCH({id}{STARTS_BEFORE}{COUNTS_FROM}{after}")))
    });
    match found {
        Some((seconds, plain)) => (Some(seconds), plain),
        None => (None, expression.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_goes_into_an_expression_and_out_again() {
        let plain = "IF(EPOCH(runs) < counts_from, 1, FILL(runs, 0))";
        let put = counting_from(plain, 1_764_500_000);
        assert_eq!(put, "IF(EPOCH(runs) < 1764500000, 1, FILL(runs, 0))");
        assert_eq!(without_time(&put), (Some(1_764_500_000), plain.to_owned()));
        for other in ["SUM([f1, f2])", "EPOCH(m1)", "IF(EPOCH(m1) < m2, 1)", "EPOCH(m1) < 5", ""] {
            assert_eq!(without_time(other), (None, other.to_owned()));
        }
    }

    #[test]
    fn an_alarm_of_nine_locations_has_room_for_its_terms() {
        for (count, is_held) in [(2, false), (9, false), (9, true)] {
            let metric = |_| Metric {
                namespace: "Hinomi",
                name: "Success",
                dimensions: Vec::new(),
                statistic: Statistic::Minimum,
            };
            let compared = failing((0..count).map(metric).collect(), 2, is_held);
            let Compared::Expression(terms) = compared else { panic!("an expression") };
            let is_math = |term: &&(String, Term)| matches!(term.1, Term::Math(_));
            let math = terms.iter().filter(is_math).count();
            assert_eq!((terms.len() - math, math), (count, count + 1));
            assert!(math <= 10, "CloudWatch takes ten expressions");
            let longest = terms.iter().filter_map(|(_, term)| match term {
                Term::Math(text) => Some(counting_from(text, i64::from(u32::MAX)).len()),
                Term::Metric(_) => None,
            });
            assert!(longest.max() <= Some(2_048), "API_MetricDataQuery, Expression");
        }
    }
}
