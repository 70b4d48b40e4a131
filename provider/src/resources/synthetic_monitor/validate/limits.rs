//! What AWS refuses of a monitor's values together, whether they are set or follow from its impact.
//!
//! What is not known yet is not judged: it is as soon as it is.

use contract::duration::Span;
use framework::{Attr, Diagnostics, path};

use crate::resources::synthetic_monitor::alarms::{longest_window, most_runs};
use crate::resources::synthetic_monitor::lower::span;
use crate::resources::synthetic_monitor::model::{Engine, Monitor};
use crate::resources::synthetic_monitor::probe::is_shared;

/// The most that a run of a probe may take: its function is ended half a minute later, after five
/// minutes.
const LONGEST_RUN: Span = Span::from_seconds(270);
/// The timeout from which a canary can't be tried again twice
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_RetryConfigInput.html>).
const TOO_LONG_FOR_TWO_RETRIES: Span = Span::from_seconds(600);

/// Adds an error for all that can't be, of a monitor with what follows from its impact.
pub(super) fn validate(planned: &Monitor, diagnostics: &mut Diagnostics) {
    let (interval, timeout) = (span(&planned.interval), span(&planned.timeout));
    check_run(planned, interval, timeout, diagnostics);
    if let Some(interval) = interval {
        check_counts(planned, interval, diagnostics);
        check_minutes(planned, interval, diagnostics);
    }
}

fn check_run(
    planned: &Monitor,
    interval: Option<Span>,
    timeout: Option<Span>,
    diagnostics: &mut Diagnostics,
) {
    let Some(timeout) = timeout else { return };
    let at = path!(Monitor => timeout);
    if let Some(interval) = interval.filter(|interval| timeout > *interval) {
        let detail = format!(
            "A run must end before the next one begins: the timeout is `{timeout}`, the interval `{interval}`."
        );
        diagnostics.error(at, "The timeout is longer than the interval", detail);
        return;
    }
    let Some(retries) = planned.retries.as_known() else { return };
    match planned.engine {
        Attr::Known(Engine::Probe) => {
            // The tries of a probe follow one another in one invocation of its function.
            let tries = u64::from(*retries) + 1;
            let all = Span::from_seconds(timeout.as_seconds().saturating_mul(tries));
            let most = interval.map_or(LONGEST_RUN, |interval| interval.min(LONGEST_RUN));
            if all > most {
                let detail = format!(
                    "With its retries a run makes {tries} tries of `{timeout}`, which is `{all}`, and has `{most}` for them: set a shorter `timeout`, fewer `retries` or a longer `interval`."
                );
                diagnostics.error(at, "The tries take too long", detail);
            }
        }
        Attr::Known(Engine::Canary) if *retries > 1 && timeout >= TOO_LONG_FOR_TWO_RETRIES => {
            let detail = format!(
                "A canary with two retries must end within less than `{TOO_LONG_FOR_TWO_RETRIES}`, and this timeout is `{timeout}`."
            );
            diagnostics.error(at, "The timeout is too long for two retries", detail);
        }
        Attr::Known(Engine::Canary) | Attr::Null | Attr::Unknown => {}
    }
}

fn check_counts(planned: &Monitor, interval: Span, diagnostics: &mut Diagnostics) {
    let Some(alarm) = planned.alarm.as_known() else { return };
    let (Some(failures), Some(out_of)) = (alarm.failures.as_known(), alarm.out_of.as_known())
    else {
        return;
    };
    if failures > out_of {
        let detail = format!("{failures} failures can't be found in the latest {out_of} runs.");
        let at = path!(Monitor => alarm.out_of);
        diagnostics.error(at, "`out_of` is less than `failures`", detail);
        return;
    }
    let most = most_runs(interval);
    if u64::from(*out_of) > most {
        let days = longest_window(interval) / 86_400;
        let detail = format!(
            "CloudWatch looks back {days} d at most, which at an interval of `{interval}` are {most} runs, and this is {out_of}."
        );
        let at = if failures == out_of {
            path!(Monitor => alarm.failures)
        } else {
            path!(Monitor => alarm.out_of)
        };
        diagnostics.error(at, "The alarm looks back too far", detail);
    }
}

/// Warns where the locations of a probe can't run in the same minute.
fn check_minutes(planned: &Monitor, interval: Span, diagnostics: &mut Diagnostics) {
    let is_probe = planned.engine.as_known() == Some(&Engine::Probe);
    let has_several = planned.locations.as_known().is_some_and(|locations| locations.len() > 1);
    if is_probe && has_several && !is_shared(interval) {
        let detail = format!(
            "At an interval of `{interval}` each location runs in a minute of its own, so that the alarm may ring, end and ring again while an outage begins. Take an interval that divides an hour, or whole hours that divide a day."
        );
        let at = path!(Monitor => interval);
        diagnostics.warning(at, "Locations that don't run together", detail);
    }
}

