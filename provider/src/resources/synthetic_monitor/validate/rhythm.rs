//! Rules for interval, timeout and reminder.

use contract::duration::Span;
use contract::rhythm::{BELOW_A_MINUTE, Rhythm};
use framework::{Diagnostics, path};

use crate::model::checks::check;
use crate::resources::synthetic_monitor::lower::{request_milliseconds, span};
use crate::resources::synthetic_monitor::model::{Engine, Monitor};

/// What an engine allows, in seconds.
struct Limits {
    what: &'static str,
    interval: (u64, u64),
    /// Whether several runs may follow from one start.
    below_a_minute: bool,
    timeout: (u64, u64),
}

/// A canary's limits are AWS's
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html>
/// and `API_CanaryRunConfigInput.html` there). A probe's schedule runs once a minute at most
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>), and below a minute
/// one start makes several runs; its alarms look back three intervals.
const fn limits(engine: Engine) -> Limits {
    match engine {
        Engine::Canary => Limits {
            what: "A canary",
            interval: (60, 3_600),
            below_a_minute: false,
            timeout: (3, 840),
        },
        Engine::Probe => Limits {
            what: "A probe",
            interval: (60, 86_400),
            below_a_minute: true,
            timeout: (1, 120),
        },
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
        && !(limits.below_a_minute && Rhythm::of(interval).is_below_a_minute())
        && (interval.as_seconds() % 60 != 0 || !is_within(interval, limits.interval))
    {
        let [first, second, third] = BELOW_A_MINUTE.map(Span::from_seconds);
        let below = match (limits.below_a_minute, Rhythm::of(interval).is_below_a_minute()) {
            (true, _) => format!(", or at `{first}`, `{second}` or `{third}`"),
            (false, true) => ", and only the engine `probe` more often than that".to_owned(),
            (false, false) => String::new(),
        };
        let detail = format!(
            "{what} runs at intervals of whole minutes {}{below}, and this is `{interval}`.",
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
    }
}

fn is_within(span: Span, (least, most): (u64, u64)) -> bool {
    (least..=most).contains(&span.as_seconds())
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

/// The timeout of a monitor with what follows from its impact, and what that leaves for a request, in
/// milliseconds; `None` while it isn't known.
pub(super) fn request(planned: &Monitor, engine: Engine) -> Option<(Span, u64)> {
    let timeout = span(&planned.timeout)?;
    let milliseconds = match engine {
        Engine::Canary => request_milliseconds(timeout),
        Engine::Probe => timeout.as_seconds().saturating_mul(1_000),
    };
    Some((timeout, milliseconds))
}
