//! Taking an existing relay into the state.

use std::collections::BTreeSet;

use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::model::{Hub, Relay};
use super::{Entered, NAMES, THING, plan, policies, read};
use crate::aws::Session;
use crate::aws::objects::{Tags, function, log_group, queue, rule, subscription, table, topic};
use crate::aws::tags::{self, Ownership};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::architecture::Architecture;
use crate::model::import_id::ImportId;
use crate::model::place::{Place, Wanted, resolve_one, target};

/// What a read needs of the relay that an id names: `[role@]account/region/name`, or the name with
/// the provider's account and region. The name is the one that a declaration gives it.
///
/// # Errors
/// When the id can't be read, the account not entered, or there is no such relay.
pub(super) async fn find(context: &mut Context<'_, Clients>, id: &str) -> Result<Relay> {
    let id = ImportId::regional(id)?;
    let wanted = Wanted {
        config: Place { account: id.account, region: Some(id.region) },
        prior: None,
        at: Path::root(),
        thing: THING,
        is_promised: false,
    };
    let place = resolve_one(context.clients, &wanted, &mut Diagnostics::new()).await?;
    let mut relay = Relay {
        name: Attr::Known(id.name.clone()),
        account: place.account,
        region: place.region.unwrap_or_default(),
        health: Attr::Known(true),
        ..Relay::default()
    };
    let target = target(&relay.account, Some(&relay.region))?;
    let home = context.clients.session(&target, &context.cancel).await?;
    if !is_there(context.clients, &home, &mut relay).await? {
        return Err(missing(&id.name, &home));
    }
    relay.regions = relay.region.clone().map(|home| BTreeSet::from([Attr::Known(home)]));
    let entered = Entered::of(context, &relay).await?;
    lift(&entered, &mut relay).await?;
    context.private.keep(NAMES, &entered.names)?;
    Ok(relay)
}

/// Whether this stack's topic of a relay of this name is there. A name of the topic in AWS is taken as
/// well, when its tags say which relay it is of.
async fn is_there(clients: &Clients, home: &Session, relay: &mut Relay) -> Result<bool> {
    let given = relay.name.known("name")?.clone();
    let by_name = topic_name(clients, relay)?;
    if topic::find(home, &by_name).await.doing("import", THING, &given)?.is_some() {
        return Ok(true);
    }
    let found = topic::tags(home, &given).await.doing("import", THING, &given)?;
    let found = found.unwrap_or_default();
    let (Some(stack), Some(name)) = (clients.defaults.stack.as_known(), found.get(tags::NAME))
    else {
        return Ok(false);
    };
    relay.name = Attr::Known(name.clone());
    let is_ours = tags::ownership(&found, stack, name) == Ownership::Ours;
    Ok(is_ours && topic_name(clients, relay)? == given)
}

fn topic_name(clients: &Clients, relay: &Relay) -> Result<String> {
    let names = plan::named(clients, relay)?;
    let bug = || Error::provider_bug("the names of the relay's objects are not known");
    names.map(|names| names.topic).ok_or_else(bug)
}

fn missing(name: &str, home: &Session) -> Error {
    let (account, region) = (home.account(), home.region());
    let detail = format!("Account {account} has no relay `{name}` with its home in {region}.");
    Error::new(format!("Unable to import {THING} `{name}`"), detail).hint(
        "name the relay as its declaration does, `[role@]account/region/name`, with the `stack` and `name_prefix` that it was made with.",
    )
}

fn ambiguous(name: &str, queues: &[String]) -> Error {
    let detail = format!(
        "Its topic feeds several queues, and which of them is its hub's can't be told: {}.",
        queues.join(", ")
    );
    Error::new(format!("Unable to import {THING} `{name}`"), detail)
        .hint("declare the relay with its `hub` and apply: what exists of it is taken over.")
}

