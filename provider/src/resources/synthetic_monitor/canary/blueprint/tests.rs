use std::collections::BTreeSet;
use std::io::Read;

use contract::check::{
    DnsCheck, RecordRule, RecordType, SecretHeader, StatusRange, TcpCheck, TlsCheck,
};
use serde_json::{Value as Json, json};

use super::*;

fn check() -> HttpCheck {
    HttpCheck {
        url: "https://example.com/health".to_owned(),
        method: Method::Get,
        headers: BTreeMap::new(),
        secret_headers: BTreeMap::new(),
        body: None,
        redirects: contract::check::DEFAULT_REDIRECTS,
        timeout_milliseconds: 55_000,
        assertions: vec![Assertion::Status(StatusRange::SUCCESS)],
    }
}

fn config(http: HttpCheck) -> Json {
    let code = Code::of(&Check::Http(http)).expect("the blueprint can say it");
    serde_json::from_slice(&code.config).expect("JSON")
}

#[test]
fn the_least_check_is_one_step() {
    assert_eq!(
        config(check()),
        json!({ "steps": { "1": {
            "stepName": "http",
            "checkerType": "HTTP",
            "url": "https://example.com/health",
            "httpMethod": "GET",
            "timeout": 55_000,
            "assertions": [
                { "type": "STATUS_CODE", "operator": "IN_RANGE", "rangeMin": 200, "rangeMax": 299 },
            ],
        } } })
    );
}

#[test]
fn every_assertion_has_the_guides_words() {
    let header = |rule| Assertion::Header { name: "ETag".to_owned(), rule };
    let part = |rule| Assertion::Json { path: "$.db".to_owned(), rule };
    let text = || "a".to_owned();
    let http = HttpCheck {
        assertions: vec![
            Assertion::ResponseTimeBelow(800),
            header(TextRule::Matches(text())),
            header(TextRule::Exists(true)),
            header(TextRule::NotEquals(text())),
            Assertion::Body(TextRule::Contains(text())),
            Assertion::Body(TextRule::NotContains(text())),
            part(TextRule::Equals(text())),
            part(TextRule::Exists(false)),
        ],
        ..check()
    };
    assert_eq!(
        config(http)["steps"]["1"]["assertions"],
        json!([
            { "type": "RESPONSE_TIME", "operator": "LESS_THAN", "value": 800, "unit": "MILLISECONDS" },
            { "type": "HEADER", "headerName": "ETag", "operator": "REGEX_MATCH", "value": "a" },
            { "type": "HEADER", "headerName": "ETag", "operator": "EXIST", "value": true },
            { "type": "HEADER", "headerName": "ETag", "operator": "NOT_EQUALS", "value": "a" },
            { "type": "BODY", "target": "TEXT", "operator": "CONTAINS", "value": "a" },
            { "type": "BODY", "target": "TEXT", "operator": "NOT_CONTAINS", "value": "a" },
            { "type": "BODY", "target": "JSON", "path": "$.db", "operator": "EQUALS", "value": "a" },
            { "type": "BODY", "target": "JSON", "path": "$.db", "operator": "EXISTS", "value": false },
        ])
    );
}

#[test]
fn secrets_are_references() {
    let secret = |name: &str, prefix: &str| SecretHeader {
        secret: name.to_owned(),
        prefix: prefix.to_owned(),
    };
    let http = HttpCheck {
        headers: BTreeMap::from([("Accept".to_owned(), "text/plain".to_owned())]),
        secret_headers: BTreeMap::from([
            ("Authorization".to_owned(), secret("checkout/token", "Bearer ")),
            ("X-Api-Key".to_owned(), secret("checkout/key", "")),
        ]),
        ..check()
    };
    let config = config(http);
    assert_eq!(
        config["variables"],
        json!({
            "secret1": "${AWS_SECRET:checkout/token}",
            "secret2": "${AWS_SECRET:checkout/key}",
        })
    );
    assert_eq!(
        config["steps"]["1"]["headers"],
        json!({
            "Accept": "text/plain",
            "Authorization": "Bearer ${secret1}",
            "X-Api-Key": "${secret2}",
        })
    );
}

#[test]
fn a_body_s_expression_is_refused() {
    let assertions = vec![Assertion::Body(TextRule::Matches("a".to_owned()))];
    assert_eq!(
        Code::of(&Check::Http(HttpCheck { assertions, ..check() })),
        Err(Unsaid::EXPRESSION)
    );
}

fn step_of(check: &Check) -> Json {
    let code = Code::of(check).expect("the blueprint can say it");
    let config: Json = serde_json::from_slice(&code.config).expect("JSON");
    config["steps"]["1"].clone()
}

fn dns(record: RecordType, expected: RecordRule) -> Check {
    Check::Dns(DnsCheck {
        name: "example.com".to_owned(),
        record,
        resolver: Some("192.0.2.53".to_owned()),
        expected,
        timeout_milliseconds: 55_000,
    })
}

fn set(values: &[&str]) -> BTreeSet<String> {
    values.iter().map(|value| (*value).to_owned()).collect()
}

