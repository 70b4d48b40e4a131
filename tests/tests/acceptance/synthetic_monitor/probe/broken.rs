//! Runs that end early, and objects that are in the way.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::super::each;
use super::{ADDRESS, GROUP, SILENT, Scene, location, location_in, probe_at};

/// A connection that breaks at a call, before or after AWS has done it, until the provider's own
/// tries are used up.
fn dropped(service: &str, operation: &str, action: &str, nth: u64) -> Value {
    json!({ "service": service, "operation": operation, "action": action, "times": 20, "nth": nth })
}

fn expect_one_of_each(scene: &Scene, what: &str) -> Result<()> {
    let mut made = scene.made()?;
    made.sort();
    let silent = format!("cloudwatch:alarm {SILENT}");
    let wanted = ["cloudwatch:alarm hinomi-default/web".to_owned(), silent, scene.made_schedule()];
    assert_eq!(made, wanted, "{what}");
    for name in ["hinomi-default/web", SILENT] {
        let alarm = scene.described(name)?;
        assert!(alarm.contains("<ActionsEnabled>true</ActionsEnabled>"), "{what}: {name} rings");
    }
    Ok(())
}

/// Operation of a first apply, and which call of it.
const CREATION: [(&str, &str, u64); 7] = [
    ("cloudwatch", "DescribeAlarms", 1),
    ("cloudwatch", "PutMetricAlarm", 1),
    ("cloudwatch", "PutMetricAlarm", 2),
    ("cloudwatch", "PutMetricAlarm", 4),
    ("cloudwatch", "SetAlarmState", 1),
    ("scheduler", "CreateSchedule", 1),
    ("cloudwatch", "PutMetricAlarm", 3),
];

#[test]
fn an_apply_that_died_at_any_call_is_finished_by_the_next() -> Result<()> {
    each(&CREATION, |(service, operation, nth)| {
        for action in ["drop_before", "drop_after"] {
            let what = format!("{operation} {nth} {action}");
            let scene = Scene::with_location("probe-died")?;
            let hcl = scene.probe(&scene.alarm(""));
            scene.workspace.config(&hcl)?;
            scene.account.fault(dropped(service, operation, action, nth))?;
            let died = scene.workspace.run(Verb::Apply)?;
            assert_eq!(died.code(), Some(1), "{what}: {}", died.text());
            scene.account.clear_faults()?;
            scene.apply(&hcl)?;
            expect_one_of_each(&scene, &what)?;
            scene.workspace.destroy()?;
            assert_eq!(scene.made()?, [""; 0], "{what}");
        }
        Ok(())
    })
}

/// The state is lost as well: what is left is this monitor's by tags and input, and is taken over.
#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    let scene = Scene::with_location("probe-left")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.apply(&hcl)?;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    let changed = hcl.replace("\"5m\"", "\"10m\"");
    scene.apply(&changed)?;
    assert_eq!(scene.schedule()?["ScheduleExpression"], "rate(10 minutes)");
    expect_one_of_each(&scene, "taken over")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn an_update_that_died_at_any_call_is_finished_by_the_next() -> Result<()> {
    let calls = [
        ("scheduler", "UpdateSchedule", 1),
        ("cloudwatch", "PutMetricAlarm", 1),
        ("cloudwatch", "PutMetricAlarm", 2),
        ("cloudwatch", "PutMetricAlarm", 3),
        ("cloudwatch", "SetAlarmState", 1),
    ];
    each(&calls, |(service, operation, nth)| {
        let what = format!("{operation} {nth}");
        let scene = Scene::with_location("probe-update-died")?;
        let hcl = scene.probe(&scene.alarm(""));
        scene.apply(&hcl)?;
        scene.account.fault(dropped(service, operation, "drop_after", nth))?;
        let faster = hcl.replace("\"5m\"", "\"1m\"");
        scene.workspace.config(&faster)?;
        let died = scene.workspace.run(Verb::Apply)?;
        assert_eq!(died.code(), Some(1), "{what}: {}", died.text());
        scene.account.clear_faults()?;
        scene.apply(&faster)?;
        assert_eq!(scene.schedule()?["ScheduleExpression"], "rate(1 minute)", "{what}");
        expect_one_of_each(&scene, &what)
    })
}

