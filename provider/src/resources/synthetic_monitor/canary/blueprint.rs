//! From a check to the code of a canary: the file `blueprint-config.json` in a zip archive.
//!
//! The grammar is that of AWS's multi-checks blueprint. Its sources are the CloudWatch user guide,
//! "Writing a JSON configuration for Node.js multi Checks blueprint"
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_WritingCanary_Multichecks.html>),
//! and the JSON schema that AWS publishes with it
//! (<https://github.com/aws-samples/synthetics-canary-local-debugging-sample>, `schema.json`).
//! Both allow no other keys, so every field below names a key of theirs. Where they differ, the
//! schema is followed.

mod network;

use std::collections::BTreeMap;
use std::io::{Cursor, Write};

use contract::check::{Assertion, Check, HttpCheck, Method, TextRule};
use network::{DnsStep, SslStep, TcpStep};
pub(in super::super) use network::{is_host, record_type};
use serde::Serialize;
use sha2::{Digest, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// The kind of code, as `CreateCanary` takes it.
pub(in super::super) const BLUEPRINT: &str = "multi-checks";

/// Name of the one file, given by AWS ("Packaging structure" in the user guide).
const FILE: &str = "blueprint-config.json";

/// Begins what the blueprint replaces. There is no way to write it plainly, so that texts of the
/// user's must not hold it.
pub(in super::super) const PLACEHOLDER: &str = "${";

/// Something that a check asks for and the blueprint has no word for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the engine `canary` {0}")]
pub(in super::super) struct Unsaid(&'static str);

impl Unsaid {
    const EXPRESSION: Self = Self("can't match a body against a regular expression");
    const RECORDS: Self = Self("compares one record of the types A, CNAME, NS and TXT alone");
    const RECORD_TYPE: Self = Self("asks for records of the types A, CNAME, MX, NS and TXT alone");
    const SERVER_NAME: Self = Self("can't ask for a certificate of another name than the host's");
    const CERTIFICATE: Self = Self("can't assert the days left of a certificate");
}

/// The code of a canary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Code {
    config: Vec<u8>,
}

impl Code {
    /// Writes a check as a blueprint: the same bytes for the same check.
    pub(in super::super) fn of(check: &Check) -> Result<Self, Unsaid> {
        let (variables, step) = match check {
            Check::Http(http) => (variables(http), Step::Http(step(http)?)),
            Check::Tcp(tcp) => (BTreeMap::new(), Step::Tcp(TcpStep::of(tcp))),
            Check::Dns(dns) => (BTreeMap::new(), Step::Dns(DnsStep::of(dns)?)),
            Check::Tls(tls) => (BTreeMap::new(), Step::Ssl(SslStep::of(tls)?)),
        };
        let config = Config { variables, steps: BTreeMap::from([("1", step)]) };
        let config = serde_json::to_vec_pretty(&config).expect("texts and numbers are JSON");
        Ok(Self { config })
    }

    /// SHA-256 of the file in hexadecimal digits. The archive around it is left out, so that
    /// another way of packing never looks like another check.
    pub(in super::super) fn hash(&self) -> String {
        let digest = Sha256::digest(&self.config);
        digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// The archive to send: without compression and with a fixed time, so that it depends on
    /// nothing but the check.
    pub(in super::super) fn archive(&self) -> Vec<u8> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .last_modified_time(DateTime::default())
            .unix_permissions(0o644);
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        let written = archive
            .start_file(FILE, options)
            .and_then(|()| archive.write_all(&self.config).map_err(Into::into));
        written.expect("memory takes every write");
        archive.finish().expect("memory takes every write").into_inner()
    }
}

/// "Root configuration structure".
#[derive(Serialize)]
struct Config {
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    variables: BTreeMap<String, String>,
    steps: BTreeMap<&'static str, Step>,
}

/// One check of a canary.
enum Step {
    Http(HttpStep),
    Tcp(TcpStep),
    Dns(DnsStep),
    Ssl(SslStep),
}

impl Serialize for Step {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Http(step) => step.serialize(serializer),
            Self::Tcp(step) => step.serialize(serializer),
            Self::Dns(step) => step.serialize(serializer),
            Self::Ssl(step) => step.serialize(serializer),
        }
    }
}

