//! Filters that would be refused, or silently count nothing.

use std::collections::BTreeMap;

use framework::{Attr, Diagnostics, Path};

use super::refuse;
use crate::aws::AccountId;
use crate::resources::cost_alert::budget::filters::{BETWEEN, OF_AWS, plain_attributes};
use crate::resources::cost_alert::model::{Filters, Texts};

/// Checks what is known of the filters. That a set isn't empty is the schema's rule.
pub(super) fn validate(filters: &Attr<Filters>, at: &Path, diagnostics: &mut Diagnostics) {
    let Some(filters) = filters.as_known() else { return };
    for (name, values) in plain_attributes(filters) {
        check_values(values, &at.attribute(name), false, diagnostics);
    }
    check_accounts(&filters.linked_accounts, &at.attribute("linked_accounts"), diagnostics);
    check_map(&filters.tags, &at.attribute("tags"), true, diagnostics);
    check_map(&filters.cost_categories, &at.attribute("cost_categories"), false, diagnostics);
}

/// Checks the ids of accounts.
pub(super) fn check_accounts(accounts: &Attr<Texts>, at: &Path, diagnostics: &mut Diagnostics) {
    for account in accounts.as_known().into_iter().flatten() {
        if let Some(Err(problem)) = account.as_known().map(|id| id.parse::<AccountId>()) {
            refuse(diagnostics, at.clone(), format!("{problem}."));
        }
    }
}

/// Checks keys and values of tags or cost categories.
pub(super) fn check_map(
    map: &Attr<BTreeMap<String, Attr<Texts>>>,
    at: &Path,
    are_tags: bool,
    diagnostics: &mut Diagnostics,
) {
    for (key, values) in map.as_known().into_iter().flatten() {
        let at = at.key(key);
        if let Some(problem) = key_problem(key, are_tags) {
            refuse(diagnostics, at.clone(), problem);
        }
        if values.is_null() || values.as_known().is_some_and(Texts::is_empty) {
            refuse(diagnostics, at.clone(), "At least one value must be named.");
        }
        check_values(values, &at, are_tags, diagnostics);
    }
}

/// What is wrong with the key of a tag or the name of a cost category.
pub(super) fn key_problem(key: &str, is_tag: bool) -> Option<String> {
    if key.is_empty() {
        return Some("The key is empty.".to_owned());
    }
    if key.contains(BETWEEN) {
        return Some(format!("The key holds `{BETWEEN}`, which AWS takes for its end."));
    }
    if !is_tag {
        return None;
    }
    if let Some(own) = key.strip_prefix("user:") {
        return Some(format!(
            "Write the key as it is on the resources, `{own}`, without the prefix `user:`."
        ));
    }
    // AWS's own keys are shown with their prefix and are the only ones that have it.
    (key.to_ascii_lowercase().starts_with(OF_AWS) && !key.starts_with(OF_AWS))
        .then(|| "Keys of AWS's own begin with `aws:` in small letters.".to_owned())
}

/// Checks the values of one filter.
pub(super) fn check_values(
    values: &Attr<Texts>,
    at: &Path,
    may_be_empty: bool,
    diagnostics: &mut Diagnostics,
) {
    for value in values.as_known().into_iter().flatten() {
        if value.is_null() {
            refuse(diagnostics, at.clone(), "One of the values is null.");
        }
        if !may_be_empty && value.as_known().is_some_and(String::is_empty) {
            let detail = "One of the values is empty, and matches nothing.";
            refuse(diagnostics, at.clone(), detail);
        }
    }
}
