//! Which morning it is, and what is to be fetched on it. Pure.

use contract::report::{Run, Settings};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use super::NotReported;

/// Groups on a page of an answer, as far as is known: AWS documents no number, and the stand-in has this one.
pub(super) const PAGE: usize = 1_000;

/// How long after its end, which is midnight in UTC, a day is told of at the earliest. Cost Explorer's figures
/// are refreshed a few times a day, so a day that has just ended has but a part of its costs: told of then it would seem cheap each morning. In Europe a report at nine tells
/// of yesterday; in Tokyo, where that is midnight in UTC, of the day before.
const ARRIVES_AFTER: SignedDuration = SignedDuration::from_hours(6);

/// A morning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Morning {
    /// The day after the one that is told of, both in UTC.
    pub(super) today: Date,
    /// The first day that AWS may still revise.
    pub(super) unsettled: Date,
}

/// Days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Days {
    pub(super) first: Date,
    pub(super) last: Date,
}

/// The days of a source that were asked about, without a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Covered {
    /// The first one.
    pub(super) from: Date,
    /// The last one.
    pub(super) through: Date,
}

impl Morning {
    /// The morning that a run is for, with settings that are allowed.
    pub(super) fn of(run: &Run) -> Result<Self, NotReported> {
        let settings = &run.settings;
        settings.validate().map_err(|invalid| {
            let told: Vec<String> = invalid.iter().map(ToString::to_string).collect();
            NotReported::Event(told.join("; "))
        })?;
        let time: Timestamp = run.scheduled_time.parse().map_err(|_| {
            let time = &run.scheduled_time;
            NotReported::Event(format!(
                "`scheduled_time` must be a time of RFC 3339, and is `{time}`"
            ))
        })?;
        let known_until = time - ARRIVES_AFTER;
        Ok(Self::on(TimeZone::UTC.to_datetime(known_until).date(), settings))
    }

    pub(super) fn on(today: Date, settings: &Settings) -> Self {
        // Yesterday is always asked about, also by rules that say that AWS revises nothing.
        let days = i64::from(settings.rules.revised_for_days.max(1));
        Self { today, unsettled: before(today, days) }
    }

    pub(super) fn yesterday(self) -> Date {
        before(self.today, 1)
    }

    /// The last day that AWS doesn't revise any more.
    pub(super) fn settled(self) -> Date {
        before(self.unsettled, 1)
    }

    /// The ordinary days of a morning: those that AWS may still revise.
    pub(super) fn window(self) -> Days {
        Days { first: self.unsettled, last: self.yesterday() }
    }

    /// The first day that the history is to have.
    pub(super) fn filled_from(self, settings: &Settings) -> Date {
        let months = i64::from(settings.backfill_months);
        self.today.first_of_month().saturating_sub(months.months())
    }

    /// The days that fill the history next: what mornings without a report left out, then month by month, the
    /// newest first. None where there is nothing left to fill.
    pub(super) fn next_to_fill(
        self,
        covered: Option<Covered>,
        settings: &Settings,
    ) -> Option<Days> {
        let Some(covered) = covered else { return Some(self.window()) };
        if covered.through < self.settled() {
            let first = after(covered.through, 1);
            return Some(Days { first, last: first.last_of_month().min(self.settled()) });
        }
        let last = before(covered.from, 1);
        let first = last.first_of_month().max(self.filled_from(settings));
        (first <= last).then_some(Days { first, last })
    }

    /// In how many parts the ordinary days are asked for: at once, or, where that takes more calls than are
    /// left, day by day from the newest on.
    pub(super) fn parts(self, groups_a_day: usize, calls: u32) -> Vec<Days> {
        let window = self.window();
        let days: Vec<Date> = window.days().collect();
        let pages = (groups_a_day * days.len()).div_ceil(PAGE).max(1);
        // One more for the credits.
        if pages < usize::try_from(calls).unwrap_or(usize::MAX) {
            return vec![window];
        }
        days.into_iter().rev().map(|day| Days { first: day, last: day }).collect()
    }
}

impl Days {
    pub(super) fn days(self) -> impl Iterator<Item = Date> {
        self.first.series(1.day()).take_while(move |day| *day <= self.last)
    }
}

