//! In which minutes a monitor's schedules run.
//!
//! A rate begins when its schedule is made, so that each location has a minute of its own, and an
//! alarm that counts locations sees some of them before an outage and some in it. A cron expression
//! says the minute: the same for all locations of a monitor, and another one for each monitor, so
//! that they don't all start at once.

use contract::duration::Span;
use sha2::{Digest, Sha256};

use crate::resources::synthetic_monitor::canary::settings::schedule as rate;

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// Whether all schedules of this interval can be told their minute: it divides an hour, or is of
/// whole hours and divides a day.
pub(in super::super) fn is_shared(interval: Span) -> bool {
    let minutes = minutes(interval);
    HOUR.is_multiple_of(minutes) || (minutes.is_multiple_of(HOUR) && DAY.is_multiple_of(minutes))
}

/// The expression of a schedule that runs once in every interval, in the minutes that follow from the
/// monitor's name and home. The time zone is UTC, which has no summer time
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>).
pub(super) fn expression(monitor: &str, interval: Span) -> String {
    let every = minutes(interval);
    if every == 1 || !is_shared(interval) {
        return rate(&interval.to_string());
    }
    let first = number(monitor) % every;
    let (minute, hour) = (first % HOUR, first / HOUR);
    match every {
        HOUR => format!("cron({minute} * * * ? *)"),
        DAY => format!("cron({minute} {hour} * * ? *)"),
        every if every < HOUR => format!("cron({minute}/{every} * * * ? *)"),
        every => format!("cron({minute} {hour}/{} * * ? *)", every / HOUR),
    }
}

fn minutes(interval: Span) -> u64 {
    (interval.as_seconds() / 60).max(1)
}

/// A number that is the same for the same text, everywhere and always.
fn number(text: &str) -> u64 {
    let digest = Sha256::digest(text);
    digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(monitor: &str, interval: &str) -> String {
        expression(monitor, interval.parse().expect("a span"))
    }

    #[test]
    fn a_minute_stays_what_it_is() {
        for (interval, wanted) in [
            ("1m", "rate(1 minute)"),
            ("5m", "cron(2/5 * * * ? *)"),
            ("15m", "cron(12/15 * * * ? *)"),
            ("1h", "cron(42 * * * ? *)"),
            ("2h", "cron(42 0/2 * * ? *)"),
            ("12h", "cron(42 0/12 * * ? *)"),
            ("24h", "cron(42 0 * * ? *)"),
            ("7m", "rate(7 minutes)"),
            ("90m", "rate(90 minutes)"),
            ("5h", "rate(300 minutes)"),
        ] {
            assert_eq!(of("111111111111/eu-west-1/web", interval), wanted, "{interval}");
        }
    }

    #[test]
    fn monitors_are_spread() {
        let all: BTreeSet<_> = (0..50).map(|number| of(&format!("web{number}"), "5m")).collect();
        assert_eq!(all.len(), 5);
    }

    proptest! {
        #[test]
        fn every_field_is_one_that_scheduler_takes(monitor in ".*", minutes in 1_u64..=1_440) {
            let interval = Span::from_seconds(minutes * 60);
            let text = expression(&monitor, interval);
            let fields = text.strip_prefix("cron(").and_then(|text| text.strip_suffix(')'));
            let Some(fields) = fields else {
                let is_rate = text.starts_with("rate(");
                prop_assert!(is_rate && (minutes == 1 || !is_shared(interval)));
                return Ok(());
            };
            let fields: Vec<_> = fields.split(' ').collect();
            prop_assert_eq!(&fields[2..], ["*", "*", "?", "*"]);
            for (field, end) in [(fields[0], 60), (fields[1], 24)] {
                for number in field.split('/').filter(|part| *part != "*") {
                    prop_assert!(number.parse::<u64>().expect("a number") < end);
                }
            }
        }
    }
}
