//! What changes outside Terraform, and what was made outside it.

use std::io::{Cursor, Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{ADDRESS, Scene};

const NAME: &str = "hinomi-default_web";

impl Scene {
    /// A call to Synthetics past Terraform.
    fn synthetics(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.account.send("synthetics", method, path, "application/json", &body)?;
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    /// Waits until the canary is in this state; the stand-in's changes take 20 ms.
    fn until_state(&self, state: &str) -> Result<()> {
        self.until(|| {
            let found = self.synthetics("GET", &format!("/canary/{NAME}"), &Value::Null)?;
            Ok(found["Canary"]["Status"]["State"] == state)
        })
    }

    /// Changes the canary behind Terraform's back and leaves it stopped.
    fn change_canary(&self, change: &Value) -> Result<()> {
        self.synthetics("POST", &format!("/canary/{NAME}/stop"), &Value::Null)?;
        self.until_state("STOPPED")?;
        self.synthetics("PATCH", &format!("/canary/{NAME}"), change)?;
        self.until_state("STOPPED")
    }

    fn change_alarm(&self, changes: &[(&str, &str)]) -> Result<()> {
        let alarm = [
            ("Action", "PutMetricAlarm"),
            ("Version", "2010-08-01"),
            ("AlarmName", "hinomi-default/web"),
            ("Namespace", "CloudWatchSynthetics"),
            ("MetricName", "SuccessPercent"),
            ("Dimensions.member.1.Name", "CanaryName"),
            ("Dimensions.member.1.Value", NAME),
            ("Statistic", "Average"),
            ("ComparisonOperator", "LessThanThreshold"),
            ("Period", "300"),
        ];
        self.account.query("monitoring", &[&alarm[..], changes].concat()).map(drop)
    }
}

#[test]
fn a_canary_that_somebody_deleted_is_made_again() -> Result<()> {
    let scene = Scene::new("monitor-gone")?;
    let hcl = scene.monitor(&scene.alarm(""));
    scene.apply(&hcl)?;
    scene.synthetics("POST", &format!("/canary/{NAME}/stop"), &Value::Null)?;
    scene.until_state("STOPPED")?;
    scene.synthetics("DELETE", &format!("/canary/{NAME}?deleteLambda=true"), &Value::Null)?;
    let lost = scene.planned()?.0;
    assert_eq!(lost, ["create"]);
    // The alarm is still there, and is the same monitor's.
    scene.apply(&hcl)?;
    assert_eq!(scene.made()?.iter().filter(|made| made.contains("synthetics:canary")).count(), 1);
    Ok(())
}

#[test]
fn every_change_of_the_canary_is_seen_and_taken_back() -> Result<()> {
    let scene = Scene::new("monitor-drift")?;
    let hcl = scene.monitor("");
    scene.apply(&hcl)?;
    let other = scene.account.seed_role("other")?;
    scene.settings(&json!({ "role_refusals": 0 }))?;
    scene.change_canary(&json!({
        "Schedule": { "Expression": "rate(10 minutes)", "RetryConfig": { "MaxRetries": 1 } },
        "RunConfig": { "TimeoutInSeconds": 90, "MemoryInMB": 1024, "ActiveTracing": true },
        "SuccessRetentionPeriodInDays": 3,
        "FailureRetentionPeriodInDays": 4,
        "ExecutionRoleArn": other,
    }))?;
    let arn = format!("arn:aws:synthetics:us-east-1:{}:canary:{NAME}", scene.account.id());
    let tags = format!("/tags/{}", arn.replace(':', "%3A"));
    scene.synthetics("POST", &tags, &json!({ "Tags": { "somebody": "else" } }))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    for (attribute, found) in [
        ("/interval", json!("10m")),
        ("/timeout", json!("90s")),
        ("/retries", json!(1)),
        ("/enabled", json!(false)),
        ("/canary/memory_mb", json!(1024)),
        ("/canary/active_tracing", json!(true)),
        ("/canary/success_retention_days", json!(3)),
        ("/canary/failure_retention_days", json!(4)),
        ("/canary/execution_role_arn", json!(other)),
        ("/tags_all/somebody", json!("else")),
    ] {
        assert_eq!(change["before"].pointer(attribute), Some(&found), "{attribute}");
        assert_ne!(change["after"].pointer(attribute), Some(&found), "{attribute}");
    }
    scene.apply(&hcl)?;
    scene.until_state("RUNNING")
}

#[test]
fn a_schedule_that_no_interval_can_say_is_taken_back() -> Result<()> {
    let scene = Scene::new("monitor-cron")?;
    let hcl = scene.monitor("");
    scene.apply(&hcl)?;
    scene.change_canary(&json!({ "Schedule": { "Expression": "cron(0 * * * ? *)" } }))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["interval"], "cron(0 * * * ? *)");
    scene.apply(&hcl)
}

/// A blueprint that is not ours, as `UpdateCanary` takes it.
fn other_code() -> Value {
    let config = json!({ "steps": { "1": {
        "stepName": "other", "checkerType": "HTTP", "url": "https://other.example.com/", "httpMethod": "GET",
    } } });
    let options = zip::write::SimpleFileOptions::default();
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("blueprint-config.json", options).expect("a file");
    archive.write_all(config.to_string().as_bytes()).expect("written");
    let archive = archive.finish().expect("an archive").into_inner();
    json!({ "Code": { "ZipFile": STANDARD.encode(archive), "BlueprintTypes": ["multi-checks"] } })
}

#[test]
fn code_that_somebody_replaced_is_sent_again() -> Result<()> {
    let scene = Scene::new("monitor-code")?;
    let hcl = scene.monitor("");
    scene.apply(&hcl)?;
    let ours = scene.attributes()?["code_hash"].clone();
    scene.change_canary(&other_code())?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["code_hash"], Value::Null);
    assert_eq!(change["after"]["code_hash"], ours);
    scene.apply(&hcl)
}

