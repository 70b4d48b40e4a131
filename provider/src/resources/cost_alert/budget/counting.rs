//! Which costs a budget counts, and how: in either of AWS's two forms.

#![expect(
    deprecated,
    reason = "cost filters and cost types are what budgets have that were made before 2025, and by most tools since (docs/decisions/014)"
)]

use std::collections::BTreeSet;

use aws_sdk_budgets::error::BuildError;
use aws_sdk_budgets::types;
use aws_sdk_budgets::types::builders::BudgetBuilder;
use framework::{Attr, Error, Result};

use super::expression::{self, Expression};
use super::filters::{self, Dimensions};
use crate::resources::cost_alert::model::{Budget, Charge, Metric};

/// Which costs count, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counting {
    pub(super) metric: Metric,
    pub(super) excluded: BTreeSet<Charge>,
    pub(super) filter: Filter,
    /// Whether it is said with an expression though filters could.
    is_written: bool,
}

/// Which costs count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    /// Those that fit all filters; all of them without any.
    Lists(Dimensions),
    /// Those that an expression lets through which no filters could say.
    Expression(Expression),
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

impl Filter {
    /// An expression, as lists where those can say it.
    pub(super) fn of_expression(expression: Expression) -> Self {
        filters::of_expression(&expression).map_or(Self::Expression(expression), Self::Lists)
    }

    fn expression(&self) -> Option<Expression> {
        match self {
            Self::Lists(dimensions) => filters::expression(dimensions),
            Self::Expression(expression) => Some(expression.clone()),
        }
    }
}

impl Counting {
    /// Filters, and charges that don't count.
    #[cfg(test)]
    pub(super) fn plain(metric: Metric, excluded: BTreeSet<Charge>, filters: Dimensions) -> Self {
        Self { metric, excluded, filter: Filter::Lists(filters), is_written: false }
    }

    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known or was not found wrong before.
    pub(super) fn of(budget: &Budget) -> Result<Self> {
        let filter = match &budget.expression {
            Attr::Null => Filter::Lists(filters::dimensions(&budget.filters)?),
            written @ (Attr::Unknown | Attr::Known(_)) => {
                let read = Expression::read(written.known("expression")?);
                Filter::of_expression(read.map_err(Error::provider_bug)?)
            }
        };
        Ok(Self {
            metric: *budget.metric.known("metric")?,
            excluded: excluded(&budget.excluded_charges)?,
            filter,
            is_written: !budget.expression.is_null(),
        })
    }

    /// What AWS answered. What of it can't be said is added to `unsaid`, in words that go on after
    /// "The budget has ".
    pub(super) fn found(budget: &types::Budget, unsaid: &mut Vec<String>) -> Self {
        if is_by_expression(budget) {
            return Self::found_expression(budget, unsaid);
        }
        let dimensions = budget.cost_filters.as_ref().map(filters::found).unwrap_or_default();
        unsaid.extend(filters::attributes(&dimensions).err().into_iter().flatten());
        let (metric, excluded) = counted(budget.cost_types.as_ref(), unsaid);
        Self { metric, excluded, filter: Filter::Lists(dimensions), is_written: false }
    }

    fn found_expression(budget: &types::Budget, unsaid: &mut Vec<String>) -> Self {
        let metric = match budget.metrics() {
            [] => Some(Metric::Unblended),
            [one] => METRICS.into_iter().find(|(_, named)| named == one).map(|(metric, _)| metric),
            _ => None,
        };
        if metric.is_none() {
            let named: Vec<&str> = budget.metrics().iter().map(types::Metric::as_str).collect();
            unsaid.push(format!("the metric {}", named.join(", ")));
        }
        let filter = match budget.filter_expression.as_ref().map(expression::found) {
            None => Filter::Lists(Dimensions::new()),
            Some(Some(expression)) => Filter::of_expression(expression),
            Some(None) => {
                unsaid.push("an expression with members that have no attribute here".to_owned());
                Filter::Lists(Dimensions::new())
            }
        };
        let metric = metric.unwrap_or(Metric::Unblended);
        Self { metric, excluded: BTreeSet::new(), filter, is_written: true }
    }

    /// Whether a budget that counts as `found` needs no change. In which form it is said means nothing.
    pub(super) fn is_met_by(&self, found: &Self) -> bool {
        let parts =
            |counting: &Self| (counting.metric, counting.excluded.clone(), counting.filter.clone());
        parts(self) == parts(found)
    }

    /// Sets it in a budget to send, in the older form unless that can't say it. A budget that has
    /// the newer form keeps it where that can.
    ///
    /// # Errors
    /// Never, as all required members are set.
    pub(super) fn set(
        &self,
        budget: BudgetBuilder,
        existing: Option<&types::Budget>,
    ) -> Result<BudgetBuilder, BuildError> {
        let (is_older, named) = by_metric(self.metric);
        let needs_newer = !is_older || self.is_written;
        let keeps_newer = existing.is_some_and(is_by_expression) && self.excluded.is_empty();
        if let (Filter::Lists(dimensions), false) = (&self.filter, needs_newer || keeps_newer) {
            let filters = dimensions.iter();
            let filters =
                filters.map(|(name, values)| (name.clone(), values.iter().cloned().collect()));
            return Ok(budget
                .set_cost_filters(Some(filters.collect()))
                .cost_types(self.cost_types()));
        }
        let expression = self.filter.expression();
        let expression = expression.as_ref().map(expression::sent).transpose()?;
        // Never without a metric: AWS takes that, and can't draw the budget then
        // (<https://github.com/hashicorp/terraform-provider-aws/issues/46866>).
        Ok(budget.set_filter_expression(expression).metrics(named))
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

/// AWS's names of metrics of costs
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>, `Metrics`).
const METRICS: [(Metric, types::Metric); 5] = [
    (Metric::Unblended, types::Metric::UnblendedCost),
    (Metric::Blended, types::Metric::BlendedCost),
    (Metric::Amortized, types::Metric::AmortizedCost),
    (Metric::NetUnblended, types::Metric::NetUnblendedCost),
    (Metric::NetAmortized, types::Metric::NetAmortizedCost),
];

/// Whether cost types can say a metric, and its name in the newer form.
fn by_metric(metric: Metric) -> (bool, types::Metric) {
    match metric {
        Metric::Unblended => (true, types::Metric::UnblendedCost),
        Metric::Blended => (true, types::Metric::BlendedCost),
        Metric::Amortized => (true, types::Metric::AmortizedCost),
        Metric::NetUnblended => (false, types::Metric::NetUnblendedCost),
        Metric::NetAmortized => (false, types::Metric::NetAmortizedCost),
    }
}

/// Whether a metric is one that cost types can't say.
pub(in super::super) fn is_net(metric: Metric) -> bool {
    !by_metric(metric).0
}

/// Whether a budget has the newer form. Where an answer shows filters or cost types that mean
/// something, an expression beside them is only AWS's other way to say the same.
fn is_by_expression(budget: &types::Budget) -> bool {
    let has_net =
        |one: &types::Metric| METRICS.iter().any(|(metric, named)| named == one && is_net(*metric));
    if budget.metrics().iter().any(has_net) {
        return true;
    }
    let has_filters =
        budget.cost_filters.as_ref().is_some_and(|found| !filters::found(found).is_empty());
    let is_plain = counted(budget.cost_types.as_ref(), &mut Vec::new())
        == (Metric::Unblended, BTreeSet::new());
    let has_newer = budget.filter_expression.is_some()
        || (budget.cost_types.is_none() && !budget.metrics().is_empty());
    has_newer && is_plain && !has_filters
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
