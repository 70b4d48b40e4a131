//! What settings may not say.

use jiff::civil::Date;

use super::Settings;
use crate::account::AccountId;
use crate::spike::InvalidRule;

/// Days of the month that each month has.
const DAYS: std::ops::RangeInclusive<u8> = 1..=28;
/// Months back of which Cost Explorer holds single days.
const MOST_BACKFILL_MONTHS: u8 = 13;
/// Days of a baseline: each weekday is in it.
const BASELINE: std::ops::RangeInclusive<u16> = 7..=366;

/// A setting with a value that isn't allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InvalidSetting {
    /// The code of the currency isn't three capital letters.
    #[error("`currency.code` must be three capital letters of ISO 4217, and is `{0}`")]
    CurrencyCode(String),
    /// The rate of the currency is no rate, or that of US dollars isn't 1.
    #[error("`currency.per_usd` must be more than 0, and 1 for USD: {0}")]
    Rate(f64),
    /// A rate without a day says nothing.
    #[error("`currency.as_of` must be the day of the rate")]
    RateWithoutDay,
    /// A budget is nothing, or less.
    #[error("the budget of {account} must be more than 0 US dollars, and is {usd}")]
    Budget {
        /// The account.
        account: AccountId,
        /// The budget, in US dollars.
        usd: f64,
    },
    /// An event ends before it starts.
    #[error("the event `{name}` ends on {end}, which is before its start on {start}")]
    Event {
        /// Its name.
        name: String,
        /// Its first day.
        start: Date,
        /// Its last day.
        end: Date,
    },
    /// A baseline is too short for each weekday to be in it, or too long.
    #[error("`baseline_days` of the event `{name}` must be 7 to 366, and is {days}")]
    Baseline {
        /// The event's name.
        name: String,
        /// The days.
        days: u16,
    },
    /// Not each month has that day.
    #[error("`monthly_digest` must be a day of each month, 1 to 28, and is {0}")]
    MonthlyDigest(u8),
    /// Cost Explorer holds single days of fewer months.
    #[error("`backfill_months` must be 0 to 13, and is {0}")]
    BackfillMonths(u8),
    /// A rule isn't allowed.
    #[error(transparent)]
    Rule(#[from] InvalidRule),
}

/// Everything that isn't allowed.
pub(super) fn of(settings: &Settings) -> Vec<InvalidSetting> {
    let mut invalid = Vec::new();
    invalid.extend(of_currency(settings));
    for (account, usd) in &settings.budgets {
        if !is_positive(*usd) {
            invalid.push(InvalidSetting::Budget { account: account.clone(), usd: *usd });
        }
    }
    for (name, event) in &settings.events {
        let name = name.clone();
        if event.end < event.start {
            let (start, end) = (event.start, event.end);
            invalid.push(InvalidSetting::Event { name: name.clone(), start, end });
        }
        if !BASELINE.contains(&event.baseline_days) {
            invalid.push(InvalidSetting::Baseline { name, days: event.baseline_days });
        }
    }
    let day = settings.monthly_digest.filter(|day| !DAYS.contains(day));
    invalid.extend(day.map(InvalidSetting::MonthlyDigest));
    let months = settings.backfill_months;
    let is_too_far = months > MOST_BACKFILL_MONTHS;
    invalid.extend(is_too_far.then_some(InvalidSetting::BackfillMonths(months)));
    let rules = settings.rules.validate().err().unwrap_or_default();
    invalid.extend(rules.into_iter().map(InvalidSetting::Rule));
    invalid
}

fn of_currency(settings: &Settings) -> Vec<InvalidSetting> {
    let currency = &settings.currency;
    let is_usd = currency.code == "USD";
    let is_code =
        currency.code.len() == 3 && currency.code.bytes().all(|it| it.is_ascii_uppercase());
    let is_one = (currency.per_usd - 1.0).abs() < f64::EPSILON;
    let code = (!is_code).then(|| InvalidSetting::CurrencyCode(currency.code.clone()));
    let is_rate = is_positive(currency.per_usd) && (is_one || !is_usd);
    let rate = (!is_rate).then_some(InvalidSetting::Rate(currency.per_usd));
    let day = (!is_usd && currency.as_of.is_none()).then_some(InvalidSetting::RateWithoutDay);
    code.into_iter().chain(rate).chain(day).collect()
}

fn is_positive(number: f64) -> bool {
    number.is_finite() && number > 0.0
}
