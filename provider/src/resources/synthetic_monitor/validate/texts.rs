//! The texts of a check: what the engine would replace in them, and what it can't read.

use std::collections::{BTreeMap, BTreeSet};

use contract::check::expression;
use framework::{Attr, Diagnostics, Path};
use serde_json_path::JsonPath;

use crate::resources::synthetic_monitor::canary::blueprint::PLACEHOLDER;
use crate::resources::synthetic_monitor::model::{Engine, Http};

/// Begins what `EventBridge` Scheduler replaces in a schedule's input
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html>).
const CONTEXT_ATTRIBUTE: &str = "<aws.scheduler.";

/// Adds an error for every text that the engine would replace, and for what it can't read.
pub(super) fn validate(http: &Http, engine: Engine, path: &Path, diagnostics: &mut Diagnostics) {
    for (path, text) in texts(http, path).into_iter().chain(keys(http, path)) {
        check_replaced(text, engine, &path, diagnostics);
    }
    if engine == Engine::Probe {
        check_readable(http, path, diagnostics);
    }
}

/// Refuses a text that the engine replaces.
pub(super) fn check_replaced(
    text: &str,
    engine: Engine,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let detail = match engine {
        Engine::Canary if text.contains(PLACEHOLDER) => format!(
            "The canary replaces what stands in `{PLACEHOLDER}…}}` and knows no way to send it as it is. For a secret use `secret_headers`."
        ),
        Engine::Probe if text.contains(CONTEXT_ATTRIBUTE) => format!(
            "The schedule replaces what stands in `{CONTEXT_ATTRIBUTE}…>` and knows no way to send it as it is."
        ),
        Engine::Canary | Engine::Probe => return,
    };
    diagnostics.error(path.clone(), "A placeholder in the check", detail);
}

/// All texts that are known, with their places. The URL and the texts themselves are never shown.
fn texts<'a>(http: &'a Http, path: &Path) -> Vec<(Path, &'a str)> {
    let mut all = Vec::new();
    let mut add = |path: Path, text: &'a Attr<String>| {
        all.extend(text.as_known().map(|text| (path, text.as_str())));
    };
    add(path.attribute("url"), &http.url);
    add(path.attribute("body"), &http.body);
    for (name, value) in http.headers.as_known().into_iter().flatten() {
        add(path.attribute("headers").key(name), value);
    }
    let Some(assertions) = http.assertions.as_known() else { return all };
    let path = path.attribute("assertions");
    for (name, rule) in assertions.headers.as_known().into_iter().flatten() {
        let at = path.attribute("headers").key(name);
        let Some(rule) = rule.as_known() else { continue };
        add(at.attribute("equals"), &rule.equals);
        add(at.attribute("not_equals"), &rule.not_equals);
        add(at.attribute("contains"), &rule.contains);
        add(at.attribute("not_contains"), &rule.not_contains);
        add(at.attribute("matches"), &rule.matches);
    }
    for (part, rule) in assertions.json.as_known().into_iter().flatten() {
        let at = path.attribute("json").key(part);
        let Some(rule) = rule.as_known() else { continue };
        add(at.attribute("equals"), &rule.equals);
        add(at.attribute("not_equals"), &rule.not_equals);
        add(at.attribute("contains"), &rule.contains);
        add(at.attribute("not_contains"), &rule.not_contains);
    }
    if let Some(body) = assertions.body.as_known() {
        let at = path.attribute("body");
        add(at.attribute("equals"), &body.equals);
        add(at.attribute("not_equals"), &body.not_equals);
        add(at.attribute("matches"), &body.matches);
        let mut add_all = |name, texts: &'a Attr<BTreeSet<Attr<String>>>| {
            for text in texts.as_known().into_iter().flatten() {
                add(at.attribute(name), text);
            }
        };
        add_all("contains", &body.contains);
        add_all("not_contains", &body.not_contains);
    }
    all
}

/// The names of headers and the paths into JSON, with their places.
fn keys<'a>(http: &'a Http, path: &Path) -> Vec<(Path, &'a str)> {
    fn of<'a, T>(map: &'a Attr<BTreeMap<String, Attr<T>>>, at: &Path) -> Vec<(Path, &'a str)> {
        let keys = map.as_known().into_iter().flatten();
        keys.map(|(key, _)| (at.key(key), key.as_str())).collect()
    }
    let mut all = of(&http.headers, &path.attribute("headers"));
    all.extend(of(&http.secret_headers, &path.attribute("secret_headers")));
    if let Some(assertions) = http.assertions.as_known() {
        let path = path.attribute("assertions");
        all.extend(of(&assertions.headers, &path.attribute("headers")));
        all.extend(of(&assertions.json, &path.attribute("json")));
    }
    all
}

/// What the probe reads itself: regular expressions and JSON paths.
fn check_readable(http: &Http, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(assertions) = http.assertions.as_known() else { return };
    let path = path.attribute("assertions");
    for (name, rule) in assertions.headers.as_known().into_iter().flatten() {
        let Some(rule) = rule.as_known() else { continue };
        let at = path.attribute("headers").key(name).attribute("matches");
        check_expression(&rule.matches, &at, diagnostics);
    }
    if let Some(body) = assertions.body.as_known() {
        let at = path.attribute("body").attribute("matches");
        check_expression(&body.matches, &at, diagnostics);
    }
    for (part, _) in assertions.json.as_known().into_iter().flatten() {
        if let Err(problem) = JsonPath::parse(part) {
            let detail = format!("`{part}` is no JSONPath (RFC 9535): {problem}.");
            diagnostics.error(path.attribute("json").key(part), "Invalid JSONPath", detail);
        }
    }
}

fn check_expression(text: &Attr<String>, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(text) = text.as_known() else { return };
    if let Err(problem) = expression(text) {
        let detail = format!("This is no regular expression that the probe can read: {problem}.");
        diagnostics.error(path.clone(), "Invalid regular expression", detail);
    }
}
