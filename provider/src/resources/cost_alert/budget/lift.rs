//! Notifications from the attributes, and the attributes from what AWS has.
//!
//! On the way back what the user wrote is kept wherever it says the same: the names of thresholds,
//! who is told by the budget and not by the threshold, the spelling of a number.

use std::collections::{BTreeMap, BTreeSet};

use framework::{Attr, Error, Result};
use jiff::civil::Date;

use super::calendar;
use super::counting::{self, Counting, Filter};
use super::filters;
use super::limit::Limit;
use super::settings::Settings;
use super::triggers::{Trigger, Triggers, Unit};
use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::{Basis, Budget, Period, Texts, Threshold};
use crate::resources::cost_alert::subscriber::{Subscribers, all, apart};
use crate::resources::cost_alert::texts::{attribute, texts};

/// The notifications that the attributes ask for.
///
/// # Errors
/// A bug of the provider's, when a value isn't known or was not found wrong before.
pub(in super::super) fn triggers(budget: &Budget) -> Result<Triggers> {
    let thresholds = budget.thresholds.known("thresholds")?;
    thresholds
        .iter()
        .map(|(key, threshold)| {
            let threshold = threshold.known(key)?;
            let trigger = trigger(threshold).ok_or_else(|| {
                Error::provider_bug(format!("the threshold `{key}` has no amount"))
            })?;
            Ok((trigger, told(threshold, budget)?))
        })
        .collect()
}

/// The point of a threshold, when it is known.
pub(in super::super) fn trigger(threshold: &Threshold) -> Option<Trigger> {
    let (unit, above) = match (&threshold.percent, &threshold.usd) {
        (Attr::Known(percent), Attr::Null) => (Unit::Percent, percent),
        (Attr::Null, Attr::Known(usd)) => (Unit::Usd, usd),
        _ => return None,
    };
    let basis = match threshold.basis {
        // The configuration has null where the default is meant.
        Attr::Null => Basis::Actual,
        Attr::Known(basis) => basis,
        Attr::Unknown => return None,
    };
    Some(Trigger { basis, unit, above: Amount::new(*above) })
}

/// Who is told of a threshold: those that it names, and else those that the budget names.
fn told(threshold: &Threshold, budget: &Budget) -> Result<Subscribers> {
    let topics = own_or_default(&threshold.topic_arns, &budget.topic_arns)?;
    let emails = own_or_default(&threshold.emails, &budget.emails)?;
    Ok(all(topics, emails))
}

fn own_or_default(own: &Attr<Texts>, default: &Attr<Texts>) -> Result<BTreeSet<String>> {
    texts(if own.is_null() { default } else { own }, "subscribers")
}

/// The attributes that say what AWS has on the day `today`, as they were in `base` where that says
/// the same.
///
/// Without `settings`, which is a budget that the attributes can't say, those of `base` stay.
///
/// # Errors
/// A bug of the provider's, when a value of `base` isn't known.
pub(in super::super) fn budget(
    base: &Budget,
    settings: Option<&Settings>,
    found: &Triggers,
    today: Date,
) -> Result<Budget> {
    let mut budget = base.clone();
    if let Some(settings) = settings {
        set_limit(&mut budget, settings, today);
        budget.period = Attr::Known(settings.period);
        set_span(&mut budget, settings);
        set_counting(&mut budget, &settings.counting)?;
    }
    budget.thresholds = Attr::Known(thresholds(base, found)?);
    Ok(budget)
}

fn set_limit(budget: &mut Budget, found: &Settings, today: Date) {
    let periods = calendar::planned_periods(found.period, found.start, found.end, today);
    let before = Limit::of(budget).ok();
    // What lies behind needs no words, and neither does a plan that is used up.
    if before.is_some_and(|before| before.is_met_by(&found.limit, &periods)) {
        return;
    }
    let Budget { limit_usd, planned_limits_usd, auto_adjust, .. } = budget;
    (*limit_usd, *planned_limits_usd, *auto_adjust) = (Attr::Null, Attr::Null, Attr::Null);
    match &found.limit {
        Limit::Fixed(amount) => *limit_usd = Attr::Known(amount.number()),
        Limit::Planned(planned) => *planned_limits_usd = planned.attribute(),
        Limit::Adjusted(adjustment) => *auto_adjust = adjustment.attribute(),
    }
}

