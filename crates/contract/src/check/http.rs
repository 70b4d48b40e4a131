//! A check by HTTP.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::StatusRange;

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
    /// How many redirects are followed, one after the other. With 0 the first response is the one
    /// that is judged.
    ///
    /// The schedule says it only where it is not the default, so that agents from before it was
    /// known still read the others.
    #[serde(default = "default_redirects", skip_serializing_if = "is_default_redirects")]
    pub redirects: u8,
    /// How long one attempt may take, redirects included, in milliseconds. The run that makes the
    /// attempts has a limit of its own ([`Run`](crate::probe::Run)).
    pub timeout_milliseconds: u64,
    /// All that must hold for the check to pass.
    pub assertions: Vec<Assertion>,
}

/// How many redirects are followed where nothing is said.
pub const DEFAULT_REDIRECTS: u8 = 5;

const fn default_redirects() -> u8 {
    DEFAULT_REDIRECTS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_default_redirects(redirects: &u8) -> bool {
    *redirects == DEFAULT_REDIRECTS
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
    /// Name of the secret in Secrets Manager, in the region where the check runs.
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
    /// The attempt takes less than this many milliseconds, from the question to DNS to the last byte
    /// of the body, redirects included.
    ResponseTimeBelow(u64),
    /// A header is so. Several lines of it are one text, joined by `, `.
    Header {
        /// Its name.
        name: String,
        /// What must hold of its value.
        rule: TextRule,
    },
    /// The body as text is so. Of a body longer than 1 MiB nothing can be asserted.
    Body(TextRule),
    /// A part of a JSON body is so. What is no text is compared as compact JSON.
    Json {
        /// The part, as a JSON path (RFC 9535) such as `$.status`.
        path: String,
        /// What must hold of it.
        rule: TextRule,
    },
    /// The server's certificate is valid for at least this many more days.
    TlsDaysLeftAtLeast(u32),
}

/// Something that must hold of a text.
///
/// What is not there fulfils no rule but `Exists(false)`: a rule for a part that an answer has lost
/// must not go on to hold. Of several texts, as a JSON path may find them, one must fulfil a rule
/// that says what is, and all a rule that says what is not.
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

    proptest! {
        #[test]
        fn no_name_panics(text in ".*") {
            let _ = carries_secret(&text);
        }
    }
}
