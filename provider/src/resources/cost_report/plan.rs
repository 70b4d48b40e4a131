//! What a plan can know of a report: everything, as soon as its inputs are known.

use framework::{Attr, Plan, Private, Result, path};
use history::{NamedQuery, TableName};

use super::model::{CostReport, Rules};
use super::names::{Names, Place, TABLE};
use super::wanted::{bucket_name, database_name, expression};
use super::{COMPLETE, NAMES, THING, policies, price, rules, settings};
use crate::aws::objects::agent::{self, Build};
use crate::aws::objects::policy::Policy;
use crate::clients::{Clients, Defaults};
use crate::model::texts::{self, Texts};
use crate::model::{boundary, place, tags};

/// The path of roles where the provider block names none.
pub(super) const IAM_PATH: &str = "/";

/// Sets everything that is known, and refuses what AWS would refuse.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<CostReport>) -> Result<()> {
    place::resolve(clients, plan).await?;
    let defaults = &clients.defaults;
    let place = placed(&plan.planned);
    let at = place.as_ref().map(|place| (&place.partition, &place.account));
    let bounded = boundary::arn(&defaults.permissions_boundary, at);
    let planned = &mut plan.planned;
    planned.permissions_boundary = plan.config.permissions_boundary.clone().or(bounded);
    if plan.config.rules.is_null() {
        planned.rules = Attr::Known(Rules::lifted(&contract::spike::Rules::default()));
    }
    planned.schedule_expression =
        planned.time.as_ref().and_then(|time| expression(time).map_or(Attr::Null, Attr::Known));
    planned.tags_all = tags::all(&planned.tags, defaults, &planned.name);
    planned.condition = Attr::Known(COMPLETE.to_owned());
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    agent(plan);
    let names = match &place {
        Some(place) => names(plan, place, defaults)?,
        None => None,
    };
    match (&place, &names) {
        (Some(place), Some(names)) => {
            plan.private.keep(NAMES, names)?;
            let planned = &mut plan.planned;
            named(planned, place, names);
            roles(planned, place, names, &defaults.iam_path);
            allowed(planned, place, names);
            rules::check_placed(planned, place, names, defaults, &mut plan.diagnostics);
        }
        _ => forget(&mut plan.planned),
    }
    price::check(clients, plan).await;
    Ok(())
}

/// Where the report lives, when that is known.
fn placed(report: &CostReport) -> Option<Place> {
    let account = report.account.as_known()?.id.as_known()?;
    let region = report.region.as_known()?;
    Some(Place::new(account.parse().ok()?, region.parse().ok()?))
}

/// The names of the objects. Those that exist keep theirs, whatever became of the provider's prefix
/// and stack since.
fn names(plan: &Plan<CostReport>, place: &Place, defaults: &Defaults) -> Result<Option<Names>> {
    let account = |report: &CostReport| report.account.as_known().map(|account| account.id.clone());
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
fn kept(private: &Private) -> Option<Names> {
    private.value(NAMES)
}

/// What depends on names is unknown with them.
fn forget(planned: &mut CostReport) {
    for attribute in [
        &mut planned.function_name,
        &mut planned.function_arn,
        &mut planned.execution_role_arn,
        &mut planned.schedule_group_name,
        &mut planned.scheduler_execution_role_arn,
        &mut planned.log_group_name,
        &mut planned.bucket_name,
        &mut planned.bucket_arn,
        &mut planned.database_name,
        &mut planned.workgroup_name,
        &mut planned.policy_json,
        &mut planned.scheduler_policy_json,
    ] {
        *attribute = Attr::Unknown;
    }
    planned.table_name = Attr::Known(TABLE.to_owned());
    planned.queries = Attr::Unknown;
}

/// Sets names and ARNs, and the queries, which name the table.
pub(super) fn named(planned: &mut CostReport, place: &Place, names: &Names) {
    planned.function_name = Attr::Known(names.function.clone());
    planned.function_arn = Attr::Known(place.function(names));
    planned.schedule_group_name = Attr::Known(names.schedule_group.clone());
    planned.log_group_name = Attr::Known(names.log_group());
    planned.table_name = Attr::Known(TABLE.to_owned());
    let given = |attribute: Attr<String>, name: &str| attribute.or(Attr::Known(name.to_owned()));
    planned.bucket_name = given(planned.of_history(|history| &history.bucket), &names.bucket);
    planned.bucket_arn = planned.bucket_name.as_ref().map(|name| place.bucket(name));
    planned.database_name = given(planned.of_history(|history| &history.database), &names.database);
    planned.workgroup_name =
        given(planned.of_history(|history| &history.workgroup), &names.workgroup);
    planned.queries = asked(planned, names);
}

/// The names of all queries.
fn asked(report: &CostReport, names: &Names) -> Attr<Texts> {
    let queries = queries(report, names);
    queries.map_or(Attr::Unknown, |all| texts::set(all.into_iter().map(|query| query.name)))
}

/// All queries; nothing while an event or the table's place is not known.
pub(super) fn queries(report: &CostReport, names: &Names) -> Option<Vec<NamedQuery>> {
    if report.database_name.is_unknown() || !settings::events_are_known(report) {
        return None;
    }
    let settings = settings::as_far_as_known(report, &bucket_name(report, names));
    let table = TableName { database: database_name(report, names), table: TABLE.to_owned() };
    Some(super::queries::of(&settings, &table))
}

/// Sets the ARNs of the roles: the user's own, or those that are made.
pub(super) fn roles(
    planned: &mut CostReport,
    place: &Place,
    names: &Names,
    iam_path: &Attr<String>,
) {
    let iam_path = iam_path.clone().or(Attr::Known(IAM_PATH.to_owned()));
    let made = |name: &str| iam_path.as_ref().map(|path| place.role(path, name));
    planned.execution_role_arn = planned.role_arn.clone().or(made(&names.role));
    planned.scheduler_execution_role_arn =
        planned.scheduler_role_arn.clone().or(made(&names.scheduler_role));
}

/// Sets what the roles may do.
pub(super) fn allowed(planned: &mut CostReport, place: &Place, names: &Names) {
    let json = |policy: Policy| Attr::Known(policy.to_json());
    let bucket = planned.bucket_name.as_known().cloned();
    let needs = bucket.and_then(|bucket| policies::needs(planned, &bucket));
    planned.policy_json =
        needs.map_or(Attr::Unknown, |needs| json(policies::function(place, names, &needs)));
    planned.scheduler_policy_json = json(policies::schedule(place, names));
}

/// Sets the agent that will run. It lies beside the provider, so a plan finds out that it doesn't.
fn agent(plan: &mut Plan<CostReport>) {
    let planned = &mut plan.planned;
    (planned.agent_version, planned.agent_sha256) = (Attr::Unknown, Attr::Unknown);
    let Some(architecture) = planned.architecture.as_known() else { return };
    match agent::package(Build::Report, (*architecture).into()) {
        Ok(package) => {
            planned.agent_version = Attr::Known(package.version.clone());
            planned.agent_sha256 = Attr::Known(package.sha256.clone());
        }
        Err(problem) => {
            let detail = format!(
                "{problem}.\nhint: every release of the provider brings the agent's builds for each architecture in the same archive; install the whole archive, or build the agent with `cargo dev agent`."
            );
            let path = path!(CostReport => architecture);
            plan.diagnostics.error(path, format!("No agent for this {THING}"), detail);
        }
    }
}
