//! The names and ARNs of a monitor's objects.

use std::collections::BTreeMap;

use framework::{Attr, Error, Plan, Result};

use crate::aws::names;
use crate::clients::Defaults;
use crate::resources::synthetic_monitor::alarms::Which;
use crate::resources::synthetic_monitor::model::{AlarmObject, Engine, Monitor};

/// The stack that a monitor's key doesn't name.
const DEFAULT_STACK: &str = "default";

/// Whether the object of a plan is one that exists: it keeps its names, whatever became of the
/// provider's prefix and stack since.
pub(super) fn existing(plan: &Plan<Monitor>) -> Option<&Monitor> {
    plan.prior.as_ref().filter(|prior| {
        let account =
            |monitor: &Monitor| monitor.account.as_known().map(|account| account.id.clone());
        let kept_region = prior.region == plan.planned.region;
        kept_region && account(prior) == account(&plan.planned) && prior.name == plan.planned.name
    })
}

/// Sets the names and ARNs of what is made, and nulls what the engine doesn't make.
pub(super) fn name(plan: &mut Plan<Monitor>, defaults: &Defaults) -> Result<()> {
    let kept = existing(plan).cloned().unwrap_or_default();
    let planned = &mut plan.planned;
    let engine = planned.engine.as_known().copied();
    planned.monitor_key = key(&kept.monitor_key, defaults, &planned.name);
    if engine != Some(Engine::Probe) {
        let canary = named(&kept.canary_name, names::CANARY, defaults, &planned.name)?;
        planned.canary_arn = arn(planned, "synthetics", "canary", &canary);
        planned.canary_name = canary;
    }
    match engine {
        Some(Engine::Canary) => {
            planned.schedules = Attr::Null;
        }
        Some(Engine::Probe) => {
            planned.canary_name = Attr::Null;
            planned.canary_arn = Attr::Null;
            planned.canary_id = Attr::Null;
            planned.function_arn = Attr::Null;
            planned.log_group_name = Attr::Null;
        }
        None => {}
    }
    planned.no_data_alarms = no_data_alarms(engine, planned);
    for which in Which::of(&[planned]) {
        name_alarm(&which, &kept, planned, defaults)?;
    }
    Ok(())
}

/// One for each location of a probe that has an alarm; their names follow.
fn no_data_alarms(
    engine: Option<Engine>,
    planned: &Monitor,
) -> Attr<BTreeMap<String, Attr<AlarmObject>>> {
    match (engine, &planned.alarm, &planned.locations) {
        (Some(Engine::Canary), _, _) | (_, Attr::Null, _) => Attr::Null,
        (Some(Engine::Probe), Attr::Known(_), Attr::Known(locations)) => {
            let object = || Attr::Known(AlarmObject::default());
            Attr::Known(locations.keys().map(|location| (location.clone(), object())).collect())
        }
        _ => Attr::Unknown,
    }
}

/// What metrics and messages call a monitor. It is unique where the stack and the name together are.
fn key(kept: &Attr<String>, defaults: &Defaults, name: &Attr<String>) -> Attr<String> {
    if !kept.is_null() {
        return kept.clone();
    }
    match (defaults.stack.as_known(), name.as_known()) {
        (Some(stack), Some(name)) if stack == DEFAULT_STACK => Attr::Known(name.clone()),
        (Some(stack), Some(name)) => Attr::Known(format!("{stack}/{name}")),
        _ => Attr::Unknown,
    }
}

fn name_alarm(
    which: &Which,
    kept: &Monitor,
    planned: &mut Monitor,
    defaults: &Defaults,
) -> Result<()> {
    let name = match &planned.alarm {
        Attr::Null => Attr::Null,
        Attr::Unknown => Attr::Unknown,
        Attr::Known(_) => {
            let full = planned.name.as_ref().map(|name| match which {
                Which::Down => name.clone(),
                Which::NoData(location) => format!("{name}/no-data/{location}"),
            });
            named(&which.object(kept).name, names::ALARM, defaults, &full)?
        }
    };
    let arn = arn(planned, "cloudwatch", "alarm", &name);
    which.set_object(planned, AlarmObject { name, arn, ..AlarmObject::default() });
    Ok(())
}

/// The name that an object has, or gets by a rule.
pub(in super::super) fn named(
    kept: &Attr<String>,
    rule: names::NameRule,
    defaults: &Defaults,
    name: &Attr<String>,
) -> Result<Attr<String>> {
    if !kept.is_null() {
        return Ok(kept.clone());
    }
    let (Some(prefix), Some(stack), Some(name)) =
        (defaults.name_prefix.as_known(), defaults.stack.as_known(), name.as_known())
    else {
        return Ok(Attr::Unknown);
    };
    let fitted = names::fit(rule, prefix, stack, name);
    fitted.map(Attr::Known).map_err(|problem| {
        let problem = format!("The provider's `name_prefix`: {problem}.");
        Error::new("A name in AWS would be too long", problem)
    })
}

/// The ARN of an object in the monitor's account and region.
pub(super) fn arn(
    monitor: &Monitor,
    service: &str,
    kind: &str,
    name: &Attr<String>,
) -> Attr<String> {
    let account = monitor.account.as_ref().and_then(|account| account.id.as_ref());
    match (name, account, &monitor.region) {
        (Attr::Null, _, _) => Attr::Null,
        (Attr::Known(name), Attr::Known(account), Attr::Known(region)) => {
            let partition = partition(region);
            Attr::Known(format!("arn:{partition}:{service}:{region}:{account}:{kind}:{name}"))
        }
        _ => Attr::Unknown,
    }
}

/// The partition that a region belongs to
/// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>).
pub(in super::super) fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    let found = PARTITIONS.iter().find(|(beginning, _)| region.starts_with(beginning));
    found.map_or("aws", |(_, partition)| partition)
}