/// A start that nobody declared is AWS's own, except in a custom period.
fn set_span(budget: &mut Budget, found: &Settings) {
    let text = |day: Option<Date>| Attr::from(day.map(|day| day.to_string()));
    if found.period == Period::Custom || !budget.start.is_null() {
        budget.start = text(found.start);
    }
    budget.end = text(found.end);
}

fn set_counting(budget: &mut Budget, found: &Counting) -> Result<()> {
    budget.metric = Attr::Known(found.metric);
    if counting::excluded(&budget.excluded_charges)? != found.excluded {
        let excluded = found.excluded.iter().copied().map(Attr::Known);
        budget.excluded_charges = Attr::Known(excluded.collect());
    }
    if Counting::of(budget).is_ok_and(|before| before.filter == found.filter) {
        return Ok(());
    }
    (budget.filters, budget.expression) = match &found.filter {
        Filter::Lists(dimensions) => {
            let lists = filters::attributes(dimensions).map_err(|unsaid| {
                Error::provider_bug(format!("filters passed for sayable: {}", unsaid.join("; ")))
            })?;
            (lists, Attr::Null)
        }
        Filter::Expression(expression) => (Attr::Null, Attr::Known(expression.text())),
    };
    Ok(())
}

/// The thresholds under the user's names: first those whose point is unchanged; then, when one name
/// and one notification are left over, they belong together; the rest get names made from what they
/// are.
fn thresholds(base: &Budget, found: &Triggers) -> Result<BTreeMap<String, Attr<Threshold>>> {
    let mut left = found.clone();
    let mut named = BTreeMap::new();
    let mut missing = Vec::new();
    for (key, before) in base.thresholds.as_known().into_iter().flatten() {
        let before = before.known(key)?;
        match trigger(before).and_then(|trigger| left.remove_entry(&trigger)) {
            Some((trigger, told)) => {
                named.insert(key.clone(), threshold(trigger, told, Some(before), base)?);
            }
            None => missing.push((key, before)),
        }
    }
    if let ([(key, before)], 1) = (missing.as_slice(), left.len())
        && let Some((trigger, told)) = left.pop_first()
    {
        named.insert((*key).clone(), threshold(trigger, told, Some(before), base)?);
    }
    for (trigger, told) in left {
        let mut key = made_up_key(trigger);
        while named.contains_key(&key) {
            key.push('_');
        }
        named.insert(key, threshold(trigger, told, None, base)?);
    }
    Ok(named)
}

fn made_up_key(trigger: Trigger) -> String {
    let basis = match trigger.basis {
        Basis::Actual => "actual",
        Basis::Forecast => "forecast",
    };
    let unit = match trigger.unit {
        Unit::Percent => "percent",
        Unit::Usd => "usd",
    };
    format!("{basis}_{}_{unit}", trigger.above)
}

fn threshold(
    trigger: Trigger,
    told: Subscribers,
    before: Option<&Threshold>,
    base: &Budget,
) -> Result<Attr<Threshold>> {
    let (topics, emails) = apart(told);
    let above = Attr::Known(trigger.above.number());
    let (percent, usd) = match trigger.unit {
        Unit::Percent => (above, Attr::Null),
        Unit::Usd => (Attr::Null, above),
    };
    Ok(Attr::Known(Threshold {
        percent,
        usd,
        basis: Attr::Known(trigger.basis),
        topic_arns: own(topics, before.map(|before| &before.topic_arns), &base.topic_arns)?,
        emails: own(emails, before.map(|before| &before.emails), &base.emails)?,
    }))
}

/// A threshold's own set: as it was while it comes to the same, else what was found. Where the
/// budget tells somebody, only an empty set, and not null, tells nobody.
fn own(
    found: BTreeSet<String>,
    before: Option<&Attr<Texts>>,
    default: &Attr<Texts>,
) -> Result<Attr<Texts>> {
    if let Some(before) = before
        && own_or_default(before, default)? == found
    {
        return Ok(before.clone());
    }
    let nobody_by_default = texts(default, "subscribers")?.is_empty();
    Ok(if found.is_empty() && nobody_by_default { Attr::Null } else { attribute(found) })
}

#[cfg(test)]
mod tests;
