//! What all accounts cost, day by day and by service.

use std::collections::BTreeMap;

use aws_sdk_costexplorer::operation::get_cost_and_usage::GetCostAndUsageOutput;
use contract::account::AccountId;
use history::{AccountDay, Usd};
use jiff::civil::Date;

use super::{Explorer, Request, amount_of, day, filters, keys, results};
use crate::error::Error;

/// The service of what belongs to none.
const NO_SERVICE: &str = "No service";

/// What Cost Explorer answered of some days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The accounts' days of which it has figures, by day and account. They have no names and no purposes.
    pub days: Vec<AccountDay>,
    /// The accounts' names, as far as Cost Explorer tells them.
    pub names: BTreeMap<AccountId, String>,
    /// Each day that was asked about, and whether AWS may still revise it.
    pub estimated: BTreeMap<Date, bool>,
    /// The sum of what belongs to no account, and is in no day.
    pub unassigned: Usd,
}

impl Explorer {
    /// What accounts cost on the days from the first to the last one.
    ///
    /// Charges and credits are asked for apart, since in one sum a credit would hide what was used: one
    /// call for each, and one for each further page. An account's day without any figure isn't in the
    /// answer: it may have cost nothing, or its figures may be late ([`free_days`](crate::free_days)).
    pub async fn days(&self, first: Date, last: Date) -> Result<Answer, Error> {
        let mut reading = Reading::default();
        for filter in [filters::charges(), filters::credits()] {
            let group_by = &["LINKED_ACCOUNT", "SERVICE"];
            let request = Request { first, last, filter: Some(filter), group_by };
            reading.read(&self.ask(request).await?)?;
        }
        let mut answer = reading.answer;
        answer.days = reading.days.into_values().collect();
        Ok(answer)
    }
}

#[derive(Default)]
struct Reading {
    days: BTreeMap<(Date, AccountId), AccountDay>,
    answer: Answer,
}

impl Reading {
    fn read(&mut self, pages: &[GetCostAndUsageOutput]) -> Result<(), Error> {
        for result in results(pages) {
            let day = day(result)?;
            *self.answer.estimated.entry(day).or_default() |= result.estimated;
            for group in result.groups() {
                let (account, service) = keys(group)?;
                self.add(day, account, service, amount_of(group)?);
            }
        }
        for named in pages.iter().flat_map(GetCostAndUsageOutput::dimension_value_attributes) {
            let name = named.attributes.as_ref().and_then(|all| all.get("description"));
            let account = named.value().unwrap_or_default().parse().ok();
            let Some((account, name)) = account.zip(name.filter(|name| !name.is_empty())) else {
                continue;
            };
            self.answer.names.insert(account, name.clone());
        }
        Ok(())
    }

    fn add(&mut self, day: Date, account: &str, service: &str, amount: Usd) {
        let Ok(account) = account.parse::<AccountId>() else {
            self.answer.unassigned += amount;
            return;
        };
        let estimated = self.answer.estimated.get(&day).copied().unwrap_or_default();
        let key = (day, account.clone());
        let answer =
            self.days.entry(key).or_insert_with(|| AccountDay::of(day, account, estimated));
        answer.estimated |= estimated;
        if amount != Usd::ZERO {
            answer.add(if service.is_empty() { NO_SERVICE } else { service }, amount);
        }
    }
}
