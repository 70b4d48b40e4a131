//! What Cost Explorer answers.
//!
//! Each call and each further page of an answer is counted before it is made. Cost Explorer documents no
//! size of a page; a reader can only follow the token.

mod anomalies;
mod days;
mod filters;
mod reasons;
mod sums;

use std::sync::Arc;

use aws_sdk_costexplorer::Client;
use aws_sdk_costexplorer::operation::get_cost_and_usage::GetCostAndUsageOutput;
use aws_sdk_costexplorer::types::{
    DateInterval, Expression, Granularity, Group, GroupDefinition, GroupDefinitionType,
    MetricValue, ResultByTime,
};
use history::Usd;
use jiff::civil::Date;

use crate::calls::Calls;
use crate::error::{Error, Kind};

pub use anomalies::FoundAnomaly;
pub use days::Answer;
pub use reasons::{Question, Reason};
pub use sums::Sum;

/// The operation that gives costs.
const COSTS: &str = "GetCostAndUsage";
/// What is asked for: what a day's usage cost at the rate of its account, as the bill has it. Amortized
/// costs would spread what was paid at once, and blended ones are averages of the organization.
const METRIC: &str = "UnblendedCost";

/// The Cost Explorer of one account: of a payer that of all its members.
#[derive(Clone, Debug)]
pub struct Explorer {
    client: Client,
    calls: Arc<Calls>,
}

/// What is asked: each of the days from the first to the last one.
struct Request<'a> {
    first: Date,
    last: Date,
    filter: Option<Expression>,
    group_by: &'a [&'a str],
}

impl Explorer {
    /// Over a client of `us-east-1`, where Cost Explorer is. Several may count together.
    pub fn new(client: Client, calls: Arc<Calls>) -> Self {
        Self { client, calls }
    }

    /// The calls that are counted.
    pub fn calls(&self) -> &Arc<Calls> {
        &self.calls
    }

    /// All pages of an answer.
    async fn ask(&self, request: Request<'_>) -> Result<Vec<GetCostAndUsageOutput>, Error> {
        let mut pages = Vec::new();
        let mut token = None;
        loop {
            self.calls.take(COSTS)?;
            let call = self.client.get_cost_and_usage();
            let call = call.time_period(period(request.first, request.last)?);
            let call = call.granularity(Granularity::Daily).metrics(METRIC);
            let groups = request.group_by.iter().map(|key| {
                let group = GroupDefinition::builder().r#type(GroupDefinitionType::Dimension);
                group.key(*key).build()
            });
            let groups: Vec<_> = groups.collect();
            let call = call.set_group_by((!groups.is_empty()).then_some(groups));
            let call = call.set_filter(request.filter.clone()).set_next_page_token(token);
            let page = call.send().await.map_err(|error| Error::of(COSTS, &error))?;
            token = page.next_page_token.clone().filter(|token| !token.is_empty());
            pages.push(page);
            if token.is_none() {
                return Ok(pages);
            }
        }
    }
}

/// The days from the first to the last one: the API's end is the day after (API reference,
/// "`DateInterval`").
fn period(first: Date, last: Date) -> Result<DateInterval, Error> {
    let end = last.tomorrow().map_err(|_| unreadable(format!("no day comes after {last}")))?;
    let period = DateInterval::builder().start(first.to_string()).end(end.to_string()).build();
    period.map_err(|problem| unreadable(problem.to_string()))
}

/// The results of all pages: one that goes on on the next page comes twice.
fn results(pages: &[GetCostAndUsageOutput]) -> impl Iterator<Item = &ResultByTime> {
    pages.iter().flat_map(GetCostAndUsageOutput::results_by_time)
}

/// The day of a result.
fn day(result: &ResultByTime) -> Result<Date, Error> {
    let start = result.time_period.as_ref().map_or("", |period| period.start());
    date(start).ok_or_else(|| unreadable(format!("`{start}` is no day")))
}

/// A date, which may have a time after it.
fn date(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

/// The keys of a group of two.
fn keys(group: &Group) -> Result<(&str, &str), Error> {
    match group.keys() {
        [one, two] => Ok((one, two)),
        _ => Err(unreadable("a group doesn't have two keys".to_owned())),
    }
}

fn amount_of(group: &Group) -> Result<Usd, Error> {
    amount(group.metrics.as_ref().and_then(|metrics| metrics.get(METRIC)))
}

/// An amount of money. Only accounts in China are billed in another currency, and mixing both up would be
/// worse than no figure.
fn amount(value: Option<&MetricValue>) -> Result<Usd, Error> {
    let value = value.ok_or_else(|| unreadable(format!("a group has no {METRIC}")))?;
    let unit = value.unit().unwrap_or("USD");
    if unit != "USD" {
        return Err(unreadable(format!("the costs are in {unit}, and not in USD")));
    }
    let text = value.amount().unwrap_or_default();
    text.parse().map_err(|problem: history::InvalidUsd| unreadable(problem.to_string()))
}

fn unreadable(message: String) -> Error {
    Error::local(Kind::Unreadable, COSTS, message)
}

#[cfg(test)]
mod tests;
