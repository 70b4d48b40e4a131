//! Which accounts are asked for, and what is listed of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use framework::{Attr, Diagnostics, Error, Result, path};

use super::model::{AccountList, ListedAccount};
use crate::aws::AccountId;
use crate::aws::reads::directory::{Directory, Member, Tags};
use crate::model::purpose::{self, PurposeFrom};
use crate::model::texts::Texts;

/// Tags that were read, by account.
pub(super) type TagsOf = BTreeMap<AccountId, Arc<Tags>>;

/// What is wrong with a configuration beyond its schema.
pub(super) fn validate(config: &AccountList, diagnostics: &mut Diagnostics) {
    purpose::validate(&config.purpose_from, &path!(AccountList => purpose_from), diagnostics);
    let at = path!(AccountList => tags);
    for (key, values) in config.tags.as_known().into_iter().flatten() {
        if key.is_empty() || key.chars().count() > 128 {
            let detail = "A tag's key has 1 to 128 characters.";
            diagnostics.error(at.key(key), format!("Invalid tag `{key}`"), detail);
        }
        if values.as_known().into_iter().flatten().any(Attr::is_null) {
            let detail = "A value that is null would be passed over without a word.";
            diagnostics.error(at.key(key), format!("Invalid values for tag `{key}`"), detail);
        }
    }
}

/// Whether the accounts' tags must be read.
pub(super) fn needs_tags(config: &AccountList) -> bool {
    let is_told_by_tag = purpose_tag(config).is_some();
    let is_asked_by_tag = config.tags.as_known().is_some();
    is_told_by_tag || is_asked_by_tag || config.with_tags == Attr::Known(true)
}

/// The accounts that units and states let through.
pub(super) fn before_tags(directory: &Directory, config: &AccountList) -> Result<Vec<AccountId>> {
    let units = wanted_units(directory, config)?;
    let deeply = config.include_descendants != Attr::Known(false);
    let states: BTreeSet<String> =
        known(config.states.as_known()).copied().map(state_name).collect();
    let is_listed = |member: &Member| {
        let is_there = |unit: &String| directory.is_in(member, unit, deeply);
        states.contains(&member.state)
            && units.as_ref().is_none_or(|units| units.iter().any(is_there))
    };
    let listed = directory.members.iter().filter(|(_, member)| is_listed(member));
    Ok(listed.map(|(id, _)| id.clone()).collect())
}

/// Adds what was found to what was asked.
pub(super) fn fill(
    config: AccountList,
    directory: &Directory,
    ids: &[AccountId],
    tags: Option<&TagsOf>,
) -> AccountList {
    let mut accounts = BTreeMap::new();
    for id in ids {
        let Some(member) = directory.members.get(id) else { continue };
        let tags = tags.and_then(|tags| tags.get(id)).map(AsRef::as_ref);
        if has_tags(&config, tags) {
            let listed = listed(&config, directory, member, tags);
            accounts.insert(id.to_string(), Attr::Known(listed));
        }
    }
    AccountList {
        ids: Attr::Known(accounts.keys().cloned().map(Attr::Known).collect()),
        accounts: Attr::Known(accounts),
        organization_id: Attr::Known(directory.organization_id.clone()),
        management_account_id: Attr::Known(directory.management.to_string()),
        root_id: Attr::Known(directory.root_id.clone()),
        ..config
    }
}

fn listed(
    config: &AccountList,
    directory: &Directory,
    member: &Member,
    tags: Option<&Tags>,
) -> ListedAccount {
    let unit = directory.units.get(&member.parent);
    let purpose = if let Some(key) = purpose_tag(config) {
        tags.and_then(|tags| tags.get(key)).filter(|value| !value.is_empty()).cloned()
    } else if config.purpose_from.as_known().is_some() {
        unit.map(|unit| unit.name.clone())
    } else {
        None
    };
    let shown = |tags: &Tags| {
        tags.iter().map(|(key, value)| (key.clone(), Attr::Known(value.clone()))).collect()
    };
    ListedAccount {
        name: Attr::Known(member.name.clone()),
        email: Attr::Known(member.email.clone()),
        arn: Attr::Known(member.arn.clone()),
        state: Attr::Known(member.state.clone()),
        unit: unit.map(|unit| unit.path.clone()).into(),
        unit_id: Attr::Known(member.parent.clone()),
        tags: tags.map(shown).into(),
        purpose: purpose.into(),
        joined: member.joined.clone().into(),
    }
}

fn purpose_tag(config: &AccountList) -> Option<&String> {
    config.purpose_from.as_known().and_then(|PurposeFrom { tag, .. }| tag.as_known())
}

fn known<T>(values: Option<&BTreeSet<Attr<T>>>) -> impl Iterator<Item = &T> {
    values.into_iter().flatten().filter_map(Attr::as_known)
}

fn state_name(state: super::model::State) -> String {
    use super::model::State;
    match state {
        State::Active => "ACTIVE",
        State::Suspended => "SUSPENDED",
        State::PendingClosure => "PENDING_CLOSURE",
        State::Closed => "CLOSED",
        State::PendingActivation => "PENDING_ACTIVATION",
    }
    .to_owned()
}

/// Whether an account has all tags that are asked for.
fn has_tags(config: &AccountList, tags: Option<&Tags>) -> bool {
    let fits = |(key, values): (&String, &Attr<Texts>)| {
        // An entry that is null is one that was left out.
        if values.is_null() {
            return true;
        }
        let Some(value) = tags.and_then(|tags| tags.get(key)) else { return false };
        let wanted = values.as_known().filter(|wanted| !wanted.is_empty());
        wanted.is_none_or(|wanted| wanted.contains(&Attr::Known(value.clone())))
    };
    config.tags.as_known().into_iter().flatten().all(fits)
}

/// The ids of the units that are asked for; none for all.
fn wanted_units(directory: &Directory, config: &AccountList) -> Result<Option<Vec<String>>> {
    let Some(units) = config.units.as_known() else { return Ok(None) };
    let found = known(Some(units)).map(|unit| {
        unit_called(directory, unit).ok_or_else(|| {
            let detail = format!(
                "Organization `{}` has no organizational unit `{unit}`. It has {}.",
                directory.organization_id,
                names(directory),
            );
            Error::new(format!("Unable to find organizational unit `{unit}`"), detail)
                .at(path!(AccountList => units))
                .hint("write the names from the root down, such as `Production/Web`, exactly as AWS shows them, or the unit's id.")
        })
    });
    found.collect::<Result<_>>().map(Some)
}

fn unit_called(directory: &Directory, called: &str) -> Option<String> {
    if called == directory.root_id || directory.units.contains_key(called) {
        return Some(called.to_owned());
    }
    let named = directory.units.iter().find(|(_, unit)| unit.path == called);
    named.map(|(id, _)| id.clone())
}

/// The first units of an organization, for a message.
fn names(directory: &Directory) -> String {
    const SHOWN: usize = 20;
    let mut paths: Vec<_> = directory.units.values().map(|unit| unit.path.as_str()).collect();
    if paths.is_empty() {
        return "none".to_owned();
    }
    paths.sort_unstable();
    let more = paths.len().saturating_sub(SHOWN);
    let shown: Vec<_> = paths.iter().take(SHOWN).map(|path| format!("`{path}`")).collect();
    let shown = shown.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

#[cfg(test)]
mod tests;
