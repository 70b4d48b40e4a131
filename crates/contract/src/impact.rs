//! What an outage would do, in one word, and the settings that follow from it.
//!
//! Checking often is good and billed per run, so how often a service is checked follows the impact
//! of its outage. Every value here is a default that a monitor shows in its plan and may override.

use serde::{Deserialize, Serialize};

use crate::duration::Span;

/// What an outage of a service would do.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Visitors are turned away, or money is lost, from the first minute.
    Critical,
    /// A part that many people need is missing.
    High,
    /// Some people are hindered, and can wait for office hours.
    Normal,
    /// A nuisance, no more.
    Low,
}

/// The settings that follow from an impact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defaults {
    /// Time from one run to the next.
    pub interval: Span,
    /// Longest time of a run.
    pub timeout: Span,
    /// How often a failed run is tried again at once.
    pub retries: u8,
    /// Runs that must fail before the alarm, of the latest [`out_of`] of them.
    pub failures: u16,
    /// Locations that must fail at once, where there are as many.
    pub failing_locations: u16,
    /// Time after which a service that is still down is told of again; none for never.
    pub reminder: Option<Span>,
    /// Whether the alarm mentions somebody, who is called by it.
    pub mention: bool,
}

/// The latest runs that so many failures are counted in, where nothing else is said: one more, so that
/// one run that passes by chance, or that left no result, doesn't hide an outage or end it. One
/// failure needs no other.
pub const fn out_of(failures: u16) -> u16 {
    if failures < 2 { failures } else { failures.saturating_add(1) }
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;

impl Impact {
    /// All of them, the worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Normal, Self::Low];

    /// The word for it in configurations and messages.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Critical => "critical",
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }

    /// The impact that a word names.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|impact| impact.word() == word)
    }

    /// What follows from it.
    ///
    /// A critical service is known to be down after two minutes, one of high impact after ten, a
    /// normal one after half an hour. Every run of a canary is billed, retries too, so what matters
    /// less is not tried again.
    pub const fn defaults(self) -> Defaults {
        let span = Span::from_seconds;
        match self {
            Self::Critical => Defaults {
                interval: span(MINUTE),
                timeout: span(20),
                retries: 1,
                failures: 2,
                failing_locations: 2,
                reminder: Some(span(15 * MINUTE)),
                mention: true,
            },
            Self::High => Defaults {
                interval: span(5 * MINUTE),
                timeout: span(30),
                retries: 1,
                failures: 2,
                failing_locations: 2,
                reminder: Some(span(HOUR)),
                mention: true,
            },
            Self::Normal => Defaults {
                interval: span(15 * MINUTE),
                timeout: span(30),
                retries: 1,
                failures: 2,
                failing_locations: 2,
                reminder: Some(span(6 * HOUR)),
                mention: false,
            },
            Self::Low => Defaults {
                interval: span(HOUR),
                timeout: span(MINUTE),
                retries: 0,
                failures: 1,
                failing_locations: 1,
                reminder: None,
                mention: false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_impacts_are_the_same() {
        for impact in Impact::ALL {
            assert_eq!(Impact::of(impact.word()), Some(impact));
            let json = serde_json::to_value(impact).expect("JSON");
            assert_eq!(json, impact.word());
        }
        assert_eq!(Impact::of("severe"), None);
    }

    #[test]
    fn what_matters_more_is_watched_more() {
        let known_after = |impact: Impact| {
            let defaults = impact.defaults();
            defaults.interval.as_seconds() * u64::from(defaults.failures)
        };
        for pair in Impact::ALL.windows(2) {
            assert!(known_after(pair[0]) <= known_after(pair[1]), "{pair:?}");
            assert!(pair[0].defaults().interval < pair[1].defaults().interval, "{pair:?}");
            assert!(pair[0] < pair[1]);
        }
    }

    #[test]
    fn one_run_more_is_looked_at_where_more_than_one_must_fail() {
        for (failures, latest) in [(1, 1), (2, 3), (3, 4), (u16::MAX, u16::MAX)] {
            assert_eq!(out_of(failures), latest);
        }
    }

    #[test]
    fn every_default_is_one_that_aws_takes() {
        for impact in Impact::ALL {
            let defaults = impact.defaults();
            assert!(defaults.timeout <= defaults.interval, "{impact:?}");
            assert!(defaults.retries <= 2 && defaults.failures >= 1, "{impact:?}");
            // An alarm looks back a day at most.
            let runs = u64::from(out_of(defaults.failures));
            assert!(defaults.interval.as_seconds() * runs <= 86_400);
        }
    }
}
