//! What a location's objects shall be, from its attributes.

use std::collections::{BTreeMap, BTreeSet};

use framework::{Attr, Error, Result};

use super::model::MonitorLocation;
use super::names::{Names, Place};
use super::policies::{self, Needs};
use crate::aws::objects::Tags;
use crate::aws::objects::bucket::{Bucket, Lifetime};
use crate::aws::objects::function::{Function, Vpc};
use crate::aws::objects::log_group::LogGroup;
use crate::aws::objects::role::Role;
use crate::aws::objects::schedule_group::ScheduleGroup;
use crate::model::location;
use crate::model::tags;
use crate::model::texts::all as texts;

/// The function's variable with the networks that checks may reach though they are private.
pub(super) const NETWORKS: &str = "HINOMI_LOCATION_NETWORKS";

/// All objects of a location. What the user brings along is not among them.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) log_group: LogGroup,
    pub(super) probe_role: Option<Role>,
    pub(super) function: Function,
    pub(super) schedule_group: ScheduleGroup,
    pub(super) scheduler_role: Option<Role>,
    pub(super) canary_role: Option<Role>,
    pub(super) bucket: Option<Bucket>,
}

impl Wanted {
    /// The objects of a location whose attributes are all known.
    ///
    /// # Errors
    /// A bug of the provider's, when one is not.
    pub(super) fn of(
        model: &MonitorLocation,
        place: &Place,
        names: &Names,
        iam_path: &str,
    ) -> Result<Self> {
        let name = model.name.known("name")?;
        let tags = plain_tags(model)?;
        let needs = needs(model).ok_or_else(|| bug("an ARN"))?;
        let role = |role_name: &str, does: &str, trust, policy| Role {
            name: role_name.to_owned(),
            path: iam_path.to_owned(),
            description: format!("{does} the Hinomi location {name}."),
            trust,
            policy,
            permissions_boundary: model.permissions_boundary.as_known().cloned(),
            tags: tags.clone(),
        };
        let probe_role = model.role_arn.is_null().then(|| {
            let policy = policies::probe(place, names, &needs);
            role(&names.probe_role, "Runs checks from", policies::trust_in_lambda(), policy)
        });
        let scheduler_role = model.scheduler_role_arn.is_null().then(|| {
            let trust = policies::trust_in_schedules(place, names);
            let policy = policies::schedules(place, names);
            role(&names.scheduler_role, "Starts checks from", trust, policy)
        });
        let canary_role = has_canaries(model).then(|| {
            let policy = policies::canaries(place, names, &needs);
            role(&names.canary_role, "Runs canaries from", policies::trust_in_lambda(), policy)
        });
        let bucket = has_canaries(model).then(|| Bucket {
            name: names.bucket.clone(),
            lifetime: Lifetime::Days(number(&model.artifact_retention_days)),
            tags: tags.clone(),
        });
        Ok(Self {
            log_group: LogGroup {
                name: names.log_group(),
                retention_days: number(&model.log_retention_days),
                tags: tags.clone(),
            },
            probe_role,
            function: function(model, names, &tags)?,
            schedule_group: ScheduleGroup { name: names.schedule_group.clone(), tags },
            scheduler_role,
            canary_role,
            bucket,
        })
    }
}

fn function(model: &MonitorLocation, names: &Names, tags: &Tags) -> Result<Function> {
    let networks = texts(&model.allowed_networks).ok_or_else(|| bug("a network"))?;
    Ok(Function {
        name: names.function.clone(),
        description: format!("Runs checks from the Hinomi location {}.", model.name.known("name")?),
        role_arn: model.execution_role_arn.known("execution_role_arn")?.clone(),
        memory_mb: number(&model.memory_mb),
        timeout_seconds: location::RUN_LIMIT_SECONDS,
        environment: environment(&networks),
        log_group: names.log_group(),
        vpc: vpc(model)?,
        tags: tags.clone(),
    })
}

/// The function's environment: empty unless private networks may be reached.
pub(super) fn environment(networks: &BTreeSet<String>) -> BTreeMap<String, String> {
    if networks.is_empty() {
        return BTreeMap::new();
    }
    let networks: Vec<&str> = networks.iter().map(String::as_str).collect();
    BTreeMap::from([(NETWORKS.to_owned(), networks.join(","))])
}

fn vpc(model: &MonitorLocation) -> Result<Option<Vpc>> {
    let Some(vpc) = model.vpc.as_known() else { return Ok(None) };
    Ok(Some(Vpc {
        subnet_ids: texts(&vpc.subnet_ids).ok_or_else(|| bug("a subnet"))?,
        security_group_ids: texts(&vpc.security_group_ids)
            .ok_or_else(|| bug("a security group"))?,
    }))
}

/// What the policies depend on; nothing while any of it is unknown.
pub(super) fn needs(model: &MonitorLocation) -> Option<Needs> {
    if model.vpc.is_unknown() {
        return None;
    }
    Some(Needs {
        secret_arns: texts(&model.secret_arns)?.into_iter().collect(),
        assumable_role_arns: texts(&model.assumable_role_arns)?.into_iter().collect(),
        is_in_vpc: !model.vpc.is_null(),
    })
}

/// Whether the location makes what canaries need.
pub(super) fn has_canaries(model: &MonitorLocation) -> bool {
    model.canaries.as_known() == Some(&true)
}

/// A number as the SDK takes it; every one has an upper limit in the schema.
fn number<T: Copy + TryInto<i32>>(attribute: &Attr<T>) -> i32 {
    attribute.as_known().and_then(|number| (*number).try_into().ok()).unwrap_or_default()
}

pub(super) fn plain_tags(model: &MonitorLocation) -> Result<Tags> {
    tags::plain(&model.tags_all).ok_or_else(|| bug("a tag"))
}

fn bug(what: &str) -> Error {
    Error::provider_bug(format!("{what} is not known while it must be"))
}
