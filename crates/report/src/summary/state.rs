//! What is known of the costs, what isn't, and what may change.

use contract::account::AccountId;
use jiff::civil::Date;

use super::accounts::Read;
use super::days::Days;
use super::figures::Figures;
use crate::calendar::{self, after, before, days_between};
use crate::{Input, Notice};

/// Days up to the day of the report in which missing ones are told.
const MISSING_SINCE: i64 = 7;
/// A day that costs less than this share of its median isn't complete, most probably.
const PARTIAL: f64 = 0.5;

/// What is known, what isn't, and what may change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataState {
    /// Whether nothing at all is known yet.
    pub is_empty: bool,
    /// The first day of which anything is known.
    pub first_day: Option<Date>,
    /// Whether yesterday isn't known yet, so that an earlier day is reported.
    pub is_late: bool,
    /// Whether the day is known in part only, most probably: it costs less than half of what is usual.
    pub is_partial: bool,
    /// Last days that AWS may still revise, the day of the report included.
    pub unsettled_days: usize,
    /// Accounts with days of the last week of which nothing is known.
    pub missing: Vec<Missing>,
    /// Accounts of which nothing has come for a week, told once.
    pub closed: Vec<Closed>,
    /// What went wrong while the report was made.
    pub notices: Vec<Notice>,
}

/// An account with days of which nothing is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Its number.
    pub id: AccountId,
    /// Its name.
    pub account: String,
    /// The days, in order.
    pub days: Vec<Date>,
}

/// An account of which nothing comes any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its number.
    pub id: AccountId,
    /// Its name.
    pub account: String,
    /// The last day that it had costs.
    pub last_day: Date,
}

pub(super) fn of(input: &Input<'_>, days: &Days, accounts: &[Read], total: &Figures) -> DataState {
    let median = total.against_median;
    DataState {
        is_empty: accounts.is_empty(),
        first_day: input.history.first_day(),
        is_late: !accounts.is_empty() && days.day < before(days.today, 1),
        is_partial: median.is_some_and(|it| it.to_usd < PARTIAL * it.from_usd)
            && days.day > days.last_settled,
        unsettled_days: days.unsettled(),
        missing: accounts.iter().filter_map(|read| missing(input, days, read)).collect(),
        closed: accounts.iter().filter_map(|read| closed(input, days, read)).collect(),
        notices: input.notices.to_vec(),
    }
}

fn missing(input: &Input<'_>, days: &Days, read: &Read) -> Option<Missing> {
    if days.is_closed(read.last_day) {
        return None;
    }
    // Before an account's first day nothing is missing.
    let since = input.history.account(&read.account.id)?.first_day()?;
    let first = before(days.day, MISSING_SINCE - 1).max(since);
    let missing = calendar::days(first, days.day).filter(|day| read.daily.on(*day).is_none());
    let days: Vec<Date> = missing.collect();
    let (id, account) = (read.account.id.clone(), read.account.name.clone());
    (!days.is_empty()).then_some(Missing { id, account, days })
}

/// An account that is taken for closed, on the first morning on which it is.
fn closed(input: &Input<'_>, days: &Days, read: &Read) -> Option<Closed> {
    let late = days_between(days.day, days.today);
    let noticed_on = after(read.last_day, super::days::CLOSED_AFTER + late);
    let is_told = days.is_closed(read.last_day) && input.is_told_now(noticed_on);
    let (id, account) = (read.account.id.clone(), read.account.name.clone());
    is_told.then_some(Closed { id, account, last_day: read.last_day })
}
