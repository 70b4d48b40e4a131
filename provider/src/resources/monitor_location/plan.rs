//! What a plan can know of a location: everything, as soon as its inputs are known.

use framework::{Attr, Plan, Private, Result, path};

use super::model::MonitorLocation;
use super::names::{Names, Place};
use super::policies;
use super::validate::same_account;
use super::wanted::{has_canaries, needs};
use super::{NAMES, THING};
use crate::aws::objects::agent::{self, Build};
use crate::aws::objects::policy::{LONGEST_INLINE, Policy, too_long_inline};
use crate::clients::{Clients, Defaults};
use crate::model::location::Offered;
use crate::model::texts::all as texts;
use crate::model::{boundary, place, tags};

/// The path of roles where the provider block names none.
pub(super) const IAM_PATH: &str = "/";

/// Sets everything that is known, and refuses what AWS would refuse.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<MonitorLocation>) -> Result<()> {
    place::resolve(clients, plan).await?;
    let defaults = &clients.defaults;
    let place = placed(&plan.planned);
    let at = place.as_ref().map(|place| (&place.partition, &place.account));
    let bounded = boundary::arn(&defaults.permissions_boundary, at);
    let planned = &mut plan.planned;
    planned.permissions_boundary = plan.config.permissions_boundary.clone().or(bounded);
    planned.tags_all = tags::all(&planned.tags, defaults, &planned.name);
    planned.drift = Attr::Known([].into());
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    agent(plan);
    let Some(place) = place else {
        forget(&mut plan.planned);
        return Ok(());
    };
    let account = Some(place.account.to_string());
    same_account(&plan.planned, account.as_ref(), &mut plan.diagnostics);
    let Some(names) = names(plan, &place, defaults)? else {
        forget(&mut plan.planned);
        return Ok(());
    };
    plan.private.keep(NAMES, &names)?;
    let planned = &mut plan.planned;
    named(planned, &place, &names);
    roles(planned, &place, &names, &defaults.iam_path);
    allowed(planned, &place, &names);
    // A new one is made, and its schedule group with it, whatever was there before.
    let made_at = plan.prior.as_ref().map_or(Attr::Unknown, made_at);
    planned.location = Attr::Known(offered(planned, made_at));
    check_length(plan);
    Ok(())
}

/// Where the location lives, when that is known.
pub(super) fn placed(location: &MonitorLocation) -> Option<Place> {
    let account = location.account.as_known()?.id.as_known()?;
    let region = location.region.as_known()?;
    Some(Place::new(account.parse().ok()?, region.parse().ok()?))
}

/// The names of the objects. Those that exist keep theirs, whatever became of the provider's prefix
/// and stack since.
fn names(
    plan: &Plan<MonitorLocation>,
    place: &Place,
    defaults: &Defaults,
) -> Result<Option<Names>> {
    let account =
        |location: &MonitorLocation| location.account.as_known().map(|account| account.id.clone());
    let kept: Option<Names> = kept(&plan.private);
    if let (Some(prior), Some(kept)) = (&plan.prior, kept) {
        let planned = &plan.planned;
        let is_same = prior.name == planned.name && prior.region == planned.region;
        if is_same && account(prior) == account(planned) {
            return Ok(Some(kept));
        }
    }
    let parts = (&defaults.name_prefix, &defaults.stack, &plan.planned.name);
    let (Attr::Known(prefix), Attr::Known(stack), Attr::Known(name)) = parts else {
        return Ok(None);
    };
    Names::of(prefix, stack, name, place).map(Some)
}

/// The names that were kept with the state.
pub(super) fn kept(private: &Private) -> Option<Names> {
    private.value(NAMES)
}

/// What depends on names is unknown with them.
fn forget(planned: &mut MonitorLocation) {
    for attribute in [
        &mut planned.function_name,
        &mut planned.function_arn,
        &mut planned.execution_role_arn,
        &mut planned.schedule_group_name,
        &mut planned.scheduler_execution_role_arn,
        &mut planned.log_group_name,
        &mut planned.artifact_bucket,
        &mut planned.canary_role_arn,
        &mut planned.policy_json,
        &mut planned.scheduler_policy_json,
        &mut planned.canary_policy_json,
    ] {
        *attribute = Attr::Unknown;
    }
    planned.location = Attr::Unknown;
}

/// Sets names and ARNs.
pub(super) fn named(planned: &mut MonitorLocation, place: &Place, names: &Names) {
    planned.function_name = Attr::Known(names.function.clone());
    planned.function_arn = Attr::Known(place.function(names));
    planned.schedule_group_name = Attr::Known(names.schedule_group.clone());
    planned.log_group_name = Attr::Known(names.log_group());
    planned.artifact_bucket = for_canaries(planned, Attr::Known(names.bucket.clone()));
}

