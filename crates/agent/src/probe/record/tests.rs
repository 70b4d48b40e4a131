use std::sync::Mutex;

use contract::check::{Check, TcpCheck};
use contract::probe::Purpose;
use serde_json::{Value, json};

use super::*;

/// Keeps what is put, or refuses it.
#[derive(Default)]
struct Store {
    kept: Mutex<Vec<(Home, Sample)>>,
    refuses: bool,
}

impl Metrics for Store {
    async fn put(&self, home: &Home, sample: &Sample) -> Result<(), String> {
        if self.refuses {
            return Err("Throttling".to_owned());
        }
        self.kept.lock().expect("unlocked").push((home.clone(), sample.clone()));
        Ok(())
    }
}

const NOW: &str = "2026-11-24T03:00:42.5Z";

fn run(scheduled_time: &str) -> Run {
    Run {
        hinomi: Purpose::Probe,
        monitor: "checkout".to_owned(),
        location: "tokyo".to_owned(),
        check: Check::Tcp(TcpCheck {
            host: "example.com".to_owned(),
            port: 443,
            send: None,
            expect: None,
            timeout_milliseconds: 5_000,
        }),
        timeout_milliseconds: 10_000,
        retries: 0,
        interval_seconds: 60,
        home: Home {
            account: "111122223333".to_owned(),
            region: "ap-northeast-1".to_owned(),
            metrics_role_arn: None,
        },
        scheduled_time: scheduled_time.to_owned(),
    }
}

fn outcome(verdict: Verdict) -> Outcome {
    Outcome {
        verdict,
        phases: Phases { connect: Some(8.25), total: 12.5, ..Phases::default() },
        attempts: 2,
        remote: "192.0.2.1:443".parse().ok(),
        status: Some(503),
        tls_days_left: Some(30),
    }
}

fn failed() -> Outcome {
    outcome(Verdict::Failed("status 503 is not in 200-299".to_owned()))
}

fn here(region: &str) -> Here {
    Here { account: "111122223333".to_owned(), region: region.to_owned() }
}

/// The line, what was put, and what came of it.
async fn recorded(
    run: &Run,
    outcome: &Outcome,
    here: &Here,
    store: &Store,
) -> (Value, Result<(), NotRecorded>) {
    let mut out = Vec::new();
    let now = NOW.parse().expect("a time");
    let result = record(run, outcome, here, store, &mut out, now).await;
    let text = String::from_utf8(out).expect("text");
    assert_eq!(text.matches('\n').count(), 1, "one line: {text}");
    assert!(text.ends_with('\n'));
    (serde_json::from_str(&text).expect("JSON"), result)
}

#[tokio::test]
async fn at_home_the_line_is_the_metrics() {
    let store = Store::default();
    let run = run("2026-11-24T02:59:07Z");
    let (line, result) = recorded(&run, &failed(), &here("ap-northeast-1"), &store).await;
    result.expect("recorded");
    let expected = json!({
        "_aws": {
            "Timestamp": 1_795_489_140_000_i64,
            "CloudWatchMetrics": [{
                "Namespace": "Hinomi",
                "Dimensions": [["Monitor", "Location"]],
                "Metrics": [
                    { "Name": "Success", "Unit": "Count" },
                    { "Name": "Duration", "Unit": "Milliseconds" },
                ],
            }],
        },
        "Monitor": "checkout",
        "Location": "tokyo",
        "Success": 0,
        "Duration": 12.5,
        "outcome": "failed",
        "why": "status 503 is not in 200-299",
        "phases": { "connect": 8.25, "total": 12.5 },
        "attempts": 2,
        "remote": "192.0.2.1:443",
        "status": 503,
        "tls_days_left": 30,
        "scheduled_time": "2026-11-24T02:59:07Z",
    });
    assert_eq!(line, expected);
    assert!(store.kept.lock().expect("unlocked").is_empty(), "it would be counted twice");
}

/// The required shape of the embedded metric format, as its specification has it in the
/// `CloudWatch` user guide: what fails it is dropped by `CloudWatch` without a word.
#[tokio::test]
async fn the_line_is_in_the_embedded_metric_format() {
    let run = run("2026-11-24T02:59:07Z");
    let passed = outcome(Verdict::Passed);
    let (line, _) = recorded(&run, &passed, &here("ap-northeast-1"), &Store::default()).await;
    let root = line.as_object().expect("the root is an object");
    let metadata = root["_aws"].as_object().expect("`_aws` is an object");
    assert!(metadata["Timestamp"].is_i64() || metadata["Timestamp"].is_u64());
    for directive in metadata["CloudWatchMetrics"].as_array().expect("a list of directives") {
        let namespace = directive["Namespace"].as_str().expect("a namespace");
        assert!((1..=1_024).contains(&namespace.len()));
        let names = directive["Dimensions"].as_array().expect("a list of dimension sets");
        for set in names {
            let set = set.as_array().expect("a dimension set is a list");
            assert!(set.len() <= 30, "a dimension set has at most 30 keys");
            for name in set {
                let name = name.as_str().expect("a dimension is named by text");
                assert!((1..=250).contains(&name.len()));
                let value = root[name].as_str().expect("a dimension's value is text at the root");
                assert!((1..=1_024).contains(&value.len()));
            }
        }
        let metrics = directive["Metrics"].as_array().expect("a list of metrics");
        assert!((1..=100).contains(&metrics.len()));
        for metric in metrics {
            let name = metric["Name"].as_str().expect("a metric is named by text");
            assert!((1..=1_024).contains(&name.len()));
            assert!(root[name].is_number(), "{name} is a number at the root");
            let unit = metric["Unit"].as_str().expect("a unit is text");
            assert!(["Count", "Milliseconds"].contains(&unit), "{unit}");
        }
    }
}

