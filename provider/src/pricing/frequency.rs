//! How often something is checked, as far as it is billed.

use contract::duration::Span;
use contract::rhythm::Rhythm;

use super::runs_per_month;

/// What an interval comes to in a month, at each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frequency {
    rhythm: Rhythm,
    runs: u64,
    starts: u64,
}

impl Frequency {
    /// That of an interval; `None` for one of no length.
    pub fn of(interval: Span) -> Option<Self> {
        let rhythm = Rhythm::of(interval);
        let runs = runs_per_month(interval)?;
        Some(Self { rhythm, runs, starts: runs_per_month(rhythm.between_starts())? })
    }

    /// The same interval, which nothing runs at.
    #[must_use]
    pub const fn paused(self) -> Self {
        Self { runs: 0, starts: 0, ..self }
    }

    /// What follows from the interval.
    pub const fn rhythm(self) -> Rhythm {
        self.rhythm
    }

    /// Runs in a month.
    pub const fn runs(self) -> u64 {
        self.runs
    }

    /// Starts in a month: fewer than runs below a minute, where one start makes several.
    pub const fn starts(self) -> u64 {
        self.starts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn below_a_minute_starts_are_fewer_than_runs() {
        for (seconds, runs, starts) in [
            (10, 262_800, 43_800),
            (20, 131_400, 43_800),
            (30, 87_600, 43_800),
            (60, 43_800, 43_800),
            (300, 8_760, 8_760),
        ] {
            let frequency = Frequency::of(Span::from_seconds(seconds)).expect("a length");
            assert_eq!((frequency.runs(), frequency.starts()), (runs, starts), "{seconds}");
            assert_eq!((frequency.paused().runs(), frequency.paused().starts()), (0, 0));
        }
        assert_eq!(Frequency::of(Span::from_seconds(0)), None);
    }
}
