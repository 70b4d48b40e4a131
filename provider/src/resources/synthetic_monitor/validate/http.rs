//! Rules for an HTTP request and its assertions.

use std::collections::{BTreeMap, BTreeSet};

use contract::check::{StatusRange, carries_secret};
use contract::duration::Span;
use framework::{Attr, Diagnostics, Path};
use url::Url;

use crate::model::checks::check;
use crate::resources::synthetic_monitor::model::{
    Assertions, BodyAssertion, HeaderAssertion, Http, JsonAssertion, Method,
};

/// Adds an error for all that no engine's check can do, or must hold. `request` is the timeout and
/// what it leaves for a request, in milliseconds.
pub(super) fn validate(
    http: &Http,
    request: Option<(Span, u64)>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    check_url(&http.url, &path.attribute("url"), diagnostics);
    check_headers(http, path, diagnostics);
    let Some(assertions) = http.assertions.as_known() else { return };
    let path = path.attribute("assertions");
    check::<StatusRange>(&assertions.status, path.attribute("status"), diagnostics);
    check_response_time(assertions, request, &path, diagnostics);
    check_certificate(http, assertions, &path, diagnostics);
    check_assertions(assertions, &path, diagnostics);
    let asks_for_body = !assertions.body.is_null() || !assertions.json.is_null();
    if http.method.as_known() == Some(&Method::Head) && asks_for_body {
        let detail = "A response to `HEAD` has no body that could be asserted. Use `GET`.";
        diagnostics.error(path, "Assertions on a body that never comes", detail);
    }
}

/// Refuses to count the days of a certificate that no server shows: only a redirect leads from `http` to
/// one.
fn check_certificate(
    http: &Http,
    assertions: &Assertions,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(Ok(url)) = http.url.as_known().map(|url| Url::parse(url)) else { return };
    let is_asked = !assertions.tls_days_left_at_least.is_null();
    if is_asked && url.scheme() == "http" && http.redirects.as_known() == Some(&0) {
        let detail = "A server at `http://` shows no certificate, and no redirect is followed to one: take an address with `https://`, or leave `redirects` out.";
        let path = path.attribute("tls_days_left_at_least");
        diagnostics.error(path, "A certificate that never comes", detail);
    }
}

fn check_url(url: &Attr<String>, path: &Path, diagnostics: &mut Diagnostics) {
    // The URL itself is not repeated: it may hold the very secret that is complained of.
    let Some(text) = url.as_known() else { return };
    match Url::parse(text) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            let detail = "The URL holds a user name or a password, which everyone who reads the state could see. Put the credentials into a secret and send them with `secret_headers`.";
            diagnostics.error(path.clone(), "Credentials in a URL", detail);
        }
        Ok(_) => {}
        Err(problem) => {
            let detail = format!("This is no URL: {problem}.");
            diagnostics.error(path.clone(), "Invalid value for `url`", detail);
        }
    }
}

/// Whether a header's name is one that the blueprint's schema takes:
/// `^[a-zA-Z][a-zA-Z0-9-_]*$`.
fn is_header_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn check_headers(http: &Http, path: &Path, diagnostics: &mut Diagnostics) {
    let plain = path.attribute("headers");
    let mut seen = BTreeSet::new();
    for (name, value) in http.headers.as_known().into_iter().flatten() {
        let path = plain.key(name);
        check_header_name(name, &mut seen, &path, diagnostics);
        if carries_secret(name) {
            let detail = format!(
                "The header `{name}` carries a credential, and its value would stand in the state and in what runs the check. Keep the value in Secrets Manager and name the secret in `secret_headers`."
            );
            diagnostics.error(path.clone(), "A secret in plain headers", detail);
        }
        if value.as_known().is_some_and(|value| value.contains(['\r', '\n'])) {
            diagnostics.error(path.clone(), "Invalid header", "A header's value is one line.");
        }
    }
    let secret = path.attribute("secret_headers");
    for name in http.secret_headers.as_known().into_iter().flat_map(BTreeMap::keys) {
        check_header_name(name, &mut seen, &secret.key(name), diagnostics);
    }
}

