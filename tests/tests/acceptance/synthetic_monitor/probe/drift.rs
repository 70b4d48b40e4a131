//! What changes outside Terraform, and what was made outside it.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{ADDRESS, GROUP, SILENT, Scene, location, probe_at};

/// Changes a schedule's settings.
type Change = fn(&mut Value);

#[test]
fn every_change_of_the_schedule_is_seen_and_taken_back() -> Result<()> {
    let scene = Scene::with_location("probe-drift")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.apply(&hcl)?;
    let ours = scene.schedule()?;
    let changes: [(&str, Change); 9] = [
        ("input", |schedule| {
            let input = schedule["Target"]["Input"].as_str().unwrap_or_default();
            schedule["Target"]["Input"] = json!(input.replace("example.com", "example.org"));
        }),
        ("expression", |schedule| schedule["ScheduleExpression"] = json!("rate(1 hour)")),
        ("tries", |schedule| {
            schedule["Target"]["RetryPolicy"] = json!({ "MaximumRetryAttempts": 9 });
        }),
        ("window", |schedule| {
            schedule["FlexibleTimeWindow"] =
                json!({ "Mode": "FLEXIBLE", "MaximumWindowInMinutes": 5 });
        }),
        ("function", |schedule| {
            let arn = schedule["Target"]["Arn"].as_str().unwrap_or_default();
            schedule["Target"]["Arn"] = json!(format!("{arn}-other"));
        }),
        ("time zone", |schedule| schedule["ScheduleExpressionTimezone"] = json!("Asia/Tokyo")),
        ("what becomes of it", |schedule| schedule["ActionAfterCompletion"] = json!("DELETE")),
        ("key", |schedule| {
            schedule["KmsKeyArn"] = json!("arn:aws:kms:us-east-1:111111111111:key/1");
        }),
        ("dead letters", |schedule| {
            let queue = json!({ "Arn": "arn:aws:sqs:us-east-1:111111111111:dead" });
            schedule["Target"]["DeadLetterConfig"] = queue;
        }),
    ];
    for (what, change) in changes {
        scene.change_schedule(change)?;
        let (actions, change) = scene.planned()?;
        assert_eq!(actions, ["update"], "{what}");
        let hash = |side: &str| change[side]["schedules"]["here"]["definition_hash"].clone();
        assert_ne!(hash("before"), hash("after"), "{what}");
        assert_eq!(scene.writes_of(&hcl)?, ["UpdateSchedule"], "{what}");
        let now = scene.schedule()?;
        let plain = |schedule: &Value| {
            let mut plain = schedule.clone();
            plain.as_object_mut().map(|members| members.remove("LastModificationDate"));
            plain
        };
        assert_eq!(plain(&now), plain(&ours), "{what}");
    }
    scene.change_schedule(|schedule| schedule["State"] = json!("DISABLED"))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(
        (&change["before"]["enabled"], &change["after"]["enabled"]),
        (&json!(false), &json!(true))
    );
    scene.apply(&hcl)?;
    assert_eq!(scene.schedule()?["State"], "ENABLED");
    Ok(())
}

#[test]
fn every_change_of_an_alarm_is_seen_and_taken_back() -> Result<()> {
    let scene = Scene::with_location("probe-alarm-drift")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.apply(&hcl)?;
    for name in ["hinomi-default/web", SILENT] {
        scene.cloudwatch("DisableAlarmActions", &[("AlarmNames.member.1", name)])?;
        let (actions, change) = scene.planned()?;
        assert_eq!(actions, ["update"], "{name}");
        let pointer = if name == SILENT { "/no_data_alarms/here/rule" } else { "/alarm_rule" };
        let rule = change["before"].pointer(pointer).map(ToString::to_string).unwrap_or_default();
        assert!(rule.contains("actions off"), "{rule}");
        assert_eq!(scene.writes_of(&hcl)?, ["PutMetricAlarm"], "{name}");
    }
    let rewritten = [
        ("AlarmName", SILENT),
        ("Namespace", "Mine"),
        ("MetricName", "Mine"),
        ("Statistic", "Sum"),
        ("ComparisonOperator", "GreaterThanThreshold"),
        ("Threshold", "1"),
        ("Period", "60"),
        ("EvaluationPeriods", "1"),
    ];
    scene.cloudwatch("PutMetricAlarm", &rewritten)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    let rule = change["before"]["no_data_alarms"]["here"]["rule"].to_string();
    assert!(
        rule.contains("Mine Mine  Sum GreaterThanThreshold 1 in 1 of 1 periods of 1m"),
        "{rule}"
    );
    scene.apply(&hcl)
}

