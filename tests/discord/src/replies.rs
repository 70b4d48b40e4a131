//! Answers that are no act's: refusals, 429, rate-limit headers, and the one that is never sent.

use std::time::{Duration, SystemTime};

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::json;

use crate::faults::Scope;
use crate::limits::Standing;
use crate::refusal::Refusal;

/// Marks an answer that must not be sent: the connection is closed instead.
#[derive(Clone)]
pub(crate) struct Dropped;

pub(crate) fn tell(headers: &mut HeaderMap, bucket: &str, standing: Standing) {
    let reset_at = SystemTime::now() + standing.reset_after;
    let reset_at = reset_at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let values = [
        ("x-ratelimit-limit", standing.limit.to_string()),
        ("x-ratelimit-remaining", standing.remaining.to_string()),
        ("x-ratelimit-reset", format!("{:.3}", reset_at.as_secs_f64())),
        ("x-ratelimit-reset-after", format!("{:.3}", standing.reset_after.as_secs_f64())),
        ("x-ratelimit-bucket", bucket.to_owned()),
    ];
    for (name, value) in values {
        let value = HeaderValue::try_from(value).expect("numbers and hashes are header text");
        headers.insert(HeaderName::from_static(name), value);
    }
}

pub(crate) fn too_many(retry_after: Duration, scope: Option<Scope>, json: bool) -> Response {
    let global = scope == Some(Scope::Global);
    let body = json!({
        "message": "You are being rate limited.",
        "retry_after": (retry_after.as_secs_f64() * 1000.0).ceil() / 1000.0,
        "global": global,
    });
    let mut response = if json {
        (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
    } else {
        let page = "<html><title>Too many requests</title></html>";
        (StatusCode::TOO_MANY_REQUESTS, [(CONTENT_TYPE, "text/html")], page).into_response()
    };
    let whole_seconds = retry_after.as_millis().div_ceil(1000).to_string();
    let whole_seconds = HeaderValue::try_from(whole_seconds).expect("digits are header text");
    response.headers_mut().insert(RETRY_AFTER, whole_seconds);
    if let Some(scope) = scope {
        let word = HeaderValue::from_static(scope.word());
        response.headers_mut().insert("x-ratelimit-scope", word);
    }
    if global {
        response.headers_mut().insert("x-ratelimit-global", HeaderValue::from_static("true"));
    }
    response
}

pub(crate) fn refuse(refusal: &Refusal) -> Response {
    (refusal.status, Json(refusal.body())).into_response()
}

pub(crate) fn too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, 40005, "Request entity too large")
}

pub(crate) fn dropped() -> Response {
    let mut response = StatusCode::BAD_GATEWAY.into_response();
    response.extensions_mut().insert(Dropped);
    response
}
