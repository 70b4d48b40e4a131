//! A budget's limit, its period, and how costs are counted.
//!
//! Sources: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>,
//! and `API_budgets_CreateBudget.html`, `API_budgets_AutoAdjustData.html` and
//! `API_budgets_HistoricalOptions.html` beside it. That a custom period has a start and an end says
//! the user guide, <https://docs.aws.amazon.com/cost-management/latest/userguide/create-cost-budget.html>.

use framework::{Attr, Diagnostics, Path};
use jiff::civil::Date;

use super::refuse;
use crate::resources::cost_alert::budget::expression::Expression;
use crate::resources::cost_alert::budget::{calendar, is_net};
use crate::resources::cost_alert::model::{AdjustmentBasis, AutoAdjust, Budget, Period};

/// Most and least of a limit, as the schema has them for a fixed one.
const LIMITS: std::ops::RangeInclusive<f64> = 0.01..=15e12;

/// Checks what is known of the limit, the period and the counting.
pub(super) fn validate(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    check_one_limit(budget, at, diagnostics);
    check_planned(budget, &at.attribute("planned_limits_usd"), diagnostics);
    if let Some(adjust) = budget.auto_adjust.as_known() {
        check_adjustment(adjust, budget, &at.attribute("auto_adjust"), diagnostics);
    }
    check_span(budget, at, diagnostics);
    check_counting(budget, at, diagnostics);
}

/// AWS takes one of the three.
fn check_one_limit(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    let limits = [
        ("limit_usd", budget.limit_usd.is_null(), budget.limit_usd.is_unknown()),
        (
            "planned_limits_usd",
            budget.planned_limits_usd.is_null(),
            budget.planned_limits_usd.is_unknown(),
        ),
        ("auto_adjust", budget.auto_adjust.is_null(), budget.auto_adjust.is_unknown()),
    ];
    if limits.iter().all(|(_, is_null, _)| *is_null) {
        let detail = "One of `limit_usd`, `planned_limits_usd` and `auto_adjust` must be set.";
        refuse(diagnostics, at.attribute("limit_usd"), detail);
    }
    // An unknown value may still become null.
    let set = limits.iter().filter(|(_, is_null, is_unknown)| !is_null && !is_unknown);
    if let [first, second, ..] = set.collect::<Vec<_>>().as_slice() {
        let detail = format!("`{}` is set as well, and a budget has one limit.", first.0);
        refuse(diagnostics, at.attribute(second.0), detail);
    }
}

fn check_planned(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    let Some(planned) = budget.planned_limits_usd.as_known() else { return };
    let period = period(budget);
    let months = period.map(calendar::planned);
    if months == Some(None) {
        let detail = "AWS plans the limits of monthly and quarterly budgets alone.";
        refuse(diagnostics, at.clone(), detail);
    }
    for (key, limit) in planned {
        let at = at.key(key);
        match (calendar::month(key), months.flatten()) {
            (None, _) => {
                let detail =
                    "The key must be a month such as `2027-01`, from which the limit holds.";
                refuse(diagnostics, at.clone(), detail);
            }
            (Some(first), Some((months, _))) if calendar::first_of(months, first) != first => {
                let detail =
                    "The key must be the first month of a quarter: `01`, `04`, `07` or `10`.";
                refuse(diagnostics, at.clone(), detail);
            }
            (Some(_), _) => {}
        }
        if limit.is_null() {
            refuse(diagnostics, at.clone(), "The limit is null.");
        }
        if limit.as_known().is_some_and(|limit| !LIMITS.contains(limit)) {
            let detail = "The limit must be at least 0.01 and at most 15000000000000.";
            refuse(diagnostics, at, detail);
        }
    }
}

fn check_adjustment(
    adjust: &AutoAdjust,
    budget: &Budget,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    let period = period(budget);
    if period == Some(Period::Custom) {
        let detail = "A custom period comes once, so that its limit can't be adjusted to it.";
        refuse(diagnostics, at.clone(), detail);
    }
    let at = at.attribute("lookback");
    match (adjust.basis.as_known(), &adjust.lookback) {
        (Some(AdjustmentBasis::Historical), Attr::Null) => {
            refuse(diagnostics, at.clone(), "`historical` needs to know of how many periods.");
        }
        (Some(AdjustmentBasis::Forecast), Attr::Known(_)) => {
            refuse(diagnostics, at.clone(), "`forecast` looks ahead: leave `lookback` out.");
        }
        _ => {}
    }
    let Some((most, periods)) = period.and_then(most_periods) else { return };
    if adjust.lookback.as_known().is_some_and(|lookback| *lookback > most) {
        let detail = format!("AWS looks back at most {most} {periods}.");
        refuse(diagnostics, at, detail);
    }
}

/// How far back an average may go.
fn most_periods(period: Period) -> Option<(u32, &'static str)> {
    match period {
        Period::Daily => Some((60, "days")),
        Period::Monthly => Some((12, "months")),
        Period::Quarterly => Some((4, "quarters")),
        Period::Annually => Some((1, "year")),
        Period::Custom => None,
    }
}

fn check_span(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    for (name, attribute) in [("start", &budget.start), ("end", &budget.end)] {
        let at = at.attribute(name);
        // What has another shape is refused by the schema.
        if attribute.is_null() && period(budget) == Some(Period::Custom) {
            refuse(diagnostics, at, "A custom period needs a `start` and an `end`.");
        } else if attribute
            .as_known()
            .is_some_and(|text| calendar::has_shape(text) && calendar::day(text).is_none())
        {
            refuse(diagnostics, at, "There is no such day.");
        }
    }
    let end = day(&budget.end);
    if let (Some(start), Some(end)) = (day(&budget.start), end)
        && start >= end
    {
        refuse(diagnostics, at.attribute("end"), "The end must come after the start.");
    }
    if end.is_some_and(|end| end >= calendar::NO_END) {
        let detail = "AWS takes ends before 2087-06-15, which is what a budget without an end has.";
        refuse(diagnostics, at.attribute("end"), detail);
    }
}

fn check_counting(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    let excludes = budget.excluded_charges.as_known().is_some_and(|charges| !charges.is_empty());
    let at_charges = at.attribute("excluded_charges");
    if excludes && budget.metric.as_known().is_some_and(|metric| is_net(*metric)) {
        let detail = "A budget with a net metric has no list of excluded charges. Say it in an `expression`: `Not` of the dimension `RECORD_TYPE` with values such as `Credit` and `Refund`.";
        refuse(diagnostics, at_charges.clone(), detail);
    }
    let Some(text) = budget.expression.as_known() else { return };
    let at = at.attribute("expression");
    if excludes {
        let detail = "A budget with an `expression` has no list of excluded charges: let the expression say it, as `Not` of the dimension `RECORD_TYPE`.";
        refuse(diagnostics, at_charges, detail);
    }
    if budget.filters.as_known().is_some() {
        refuse(diagnostics, at.clone(), "A budget has `filters` or an `expression`, not both.");
    }
    if let Err(problem) = Expression::read(text) {
        refuse(diagnostics, at, format!("{problem}."));
    }
}

fn day(attribute: &Attr<String>) -> Option<Date> {
    attribute.as_known().and_then(|text| calendar::day(text))
}

/// The period, monthly where nothing is said; `None` while it isn't known.
fn period(budget: &Budget) -> Option<Period> {
    match &budget.period {
        Attr::Null => Some(Period::Monthly),
        Attr::Unknown => None,
        Attr::Known(period) => Some(*period),
    }
}

#[cfg(test)]
mod tests;
