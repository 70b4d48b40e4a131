//! Rules for the checks below HTTP.

use std::collections::BTreeSet;
use std::net::IpAddr;

use framework::{Attr, Diagnostics, Path, path};

use super::texts::check_replaced;
use crate::model::checks::check;
use crate::resources::synthetic_monitor::canary::blueprint::{is_host, record_type};
use crate::resources::synthetic_monitor::model::{Dns, Engine, Monitor, Tls};

/// Adds an error for all that no engine's check can do, and for what the engine can't.
pub(super) fn validate(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    let engine = monitor.engine.as_known().copied();
    if let Some(tcp) = monitor.tcp.as_known() {
        let at = path!(Monitor => tcp);
        check_host(&tcp.host, engine, &at.attribute("host"), diagnostics);
        for (name, text) in [("send", &tcp.send), ("expect", &tcp.expect)] {
            if let (Some(text), Some(engine)) = (text.as_known(), engine) {
                check_replaced(text, engine, &at.attribute(name), diagnostics);
            }
        }
    }
    if let Some(tls) = monitor.tls.as_known() {
        let at = path!(Monitor => tls);
        check_host(&tls.host, engine, &at.attribute("host"), diagnostics);
        check_server_name(tls, engine, &at.attribute("server_name"), diagnostics);
    }
    if let Some(dns) = monitor.dns.as_known() {
        let at = path!(Monitor => dns);
        check_dns(dns, &at, diagnostics);
        if engine == Some(Engine::Canary) {
            check_canary_dns(dns, &at, diagnostics);
        }
        if let Some(engine) = engine {
            check_values(dns, engine, &at, diagnostics);
        }
    }
}

/// A host's name or address, and nothing more.
fn check_host(
    host: &Attr<String>,
    engine: Option<Engine>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(text) = host.as_known() else { return };
    let is_address = text.parse::<IpAddr>().is_ok();
    if !is_address && !is_host_name(text) {
        let detail = format!(
            "`{text}` is neither the name nor the address of a host: no scheme, no port, no path."
        );
        diagnostics.error(path.clone(), "Invalid host", detail);
    } else if engine == Some(Engine::Canary) && !is_host(text) {
        let detail = format!(
            "A canary takes an IPv4 address, or a name of letters, digits, `-` and `.` that ends in none of the two, and `{text}` is neither. The engine `probe` checks it."
        );
        diagnostics.error(path.clone(), "Invalid host", detail);
    }
}

fn check_server_name(
    tls: &Tls,
    engine: Option<Engine>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    if engine == Some(Engine::Canary) && !tls.server_name.is_null() {
        let detail = "This is for the engine `probe`; a canary asks for a certificate of the host's own name.";
        diagnostics.error(path.clone(), "An attribute of another engine", detail);
        return;
    }
    check_host(&tls.server_name, engine, path, diagnostics);
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
        let detail =
            "The records either are `equals`, or have `contains` among them: set one of the two.";
        diagnostics.error(path.attribute("contains"), "Two expectations", detail);
    }
    for (name, values) in [("contains", &dns.contains), ("equals", &dns.equals)] {
        if values.as_known().is_some_and(BTreeSet::is_empty) {
            let detail = "This asserts nothing: leave it out, or name a value.";
            diagnostics.error(path.attribute(name), "Empty assertion", detail);
        }
    }
}

fn check_values(dns: &Dns, engine: Engine, path: &Path, diagnostics: &mut Diagnostics) {
    for (name, values) in [("contains", &dns.contains), ("equals", &dns.equals)] {
        for text in values.as_known().into_iter().flatten().filter_map(Attr::as_known) {
            check_replaced(text, engine, &path.attribute(name), diagnostics);
        }
    }
}

/// What the blueprint can't say of DNS.
fn check_canary_dns(dns: &Dns, path: &Path, diagnostics: &mut Diagnostics) {
    let mut refuse = |name: &str, detail: String| {
        let detail = format!("{detail} The engine `probe` can.");
        diagnostics.error(path.attribute(name), "A check that no canary makes", detail);
    };
    for (name, text) in [("name", &dns.name), ("resolver", &dns.resolver)] {
        if let Some(text) = text.as_known()
            && !is_host(text)
        {
            refuse(
                name,
                format!(
                    "A canary can't ask for `{text}` or there: it takes IPv4 addresses, and names of letters, digits, `-` and `.`."
                ),
            );
        }
    }
    if let Some(record) = dns.record.as_known()
        && record_type(*record).is_none()
    {
        refuse("record", format!("A canary can't ask for records of type {}.", record.name()));
    }
    let is_mail = dns.record.as_known().is_some_and(|record| record.name() == "MX");
    for (name, values) in [("contains", &dns.contains), ("equals", &dns.equals)] {
        let Some(values) = values.as_known() else { continue };
        if values.len() > 1 || is_mail {
            refuse(
                name,
                "A canary can't compare several values, nor those of MX records.".to_owned(),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_hosts_are_known() {
        for name in
            ["example.com", "a.b.c.", "_dmarc.example.com", "xn--bcher-kva.example", "localhost"]
        {
            assert!(is_host_name(name), "{name}");
        }
        for name in ["", ".", "https://example.com", "example.com:443", "-a.example", "a..b", "a b"]
        {
            assert!(!is_host_name(name), "{name}");
        }
    }
}
