//! Sudden and slow rises of accounts' costs: what to tell on a morning.
//!
//! [`assess`] is given what is known on a morning and what is told already, and says what is new:
//! what rings, what has become more, and what is over. It is pure: the same morning gives the same
//! news, and a morning that was told already gives none.
//!
//! Each account is looked at by service and in total. A day is compared with the same weekday of
//! the weeks before, by medians, which odd days don't move. The figures are the charges, without
//! credits, of days that no event was planned for. See `docs/decisions/009-spikes.md`.

mod account;
mod anomaly;
mod baseline;
mod beside;
mod course;
mod drift;
mod found;
mod judge;
mod replay;
mod rules;
mod spikes;
mod statistics;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use anomaly::{
    Anomaly, AnomalyKind, Basis, Cause, Change, Closing, Contribution, DayFigure, Development,
    Growth, News, Outcome, Part, Told,
};
pub use replay::Replay;
pub use rules::{InvalidRule, Rules};
pub use statistics::median;

use crate::account::AccountId;
use crate::cost::{AccountHistory, History, PlannedEvent, day};
use account::{Calendar, View};
use spikes::Entry;

/// What is known on a morning.
#[derive(Clone, Copy, Debug)]
pub struct Morning<'a> {
    /// The day of the morning. Figures of the days before it count.
    pub today: Date,
    /// What is known of the costs, [`Rules::history_days`] back.
    pub history: &'a History,
    /// The events of that time, past and coming.
    pub events: &'a [PlannedEvent],
    /// The rules, which are valid.
    pub rules: &'a Rules,
}

/// What is kept from one morning to the next.
///
/// It follows from the history: where it is lost, [`Replay`] makes it anew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// The last morning that was assessed.
    pub assessed_on: Option<Date>,
    /// The anomalies that are open, and closed ones as long as something depends on them.
    pub anomalies: Vec<Anomaly>,
}

/// What a morning brings.
#[derive(Clone, Debug, PartialEq)]
pub struct Assessment {
    /// What is to be told, by account.
    pub news: Vec<News>,
    /// What is to be kept until the next morning.
    pub state: State,
}

/// Says what is new on a morning, and what to keep until the next one.
///
/// The same morning again gives no news and the same state. A morning before the one that was
/// assessed last gives none either. Days of mornings that were left out are caught up with, up to a
/// month.
pub fn assess(morning: &Morning<'_>, known: &State) -> Assessment {
    if known.assessed_on.is_some_and(|last| last > morning.today) {
        return Assessment { news: Vec::new(), state: known.clone() };
    }
    let calendar = Calendar::of(morning.today, known.assessed_on, morning.rules);
    let mut by_account: BTreeMap<&AccountId, Vec<Anomaly>> = BTreeMap::new();
    for anomaly in &known.anomalies {
        by_account.entry(&anomaly.account).or_default().push(anomaly.clone());
    }
    let unknown = AccountHistory::default();
    let mut histories: BTreeMap<&AccountId, &AccountHistory> = morning.history.accounts().collect();
    for account in by_account.keys() {
        histories.entry(account).or_insert(&unknown);
    }
    let mut assessment = Assessment {
        news: Vec::new(),
        state: State { assessed_on: Some(morning.today), anomalies: Vec::new() },
    };
    for (account, history) in histories {
        let known = by_account.remove(account).unwrap_or_default();
        let (anomalies, news) = assess_account(morning, calendar, account, history, known);
        assessment.state.anomalies.extend(anomalies);
        assessment.news.extend(news);
    }
    assessment
}

fn assess_account(
    morning: &Morning<'_>,
    calendar: Calendar,
    account: &AccountId,
    history: &AccountHistory,
    known: Vec<Anomaly>,
) -> (Vec<Anomaly>, Vec<News>) {
    let rules = morning.rules;
    let (spikes, drifts): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|anomaly| anomaly.kind == AnomalyKind::Spike);
    let today = morning.today;
    let taken: BTreeSet<String> =
        spikes.iter().chain(&drifts).map(|anomaly| anomaly.id.clone()).collect();
    let mut ids =
        (1..).map(|number| format!("{account}/{today}/{number}")).filter(|id| !taken.contains(id));
    let mut next_id = || ids.next().expect("there are more numbers than anomalies");
    let mut entries: Vec<Entry> = spikes.into_iter().map(Entry::of).collect();
    let view = loop {
        let known: Vec<&Anomaly> = entries.iter().map(|entry| &entry.anomaly).collect();
        let view = View::of(morning, calendar, &known, account, history);
        if !spikes::settle(&mut entries, &view, rules) {
            break view;
        }
    };
    spikes::find(&mut entries, &view, rules, &mut next_id);
    let mut news = spikes::tell(&mut entries, &view, rules);
    let mut anomalies: Vec<_> = entries.into_iter().map(|entry| entry.anomaly).collect();
    let (drifts, drift_news) = drift::assess(&view, rules, drifts, &anomalies, next_id);
    anomalies.extend(drifts);
    news.extend(drift_news);
    (kept(anomalies, calendar), news)
}

/// The anomalies that a later morning needs.
fn kept(anomalies: Vec<Anomaly>, calendar: Calendar) -> Vec<Anomaly> {
    let open = anomalies.iter().filter(|anomaly| anomaly.closed.is_none());
    let earliest = open.filter_map(|anomaly| Some(day::number(anomaly.since()?))).min();
    // The next morning judges the days after this one's settled ones, and the open anomalies'.
    let needed_from = earliest.unwrap_or(i32::MAX).min(calendar.settled);
    let is_needed = |anomaly: &Anomaly| {
        let Some(closing) = anomaly.closed else { return true };
        let is_level = anomaly
            .parts()
            .any(|part| part.is_new_normal && day::number(part.since) >= calendar.first);
        let rests = anomaly.kind == AnomalyKind::Drift
            && calendar.today - day::number(closing.on) < drift::REST_DAYS;
        is_level || rests || day::number(closing.through) >= needed_from
    };
    anomalies.into_iter().filter(is_needed).collect()
}
