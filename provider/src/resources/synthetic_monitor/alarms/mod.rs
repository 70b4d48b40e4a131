//! A monitor's alarms: the one that tells that its service is down, and, for a probe, one for each
//! location that tells that nothing is heard from there any more.
//!
//! `settings` says what they shall be, `figure` what they compare, `api` makes the calls, `read` turns what CloudWatch shows
//! into attributes, `change` brings the one to the other.

mod api;
mod change;
mod figure;
mod read;
mod settings;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_cloudwatch::types::MetricAlarm;
use framework::{Attr, Result};

use super::model::{AlarmObject, Monitor};
use super::{THING, label, prefix};
use crate::aws::reads::alarms::Alarm;
use crate::aws::{Session, reads};
use crate::clients::Clients;
use crate::diagnose::Doing;

pub(super) use api::find_own;
pub(super) use change::{Changes, apply, check_free, delete, make, ring};
pub(super) use read::as_found;
pub(super) use settings::{AlarmSettings, longest_window, most_runs};

/// Which of a monitor's alarms.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Which {
    /// The service is down.
    Down,
    /// No result has come from this location for some intervals.
    NoData(String),
}

impl Which {
    /// Those that a monitor has or had.
    pub(super) fn of(monitors: &[&Monitor]) -> Vec<Self> {
        let silent = monitors.iter().filter_map(|monitor| monitor.no_data_alarms.as_known());
        let locations: BTreeSet<&String> = silent.flat_map(BTreeMap::keys).collect();
        let silent = locations.into_iter().map(|location| Self::NoData(location.clone()));
        std::iter::once(Self::Down).chain(silent).collect()
    }

    /// What messages call it, after "Unable to make".
    fn thing(&self) -> String {
        match self {
            Self::Down => "the alarm of".to_owned(),
            Self::NoData(location) => format!("the alarm for missing data from `{location}` of"),
        }
    }

    /// The alarm as a monitor's attributes have it; with a null name where there is none.
    pub(super) fn object(&self, monitor: &Monitor) -> AlarmObject {
        match self {
            Self::Down => AlarmObject {
                name: monitor.alarm_name.clone(),
                arn: monitor.alarm_arn.clone(),
                description: monitor.alarm_description.clone(),
                rule: monitor.alarm_rule.clone(),
            },
            Self::NoData(location) => {
                let alarms = monitor.no_data_alarms.as_known();
                let object = alarms.and_then(|alarms| alarms.get(location)?.as_known());
                object.cloned().unwrap_or_default()
            }
        }
    }

    /// Sets the alarm among a monitor's attributes.
    pub(super) fn set_object(&self, monitor: &mut Monitor, object: AlarmObject) {
        match self {
            Self::Down => {
                monitor.alarm_name = object.name;
                monitor.alarm_arn = object.arn;
                monitor.alarm_description = object.description;
                monitor.alarm_rule = object.rule;
            }
            Self::NoData(location) => {
                if let Some(alarms) = monitor.no_data_alarms.as_known_mut() {
                    alarms.insert(location.clone(), Attr::Known(object));
                }
            }
        }
    }
}

/// The names of a monitor's alarms.
pub(super) fn names(monitor: &Monitor) -> Vec<String> {
    let all = Which::of(&[monitor]).into_iter();
    all.filter_map(|which| which.object(monitor).name.into_known()).collect()
}

/// A monitor without the alarms that are no longer its own.
pub(super) fn without(monitor: Monitor, mut is_left: impl FnMut(&str) -> bool) -> Monitor {
    let mut rest = monitor;
    for which in Which::of(&[&rest]) {
        if which.object(&rest).name.as_known().is_some_and(|name| is_left(name)) {
            which.set_object(&mut rest, AlarmObject { name: Attr::Null, ..AlarmObject::default() });
        }
    }
    rest
}

/// A monitor's alarms that exist.
pub(super) type Found = HashMap<Which, MetricAlarm>;

/// The alarms of a monitor as CloudWatch has them now.
pub(super) async fn find(clients: &Clients, session: &Session, monitor: &Monitor) -> Result<Found> {
    let mut all = Found::new();
    for which in Which::of(&[monitor]) {
        let Some(name) = which.object(monitor).name.into_known() else { continue };
        let found = reads::alarms::find(session, prefix(clients), &name).await;
        let doing = format!("read {}", which.thing());
        if let Some(Alarm::Metric(alarm)) = found.doing(&doing, THING, &label(monitor))? {
            all.insert(which, *alarm);
        }
    }
    Ok(all)
}

/// Says that the alarms are about to change, so that no list of this run is asked about them again.
pub(super) fn written(clients: &Clients, session: &Session, monitor: &Monitor) {
    for which in Which::of(&[monitor]) {
        if let Some(name) = which.object(monitor).name.as_known() {
            reads::alarms::written(session, prefix(clients), name);
        }
    }
}
