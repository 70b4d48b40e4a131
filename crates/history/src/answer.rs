//! What AWS answered of one account's day.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::cost::ServiceName;
use jiff::civil::Date;

use crate::{Month, Record, Usd};

/// The service under which a day is recorded on which an account cost nothing at all. Without a
/// record the day would be unknown.
pub const NO_CHARGES: &str = "No charges";

/// All that AWS answered of one account's day. It replaces what is known of that day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountDay {
    /// The day.
    pub day: Date,
    /// The account.
    pub account: AccountId,
    /// The account's name, if it is known.
    pub account_name: Option<String>,
    /// The account's role in the company.
    pub purpose: Option<String>,
    /// Whether AWS may still revise it.
    pub estimated: bool,
    /// Charges and credits of each service.
    services: BTreeMap<ServiceName, (Usd, Usd)>,
}

impl AccountDay {
    /// A day on which, as far as [`Self::add`] doesn't say otherwise, nothing was charged.
    pub fn of(day: Date, account: AccountId, estimated: bool) -> Self {
        let services = BTreeMap::new();
        Self { day, account, account_name: None, purpose: None, estimated, services }
    }

    /// Adds a line of the bill: above zero to the service's charges, below zero to its credits.
    pub fn add(&mut self, service: impl Into<ServiceName>, amount: Usd) {
        let (charges, credits) = self.services.entry(service.into()).or_default();
        *(if amount < Usd::ZERO { credits } else { charges }) += amount;
    }

    /// The month in whose object it is kept.
    pub fn month(&self) -> Month {
        Month::of(self.day)
    }

    /// Its records: one of each service, or one that says that there were no charges.
    pub(crate) fn records(&self) -> Vec<Record> {
        let record = |service: &ServiceName, (charges_usd, credits_usd): (Usd, Usd)| Record {
            day: self.day,
            account: self.account.clone(),
            account_name: self.account_name.clone(),
            purpose: self.purpose.clone(),
            service: service.clone(),
            charges_usd,
            credits_usd,
            estimated: self.estimated,
        };
        if self.services.is_empty() {
            return vec![record(&NO_CHARGES.into(), (Usd::ZERO, Usd::ZERO))];
        }
        self.services.iter().map(|(service, amounts)| record(service, *amounts)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_service_are_summed_apart_by_their_sign() {
        let account: AccountId = "111122223333".parse().unwrap();
        let mut day = AccountDay::of(Date::constant(2026, 11, 2), account, true);
        let free = day.records();
        assert_eq!((free.len(), free[0].service.as_str()), (1, "No charges"));
        assert_eq!((free[0].charges_usd, free[0].estimated), (Usd::ZERO, true));

        for (service, amount) in
            [("Tax", "1"), ("Amazon S3", "0.1"), ("Amazon S3", "0.2"), ("Tax", "-3")]
        {
            day.add(service, amount.parse().unwrap());
        }
        let lines: Vec<_> = day
            .records()
            .iter()
            .map(|one| format!("{} {} {}", one.service, one.charges_usd, one.credits_usd))
            .collect();
        assert_eq!(lines, ["Amazon S3 0.30 0.00", "Tax 1.00 -3.00"]);
    }
}
