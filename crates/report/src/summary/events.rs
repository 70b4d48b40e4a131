//! What events cost: those that run, and those that have ended.

use std::collections::BTreeMap;

use contract::report::Event;
use jiff::civil::Date;

use super::accounts::{self, Read};
use super::days::Days;
use crate::calendar::{self, after, before, days_between};
use crate::{EventDay, Input};

/// Days before an event that its chart shows.
const BEFORE: i64 = 10;

/// What an event has cost so far, or in all.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFigures {
    /// Its name.
    pub name: String,
    /// Its first day.
    pub start: Date,
    /// Its last day.
    pub end: Date,
    /// Where it stands.
    pub phase: Phase,
    /// All its days so far.
    pub sum: EventTotal,
    /// Its last day so far.
    pub last: EventTotal,
    /// Each of its days so far.
    pub days: Vec<(Date, EventTotal)>,
    /// What it added in each account, by name, the most first.
    pub accounts: Vec<(String, f64)>,
    /// What it added in each service, the most first.
    pub services: Vec<(String, f64)>,
    /// The days before it and its own, with what its accounts cost: for its chart.
    pub chart: Vec<(Date, Option<f64>)>,
    /// What the resources with its tags cost, in US dollars; none where it has no tags.
    pub tagged_usd: Option<f64>,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The day of the report is one of its days.
    Running {
        /// Which one, from 1 on.
        number: i64,
        /// How many it has.
        of: i64,
    },
    /// It is past, and its figures may still be revised.
    Settling {
        /// The morning on which they are final.
        final_on: Date,
    },
    /// Its figures are final, which is told once.
    Final,
}

/// Sums over days of an event, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct EventTotal {
    /// What was charged where the baseline is known.
    pub charged_usd: f64,
    /// What the same would have cost without the event.
    pub baseline_usd: f64,
    /// What was charged where no baseline is known: how much of it is the event's can't be said.
    pub without_baseline_usd: f64,
    /// Days of a service of which nothing is known.
    pub unknown: u32,
}

impl EventTotal {
    /// What the event added; below zero where it cost less than usual.
    pub fn added_usd(self) -> f64 {
        self.charged_usd - self.baseline_usd
    }

    /// All that was charged.
    pub fn all_usd(self) -> f64 {
        self.charged_usd + self.without_baseline_usd
    }

    fn add(&mut self, day: &EventDay) {
        match (day.charges_usd, day.baseline_usd) {
            (None, _) => self.unknown += 1,
            (Some(charged), Some(baseline)) => {
                self.charged_usd += charged;
                self.baseline_usd += baseline;
            }
            (Some(charged), None) => self.without_baseline_usd += charged,
        }
    }
}

/// The events of which there is something to tell, in order of their start.
pub(super) fn of(input: &Input<'_>, days: &Days, accounts: &[Read]) -> Vec<EventFigures> {
    let all = input.settings.events.iter();
    let told = all.filter_map(|(name, event)| {
        Some(figures(input, days, accounts, (name, event), phase(input, days, event)?))
    });
    let mut told: Vec<_> = told.collect();
    // Those that start together stay in order of their names.
    told.sort_by_key(|event| event.start);
    told
}

fn phase(input: &Input<'_>, days: &Days, event: &Event) -> Option<Phase> {
    let revised = i64::from(input.settings.rules.revised_for_days);
    let final_on = after(event.end, revised + 1);
    if (event.start..=event.end).contains(&days.day) {
        let number = days_between(event.start, days.day) + 1;
        return Some(Phase::Running { number, of: days_between(event.start, event.end) + 1 });
    }
    if days.day < event.start || event.end < event.start {
        return None;
    }
    if days.today < final_on {
        return Some(Phase::Settling { final_on });
    }
    input.is_told_now(final_on).then_some(Phase::Final)
}

fn figures(
    input: &Input<'_>,
    days: &Days,
    accounts: &[Read],
    (name, event): (&String, &Event),
    phase: Phase,
) -> EventFigures {
    let last_day = event.end.min(days.day);
    let given = input.event_days.get(name).map_or(&[][..], Vec::as_slice);
    let given: Vec<&EventDay> =
        given.iter().filter(|it| (event.start..=last_day).contains(&it.day)).collect();
    let mut by_day: BTreeMap<Date, EventTotal> =
        calendar::days(event.start, last_day).map(|day| (day, EventTotal::default())).collect();
    let mut sum = EventTotal::default();
    for day in &given {
        sum.add(day);
        by_day.entry(day.day).or_default().add(day);
    }
    // What was before the days that are read isn't missing.
    let chart = calendar::days(before(event.start, BEFORE).max(days.first), last_day);
    EventFigures {
        name: name.clone(),
        start: event.start,
        end: event.end,
        phase,
        sum,
        last: by_day.get(&last_day).copied().unwrap_or_default(),
        days: by_day.into_iter().collect(),
        accounts: added(&given, |it| it.account.clone())
            .into_iter()
            .map(|(id, usd)| (accounts::name(input, &id), usd))
            .collect(),
        services: added(&given, |it| it.service.to_string()),
        chart: chart.map(|day| (day, charged(accounts, event, day))).collect(),
        tagged_usd: input.tagged_usd.get(name).copied().filter(|_| !event.tags.is_empty()),
    }
}

/// What was added by what days have in common, the most first.
fn added<K: Ord>(days: &[&EventDay], key: impl Fn(&EventDay) -> K) -> Vec<(K, f64)> {
    let mut sums = BTreeMap::<K, EventTotal>::new();
    for day in days {
        sums.entry(key(day)).or_default().add(day);
    }
    let mut sums: Vec<(K, f64)> =
        sums.into_iter().map(|(name, sum)| (name, sum.added_usd())).collect();
    sums.sort_by(|one, two| two.1.total_cmp(&one.1));
    sums
}

/// What an event's accounts cost on a day.
fn charged(accounts: &[Read], event: &Event, day: Date) -> Option<f64> {
    let concerned = accounts
        .iter()
        .filter(|read| event.accounts.is_empty() || event.accounts.contains(&read.account.id));
    let known = concerned.filter_map(|read| read.daily.on(day));
    known.fold(None, |sum, usd| Some(sum.unwrap_or(0.0) + usd))
}
