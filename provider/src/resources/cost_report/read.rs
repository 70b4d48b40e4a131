//! A report as AWS shows it.

use contract::report::Run;
use framework::{Attr, Result};

use super::found::Found;
use super::model::{CostReport, History};
use super::wanted::time_of;
use super::{Entered, condition, plan};
use crate::aws::Arn;
use crate::aws::objects::agent::{self, Build};
use crate::aws::objects::policy::says_the_same;
use crate::aws::objects::role;
use crate::aws::objects::schedule::Schedule;
use crate::aws::objects::{Tags, function};
use crate::clients::Clients;
use crate::model::architecture::Architecture;
use crate::model::{tags, texts};

/// The attributes as AWS has them now, those of `state` where that says the same.
///
/// # Errors
/// A bug of the provider's, when an attribute is not known.
pub(super) fn as_found(
    entered: &Entered,
    clients: &Clients,
    state: &CostReport,
    found: &Found,
) -> Result<CostReport> {
    let mut now = state.clone();
    if let Some(schedule) = &found.schedule {
        with_schedule(&mut now, schedule, entered);
    }
    plan::named(&mut now, &entered.place, &entered.names);
    if let Some(function) = &found.function {
        with_function(&mut now, function, entered);
        let tags = without_aws(&function.function.tags);
        now.tags = tags::own_of(&tags, &state.tags, &state.tags_all, &clients.defaults);
        let all = tags.into_iter().map(|(key, value)| (key, Attr::Known(value)));
        now.tags_all = Attr::Known(all.collect());
    }
    if let Some(days) = found.log_group.as_ref().map(|group| group.retention_days) {
        now.log_retention_days = days.and_then(|days| days.try_into().ok()).into();
    }
    now.queries = texts::set(found.queries.iter().map(|found| found.query.name.clone()));
    if let Some(role) = found.role.as_ref().or(found.scheduler_role.as_ref()) {
        now.permissions_boundary = role.permissions_boundary.clone().into();
    }
    let wanted = entered.wanted(clients, &now)?;
    with_role(
        &mut now.execution_role_arn,
        &mut now.policy_json,
        wanted.role.as_ref(),
        found.role.as_ref(),
    );
    with_role(
        &mut now.scheduler_execution_role_arn,
        &mut now.scheduler_policy_json,
        wanted.scheduler_role.as_ref(),
        found.scheduler_role.as_ref(),
    );
    now.condition = Attr::Known(condition::of(&wanted, found, &entered.place.partition));
    Ok(now)
}

/// Tags that AWS sets by itself are nobody's to declare.
fn without_aws(tags: &Tags) -> Tags {
    let is_own = |key: &String| !key.starts_with("aws:");
    tags.iter().filter(|(key, _)| is_own(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

/// The settings in a schedule's input, when they can be read.
pub(super) fn parsed(schedule: &Schedule) -> Option<Run> {
    serde_json::from_str(&schedule.input).ok()
}

fn with_schedule(now: &mut CostReport, found: &Schedule, entered: &Entered) {
    now.schedule_expression = Attr::Known(found.expression.clone());
    if let Some(time) = time_of(&found.expression) {
        now.time = Attr::Known(time);
    }
    if let Some(run) = parsed(found) {
        super::settings::lift(&run.settings, now);
        let bucket = &run.settings.history.bucket;
        if *bucket != super::wanted::bucket_name(now, &entered.names) {
            let own = *bucket == entered.names.bucket;
            let given = (!own).then(|| bucket.clone()).into();
            let history = now.history.as_known().cloned().unwrap_or_default();
            now.history = Attr::Known(History { bucket: given, ..history });
        }
    }
    // That of the schedule decides when it runs.
    now.timezone = Attr::Known(found.timezone.clone());
}

fn with_function(now: &mut CostReport, found: &function::Found, entered: &Entered) {
    now.memory_mb = u64::try_from(found.function.memory_mb).ok().into();
    now.architecture = Architecture::named(&found.architecture).into();
    let role = &found.function.role_arn;
    if !now.role_arn.is_null() && !is_named(role, &entered.names.role) {
        now.role_arn = Attr::Known(role.clone());
    }
    if now.agent_sha256.as_known() != Some(&found.code_sha256) {
        now.agent_sha256 = Attr::Known(found.code_sha256.clone());
        now.agent_version = version(found, &now.architecture).into();
    }
}

/// Whether the ARN is of a role of this name, whatever its path.
pub(super) fn is_named(arn: &str, name: &str) -> bool {
    let role = arn.parse::<Arn>().ok();
    role.is_some_and(|arn| arn.resource().rsplit('/').next() == Some(name))
}

/// The version of the code that runs, when it is the agent that comes with this provider.
fn version(found: &function::Found, architecture: &Attr<Architecture>) -> Option<String> {
    let architecture: agent::Architecture = (*architecture.as_known()?).into();
    let package = agent::package(Build::Report, architecture).ok()?;
    found.has_code(&package).then(|| package.version.clone())
}

/// The ARN and the policy of a role that is made. One that is gone is told as the condition.
fn with_role(
    arn: &mut Attr<String>,
    policy: &mut Attr<String>,
    wanted: Option<&role::Role>,
    found: Option<&role::Found>,
) {
    let (Some(wanted), Some(found)) = (wanted, found) else { return };
    *arn = Attr::Known(found.arn.clone());
    let stated = policy.clone().or(Attr::Known(wanted.policy.to_json()));
    *policy = match (&found.policy, stated) {
        (Some(found), Attr::Known(stated)) if says_the_same(found, &stated) => Attr::Known(stated),
        (found, _) => found.clone().into(),
    };
}
