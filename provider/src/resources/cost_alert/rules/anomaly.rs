//! An anomaly watch: what is watched, from which size on, and who can be told how often.
//!
//! Sources: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_AnomalyMonitor.html>
//! (one key for a tag or category, ten accounts or tag values, one value of a category),
//! `API_AnomalySubscription.html` beside it (sizes; `IMMEDIATE` tells topics, `DAILY` and `WEEKLY`
//! addresses), and AWS's answers to what breaks the latter: "Immediate frequencies only support
//! `SNSTopic` subscriptions", "Daily or weekly frequencies only support Email subscriptions". That one
//! topic or ten addresses are told says
//! <https://aws.amazon.com/aws-cost-management/aws-cost-anomaly-detection/faqs/>.

use std::collections::BTreeMap;

use framework::{Attr, Diagnostics, Path};

use super::{filters, refuse, subscribers};
use crate::resources::cost_alert::model::{
    Anomaly, AnomalyFilter, Frequency, Match, Texts, WatchedBy,
};

/// Most values of one tag.
const MOST_TAG_VALUES: usize = 10;

/// Checks what is known of the watch.
pub(super) fn validate(anomaly: &Anomaly, at: &Path, diagnostics: &mut Diagnostics) {
    check_watched(anomaly, at, diagnostics);
    if let Some(filter) = anomaly.filter.as_known() {
        check_filter(filter, &at.attribute("filter"), diagnostics);
    }
    check_sizes(anomaly, at, diagnostics);
    subscribers::check(&anomaly.topic_arns, &anomaly.emails, at, diagnostics);
    check_frequency(anomaly, at, diagnostics);
}

fn check_watched(anomaly: &Anomaly, at: &Path, diagnostics: &mut Diagnostics) {
    // Without it that is the default.
    let Some(by) = known_or(&anomaly.by, WatchedBy::Service) else { return };
    let (needs_key, needs_filter) = match by {
        WatchedBy::Service | WatchedBy::Account => (false, false),
        WatchedBy::Tag | WatchedBy::CostCategory => (true, false),
        WatchedBy::Filter => (false, true),
    };
    check_need(
        (needs_key, &anomaly.key),
        at.attribute("key"),
        "`tag` needs the tag's key and `cost_category` the category's name.",
        "Only `tag` and `cost_category` have a key.",
        diagnostics,
    );
    check_need(
        (needs_filter, &anomaly.filter),
        at.attribute("filter"),
        "`filter` needs to know what to let through.",
        "Only `by = \"filter\"` has a filter.",
        diagnostics,
    );
    let is_tag = by == WatchedBy::Tag;
    if let Some(key) = anomaly.key.as_known().filter(|key| needs_key && !key.is_empty())
        && let Some(problem) = filters::key_problem(key, is_tag)
    {
        refuse(diagnostics, at.attribute("key"), problem);
    }
}

fn check_need<T>(
    (is_needed, attribute): (bool, &Attr<T>),
    at: Path,
    missing: &str,
    useless: &str,
    diagnostics: &mut Diagnostics,
) {
    if is_needed && attribute.is_null() {
        refuse(diagnostics, at, missing);
    } else if !is_needed && attribute.as_known().is_some() {
        refuse(diagnostics, at, useless);
    }
}

fn check_filter(filter: &AnomalyFilter, at: &Path, diagnostics: &mut Diagnostics) {
    let AnomalyFilter { linked_accounts, tags, cost_categories } = filter;
    let nulls = [linked_accounts.is_null(), tags.is_null(), cost_categories.is_null()];
    let known = [
        linked_accounts.as_known().is_some(),
        tags.as_known().is_some(),
        cost_categories.as_known().is_some(),
    ];
    if nulls.iter().all(|is_null| *is_null) || known.iter().filter(|known| **known).count() > 1 {
        let detail = "One of `linked_accounts`, `tags` and `cost_categories` must be set: AWS combines none of them.";
        refuse(diagnostics, at.clone(), detail);
    }
    let at_accounts = at.attribute("linked_accounts");
    filters::check_values(linked_accounts, &at_accounts, false, diagnostics);
    filters::check_accounts(linked_accounts, &at_accounts, diagnostics);
    filters::check_map(tags, &at.attribute("tags"), true, diagnostics);
    check_count(tags, MOST_TAG_VALUES, &at.attribute("tags"), diagnostics);
    let at_categories = at.attribute("cost_categories");
    filters::check_map(cost_categories, &at_categories, false, diagnostics);
    check_count(cost_categories, 1, &at_categories, diagnostics);
}

fn check_count(
    map: &Attr<BTreeMap<String, Attr<Texts>>>,
    most: usize,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    for (key, values) in map.as_known().into_iter().flatten() {
        let count = values.as_known().map_or(0, Texts::len);
        if count > most {
            let values = if most == 1 { "value" } else { "values" };
            let detail =
                format!("AWS watches at most {most} {values} as one sum, and here are {count}.");
            refuse(diagnostics, at.key(key), detail);
        }
    }
}

fn check_sizes(anomaly: &Anomaly, at: &Path, diagnostics: &mut Diagnostics) {
    let (usd, percent) = (&anomaly.at_least_usd, &anomaly.at_least_percent);
    if usd.is_null() && percent.is_null() {
        let detail = "`at_least_usd`, `at_least_percent` or both must be set: without a size AWS takes no subscription.";
        refuse(diagnostics, at.attribute("at_least_usd"), detail);
    }
    let is_alone = usd.is_null() != percent.is_null() && !usd.is_unknown() && !percent.is_unknown();
    if is_alone && anomaly.r#match.as_known() == Some(&Match::Any) {
        let detail = "`any` of two sizes, and there is one: set the other, or leave `match` out.";
        refuse(diagnostics, at.attribute("match"), detail);
    }
}

fn check_frequency(anomaly: &Anomaly, at: &Path, diagnostics: &mut Diagnostics) {
    let Some(frequency) = known_or(&anomaly.frequency, Frequency::Immediate) else { return };
    let topics = (&anomaly.topic_arns, at.attribute("topic_arns"));
    let emails = (&anomaly.emails, at.attribute("emails"));
    let is_immediate = frequency == Frequency::Immediate;
    let (told, spared) = if is_immediate { (topics, emails) } else { (emails, topics) };
    let is_empty = |set: &Attr<Texts>| set.is_null() || set.as_known().is_some_and(Texts::is_empty);
    if is_empty(told.0) {
        let detail = if is_immediate {
            "Nobody is told. `immediate` tells a topic: name one, or choose `daily` or `weekly` for e-mails."
        } else {
            "Nobody is told. `daily` and `weekly` send e-mails: name an address, or choose `immediate` for a topic."
        };
        refuse(diagnostics, told.1, detail);
    }
    if spared.0.as_known().is_some_and(|set| !set.is_empty()) {
        let detail = if is_immediate {
            "AWS tells no address immediately. Choose `daily` or `weekly`, or subscribe the address to the topic."
        } else {
            "AWS tells no topic daily or weekly. Choose `immediate`."
        };
        refuse(diagnostics, spared.1, detail);
    }
}

/// What is known, with the default in the place of null.
fn known_or<T: Copy>(attribute: &Attr<T>, default: T) -> Option<T> {
    match attribute {
        Attr::Null => Some(default),
        Attr::Unknown => None,
        Attr::Known(value) => Some(*value),
    }
}

#[cfg(test)]
mod tests;
