//! Notifications from the attributes, and the attributes from what AWS has.
//!
//! On the way back what the user wrote is kept wherever it says the same: the names of thresholds,
//! who is told by the budget and not by the threshold, the spelling of a number.

use std::collections::{BTreeMap, BTreeSet};

use framework::{Attr, Error, Result};

use super::amount::Amount;
use super::filters::{self, attribute, texts};
use super::model::{Basis, Budget, Texts, Threshold};
use super::settings::{self, Settings};
use super::triggers::{Subscriber, Subscribers, Trigger, Triggers, Unit};

/// The notifications that the attributes ask for.
///
/// # Errors
/// A bug of the provider's, when a value isn't known or was not found wrong before.
pub(super) fn triggers(budget: &Budget) -> Result<Triggers> {
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
pub(super) fn trigger(threshold: &Threshold) -> Option<Trigger> {
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
    let topics = topics.into_iter().map(Subscriber::Topic);
    Ok(topics.chain(emails.into_iter().map(Subscriber::Email)).collect())
}

fn own_or_default(own: &Attr<Texts>, default: &Attr<Texts>) -> Result<BTreeSet<String>> {
    texts(if own.is_null() { default } else { own }, "subscribers")
}

/// The attributes that say what AWS has, as they were in `base` where that says the same.
///
/// Without `settings`, which is a budget that the attributes can't say, those of `base` stay.
///
/// # Errors
/// A bug of the provider's, when a value of `base` isn't known.
pub(super) fn budget(
    base: &Budget,
    settings: Option<&Settings>,
    found: &Triggers,
) -> Result<Budget> {
    let mut budget = base.clone();
    if let Some(settings) = settings {
        let limit = settings.limit;
        keep(&mut budget.limit_usd, |usd| Amount::new(*usd) == limit, limit.number());
        budget.period = Attr::Known(settings.period);
        budget.metric = Attr::Known(settings.metric);
        if settings::excluded(&base.excluded_charges)? != settings.excluded {
            let excluded = settings.excluded.iter().copied().map(Attr::Known);
            budget.excluded_charges = Attr::Known(excluded.collect());
        }
        if filters::dimensions(&base.filters)? != settings.filters {
            budget.filters = filters::attributes(&settings.filters).map_err(|unsaid| {
                Error::provider_bug(format!("filters passed for sayable: {}", unsaid.join("; ")))
            })?;
        }
    }
    budget.thresholds = Attr::Known(thresholds(base, found)?);
    Ok(budget)
}

fn keep<T>(attribute: &mut Attr<T>, is_same: impl Fn(&T) -> bool, found: T) {
    if !attribute.as_known().is_some_and(is_same) {
        *attribute = Attr::Known(found);
    }
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
    let (mut topics, mut emails) = (BTreeSet::new(), BTreeSet::new());
    for subscriber in told {
        match subscriber {
            Subscriber::Topic(arn) => topics.insert(arn),
            Subscriber::Email(address) => emails.insert(address),
        };
    }
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
