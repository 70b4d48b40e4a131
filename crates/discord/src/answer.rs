//! What an answer of Discord's says.

use std::time::Duration;

use bytes::Bytes;
use hyper::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::failure::{Failure, FailureKind, FieldProblem};
use super::limiter::Standing;
use super::scrub::Scrubber;

const ONE_SECOND: Duration = Duration::from_secs(1);
/// Parts of a message that an answer without a code may name.
const PARTS: [&str; 4] = ["content", "embeds", "attachments", "allowed_mentions"];

/// An answer, read whole.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    code: Option<u32>,
    message: Option<String>,
    errors: Option<Value>,
}

#[derive(Default, Deserialize)]
struct RateLimitBody {
    retry_after: Option<f64>,
    #[serde(default)]
    global: bool,
}

impl Answer {
    /// Where the bucket of this request stands, if the answer tells.
    pub(super) fn standing(&self) -> Option<Standing> {
        Some(Standing {
            bucket: self.text("x-ratelimit-bucket")?.to_owned(),
            limit: self.text("x-ratelimit-limit")?.parse().ok()?,
            remaining: self.text("x-ratelimit-remaining")?.parse().ok()?,
            reset_after: seconds(self.text("x-ratelimit-reset-after")?.parse().ok()?)?,
        })
    }

    /// How long a 429 asks to wait: what its header or its body says, and the longer of both. The header is in whole
    /// seconds, so that one that is the body's number rounded up says nothing new.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        let header = self.text("retry-after").and_then(|text| text.parse().ok()).and_then(seconds);
        let body = self.rate_limit_body().retry_after.and_then(seconds);
        match (header, body) {
            (Some(header), Some(body)) if header.saturating_sub(body) < ONE_SECOND => Some(body),
            (header, body) => header.max(body),
        }
    }

    /// Whether a 429 is of the limit on all requests.
    pub(super) fn is_global(&self) -> bool {
        self.text("x-ratelimit-global").is_some_and(|text| text.eq_ignore_ascii_case("true"))
            || self.text("x-ratelimit-scope") == Some("global")
            || self.rate_limit_body().global
    }

    /// What an answer that is no success means.
    pub(super) fn failure(&self, scrubber: &Scrubber) -> Failure {
        let body: ErrorBody = serde_json::from_slice(&self.body).unwrap_or_default();
        let fields = body.errors.as_ref().map(|tree| field_problems(tree, scrubber));
        let fields = fields.unwrap_or_default();
        let status = self.status.as_u16();
        let words = body.message.as_deref().map(|message| scrubber.clean(message));
        let mut message = match body.code {
            Some(code) if code != 0 => format!("discord answered {status} (code {code})"),
            Some(_) | None => format!("discord answered {status}"),
        };
        for words in words.into_iter().chain(fields.iter().map(ToString::to_string)) {
            message.push_str(": ");
            message.push_str(&words);
        }
        Failure::answered(self.kind(body.code, fields), status, body.code, message)
    }

    /// Whether a 400 names parts of a message, which it does without a code at times: `{"embeds": ["0"]}`.
    fn names_parts(&self) -> bool {
        let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
        self.status.as_u16() == 400 && PARTS.iter().any(|part| body[*part].is_array())
    }

    fn kind(&self, code: Option<u32>, fields: Vec<FieldProblem>) -> FailureKind {
        match (self.status.as_u16(), code) {
            (401, _) => FailureKind::Unauthorized,
            (403, _) => FailureKind::Forbidden,
            (404, code) => FailureKind::NotFound { code: code.unwrap_or(0) },
            (429, _) => {
                FailureKind::RateLimited { retry_after: self.retry_after().unwrap_or_default() }
            }
            (400..=499, Some(30007 | 30058)) => FailureKind::Quota,
            (400..=499, Some(code)) if code != 0 => FailureKind::Invalid { fields },
            (400..=499, _) if self.names_parts() => FailureKind::Invalid { fields },
            // Discord has a code for what it refuses. This is of somebody between: a proxy, or Cloudflare.
            (500..=599, _) => FailureKind::Unavailable,
            (_, _) => FailureKind::Protocol,
        }
    }

    fn rate_limit_body(&self) -> RateLimitBody {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn text(&self, header: &str) -> Option<&str> {
        self.headers.get(header).and_then(|value| value.to_str().ok())
    }
}

/// A number of seconds that is one: not negative, not endless.
fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number).ok()
}

/// Flattens the tree of a 50035: objects by field and index, with a list `_errors` where something is wrong.
fn field_problems(tree: &Value, scrubber: &Scrubber) -> Vec<FieldProblem> {
    let mut found = Vec::new();
    walk(tree, "", &mut |path, problem| {
        let text = |name: &str| match &problem[name] {
            Value::String(text) => scrubber.clean(text),
            Value::Null => String::new(),
            other @ (Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
                scrubber.clean(&other.to_string())
            }
        };
        let (code, message) = (text("code"), text("message"));
        found.push(FieldProblem { path: path.to_owned(), code, message });
    });
    found
}

