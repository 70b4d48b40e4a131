use framework::Severity;

use super::super::model::{Canary, Http};
use super::*;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn monitor() -> Monitor {
    let http = Http { url: text("https://example.com/"), ..Http::default() };
    let canary = Canary {
        execution_role_arn: text("arn:aws:iam::111111111111:role/canary"),
        ..Canary::default()
    };
    Monitor {
        engine: Attr::Known(Engine::Canary),
        http: Attr::Known(http),
        canary: Attr::Known(canary),
        interval: text("5m"),
        ..Monitor::default()
    }
}

/// The places of all that is told in this severity.
fn told(monitor: &Monitor, severity: Severity) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    validate(monitor, &mut diagnostics);
    let told = diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity);
    told.map(|diagnostic| diagnostic.path.to_string()).collect()
}

/// The places of all that is wrong.
fn wrong(monitor: &Monitor) -> Vec<String> {
    told(monitor, Severity::Error)
}

#[test]
fn an_alarm_that_tells_nobody_is_warned_of() {
    let with = |topics: Attr<BTreeSet<Attr<String>>>| {
        let alarm = Alarm { topic_arns: topics, ..Alarm::default() };
        told(&Monitor { alarm: Attr::Known(alarm), ..monitor() }, Severity::Warning)
    };
    let topic = text("arn:aws:sns:eu-west-1:111111111111:alarms");
    assert_eq!(with(Attr::Null), ["alarm.topic_arns"]);
    assert_eq!(with(Attr::Known(BTreeSet::new())), ["alarm.topic_arns"]);
    assert_eq!(with(Attr::Unknown), [""; 0]);
    assert_eq!(with(Attr::Known(BTreeSet::from([topic]))), [""; 0]);
}

#[test]
fn what_is_not_known_is_not_wrong() {
    assert_eq!(wrong(&monitor()), [""; 0]);
    let unknown = Monitor {
        engine: Attr::Unknown,
        http: Attr::Unknown,
        canary: Attr::Unknown,
        interval: Attr::Unknown,
        timeout: Attr::Unknown,
        alarm: Attr::Unknown,
        tags: Attr::Unknown,
        ..Monitor::default()
    };
    assert_eq!(wrong(&unknown), [""; 0]);
}

#[test]
fn only_a_probe_runs_more_often_than_once_a_minute() {
    for (engine, interval, is_refused) in [
        (Engine::Probe, "10s", false),
        (Engine::Probe, "20s", false),
        (Engine::Probe, "30s", false),
        (Engine::Probe, "1m", false),
        (Engine::Probe, "15s", true),
        (Engine::Probe, "45s", true),
        (Engine::Probe, "90s", true),
        (Engine::Probe, "0s", true),
        (Engine::Canary, "30s", true),
    ] {
        let engine = Attr::Known(engine);
        let often = Monitor { engine, interval: text(interval), ..monitor() };
        let told = wrong(&often);
        assert_eq!(told.iter().any(|at| at == "interval"), is_refused, "{interval}: {told:?}");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once() {
    let wrong_everywhere = Monitor {
        http: Attr::Null,
        canary: Attr::Null,
        interval: text("90s"),
        timeout: text("1s"),
        region: text("Ireland"),
        ..monitor()
    };
    assert_eq!(wrong(&wrong_everywhere), ["region", "http", "interval", "timeout", "canary"]);
}
