//! The history of costs, from a CSV file.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use contract::account::AccountId;
use contract::cost::{DailyCost, Recorded, ServiceName};
use jiff::{ToSpan, civil::Date};

use super::sheet::{self, Column, Row};
use crate::failure::{Failure, Problem};

const COLUMNS: [Column; 7] = [
    Column { name: "date", required: true },
    Column { name: "account", required: true },
    Column { name: "service", required: true },
    Column { name: "cost_usd", required: true },
    Column { name: "account_name", required: false },
    Column { name: "purpose", required: false },
    Column { name: "recorded_on", required: false },
];

/// Years of a history that are replayed at most. Nobody compares with older days.
const MOST_YEARS: i64 = 10;

/// A history of costs.
pub(super) struct Costs {
    /// The file as it was named.
    pub(super) file: String,
    pub(super) recorded: Vec<Recorded>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) services: BTreeSet<ServiceName>,
    pub(super) first_day: Date,
    pub(super) last_day: Date,
    /// The last day on which a figure became known.
    pub(super) last_known: Date,
}

/// What is known of an account beside its costs.
#[derive(Default)]
pub(super) struct Account {
    pub(super) name: Option<String>,
    pub(super) purpose: Option<String>,
}

/// Reads the history.
pub(super) fn read(path: &Path) -> Result<Costs, Failure> {
    let mut accounts: BTreeMap<AccountId, Account> = BTreeMap::new();
    let mut services = BTreeSet::new();
    let recorded = sheet::read(path, &COLUMNS, |row| {
        let recorded = line(row)?;
        if !services.contains(&recorded.cost.service) {
            services.insert(recorded.cost.service.clone());
        }
        if !accounts.contains_key(&recorded.cost.account) {
            accounts.insert(recorded.cost.account.clone(), Account::default());
        }
        if let Some(account) = accounts.get_mut(&recorded.cost.account) {
            keep(&mut account.name, row.text("account_name"));
            keep(&mut account.purpose, row.text("purpose"));
        }
        Ok(recorded)
    })?;
    let file = sheet::name(path);
    let days = || recorded.iter().map(|recorded| recorded.cost.day);
    let (Some(first_day), Some(last_day)) = (days().min(), days().max()) else {
        return Err(Failure::Invalid(vec![Problem::of(&file, "has no line below its heading")]));
    };
    let last_known = recorded.iter().map(|recorded| recorded.known_on).max().unwrap_or(last_day);
    if first_day.saturating_add(MOST_YEARS.years()) < last_known {
        let what = format!(
            "reaches from {first_day} to {last_known}, more than {MOST_YEARS} years; look for a year that is mistyped"
        );
        return Err(Failure::Invalid(vec![Problem::of(&file, what)]));
    }
    Ok(Costs { file, recorded, accounts, services, first_day, last_day, last_known })
}

fn line(row: &Row<'_>) -> Result<Recorded, Problem> {
    let day = row.value("date", sheet::date)?;
    let cost = DailyCost {
        day,
        account: row.value("account", sheet::account)?,
        service: row.value("service", |name| Ok(ServiceName::from(name)))?,
        cost_usd: row.value("cost_usd", sheet::usd)?,
    };
    let known_on = if row.text("recorded_on").is_empty() {
        day.saturating_add(1.day())
    } else {
        row.value("recorded_on", sheet::date)?
    };
    if known_on < day {
        let what = format!("`{known_on}` is before the cost's own day, {day}");
        return Err(row.problem("recorded_on", what));
    }
    Ok(Recorded { cost, known_on })
}

/// Keeps the text of the last line that has one.
fn keep(kept: &mut Option<String>, text: &str) {
    if !text.is_empty() && kept.as_deref() != Some(text) {
        *kept = Some(text.to_owned());
    }
}

impl Costs {
    /// How an account is shown: by its name and what it is for, or else its number.
    pub(super) fn shown(&self, account: &AccountId) -> String {
        let Some(Account { name: Some(name), purpose }) = self.accounts.get(account) else {
            return account.to_string();
        };
        match purpose {
            Some(purpose) => format!("{name} ({purpose})"),
            None => name.clone(),
        }
    }
}
