//! Runs that end early, and objects that are in the way.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{Scene, each};

/// A connection that breaks at a call, before or after AWS has done it. The provider's own retries
/// are used up, so that the run fails there.
fn dropped(service: &str, operation: &str, action: &str) -> Value {
    json!({ "service": service, "operation": operation, "action": action, "times": 20 })
}

const CREATION: [(&str, &str); 6] = [
    ("synthetics", "CreateCanary"),
    ("synthetics", "GetCanary"),
    ("cloudwatch", "DescribeAlarms"),
    ("cloudwatch", "PutMetricAlarm"),
    ("cloudwatch", "SetAlarmState"),
    ("synthetics", "StartCanary"),
];

/// Whatever call a first apply dies at, the next one ends with one canary and one alarm.
#[test]
fn an_apply_that_died_at_any_call_is_finished_by_the_next() -> Result<()> {
    each(&CREATION, |(service, operation)| {
        for action in ["drop_before", "drop_after"] {
            let scene = Scene::new("monitor-died")?;
            let hcl = scene.monitor(&scene.alarm(""));
            scene.workspace.config(&hcl)?;
            scene.account.fault(dropped(service, operation, action))?;
            let died = scene.workspace.run(Verb::Apply)?;
            assert_eq!(died.code(), Some(1), "{operation} {action}: {}", died.text());
            scene.account.clear_faults()?;
            scene.apply(&hcl)?;
            expect_one_of_each(&scene, &format!("{operation} {action}"))?;
        }
        Ok(())
    })
}

fn expect_one_of_each(scene: &Scene, what: &str) -> Result<()> {
    let made = scene.made()?;
    for kind in ["synthetics:canary", "cloudwatch:alarm", "lambda:function"] {
        let count = made.iter().filter(|object| object.starts_with(kind)).count();
        assert_eq!(count, 1, "{what}: {kind} in {made:?}");
    }
    Ok(())
}

/// The state is lost as well: what is left carries our tags, and is taken over.
#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    let scene = Scene::new("monitor-left")?;
    let hcl = scene.monitor(&format!("{}\n tags = {{ a = \"1\" }}", scene.alarm("")));
    scene.apply(&hcl)?;
    let id = scene.attributes()?["canary_id"].clone();
    scene.workspace.terraform(&["state", "rm", super::ADDRESS])?;
    let changed = hcl.replace("a = \"1\"", "b = \"2\"").replace("\"5m\"", "\"10m\"");
    scene.apply(&changed)?;
    let state = scene.attributes()?;
    assert_eq!(state["canary_id"], id);
    expect_one_of_each(&scene, "taken over")?;
    let arn = state["alarm_arn"].as_str().unwrap_or_default();
    let tags = [("Action", "ListTagsForResource"), ("Version", "2010-08-01"), ("ResourceARN", arn)];
    let tags = scene.account.query("monitoring", &tags)?;
    assert!(tags.contains("<Key>b</Key>") && !tags.contains("<Key>a</Key>"), "{tags}");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn an_apply_that_is_killed_while_it_waits_is_finished_by_the_next() -> Result<()> {
    let scene = Scene::new("monitor-killed")?;
    let hcl = scene.monitor(&scene.alarm(""));
    scene.workspace.config(&hcl)?;
    scene.workspace.init()?;
    scene.account.transition_milliseconds(3_000)?;
    let running = scene.workspace.start_apply()?;
    scene.until(|| Ok(scene.account.calls("synthetics", "GetCanary")? >= 2))?;
    running.kill();
    running.wait()?;
    scene.account.transition_milliseconds(20)?;
    // Terraform was killed as well and left its lock on the state.
    scene.apply(&hcl)?;
    expect_one_of_each(&scene, "killed")
}

#[test]
fn an_interrupted_create_keeps_what_exists_as_tainted() -> Result<()> {
    let scene = Scene::new("monitor-interrupted")?;
    let hcl = scene.monitor("");
    scene.workspace.config(&hcl)?;
    scene.workspace.init()?;
    scene.account.transition_milliseconds(20_000)?;
    let running = scene.workspace.start_apply()?;
    scene.until(|| Ok(scene.account.calls("synthetics", "GetCanary")? >= 1))?;
    running.interrupt();
    let ended = running.wait()?;
    assert_eq!(ended.code(), Some(1), "{}", ended.text());
    ended.expect("Stopped while waiting for canary")?;
    let state = scene.workspace.state()?;
    assert_eq!(state["resources"][0]["instances"][0]["status"], "tainted", "{state}");
    Ok(())
}