/// What differs, the alarm's settings with it, and the attribute that shows it.
type AlarmDrift<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[test]
fn every_change_of_the_alarm_is_seen_and_taken_back() -> Result<()> {
    let scene = Scene::new("monitor-alarm-drift")?;
    let hcl = scene.monitor(&scene.alarm("failures = 2\n out_of = 3"));
    scene.apply(&hcl)?;
    let stranger = scene.account.seed_topic("stranger")?;
    let description = scene.attributes()?["alarm_description"].clone();
    let description = description.as_str().unwrap_or_default();
    let same = [("Threshold", "100"), ("EvaluationPeriods", "3"), ("DatapointsToAlarm", "2")];
    let topic = scene.topic.as_str();
    let ours = [
        ("AlarmActions.member.1", topic),
        ("OKActions.member.1", topic),
        ("TreatMissingData", "ignore"),
        ("AlarmDescription", description),
    ];
    let cases: [AlarmDrift<'_>; 4] = [
        (
            "topics",
            &[
                ("AlarmActions.member.1", &stranger),
                ("OKActions.member.1", &stranger),
                ours[2],
                ours[3],
                same[0],
                same[1],
                same[2],
            ],
            "/alarm/topic_arns",
        ),
        (
            "counts",
            &[
                ours[0],
                ours[1],
                ours[2],
                ours[3],
                same[0],
                ("EvaluationPeriods", "9"),
                ("DatapointsToAlarm", "8"),
            ],
            "/alarm/failures",
        ),
        (
            "text and missing data",
            &[
                ours[0],
                ours[1],
                ("TreatMissingData", "breaching"),
                ("AlarmDescription", "mine"),
                same[0],
                same[1],
                same[2],
            ],
            "/alarm_description",
        ),
        (
            "what no attribute says",
            &[ours[0], ours[1], ours[2], ours[3], ("Threshold", "50"), same[1], same[2]],
            "/alarm_rule",
        ),
    ];
    for (what, changes, attribute) in cases {
        scene.change_alarm(changes)?;
        let (actions, change) = scene.planned()?;
        assert_eq!(actions, ["update"], "{what}");
        let at = |side: &str| change[side].pointer(attribute).cloned();
        assert_ne!(at("before"), at("after"), "{what}");
        let canaries = scene.account.calls("synthetics", "UpdateCanary")?;
        scene.apply(&hcl)?;
        assert_eq!(scene.account.calls("synthetics", "UpdateCanary")?, canaries, "{what}");
    }
    let gone = [
        ("Action", "DeleteAlarms"),
        ("Version", "2010-08-01"),
        ("AlarmNames.member.1", "hinomi-default/web"),
    ];
    scene.account.query("monitoring", &gone)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["alarm_arn"], Value::Null);
    scene.apply(&hcl)?;
    assert!(scene.made()?.contains(&"cloudwatch:alarm hinomi-default/web".to_owned()));
    Ok(())
}

