//! A budget's own settings: what `UpdateBudget` sends, all at once.

#![expect(
    deprecated,
    reason = "AWS would rather see filter expressions and metrics, but a budget has either form, and all that were made before, by whatever tool, have this one"
)]

use std::collections::BTreeSet;

use aws_sdk_budgets::error::BuildError;
use aws_sdk_budgets::types;
use framework::{Attr, Result};

use super::amount::Amount;
use super::filters::{self, Dimensions};
use super::model::{Budget, Charge, Metric, Period};

/// The only currency of budgets.
const CURRENCY: &str = "USD";

/// What a budget's attributes say, or AWS's answer, in one form that can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    pub(super) limit: Amount,
    pub(super) period: Period,
    pub(super) metric: Metric,
    pub(super) excluded: BTreeSet<Charge>,
    pub(super) filters: Dimensions,
}

/// Reads one kind of charge from AWS's cost types.
type Included = fn(&mut types::CostTypes) -> &mut Option<bool>;

/// The kinds of charges. AWS counts each unless it is told otherwise
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CostTypes.html>).
const CHARGES: [(Charge, Included); 9] = [
    (Charge::Credits, |types| &mut types.include_credit),
    (Charge::Discounts, |types| &mut types.include_discount),
    (Charge::OtherSubscriptions, |types| &mut types.include_other_subscription),
    (Charge::Recurring, |types| &mut types.include_recurring),
    (Charge::Refunds, |types| &mut types.include_refund),
    (Charge::Subscriptions, |types| &mut types.include_subscription),
    (Charge::Support, |types| &mut types.include_support),
    (Charge::Taxes, |types| &mut types.include_tax),
    (Charge::Upfront, |types| &mut types.include_upfront),
];

impl Settings {
    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known.
    pub(super) fn of(budget: &Budget) -> Result<Self> {
        Ok(Self {
            limit: Amount::new(*budget.limit_usd.known("limit_usd")?),
            period: *budget.period.known("period")?,
            metric: *budget.metric.known("metric")?,
            excluded: excluded(&budget.excluded_charges)?,
            filters: filters::dimensions(&budget.filters)?,
        })
    }

    /// What AWS answered.
    ///
    /// # Errors
    /// What of it the attributes can't say, in words that go on after "The budget has ".
    pub(super) fn found(budget: &types::Budget) -> Result<Self, Vec<String>> {
        let mut unsaid = strange_parts(budget);
        let dimensions = budget.cost_filters.as_ref().map(filters::found).unwrap_or_default();
        unsaid.extend(filters::attributes(&dimensions).err().into_iter().flatten());
        let period = period(&budget.time_unit, &mut unsaid);
        let limit = limit(budget, &mut unsaid);
        let (metric, excluded) = counted(budget.cost_types.as_ref(), &mut unsaid);
        // A budget has either form; where an answer shows filters or cost types that mean
        // something, an expression beside them is only AWS's other way to say the same.
        let plain = dimensions.is_empty() && excluded.is_empty() && metric == Metric::Unblended;
        if plain && budget.filter_expression.is_some() {
            unsaid.push("a filter expression".to_owned());
        }
        match (limit, period, unsaid.is_empty()) {
            (Some(limit), Some(period), true) => {
                Ok(Self { limit, period, metric, excluded, filters: dimensions })
            }
            _ => Err(unsaid),
        }
    }

    /// The budget to send: `existing` with these settings, or a new one.
    ///
    /// `UpdateBudget` replaces everything, so what AWS or a person has set beyond these settings,
    /// such as an end date or a billing view, is sent back as it was found. Only the start goes
    /// when the period changes, since it belongs to the former period: AWS then begins with the
    /// present one.
    ///
    /// # Errors
    /// Never, as all required members are set.
    pub(super) fn budget(
        &self,
        name: &str,
        existing: Option<&types::Budget>,
    ) -> Result<types::Budget, BuildError> {
        let unit = match self.period {
            Period::Daily => types::TimeUnit::Daily,
            Period::Monthly => types::TimeUnit::Monthly,
            Period::Quarterly => types::TimeUnit::Quarterly,
            Period::Annually => types::TimeUnit::Annually,
        };
        let limit =
            types::Spend::builder().amount(self.limit.to_string()).unit(CURRENCY).build()?;
        let filters = self.filters.iter();
        let filters =
            filters.map(|(name, values)| (name.clone(), values.iter().cloned().collect()));
        let same_period = existing.is_some_and(|existing| existing.time_unit == unit);
        let mut time_period = existing.and_then(|existing| existing.time_period.clone());
        if let Some(time_period) = time_period.as_mut().filter(|_| !same_period) {
            time_period.start = None;
        }
        types::Budget::builder()
            .budget_name(name)
            .budget_type(types::BudgetType::Cost)
            .budget_limit(limit)
            .time_unit(unit)
            .set_time_period(time_period)
            .set_cost_filters(Some(filters.collect()))
            .cost_types(self.cost_types())
            .set_billing_view_arn(existing.and_then(|existing| existing.billing_view_arn.clone()))
            .build()
    }

