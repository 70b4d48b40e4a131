//! A location as AWS shows it.

use framework::Attr;

use super::found::Found;
use super::model::{MonitorLocation, Vpc};
use super::names::{Names, Place};
use super::wanted::{NETWORKS, Wanted, environment};
use super::{drift, plan};
use crate::aws::objects::agent::Build;
use crate::aws::objects::policy::says_the_same;
use crate::aws::objects::{Tags, agent, function};
use crate::clients::Defaults;
use crate::model::architecture::Architecture;
use crate::model::tags;
use crate::model::texts::{all as texts, set};

/// The attributes as AWS has them now, those of `state` where that says the same. `wanted` is what
/// `state` makes of the objects.
pub(super) fn as_found(
    state: &MonitorLocation,
    place: &Place,
    names: &Names,
    wanted: &Wanted,
    found: &Found,
    defaults: &Defaults,
) -> MonitorLocation {
    let mut now = state.clone();
    plan::named(&mut now, place, names);
    if let Some(function) = &found.function {
        with_function(&mut now, function);
        let tags = without_aws(&function.function.tags);
        now.tags = tags::own_of(&tags, &state.tags, &state.tags_all, defaults);
        let all = tags.into_iter().map(|(key, value)| (key, Attr::Known(value)));
        now.tags_all = Attr::Known(all.collect());
    }
    if let Some(group) = &found.log_group {
        now.log_retention_days = number(group.retention_days);
    }
    if let Some(bucket) = &found.bucket {
        now.artifact_retention_days = number(bucket.settings.expiration_days());
    }
    with_roles(&mut now, wanted, found);
    now.drift = Attr::Known(drift::between(names, place, wanted, found));
    now.location = Attr::Known(plan::offered(&now, plan::made_at(state)));
    now
}

/// Tags that AWS sets by itself are nobody's to declare.
fn without_aws(tags: &Tags) -> Tags {
    let is_own = |key: &String| !key.starts_with("aws:");
    tags.iter().filter(|(key, _)| is_own(key)).map(|(k, v)| (k.clone(), v.clone())).collect()
}

fn number<T: TryInto<U>, U>(value: Option<T>) -> Attr<U> {
    value.and_then(|number| number.try_into().ok()).into()
}

fn with_function(now: &mut MonitorLocation, found: &function::Found) {
    let function = &found.function;
    now.memory_mb = number(Some(function.memory_mb));
    now.architecture = Architecture::named(&found.architecture).into();
    let networks = function.environment.get(NETWORKS).map(String::as_str).unwrap_or_default();
    let stated = environment(&texts(&now.allowed_networks).unwrap_or_default());
    if stated.get(NETWORKS).map(String::as_str).unwrap_or_default() != networks {
        now.allowed_networks = set(networks.split(',').map(str::to_owned));
    }
    let stated = now.vpc.as_known().map(|vpc| function::Vpc {
        subnet_ids: texts(&vpc.subnet_ids).unwrap_or_default(),
        security_group_ids: texts(&vpc.security_group_ids).unwrap_or_default(),
    });
    if stated != function.vpc {
        now.vpc = function.vpc.clone().map(lifted).into();
    }
    if now.agent_sha256.as_known() != Some(&found.code_sha256) {
        now.agent_sha256 = Attr::Known(found.code_sha256.clone());
        now.agent_version = version(found, &now.architecture).into();
    }
}

/// The version of the code that runs, when it is the agent that comes with this provider.
fn version(found: &function::Found, architecture: &Attr<Architecture>) -> Option<String> {
    let architecture: agent::Architecture = (*architecture.as_known()?).into();
    let package = agent::package(Build::Agent, architecture).ok()?;
    found.has_code(&package).then(|| package.version.clone())
}

fn lifted(vpc: function::Vpc) -> Vpc {
    Vpc { subnet_ids: set(vpc.subnet_ids), security_group_ids: set(vpc.security_group_ids) }
}

/// The ARNs and policies of the roles that are made. A role that is gone is told as drift.
fn with_roles(now: &mut MonitorLocation, wanted: &Wanted, found: &Found) {
    let roles = [
        (&wanted.probe_role, &found.probe_role, &mut now.execution_role_arn, &mut now.policy_json),
        (
            &wanted.scheduler_role,
            &found.scheduler_role,
            &mut now.scheduler_execution_role_arn,
            &mut now.scheduler_policy_json,
        ),
        (
            &wanted.canary_role,
            &found.canary_role,
            &mut now.canary_role_arn,
            &mut now.canary_policy_json,
        ),
    ];
    for (wanted, found, arn, policy) in roles {
        let (Some(wanted), Some(found)) = (wanted, found) else { continue };
        *arn = Attr::Known(found.arn.clone());
        let stated = policy.clone().or(Attr::Known(wanted.policy.to_json()));
        *policy = match (&found.policy, stated) {
            (Some(found), Attr::Known(stated)) if says_the_same(found, &stated) => {
                Attr::Known(stated)
            }
            (found, _) => found.clone().into(),
        };
    }
}