#[tokio::test]
async fn elsewhere_the_metrics_are_put_where_home_is() {
    let other_account = Here { account: "444455556666".to_owned(), ..here("ap-northeast-1") };
    for here in [here("eu-west-1"), other_account] {
        let store = Store::default();
        let mut run = run("2026-11-24T02:59:07Z");
        run.home.metrics_role_arn = Some("arn:aws:iam::111122223333:role/metrics".to_owned());
        let (line, result) = recorded(&run, &failed(), &here, &store).await;
        result.expect("recorded");
        assert!(line.get("_aws").is_none(), "metrics in two places: {line}");
        assert_eq!((&line["Success"], &line["outcome"]), (&json!(0), &json!("failed")));
        let sample = Sample {
            monitor: "checkout".to_owned(),
            location: "tokyo".to_owned(),
            time: "2026-11-24T02:59:00Z".parse().expect("a time"),
            by_the_second: false,
            success: false,
            duration: 12.5,
        };
        assert_eq!(*store.kept.lock().expect("unlocked"), [(run.home, sample)]);
    }
}

#[tokio::test]
async fn metrics_of_another_account_need_its_role() {
    let other_account = Here { account: "444455556666".to_owned(), ..here("ap-northeast-1") };
    let store = Store::default();
    let (line, result) = recorded(&run(NOW), &failed(), &other_account, &store).await;
    assert!(line.get("_aws").is_none(), "metrics in the wrong account: {line}");
    let told = result.expect_err("not recorded").to_string();
    assert!(told.contains("111122223333") && told.contains("role"), "{told}");
    assert!(store.kept.lock().expect("unlocked").is_empty());
}

#[tokio::test]
async fn metrics_that_are_not_written_fail_the_run() {
    let store = Store { refuses: true, ..Store::default() };
    let (line, result) = recorded(&run(NOW), &failed(), &here("eu-west-1"), &store).await;
    assert_eq!(line["outcome"], "failed", "the line is there all the same");
    let told = result.expect_err("not recorded").to_string();
    assert_eq!(told, "the metrics of `checkout` could not be written: Throttling");
}

#[tokio::test]
async fn a_check_that_was_not_made_writes_no_metric() {
    let outcome = outcome(Verdict::NotMade("no secret".to_owned()));
    for region in ["ap-northeast-1", "eu-west-1"] {
        let store = Store::default();
        let (line, result) = recorded(&run(NOW), &outcome, &here(region), &store).await;
        for key in ["_aws", "Success", "Duration"] {
            assert!(line.get(key).is_none(), "{key}: {line}");
        }
        assert_eq!((&line["outcome"], &line["why"]), (&json!("not_made"), &json!("no secret")));
        assert!(store.kept.lock().expect("unlocked").is_empty());
        let told = result.expect_err("not made").to_string();
        assert_eq!(told, "the check of `checkout` was not made: no secret");
    }
}

#[tokio::test]
async fn a_run_that_was_started_twice_is_of_one_minute() {
    let store = Store::default();
    for _ in 0..2 {
        let run = run("2026-11-24T02:59:07Z");
        let (_, result) = recorded(&run, &failed(), &here("eu-west-1"), &store).await;
        result.expect("recorded");
    }
    let kept = store.kept.lock().expect("unlocked");
    assert_eq!(kept[0], kept[1]);
}

#[test]
fn the_minute_is_the_scheduled_one_where_it_is_near() {
    let now: Timestamp = NOW.parse().expect("a time");
    for (scheduled, expected) in [
        ("2026-11-24T02:59:59Z", "2026-11-24T02:59:00Z"),
        ("2026-11-24T03:00:00Z", "2026-11-24T03:00:00Z"),
        ("2026-11-24T12:00:30+09:00", "2026-11-24T03:00:00Z"),
        ("2026-11-24T01:00:43Z", "2026-11-24T01:00:00Z"),
        ("2026-11-24T04:59:00Z", "2026-11-24T04:59:00Z"),
        // Too far, or no time at all: now.
        ("2026-11-24T01:00:00Z", "2026-11-24T03:00:00Z"),
        ("2026-11-24T05:30:00Z", "2026-11-24T03:00:00Z"),
        ("<aws.scheduler.scheduled-time>", "2026-11-24T03:00:00Z"),
        ("", "2026-11-24T03:00:00Z"),
    ] {
        let expected: Timestamp = expected.parse().expect("a time");
        assert_eq!(period(&run(scheduled), now), expected, "{scheduled}");
    }
}

#[tokio::test]
async fn below_a_minute_metrics_are_of_their_period_and_kept_by_the_second() {
    let run = Run { interval_seconds: 20, ..run("2026-11-24T02:59:47Z") };
    let (line, _) = recorded(&run, &failed(), &here("ap-northeast-1"), &Store::default()).await;
    let embedded = &line["_aws"];
    assert_eq!(embedded["Timestamp"], json!(1_795_489_180_000_i64), "02:59:40");
    let metrics = embedded["CloudWatchMetrics"][0]["Metrics"].as_array().expect("metrics");
    assert!(metrics.iter().all(|metric| metric["StorageResolution"] == json!(1)), "{metrics:?}");
    let store = Store::default();
    let (_, result) = recorded(&run, &failed(), &here("eu-west-1"), &store).await;
    result.expect("recorded");
    let kept = store.kept.lock().expect("unlocked");
    assert!(kept[0].1.by_the_second);
    assert_eq!(kept[0].1.time.to_string(), "2026-11-24T02:59:40Z");
}
