//! What AWS would refuse, found before anything is asked of it.

use framework::{Attr, Diagnostics, path};
use ipnet::IpNet;

use super::model::{MonitorLocation, Vpc};
use super::wanted::environment;
use crate::aws::Region;
use crate::model::checks::{check, check_retention, check_tags};
use crate::model::texts::all as texts;
use crate::model::{account, arns, timeouts};

/// Most bytes of a function's environment, names and values together
/// (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const LONGEST_ENVIRONMENT: usize = 4_096;

/// Adds an error for all that is wrong with a configuration, whose values may be unknown.
pub(super) fn validate(location: &MonitorLocation, diagnostics: &mut Diagnostics) {
    check::<Region>(&location.region, path!(MonitorLocation => region), diagnostics);
    if let Some(given) = location.account.as_known() {
        account::validate(&given.id, &path!(MonitorLocation => account), diagnostics);
    }
    check_tags(&location.tags, &path!(MonitorLocation => tags), diagnostics);
    timeouts::validate(&location.timeouts, &path!(MonitorLocation => timeouts), diagnostics);
    networks(location, diagnostics);
    let boundary = &location.permissions_boundary;
    arns::check(
        boundary,
        &arns::POLICY,
        &path!(MonitorLocation => permissions_boundary),
        diagnostics,
    );
    arns::check(&location.role_arn, &arns::ROLE, &path!(MonitorLocation => role_arn), diagnostics);
    let scheduler = &location.scheduler_role_arn;
    arns::check(scheduler, &arns::ROLE, &path!(MonitorLocation => scheduler_role_arn), diagnostics);
    arns::check_all(
        &location.secret_arns,
        &arns::SECRET,
        &path!(MonitorLocation => secret_arns),
        diagnostics,
    );
    let assumable = &location.assumable_role_arns;
    arns::check_all(
        assumable,
        &arns::ROLE,
        &path!(MonitorLocation => assumable_role_arns),
        diagnostics,
    );
    if let Some(vpc) = location.vpc.as_known() {
        self::vpc(vpc, diagnostics);
    }
    let retention = path!(MonitorLocation => log_retention_days);
    check_retention(&location.log_retention_days, retention, diagnostics);
    if let Some(account) = location.account.as_known() {
        same_account(location, account.id.as_known(), diagnostics);
    }
}

fn networks(location: &MonitorLocation, diagnostics: &mut Diagnostics) {
    let path = path!(MonitorLocation => allowed_networks);
    for text in location.allowed_networks.as_known().into_iter().flatten() {
        let Some(text) = text.as_known() else { continue };
        let detail = match text.parse::<IpNet>() {
            Ok(network) if network.trunc() == network => continue,
            Ok(network) => {
                let whole = network.trunc();
                format!("`{text}` names an address within a network: the network is `{whole}`.")
            }
            Err(_) => {
                format!("`{text}` is no network in CIDR notation, such as `10.0.0.0/8`.")
            }
        };
        diagnostics.error(path.clone(), "Invalid network", detail);
    }
    let networks = texts(&location.allowed_networks).unwrap_or_default();
    let length: usize =
        environment(&networks).iter().map(|(name, value)| name.len() + value.len()).sum();
    if length > LONGEST_ENVIRONMENT {
        let detail = format!(
            "The networks stand in the function's environment, for which Lambda has room for {LONGEST_ENVIRONMENT} bytes, and together they have {length}."
        );
        diagnostics.error(path, "Too many networks", detail);
    }
}

fn vpc(vpc: &Vpc, diagnostics: &mut Diagnostics) {
    let ids = [
        (&vpc.subnet_ids, "subnet-", path!(MonitorLocation => vpc).attribute("subnet_ids")),
        (
            &vpc.security_group_ids,
            "sg-",
            path!(MonitorLocation => vpc).attribute("security_group_ids"),
        ),
    ];
    for (ids, begins, path) in ids {
        for id in ids.as_known().into_iter().flatten().filter_map(Attr::as_known) {
            let digits = id.strip_prefix(begins).unwrap_or_default();
            let is_id = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_hexdigit());
            if !is_id {
                let detail = format!("`{id}` is no id that begins with `{begins}`.");
                diagnostics.error(path.clone(), "Invalid id", detail);
            }
        }
    }
}

/// Adds an error for each role of the user's own that lives in another account: Lambda and
/// Scheduler refuse it.
pub(super) fn same_account(
    location: &MonitorLocation,
    account: Option<&String>,
    diagnostics: &mut Diagnostics,
) {
    let Some(account) = account else { return };
    for (given, path) in [
        (&location.role_arn, path!(MonitorLocation => role_arn)),
        (&location.scheduler_role_arn, path!(MonitorLocation => scheduler_role_arn)),
        (&location.permissions_boundary, path!(MonitorLocation => permissions_boundary)),
    ] {
        arns::check_account(given, "location", account, path, diagnostics);
    }
}

#[cfg(test)]
mod tests;
