//! What made services dearer than before.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use contract::cost::ServiceName;
use contract::spike::median;
use history::Usd;
use jiff::civil::Date;

use super::{Explorer, Request, amount_of, day, filters, keys, results};
use crate::error::Error;

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The account.
    pub account: AccountId,
    /// The services that are dearer; none for all of the account's.
    pub services: Vec<ServiceName>,
    /// The days on which they are.
    pub days: BTreeSet<Date>,
    /// Days before, with which those are compared.
    pub before: BTreeSet<Date>,
}

/// What cost more.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The service.
    pub service: ServiceName,
    /// The usage type, such as `BoxUsage:p4d.24xlarge`.
    pub usage_type: String,
    /// The region; none where AWS names none, or several services were asked about.
    pub region: Option<String>,
    /// What it cost more on the days than a typical day before, in US dollars.
    pub extra_usd: f64,
}

/// How Cost Explorer names what has no region.
const NO_REGIONS: [&str; 3] = ["", "NoRegion", "global"];

impl Explorer {
    /// What cost more, the most first: one call, and one for each further page.
    ///
    /// Cost Explorer groups by two things. Of one service they are the usage type and the region; of
    /// several the service and the usage type, which mostly has the region in its beginning.
    pub async fn reasons(&self, question: &Question) -> Result<Vec<Reason>, Error> {
        let asked = || question.days.iter().chain(&question.before);
        let (Some(first), Some(last)) = (asked().min(), asked().max()) else {
            return Ok(Vec::new());
        };
        let filter = filters::charges_of(&question.account, &question.services);
        let only = match question.services.as_slice() {
            [one] => Some(one),
            [] | [_, _, ..] => None,
        };
        let group_by: &[&str] = match only {
            Some(_) => &["USAGE_TYPE", "REGION"],
            None => &["SERVICE", "USAGE_TYPE"],
        };
        let (first, last) = (*first, *last);
        let pages = self.ask(Request { first, last, filter: Some(filter), group_by }).await?;
        let mut costs = BTreeMap::<(String, String), BTreeMap<Date, Usd>>::new();
        for result in results(&pages) {
            let day = day(result)?;
            for group in result.groups() {
                let (one, two) = keys(group)?;
                let days = costs.entry((one.to_owned(), two.to_owned())).or_default();
                *days.entry(day).or_default() += amount_of(group)?;
            }
        }
        let reasons = costs.into_iter().map(|((one, two), days)| {
            let extra_usd = extra(&days, question);
            let Some(service) = only else {
                return Reason { service: one.into(), usage_type: two, region: None, extra_usd };
            };
            let region = Some(two).filter(|region| !NO_REGIONS.contains(&region.as_str()));
            Reason { service: service.clone(), usage_type: one, region, extra_usd }
        });
        let mut reasons: Vec<Reason> = reasons.filter(|reason| reason.extra_usd > 0.0).collect();
        // Equal ones stay in the order of their names.
        reasons.sort_by(|one, other| other.extra_usd.total_cmp(&one.extra_usd));
        Ok(reasons)
    }
}

/// What the days cost more than as many typical days before. What isn't in the answer cost nothing.
fn extra(costs: &BTreeMap<Date, Usd>, question: &Question) -> f64 {
    let of = |day: &Date| costs.get(day).copied().unwrap_or_default().to_f64();
    let mut before: Vec<f64> = question.before.iter().map(of).collect();
    let typical = median(&mut before).unwrap_or_default();
    question.days.iter().map(of).map(|usd| usd - typical).fold(0.0, |sum, usd| sum + usd)
}
