//! The alarms' texts and rules.

use contract::duration::Span;
use contract::trailer::{Kind, Trailer};
use framework::{Attr, Plan, path};

use crate::aws::Arn;
use crate::resources::synthetic_monitor::alarms::{AlarmSettings, Which};
use crate::resources::synthetic_monitor::lower::{self, NotKnown, set, span};
use crate::resources::synthetic_monitor::model::Monitor;

/// Characters of an alarm's description
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const LONGEST_DESCRIPTION: usize = 1_024;

/// Sets what the alarms say and compare, and refuses what CloudWatch has no room for.
pub(super) fn describe(plan: &mut Plan<Monitor>) {
    let mut longest = 0;
    for which in Which::of(&[&plan.planned]) {
        let mut object = which.object(&plan.planned);
        if object.name.is_null() {
            continue;
        }
        object.description = description(&which, &plan.planned).map_or(Attr::Unknown, Attr::Known);
        object.rule = rule(&which, &plan.planned);
        longest = longest.max(object.description.as_known().map_or(0, |text| text.chars().count()));
        which.set_object(&mut plan.planned, object);
    }
    if longest > LONGEST_DESCRIPTION {
        let detail = format!(
            "Description, owner and runbook, and what the relay must know, stand in the alarm's text, for which CloudWatch has room for {LONGEST_DESCRIPTION} characters, and together they have {longest}."
        );
        let summary = "The alarm's text is too long";
        plan.diagnostics.error(path!(Monitor => description), summary, detail);
    }
}

fn rule(which: &Which, planned: &Monitor) -> Attr<String> {
    let (Attr::Known(alarm), Some(_)) = (&planned.alarm, span(&planned.interval)) else {
        return Attr::Unknown;
    };
    let settings = AlarmSettings::with(which, planned, alarm, String::new(), String::new());
    settings.map_or(Attr::Unknown, |settings| Attr::Known(settings.rule()))
}

/// An alarm's text: prose for whoever it wakes, and a last line for the relay.
pub(super) fn description(which: &Which, monitor: &Monitor) -> Result<String, NotKnown> {
    let target = lower::target(monitor)?;
    let mut text = match set(&monitor.description)? {
        Some(description) => description,
        None => format!("Watches {target} from outside."),
    };
    if let Which::NoData(location) = which {
        text = format!(
            "No results from {location} for three intervals, so that nobody there sees whether this is up. {text}"
        );
    }
    let (owner, runbook) = (set(&monitor.owner)?, set(&monitor.runbook_url)?);
    if let Some(owner) = &owner {
        text = format!("{text}\nOwner: {owner}");
    }
    if let Some(runbook) = &runbook {
        text = format!("{text}\nRunbook: {runbook}");
    }
    Ok(trailer(which, monitor, owner, runbook)?.append(&text))
}

fn trailer(
    which: &Which,
    monitor: &Monitor,
    owner: Option<String>,
    runbook: Option<String>,
) -> Result<Trailer, NotKnown> {
    let kind = match which {
        Which::Down => Kind::Down,
        Which::NoData(_) => Kind::NoData,
    };
    let key = set(&monitor.monitor_key)?.or(set(&monitor.name)?).unwrap_or_default();
    let reminder: Option<Span> = set(&monitor.reminder)?.and_then(|text| text.parse().ok());
    let alarm = set(&monitor.alarm)?;
    let told = alarm.map(|alarm| set(&alarm.tell_recovery)).transpose()?.flatten();
    // A relay that isn't told of the end would remind of what is over.
    let tells_recovery = told.unwrap_or(true);
    Ok(Trailer {
        impact: set(&monitor.impact)?,
        owner,
        runbook,
        reminder_seconds: reminder
            .map(Span::as_seconds)
            .filter(|seconds| *seconds > 0 && tells_recovery),
        mention: set(&monitor.mention)?.unwrap_or_default(),
        url: set(&monitor.http)?.map(|http| set(&http.url)).transpose()?.flatten(),
        logs: logs(which, monitor)?,
        ..Trailer::of(key, kind)
    })
}

/// ARN of the log group that says why a probe failed: of the location that is silent, else of the
/// first.
fn logs(which: &Which, monitor: &Monitor) -> Result<Option<String>, NotKnown> {
    let locations = set(&monitor.locations)?.unwrap_or_default();
    let location = match which {
        Which::NoData(key) => locations.get(key),
        Which::Down => locations.values().next(),
    };
    let Some(location) = location.map(set).transpose()?.flatten() else { return Ok(None) };
    let function = set(&location.function_arn)?.and_then(|arn| arn.parse::<Arn>().ok());
    Ok(function.and_then(|arn| {
        let name = arn.resource().strip_prefix("function:")?;
        let (partition, region, account) = (arn.partition(), arn.region()?, arn.account()?);
        Some(format!("arn:{partition}:logs:{region}:{account}:log-group:/aws/lambda/{name}"))
    }))
}