    fn cost_types(&self) -> types::CostTypes {
        let mut cost_types = types::CostTypes::builder()
            .use_blended(self.metric == Metric::Blended)
            .use_amortized(self.metric == Metric::Amortized)
            .build();
        for (charge, included) in CHARGES {
            *included(&mut cost_types) = Some(!self.excluded.contains(&charge));
        }
        cost_types
    }
}

/// The kinds of charges that an attribute excludes; none when it is null.
///
/// # Errors
/// A bug of the provider's, when one isn't known.
pub(super) fn excluded(charges: &Attr<BTreeSet<Attr<Charge>>>) -> Result<BTreeSet<Charge>> {
    let name = "excluded_charges";
    if charges.is_null() {
        return Ok(BTreeSet::new());
    }
    charges.known(name)?.iter().map(|charge| charge.known(name).copied()).collect()
}

/// What a fixed budget of costs doesn't have.
fn strange_parts(budget: &types::Budget) -> Vec<String> {
    let mut unsaid = Vec::new();
    if budget.budget_type != types::BudgetType::Cost {
        unsaid
            .push(format!("the type {}, and only budgets of costs are alerts", budget.budget_type));
    }
    if budget.planned_budget_limits.as_ref().is_some_and(|planned| !planned.is_empty()) {
        unsaid.push("planned limits, one for each period".to_owned());
    }
    if budget.auto_adjust_data.is_some() {
        unsaid.push("a limit that adjusts itself".to_owned());
    }
    // AWS may name the metric beside the cost types that say the same.
    if !budget.metrics().is_empty() && budget.cost_types.is_none() {
        unsaid.push("metrics in place of cost types".to_owned());
    }
    unsaid
}

fn period(unit: &types::TimeUnit, unsaid: &mut Vec<String>) -> Option<Period> {
    let known = [
        (types::TimeUnit::Daily, Period::Daily),
        (types::TimeUnit::Monthly, Period::Monthly),
        (types::TimeUnit::Quarterly, Period::Quarterly),
        (types::TimeUnit::Annually, Period::Annually),
    ];
    let found = known.into_iter().find(|(known, _)| known == unit).map(|(_, period)| period);
    if found.is_none() {
        unsaid.push(format!("the period {unit}"));
    }
    found
}

fn limit(budget: &types::Budget, unsaid: &mut Vec<String>) -> Option<Amount> {
    let Some(limit) = &budget.budget_limit else {
        unsaid.push("no limit".to_owned());
        return None;
    };
    let amount = Amount::read(&limit.amount).filter(|_| limit.unit == CURRENCY);
    if amount.is_none() {
        unsaid.push(format!("a limit of {} {}", limit.amount, limit.unit));
    }
    amount
}

fn counted(
    cost_types: Option<&types::CostTypes>,
    unsaid: &mut Vec<String>,
) -> (Metric, BTreeSet<Charge>) {
    let Some(cost_types) = cost_types else { return (Metric::Unblended, BTreeSet::new()) };
    let blended = cost_types.use_blended.unwrap_or(false);
    let amortized = cost_types.use_amortized.unwrap_or(false);
    let metric = match (blended, amortized) {
        (false, false) => Metric::Unblended,
        (true, false) => Metric::Blended,
        (false, true) => Metric::Amortized,
        (true, true) => {
            unsaid.push("costs that are blended and amortized".to_owned());
            Metric::Unblended
        }
    };
    let mut cost_types = cost_types.clone();
    let excluded = CHARGES
        .into_iter()
        .filter(|(_, included)| *included(&mut cost_types) == Some(false))
        .map(|(charge, _)| charge)
        .collect();
    (metric, excluded)
}

#[cfg(test)]
mod tests;