#[test]
fn a_canary_that_did_not_come_about_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("monitor-broken")?;
    let hcl = scene.monitor(&scene.alarm(""));
    scene.workspace.config(&hcl)?;
    scene.break_next("create", "CREATE_FAILED", "There is no such subnet.")?;
    let told =
        ["Unable to create synthetic monitor `web`", "CREATE_FAILED", "There is no such subnet"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    assert!(instance["attributes"]["canary_id"].is_string(), "{state}");
    assert_eq!(scene.planned()?.0, ["delete", "create"]);
    scene.apply(&hcl)?;
    expect_one_of_each(&scene, "replaced")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_canary_that_could_not_start_is_told_and_repaired() -> Result<()> {
    let scene = Scene::new("monitor-start")?;
    let hcl = scene.monitor("");
    scene.apply(&scene.monitor("enabled = false"))?;
    scene.workspace.config(&hcl)?;
    scene.break_next("start", "INVALID_PERMISSIONS", "The role may not write.")?;
    let told = ["Unable to start synthetic monitor `web`", "The role may not write"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert_eq!(scene.planned()?.0, ["update"]);
    let id = scene.attributes()?["canary_id"].clone();
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["canary_id"], id, "repaired, not replaced");
    Ok(())
}

impl Scene {
    /// Lets the next change of this kind end in an error.
    fn break_next(&self, transition: &str, code: &str, reason: &str) -> Result<()> {
        let fault = json!({ "transition": transition, "code": code, "reason": reason });
        // A role that is known everywhere: a refusal for it would come first.
        self.settings(&json!({ "role_refusals": 0, "canary_fault": fault }))
    }
}

#[test]
fn a_canary_of_somebody_else_is_left_alone() -> Result<()> {
    let scene = Scene::new("monitor-foreign")?;
    let hcl = scene.monitor("");
    scene.apply(&hcl)?;
    // Without the tag that says whose it is, nobody can tell.
    let arn =
        format!("arn:aws:synthetics:us-east-1:{}:canary:hinomi-default_web", scene.account.id());
    let tags = format!("/tags/{}?tagKeys=hinomi%3Amanaged", arn.replace(':', "%3A"));
    scene.account.send("synthetics", "DELETE", &tags, "application/json", "")?;
    scene.workspace.terraform(&["state", "rm", super::ADDRESS])?;
    let told = [
        "Unable to create synthetic monitor `web`",
        "canary `hinomi-default_web` exists already and Hinomi did not make it",
        "terraform import",
    ];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert_eq!(scene.account.calls("synthetics", "UpdateCanary")?, 0);
    Ok(())
}

#[test]
fn an_alarm_of_somebody_else_is_left_alone() -> Result<()> {
    let scene = Scene::new("monitor-foreign-alarm")?;
    let alarm = [
        ("Action", "PutMetricAlarm"),
        ("Version", "2010-08-01"),
        ("AlarmName", "hinomi-default/web"),
        ("Namespace", "Mine"),
        ("MetricName", "Mine"),
        ("Statistic", "Sum"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("Threshold", "1"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
    ];
    scene.account.query("monitoring", &alarm)?;
    scene.workspace.config(&scene.monitor(&scene.alarm("")))?;
    let told = ["An alarm named `hinomi-default/web` exists already and is not this monitor's"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert!(scene.described_alarm()?.contains("<Namespace>Mine</Namespace>"));
    assert_eq!(scene.account.calls("synthetics", "CreateCanary")?, 0, "nothing was begun");
    Ok(())
}

#[test]
fn throttling_is_survived() -> Result<()> {
    let scene = Scene::new("monitor-throttled")?;
    for (service, operation) in [("synthetics", "CreateCanary"), ("cloudwatch", "PutMetricAlarm")] {
        let fault = json!({ "service": service, "operation": operation, "action": "throttle" });
        scene.account.fault(fault)?;
    }
    scene.apply(&scene.monitor(&scene.alarm("")))
}

#[test]
fn a_destroy_that_died_at_any_call_is_finished_by_the_next() -> Result<()> {
    let calls = [
        ("synthetics", "StopCanary"),
        ("cloudwatch", "DeleteAlarms"),
        ("synthetics", "DeleteCanary"),
        ("logs", "DeleteLogGroup"),
    ];
    each(&calls, |(service, operation)| {
        let scene = Scene::new("monitor-destroy")?;
        scene.apply(&scene.monitor(&scene.alarm("")))?;
        scene.account.fault(dropped(service, operation, "drop_after"))?;
        let died = scene.workspace.run(Verb::Destroy)?;
        assert_eq!(died.code(), Some(1), "{operation}: {}", died.text());
        scene.account.clear_faults()?;
        scene.workspace.destroy()?;
        assert_eq!(scene.made()?, [""; 0], "{operation}");
        Ok(())
    })
}

#[test]
fn a_change_that_is_denied_leaves_the_monitor_running() -> Result<()> {
    let scene = Scene::new("monitor-denied")?;
    scene.apply(&scene.monitor(""))?;
    scene.account.fault(json!({
        "service": "synthetics",
        "operation": "UpdateCanary",
        "action": { "error": { "code": "AccessDeniedException", "status": 403, "message": "no" } },
    }))?;
    scene.workspace.config(&scene.monitor("interval = \"10m\""))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to update synthetic monitor `web`"])?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["interval"], "5m");
    assert_eq!(change["before"]["enabled"], true, "it was started again");
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn an_update_that_died_is_finished_by_the_next() -> Result<()> {
    let calls = [
        ("synthetics", "StopCanary"),
        ("synthetics", "UpdateCanary"),
        ("synthetics", "TagResource"),
        ("cloudwatch", "PutMetricAlarm"),
        ("synthetics", "StartCanary"),
    ];
    each(&calls, |(service, operation)| {
        let scene = Scene::new("monitor-update")?;
        scene.apply(&scene.monitor(&scene.alarm("")))?;
        let other = scene.monitor_with(
            "url = \"https://example.com/other\"",
            "memory_mb = 1024",
            &format!("{}\n tags = {{ a = \"1\" }}", scene.alarm("failures = 1")),
        );
        scene.account.fault(dropped(service, operation, "drop_after"))?;
        scene.workspace.config(&other)?;
        let died = scene.workspace.run(Verb::Apply)?;
        assert_eq!(died.code(), Some(1), "{operation}: {}", died.text());
        scene.account.clear_faults()?;
        scene.apply(&other)?;
        expect_one_of_each(&scene, operation)
    })
}
