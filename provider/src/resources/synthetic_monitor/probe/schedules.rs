//! The schedules of a probe: one for each location, which sends the check as it is declared.

use std::collections::BTreeMap;

use contract::duration::Span;
use contract::probe::{Home, Purpose, Run, SCHEDULED_TIME};
use framework::{Attr, Error, Plan, Result, path};
use serde::Deserialize;

use super::minute;
use crate::aws::names::{self, fit};
use crate::aws::objects::schedule::{self, Schedule};
use crate::model::account::Account;
use crate::model::location::Location;
use crate::resources::synthetic_monitor::canary::settings::schedule as rate;
use crate::resources::synthetic_monitor::lower::{self, span};
use crate::resources::synthetic_monitor::model::{self, Monitor};
use crate::resources::synthetic_monitor::plan;

/// The most bytes of an input: 256 KB, which Scheduler's quota for the payload of an invocation is
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html>).
const LARGEST_INPUT: usize = 262_144;
/// How often Scheduler tries again where the function can't be invoked: the next run is near.
const RETRIES: i32 = 2;
/// The least and the most that Scheduler goes on trying, in seconds.
const AGES: (u64, u64) = (60, 86_400);

/// Sets the schedules of a plan where all that they say is known.
pub(in super::super) fn plan_schedules(planned: &mut Monitor) {
    let keys: Vec<String> = match &planned.locations {
        Attr::Known(locations) => locations.keys().cloned().collect(),
        Attr::Null | Attr::Unknown => {
            planned.schedules = Attr::Unknown;
            return;
        }
    };
    let mut schedules = BTreeMap::new();
    for key in keys {
        let object = match wanted(planned, &key) {
            Ok(schedule) => object(planned, &key, &schedule),
            Err(_) => Attr::Unknown,
        };
        schedules.insert(key, object);
    }
    planned.schedules = Attr::Known(schedules);
}

/// Refuses a check that is too long for a schedule. As many bytes as its text has in a request are
/// counted, where each quotation mark has a backslash.
pub(in super::super) fn check_size(plan: &mut Plan<Monitor>) {
    let keys = plan.planned.locations.as_known().into_iter().flatten().map(|(key, _)| key);
    let inputs = keys.filter_map(|key| wanted(&plan.planned, key).ok());
    let sizes = inputs
        .map(|schedule| serde_json::to_string(&schedule.input).expect("a text is JSON").len());
    let Some(size) = sizes.max().filter(|size| *size > LARGEST_INPUT) else { return };
    let detail = format!(
        "The schedule sends the check to the probe and has room for {LARGEST_INPUT} bytes, and this one has {size}: take a shorter `body` or fewer assertions."
    );
    plan.diagnostics.error(path!(Monitor => http), "The check is too long", detail);
}

fn object(monitor: &Monitor, key: &str, schedule: &Schedule) -> Attr<model::Schedule> {
    let Ok(location) = location(monitor, key) else { return Attr::Unknown };
    let (Some(account), Some(region)) =
        (location.account_id.as_known(), location.region.as_known())
    else {
        return Attr::Unknown;
    };
    let partition = plan::partition(region);
    let Schedule { group, name, .. } = schedule;
    Attr::Known(model::Schedule {
        arn: Attr::Known(format!(
            "arn:{partition}:scheduler:{region}:{account}:schedule/{group}/{name}"
        )),
        name: Attr::Known(name.clone()),
        definition_hash: Attr::Known(schedule.hash()),
    })
}

/// One of a monitor's locations.
pub(super) fn location<'a>(monitor: &'a Monitor, key: &str) -> Result<&'a Location> {
    let locations = monitor.locations.known("locations")?;
    let missing = || Error::provider_bug(format!("location `{key}` is missing"));
    locations.get(key).ok_or_else(missing)?.known("locations")
}

/// The account of a location, and the way into it: the location's own, or that of the monitor where
/// both are in one account.
pub(super) fn account(monitor: &Monitor, location: &Location) -> Attr<Account> {
    let home = monitor.account.as_known().cloned().unwrap_or_default();
    let is_home = home.id == location.account_id;
    let or_home = |own: &Attr<String>, home: Attr<String>| {
        if own.is_null() && is_home { home } else { own.clone() }
    };
    Attr::Known(Account {
        id: location.account_id.clone(),
        role_name: or_home(&location.role_name, home.role_name.clone()),
        external_id: or_home(&location.external_id, home.external_id.clone()),
    })
}