/// What a list lacks is asked for by name before it counts as gone.
#[test]
fn a_list_that_fails_to_show_the_canary_loses_nothing() -> Result<()> {
    let scene = Scene::new("monitor-list")?;
    let hcl = scene.monitor("");
    scene.apply(&hcl)?;
    let reads = scene.account.calls("synthetics", "GetCanary")?;
    let lists = scene.account.calls("synthetics", "DescribeCanaries")?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.account.calls("synthetics", "GetCanary")?, reads, "the list has it");
    assert_eq!(scene.account.calls("synthetics", "DescribeCanaries")?, lists + 1);
    let denied = json!({
        "service": "synthetics", "operation": "GetCanary", "times": 99,
        "action": { "error": { "code": "AccessDeniedException", "status": 403, "message": "not you" } },
    });
    // Gone from the list, and the direct read can't tell: the state must stay.
    scene.synthetics("POST", &format!("/canary/{NAME}/stop"), &Value::Null)?;
    scene.until_state("STOPPED")?;
    scene.synthetics("DELETE", &format!("/canary/{NAME}"), &Value::Null)?;
    scene.until(|| Ok(!scene.made()?.iter().any(|made| made.contains("synthetics:canary"))))?;
    scene.account.fault(denied)?;
    scene.workspace.expect_error(
        hinomi_tests::Verb::Plan,
        &["Unable to read synthetic monitor `web`", "AccessDeniedException"],
    )?;
    scene.account.clear_faults()?;
    assert_eq!(scene.planned()?.0, ["create"]);
    Ok(())
}

#[test]
fn an_import_differs_only_in_what_aws_does_not_show() -> Result<()> {
    let scene = Scene::new("monitor-import")?;
    let hcl = scene.monitor(&format!("{}\n tags = {{ a = \"1\" }}", scene.alarm("out_of = 3")));
    scene.apply(&hcl)?;
    let ids =
        ["web".to_owned(), NAME.to_owned(), format!("{}/us-east-1/{NAME}", scene.account.id())];
    for id in ids {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &id)?;
        let (actions, change) = scene.planned()?;
        assert_eq!(actions, ["update"], "{id}");
        let (before, after) = (&change["before"], &change["after"]);
        let differing: Vec<_> = after
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| before[name.as_str()] != **value)
            .map(|(name, _)| name.as_str())
            .collect();
        let mut wanted = vec![
            "code_hash",
            "cost_breakdown",
            "estimated_monthly_cost_usd",
            "http",
            "mention",
            "monitor_key",
            "price_basis",
            "reminder",
            "runs_per_month",
        ];
        wanted.sort_unstable();
        assert_eq!(differing, wanted, "{id}");
        scene.apply(&hcl)?;
    }
    Ok(())
}

#[test]
fn a_foreign_canary_is_imported_under_its_own_name() -> Result<()> {
    let scene = Scene::new("monitor-foreign-import")?;
    let body = json!({
        "Name": "shop_heartbeat",
        "Code": other_code()["Code"],
        "ArtifactS3Location": format!("s3://{}/", scene.bucket),
        "ExecutionRoleArn": scene.role,
        "Schedule": { "Expression": "rate(5 minutes)" },
        "RunConfig": { "TimeoutInSeconds": 60, "MemoryInMB": 960 },
        "RuntimeVersion": "syn-nodejs-3.1",
        "Tags": { "team": "shop" },
    });
    scene.settings(&json!({ "role_refusals": 0 }))?;
    scene.synthetics("POST", "/canary", &body)?;
    let hcl = scene.monitor("").replace("\"web\"\n  engine", "\"shop_heartbeat\"\n  engine");
    scene.workspace.config(&hcl)?;
    scene.workspace.import(ADDRESS, "shop_heartbeat")?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"], "never replaced, never renamed");
    assert_eq!(change["after"]["canary_name"], "shop_heartbeat");
    assert_eq!(change["before"]["tags"], json!({ "team": "shop" }));
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["canary_name"], "shop_heartbeat");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn an_import_of_nothing_says_how_to_name_it() -> Result<()> {
    let scene = Scene::new("monitor-import-nothing")?;
    scene.workspace.config(&scene.monitor(""))?;
    let refused = scene.workspace.import(ADDRESS, "absent").expect_err("nothing to import");
    let told = refused.to_string();
    for part in ["Unable to import synthetic monitor `absent`", "hint:"] {
        assert!(told.contains(part), "{told}");
    }
    Ok(())
}