#[cfg(test)]
mod tests {
    use framework::Severity;

    use super::*;
    use crate::model::location::Location;
    use crate::resources::synthetic_monitor::model::Alarm;

    fn text(value: &str) -> Attr<String> {
        Attr::Known(value.to_owned())
    }

    fn monitor(engine: Engine, interval: &str, timeout: &str, retries: u8) -> Monitor {
        Monitor {
            engine: Attr::Known(engine),
            interval: text(interval),
            timeout: text(timeout),
            retries: Attr::Known(retries),
            ..Monitor::default()
        }
    }

    fn wrong(planned: &Monitor) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        validate(planned, &mut diagnostics);
        let told = diagnostics.iter().filter(|told| told.severity == Severity::Error);
        told.map(|told| told.summary.clone()).collect()
    }

    #[test]
    fn all_tries_fit_the_interval_and_the_function() {
        let too_long = "The tries take too long";
        for (engine, interval, timeout, retries, problem) in [
            (Engine::Probe, "1m", "20s", 2, None),
            (Engine::Probe, "1m", "1m", 2, Some(too_long)),
            (Engine::Probe, "1m", "30s", 2, Some(too_long)),
            (Engine::Probe, "15m", "2m", 1, None),
            (Engine::Probe, "15m", "2m", 2, Some(too_long)),
            (Engine::Probe, "1m", "2m", 0, Some("The timeout is longer than the interval")),
            (Engine::Canary, "15m", "10m", 2, Some("The timeout is too long for two retries")),
            (Engine::Canary, "15m", "599s", 2, None),
            (Engine::Canary, "15m", "14m", 1, None),
            (Engine::Canary, "1m", "1m", 2, None),
        ] {
            let found = wrong(&monitor(engine, interval, timeout, retries));
            let found: Vec<_> = found.iter().map(String::as_str).collect();
            assert_eq!(found, Vec::from_iter(problem), "{interval} {timeout} {retries}");
        }
    }

    #[test]
    fn an_alarm_looks_back_a_day_or_a_week() {
        let too_far = "The alarm looks back too far";
        for (interval, failures, out_of, problem) in [
            ("1m", 1_440, 1_440, None),
            ("5m", 288, 288, None),
            ("5m", 289, 289, Some(too_far)),
            ("5m", 2, 289, Some(too_far)),
            ("1h", 168, 168, None),
            ("1h", 169, 169, Some(too_far)),
            ("24h", 7, 7, None),
            ("5m", 3, 2, Some("`out_of` is less than `failures`")),
        ] {
            let alarm = Alarm {
                failures: Attr::Known(failures),
                out_of: Attr::Known(out_of),
                ..Alarm::default()
            };
            let alarm = Attr::Known(alarm);
            let found = wrong(&Monitor { alarm, ..monitor(Engine::Probe, interval, "20s", 0) });
            let found: Vec<_> = found.iter().map(String::as_str).collect();
            assert_eq!(found, Vec::from_iter(problem), "{failures} of {out_of} at {interval}");
        }
    }

    #[test]
    fn locations_that_do_not_run_together_are_warned_of() {
        for (interval, count, is_told) in [
            ("7m", 2, true),
            ("5m", 2, false),
            ("7m", 1, false),
            ("90m", 2, true),
            ("24h", 3, false),
        ] {
            let location = |index: usize| (index.to_string(), Attr::Known(Location::default()));
            let locations = (0..count).map(location).collect();
            let locations = Attr::Known(locations);
            let planned = Monitor { locations, ..monitor(Engine::Probe, interval, "20s", 0) };
            let mut diagnostics = Diagnostics::new();
            validate(&planned, &mut diagnostics);
            let told: Vec<_> = diagnostics.iter().map(|told| told.severity).collect();
            let wanted = if is_told { vec![Severity::Warning] } else { vec![] };
            assert_eq!(told, wanted, "{interval} {count}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_judged() {
        let alarm = Alarm { failures: Attr::Unknown, out_of: Attr::Known(1), ..Alarm::default() };
        let known = monitor(Engine::Probe, "1m", "1m", 2);
        for unknown in [
            Monitor { timeout: Attr::Unknown, ..known.clone() },
            Monitor { retries: Attr::Unknown, ..known.clone() },
            Monitor { engine: Attr::Unknown, ..known.clone() },
            Monitor { retries: Attr::Known(0), alarm: Attr::Known(alarm), ..known },
        ] {
            assert_eq!(wrong(&unknown), [""; 0]);
        }
    }
}
