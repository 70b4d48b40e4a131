//! From records of days to rows.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use framework::Attr;
use history::{Month, NO_CHARGES, Record, Usd};
use jiff::civil::Date;

use super::model::{CostList, Granularity, GroupBy, Row, Total};
use crate::model::cost_history::CostsRead;
use crate::model::texts::Texts;

/// What rows are told apart by, in the order in which they come.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    start: Date,
    account: Option<String>,
    purpose: Option<String>,
    service: Option<String>,
}

#[derive(Clone, Debug, Default)]
struct Sum {
    charges: Usd,
    credits: Usd,
    is_estimated: bool,
    /// The latest one.
    account_name: Option<String>,
}

impl Sum {
    fn add(&mut self, record: &Record) {
        self.charges += record.charges_usd;
        self.credits += record.credits_usd;
        self.is_estimated |= record.estimated;
        if record.account_name.is_some() {
            self.account_name.clone_from(&record.account_name);
        }
    }
}

/// Adds what was read to what was asked.
pub(super) fn fill(config: CostList, (first, last): (Date, Date), read: &CostsRead) -> CostList {
    let grouping = Grouping::of(&config);
    let mut sums = BTreeMap::<Key, Sum>::new();
    let mut total = Sum::default();
    for record in read.known.records.iter().filter(|record| grouping.counts(record)) {
        total.add(record);
        if grouping.is_row(record) {
            sums.entry(grouping.key(record)).or_default().add(record);
        }
    }
    let is_monthly = config.granularity == Attr::Known(Granularity::Monthly);
    let row = |(key, sum): (Key, Sum)| {
        let month = Month::of(key.start);
        let (start, end) = if is_monthly {
            (month.first_day().max(first), month.last_day().min(last))
        } else {
            (key.start, key.start)
        };
        let name = if key.account.is_some() { sum.account_name.clone() } else { None };
        Attr::Known(Row {
            start: Attr::Known(start.to_string()),
            end: Attr::Known(end.to_string()),
            account: key.account.into(),
            account_name: name.into(),
            purpose: key.purpose.into(),
            service: key.service.into(),
            charges_usd: Attr::Known(sum.charges.to_f64()),
            credits_usd: Attr::Known(sum.credits.to_f64()),
            net_usd: Attr::Known((sum.charges + sum.credits).to_f64()),
            estimated: Attr::Known(sum.is_estimated),
        })
    };
    let missing = read.missing_days(first, last, |account| grouping.has_account(account));
    CostList {
        rows: Attr::Known(sums.into_iter().map(row).collect()),
        total: Attr::Known(Total {
            charges_usd: Attr::Known(total.charges.to_f64()),
            credits_usd: Attr::Known(total.credits.to_f64()),
            net_usd: Attr::Known((total.charges + total.credits).to_f64()),
        }),
        missing_days: Attr::Known(missing.iter().map(|day| Attr::Known(day.to_string())).collect()),
        estimated: Attr::Known(total.is_estimated),
        calls_made: Attr::Known(read.known.calls),
        calls_cost_usd: Attr::Known(read.calls_cost_usd()),
        ..config
    }
}

/// What counts, and in which row.
struct Grouping {
    by: BTreeSet<GroupBy>,
    is_monthly: bool,
    accounts: Option<BTreeSet<String>>,
    purposes: Option<BTreeSet<String>>,
    services: Option<BTreeSet<String>>,
    account_purposes: BTreeMap<String, String>,
}

impl Grouping {
    fn of(config: &CostList) -> Self {
        let texts = |texts: &Attr<Texts>| {
            let texts = texts.as_known()?.iter();
            Some(texts.filter_map(Attr::as_known).cloned().collect())
        };
        let by = config.group_by.as_known().into_iter().flatten();
        let purposes = config.account_purposes.as_known().into_iter().flatten();
        Self {
            by: by.filter_map(Attr::as_known).copied().collect(),
            is_monthly: config.granularity == Attr::Known(Granularity::Monthly),
            accounts: texts(&config.accounts),
            purposes: texts(&config.purposes),
            services: texts(&config.services),
            account_purposes: purposes
                .filter_map(|(account, purpose)| {
                    Some((account.clone(), purpose.as_known()?.clone()))
                })
                .collect(),
        }
    }

    fn has_account(&self, account: &AccountId) -> bool {
        self.accounts.as_ref().is_none_or(|accounts| accounts.contains(account.as_str()))
    }

    fn purpose<'a>(&'a self, record: &'a Record) -> Option<&'a String> {
        record.purpose.as_ref().or_else(|| self.account_purposes.get(record.account.as_str()))
    }

    fn counts(&self, record: &Record) -> bool {
        let is_purpose = |purposes: &BTreeSet<String>| {
            self.purpose(record).is_some_and(|purpose| purposes.contains(purpose))
        };
        let is_service = |services: &BTreeSet<String>| services.contains(record.service.as_str());
        self.has_account(&record.account)
            && self.purposes.as_ref().is_none_or(is_purpose)
            && self.services.as_ref().is_none_or(is_service)
    }

    /// A day without charges is a row of zero, but no service.
    fn is_row(&self, record: &Record) -> bool {
        !self.by.contains(&GroupBy::Service) || record.service.as_str() != NO_CHARGES
    }

    fn key(&self, record: &Record) -> Key {
        let only = |by: GroupBy, text: Option<&str>| {
            text.filter(|_| self.by.contains(&by)).map(str::to_owned)
        };
        Key {
            start: if self.is_monthly { Month::of(record.day).first_day() } else { record.day },
            account: only(GroupBy::Account, Some(record.account.as_str())),
            purpose: only(GroupBy::Purpose, self.purpose(record).map(String::as_str)),
            service: only(GroupBy::Service, Some(record.service.as_str())),
        }
    }
}

#[cfg(test)]
mod tests;
