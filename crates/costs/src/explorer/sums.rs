//! What accounts cost in all: a cheap look at many days.

use std::collections::BTreeMap;

use contract::account::AccountId;
use history::Usd;
use jiff::civil::Date;

use super::{Explorer, Request, amount, amount_of, day, filters, results};
use crate::error::Error;

/// What an account's day comes to: its charges less its credits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sum {
    /// The sum.
    pub usd: Usd,
    /// Whether AWS may still revise it.
    pub estimated: bool,
}

impl Explorer {
    /// What each account's day comes to, charges and credits together. A service more or less makes no
    /// difference to the size of this answer, so that it shows cheaply which days were revised.
    pub async fn sums(
        &self,
        first: Date,
        last: Date,
    ) -> Result<BTreeMap<(Date, AccountId), Sum>, Error> {
        let request = Request { first, last, filter: None, group_by: &["LINKED_ACCOUNT"] };
        let pages = self.ask(request).await?;
        let mut sums = BTreeMap::new();
        for result in results(&pages) {
            let (day, estimated) = (day(result)?, result.estimated);
            for group in result.groups() {
                let account = group.keys().first().and_then(|key| key.parse().ok());
                let Some(account) = account else { continue };
                sums.insert((day, account), Sum { usd: amount_of(group)?, estimated });
            }
        }
        Ok(sums)
    }

    /// What was charged from the first to the last day for everything that carries all of these cost
    /// allocation tags.
    pub async fn tagged(
        &self,
        tags: &BTreeMap<String, String>,
        first: Date,
        last: Date,
    ) -> Result<Usd, Error> {
        let filter = Some(filters::charges_tagged(tags));
        let pages = self.ask(Request { first, last, filter, group_by: &[] }).await?;
        let mut sum = Usd::ZERO;
        for result in results(&pages) {
            let total = result.total.as_ref().and_then(|total| total.get(super::METRIC));
            if total.is_some() {
                sum += amount(total)?;
            }
        }
        Ok(sum)
    }
}
