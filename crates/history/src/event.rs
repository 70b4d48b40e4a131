//! What an event cost: what came on top of what its days would have cost without it.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use contract::cost::{PlannedEvent, ServiceName};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::median::median;
use crate::{NO_CHARGES, Record, Usd};

/// Days before an event with which its days are compared.
#[derive(Clone, Debug)]
pub struct Baseline<'a> {
    days: u16,
    planned: &'a [PlannedEvent],
}

/// A number of baseline days that can't be compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a baseline has at least 7 days, so that each weekday is in it, and at most 366: {days} days"
)]
pub struct InvalidBaseline {
    days: u16,
}

impl<'a> Baseline<'a> {
    /// So many days before an event, but for the days of other planned events. The event itself may
    /// be among those: it isn't before itself.
    pub fn of(days: u16, planned: &'a [PlannedEvent]) -> Result<Self, InvalidBaseline> {
        if (7..=366).contains(&days) {
            Ok(Self { days, planned })
        } else {
            Err(InvalidBaseline { days })
        }
    }

    /// The first day that is compared with.
    pub(crate) fn first_day(&self, event: &PlannedEvent) -> Date {
        event.start.saturating_sub(i64::from(self.days).days())
    }

    /// The other events that leave days of the baseline out.
    pub(crate) fn planned_before(
        &self,
        event: &PlannedEvent,
    ) -> impl Iterator<Item = &PlannedEvent> {
        let first = self.first_day(event);
        let start = event.start;
        self.planned.iter().filter(move |other| other.end >= first && other.start < start)
    }
}

/// What one service of one account cost on one day of an event, and would have cost without it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDay {
    /// A day of the event.
    pub day: Date,
    /// The account.
    pub account: AccountId,
    /// The service.
    pub service: ServiceName,
    /// What was charged; none where nothing is known of the account's day.
    pub charges_usd: Option<Usd>,
    /// What such a day costs: the median of the same weekdays in the baseline. None where
    /// nothing is known of any of them, as for an account that was made for the event.
    pub baseline_usd: Option<f64>,
    /// The days of which that is the median.
    pub baseline_days: u16,
}

/// Sum of days of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventSum {
    /// What was charged.
    pub charges_usd: Usd,
    /// What the event added, over the days that have a baseline; it may be below zero.
    pub incremental_usd: f64,
    /// Of the charges, those of days without a baseline: how much of them is the event's isn't
    /// known.
    pub without_baseline_usd: Usd,
    /// Days of a service whose charges are known: without any, the sums say nothing.
    pub known_days: u32,
    /// Days of a service of which nothing is known.
    pub unknown_days: u32,
    /// The fewest baseline days that any of the days with a baseline had; zero if none had one.
    pub least_baseline_days: u16,
}

impl EventDay {
    /// What the event added. None where its charges or its baseline aren't known.
    pub fn incremental_usd(&self) -> Option<f64> {
        Some(self.charges_usd?.to_f64() - self.baseline_usd?)
    }
}

/// What an event cost, by day, account and service, in that order.
///
/// Each day is compared with the median of the same weekdays in the baseline. Only charges count,
/// since a credit says nothing of what was used. A day on which an account has no record is
/// unknown, and never zero; on a day on which it has one, a service without a record cost nothing.
/// A baseline day on which another event was planned, for that account and service, is left out.
///
/// `records` hold the days of the event and of its baseline; others are passed over. There is a row
/// for each day of the event, and each service that has any record in these days; [`NO_CHARGES`] is
/// none, and only makes its day known.
pub fn event_cost(
    records: &[Record],
    event: &PlannedEvent,
    baseline: &Baseline<'_>,
) -> Vec<EventDay> {
    let days = baseline.first_day(event)..=event.end;
    let seen = Seen::of(
        records
            .iter()
            .filter(|record| days.contains(&record.day) && event.concerns(&record.account)),
    );
    let mut rows = Vec::new();
    for day in event.start.series(1.day()).take_while(|day| *day <= event.end) {
        for (account, service) in &seen.services {
            if service.as_str() != NO_CHARGES && event.concerns_service(service) {
                rows.push(seen.row(day, account, service, event, baseline));
            }
        }
    }
    rows
}

/// Sums days by what they have in common.
pub fn sum_event_days<K: Ord>(
    days: &[EventDay],
    key: impl Fn(&EventDay) -> K,
) -> BTreeMap<K, EventSum> {
    let mut sums = BTreeMap::<K, EventSum>::new();
    for day in days {
        sums.entry(key(day)).or_default().add(day);
    }
    sums
}

impl EventSum {
    fn add(&mut self, day: &EventDay) {
        let Some(charges) = day.charges_usd else {
            self.unknown_days += 1;
            return;
        };
        self.known_days += 1;
        self.charges_usd += charges;
        let Some(incremental) = day.incremental_usd() else {
            self.without_baseline_usd += charges;
            return;
        };
        self.incremental_usd += incremental;
        let is_least =
            self.least_baseline_days == 0 || day.baseline_days < self.least_baseline_days;
        if is_least {
            self.least_baseline_days = day.baseline_days;
        }
    }
}

/// What is known of the days of an event and of its baseline.
#[derive(Default)]
struct Seen<'a> {
    /// The days of which anything is known.
    days: BTreeMap<&'a AccountId, BTreeSet<Date>>,
    services: BTreeSet<(&'a AccountId, &'a ServiceName)>,
    charges: BTreeMap<(&'a AccountId, &'a ServiceName, Date), Usd>,
}

impl<'a> Seen<'a> {
    fn of(records: impl Iterator<Item = &'a Record>) -> Self {
        let mut seen = Self::default();
        for record in records {
            let (day, account, service) = record.key();
            seen.days.entry(account).or_default().insert(day);
            seen.services.insert((account, service));
            seen.charges.insert((account, service, day), record.charges_usd);
        }
        seen
    }

    /// What was charged; none on a day of which nothing is known.
    fn charges(&self, account: &AccountId, service: &ServiceName, day: Date) -> Option<Usd> {
        let is_known = self.days.get(account).is_some_and(|days| days.contains(&day));
        is_known.then(|| self.charges.get(&(account, service, day)).copied().unwrap_or_default())
    }

    fn row(
        &self,
        day: Date,
        account: &AccountId,
        service: &ServiceName,
        event: &PlannedEvent,
        baseline: &Baseline<'_>,
    ) -> EventDay {
        let is_planned = |day: Date| {
            baseline.planned_before(event).any(|other| {
                (other.start..=other.end).contains(&day)
                    && other.concerns(account)
                    && other.concerns_service(service)
            })
        };
        let same_weekdays = std::iter::successors(Some(day), |day| day.checked_sub(7.days()).ok())
            .take_while(|other| *other >= baseline.first_day(event))
            .filter(|other| *other < event.start && !is_planned(*other));
        let mut usual: Vec<_> = same_weekdays
            .filter_map(|other| self.charges(account, service, other))
            .map(Usd::to_f64)
            .collect();
        EventDay {
            day,
            account: account.clone(),
            service: service.clone(),
            charges_usd: self.charges(account, service, day),
            baseline_days: u16::try_from(usual.len()).expect("a baseline has at most 366 days"),
            baseline_usd: median(&mut usual),
        }
    }
}
