//! What a check asks for, and what the answer must be.
//!
//! Plain values without any "unknown": a resource's attributes are lowered into a [`Check`], and
//! each engine turns it into what it runs.
//!
//! A check is read strictly: an agent that meets a word it doesn't know refuses the whole check,
//! since one that is understood by half could pass where it must fail. The alarm for missing data
//! then tells. So a word that is new here is left out of the JSON wherever its default is meant.

mod expression;
mod http;
mod network;
mod status;

use serde::{Deserialize, Serialize};

pub use expression::{LONGEST_MATCHED, expression};
pub use http::{
    Assertion, DEFAULT_REDIRECTS, HttpCheck, Method, SecretHeader, TextRule, carries_secret,
};
pub use network::{DnsCheck, RecordRule, RecordType, TcpCheck, TlsCheck};
pub use status::{InvalidStatusRange, StatusRange};

/// One check of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// An HTTP request and its response.
    Http(HttpCheck),
    /// A TCP connection.
    Tcp(TcpCheck),
    /// The records of a DNS name.
    Dns(DnsCheck),
    /// A server's certificate.
    Tls(TlsCheck),
}

impl Check {
    /// How long one attempt may take, in milliseconds.
    pub const fn timeout_milliseconds(&self) -> u64 {
        match self {
            Self::Http(check) => check.timeout_milliseconds,
            Self::Tcp(check) => check.timeout_milliseconds,
            Self::Dns(check) => check.timeout_milliseconds,
            Self::Tls(check) => check.timeout_milliseconds,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn http() -> HttpCheck {
        HttpCheck {
            url: "https://example.com/health".to_owned(),
            method: Method::Post,
            headers: BTreeMap::from([("Accept".to_owned(), "text/plain".to_owned())]),
            secret_headers: BTreeMap::from([(
                "Authorization".to_owned(),
                SecretHeader { secret: "checkout/token".to_owned(), prefix: "Bearer ".to_owned() },
            )]),
            body: Some("{}".to_owned()),
            redirects: 0,
            timeout_milliseconds: 10_000,
            assertions: vec![
                Assertion::Status(StatusRange::SUCCESS),
                Assertion::ResponseTimeBelow(500),
                Assertion::Header {
                    name: "Content-Type".to_owned(),
                    rule: TextRule::Matches("^text/".to_owned()),
                },
                Assertion::Body(TextRule::NotContains("error".to_owned())),
                Assertion::Json { path: "$.ok".to_owned(), rule: TextRule::Exists(true) },
                Assertion::TlsDaysLeftAtLeast(14),
            ],
        }
    }

    fn survives(check: &Check) -> String {
        let text = serde_json::to_string(check).expect("JSON");
        assert_eq!(serde_json::from_str::<Check>(&text).expect("a check"), *check);
        text
    }

    #[test]
    fn a_check_survives_json() {
        let text = survives(&Check::Http(http()));
        assert!(text.contains(r#""status":"200-299""#), "{text}");
        survives(&Check::Tcp(TcpCheck {
            host: "mail.example.com".to_owned(),
            port: 25,
            send: Some("QUIT\r\n".to_owned()),
            expect: Some("220".to_owned()),
            timeout_milliseconds: 5_000,
        }));
        survives(&Check::Dns(DnsCheck {
            name: "example.com".to_owned(),
            record: RecordType::Mx,
            resolver: Some("192.0.2.53".to_owned()),
            expected: RecordRule::Contains(BTreeSet::from(["10 mail.example.com".to_owned()])),
            timeout_milliseconds: 5_000,
        }));
        let text = survives(&Check::Tls(TlsCheck {
            host: "example.com".to_owned(),
            port: 443,
            server_name: Some("www.example.com".to_owned()),
            days_left_at_least: 14,
            timeout_milliseconds: 5_000,
        }));
        assert!(text.starts_with(r#"{"tls":{"#), "{text}");
    }

    #[test]
    fn a_check_that_is_understood_by_half_is_refused() {
        let text = serde_json::to_string(&Check::Http(http())).expect("JSON");
        for (known, unknown) in
            [("\"url\"", "\"uri\""), ("\"matches\"", "\"resembles\""), ("\"http\"", "\"gopher\"")]
        {
            let text = text.replace(known, unknown);
            assert!(serde_json::from_str::<Check>(&text).is_err(), "{text}");
        }
    }

    #[test]
    fn redirects_are_said_only_where_they_differ() {
        let plain = Check::Http(HttpCheck { redirects: DEFAULT_REDIRECTS, ..http() });
        assert!(!survives(&plain).contains("redirects"));
        assert!(survives(&Check::Http(http())).contains(r#""redirects":0"#));
    }
}
