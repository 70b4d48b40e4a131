//! The accounts, by purpose.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::cost::{AccountHistory, PlannedEvent};
use jiff::civil::Date;

use super::days::Days;
use super::figures::{Budget, Comparison, Figures};
use super::services::{self, ServiceFigures};
use crate::daily::Daily;
use crate::{Input, forecast, text};

/// All accounts of a purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Purpose {
    /// The purpose; none for the accounts that have none.
    pub name: Option<String>,
    /// The sum of the accounts.
    pub figures: Figures,
    /// The accounts, those that cost most in the month first, and those that were closed last.
    pub accounts: Vec<AccountFigures>,
}

/// One account.
#[derive(Clone, Debug, PartialEq)]
pub struct AccountFigures {
    /// Its number.
    pub id: AccountId,
    /// Its name, or its number where it has none.
    pub name: String,
    /// What is known of its day.
    pub standing: Standing,
    /// What it cost.
    pub figures: Figures,
    /// Its services of the day, the dearest first.
    pub services: Vec<ServiceFigures>,
}

/// What is known of an account's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It has a figure.
    Known,
    /// It has none, and had some in the days before.
    Missing,
    /// It has had none for a week, as an account that was closed.
    Closed,
}

/// One account with all that is read of it.
pub(super) struct Read {
    pub(super) account: AccountFigures,
    pub(super) purpose: Option<String>,
    pub(super) daily: Daily,
    pub(super) last_day: Date,
}

/// The name that the settings give an account, or its number.
pub(super) fn name(input: &Input<'_>, id: &AccountId) -> String {
    let known = input.settings.accounts.get(id).and_then(|account| visible(&account.name));
    known.unwrap_or(id.as_str()).to_owned()
}

/// The purpose that the settings give an account.
pub(super) fn purpose(input: &Input<'_>, id: &AccountId) -> Option<String> {
    visible(input.settings.accounts.get(id)?.purpose.as_deref()?).map(str::to_owned)
}

/// A name that has anything to see.
fn visible(name: &str) -> Option<&str> {
    Some(name.trim()).filter(|name| !text::plain(name).is_empty())
}

/// The accounts of which anything is known, in order of their numbers.
pub(super) fn read(input: &Input<'_>, days: &Days) -> Vec<Read> {
    let accounts = input.history.accounts();
    let planned = input.settings.planned_events();
    accounts.filter_map(|(id, history)| read_one(input, days, &planned, (id, history))).collect()
}

fn read_one(
    input: &Input<'_>,
    days: &Days,
    planned: &[PlannedEvent],
    (id, history): (&AccountId, &AccountHistory),
) -> Option<Read> {
    let events = planned.iter().filter(|event| event.concerns(id));
    let daily = Daily::of_account(history, (days.first, days.day), events);
    let last_day = daily.last_day()?;
    let is_new = |day: Date| {
        let known_since = input.history.first_day();
        let begins = history.first_day().is_some_and(|first| first > day);
        begins && known_since.is_some_and(|since| since <= day)
    };
    let before = daily.on(days.day_before).or_else(|| is_new(days.day_before).then_some(0.0));
    let today = daily.on(days.day);
    let month_usd = daily.sum(days.month, days.day);
    let standing = match today {
        Some(_) => Standing::Known,
        None if days.is_closed(last_day) => Standing::Closed,
        None => Standing::Missing,
    };
    let forecast_usd = match standing {
        Standing::Known | Standing::Missing => {
            forecast::of_month(&daily, days.day, days.last_settled)
        }
        Standing::Closed => Some(month_usd),
    };
    let limit = input.settings.budgets.get(id).copied().filter(|usd| *usd > 0.0);
    let figures = Figures {
        day_usd: today,
        against_day_before: Comparison::of(before, today),
        against_median: Comparison::of(daily.median_before(days.day), today),
        month_usd,
        forecast_usd,
        budget: limit.map(|limit_usd| Budget { limit_usd, used_usd: month_usd, forecast_usd }),
        credits_day_usd: daily.credits(days.day, days.day),
        credits_month_usd: daily.credits(days.month, days.day),
    };
    let services = services::of_account(history, &daily, days, before);
    let account =
        AccountFigures { id: id.clone(), name: name(input, id), standing, figures, services };
    Some(Read { account, purpose: purpose(input, id), daily, last_day })
}

/// The accounts by purpose: the purpose that costs most in the month first. Of the accounts that were
/// closed, those are left out that have cost nothing this month.
pub(super) fn by_purpose(all: &[Read]) -> Vec<Purpose> {
    let mut purposes = BTreeMap::<Option<String>, Vec<AccountFigures>>::new();
    for read in all {
        let account = &read.account;
        if account.standing == Standing::Closed && account.figures.month_usd <= 0.0 {
            continue;
        }
        purposes.entry(read.purpose.clone()).or_default().push(account.clone());
    }
    let purposes = purposes.into_iter().map(|(name, mut accounts)| {
        // Equal ones stay in order of their numbers.
        accounts.sort_by(|one, two| {
            let is_closed = |it: &AccountFigures| it.standing == Standing::Closed;
            is_closed(one)
                .cmp(&is_closed(two))
                .then(two.figures.month_usd.total_cmp(&one.figures.month_usd))
        });
        let figures = Figures::sum(accounts.iter().map(|account| &account.figures));
        Purpose { name, figures, accounts }
    });
    let mut purposes: Vec<Purpose> = purposes.collect();
    // What has no purpose comes last.
    purposes.sort_by(|one, two| {
        let order = |it: &Purpose| it.name.is_none();
        order(one).cmp(&order(two)).then(two.figures.month_usd.total_cmp(&one.figures.month_usd))
    });
    purposes
}