/// The schedule of a location that an update adds: the state knows of it though its answer is lost.
#[test]
fn a_schedule_of_an_update_that_died_is_not_forgotten() -> Result<()> {
    let scene = Scene::with_location("probe-added-died")?;
    let here = location(&scene.account, "here");
    let there = location_in(&scene.account, "there", "eu-west-1", "default");
    scene.apply(&probe_at(&here, ""))?;
    scene.account.fault(dropped("scheduler", "CreateSchedule", "drop_after", 1))?;
    scene.workspace.config(&probe_at(&(here + &there), ""))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to schedule at `there`"])?;
    scene.account.clear_faults()?;
    let name = format!("scheduler:schedule default/{}", scene.schedule_name());
    assert!(scene.made()?.contains(&name), "AWS carried it out");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// Neither the schedule of a location that was to be left, nor that of one that was to move.
#[test]
fn a_schedule_that_could_not_go_is_not_forgotten() -> Result<()> {
    let scene = Scene::with_location("probe-left-denied")?;
    let here = location(&scene.account, "here");
    let there = |region: &str| location_in(&scene.account, "there", region, "default");
    let both = probe_at(&(here.clone() + &there("eu-west-1")), "");
    for (what, after, schedules) in [
        ("left", probe_at(&here, ""), 1),
        ("moved", probe_at(&(here.clone() + &there("eu-central-1")), ""), 2),
    ] {
        scene.apply(&both)?;
        scene.account.fault(json!({
            "service": "scheduler", "operation": "DeleteSchedule", "times": 20,
            "action": { "error": { "code": "AccessDeniedException", "status": 403, "message": "not here" } },
        }))?;
        scene.workspace.config(&after)?;
        scene.workspace.expect_error(Verb::Apply, &["Unable to delete at `there` the schedule"])?;
        scene.account.clear_faults()?;
        scene.apply(&after)?;
        let made = scene.made()?.into_iter();
        let made: Vec<_> = made.filter(|made| made.starts_with("scheduler:schedule ")).collect();
        assert_eq!(made.len(), schedules, "{what}: {made:?}");
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_destroy_that_died_at_any_call_is_finished_by_the_next() -> Result<()> {
    let calls = [
        ("cloudwatch", "DeleteAlarms", 1),
        ("cloudwatch", "DeleteAlarms", 2),
        ("scheduler", "DeleteSchedule", 1),
    ];
    each(&calls, |(service, operation, nth)| {
        let scene = Scene::with_location("probe-destroy")?;
        scene.apply(&scene.probe(&scene.alarm("")))?;
        scene.account.fault(dropped(service, operation, "drop_after", nth))?;
        let died = scene.workspace.run(Verb::Destroy)?;
        assert_eq!(died.code(), Some(1), "{operation} {nth}: {}", died.text());
        scene.account.clear_faults()?;
        scene.workspace.destroy()?;
        assert_eq!(scene.made()?, [""; 0], "{operation} {nth}");
        Ok(())
    })
}

#[test]
fn what_exists_after_a_failure_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::with_location("probe-partial")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.workspace.config(&hcl)?;
    scene.account.fault(json!({
        "service": "scheduler", "operation": "CreateSchedule",
        "action": { "error": { "code": "ServiceQuotaExceededException", "status": 402, "message": "no room for schedules" } },
    }))?;
    let told =
        ["Unable to schedule at `here` the synthetic monitor `web`", "no room for schedules"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    assert!(instance["attributes"]["alarm_arn"].is_string(), "{state}");
    assert_eq!(instance["attributes"]["schedules"], json!({}));
    let silent = scene.described("hinomi-default/web")?;
    assert!(silent.contains("<ActionsEnabled>false</ActionsEnabled>"), "nothing feeds it yet");
    scene.apply(&hcl)?;
    expect_one_of_each(&scene, "replaced")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_schedule_of_somebody_else_is_left_alone() -> Result<()> {
    let scene = Scene::with_location("probe-foreign")?;
    let theirs = json!({
        "GroupName": GROUP,
        "ScheduleExpression": "rate(1 hour)",
        "FlexibleTimeWindow": { "Mode": "OFF" },
        "Target": {
            "Arn": format!("arn:aws:lambda:us-east-1:{}:function:theirs", scene.account.id()),
            "RoleArn": format!("arn:aws:iam::{}:role/schedule", scene.account.id()),
            "Input": "{}",
        },
    });
    scene.scheduler("POST", &theirs.to_string())?;
    scene.workspace.config(&scene.probe(""))?;
    let told = ["Unable to schedule at `here`", "exists already and does not belong to this"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert_eq!(scene.schedule()?["ScheduleExpression"], "rate(1 hour)");
    assert_eq!(scene.made()?, [scene.made_schedule()], "nothing was begun");
    scene.workspace.destroy()?;
    assert_eq!(scene.schedule()?["ScheduleExpression"], "rate(1 hour)");
    for write in ["CreateSchedule", "UpdateSchedule", "DeleteSchedule"] {
        let made = u64::from(write == "CreateSchedule");
        assert_eq!(scene.account.calls("scheduler", write)?, made, "{write}: theirs alone");
    }
    Ok(())
}

/// One that took the place of the monitor's own after that was made.
#[test]
fn a_schedule_that_somebody_else_took_over_is_not_deleted() -> Result<()> {
    let scene = Scene::with_location("probe-taken")?;
    scene.apply(&scene.probe(""))?;
    scene.change_schedule(|schedule| schedule["Target"]["Input"] = json!("{}"))?;
    let told = scene.workspace.destroy()?;
    told.expect("A schedule of somebody else was left")?;
    assert_eq!(scene.made()?, [scene.made_schedule()]);
    Ok(())
}

#[test]
fn an_alarm_of_somebody_else_is_left_alone() -> Result<()> {
    let scene = Scene::with_location("probe-foreign-alarm")?;
    let theirs = [
        ("AlarmName", SILENT),
        ("Namespace", "Mine"),
        ("MetricName", "Mine"),
        ("Statistic", "Sum"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("Threshold", "1"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
    ];
    scene.cloudwatch("PutMetricAlarm", &theirs)?;
    scene.workspace.config(&scene.probe(&scene.alarm("")))?;
    let told = format!("An alarm named `{SILENT}` exists already and is not this monitor's");
    scene.workspace.expect_error(Verb::Apply, &[&told])?;
    assert_eq!(scene.made()?, [format!("cloudwatch:alarm {SILENT}")], "nothing was begun");
    assert!(scene.described(SILENT)?.contains("<Namespace>Mine</Namespace>"));
    Ok(())
}

#[test]
fn two_monitors_of_one_name_are_refused() -> Result<()> {
    let scene = Scene::with_location("probe-twice")?;
    let first = scene.probe("");
    let second = first
        .replace("\"hinomi_synthetic_monitor\" \"web\"", "\"hinomi_synthetic_monitor\" \"again\"");
    scene.workspace.config(&format!("{first}{second}"))?;
    let refused = scene.workspace.run(Verb::Apply)?;
    assert_eq!(refused.code(), Some(1), "{}", refused.text());
    assert_eq!(scene.account.calls("scheduler", "CreateSchedule")?, 1, "{}", refused.text());
    Ok(())
}

/// The engines have objects of their own, and one alarm.
#[test]
fn a_probe_and_a_canary_of_one_name_are_refused() -> Result<()> {
    let scene = Scene::with_location("probe-and-canary")?;
    let alarm = scene.alarm("");
    let canary = scene
        .monitor(&alarm)
        .replace("\"hinomi_synthetic_monitor\" \"web\"", "\"hinomi_synthetic_monitor\" \"again\"");
    scene.workspace.config(&format!("{}{canary}", scene.probe(&alarm)))?;
    let told = ["Two resources want the alarm `hinomi-default/web`", "its own `name`"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    let made = scene.made()?;
    let is_alarm = |made: &&String| *made == "cloudwatch:alarm hinomi-default/web";
    assert_eq!(made.iter().filter(is_alarm).count(), 1, "whichever came first: {made:?}");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// Throttled, and with a role that Scheduler doesn't know yet.
#[test]
fn a_slow_aws_is_waited_for() -> Result<()> {
    let scene = Scene::with_location("probe-slow")?;
    scene.settings(&json!({ "role_refusals": 2 }))?;
    for (service, operation) in [("scheduler", "CreateSchedule"), ("cloudwatch", "PutMetricAlarm")]
    {
        let fault = json!({ "service": service, "operation": operation, "action": "throttle" });
        scene.account.fault(fault)?;
    }
    scene.apply(&scene.probe(&scene.alarm("")))?;
    assert!(scene.account.calls("scheduler", "CreateSchedule")? >= 3);
    expect_one_of_each(&scene, "slow")
}
