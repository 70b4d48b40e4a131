//! The days of an account as plain figures.

use std::collections::{BTreeMap, BTreeSet};

use contract::cost::{AccountHistory, Figure, PlannedEvent, Series};
use contract::spike::median;
use jiff::civil::Date;

use crate::calendar;

/// What an account, or a service of it, cost day by day. A day that isn't here is unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Daily {
    charges: BTreeMap<Date, f64>,
    /// Zero or less.
    credits: BTreeMap<Date, f64>,
    /// Days for which more cost was planned: they don't show what is usual.
    planned: BTreeSet<Date>,
}

/// Ordinary days before a day of which the median is taken.
const MEDIAN_DAYS: usize = 7;
/// Days back in which these are looked for.
const MEDIAN_SINCE: i64 = 28;
/// Days that must be known of those.
const LEAST_DAYS: usize = 4;

impl Daily {
    /// An account's days from the first to the last one, of which those of `events` were planned.
    pub(crate) fn of_account<'a>(
        history: &AccountHistory,
        (first, last): (Date, Date),
        events: impl Iterator<Item = &'a PlannedEvent>,
    ) -> Self {
        let mut daily = Self::default();
        for event in events {
            daily.planned.extend(calendar::days(event.start.max(first), event.end.min(last)));
        }
        for (_, series) in history.services() {
            for day in calendar::days(first, last) {
                let Some(figure) = series.figure(day) else { continue };
                // A credit alone says that there is a bill, and nothing of what was used.
                if let Some(charged) = figure.charged() {
                    *daily.charges.entry(day).or_default() += charged;
                }
                *daily.credits.entry(day).or_default() += figure.credits_usd;
            }
        }
        daily
    }

    /// A service's days, of the same account: on a day on which that has a figure, a service without
    /// one cost nothing.
    pub(crate) fn of_service(&self, series: &Series) -> Self {
        let usd = |day: &Date| series.figure(*day).map_or(Some(0.0), Figure::charged);
        let charges = self.charges.keys().filter_map(|day| Some((*day, usd(day)?)));
        Self { charges: charges.collect(), ..Self::default() }
    }

    /// What was charged on a day.
    pub(crate) fn on(&self, day: Date) -> Option<f64> {
        self.charges.get(&day).copied()
    }

    /// The days of which something is known, with what was charged.
    pub(crate) fn known(
        &self,
        first: Date,
        last: Date,
    ) -> impl DoubleEndedIterator<Item = (Date, f64)> {
        let range = (first <= last).then(|| self.charges.range(first..=last));
        range.into_iter().flatten().map(|(day, usd)| (*day, *usd))
    }

    /// What was charged on the days from the first to the last one, as far as it is known.
    pub(crate) fn sum(&self, first: Date, last: Date) -> f64 {
        self.known(first, last).fold(0.0, |sum, (_, usd)| sum + usd)
    }

    /// What was given back for the days from the first to the last one: zero or less.
    pub(crate) fn credits(&self, first: Date, last: Date) -> f64 {
        self.credits.range(first..=last).fold(0.0, |sum, (_, usd)| sum + usd)
    }

    /// The days of which something is known and for which no more was planned than usual.
    pub(crate) fn ordinary(
        &self,
        first: Date,
        last: Date,
    ) -> impl DoubleEndedIterator<Item = (Date, f64)> {
        self.known(first, last).filter(|(day, _)| !self.planned.contains(day))
    }

    /// The median of the last seven ordinary days before a day; none with fewer than four of them in
    /// four weeks.
    pub(crate) fn median_before(&self, day: Date) -> Option<f64> {
        let days = self.ordinary(calendar::before(day, MEDIAN_SINCE), calendar::before(day, 1));
        let mut days: Vec<f64> = days.rev().take(MEDIAN_DAYS).map(|(_, usd)| usd).collect();
        (days.len() >= LEAST_DAYS).then(|| median(&mut days)).flatten()
    }

    /// The last day of which something is known.
    pub(crate) fn last_day(&self) -> Option<Date> {
        self.charges.keys().next_back().copied()
    }

    /// Adds another account's days.
    pub(crate) fn add(&mut self, other: &Self) {
        for (day, usd) in &other.charges {
            *self.charges.entry(*day).or_default() += usd;
        }
        for (day, usd) in &other.credits {
            *self.credits.entry(*day).or_default() += usd;
        }
        self.planned.extend(&other.planned);
    }
}
