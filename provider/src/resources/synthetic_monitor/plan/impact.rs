//! What follows from a monitor's impact, where it isn't said.
//!
//! A value that was left to the impact is worked out again in every plan, so that one that is no
//! longer set goes back to it.

use contract::duration::Span;
use contract::impact::{Defaults, Impact, out_of};
use contract::rhythm::Rhythm;
use framework::Attr;

use crate::resources::synthetic_monitor::alarms::most_runs;
use crate::resources::synthetic_monitor::lower;
use crate::resources::synthetic_monitor::model::{Engine, Monitor};

/// Longest time of a run of a monitor without an impact: enough for a slow start and a slow answer,
/// and not longer than the shortest interval. Canaries always get it: their functions are slow to
/// start.
const TIMEOUT: Span = Span::from_seconds(60);
/// Runs that must fail before a monitor without an impact rings.
const FAILURES: u16 = 2;
/// The most runs that an alarm counts in: a day of minutes.
const MOST_RUNS: u16 = 1_440;

/// Sets what follows from the impact, in what a configuration is planned to be.
pub(in super::super) fn fill(config: &Monitor, planned: &mut Monitor) {
    let given = Given { impact: &config.impact };
    let span = |span: Span| span.to_string();
    if config.interval.is_null() {
        // Without an impact there is none: validation has told.
        planned.interval = given.value(|defaults| span(defaults.interval), String::new());
    }
    if config.retries.is_null() {
        planned.retries = given.value(|defaults| defaults.retries, 0);
    }
    if config.timeout.is_null() {
        planned.timeout = timeout(config, planned, &given).map(span);
    }
    if config.reminder.is_null() {
        let reminder = |defaults: Defaults| span(defaults.reminder.unwrap_or(NEVER));
        planned.reminder = given.value(reminder, span(NEVER));
    }
    if config.mention.is_null() {
        planned.mention = given.value(|defaults| defaults.mention, false);
    }
    if config.failing_locations.is_null() {
        planned.failing_locations = failing_locations(config, &given);
    }
    if let (Attr::Known(wanted), Attr::Known(alarm)) = (&config.alarm, &mut planned.alarm) {
        if wanted.failures.is_null() {
            alarm.failures = given.value(|defaults| defaults.failures, FAILURES);
        }
        if wanted.out_of.is_null() {
            alarm.out_of = latest(&alarm.failures, &planned.interval);
        }
    }
}

/// No reminder.
const NEVER: Span = Span::from_seconds(0);

struct Given<'a> {
    impact: &'a Attr<Impact>,
}

impl Given<'_> {
    fn value<T>(&self, of: impl Fn(Defaults) -> T, without: T) -> Attr<T> {
        match self.impact {
            Attr::Unknown => Attr::Unknown,
            Attr::Null => Attr::Known(without),
            Attr::Known(impact) => Attr::Known(of(impact.defaults())),
        }
    }
}

/// Longest time of a try. Below a minute all tries of a run must end before the next one.
fn timeout(config: &Monitor, planned: &Monitor, given: &Given<'_>) -> Attr<Span> {
    match config.engine {
        Attr::Known(Engine::Canary) => return Attr::Known(TIMEOUT),
        // A canary's is another one.
        Attr::Unknown => return Attr::Unknown,
        Attr::Null | Attr::Known(Engine::Probe) => {}
    }
    if planned.interval.is_unknown() {
        return Attr::Unknown;
    }
    let usual = given.value(|defaults| defaults.timeout, TIMEOUT);
    let interval = lower::span(&planned.interval);
    let Some(interval) = interval.filter(|span| Rhythm::of(*span).is_below_a_minute()) else {
        return usual;
    };
    match (usual, &planned.retries) {
        (Attr::Known(usual), Attr::Known(retries)) => {
            let each = interval.as_seconds() / (u64::from(*retries) + 1);
            Attr::Known(usual.min(Span::from_seconds(each.max(1))))
        }
        _ => Attr::Unknown,
    }
}

/// One run more than must fail, and at least those of a minute, in which starts may be late; unless
/// the alarm can't look back so far.
fn latest(failures: &Attr<u16>, interval: &Attr<String>) -> Attr<u16> {
    let (Attr::Known(failures), Attr::Known(_)) = (failures, interval) else {
        return Attr::Unknown;
    };
    let interval = lower::span(interval);
    let most = interval.map_or(u64::MAX, most_runs);
    let most = u16::try_from(most).unwrap_or(u16::MAX).min(MOST_RUNS);
    let rounds = interval.map_or(1, |interval| Rhythm::of(interval).rounds());
    let wanted = out_of(*failures).max(u16::try_from(rounds).unwrap_or(u16::MAX));
    Attr::Known(wanted.min(most.max(*failures)))
}

/// A canary has one location, which says nothing. Of a probe's, never more must fail than there are.
fn failing_locations(config: &Monitor, given: &Given<'_>) -> Attr<u16> {
    match config.engine {
        Attr::Known(Engine::Canary) => return Attr::Null,
        Attr::Unknown => return Attr::Unknown,
        Attr::Null | Attr::Known(Engine::Probe) => {}
    }
    let count = match &config.locations {
        Attr::Unknown => return Attr::Unknown,
        Attr::Null => 0,
        Attr::Known(locations) => u16::try_from(locations.len()).unwrap_or(u16::MAX),
    };
    given.value(|defaults| defaults.failing_locations, 1).map(|wanted| wanted.min(count.max(1)))
}
