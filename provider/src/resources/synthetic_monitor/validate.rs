//! What AWS would refuse, found before anything is asked of it.

mod canary;
mod http;

use std::collections::BTreeSet;

use contract::duration::Span;
use framework::{Attr, Diagnostics, Path, path};

use super::lower::span;
use super::model::{Alarm, Engine, Monitor, TIMEOUT};
use crate::aws::{Arn, Region};
use crate::model::checks::{check, check_tags};
use crate::model::{account, timeouts};

/// Adds an error for all that is wrong with a configuration, whose values may be unknown.
pub(super) fn validate(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    check::<Region>(&monitor.region, path!(Monitor => region), diagnostics);
    if let Some(given) = monitor.account.as_known() {
        account::validate(&given.id, &path!(Monitor => account), diagnostics);
    }
    check_tags(&monitor.tags, &path!(Monitor => tags), diagnostics);
    timeouts::validate(&monitor.timeouts, &path!(Monitor => timeouts), diagnostics);
    required_parts(monitor, diagnostics);
    check_rhythm(monitor, diagnostics);
    if let Some(given) = monitor.http.as_known() {
        let timeout = span(&monitor.timeout.clone().or(Attr::Known(TIMEOUT.to_owned())));
        http::validate(given, timeout, &path!(Monitor => http), diagnostics);
    }
    if let Some(given) = monitor.canary.as_known() {
        canary::validate(given, &path!(Monitor => canary), diagnostics);
    }
    if let Some(given) = monitor.alarm.as_known() {
        let at = path!(Monitor => alarm);
        check_topics(given, &at, diagnostics);
        check_counts(given, span(&monitor.interval), &at, diagnostics);
    }
}

fn required_parts(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    if monitor.http.is_null() {
        let detail = "A monitor needs something to check: set `http`.";
        diagnostics.error(path!(Monitor => http), "Missing check", detail);
    }
    if monitor.engine.as_known() == Some(&Engine::Canary) && monitor.canary.is_null() {
        let detail = "The engine `canary` needs `canary`, with the role that it runs with and the bucket for its reports.";
        diagnostics.error(path!(Monitor => canary), "Missing settings of the canary", detail);
    }
}

/// Rules of <https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html>
/// and `API_CanaryRunConfigInput.html` there.
fn check_rhythm(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    check::<Span>(&monitor.interval, path!(Monitor => interval), diagnostics);
    check::<Span>(&monitor.timeout, path!(Monitor => timeout), diagnostics);
    let (interval, timeout) = (span(&monitor.interval), span(&monitor.timeout));
    if let Some(interval) = interval
        && (interval.as_seconds() % 60 != 0 || !(60..=3_600).contains(&interval.as_seconds()))
    {
        let detail = format!(
            "A canary runs at intervals of whole minutes from `1m` to `1h`, and this is `{interval}`."
        );
        diagnostics.error(path!(Monitor => interval), "Invalid value for `interval`", detail);
    }
    let Some(timeout) = timeout else { return };
    if !(3..=840).contains(&timeout.as_seconds()) {
        let detail =
            format!("A run of a canary may take from `3s` to `14m`, and this is `{timeout}`.");
        diagnostics.error(path!(Monitor => timeout), "Invalid value for `timeout`", detail);
    } else if let Some(interval) = interval
        && timeout > interval
    {
        let detail = format!(
            "A run must end before the next one begins: the timeout is `{timeout}`, the interval `{interval}`."
        );
        diagnostics.error(
            path!(Monitor => timeout),
            "The timeout is longer than the interval",
            detail,
        );
    }
}

fn check_topics(alarm: &Alarm, path: &Path, diagnostics: &mut Diagnostics) {
    let path = path.attribute("topic_arns");
    if alarm.topic_arns.is_null() || alarm.topic_arns.as_known().is_some_and(BTreeSet::is_empty) {
        let detail =
            "The alarm has no topic: it changes its state in CloudWatch, and nobody is told.";
        diagnostics.warning(path.clone(), "An alarm that tells nobody", detail);
    }
    let topics = alarm.topic_arns.as_known().into_iter().flatten();
    for topic in topics.filter_map(Attr::as_known) {
        let detail = match topic.parse::<Arn>() {
            Ok(arn) if arn.service() == "sns" && !arn.resource().contains(':') => continue,
            Ok(_) => format!("`{topic}` is no SNS topic."),
            Err(problem) => format!("{problem}."),
        };
        diagnostics.error(path.clone(), "Invalid topic", detail);
    }
}

/// The longest time that an alarm may look at
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>,
/// `EvaluationPeriods`): a day, or a week for periods of an hour or more.
fn longest_window(period: Span) -> u64 {
    if period.as_seconds() >= 3_600 { 604_800 } else { 86_400 }
}

fn check_counts(alarm: &Alarm, interval: Option<Span>, path: &Path, diagnostics: &mut Diagnostics) {
    let failures = alarm.failures.as_known().copied().unwrap_or(2);
    let known_failures = !alarm.failures.is_unknown();
    let out_of = alarm.out_of.as_known().copied();
    if let Some(out_of) = out_of
        && known_failures
        && failures > out_of
    {
        let detail = format!("{failures} failures can't be found in the latest {out_of} runs.");
        diagnostics.error(path.attribute("out_of"), "`out_of` is less than `failures`", detail);
    }
    let (attribute, periods) = match out_of {
        Some(out_of) => ("out_of", out_of),
        None if known_failures && alarm.out_of.is_null() => ("failures", failures),
        None => return,
    };
    let Some(interval) = interval.filter(|interval| interval.as_seconds() > 0) else { return };
    let most = longest_window(interval) / interval.as_seconds();
    if u64::from(periods) > most {
        let days = longest_window(interval) / 86_400;
        let detail = format!(
            "CloudWatch looks back {days} d at most, which at an interval of `{interval}` are {most} runs, and this is {periods}."
        );
        diagnostics.error(path.attribute(attribute), "The alarm looks back too far", detail);
    }
}

#[cfg(test)]
mod tests;