fn walk(tree: &Value, path: &str, found: &mut impl FnMut(&str, &Value)) {
    let Some(branches) = tree.as_object() else { return };
    for (name, branch) in branches {
        if name == "_errors" {
            branch.as_array().into_iter().flatten().for_each(|problem| found(path, problem));
        } else {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            walk(branch, &path, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Answer {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("the test's header is one"));
        }
        let status = StatusCode::from_u16(status).expect("the test's status is one");
        Answer { status, headers: map, body: Bytes::from_static(body.as_bytes()) }
    }

    #[test]
    fn every_status_has_its_meaning() {
        let not_found = |code| FailureKind::NotFound { code };
        let table = [
            (401, r#"{"code":0,"message":"401: Unauthorized"}"#, FailureKind::Unauthorized),
            (401, r#"{"code":50027,"message":"Invalid Webhook Token"}"#, FailureKind::Unauthorized),
            (403, r#"{"code":50013,"message":"Missing Permissions"}"#, FailureKind::Forbidden),
            (404, r#"{"code":10015,"message":"Unknown Webhook"}"#, not_found(10015)),
            (404, "<html>", not_found(0)),
            (400, r#"{"code":30007,"message":"full"}"#, FailureKind::Quota),
            (400, r#"{"code":30058,"message":"full"}"#, FailureKind::Quota),
            (400, r#"{"code":50006,"message":"empty"}"#, FailureKind::Invalid { fields: vec![] }),
            (400, r#"{"embeds":["0"]}"#, FailureKind::Invalid { fields: vec![] }),
            (413, r#"{"code":40005,"message":"big"}"#, FailureKind::Invalid { fields: vec![] }),
            (400, "<html>", FailureKind::Protocol),
            (400, r#"{"code":0,"message":"400: Bad Request"}"#, FailureKind::Protocol),
            (407, "", FailureKind::Protocol),
            (408, "", FailureKind::Protocol),
            (502, "<html>", FailureKind::Unavailable),
            (302, "", FailureKind::Protocol),
        ];
        for (status, body, expected) in table {
            let failure = answer(status, &[], body).failure(&Scrubber::default());
            assert_eq!(failure.kind(), &expected, "{status} {body}");
            assert_eq!(failure.status(), Some(status));
            assert_eq!(failure.is_unknown_webhook(), body.contains("10015"));
        }
    }

    #[test]
    fn field_problems_carry_their_paths() {
        let body = r#"{"code":50035,"message":"Invalid Form Body","errors":{
            "name":{"_errors":[{"code":"BASE_TYPE_BAD_LENGTH","message":"Must be between 1 and 80 in length."}]},
            "embeds":{"0":{"fields":{"1":{"value":{"_errors":[{"code":7,"message":"Too long."}]}}}}}}}"#;
        let failure = answer(400, &[], body).failure(&Scrubber::default());
        let FailureKind::Invalid { fields } = failure.kind() else { panic!("{failure:?}") };
        let seen: Vec<_> =
            fields.iter().map(|one| (one.path.as_str(), one.code.as_str())).collect();
        assert!(seen.contains(&("name", "BASE_TYPE_BAD_LENGTH")), "{seen:?}");
        assert!(seen.contains(&("embeds.0.fields.1.value", "7")), "{seen:?}");
        assert!(
            failure.message().starts_with("discord answered 400 (code 50035): Invalid Form Body")
        );
        assert!(failure.message().contains("`name`: Must be between"));
    }

    #[test]
    fn the_longer_wait_counts_unless_it_is_rounding() {
        let wait = |header, body| {
            let headers = [("retry-after", header)];
            answer(429, &headers, body).retry_after().map(|wait| wait.as_millis())
        };
        assert_eq!(wait("2", r#"{"retry_after":1.337}"#), Some(1337));
        assert_eq!(wait("5", r#"{"retry_after":1.337}"#), Some(5000));
        assert_eq!(wait("1", r#"{"retry_after":1.337}"#), Some(1337));
        assert_eq!(wait("65", "<html>"), Some(65_000));
        assert_eq!(wait("-1", r#"{"retry_after":-3}"#), None);
        assert_eq!(wait("inf", r#"{"retry_after":1e300}"#), None);
        assert_eq!(wait("Wed, 21 Oct 2026 07:28:00 GMT", ""), None);
    }

    #[test]
    fn a_global_limit_is_told_in_three_ways() {
        assert!(answer(429, &[("x-ratelimit-global", "true")], "").is_global());
        assert!(answer(429, &[("x-ratelimit-scope", "global")], "").is_global());
        assert!(answer(429, &[], r#"{"retry_after":1.0,"global":true}"#).is_global());
        assert!(!answer(429, &[("x-ratelimit-scope", "shared")], "{}").is_global());
    }
}
