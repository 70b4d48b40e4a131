//! A relay's attributes as AWS has them now.

mod condition;

use std::collections::{BTreeMap, BTreeSet};

use contract::relay as run_time;
use framework::{Attr, Result};

use super::look::{self, Seen, SeenHub};
use super::model::Relay;
use super::names::Place;
use super::{Entered, THING, plan, settings, shown};
use crate::aws::Arn;
use crate::aws::objects::agent::Build;
use crate::aws::objects::{Tags, agent, function, subscription};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::architecture::Architecture;
use crate::model::tags;
use crate::model::texts::known as texts;

/// Reads a relay; `None` when it is gone.
///
/// # Errors
/// What AWS refuses.
pub(super) async fn read(
    clients: &Clients,
    entered: &Entered,
    state: &Relay,
) -> Result<Option<Relay>> {
    let seen = look::look(entered, state).await.doing("read", THING, shown(state))?;
    if seen.is_gone() {
        return Ok(None);
    }
    let place = Place { iam_path: iam_path(entered, state), ..entered.place.clone() };
    let mut relay = state.clone();
    let found = match &seen.hub {
        Some(hub) => {
            lift_hub(hub, &place, entered, &mut relay);
            hub.settings.as_deref().and_then(parsed)
        }
        None => None,
    };
    if let Some(found) = &found {
        settings::lift(found, &mut relay);
    }
    lift_tags(clients, &place, &seen, &mut relay);
    if state.queue_arn.is_null() {
        // Imported a moment ago.
        plan::set_objects(&mut relay, &entered.names, &place);
        plan::set_names(&mut relay, Some(&entered.names));
    }
    let base_url = clients.defaults.discord_base_url.as_known().cloned();
    let blueprint = super::Blueprint::of(&relay, entered.names.clone(), place, base_url)?;
    relay.condition = Attr::Known(condition::of(&blueprint, &seen, found.as_ref()));
    Ok(Some(relay))
}

/// The path of the relay's roles: that of the role which the state knows.
fn iam_path(entered: &Entered, state: &Relay) -> String {
    let known = state.execution_role_arn.as_known().filter(|_| state.role_arn.is_null());
    let role = known.and_then(|arn| arn.parse::<Arn>().ok());
    let path = role.as_ref().and_then(|role| {
        role.resource().strip_prefix("role")?.strip_suffix(entered.names.role.as_str())
    });
    path.map_or_else(|| entered.place.iam_path.clone(), str::to_owned)
}

fn lift_hub(seen: &SeenHub, place: &Place, entered: &Entered, relay: &mut Relay) {
    if let Some(found) = &seen.function {
        lift_function(found, place, entered, relay);
    }
    if let Some(days) = seen.log_group.as_ref().and_then(|found| found.retention_days) {
        relay.log_retention_days = Attr::Known(days.into());
    }
    let role = seen.role.as_ref().filter(|_| relay.role_arn.is_null());
    if let Some(role) = role {
        relay.permissions_boundary = role.permissions_boundary.clone().into();
    }
    lift_emails(&seen.emails, relay);
}

fn lift_function(found: &function::Found, place: &Place, entered: &Entered, relay: &mut Relay) {
    relay.memory_mb = Attr::Known(found.function.memory_mb.into());
    let architecture = Architecture::named(&found.architecture);
    relay.architecture = architecture.into();
    let role = &found.function.role_arn;
    let made = place.role(&entered.names.role);
    if !relay.role_arn.is_null() && *role != made {
        relay.role_arn = Attr::Known(role.clone());
    }
    if relay.agent_sha256.as_known() != Some(&found.code_sha256) {
        let carried = architecture.and_then(|it| agent::package(Build::Agent, it.into()).ok());
        let same = carried.filter(|carried| carried.sha256 == found.code_sha256);
        relay.agent_version = same.map(|same| same.version.clone()).into();
        relay.agent_sha256 = Attr::Known(found.code_sha256.clone());
    }
}

/// Addresses that are gone are drift, and so are those that somebody else added and confirmed. One
/// that was taken off before it was confirmed is shown for some days: it is none, unless the relay
/// was imported a moment ago.
fn lift_emails(found: &[subscription::Found], relay: &mut Relay) {
    let before = texts(&relay.emails);
    let is_imported = relay.queue_arn.is_null();
    let told: BTreeSet<String> = found
        .iter()
        .filter(|found| is_imported || found.arn.is_some() || before.contains(&found.endpoint))
        .map(|found| found.endpoint.clone())
        .collect();
    if told != before {
        let told: BTreeSet<_> = told.into_iter().map(Attr::Known).collect();
        relay.emails = (!told.is_empty()).then_some(told).into();
    }
}

fn lift_tags(clients: &Clients, place: &Place, seen: &Seen, relay: &mut Relay) {
    let of_function = |hub: &SeenHub| Some(hub.function.as_ref()?.function.tags.clone());
    let found = match &seen.hub {
        Some(hub) => of_function(hub),
        None => seen.spoke_tags(&place.home).cloned(),
    };
    let Some(mut found): Option<Tags> = found else { return };
    found.retain(|key, _| !key.starts_with("aws:"));
    relay.tags = tags::own_of(&found, &relay.tags, &relay.tags_all, &clients.defaults);
    let all: BTreeMap<_, _> =
        found.into_iter().map(|(key, value)| (key, Attr::Known(value))).collect();
    relay.tags_all = Attr::Known(all);
}

/// The settings in the table, when they can be read.
pub(super) fn parsed(json: &str) -> Option<run_time::Settings> {
    serde_json::from_str(json).ok()
}
