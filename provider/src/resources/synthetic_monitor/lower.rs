//! From attributes to the check that they declare.

use std::collections::BTreeMap;

use contract::check::{self, Assertion, Check, HttpCheck, StatusRange, TextRule};
use contract::duration::Span;
use framework::Attr;

use super::model::{
    Assertions, BodyAssertion, HeaderAssertion, Http, JsonAssertion, Method, Monitor,
};

/// A part of what was asked for is not known before something else has been applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotKnown;

/// Seconds of a run's time that are left for the start of its function and the report of its end.
/// AWS advises 15 seconds or more for a whole run because of slow starts
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html>).
const SECONDS_AROUND_REQUEST: u64 = 5;

/// What was set, or null.
pub(super) fn set<T: Clone>(attribute: &Attr<T>) -> Result<Option<T>, NotKnown> {
    match attribute {
        Attr::Null => Ok(None),
        Attr::Unknown => Err(NotKnown),
        Attr::Known(value) => Ok(Some(value.clone())),
    }
}

/// The span that a text says; `None` while it says none.
pub(super) fn span(attribute: &Attr<String>) -> Option<Span> {
    attribute.as_known().and_then(|text| text.parse().ok())
}

/// How long the request itself may take, in a run of at most this length, in milliseconds. The
/// blueprint allows from 1 second to 5 minutes.
pub(super) fn request_milliseconds(run: Span) -> u64 {
    run.as_seconds().saturating_sub(SECONDS_AROUND_REQUEST).clamp(1, 300) * 1_000
}

/// The check that a monitor declares; `None` where it declares none.
pub(super) fn check(monitor: &Monitor) -> Result<Option<Check>, NotKnown> {
    let Some(http) = set(&monitor.http)? else { return Ok(None) };
    let timeout = set(&monitor.timeout)?.and_then(|text| text.parse().ok());
    let Some(timeout) = timeout else { return Err(NotKnown) };
    http_check(&http, timeout).map(|check| Some(Check::Http(check)))
}

fn http_check(http: &Http, timeout: Span) -> Result<HttpCheck, NotKnown> {
    let assertions = set(&http.assertions)?.unwrap_or_default();
    Ok(HttpCheck {
        url: set(&http.url)?.unwrap_or_default(),
        method: set(&http.method)?.unwrap_or(Method::Get).into(),
        headers: entries(&http.headers)?,
        secret_headers: entries(&http.secret_headers)?
            .into_iter()
            .map(|(name, header)| {
                let secret = set(&header.secret)?.unwrap_or_default();
                let prefix = set(&header.prefix)?.unwrap_or_default();
                Ok((name, check::SecretHeader { secret, prefix }))
            })
            .collect::<Result<_, _>>()?,
        body: set(&http.body)?,
        timeout_milliseconds: request_milliseconds(timeout),
        assertions: lower_assertions(&assertions)?,
    })
}

/// The elements of a map, without those that are null.
fn entries<T: Clone>(
    attribute: &Attr<BTreeMap<String, Attr<T>>>,
) -> Result<BTreeMap<String, T>, NotKnown> {
    let map = set(attribute)?.unwrap_or_default();
    map.into_iter()
        .filter_map(|(key, value)| set(&value).transpose().map(|value| Ok((key, value?))))
        .collect()
}

fn lower_assertions(assertions: &Assertions) -> Result<Vec<Assertion>, NotKnown> {
    let status = set(&assertions.status)?.map(|text| text.parse::<StatusRange>());
    let status = status.transpose().map_err(|_| NotKnown)?.unwrap_or(StatusRange::SUCCESS);
    let mut lowered = vec![Assertion::Status(status)];
    if let Some(limit) = set(&assertions.response_time_below_ms)? {
        lowered.push(Assertion::ResponseTimeBelow(limit.into()));
    }
    for (name, header) in entries(&assertions.headers)? {
        for rule in header_rules(&header)? {
            lowered.push(Assertion::Header { name: name.clone(), rule });
        }
    }
    if let Some(body) = set(&assertions.body)? {
        lowered.extend(body_rules(&body)?.into_iter().map(Assertion::Body));
    }
    for (path, part) in entries(&assertions.json)? {
        for rule in json_rules(&part)? {
            lowered.push(Assertion::Json { path: path.clone(), rule });
        }
    }
    Ok(lowered)
}

