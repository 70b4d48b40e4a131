//! One account as the engine looks at it on one morning: days in a row, by service and in total.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::Morning;
use super::anomaly::{Anomaly, DayFigure};
use super::rules::Rules;
use super::statistics::median;
use crate::account::AccountId;
use crate::cost::{AccountHistory, PlannedEvent, Series, ServiceName, day};

/// Days of an account's, or of the whole history before something is new and not merely unknown.
const DAYS_BEFORE_NEW: i32 = 14;
/// Days that are caught up with after mornings without a report.
const CATCH_UP_DAYS: i32 = 31;

/// The days of a morning, by their numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    /// The first day that is looked at.
    pub(super) first: i32,
    /// The first day that may ring.
    pub(super) judged_from: i32,
    /// The last day whose figures AWS no longer revises.
    pub(super) settled: i32,
    /// The morning's own day, of which nothing counts yet.
    pub(super) today: i32,
}

impl Calendar {
    pub(super) fn of(today: Date, assessed_on: Option<Date>, rules: &Rules) -> Self {
        let signed = |days: u32| i32::try_from(days).expect("rules are within a few thousand days");
        let today = day::number(today);
        let settled = today - 1 - signed(rules.revised_for_days);
        let judged_from = assessed_on.map_or(settled, |last| {
            let settled_then = day::number(last) - 1 - signed(rules.revised_for_days);
            (settled_then + 1).max(today - CATCH_UP_DAYS).min(settled)
        });
        Self { first: today - signed(rules.history_days()), judged_from, settled, today }
    }

    /// The days before this one show what is usual on a day: those before it that AWS no longer
    /// revises.
    pub(super) fn usual_until(self, number: i32) -> i32 {
        number.min(self.settled + 1)
    }
}

/// An account on one morning.
pub(super) struct View<'a> {
    pub(super) id: &'a AccountId,
    pub(super) calendar: Calendar,
    pub(super) total: Track,
    pub(super) services: BTreeMap<&'a ServiceName, Track>,
}

/// The days of one service, or of an account's total.
#[derive(Debug)]
pub(super) struct Track {
    /// Number of the day that the values begin with.
    first: i32,
    /// What each day cost; none where that isn't known, was planned, or lies before the first use.
    values: Vec<Option<f64>>,
    /// The same without the days that aren't like the others: first days of a month, and those
    /// before a new level.
    ordinary: Vec<Option<f64>>,
    /// Whether a day was planned to be dear.
    planned: Vec<bool>,
    /// The first day with a cost.
    pub(super) start: Option<i32>,
    /// Whether there certainly was no cost before the start.
    pub(super) is_start_certain: bool,
}

impl<'a> View<'a> {
    pub(super) fn of(
        morning: &Morning<'a>,
        calendar: Calendar,
        known: &[&Anomaly],
        id: &'a AccountId,
        history: &'a AccountHistory,
    ) -> Self {
        let excluded = &morning.rules.excluded_services;
        let sums = sums(history, calendar, excluded);
        let events: Vec<_> = morning.events.iter().filter(|event| event.concerns(id)).collect();
        let is_first = |number| day::date(number).day() == 1;
        let special: Vec<bool> = (calendar.first..calendar.today).map(is_first).collect();
        let start = history.first_day().map(day::number);
        let mut any_planned = vec![false; sums.len()];
        let mut services = BTreeMap::new();
        for (service, series) in history.services() {
            if excluded.contains(service) {
                continue;
            }
            let planned = planned(&events, service, calendar, sums.len());
            any_planned.iter_mut().zip(&planned).for_each(|(any, planned)| *any |= planned);
            let values = charges(series, calendar, &sums);
            let mut track = Track::of(calendar.first, values, planned, &special, start);
            track.forget_before(level_since(known, Some(service)));
            services.insert(service, track);
        }
        let start = morning.history.first_day().map(day::number);
        let mut total = Track::of(calendar.first, sums, any_planned, &special, start);
        total.forget_before(level_since(known, None));
        for (since, step) in known.iter().flat_map(|anomaly| steps(anomaly)) {
            total.lift_before(since, step);
        }
        Self { id, calendar, total, services }
    }

    /// The track of a service, or of the total.
    pub(super) fn track(&self, service: Option<&ServiceName>) -> Option<&Track> {
        match service {
            Some(service) => self.services.get(service),
            None => Some(&self.total),
        }
    }
}

/// What the services cost together on each day. None on days without any figure, and on those of
/// which a service shows a credit alone in place of its charge.
fn sums(
    history: &AccountHistory,
    calendar: Calendar,
    excluded: &BTreeSet<ServiceName>,
) -> Vec<Option<f64>> {
    let length = usize::try_from(calendar.today - calendar.first).unwrap_or(0);
    let mut sums = vec![None; length];
    let mut is_hidden = vec![false; length];
    for (service, series) in history.services() {
        let counts = !excluded.contains(service);
        let figure = |number| series.at(number);
        let is_charged = |number| figure(number).is_some_and(|figure| figure.charges_usd > 0.0);
        // What is a credit every day, such as a discount of its own, hides no charge.
        let has_charges = counts && (calendar.first..calendar.today).any(is_charged);
        for (index, number) in (calendar.first..calendar.today).enumerate() {
            let Some(figure) = figure(number) else { continue };
            *sums[index].get_or_insert(0.0) += if counts { figure.charges_usd } else { 0.0 };
            is_hidden[index] |= has_charges && figure.charged().is_none();
        }
    }
    sums.into_iter().zip(is_hidden).map(|(sum, hidden)| sum.filter(|_| !hidden)).collect()
}

