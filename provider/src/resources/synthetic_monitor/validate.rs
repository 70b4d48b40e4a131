//! What AWS would refuse, found before anything is asked of it. What follows from an impact is judged
//! like what is set.

mod canary;
mod http;
mod limits;
mod network;
mod probe;
mod rhythm;
mod texts;

use std::collections::BTreeSet;

use framework::{Attr, Diagnostics, Path, path};

pub(super) use rhythm::longest_interval;

use super::model::{Alarm, Engine, Monitor};
use super::plan::impact;
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
    check_checks(monitor, diagnostics);
    rhythm::validate(monitor, diagnostics);
    let mut planned = monitor.clone();
    impact::fill(monitor, &mut planned);
    limits::validate(&planned, diagnostics);
    let engine = monitor.engine.as_known().copied();
    if let Some(given) = monitor.http.as_known() {
        let request = engine.and_then(|engine| rhythm::request(&planned, engine));
        let at = path!(Monitor => http);
        http::validate(given, request, &at, diagnostics);
        if let Some(engine) = engine {
            texts::validate(given, engine, &at, diagnostics);
        }
    }
    network::validate(monitor, diagnostics);
    match engine {
        Some(Engine::Canary) => canary::validate(monitor, diagnostics),
        Some(Engine::Probe) => probe::validate(monitor, diagnostics),
        None => {}
    }
    if let Some(given) = monitor.alarm.as_known() {
        let at = path!(Monitor => alarm);
        check_topics(given, &at, diagnostics);
    }
}

/// A monitor has one check.
fn check_checks(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    let states = [
        ("http", monitor.http.is_null(), monitor.http.is_unknown()),
        ("tcp", monitor.tcp.is_null(), monitor.tcp.is_unknown()),
        ("dns", monitor.dns.is_null(), monitor.dns.is_unknown()),
        ("tls", monitor.tls.is_null(), monitor.tls.is_unknown()),
    ];
    let known: Vec<_> =
        states.iter().filter(|(_, null, unknown)| !null && !unknown).map(|state| state.0).collect();
    if states.iter().all(|(_, is_null, _)| *is_null) {
        let detail = "A monitor needs something to check: set `http`, `tcp`, `dns` or `tls`.";
        diagnostics.error(path!(Monitor => http), "Missing check", detail);
    }
    if let [_, second, ..] = known.as_slice() {
        let detail = format!(
            "A monitor has one check, and this one has {}: make a monitor of each.",
            known.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
        );
        diagnostics.error(Path::root().attribute(second), "More than one check", detail);
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

#[cfg(test)]
mod tests;
