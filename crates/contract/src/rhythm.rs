//! How an interval is kept by a schedule that starts something once a minute at most.
//!
//! Below a minute one start makes several rounds. Each is a run of its own, with a metric of its own,
//! and the function goes on between them: that is what such an interval costs.

use crate::duration::Span;

const MINUTE: u64 = 60;

/// The intervals below a minute, in seconds: those that divide it of the periods that an alarm may have
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>,
/// `Period`).
pub const BELOW_A_MINUTE: [u64; 3] = [10, 20, 30];

/// What follows from an interval for schedules, rounds and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    interval: Span,
}

impl Rhythm {
    /// The rhythm of an interval.
    pub const fn of(interval: Span) -> Self {
        Self { interval }
    }

    /// Time from one run to the next.
    pub const fn interval(self) -> Span {
        self.interval
    }

    /// Whether it is one of [`BELOW_A_MINUTE`]. Of such a monitor metrics are kept by the second, and
    /// its alarm looks at periods shorter than a minute.
    pub fn is_below_a_minute(self) -> bool {
        BELOW_A_MINUTE.contains(&self.interval.as_seconds())
    }

    /// The rounds that one start makes. An interval below a minute that is none of
    /// [`BELOW_A_MINUTE`] has one.
    pub fn rounds(self) -> u64 {
        if self.is_below_a_minute() { MINUTE / self.interval.as_seconds() } else { 1 }
    }

    /// Time from one start to the next.
    pub fn between_starts(self) -> Span {
        Span::from_seconds(self.interval.as_seconds().max(MINUTE))
    }

    /// The length of the periods in which metrics are told apart, in seconds: one has one run.
    pub fn period_seconds(self) -> u64 {
        if self.is_below_a_minute() { self.interval.as_seconds() } else { MINUTE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_divided_into_rounds() {
        for (seconds, rounds, between, period) in [
            (10, 6, 60, 10),
            (20, 3, 60, 20),
            (30, 2, 60, 30),
            (60, 1, 60, 60),
            (300, 1, 300, 60),
            (0, 1, 60, 60),
            (45, 1, 60, 60),
        ] {
            let rhythm = Rhythm::of(Span::from_seconds(seconds));
            assert_eq!(rhythm.rounds(), rounds, "{seconds}");
            assert_eq!(rhythm.between_starts().as_seconds(), between, "{seconds}");
            assert_eq!(rhythm.period_seconds(), period, "{seconds}");
            assert_eq!(rhythm.is_below_a_minute(), rounds > 1, "{seconds}");
        }
    }

    #[test]
    fn rounds_fill_the_time_between_starts() {
        for seconds in BELOW_A_MINUTE {
            let rhythm = Rhythm::of(Span::from_seconds(seconds));
            assert_eq!(rhythm.rounds() * seconds, rhythm.between_starts().as_seconds());
        }
    }
}