fn header_rules(header: &HeaderAssertion) -> Result<Vec<TextRule>, NotKnown> {
    let rules = [
        set(&header.equals)?.map(TextRule::Equals),
        set(&header.not_equals)?.map(TextRule::NotEquals),
        set(&header.contains)?.map(TextRule::Contains),
        set(&header.not_contains)?.map(TextRule::NotContains),
        set(&header.matches)?.map(TextRule::Matches),
        set(&header.exists)?.map(TextRule::Exists),
    ];
    Ok(rules.into_iter().flatten().collect())
}

fn body_rules(body: &BodyAssertion) -> Result<Vec<TextRule>, NotKnown> {
    let mut rules = Vec::new();
    rules.extend(set(&body.equals)?.map(TextRule::Equals));
    rules.extend(set(&body.not_equals)?.map(TextRule::NotEquals));
    for text in set(&body.contains)?.unwrap_or_default() {
        rules.extend(set(&text)?.map(TextRule::Contains));
    }
    for text in set(&body.not_contains)?.unwrap_or_default() {
        rules.extend(set(&text)?.map(TextRule::NotContains));
    }
    Ok(rules)
}

fn json_rules(part: &JsonAssertion) -> Result<Vec<TextRule>, NotKnown> {
    let rules = [
        set(&part.equals)?.map(TextRule::Equals),
        set(&part.not_equals)?.map(TextRule::NotEquals),
        set(&part.contains)?.map(TextRule::Contains),
        set(&part.not_contains)?.map(TextRule::NotContains),
        set(&part.exists)?.map(TextRule::Exists),
    ];
    Ok(rules.into_iter().flatten().collect())
}

impl From<Method> for check::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::Get,
            Method::Head => Self::Head,
            Method::Post => Self::Post,
            Method::Put => Self::Put,
            Method::Patch => Self::Patch,
            Method::Delete => Self::Delete,
            Method::Options => Self::Options,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn monitor(http: Http) -> Monitor {
        let timeout = Attr::Known("30s".to_owned());
        Monitor { http: Attr::Known(http), timeout, ..Monitor::default() }
    }

    fn text(value: &str) -> Attr<String> {
        Attr::Known(value.to_owned())
    }

    #[test]
    fn without_assertions_the_status_must_be_one_of_success() {
        let http = Http { url: text("https://example.com"), ..Http::default() };
        let Ok(Some(Check::Http(check))) = check(&monitor(http)) else { panic!("a check") };
        assert_eq!(check.assertions, [Assertion::Status(StatusRange::SUCCESS)]);
        assert_eq!((check.method, check.timeout_milliseconds), (check::Method::Get, 25_000));
    }

    #[test]
    fn every_word_becomes_an_assertion() {
        let body = BodyAssertion {
            contains: Attr::Known(BTreeSet::from([text("ok"), text("ready")])),
            ..BodyAssertion::default()
        };
        let json = JsonAssertion {
            equals: text("up"),
            exists: Attr::Known(true),
            ..JsonAssertion::default()
        };
        let assertions = Assertions {
            status: text("204"),
            response_time_below_ms: Attr::Known(800),
            body: Attr::Known(body),
            json: Attr::Known(BTreeMap::from([("$.db".to_owned(), Attr::Known(json))])),
            ..Assertions::default()
        };
        let assertions = Attr::Known(assertions);
        let http = Http { url: text("https://example.com"), assertions, ..Http::default() };
        let Ok(Some(Check::Http(check))) = check(&monitor(http)) else { panic!("a check") };
        assert_eq!(check.assertions.len(), 6, "{:?}", check.assertions);
        assert_eq!(check.assertions[0], Assertion::Status("204".parse().expect("valid")));
    }

    #[test]
    fn an_unknown_part_makes_the_check_unknown() {
        let headers = BTreeMap::from([("Accept".to_owned(), Attr::Unknown)]);
        for http in [
            Http { url: Attr::Unknown, ..Http::default() },
            Http {
                url: text("https://example.com"),
                headers: Attr::Known(headers),
                ..Http::default()
            },
            Http { url: text("https://example.com"), assertions: Attr::Unknown, ..Http::default() },
        ] {
            assert_eq!(check(&monitor(http)), Err(NotKnown));
        }
        assert_eq!(check(&Monitor::default()), Ok(None));
    }

    #[test]
    fn the_request_leaves_time_for_the_run() {
        for (run, request) in [(3, 1_000), (15, 10_000), (60, 55_000), (840, 300_000)] {
            assert_eq!(request_milliseconds(Span::from_seconds(run)), request, "{run} s");
        }
    }
}
