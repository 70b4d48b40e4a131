//! What AWS would refuse, and what it would accept and never do, found before anything is applied.
//!
//! Sources: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html>,
//! `API_budgets_CreateNotification.html` and `API_budgets_Budget.html` beside it, and the user guide's
//! <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>. Those of
//! each part stand in its file.

mod anomaly;
mod days;
mod filters;
mod limit;
mod subscribers;

use std::collections::BTreeMap;

use framework::{Attr, Diagnostics, Path, path};

use super::budget::lift::trigger;
use super::budget::triggers::Trigger;
use super::model::{Alert, Basis, Budget, Period, Threshold};
use crate::model::account;
use crate::model::checks::check_tags;

pub(super) use days::days;
pub(super) use subscribers::{topics_in_account, topics_in_partition};

/// Checks what is known of a configuration.
pub(super) fn validate(config: &Alert, diagnostics: &mut Diagnostics) {
    check_name(&config.name, diagnostics);
    if let Some(account) = config.account.as_known() {
        account::validate(&account.id, &path!(Alert => account), diagnostics);
    }
    check_tags(&config.tags, &path!(Alert => tags), diagnostics);
    if config.budget.is_null() && config.anomaly.is_null() {
        let detail = "The alert watches nothing: set `budget`, `anomaly` or both.";
        refuse(diagnostics, path!(Alert => budget), detail);
    }
    if let Some(budget) = config.budget.as_known() {
        check_budget(budget, diagnostics);
    }
    if let Some(anomaly) = config.anomaly.as_known() {
        anomaly::validate(anomaly, &path!(Alert => anomaly), diagnostics);
    }
    let own = config.account.as_known().and_then(|account| account.id.as_known());
    topics_in_account(config, own, diagnostics);
}

fn check_budget(budget: &Budget, diagnostics: &mut Diagnostics) {
    let at = path!(Alert => budget);
    limit::validate(budget, &at, diagnostics);
    filters::validate(&budget.filters, &at.attribute("filters"), diagnostics);
    if let Some(charges) = budget.excluded_charges.as_known()
        && charges.iter().any(Attr::is_null)
    {
        let detail = "One of the kinds of charges is null.";
        refuse(diagnostics, at.attribute("excluded_charges"), detail);
    }
    subscribers::validate(budget, &at, diagnostics);
    check_thresholds(budget, &at.attribute("thresholds"), diagnostics);
}

/// Adds an error about the attribute at the end of `path`. The detail names the path, since
/// Terraform shows no more than the resource for what is inside an attribute.
fn refuse(diagnostics: &mut Diagnostics, path: Path, detail: impl Into<String>) {
    let detail = format!("`{path}`: {}", detail.into());
    let summary = match path.steps().last() {
        Some(framework::Step::Attribute(name) | framework::Step::Key(name)) => {
            format!("Invalid value for `{name}`")
        }
        Some(framework::Step::Index(_)) | None => "Invalid value".to_owned(),
    };
    diagnostics.error(path, summary, detail);
}

/// AWS's rule for the names of budgets, apart from what the schema says.
fn check_name(name: &Attr<String>, diagnostics: &mut Diagnostics) {
    let Some(name) = name.as_known() else { return };
    let small = name.to_ascii_lowercase();
    if name.contains("/action/") {
        let detail = "AWS refuses names of budgets that hold `/action/`.";
        refuse(diagnostics, path!(Alert => name), detail);
    }
    if small.contains("<script>") {
        let detail = "AWS refuses names of budgets that hold `<script>`.";
        refuse(diagnostics, path!(Alert => name), detail);
    }
}

fn check_thresholds(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<Trigger, &String> = BTreeMap::new();
    for (key, threshold) in budget.thresholds.as_known().into_iter().flatten() {
        let at = at.key(key);
        let threshold = match threshold {
            Attr::Known(threshold) => threshold,
            Attr::Unknown => continue,
            Attr::Null => {
                refuse(diagnostics, at, "The threshold is null.");
                continue;
            }
        };
        check_amount(threshold, &at, diagnostics);
        check_forecast(threshold, budget, &at, diagnostics);
        subscribers::check_somebody_is_told(threshold, budget, &at, diagnostics);
        let Some(trigger) = trigger(threshold) else { continue };
        if let Some(first) = seen.insert(trigger, key) {
            let detail = format!(
                "`{key}` rings at the same point as `{first}`: {trigger}. AWS allows each point once; tell both groups of people in one threshold."
            );
            refuse(diagnostics, at, detail);
        }
    }
}

fn check_amount(threshold: &Threshold, at: &Path, diagnostics: &mut Diagnostics) {
    match (&threshold.percent, &threshold.usd) {
        (Attr::Null, Attr::Null) => {
            refuse(diagnostics, at.clone(), "Either `percent` or `usd` must be set.");
        }
        (Attr::Known(_), Attr::Known(_)) => {
            let detail = "Either `percent` or `usd` can be set, not both.";
            refuse(diagnostics, at.attribute("usd"), detail);
        }
        // An unknown value may still become null.
        (Attr::Unknown | Attr::Known(_), _) | (_, Attr::Unknown | Attr::Known(_)) => {}
    }
}

fn check_forecast(
    threshold: &Threshold,
    budget: &Budget,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    if threshold.basis.as_known() == Some(&Basis::Forecast)
        && budget.period.as_known() == Some(&Period::Daily)
    {
        let detail = "AWS makes no forecast for daily budgets. Compare the `actual` cost, or take a longer `period`.";
        refuse(diagnostics, at.attribute("basis"), detail);
    }
}

#[cfg(test)]
mod tests;
