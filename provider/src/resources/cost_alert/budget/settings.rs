//! A budget's own settings: what `UpdateBudget` sends, all at once.
//!
//! AWS has two forms for what counts, and a budget has one of them: filters with cost types, and an
//! expression with a metric. See `docs/decisions/014-cost-alerts.md`.

use std::collections::HashMap;

use aws_sdk_budgets::error::BuildError;
use aws_sdk_budgets::types;
use framework::{Attr, Result};
use jiff::civil::Date;

use super::calendar;
use super::counting::Counting;
use super::limit::{Adjustment, Limit, Planned};
use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::{Budget, Period};

/// The only currency of budgets.
const CURRENCY: &str = "USD";

/// What a budget's attributes say, or AWS's answer, in one form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Settings {
    pub(super) limit: Limit,
    pub(super) period: Period,
    /// `None` leaves the start to AWS.
    pub(super) start: Option<Date>,
    pub(super) end: Option<Date>,
    pub(super) counting: Counting,
}

impl Settings {
    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known or was not found wrong before.
    pub(super) fn of(budget: &Budget) -> Result<Self> {
        let day =
            |attribute: &Attr<String>| attribute.as_known().and_then(|text| calendar::day(text));
        Ok(Self {
            limit: Limit::of(budget)?,
            period: *budget.period.known("period")?,
            start: day(&budget.start),
            end: day(&budget.end),
            counting: Counting::of(budget)?,
        })
    }

    /// What AWS answered.
    ///
    /// # Errors
    /// What of it the attributes can't say, in words that go on after "The budget has ".
    pub(in super::super) fn found(budget: &types::Budget) -> Result<Self, Vec<String>> {
        let mut unsaid = strange_parts(budget);
        let period = period(&budget.time_unit, &mut unsaid);
        let limit = limit(budget, &mut unsaid);
        let (start, end) = span(budget, period, &mut unsaid);
        let counting = Counting::found(budget, &mut unsaid);
        match (limit, period, unsaid.is_empty()) {
            (Some(limit), Some(period), true) => Ok(Self { limit, period, start, end, counting }),
            _ => Err(unsaid),
        }
    }

    /// Whether a budget that has the settings `found` needs no change, as seen on the day `today`.
    pub(super) fn is_met_by(&self, found: &Self, today: Date) -> bool {
        let periods = calendar::planned_periods(self.period, self.start, self.end, today);
        self.limit.is_met_by(&found.limit, &periods)
            && self.period == found.period
            && (self.start.is_none() || self.start == found.start)
            && self.end == found.end
            && self.counting.is_met_by(&found.counting)
    }

    /// The budget to send on the day `today`: `existing` with these settings, or a new one.
    ///
    /// `UpdateBudget` replaces everything, so what AWS or a person has set beyond these settings,
    /// such as a billing view, is sent back as it was found, and so is a start that nobody
    /// declared. That goes when the period changes, since it belongs to the former period: AWS then
    /// begins with the present one.
    ///
    /// # Errors
    /// Never, as all required members are set.
    pub(super) fn budget(
        &self,
        name: &str,
        existing: Option<&types::Budget>,
        today: Date,
    ) -> Result<types::Budget, BuildError> {
        let unit = unit(self.period);
        let kept = existing.filter(|existing| existing.time_unit == unit);
        let kept = kept.and_then(|existing| existing.time_period.as_ref()?.start);
        let start = self.start.map(calendar::moment).or(kept);
        let end = self.end.map(calendar::moment);
        let time_period = types::TimePeriod::builder().set_start(start).set_end(end).build();
        let time_period = (start.is_some() || end.is_some()).then_some(time_period);
        let budget = types::Budget::builder()
            .budget_name(name)
            .budget_type(types::BudgetType::Cost)
            .time_unit(unit)
            .set_time_period(time_period)
            .set_billing_view_arn(existing.and_then(|existing| existing.billing_view_arn.clone()));
        let budget = match &self.limit {
            Limit::Fixed(amount) => budget.budget_limit(spend(*amount)?),
            Limit::Planned(planned) => {
                budget.set_planned_budget_limits(Some(self.plan(planned, today)?))
            }
            Limit::Adjusted(adjustment) => budget.auto_adjust_data(adjusting(*adjustment)?),
        };
        self.counting.set(budget, existing)?.build()
    }

    fn plan(
        &self,
        planned: &Planned,
        today: Date,
    ) -> Result<HashMap<String, types::Spend>, BuildError> {
        calendar::planned_periods(self.period, self.start, self.end, today)
            .into_iter()
            .filter_map(|first| Some((first, planned.at(first)?)))
            .map(|(first, limit)| Ok((calendar::seconds(first).to_string(), spend(limit)?)))
            .collect()
    }
}

