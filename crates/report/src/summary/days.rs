//! Which days a morning's report is of.

use contract::account::AccountId;
use contract::cost::{AccountHistory, History};
use jiff::civil::Date;

use crate::calendar::{before, days_between};
use crate::{Input, calendar};

/// Days back from the morning in which the day of the report is looked for.
const LATEST: i64 = 3;
/// Days without a figure after which an account is taken for closed.
pub(super) const CLOSED_AFTER: i64 = 7;
/// Days that are shown in the chart.
pub(super) const CHART: i64 = 30;
/// Days that are read before the day of the report: the chart, and what the median of its first day is
/// of. That is more than a month.
const READ: i64 = CHART + 28;

/// The days of a report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Days {
    pub(super) today: Date,
    /// The day that is reported.
    pub(super) day: Date,
    pub(super) day_before: Date,
    /// The first of its month.
    pub(super) month: Date,
    /// The first day that is read.
    pub(super) first: Date,
    /// The last day whose figures AWS no longer revises.
    pub(super) last_settled: Date,
    /// Whether anything is known of the day: where nothing comes at all, no account is closed.
    is_known: bool,
}

impl Days {
    /// The day of the report is the last one of which half of the accounts that still have costs are
    /// known, at most three days back; and yesterday where there is none.
    pub(super) fn of(input: &Input<'_>) -> Self {
        let today = input.today;
        let yesterday = before(today, 1);
        let alive: Vec<&AccountHistory> = alive(input.history, yesterday).map(|it| it.1).collect();
        let is_known = |day: &Date| {
            let known = alive.iter().filter(|account| has_figure(account, *day)).count();
            known > 0 && known * 2 >= alive.len()
        };
        let latest = (1..=LATEST).map(|ago| before(today, ago)).find(is_known);
        let day = latest.unwrap_or(yesterday);
        let revised = i64::from(input.settings.rules.revised_for_days);
        Self {
            today,
            day,
            day_before: before(day, 1),
            month: day.first_of_month(),
            first: before(day, READ),
            last_settled: before(today, revised + 1),
            is_known: latest.is_some(),
        }
    }

    /// Whether an account whose last figure is of a day is taken for closed.
    pub(super) fn is_closed(&self, last_day: Date) -> bool {
        self.is_known && days_between(last_day, self.day) >= CLOSED_AFTER
    }

    /// The first day of the chart.
    pub(super) fn chart(&self) -> Date {
        before(self.day, CHART - 1)
    }

    /// How many of the days up to the day of the report may still be revised.
    pub(super) fn unsettled(&self) -> usize {
        usize::try_from(days_between(self.last_settled, self.day)).unwrap_or(0)
    }
}

/// The accounts that have had a figure in the week up to a day.
pub(super) fn alive(
    history: &History,
    last: Date,
) -> impl Iterator<Item = (&AccountId, &AccountHistory)> {
    history.accounts().filter(move |(_, account)| {
        let mut week = calendar::days(before(last, CLOSED_AFTER - 1), last);
        week.any(|day| has_figure(account, day))
    })
}

/// Whether anything is known of an account's day.
pub(super) fn has_figure(account: &AccountHistory, day: Date) -> bool {
    account.services().any(|(_, series)| series.figure(day).is_some())
}
