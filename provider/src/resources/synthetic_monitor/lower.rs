//! From attributes to the check that they declare.

use std::collections::{BTreeMap, BTreeSet};

use contract::check::{
    self, Assertion, Check, DnsCheck, HttpCheck, RecordRule, RecordType, StatusRange, TcpCheck,
    TextRule, TlsCheck,
};
use contract::duration::Span;
use framework::Attr;

use super::model::{
    Assertions, BodyAssertion, Dns, Engine, HeaderAssertion, Http, JsonAssertion, Method, Monitor,
    Tcp, Tls,
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

/// The texts of a set that are known.
pub(super) fn texts(set: &Attr<BTreeSet<Attr<String>>>) -> BTreeSet<String> {
    let set = set.as_known().into_iter().flatten();
    set.filter_map(|text| text.as_known().cloned()).collect()
}

/// How long the request itself may take, in a run of at most this length, in milliseconds. The
/// blueprint allows from 1 second to 5 minutes.
pub(super) fn request_milliseconds(run: Span) -> u64 {
    run.as_seconds().saturating_sub(SECONDS_AROUND_REQUEST).clamp(1, 300) * 1_000
}

/// The check that a monitor declares; `None` where it declares none.
pub(super) fn check(monitor: &Monitor) -> Result<Option<Check>, NotKnown> {
    let Monitor { http, tcp, dns, tls, .. } = monitor;
    if http.is_null() && tcp.is_null() && dns.is_null() && tls.is_null() {
        return Ok(None);
    }
    let (engine, timeout) = (set(&monitor.engine)?, set(&monitor.timeout)?);
    let timeout: Option<Span> = timeout.and_then(|text| text.parse().ok());
    let (Some(engine), Some(timeout)) = (engine, timeout) else { return Err(NotKnown) };
    let milliseconds = match engine {
        Engine::Canary => request_milliseconds(timeout),
        Engine::Probe => timeout.as_seconds().saturating_mul(1_000),
    };
    if let Some(http) = set(&monitor.http)? {
        return http_check(&http, milliseconds).map(|check| Some(Check::Http(check)));
    }
    if let Some(tcp) = set(&monitor.tcp)? {
        return tcp_check(&tcp, milliseconds).map(|check| Some(Check::Tcp(check)));
    }
    if let Some(dns) = set(&monitor.dns)? {
        return dns_check(&dns, milliseconds).map(|check| Some(Check::Dns(check)));
    }
    let Some(tls) = set(&monitor.tls)? else { return Ok(None) };
    tls_check(&tls, milliseconds).map(|check| Some(Check::Tls(check)))
}

fn tcp_check(tcp: &Tcp, timeout_milliseconds: u64) -> Result<TcpCheck, NotKnown> {
    Ok(TcpCheck {
        host: set(&tcp.host)?.unwrap_or_default(),
        port: set(&tcp.port)?.unwrap_or_default(),
        send: set(&tcp.send)?,
        expect: set(&tcp.expect)?,
        timeout_milliseconds,
    })
}

fn dns_check(dns: &Dns, timeout_milliseconds: u64) -> Result<DnsCheck, NotKnown> {
    let expected = match (set(&dns.equals)?, set(&dns.contains)?) {
        (Some(all), _) => RecordRule::Equals(plain(&all)?),
        (None, Some(some)) => RecordRule::Contains(plain(&some)?),
        (None, None) => RecordRule::Any,
    };
    Ok(DnsCheck {
        name: set(&dns.name)?.unwrap_or_default(),
        record: set(&dns.record)?.unwrap_or(RecordType::A),
        resolver: set(&dns.resolver)?,
        expected,
        timeout_milliseconds,
    })
}

fn tls_check(tls: &Tls, timeout_milliseconds: u64) -> Result<TlsCheck, NotKnown> {
    Ok(TlsCheck {
        host: set(&tls.host)?.unwrap_or_default(),
        port: set(&tls.port)?.unwrap_or_default(),
        server_name: set(&tls.server_name)?,
        days_left_at_least: set(&tls.days_left_at_least)?.unwrap_or_default(),
        timeout_milliseconds,
    })
}

fn plain(texts: &BTreeSet<Attr<String>>) -> Result<BTreeSet<String>, NotKnown> {
    texts.iter().filter_map(|text| set(text).transpose()).collect()
}

/// What is watched, in a few words: an address, or a host with its port.
pub(super) fn target(monitor: &Monitor) -> Result<String, NotKnown> {
    let hosted = |host: &Attr<String>, port: &Attr<u16>| -> Result<String, NotKnown> {
        let (host, port) = (set(host)?.unwrap_or_default(), set(port)?.unwrap_or_default());
        Ok(format!("{host}:{port}"))
    };
    if let Some(http) = set(&monitor.http)? {
        return Ok(set(&http.url)?.unwrap_or_default());
    }
    if let Some(tcp) = set(&monitor.tcp)? {
        return hosted(&tcp.host, &tcp.port);
    }
    if let Some(tls) = set(&monitor.tls)? {
        return hosted(&tls.host, &tls.port);
    }
    let Some(dns) = set(&monitor.dns)? else { return Ok(String::new()) };
    let record = set(&dns.record)?.unwrap_or(RecordType::A);
    Ok(format!("the {} records of {}", record.name(), set(&dns.name)?.unwrap_or_default()))
}

fn http_check(http: &Http, timeout_milliseconds: u64) -> Result<HttpCheck, NotKnown> {
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
        redirects: set(&http.redirects)?.unwrap_or(check::DEFAULT_REDIRECTS),
        timeout_milliseconds,
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
    lowered.extend(set(&assertions.tls_days_left_at_least)?.map(Assertion::TlsDaysLeftAtLeast));
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
    rules.extend(set(&body.matches)?.map(TextRule::Matches));
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
        let engine = Attr::Known(Engine::Canary);
        Monitor { engine, http: Attr::Known(http), timeout, ..Monitor::default() }
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
