//! The alarms' texts and rules.

use contract::duration::Span;
use contract::rhythm::Rhythm;
use contract::trailer::{Kind, Trailer};
use framework::{Attr, Path, Plan, path};

use crate::aws::Arn;
use crate::resources::synthetic_monitor::alarms::{AlarmSettings, Which};
use crate::resources::synthetic_monitor::lower::{self, NotKnown, set, span};
use crate::resources::synthetic_monitor::model::Monitor;

/// Characters of an alarm's description
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const LONGEST_DESCRIPTION: usize = 1_024;
/// Characters of an address in prose.
const LONGEST_TARGET: usize = 120;

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
        let (at, parts) = longest_parts(&plan.planned);
        let detail = format!(
            "The alarm's text holds what people and the relay must know, for which CloudWatch has room for {LONGEST_DESCRIPTION} characters, and this has {longest}. Most of it is {parts}."
        );
        plan.diagnostics.error(at, "The alarm's text is too long", detail);
    }
}

/// The attribute that takes most room in the text, and how much each takes: owner and runbook stand
/// in the prose and in the relay's line.
fn longest_parts(planned: &Monitor) -> (Path, String) {
    let length = |text: &Attr<String>| text.as_known().map_or(0, |text| text.chars().count());
    let url = planned.http.as_known().map_or(0, |http| length(&http.url));
    let mut parts = [
        (path!(Monitor => description), "description", length(&planned.description)),
        (path!(Monitor => owner), "owner", 2 * length(&planned.owner)),
        (path!(Monitor => runbook_url), "runbook_url", 2 * length(&planned.runbook_url)),
        (path!(Monitor => http.url), "http.url", url),
    ];
    parts.sort_by_key(|(_, _, length)| std::cmp::Reverse(*length));
    let told = parts.iter().filter(|(_, _, length)| *length > 0);
    let told = told.map(|(_, name, length)| format!("`{name}` with {length}"));
    let told = told.collect::<Vec<_>>().join(", ");
    let [(longest, ..), ..] = parts;
    (longest, told)
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
    let mut text = match set(&monitor.description)? {
        Some(description) => description,
        None => format!("Watches {} from outside.", short(&lower::target(monitor)?)),
    };
    if let Which::NoData(key) = which {
        let location = place(key, monitor)?;
        let interval: Option<Span> = set(&monitor.interval)?.and_then(|text| text.parse().ok());
        let is_below = interval.is_some_and(|interval| Rhythm::of(interval).is_below_a_minute());
        let silence = if is_below { "three minutes" } else { "three intervals" };
        text = format!(
            "No results from {location} for {silence}, so that nobody there sees whether this is up. {text}"
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

/// The name of a location, as its metrics carry it; its key while the monitor has none of that key.
fn place(key: &str, monitor: &Monitor) -> Result<String, NotKnown> {
    let locations = set(&monitor.locations)?.unwrap_or_default();
    let location = locations.get(key).map(set).transpose()?.flatten();
    let name = location.map(|location| set(&location.name)).transpose()?.flatten();
    Ok(name.unwrap_or_else(|| key.to_owned()))
}

/// An address that is too long for prose, without its query and cut: the relay's line has all of it.
fn short(target: &str) -> String {
    if target.chars().count() <= LONGEST_TARGET {
        return target.to_owned();
    }
    let plain = target.split(['?', '#']).next().unwrap_or_default();
    let mut shown: String = plain.chars().take(LONGEST_TARGET).collect();
    shown.push('…');
    shown
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
    let key = set(&monitor.monitor_key)?.unwrap_or_default();
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
