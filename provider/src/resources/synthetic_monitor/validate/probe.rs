//! Rules for the engine `probe`.

use framework::{Attr, Diagnostics, Path, path};

use crate::aws::{AccountId, Arn, Region};
use crate::model::checks::check;
use crate::model::location::Location;
use crate::resources::synthetic_monitor::model::Monitor;

/// Adds an error for all that a probe needs and lacks, or can't do.
pub(super) fn validate(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    let at = path!(Monitor => locations);
    match &monitor.locations {
        Attr::Unknown => {}
        Attr::Known(locations) if !locations.is_empty() => {
            for (key, location) in locations {
                if let Some(location) = location.as_known() {
                    check_location(location, &at.key(key), diagnostics);
                }
            }
            check_agreement(monitor, locations.len(), diagnostics);
        }
        Attr::Null | Attr::Known(_) => {
            let detail = "The engine `probe` needs `locations`: set at least one to the attribute `location` of a `hinomi_monitor_location`.";
            diagnostics.error(at, "Missing locations", detail);
        }
    }
    if !monitor.canary.is_null() {
        let detail = "A probe has no canary: leave `canary` out, or set `engine` to `canary`.";
        diagnostics.error(path!(Monitor => canary), "Settings of another engine", detail);
    }
    check::<Arn>(&monitor.metrics_role_arn, path!(Monitor => metrics_role_arn), diagnostics);
}

fn check_location(location: &Location, path: &Path, diagnostics: &mut Diagnostics) {
    check::<AccountId>(&location.account_id, path.attribute("account_id"), diagnostics);
    check::<Region>(&location.region, path.attribute("region"), diagnostics);
    check::<Arn>(&location.function_arn, path.attribute("function_arn"), diagnostics);
    check::<Arn>(&location.scheduler_role_arn, path.attribute("scheduler_role_arn"), diagnostics);
}

fn check_agreement(monitor: &Monitor, count: usize, diagnostics: &mut Diagnostics) {
    if let Some(wanted) = monitor.failing_locations.as_known().map(|wanted| usize::from(*wanted))
        && wanted > count
    {
        let locations =
            if count == 1 { "is 1 location" } else { &format!("are {count} locations") };
        let detail = format!("There {locations}, so that {wanted} can never fail at once.");
        let at = path!(Monitor => failing_locations);
        diagnostics.error(at, "More locations than there are", detail);
    }
}
