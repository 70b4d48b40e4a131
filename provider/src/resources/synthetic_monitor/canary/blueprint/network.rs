//! The steps below HTTP: "DNS checks", "SSL checks" and "TCP checks" of the guide.

use std::net::IpAddr;

use contract::check::{DnsCheck, RecordRule, RecordType, TcpCheck, TlsCheck};
use serde::Serialize;

use super::Unsaid;

/// Whether the blueprint takes a text for a host, a domain or a name server: the schema's
/// `^[a-zA-Z0-9][a-zA-Z0-9.-]*[a-zA-Z0-9]$`, up to 253 characters. So it knows no IPv6 address.
pub(in super::super::super) fn is_host(text: &str) -> bool {
    let ends_well = |end: Option<char>| end.is_some_and(|end| end.is_ascii_alphanumeric());
    (2..=253).contains(&text.len())
        && ends_well(text.chars().next())
        && ends_well(text.chars().next_back())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        && !text.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6())
}

/// The schema's word for a type of record; `None` for one that it doesn't know.
pub(in super::super::super) const fn record_type(record: RecordType) -> Option<&'static str> {
    use RecordType::{A, Aaaa, Caa, Cname, Mx, Ns, Ptr, Soa, Srv, Txt};
    match record {
        A | Cname | Mx | Ns | Txt => Some(record.name()),
        Aaaa | Caa | Ptr | Soa | Srv => None,
    }
}

/// "TCP checks". Step names are part of the metrics' dimension `StepName`: they never change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TcpStep {
    #[serde(rename = "stepName")]
    name: &'static str,
    checker_type: &'static str,
    hostname: String,
    port: u16,
    timeout: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    send_data: Option<String>,
    assertions: Vec<Wanted>,
}

/// "DNS checks".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DnsStep {
    #[serde(rename = "stepName")]
    name: &'static str,
    checker_type: &'static str,
    domain: String,
    record_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    nameserver: Option<String>,
    timeout: u64,
    assertions: Vec<Wanted>,
}

/// "SSL checks".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SslStep {
    #[serde(rename = "stepName")]
    name: &'static str,
    checker_type: &'static str,
    hostname: String,
    port: u16,
    timeout: u64,
    sni: bool,
    verify_hostname: bool,
    allow_self_signed: bool,
    assertions: Vec<Wanted>,
}

/// "TCP assertions", "DNS assertions" and "SSL assertions".
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
enum Wanted {
    ConnectionSuccessful { value: bool },
    ResponseData { operator: &'static str, value: String },
    RecordCount { operator: &'static str, value: usize },
    RecordValue { operator: &'static str, value: String },
    CertificateExpiry { operator: &'static str, value: u64, unit: &'static str },
}

impl TcpStep {
    pub(super) fn of(tcp: &TcpCheck) -> Self {
        let mut assertions = vec![Wanted::ConnectionSuccessful { value: true }];
        let expected = tcp.expect.clone();
        assertions
            .extend(expected.map(|value| Wanted::ResponseData { operator: "CONTAINS", value }));
        Self {
            name: "tcp",
            checker_type: "TCP",
            hostname: tcp.host.clone(),
            port: tcp.port,
            timeout: tcp.timeout_milliseconds,
            send_data: tcp.send.clone(),
            assertions,
        }
    }
}

impl DnsStep {
    pub(super) fn of(dns: &DnsCheck) -> Result<Self, Unsaid> {
        Ok(Self {
            name: "dns",
            checker_type: "DNS",
            domain: dns.name.clone(),
            record_type: record_type(dns.record).ok_or(Unsaid::RECORD_TYPE)?,
            nameserver: dns.resolver.clone(),
            timeout: dns.timeout_milliseconds,
            assertions: records(dns)?,
        })
    }
}

/// What the records must be. The guide doesn't say how several records are compared with several
/// values, nor how the parts of an MX record are written.
fn records(dns: &DnsCheck) -> Result<Vec<Wanted>, Unsaid> {
    let some = Wanted::RecordCount { operator: "GREATER_THAN", value: 0 };
    let (values, operator, count) = match &dns.expected {
        RecordRule::Any => return Ok(vec![some]),
        RecordRule::Contains(values) => (values, "CONTAINS", some),
        RecordRule::Equals(values) => {
            (values, "EQUALS", Wanted::RecordCount { operator: "EQUALS", value: 1 })
        }
    };
    let mut values = values.iter();
    match (values.next(), values.next()) {
        (Some(only), None) if dns.record != RecordType::Mx => {
            Ok(vec![count, Wanted::RecordValue { operator, value: only.clone() }])
        }
        _ => Err(Unsaid::RECORDS),
    }
}

impl SslStep {
    pub(super) fn of(tls: &TlsCheck) -> Result<Self, Unsaid> {
        if tls.server_name.as_ref().is_some_and(|name| *name != tls.host) {
            return Err(Unsaid::SERVER_NAME);
        }
        // "At least so many days" is "more than an hour less": there is no word for "or equal".
        let hours = (u64::from(tls.days_left_at_least) * 24).saturating_sub(1);
        Ok(Self {
            name: "tls",
            checker_type: "SSL",
            hostname: tls.host.clone(),
            port: tls.port,
            timeout: tls.timeout_milliseconds,
            sni: true,
            verify_hostname: true,
            allow_self_signed: false,
            assertions: vec![Wanted::CertificateExpiry {
                operator: "GREATER_THAN",
                value: hours,
                unit: "HOURS",
            }],
        })
    }
}