/// "Common step properties" and "HTTP".
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct HttpStep {
    #[serde(rename = "stepName")]
    name: &'static str,
    checker_type: &'static str,
    url: String,
    http_method: Method,
    timeout: u64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    assertions: Vec<Wanted>,
}

/// "HTTP assertions": keys `type`, `operator` and those of each type.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
enum Wanted {
    StatusCode {
        operator: &'static str,
        range_min: u16,
        range_max: u16,
    },
    ResponseTime {
        operator: &'static str,
        value: u64,
        unit: &'static str,
    },
    Header {
        header_name: String,
        operator: &'static str,
        value: Value,
    },
    Body {
        target: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        path: Option<String>,
        operator: &'static str,
        value: Value,
    },
}

/// A text, or for the operators that ask whether something is there a boolean.
enum Value {
    Text(String),
    Flag(bool),
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

/// Name of the variable that holds the secret header at this place.
fn variable(place: usize) -> String {
    format!("secret{}", place + 1)
}

/// `${AWS_SECRET:name}` is the guide's way to have a variable's value read from Secrets Manager
/// when the canary runs ("Variables and data management", example).
fn variables(http: &HttpCheck) -> BTreeMap<String, String> {
    let secrets = http.secret_headers.values().enumerate();
    secrets
        .map(|(place, header)| (variable(place), format!("${{AWS_SECRET:{}}}", header.secret)))
        .collect()
}

fn headers(http: &HttpCheck) -> BTreeMap<String, String> {
    let mut headers = http.headers.clone();
    let secrets = http.secret_headers.iter().enumerate();
    headers.extend(secrets.map(|(place, (name, header))| {
        (name.clone(), format!("{}${{{}}}", header.prefix, variable(place)))
    }));
    headers
}

fn step(http: &HttpCheck) -> Result<HttpStep, Unsaid> {
    Ok(HttpStep {
        // Part of the metrics' dimension `StepName`: it never changes.
        name: "http",
        checker_type: "HTTP",
        url: http.url.clone(),
        http_method: http.method,
        timeout: http.timeout_milliseconds,
        headers: headers(http),
        body: http.body.clone(),
        assertions: http.assertions.iter().map(wanted).collect::<Result<_, _>>()?,
    })
}

fn wanted(assertion: &Assertion) -> Result<Wanted, Unsaid> {
    Ok(match assertion {
        Assertion::Status(range) => Wanted::StatusCode {
            operator: "IN_RANGE",
            range_min: range.least(),
            range_max: range.most(),
        },
        Assertion::ResponseTimeBelow(limit) => {
            Wanted::ResponseTime { operator: "LESS_THAN", value: *limit, unit: "MILLISECONDS" }
        }
        Assertion::Header { name, rule } => {
            let (operator, value) = match rule {
                TextRule::Matches(expression) => ("REGEX_MATCH", Value::Text(expression.clone())),
                TextRule::Exists(exists) => ("EXIST", Value::Flag(*exists)),
                TextRule::Equals(_)
                | TextRule::NotEquals(_)
                | TextRule::Contains(_)
                | TextRule::NotContains(_) => plain_rule(rule)?,
            };
            Wanted::Header { header_name: name.clone(), operator, value }
        }
        Assertion::Body(rule) => {
            let (operator, value) = plain_rule(rule)?;
            Wanted::Body { target: "TEXT", path: None, operator, value }
        }
        Assertion::Json { path, rule } => {
            let (operator, value) = plain_rule(rule)?;
            Wanted::Body { target: "JSON", path: Some(path.clone()), operator, value }
        }
        Assertion::TlsDaysLeftAtLeast(_) => return Err(Unsaid::CERTIFICATE),
    })
}

/// The operators that headers and bodies share. (A header's "is there" has a word of its own.)
fn plain_rule(rule: &TextRule) -> Result<(&'static str, Value), Unsaid> {
    Ok(match rule {
        TextRule::Equals(text) => ("EQUALS", Value::Text(text.clone())),
        TextRule::NotEquals(text) => ("NOT_EQUALS", Value::Text(text.clone())),
        TextRule::Contains(text) => ("CONTAINS", Value::Text(text.clone())),
        TextRule::NotContains(text) => ("NOT_CONTAINS", Value::Text(text.clone())),
        TextRule::Exists(exists) => ("EXISTS", Value::Flag(*exists)),
        TextRule::Matches(_) => return Err(Unsaid::EXPRESSION),
    })
}

#[cfg(test)]
mod tests;