/// What a location's schedule shall be.
pub(super) fn wanted(monitor: &Monitor, key: &str) -> Result<Schedule> {
    let location = location(monitor, key)?;
    let run = run(monitor, location)?;
    let interval = run.rhythm().between_starts();
    let is_alone = monitor.locations.as_known().is_none_or(|locations| locations.len() < 2);
    let expression = if is_alone {
        // Its first run comes at once.
        rate(&interval.to_string())
    } else {
        let Home { account, region, .. } = &run.home;
        minute::expression(&format!("{account}/{region}/{}", run.monitor), interval)
    };
    let age = run.interval_seconds.clamp(AGES.0, AGES.1);
    Ok(Schedule {
        group: location.schedule_group_name.known("locations")?.clone(),
        name: name(monitor)?,
        expression,
        timezone: schedule::UTC.to_owned(),
        description: format!("Runs the check of the monitor {}.", run.monitor),
        function_arn: location.function_arn.known("locations")?.clone(),
        role_arn: location.scheduler_role_arn.known("locations")?.clone(),
        input: run.to_json(),
        enabled: *monitor.enabled.known("enabled")?,
        retries: RETRIES,
        longest_age_seconds: i32::try_from(age).unwrap_or(i32::MAX),
    })
}

/// The name of a monitor's schedules: its key, which is unique, in the words that Scheduler allows.
/// The home is part of it, since a location may serve several accounts and regions.
fn name(monitor: &Monitor) -> Result<String> {
    let account = monitor.account.known("account")?.id.known("account.id")?;
    let region = monitor.region.known("region")?;
    let key = monitor.monitor_key.known("monitor_key")?;
    let home = format!("{account}-{region}");
    fit(names::SCHEDULE, "", &home, key).map_err(|problem| Error::provider_bug(problem.to_string()))
}

fn run(monitor: &Monitor, location: &Location) -> Result<Run> {
    let unknown = || Error::provider_bug("a check that was planned is not known");
    let check = lower::check(monitor).map_err(|_| unknown())?.ok_or_else(unknown)?;
    let seconds = |attribute| span(attribute).map(Span::as_seconds).ok_or_else(unknown);
    let metrics_role_arn = match &monitor.metrics_role_arn {
        Attr::Unknown => return Err(unknown()),
        Attr::Null => None,
        Attr::Known(_) if location.account_id == account_id(monitor) => None,
        Attr::Known(role) => Some(role.clone()),
    };
    let retries = *monitor.retries.known("retries")?;
    Ok(Run {
        hinomi: Purpose::Probe,
        monitor: monitor.monitor_key.known("monitor_key")?.clone(),
        location: location.name.known("locations")?.clone(),
        check,
        // The check's own limit is one try's; the whole run gets the tries together.
        timeout_milliseconds: seconds(&monitor.timeout)?
            .saturating_mul(1_000)
            .saturating_mul(u64::from(retries) + 1),
        retries,
        interval_seconds: seconds(&monitor.interval)?,
        home: Home {
            account: account_id(monitor).known("account.id")?.clone(),
            region: monitor.region.known("region")?.clone(),
            metrics_role_arn,
        },
        scheduled_time: SCHEDULED_TIME.to_owned(),
    })
}

fn account_id(monitor: &Monitor) -> Attr<String> {
    monitor.account.as_ref().and_then(|account| account.id.as_ref()).map(Clone::clone)
}

/// The parts of a [`Run`] that say whose it is, whatever else another version of the provider wrote.
#[derive(Deserialize)]
struct Owner {
    #[serde(rename = "hinomi")]
    _purpose: Purpose,
    monitor: String,
    home: Home,
}

/// Whether a schedule runs this monitor's check: schedules have no tags that could say so.
pub(super) fn is_own(monitor: &Monitor, found: &Schedule) -> bool {
    let (Ok(run), Some(key)) =
        (serde_json::from_str::<Owner>(&found.input), monitor.monitor_key.as_known())
    else {
        return false;
    };
    run.monitor == *key && Attr::Known(run.home.account) == account_id(monitor)
}