impl Covered {
    /// What is covered once days were answered; none where they don't touch what was covered before.
    pub(super) fn with(covered: Option<Self>, days: Days) -> Option<Self> {
        let Some(covered) = covered else {
            return Some(Self { from: days.first, through: days.last });
        };
        let touches =
            days.first <= after(covered.through, 1) && after(days.last, 1) >= covered.from;
        touches.then(|| Self {
            from: covered.from.min(days.first),
            through: covered.through.max(days.last),
        })
    }

    pub(super) fn has(self, day: Date) -> bool {
        (self.from..=self.through).contains(&day)
    }
}

pub(super) fn before(day: Date, days: i64) -> Date {
    day.saturating_sub(days.days())
}

pub(super) fn after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

#[cfg(test)]
mod tests {
    use contract::report::{Destination, HistoryPlace, Purpose};

    use super::*;

    fn settings() -> Settings {
        let history = HistoryPlace { bucket: "costs".to_owned(), prefix: String::new() };
        Settings::of("daily", Destination::of("arn"), history)
    }

    fn day(text: &str) -> Date {
        text.parse().expect("a day")
    }

    fn shown(days: Option<Days>) -> String {
        days.map_or_else(|| "-".to_owned(), |days| format!("{} {}", days.first, days.last))
    }

    #[test]
    fn a_day_is_told_of_once_its_figures_can_have_come() {
        let of = |time: &str| {
            let scheduled_time = time.to_owned();
            let run = Run { hinomi: Purpose::Report, settings: settings(), scheduled_time };
            Morning::of(&run).map(Morning::yesterday)
        };
        for (time, told) in [
            ("2026-12-01T09:00:00Z", "2026-11-30"),
            ("2026-12-01T06:00:00Z", "2026-11-30"),
            ("2026-12-01T05:59:59Z", "2026-11-29"),
            // Nine and seven in Tokyo, and six in the evening.
            ("2026-12-01T09:00:00+09:00", "2026-11-29"),
            ("2026-12-01T07:00:00+09:00", "2026-11-29"),
            ("2026-12-01T18:00:00+09:00", "2026-11-30"),
            // Nine in San Francisco.
            ("2026-12-01T09:00:00-08:00", "2026-11-30"),
        ] {
            assert_eq!(of(time), Ok(day(told)), "{time}");
        }
        let error = of("<aws.scheduler.scheduled-time>").expect_err("no time").to_string();
        assert!(error.contains("RFC 3339"), "{error}");
    }

    #[test]
    fn the_history_is_filled_from_the_newest_month_on() {
        let settings = Settings { backfill_months: 2, ..settings() };
        let morning = Morning::on(day("2026-12-01"), &settings);
        assert_eq!(shown(Some(morning.window())), "2026-11-28 2026-11-30");
        let mut covered = None;
        let mut filled = Vec::new();
        while let Some(days) = morning.next_to_fill(covered, &settings) {
            filled.push(shown(Some(days)));
            covered = Covered::with(covered, days);
        }
        assert_eq!(
            filled,
            ["2026-11-28 2026-11-30", "2026-11-01 2026-11-27", "2026-10-01 2026-10-31"]
        );
    }

    #[test]
    fn mornings_that_were_left_out_are_made_up_for() {
        let settings = Settings { backfill_months: 0, ..settings() };
        let morning = Morning::on(day("2026-12-10"), &settings);
        let mut covered = Some(Covered { from: day("2026-11-01"), through: day("2026-11-20") });
        assert_eq!(Covered::with(covered, morning.window()), None, "a gap stays open");
        let mut filled = Vec::new();
        while let Some(days) = morning.next_to_fill(covered, &settings) {
            filled.push(shown(Some(days)));
            covered = Covered::with(covered, days);
        }
        assert_eq!(filled, ["2026-11-21 2026-11-30", "2026-12-01 2026-12-06"]);
        let covered = Covered::with(covered, morning.window());
        assert!(covered.is_some_and(|it| it.has(day("2026-12-09")) && !it.has(morning.today)));
    }

    #[test]
    fn days_that_are_too_many_for_the_calls_are_asked_for_one_by_one() {
        let morning = Morning::on(day("2026-12-01"), &settings());
        let parts = |groups, calls| morning.parts(groups, calls).len();
        assert_eq!((parts(0, 2), parts(1_000, 4), parts(1_000, 3)), (1, 1, 3));
        assert_eq!(shown(morning.parts(9_000, 20).first().copied()), "2026-11-30 2026-11-30");
    }
}
