//! Checks below HTTP: a TCP port, a DNS name, a TLS certificate.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A TCP connection, and what is said on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcpCheck {
    /// Name or address of the machine.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Text that is sent once the connection stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send: Option<String>,
    /// Text that what arrives must hold. Without it, a connection is all that is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expect: Option<String>,
    /// How long one attempt may take, in milliseconds.
    pub timeout_milliseconds: u64,
}

/// A DNS name, and what it resolves to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DnsCheck {
    /// The name that is asked for. It is taken as it is: no search domain is tried.
    pub name: String,
    /// The type of records that is asked for.
    pub record: RecordType,
    /// Who is asked: an address such as `1.1.1.1` or, with a port, `1.1.1.1:5353`. Without it, the
    /// location's own resolver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// What the records must be.
    #[serde(default, skip_serializing_if = "RecordRule::is_any")]
    pub expected: RecordRule,
    /// How long one attempt may take, in milliseconds.
    pub timeout_milliseconds: u64,
}

/// Type of a DNS record.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    /// An IPv4 address: `192.0.2.1`.
    A,
    /// An IPv6 address: `2001:db8::1`.
    Aaaa,
    /// Who may issue certificates: `0 issue "letsencrypt.org"`.
    Caa,
    /// Another name: `www.example.com`.
    Cname,
    /// A mail server with its preference: `10 mail.example.com`.
    Mx,
    /// A name server: `ns1.example.com`.
    Ns,
    /// The name of an address: `host.example.com`.
    Ptr,
    /// The start of a zone: name server, mailbox, serial and four times, separated by spaces.
    Soa,
    /// A service: priority, weight, port and name, as in `0 5 443 www.example.com`.
    Srv,
    /// Text, with its parts joined and without quotes.
    Txt,
}

impl RecordType {
    /// Its name in DNS.
    pub const fn name(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Caa => "CAA",
            Self::Cname => "CNAME",
            Self::Mx => "MX",
            Self::Ns => "NS",
            Self::Ptr => "PTR",
            Self::Soa => "SOA",
            Self::Srv => "SRV",
            Self::Txt => "TXT",
        }
    }
}

/// What the records of a name must be.
///
/// Records are compared as text, as [`RecordType`] writes them: names without their last dot and in
/// lower case, addresses in their short form. The order of records means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RecordRule {
    /// There is at least one.
    #[default]
    Any,
    /// Every one of these is among them.
    Contains(BTreeSet<String>),
    /// They are these and no others.
    Equals(BTreeSet<String>),
}

impl RecordRule {
    /// Whether nothing is asked but that there is a record.
    pub const fn is_any(&self) -> bool {
        matches!(self, Self::Any)
    }
}

/// A TLS handshake, and the certificate that the server shows.
///
/// The chain must be trusted, in its time, and for the server's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsCheck {
    /// Name or address of the machine.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name that the certificate must be for, and that the server is told. Without it, the host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// For how many more days the certificate must be valid.
    pub days_left_at_least: u32,
    /// How long one attempt may take, in milliseconds.
    pub timeout_milliseconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn record_types_have_the_same_name_everywhere() {
        use RecordType::{A, Aaaa, Caa, Cname, Mx, Ns, Ptr, Soa, Srv, Txt};
        for record in [A, Aaaa, Caa, Cname, Mx, Ns, Ptr, Soa, Srv, Txt] {
            assert_eq!(serde_json::to_value(record).expect("JSON"), record.name());
        }
    }

    #[test]
    fn what_is_not_asked_for_is_not_said() {
        let check = DnsCheck {
            name: "example.com".to_owned(),
            record: RecordType::A,
            resolver: None,
            expected: RecordRule::Any,
            timeout_milliseconds: 5_000,
        };
        let text = serde_json::to_string(&check).expect("JSON");
        assert_eq!(text, r#"{"name":"example.com","record":"A","timeout_milliseconds":5000}"#);
        assert_eq!(serde_json::from_str::<DnsCheck>(&text).expect("a check"), check);
    }
}