fn check_header_name(
    name: &str,
    seen: &mut BTreeSet<String>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    if !is_header_name(name) {
        let detail = format!(
            "`{name}` is no name of a header: it begins with a letter and holds only letters, digits, `-` and `_`."
        );
        diagnostics.error(path.clone(), "Invalid header", detail);
    }
    if !seen.insert(name.to_ascii_lowercase()) {
        let detail = format!("The header `{name}` is set twice; capitals make no difference.");
        diagnostics.error(path.clone(), "A header is set twice", detail);
    }
}

fn check_response_time(
    assertions: &Assertions,
    request: Option<(Span, u64)>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    if let (Some(limit), Some((timeout, most))) =
        (assertions.response_time_below_ms.as_known(), request)
        && u64::from(*limit) > most
    {
        let detail = format!(
            "At a `timeout` of `{timeout}` a request is given up after {most} ms, before it could be too slow for {limit} ms."
        );
        diagnostics.error(
            path.attribute("response_time_below_ms"),
            "The time is never reached",
            detail,
        );
    }
}

fn check_assertions(assertions: &Assertions, path: &Path, diagnostics: &mut Diagnostics) {
    let headers = path.attribute("headers");
    for (name, header) in assertions.headers.as_known().into_iter().flatten() {
        let at = headers.key(name);
        if !is_header_name(name) {
            let detail = format!("`{name}` is no name of a header.");
            diagnostics.error(at.clone(), "Invalid header", detail);
        }
        if let Some(header) = header.as_known() {
            check_header_rule(header, &at, diagnostics);
        }
    }
    if let Some(body) = assertions.body.as_known() {
        check_body_rule(body, &path.attribute("body"), diagnostics);
    }
    let json = path.attribute("json");
    for (part, rule) in assertions.json.as_known().into_iter().flatten() {
        let at = json.key(part);
        if !part.starts_with('$') {
            let detail = format!("`{part}` is no JSONPath: one begins with `$`, as in `$.status`.");
            diagnostics.error(at.clone(), "Invalid JSONPath", detail);
        }
        if let Some(rule) = rule.as_known() {
            check_json_rule(rule, &at, diagnostics);
        }
    }
}

fn check_header_rule(rule: &HeaderAssertion, path: &Path, diagnostics: &mut Diagnostics) {
    let HeaderAssertion { equals, not_equals, contains, not_contains, matches, exists } = rule;
    let texts = [
        ("equals", equals),
        ("not_equals", not_equals),
        ("contains", contains),
        ("not_contains", not_contains),
        ("matches", matches),
    ];
    check_rule(&texts, exists, path, diagnostics);
}

fn check_json_rule(rule: &JsonAssertion, path: &Path, diagnostics: &mut Diagnostics) {
    let JsonAssertion { equals, not_equals, contains, not_contains, exists } = rule;
    let texts = [
        ("equals", equals),
        ("not_equals", not_equals),
        ("contains", contains),
        ("not_contains", not_contains),
    ];
    check_rule(&texts, exists, path, diagnostics);
}

fn check_rule(
    texts: &[(&str, &Attr<String>)],
    exists: &Attr<bool>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let has_text = texts.iter().any(|(_, text)| !text.is_null());
    if !has_text && exists.is_null() {
        let detail = "This asserts nothing: set at least one of its attributes.";
        diagnostics.error(path.clone(), "Empty assertion", detail);
    }
    if has_text && exists.as_known() == Some(&false) {
        let detail = "What must not be there has no value to assert.";
        diagnostics.error(path.attribute("exists"), "Contradicting assertion", detail);
    }
}

fn check_body_rule(body: &BodyAssertion, path: &Path, diagnostics: &mut Diagnostics) {
    let BodyAssertion { equals, not_equals, contains, not_contains, matches } = body;
    let is_empty = |set: &Attr<BTreeSet<Attr<String>>>| {
        set.is_null() || set.as_known().is_some_and(BTreeSet::is_empty)
    };
    let has_text = [equals, not_equals, matches].iter().any(|text| !text.is_null());
    if !has_text && is_empty(contains) && is_empty(not_contains) {
        let detail = "This asserts nothing: set at least one of its attributes.";
        diagnostics.error(path.clone(), "Empty assertion", detail);
    }
}