#[test]
fn what_somebody_deleted_is_made_again() -> Result<()> {
    let scene = Scene::with_location("probe-gone")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.apply(&hcl)?;
    let made = scene.made()?;
    scene.scheduler("DELETE", "")?;
    assert_eq!(scene.planned()?.0, ["update"]);
    assert_eq!(scene.writes_of(&hcl)?, ["CreateSchedule"]);
    for name in ["hinomi-default/web", SILENT] {
        scene.delete_alarm(name)?;
        assert_eq!(scene.planned()?.0, ["update"], "{name}");
        let wanted = ["PutMetricAlarm", "PutMetricAlarm", "SetAlarmState"];
        assert_eq!(scene.writes_of(&hcl)?, wanted, "{name}");
    }
    assert_eq!(scene.made()?, made);
    scene.scheduler("DELETE", "")?;
    scene.delete_alarm("hinomi-default/web")?;
    scene.delete_alarm(SILENT)?;
    assert_eq!(scene.planned()?.0, ["create"], "nothing of it is left");
    scene.apply(&hcl)?;
    assert_eq!(scene.made()?, made);
    // The location itself is gone, and the schedule with it.
    let group = format!("/schedule-groups/{GROUP}");
    scene.account.send("scheduler", "DELETE", &group, "application/json", "")?;
    scene.until(|| Ok(!scene.made()?.contains(&scene.made_schedule())))?;
    assert_eq!(scene.planned()?.0, ["update"]);
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// A refresh asks lists, and about a schedule itself only when it changed since we wrote it.
#[test]
fn a_refresh_of_many_is_a_few_lists() -> Result<()> {
    let scene = Scene::with_location("probe-cost")?;
    let hcl = scene
        .probe(&scene.alarm(""))
        .replace("name      = \"web\"", "for_each = toset(local.names)\n  name = each.key");
    let names: Vec<String> = (0..12).map(|number| format!("\"web{number}\"")).collect();
    let hcl = format!("{hcl}\nlocals {{\n names = [{}]\n}}\n", names.join(", "));
    scene.apply(&hcl)?;
    let before = scene.reads()?;
    scene.workspace.expect_empty_plan()?;
    let after = scene.reads()?;
    let spent: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(spent, [1, 0, 1], "ListSchedules, GetSchedule, DescribeAlarms for 12 monitors");

    let name = format!("{}-us-east-1_web7", scene.account.id());
    let path = format!("/schedules/{name}?groupName={GROUP}");
    let answer = scene.account.send("scheduler", "GET", &path, "application/json", "")?;
    let mut schedule: Value = serde_json::from_str(&answer).expect("JSON");
    for name in ["Arn", "Name", "CreationDate", "LastModificationDate"] {
        schedule.as_object_mut().map(|members| members.remove(name));
    }
    let path = format!("/schedules/{name}");
    // Written again as it was: only its date differs.
    scene.account.send("scheduler", "PUT", &path, "application/json", &schedule.to_string())?;
    let before = scene.reads()?;
    scene.workspace.expect_empty_plan()?;
    let after = scene.reads()?;
    let spent: Vec<_> = after.iter().zip(before).map(|(after, before)| after - before).collect();
    assert_eq!(spent, [1, 1, 1], "one schedule is asked about");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// No list shows where checks run from: the first apply takes over what is there.
#[test]
fn an_import_and_an_apply_converge() -> Result<()> {
    let scene = Scene::with_location("probe-import")?;
    let hcl =
        scene.probe(&format!("{}\n impact = \"high\"\n tags = {{ a = \"1\" }}", scene.alarm("")));
    scene.apply(&hcl)?;
    let made = scene.made()?;
    for id in ["web".to_owned(), format!("{}/us-east-1/web", scene.account.id())] {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &id)?;
        let (actions, change) = scene.planned()?;
        assert_eq!(actions, ["update"], "{id}: never made anew");
        for same in ["alarm_name", "alarm_arn", "alarm_description", "monitor_key", "engine"] {
            assert_eq!(change["before"][same], change["after"][same], "{id} {same}");
        }
        scene.apply(&hcl)?;
        assert_eq!(scene.made()?, made, "{id}");
        assert_eq!(scene.account.calls("cloudwatch", "DeleteAlarms")?, 0, "{id}");
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// A list that can't be had is no proof that anything is gone.
#[test]
fn a_failed_read_loses_nothing() -> Result<()> {
    let scene = Scene::with_location("probe-denied")?;
    scene.apply(&probe_at(&location(&scene.account, "here"), &scene.alarm("")))?;
    scene.account.fault(json!({
        "service": "scheduler", "operation": "ListSchedules", "times": 99,
        "action": { "error": { "code": "AccessDeniedException", "status": 403, "message": "not you" } },
    }))?;
    let told = ["Unable to read synthetic monitor `web`", "AccessDeniedException"];
    scene.workspace.expect_error(Verb::Plan, &told)?;
    scene.account.clear_faults()?;
    scene.workspace.expect_empty_plan().map(drop)
}
