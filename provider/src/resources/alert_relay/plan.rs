//! What is known of a relay before it exists.

use std::collections::{BTreeMap, BTreeSet};

use framework::{Attr, Error, Plan, Result, path};

use super::model::Relay;
use super::names::{Names, Place};
use super::{COMPLETE, NAMES, policies, rules, settings};
use crate::aws::objects::agent::{self, Build};
use crate::aws::{AccountId, Region};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::architecture::Architecture;
use crate::model::language::Language;
use crate::model::texts::known as texts;
use crate::model::{boundary, place, place::WHOSE, tags};

/// Memory of the function where none is said, in megabytes.
pub(super) const MEMORY_MB: i64 = 128;
/// How long the log is kept where nothing is said, in days.
const RETENTION_DAYS: i64 = 30;

/// Sets everything that can be known, and checks what depends on the account.
///
/// # Errors
/// When AWS must be asked whose the credentials are, and can't be; without the agent's archive.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Relay>) -> Result<()> {
    place::resolve(clients, plan).await?;
    if let Some(prior) = &plan.prior
        && prior.hub.is_null() != plan.planned.hub.is_null()
    {
        // A hub and a spoke have hardly an object in common.
        plan.replace(path!(Relay => hub));
    }
    let names = names(clients, plan)?;
    if let Some(names) = &names {
        plan.private.keep(NAMES, names)?;
    }
    let place = place_of(clients, &plan.planned).await?;
    set_defaults(clients, &plan.config, place.as_ref(), &mut plan.planned);
    rules::check_placed(
        &plan.planned,
        place.as_ref().map(|it| &it.partition),
        &mut plan.diagnostics,
    );
    let planned = &mut plan.planned;
    planned.condition = Attr::Known(COMPLETE.to_owned());
    planned.tags_all = tags::all(&planned.tags, &clients.defaults, &planned.name);
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    match (&names, &place) {
        (Some(names), Some(place)) => set_objects(planned, names, place),
        _ => forget_objects(planned),
    }
    set_names(planned, names.as_ref());
    rules::check_policy(planned, &mut plan.diagnostics);
    if let (Some(names), Some(place)) = (&names, &place) {
        rules::check_queue_policy(planned, names, place, &mut plan.diagnostics);
    }
    set_agent(planned)
}

/// The names of the relay's objects. Those that exist keep theirs, whatever becomes of prefix and
/// stack.
fn names(clients: &Clients, plan: &Plan<Relay>) -> Result<Option<Names>> {
    if plan.prior.is_some()
        && let Some(names) = plan.private.value(NAMES)
    {
        return Ok(Some(names));
    }
    named(clients, &plan.planned)
}

/// The names that a relay's attributes and the provider's give; `None` while one is not known.
pub(super) fn named(clients: &Clients, relay: &Relay) -> Result<Option<Names>> {
    let defaults = &clients.defaults;
    let parts = (&defaults.name_prefix, &defaults.stack, &relay.name, &relay.region);
    let (Attr::Known(prefix), Attr::Known(stack), Attr::Known(name), Attr::Known(region)) = parts
    else {
        return Ok(None);
    };
    Names::of(prefix, stack, name, region).map(Some)
}

/// The relay's place; `None` while it is not known. The partition is that of the credentials.
async fn place_of(clients: &Clients, relay: &Relay) -> Result<Option<Place>> {
    let account = relay.account.as_known().and_then(|account| account.id.as_known());
    let (Some(account), Some(home)) = (account, relay.region.as_known()) else { return Ok(None) };
    let (Ok(account), Ok(home)) = (account.parse::<AccountId>(), home.parse::<Region>()) else {
        return Ok(None);
    };
    if !clients.aws_is_known() || clients.defaults.iam_path.is_unknown() {
        return Ok(None);
    }
    let partition = clients.aws()?.caller().await.attempting(WHOSE)?.partition().clone();
    Ok(Some(Place { partition, account, home, iam_path: iam_path(clients) }))
}

/// The path of roles that are made.
pub(super) fn iam_path(clients: &Clients) -> String {
    clients.defaults.iam_path.as_known().cloned().unwrap_or_else(|| "/".to_owned())
}

/// A value that only a hub has.
fn of_hub<T>(relay: &Relay, value: Attr<T>) -> Attr<T> {
    match relay.is_spoke() {
        Some(false) => value,
        Some(true) => Attr::Null,
        None => Attr::Unknown,
    }
}

