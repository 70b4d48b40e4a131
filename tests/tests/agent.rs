//! The agent as it is uploaded, against a stand-in of Lambda's Runtime API.

use std::{
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener},
    os::unix::process::ExitStatusExt,
    thread,
    time::Duration,
};

use hinomi_tests::{
    Error, Function, Result,
    function::{Answer, Event, Settings},
};
use serde_json::{Value, json};

/// Far beyond what any of these takes.
const LONG: Duration = Duration::from_secs(30);

/// The location's networks: this machine's own may be probed.
const LOOPBACK: (&str, &str) = ("HINOMI_LOCATION_NETWORKS", "127.0.0.0/8");

/// A server on loopback that answers every request with this status line; returns its address. It
/// ends with the process.
fn server(status: &'static str) -> Result<String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listen"))?;
    let address = listener.local_addr().map_err(Error::io("listen"))?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut lines = BufReader::new(&stream).lines();
            while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
            // A client that has gone away is its own business.
            let _ = (&stream).write_all(answer.as_bytes());
        }
    });
    Ok(format!("http://{address}/"))
}

/// A run of a check of this address, at home in the stand-in's own account and region.
fn run_of(url: &str) -> Event {
    let event = json!({
        "hinomi": "probe",
        "monitor": "shop",
        "location": "home",
        "check": { "http": {
            "url": url, "method": "GET", "timeout_milliseconds": 5000, "assertions": [{ "status": "200-299" }],
        } },
        "timeout_milliseconds": 10000,
        "retries": 0,
        "interval_seconds": 60,
        "home": { "account": "111122223333", "region": "us-east-1" },
        "scheduled_time": "<aws.scheduler.scheduled-time>",
    });
    Event::new(event.to_string())
}

/// Ends the function; the line that its last run wrote.
fn line(function: Function) -> Result<Value> {
    let ended = function.stop()?;
    let (stdout, stderr) =
        (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    let last = stdout.lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .map_err(|error| Error::unexpected(format!("no line of JSON: {error}\n{stdout}{stderr}")))
}

#[test]
fn a_target_that_is_up_is_a_success_line_with_its_metrics() -> Result<()> {
    let function = Settings::default().env(LOOPBACK.0, LOOPBACK.1).start()?;
    let answer = function.invoke(run_of(&server("200 OK")?), LONG)?;
    assert_eq!(answer, Answer::Response(json!({ "passed": true })));
    let line = line(function)?;
    assert_eq!((&line["Monitor"], &line["Location"]), (&json!("shop"), &json!("home")), "{line}");
    assert_eq!(line["Success"].to_string(), "1", "{line}");
    let metrics = &line["_aws"]["CloudWatchMetrics"][0];
    assert_eq!(metrics["Namespace"], "Hinomi", "{line}");
    assert_eq!(metrics["Dimensions"], json!([["Monitor", "Location"]]), "{line}");
    Ok(())
}

#[test]
fn a_target_that_is_down_is_a_line_that_says_why() -> Result<()> {
    let function = Settings::default().env(LOOPBACK.0, LOOPBACK.1).start()?;
    let answer = function.invoke(run_of(&server("503 Service Unavailable")?), LONG)?;
    assert_eq!(answer, Answer::Response(json!({ "passed": false })));
    let line = line(function)?;
    assert_eq!(line["Success"].to_string(), "0", "{line}");
    assert!(line.to_string().contains("503"), "{line}");
    Ok(())
}

#[test]
fn this_machine_s_own_network_is_not_probed_unless_the_location_says_so() -> Result<()> {
    let function = Function::start()?;
    let Answer::Error { message, .. } = function.invoke(run_of(&server("200 OK")?), LONG)? else {
        let line = line(function)?;
        assert_eq!(line["Success"].to_string(), "0", "{line}");
        return Ok(());
    };
    assert!(message.contains("shop"), "{message}");
    Ok(())
}

#[test]
fn an_event_that_is_none_of_ours_is_an_error_and_the_next_one_is_served() -> Result<()> {
    let function = Settings::default().env(LOOPBACK.0, LOOPBACK.1).start()?;
    let told = |answer| match answer {
        Answer::Error { kind, message } => Ok((kind, message)),
        Answer::Response(value) => Err(Error::unexpected(format!("no error, but {value}"))),
    };
    let event = Event::new(r#"{"password":"hunter2"}"#);
    let (kind, message) = told(function.invoke(event, LONG)?)?;
    assert_eq!(kind, "UnknownEvent");
    assert!(message.contains("password") && message.contains("expected are"), "{message}");
    let (_, message) = told(function.invoke(Event::new("no JSON at all"), LONG)?)?;
    assert!(!message.is_empty());

    // It asks again after each of them.
    function.wait_for_polls(3)?;
    let answer = function.invoke(run_of(&server("200 OK")?), LONG)?;
    assert_eq!(answer, Answer::Response(json!({ "passed": true })));
    let ended = function.stop()?;
    let (stdout, stderr) =
        (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(!format!("{stdout}{stderr}").contains("hunter2"), "{stdout}{stderr}");
    for line in stderr.lines() {
        let line: Value = serde_json::from_str(line)
            .map_err(|error| Error::unexpected(format!("{line} is not JSON: {error}")))?;
        assert_eq!(line["level"], "ERROR", "{line}");
    }
    Ok(())
}

#[test]
fn a_start_touches_nothing_and_says_nothing() -> Result<()> {
    // No certificate, no resolver's configuration and no home: a start needs none of them.
    let function = Settings::default()
        .env("SSL_CERT_FILE", "/nonexistent")
        .env("SSL_CERT_DIR", "/nonexistent")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .start()?;
    function.wait_for_polls(1)?;
    assert!(function.server().init_error().is_none());
    assert_eq!(function.output(), (String::new(), String::new()));
    Ok(())
}

#[test]
fn it_ends_when_it_is_told_to() -> Result<()> {
    let function = Function::start()?;
    function.wait_for_polls(1)?;
    let ended = function.stop()?;
    assert_eq!(ended.status.signal(), Some(15), "{ended:?}");
    Ok(())
}

#[test]
fn it_ends_when_the_runtime_api_is_gone() -> Result<()> {
    let function = Function::start()?;
    function.wait_for_polls(1)?;
    let ended = function.close(LONG)?;
    assert!(ended.status.code().is_some_and(|code| code != 0), "{ended:?}");
    Ok(())
}