/// Sets what says which objects the relay has; a read does the rest.
async fn lift(entered: &Entered, relay: &mut Relay) -> Result<()> {
    let (home, names, place) = (&entered.home, &entered.names, &entered.place);
    let shown = super::shown(relay).to_owned();
    let function = function::find(home, &names.function).await;
    let function = function.doing("import", THING, &shown)?;
    let rule = rule::find(home, &names.rule).await.doing("import", THING, &shown)?;
    relay.health = Attr::Known(rule.is_some());
    let queue = queue::find(home, &names.queue).await.doing("import", THING, &shown)?;
    if function.is_none() && queue.is_none() {
        return lift_spoke(entered, relay).await;
    }
    if let Some(queue) = queue {
        let admitted = policies::admitted(place, names, queue.policy());
        let known = |texts: BTreeSet<String>| texts.into_iter().map(Attr::Known).collect();
        if admitted.regions.contains(place.home.as_str()) {
            relay.regions = Attr::Known(known(admitted.regions));
        }
        let some = |texts: BTreeSet<String>| (!texts.is_empty()).then(|| known(texts)).into();
        relay.source_accounts = some(admitted.accounts);
        relay.source_regions = some(admitted.source_regions);
    }
    if function.is_none() {
        // It is made again: as the declaration says, or else with these.
        relay.architecture = Attr::Known(Architecture::X86);
        relay.memory_mb = Attr::Known(plan::MEMORY_MB);
    }
    // Whatever path the role was made with; a role of the user's own has another name.
    let runs_with = function.map(|function| function.function.role_arn);
    let is_made = |arn: &String| arn.rsplit('/').next() == Some(names.role.as_str());
    match runs_with {
        Some(given) if !is_made(&given) => relay.role_arn = Attr::Known(given),
        made => relay.execution_role_arn = made.into(),
    }
    lift_settings(entered, relay).await
}

async fn lift_settings(entered: &Entered, relay: &mut Relay) -> Result<()> {
    let (home, names) = (&entered.home, &entered.names);
    let shown = super::shown(relay).to_owned();
    let incidents = table::Table {
        name: names.table.clone(),
        key: contract::relay::TABLE_KEY.to_owned(),
        expires: contract::relay::TABLE_EXPIRES.to_owned(),
        tags: Tags::new(),
    };
    let (item, attribute) = (contract::relay::SETTINGS_ITEM, contract::relay::TABLE_JSON);
    let json = table::text(home, &incidents, item, attribute).await;
    let json = json.doing("import", THING, &shown)?;
    let Some(found) = json.as_deref().and_then(read::parsed) else {
        let detail = format!(
            "The table `{}` holds no settings that could be read, and they say what the relay is.",
            names.table
        );
        return Err(Error::new(format!("Unable to import {THING} `{shown}`"), detail).hint(
            "declare the relay with its name and apply: what is left of it is taken over and mended.",
        ));
    };
    if !relay.role_arn.is_null() {
        relay.scheduler_role_arn = found.reminder.map(|reminder| reminder.role_arn).into();
    }
    let group = log_group::find(home, &names.log_group()).await.doing("import", THING, &shown)?;
    let days = group.and_then(|group| group.retention_days);
    relay.log_retention_days = Attr::Known(days.unwrap_or(30).into());
    Ok(())
}

/// A spoke knows the hub by the queue that its topic feeds, and its own regions not at all: those
/// that the declaration names are found by the next apply.
async fn lift_spoke(entered: &Entered, relay: &mut Relay) -> Result<()> {
    let arn = entered.place.topic(&entered.names, &entered.place.home);
    let listed = subscription::list(&entered.home, &arn, subscription::Protocol::Queue).await;
    let listed = listed.doing("import", THING, super::shown(relay))?.unwrap_or_default();
    let topic = topic::find(&entered.home, &entered.names.topic).await;
    let topic = topic.doing("import", THING, super::shown(relay))?.unwrap_or_default();
    let fed: Vec<String> = listed.into_iter().map(|found| found.endpoint).collect();
    let hubs = policies::hub_queue(&topic.policy).filter(|hub| fed.contains(hub));
    let queue = match (hubs, fed.as_slice()) {
        (Some(hub), _) => hub,
        (None, [one]) => one.clone(),
        (None, []) => return Err(missing(super::shown(relay), &entered.home)),
        (None, several) => return Err(ambiguous(super::shown(relay), several)),
    };
    relay.hub = Attr::Known(Hub { queue_arn: Attr::Known(queue), ..Hub::default() });
    Ok(())
}
