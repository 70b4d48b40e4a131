//! What a check asks for, and what the answer must be.
//!
//! Plain values without any "unknown": a resource's attributes are lowered into a [`Check`], and
//! each engine turns it into what it runs.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One check of one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Check {
    /// An HTTP request and its response.
    Http(HttpCheck),
}

/// An HTTP request, and what its response must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpCheck {
    /// Where the request goes.
    pub url: String,
    /// The request's method.
    pub method: Method,
    /// Headers whose values are no secrets.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are read from a secret store when the check runs.
    #[serde(default)]
    pub secret_headers: BTreeMap<String, SecretHeader>,
    /// The request's body.
    #[serde(default)]
    pub body: Option<String>,
    /// How long the response may take before the check gives up, in milliseconds.
    pub timeout_milliseconds: u64,
    /// All that must hold for the check to pass.
    pub assertions: Vec<Assertion>,
}

/// Method of an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
}

/// A header whose value is a secret: only the secret's name is known here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretHeader {
    /// Name of the secret in Secrets Manager.
    pub secret: String,
    /// Text before the secret's value, such as `Bearer `.
    #[serde(default)]
    pub prefix: String,
}

/// Something that must hold of a response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Assertion {
    /// The status is in this range.
    Status(StatusRange),
    /// The response takes less than this many milliseconds.
    ResponseTimeBelow(u64),
    /// A header is so.
    Header {
        /// Its name.
        name: String,
        /// What must hold of its value.
        rule: TextRule,
    },
    /// The body as text is so.
    Body(TextRule),
    /// A part of a JSON body is so.
    Json {
        /// The part, as a JSON path such as `$.status`.
        path: String,
        /// What must hold of it.
        rule: TextRule,
    },
}

/// Something that must hold of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TextRule {
    /// It is this.
    Equals(String),
    /// It is not this.
    NotEquals(String),
    /// It holds this.
    Contains(String),
    /// It doesn't hold this.
    NotContains(String),
    /// This regular expression matches it.
    Matches(String),
    /// It is there, or is not.
    Exists(bool),
}

/// Statuses from a first to a last one, read from and written as text: `200` or `200-299`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusRange {
    least: u16,
    most: u16,
}

/// A text that is no range of statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a status from 100 to 599, such as `200`, or a range of them, such as `200-299`")]
pub struct InvalidStatusRange;

impl StatusRange {
    /// Every status that says that a request succeeded.
    pub const SUCCESS: Self = Self { least: 200, most: 299 };

    /// The lowest status that is fine.
    pub const fn least(self) -> u16 {
        self.least
    }

    /// The highest status that is fine.
    pub const fn most(self) -> u16 {
        self.most
    }
}

impl FromStr for StatusRange {
    type Err = InvalidStatusRange;

    fn from_str(text: &str) -> Result<Self, InvalidStatusRange> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let range = Self { least: status(least)?, most: status(most)? };
        if range.least <= range.most { Ok(range) } else { Err(InvalidStatusRange) }
    }
}

fn status(text: &str) -> Result<u16, InvalidStatusRange> {
    let has_its_shape = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = text.parse().ok().filter(|status| has_its_shape && (100..=599).contains(status));
    status.ok_or(InvalidStatusRange)
}

impl fmt::Display for StatusRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            write!(formatter, "{}", self.least)
        } else {
            write!(formatter, "{}-{}", self.least, self.most)
        }
    }
}

impl TryFrom<String> for StatusRange {
    type Error = InvalidStatusRange;

    fn try_from(text: String) -> Result<Self, InvalidStatusRange> {
        text.parse()
    }
}

impl From<StatusRange> for String {
    fn from(range: StatusRange) -> Self {
        range.to_string()
    }
}

/// Whether a header of this name carries a credential, so that its value must not stand in a
/// configuration: the standard ones, and those whose last word says so, as in `X-Auth-Token`.
pub fn carries_secret(header: &str) -> bool {
    const NAMES: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "x-api-key"];
    const LAST_WORDS: [&str; 8] =
        ["token", "secret", "password", "apikey", "credential", "credentials", "signature", "key"];
    let name = header.to_ascii_lowercase().replace('_', "-");
    let last = name.rsplit('-').next().unwrap_or_default();
    // `Idempotency-Key` and `Sec-WebSocket-Key` are chosen per request and open no door.
    let is_harmless = matches!(name.as_str(), "idempotency-key" | "sec-websocket-key");
    !is_harmless && (NAMES.contains(&name.as_str()) || LAST_WORDS.contains(&last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn status_ranges_are_read_and_written() {
        for (text, least, most) in [("200", 200, 200), ("200-299", 200, 299), ("100-599", 100, 599)]
        {
            let range: StatusRange = text.parse().expect("valid");
            assert_eq!((range.least(), range.most()), (least, most));
            assert_eq!(range.to_string(), text);
        }
        for text in
            ["", "99", "600", "2xx", "200-", "-200", "299-200", "200-299-300", "+200", "0200"]
        {
            assert_eq!(text.parse::<StatusRange>(), Err(InvalidStatusRange), "{text}");
        }
    }

    #[test]
    fn headers_with_secrets_are_known() {
        for name in [
            "Authorization",
            "proxy-authorization",
            "COOKIE",
            "X-Api-Key",
            "X_API_KEY",
            "X-Auth-Token",
            "Private-Token",
            "X-Client-Secret",
            "X-Hub-Signature",
        ] {
            assert!(carries_secret(name), "{name}");
        }
        for name in ["Accept", "Content-Type", "User-Agent", "X-Tokens-Left", "Idempotency-Key", ""]
        {
            assert!(!carries_secret(name), "{name}");
        }
    }

    #[test]
    fn a_check_survives_json() {
        let check = Check::Http(HttpCheck {
            url: "https://example.com/health".to_owned(),
            method: Method::Post,
            headers: BTreeMap::from([("Accept".to_owned(), "text/plain".to_owned())]),
            secret_headers: BTreeMap::from([(
                "Authorization".to_owned(),
                SecretHeader { secret: "checkout/token".to_owned(), prefix: "Bearer ".to_owned() },
            )]),
            body: Some("{}".to_owned()),
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
            ],
        });
        let text = serde_json::to_string(&check).expect("JSON");
        assert!(text.contains(r#""status":"200-299""#), "{text}");
        assert_eq!(serde_json::from_str::<Check>(&text).expect("a check"), check);
        assert!(serde_json::from_str::<Check>(&text.replace("\"url\"", "\"uri\"")).is_err());
    }

    proptest! {
        #[test]
        fn ranges_survive_their_text(least in 100_u16..600, more in 0_u16..500) {
            let range = StatusRange { least, most: (least + more).min(599) };
            prop_assert_eq!(range.to_string().parse(), Ok(range));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<StatusRange>();
            let _ = carries_secret(&text);
        }
    }
}