fn unit(period: Period) -> types::TimeUnit {
    match period {
        Period::Daily => types::TimeUnit::Daily,
        Period::Monthly => types::TimeUnit::Monthly,
        Period::Quarterly => types::TimeUnit::Quarterly,
        Period::Annually => types::TimeUnit::Annually,
        Period::Custom => types::TimeUnit::Custom,
    }
}

fn spend(amount: Amount) -> Result<types::Spend, BuildError> {
    types::Spend::builder().amount(amount.to_string()).unit(CURRENCY).build()
}

fn adjusting(adjustment: Adjustment) -> Result<types::AutoAdjustData, BuildError> {
    let data = types::AutoAdjustData::builder();
    match adjustment {
        Adjustment::Forecast => data.auto_adjust_type(types::AutoAdjustType::Forecast),
        Adjustment::Historical(periods) => {
            // At most 60, by the schema.
            let periods = i32::try_from(periods).unwrap_or(i32::MAX);
            let options = types::HistoricalOptions::builder().budget_adjustment_period(periods);
            data.auto_adjust_type(types::AutoAdjustType::Historical)
                .historical_options(options.build()?)
        }
    }
    .build()
}

/// What a budget of costs doesn't have.
fn strange_parts(budget: &types::Budget) -> Vec<String> {
    if budget.budget_type == types::BudgetType::Cost {
        return Vec::new();
    }
    vec![format!("the type {}, and only budgets of costs are alerts", budget.budget_type)]
}

fn period(found: &types::TimeUnit, unsaid: &mut Vec<String>) -> Option<Period> {
    let all = [Period::Daily, Period::Monthly, Period::Quarterly, Period::Annually, Period::Custom];
    let period = all.into_iter().find(|period| unit(*period) == *found);
    if period.is_none() {
        unsaid.push(format!("the period {found}"));
    }
    period
}

/// The first day that counts, and the first that counts no more unless AWS's own end is meant.
fn span(
    budget: &types::Budget,
    period: Option<Period>,
    unsaid: &mut Vec<String>,
) -> (Option<Date>, Option<Date>) {
    let Some(span) = &budget.time_period else { return (None, None) };
    let day = |moment: Option<aws_smithy_types::DateTime>| {
        moment.map(|moment| calendar::day_of(moment.secs()))
    };
    let start = day(span.start);
    if start == Some(None) && period == Some(Period::Custom) {
        unsaid.push("a start within a day".to_owned());
    }
    let end = day(span.end.filter(|end| end.secs() < calendar::seconds(calendar::NO_END)));
    if end == Some(None) {
        unsaid.push("an end within a day".to_owned());
    }
    (start.flatten(), end.flatten())
}

fn limit(budget: &types::Budget, unsaid: &mut Vec<String>) -> Option<Limit> {
    if let Some(data) = &budget.auto_adjust_data {
        return adjustment(data, unsaid).map(Limit::Adjusted);
    }
    match &budget.planned_budget_limits {
        Some(planned) if !planned.is_empty() => {
            let limits = planned.iter().map(|(key, limit)| {
                let first = key.parse().ok().and_then(calendar::day_of)?;
                Some((first, read_spend(limit)?))
            });
            let limits = limits.collect::<Option<_>>();
            if limits.is_none() {
                unsaid.push(
                    "planned limits that don't begin with a day or aren't in US dollars".to_owned(),
                );
            }
            limits.map(Planned::new).map(Limit::Planned)
        }
        Some(_) | None => fixed(budget, unsaid).map(Limit::Fixed),
    }
}

fn adjustment(data: &types::AutoAdjustData, unsaid: &mut Vec<String>) -> Option<Adjustment> {
    let periods = data.historical_options.as_ref().map(|options| options.budget_adjustment_period);
    let periods = periods.and_then(|periods| u32::try_from(periods).ok());
    let kinds = [
        (types::AutoAdjustType::Forecast, Some(Adjustment::Forecast)),
        (types::AutoAdjustType::Historical, periods.map(Adjustment::Historical)),
    ];
    let found = kinds.into_iter().find(|(kind, _)| *kind == data.auto_adjust_type);
    let found = found.and_then(|(_, adjustment)| adjustment);
    if found.is_none() {
        unsaid.push(format!("a limit that adjusts itself by {}", data.auto_adjust_type));
    }
    found
}

fn fixed(budget: &types::Budget, unsaid: &mut Vec<String>) -> Option<Amount> {
    let Some(limit) = &budget.budget_limit else {
        unsaid.push("no limit".to_owned());
        return None;
    };
    let amount = read_spend(limit);
    if amount.is_none() {
        unsaid.push(format!("a limit of {} {}", limit.amount, limit.unit));
    }
    amount
}

fn read_spend(spend: &types::Spend) -> Option<Amount> {
    Amount::read(&spend.amount).filter(|_| spend.unit == CURRENCY)
}

#[cfg(test)]
mod tests;