/// What a service cost on each day. Where the account has figures and the service has none, it cost
/// nothing.
fn charges(series: &Series, calendar: Calendar, sums: &[Option<f64>]) -> Vec<Option<f64>> {
    let charge = |(number, sum): (i32, &Option<f64>)| match series.at(number) {
        Some(figure) => figure.charged(),
        None => sum.map(|_| 0.0),
    };
    (calendar.first..).zip(sums).map(charge).collect()
}

/// On which days a service is planned to be dear.
fn planned(
    events: &[&PlannedEvent],
    service: &ServiceName,
    calendar: Calendar,
    length: usize,
) -> Vec<bool> {
    let mut planned = vec![false; length];
    for event in events.iter().filter(|event| event.concerns_service(service)) {
        let (start, end) = (day::number(event.start), day::number(event.end));
        for (day, number) in planned.iter_mut().zip(calendar.first..) {
            *day |= (start..=end).contains(&number);
        }
    }
    planned
}

/// The day from which a service, or the total, has the level that became its new normal.
fn level_since(known: &[&Anomaly], service: Option<&ServiceName>) -> Option<i32> {
    let leading = known.iter().flat_map(|anomaly| anomaly.parts());
    leading
        .filter(|part| part.is_new_normal && part.service.as_ref() == service)
        .map(|part| day::number(part.since))
        .max()
}

/// How much the new levels of an anomaly's services raise the account's total, and from when.
fn steps(anomaly: &Anomaly) -> impl Iterator<Item = (i32, f64)> {
    let services = if anomaly.is_account_wide { &[] } else { anomaly.services.as_slice() };
    services.iter().filter(|part| part.is_new_normal).filter_map(|part| {
        let mut extra: Vec<f64> = part.days.iter().map(DayFigure::extra_usd).collect();
        Some((day::number(part.since), median(&mut extra)?))
    })
}

impl Track {
    fn of(
        first: i32,
        mut values: Vec<Option<f64>>,
        planned: Vec<bool>,
        special: &[bool],
        environment_start: Option<i32>,
    ) -> Self {
        for (value, _) in values.iter_mut().zip(&planned).filter(|(_, planned)| **planned) {
            *value = None;
        }
        let begin = values.iter().position(|value| value.is_some_and(|value| value > 0.0));
        let unused = begin.unwrap_or(values.len());
        values[..unused].fill(None);
        let start = begin.and_then(|index| Some(first + i32::try_from(index).ok()?));
        let is_start_certain = start
            .zip(environment_start)
            .is_some_and(|(start, environment)| start - environment >= DAYS_BEFORE_NEW);
        let ordinary = values.iter().zip(special);
        let ordinary = ordinary.map(|(value, special)| value.filter(|_| !special)).collect();
        Self { first, values, ordinary, planned, start, is_start_certain }
    }

    /// Days before this one had another level, and show nothing of what is usual.
    fn forget_before(&mut self, since: Option<i32>) {
        let Some(end) = since.and_then(|since| self.index(since)) else { return };
        let end = end.min(self.ordinary.len());
        self.ordinary[..end].fill(None);
    }

    /// Days before this one were cheaper by so much only because a service cost less then.
    fn lift_before(&mut self, since: i32, usd: f64) {
        let end = self.index(since).unwrap_or(0).min(self.ordinary.len());
        for value in self.ordinary[..end].iter_mut().flatten() {
            *value += usd;
        }
    }

    /// What a day cost.
    pub(super) fn value(&self, number: i32) -> Option<f64> {
        self.values.get(self.index(number)?).copied().flatten()
    }

    /// Whether a day was planned to be dear.
    pub(super) fn is_planned(&self, number: i32) -> bool {
        self.index(number).and_then(|index| self.planned.get(index)).is_some_and(|planned| *planned)
    }

    /// The ordinary days before `until`: as many weeks as are asked for, and up to twice as many
    /// where days are missing. With them the number of the first one.
    pub(super) fn ordinary_before(&self, until: i32, weeks: u32) -> (i32, &[Option<f64>]) {
        let end = self.index(until).unwrap_or(0).min(self.ordinary.len());
        let week = day::WEEK.unsigned_abs() as usize;
        let wanted = weeks as usize * week;
        let mut begin = end.saturating_sub(wanted);
        let known = |begin: usize| self.ordinary[begin..end].iter().flatten().count();
        // First days of a month are left out: two of them don't make a window longer.
        while known(begin) + 2 < wanted && begin > 0 && end - begin < 2 * wanted {
            begin = begin.saturating_sub(week);
        }
        let first = self.first + i32::try_from(begin).expect("a window is within a few years");
        (first, &self.ordinary[begin..end])
    }

    fn index(&self, number: i32) -> Option<usize> {
        usize::try_from(number.checked_sub(self.first)?).ok()
    }
}