/// A value that only a location with canaries has.
fn for_canaries(planned: &MonitorLocation, value: Attr<String>) -> Attr<String> {
    match &planned.canaries {
        Attr::Unknown => Attr::Unknown,
        Attr::Known(_) | Attr::Null if !has_canaries(planned) => Attr::Null,
        Attr::Known(_) | Attr::Null => value,
    }
}

/// Sets the ARNs of the roles: the user's own, or those that are made.
pub(super) fn roles(
    planned: &mut MonitorLocation,
    place: &Place,
    names: &Names,
    iam_path: &Attr<String>,
) {
    let iam_path = iam_path.clone().or(Attr::Known(IAM_PATH.to_owned()));
    let made = |name: &str| iam_path.as_ref().map(|path| place.role(path, name));
    planned.execution_role_arn = planned.role_arn.clone().or(made(&names.probe_role));
    planned.scheduler_execution_role_arn =
        planned.scheduler_role_arn.clone().or(made(&names.scheduler_role));
    planned.canary_role_arn = for_canaries(planned, made(&names.canary_role));
}

/// Sets what the roles may do.
pub(super) fn allowed(planned: &mut MonitorLocation, place: &Place, names: &Names) {
    let json = |policy: Policy| Attr::Known(policy.to_json());
    let needs = needs(planned);
    let of = |policy: fn(&Place, &Names, &policies::Needs) -> Policy| {
        needs.as_ref().map_or(Attr::Unknown, |needs| json(policy(place, names, needs)))
    };
    let (probe, canaries) = (of(policies::probe), of(policies::canaries));
    planned.policy_json = probe;
    planned.canary_policy_json = for_canaries(planned, canaries);
    planned.scheduler_policy_json = json(policies::schedules(place, names));
}

/// When a location was made, as its state says; null for one that was made before this was kept.
pub(super) fn made_at(location: &MonitorLocation) -> Attr<String> {
    location.location.as_ref().and_then(|offered| offered.made_at.clone())
}

/// What monitors take.
pub(super) fn offered(location: &MonitorLocation, made_at: Attr<String>) -> Offered {
    let account = location.account.as_known().cloned().unwrap_or_default();
    Offered {
        name: location.name.clone(),
        account_id: account.id,
        role_name: account.role_name,
        external_id: account.external_id,
        region: location.region.clone(),
        function_arn: location.function_arn.clone(),
        schedule_group_name: location.schedule_group_name.clone(),
        scheduler_role_arn: location.scheduler_execution_role_arn.clone(),
        memory_mb: location.memory_mb.clone(),
        architecture: location
            .architecture
            .as_ref()
            .map(|architecture| agent::Architecture::from(*architecture).to_string()),
        made_at,
    }
}

/// Sets the agent that will run. It lies beside the provider, so a plan finds out that it doesn't.
fn agent(plan: &mut Plan<MonitorLocation>) {
    let planned = &mut plan.planned;
    (planned.agent_version, planned.agent_sha256) = (Attr::Unknown, Attr::Unknown);
    let Some(architecture) = planned.architecture.as_known() else { return };
    match agent::package(Build::Agent, (*architecture).into()) {
        Ok(package) => {
            planned.agent_version = Attr::Known(package.version.clone());
            planned.agent_sha256 = Attr::Known(package.sha256.clone());
        }
        Err(problem) => {
            let detail = format!(
                "{problem}.\nhint: every release of the provider brings the agent for each architecture in the same archive; install the whole archive, or build the agent with `cargo dev agent`."
            );
            let path = path!(MonitorLocation => architecture);
            plan.diagnostics.error(path, format!("No agent for this {THING}"), detail);
        }
    }
}

/// Inline policies have little room, and a refusal would come half-way through an apply.
fn check_length(plan: &mut Plan<MonitorLocation>) {
    let planned = &plan.planned;
    let policies = [&planned.policy_json, &planned.canary_policy_json];
    let known = policies.into_iter().filter_map(Attr::as_known);
    let Some(length) = known.filter_map(|policy| too_long_inline(policy)).max() else { return };
    let detail = format!(
        "The policy of the role names them all, for which IAM has room for {LONGEST_INLINE} characters, and this would be {length}."
    );
    // Both may be too many together: what takes up more is where to save.
    let size = |arns| texts(arns).unwrap_or_default().iter().map(String::len).sum::<usize>();
    let path = if size(&planned.assumable_role_arns) > size(&planned.secret_arns) {
        path!(MonitorLocation => assumable_role_arns)
    } else {
        path!(MonitorLocation => secret_arns)
    };
    plan.diagnostics.error(path, "Too many secrets and roles", detail);
}

#[cfg(test)]
mod tests;
