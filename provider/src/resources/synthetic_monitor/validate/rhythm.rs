//! Rules for interval, timeout and reminder.

use contract::duration::Span;
use framework::{Attr, Diagnostics, path};

use crate::model::checks::check;
use crate::resources::synthetic_monitor::lower::{request_milliseconds, span};
use crate::resources::synthetic_monitor::model::{Engine, Monitor};
use crate::resources::synthetic_monitor::plan::impact::TIMEOUT;

/// What an engine allows, in seconds.
struct Limits {
    what: &'static str,
    interval: (u64, u64),
    timeout: (u64, u64),
}

/// A canary's limits are AWS's
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html>
/// and `API_CanaryRunConfigInput.html` there). A probe's schedule runs once a minute at most
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>), its alarms look
/// back three intervals.
const fn limits(engine: Engine) -> Limits {
    match engine {
        Engine::Canary => Limits { what: "A canary", interval: (60, 3_600), timeout: (3, 840) },
        Engine::Probe => Limits { what: "A probe", interval: (60, 86_400), timeout: (1, 120) },
    }
}

/// The longest time from one run to the next that an engine allows.
pub(in super::super) fn longest_interval(engine: Engine) -> Span {
    Span::from_seconds(limits(engine).interval.1)
}

/// The least and most of a reminder's time, in seconds.
const REMINDER: (u64, u64) = (300, 604_800);

/// Adds an error for every rhythm that the engine can't keep.
pub(super) fn validate(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    check::<Span>(&monitor.interval, path!(Monitor => interval), diagnostics);
    check::<Span>(&monitor.timeout, path!(Monitor => timeout), diagnostics);
    check::<Span>(&monitor.reminder, path!(Monitor => reminder), diagnostics);
    check_reminder(monitor, diagnostics);
    if monitor.interval.is_null() && monitor.impact.is_null() {
        let detail = "How often the service is checked follows from `impact`, or is said by `interval`: set one of the two.";
        diagnostics.error(path!(Monitor => interval), "Missing interval", detail);
    }
    let Some(limits) = monitor.engine.as_known().map(|engine| limits(*engine)) else { return };
    let in_words = |(least, most): (u64, u64)| {
        format!("from `{}` to `{}`", Span::from_seconds(least), Span::from_seconds(most))
    };
    let what = limits.what;
    if let Some(interval) = span(&monitor.interval)
        && (interval.as_seconds() % 60 != 0 || !is_within(interval, limits.interval))
    {
        let detail = format!(
            "{what} runs at intervals of whole minutes {}, and this is `{interval}`.",
            in_words(limits.interval)
        );
        diagnostics.error(path!(Monitor => interval), "Invalid value for `interval`", detail);
    }
    let Some(timeout) = span(&monitor.timeout) else { return };
    if !is_within(timeout, limits.timeout) {
        let detail = format!(
            "A run of {} may take {}, and this is `{timeout}`.",
            what.to_lowercase(),
            in_words(limits.timeout)
        );
        diagnostics.error(path!(Monitor => timeout), "Invalid value for `timeout`", detail);
    } else if let Some(interval) = interval(monitor)
        && timeout > interval
    {
        let detail = format!(
            "A run must end before the next one begins: the timeout is `{timeout}`, the interval `{interval}`."
        );
        let at = path!(Monitor => timeout);
        diagnostics.error(at, "The timeout is longer than the interval", detail);
    } else if monitor.engine.as_known() == Some(&Engine::Probe) {
        check_tries(monitor, timeout, diagnostics);
    }
}

/// The tries of a probe follow one another in one invocation of its function.
fn check_tries(monitor: &Monitor, timeout: Span, diagnostics: &mut Diagnostics) {
    let retries = match (&monitor.retries, &monitor.impact) {
        (Attr::Known(retries), _) => *retries,
        (Attr::Null, Attr::Known(impact)) => impact.defaults().retries,
        (Attr::Null, Attr::Null) => 0,
        _ => return,
    };
    let tries = u64::from(retries) + 1;
    let all = Span::from_seconds(timeout.as_seconds().saturating_mul(tries));
    let most = interval(monitor).map_or(LONGEST_RUN, |interval| interval.min(LONGEST_RUN));
    if all > most {
        let detail = format!(
            "With its retries a run makes {tries} tries of `{timeout}`, which is `{all}`, and has `{most}` for them."
        );
        let at = path!(Monitor => timeout);
        diagnostics.error(at, "The tries take too long", detail);
    }
}

/// The most that a run of a probe may take: its function is ended half a minute later, after five
/// minutes.
const LONGEST_RUN: Span = Span::from_seconds(270);

fn is_within(span: Span, (least, most): (u64, u64)) -> bool {
    (least..=most).contains(&span.as_seconds())
}

/// The interval that is set, or follows from the impact.
fn interval(monitor: &Monitor) -> Option<Span> {
    match (&monitor.interval, &monitor.impact) {
        (Attr::Null, Attr::Known(impact)) => Some(impact.defaults().interval),
        (interval, _) => span(interval),
    }
}

fn check_reminder(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    let Some(reminder) = span(&monitor.reminder).filter(|span| span.as_seconds() > 0) else {
        return;
    };
    if !is_within(reminder, REMINDER) {
        let detail = format!(
            "A reminder comes after `5m` to `7d`, or never with `0s`, and this is `{reminder}`."
        );
        diagnostics.error(path!(Monitor => reminder), "Invalid value for `reminder`", detail);
    }
}

/// The timeout, and what it leaves for a request, in milliseconds; `None` while it isn't known.
pub(super) fn request(monitor: &Monitor, engine: Engine) -> Option<(Span, u64)> {
    let timeout = match (&monitor.timeout, &monitor.impact, engine) {
        (Attr::Null, Attr::Null, _) | (Attr::Null, _, Engine::Canary) => {
            Attr::Known(TIMEOUT.to_owned())
        }
        (Attr::Null, Attr::Known(impact), Engine::Probe) => {
            Attr::Known(impact.defaults().timeout.to_string())
        }
        (timeout, _, _) => timeout.clone(),
    };
    let timeout = span(&timeout)?;
    let milliseconds = match engine {
        Engine::Canary => request_milliseconds(timeout),
        Engine::Probe => timeout.as_seconds().saturating_mul(1_000),
    };
    Some((timeout, milliseconds))
}