#[test]
fn a_port_is_connected_to_and_its_answer_read() {
    let tcp = TcpCheck {
        host: "mail.example.com".to_owned(),
        port: 25,
        send: Some("NOOP\r\n".to_owned()),
        expect: Some("220".to_owned()),
        timeout_milliseconds: 25_000,
    };
    assert_eq!(
        step_of(&Check::Tcp(tcp)),
        json!({
            "stepName": "tcp", "checkerType": "TCP", "hostname": "mail.example.com", "port": 25,
            "timeout": 25_000, "sendData": "NOOP\r\n",
            "assertions": [
                { "type": "CONNECTION_SUCCESSFUL", "value": true },
                { "type": "RESPONSE_DATA", "operator": "CONTAINS", "value": "220" },
            ],
        })
    );
}

#[test]
fn records_are_counted_and_one_of_them_compared() {
    assert_eq!(
        step_of(&dns(RecordType::Mx, RecordRule::Any)),
        json!({
            "stepName": "dns", "checkerType": "DNS", "domain": "example.com", "recordType": "MX",
            "nameserver": "192.0.2.53", "timeout": 55_000,
            "assertions": [{ "type": "RECORD_COUNT", "operator": "GREATER_THAN", "value": 0 }],
        })
    );
    let one = || set(&["192.0.2.1"]);
    assert_eq!(
        step_of(&dns(RecordType::A, RecordRule::Equals(one())))["assertions"],
        json!([
            { "type": "RECORD_COUNT", "operator": "EQUALS", "value": 1 },
            { "type": "RECORD_VALUE", "operator": "EQUALS", "value": "192.0.2.1" },
        ])
    );
    assert_eq!(
        step_of(&dns(RecordType::A, RecordRule::Contains(one())))["assertions"][1],
        json!({ "type": "RECORD_VALUE", "operator": "CONTAINS", "value": "192.0.2.1" })
    );
    for (check, problem) in [
        (dns(RecordType::A, RecordRule::Equals(set(&["192.0.2.1", "192.0.2.2"]))), Unsaid::RECORDS),
        (dns(RecordType::Mx, RecordRule::Contains(one())), Unsaid::RECORDS),
        (dns(RecordType::Aaaa, RecordRule::Any), Unsaid::RECORD_TYPE),
    ] {
        assert_eq!(Code::of(&check), Err(problem));
    }
}

#[test]
fn a_certificate_has_hours_left() {
    let tls = TlsCheck {
        host: "example.com".to_owned(),
        port: 8_443,
        server_name: None,
        days_left_at_least: 14,
        timeout_milliseconds: 55_000,
    };
    assert_eq!(
        step_of(&Check::Tls(tls.clone())),
        json!({
            "stepName": "tls", "checkerType": "SSL", "hostname": "example.com", "port": 8_443,
            "timeout": 55_000, "sni": true, "verifyHostname": true, "allowSelfSigned": false,
            "assertions": [
                { "type": "CERTIFICATE_EXPIRY", "operator": "GREATER_THAN", "value": 335, "unit": "HOURS" },
            ],
        })
    );
    let expired = TlsCheck { days_left_at_least: 0, ..tls.clone() };
    assert_eq!(step_of(&Check::Tls(expired))["assertions"][0]["value"], 0);
    let other = TlsCheck { server_name: Some("www.example.com".to_owned()), ..tls };
    assert_eq!(Code::of(&Check::Tls(other)), Err(Unsaid::SERVER_NAME));
}

#[test]
fn a_host_is_what_the_schema_takes() {
    for host in ["example.com", "192.0.2.1", "a1", "x--y.example"] {
        assert!(is_host(host), "{host}");
    }
    for host in ["a", "example.com.", "_dmarc.example.com", "2001:db8::1", "-a.example", ""] {
        assert!(!is_host(host), "{host}");
    }
}

/// Hashes stand in states: a change here sends every canary's code again.
#[test]
fn the_hash_of_a_check_never_changes() {
    let code = Code::of(&Check::Http(check())).expect("a code");
    assert_eq!(code.hash(), "f5bf3b79c51eb2b83c2ffc3f456f7daf4918218918d4ccf0adfbebf014b382c9");
    let other = HttpCheck { body: Some(String::new()), ..check() };
    assert_ne!(Code::of(&Check::Http(other)).expect("a code").hash(), code.hash());
}

#[test]
fn the_archive_is_reproducible_and_holds_the_file_alone() {
    let code = Code::of(&Check::Http(check())).expect("a code");
    assert_eq!(code.archive(), code.archive());
    let mut archive = zip::ZipArchive::new(Cursor::new(code.archive())).expect("a zip");
    assert_eq!(archive.len(), 1);
    let mut file = archive.by_index(0).expect("one file");
    let mut text = Vec::new();
    file.read_to_end(&mut text).expect("readable");
    assert_eq!(file.name().expect("a text"), "blueprint-config.json");
    assert_eq!(text, code.config);
    assert_eq!(file.last_modified().map(|at| at.year()), Some(1980));
}