/// What the attributes are that the user leaves out.
fn set_defaults(clients: &Clients, config: &Relay, place: Option<&Place>, planned: &mut Relay) {
    if config.regions.is_null() {
        let home = planned.region.clone();
        planned.regions = home.map(|home| BTreeSet::from([Attr::Known(home)]));
    }
    if config.language.is_null() {
        planned.language = of_hub(planned, Attr::Known(Language::En));
    }
    if config.timezone.is_null() {
        planned.timezone = of_hub(planned, Attr::Known("UTC".to_owned()));
    }
    if config.architecture.is_null() {
        planned.architecture = of_hub(planned, Attr::Known(Architecture::X86));
    }
    if config.memory_mb.is_null() {
        planned.memory_mb = of_hub(planned, Attr::Known(MEMORY_MB));
    }
    if config.log_retention_days.is_null() {
        planned.log_retention_days = of_hub(planned, Attr::Known(RETENTION_DAYS));
    }
    if config.permissions_boundary.is_null() {
        let place = place.map(|place| (&place.partition, &place.account));
        let default = boundary::arn(&clients.defaults.permissions_boundary, place);
        planned.permissions_boundary = match &planned.role_arn {
            Attr::Null => of_hub(planned, default),
            Attr::Known(_) => Attr::Null,
            Attr::Unknown => of_hub(planned, Attr::Unknown),
        };
    }
}

/// The ARNs, and the policy of the function's role.
pub(super) fn set_objects(planned: &mut Relay, names: &Names, place: &Place) {
    planned.topic_arns = topic_arns(planned, names, place);
    planned.queue_arn = match planned.hub.clone() {
        Attr::Null => Attr::Known(place.queue(names)),
        Attr::Known(hub) => hub.queue_arn,
        Attr::Unknown => Attr::Unknown,
    };
    planned.dead_letter_queue_arn = of_hub(planned, Attr::Known(place.dead_letter_queue(names)));
    planned.function_arn = of_hub(planned, Attr::Known(place.function(names)));
    let made = |given: &Attr<String>, name: &str| given.clone().or(Attr::Known(place.role(name)));
    let role = made(&planned.role_arn, &names.role);
    let scheduler_role = made(&planned.scheduler_role_arn, &names.scheduler_role);
    let policy = match (&scheduler_role, settings::parameters(planned)) {
        (Attr::Known(scheduler_role), Some(parameters)) => {
            let policy = policies::execution(place, names, scheduler_role, &parameters);
            Attr::Known(policy.to_json())
        }
        _ => Attr::Unknown,
    };
    planned.policy_json = of_hub(planned, policy);
    let reminders = Attr::Known(policies::scheduler(place, names).to_json());
    planned.scheduler_policy_json = of_hub(planned, reminders);
    planned.execution_role_arn = of_hub(planned, role);
    planned.scheduler_execution_role_arn = of_hub(planned, scheduler_role);
}

fn topic_arns(
    planned: &Relay,
    names: &Names,
    place: &Place,
) -> Attr<BTreeMap<String, Attr<String>>> {
    let Some(regions) = planned.regions.as_known() else { return Attr::Unknown };
    if regions.iter().any(Attr::is_unknown) {
        return Attr::Unknown;
    }
    let regions = texts(&planned.regions);
    let parsed = regions.iter().filter_map(|region| region.parse::<Region>().ok());
    let arns = parsed.map(|region| (region.to_string(), Attr::Known(place.topic(names, &region))));
    Attr::Known(arns.collect())
}

/// While the place is not known, nothing is that names it.
fn forget_objects(planned: &mut Relay) {
    planned.topic_arns = Attr::Unknown;
    planned.queue_arn = Attr::Unknown;
    planned.dead_letter_queue_arn = of_hub(planned, Attr::Unknown);
    planned.function_arn = of_hub(planned, Attr::Unknown);
    planned.policy_json = of_hub(planned, Attr::Unknown);
    planned.scheduler_policy_json = of_hub(planned, Attr::Unknown);
    planned.execution_role_arn = of_hub(planned, Attr::Unknown);
    planned.scheduler_execution_role_arn = of_hub(planned, Attr::Unknown);
}

pub(super) fn set_names(planned: &mut Relay, names: Option<&Names>) {
    let name =
        |part: fn(&Names) -> String| names.map_or(Attr::Unknown, |names| Attr::Known(part(names)));
    planned.function_name = of_hub(planned, name(|names| names.function.clone()));
    planned.log_group_name = of_hub(planned, name(Names::log_group));
    planned.table_name = of_hub(planned, name(|names| names.table.clone()));
    planned.schedule_group_name = of_hub(planned, name(|names| names.schedule_group.clone()));
}

/// The agent that the function runs. What lies beside the provider decides, so that a new version
/// shows in the plan.
fn set_agent(planned: &mut Relay) -> Result<()> {
    let (version, sha256) = match (planned.is_spoke(), planned.architecture.as_known()) {
        (Some(false), Some(architecture)) => {
            let package = agent::package(Build::Agent, (*architecture).into())
                .map_err(|problem| no_agent(&problem))?;
            (Attr::Known(package.version.clone()), Attr::Known(package.sha256.clone()))
        }
        _ => (Attr::Unknown, Attr::Unknown),
    };
    planned.agent_version = of_hub(planned, version);
    planned.agent_sha256 = of_hub(planned, sha256);
    Ok(())
}

/// What to do about an agent that is missing.
pub(super) const NO_AGENT: &str = "the agent's archive comes with the provider: install the provider's archive whole, or build it with `cargo dev agent`.";

fn no_agent(problem: &agent::NoAgent) -> Error {
    Error::new("The agent is missing", format!("{problem}.")).hint(NO_AGENT)
}
