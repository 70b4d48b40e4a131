//! Rules for the engine `probe`.

use std::net::IpAddr;

use framework::{Attr, Diagnostics, Path, path};

use super::texts::check_replaced;
use crate::aws::{AccountId, Arn, Region};
use crate::model::checks::check;
use crate::model::location::Location;
use crate::resources::synthetic_monitor::model::{Dns, Engine, Monitor};

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
    if let Some(tcp) = monitor.tcp.as_known() {
        let at = path!(Monitor => tcp);
        check_host(&tcp.host, &at.attribute("host"), diagnostics);
        for (name, text) in [("send", &tcp.send), ("expect", &tcp.expect)] {
            if let Some(text) = text.as_known() {
                check_replaced(text, Engine::Probe, &at.attribute(name), diagnostics);
            }
        }
    }
    if let Some(tls) = monitor.tls.as_known() {
        let at = path!(Monitor => tls);
        check_host(&tls.host, &at.attribute("host"), diagnostics);
        check_host(&tls.server_name, &at.attribute("server_name"), diagnostics);
    }
    if let Some(dns) = monitor.dns.as_known() {
        check_dns(dns, &path!(Monitor => dns), diagnostics);
    }
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
        let detail = format!("There are {count} locations, so that {wanted} can never fail at once.");
        let at = path!(Monitor => failing_locations);
        diagnostics.error(at, "More locations than there are", detail);
    }
}

/// A host's name or address, and nothing more.
fn check_host(host: &Attr<String>, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(text) = host.as_known() else { return };
    let is_address = text.parse::<IpAddr>().is_ok();
    if !is_address && !is_host_name(text) {
        let detail = format!(
            "`{text}` is neither the name nor the address of a host: no scheme, no port, no path."
        );
        diagnostics.error(path.clone(), "Invalid host", detail);
    }
}

/// Whether labels of letters, digits, `-` and `_`, joined by periods, are a name that DNS takes
/// (RFC 1035, 2.3.1; `_` stands in names of services).
fn is_host_name(text: &str) -> bool {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

fn check_dns(dns: &Dns, path: &Path, diagnostics: &mut Diagnostics) {
    if let Some(name) = dns.name.as_known()
        && !is_host_name(name)
    {
        let detail = format!("`{name}` is no name that DNS takes.");
        diagnostics.error(path.attribute("name"), "Invalid name", detail);
    }
    check::<IpAddr>(&dns.resolver, path.attribute("resolver"), diagnostics);
    if dns.contains.as_known().is_some() && dns.equals.as_known().is_some() {
        let detail = "The records either are `equals`, or have `contains` among them: set one of the two.";
        diagnostics.error(path.attribute("contains"), "Two expectations", detail);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_are_known() {
        for name in ["example.com", "a.b.c.", "_dmarc.example.com", "xn--bcher-kva.example", "localhost"] {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["", ".", "https://example.com", "example.com:443", "-a.example", "a..b", "a b"] {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
