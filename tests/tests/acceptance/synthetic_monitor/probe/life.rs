//! From the first plan to a destroy that leaves nothing.

use hinomi_tests::{Result, paths};
use serde_json::json;

use super::{ADDRESS, SILENT, Scene, input, location, location_in, probe_at};

#[test]
fn a_probe_lives_from_plan_to_destroy() -> Result<()> {
    let scene = Scene::with_location("probe-life")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    let (account, planned) = (scene.account.id(), &change["after"]);
    assert_eq!(change["after_unknown"].to_string().matches("true").count(), 0, "{change}");
    assert_eq!(planned["runs_per_month"], 8_760);
    assert_eq!(planned["estimated_monthly_cost_usd"], 0.82);
    assert_eq!(planned["cost_breakdown"]["metrics"], 0.6);
    assert_eq!(planned["monitor_key"], "web");
    assert_eq!(planned["canary_name"], json!(null));
    assert_eq!((&planned["timeout"], &planned["retries"]), (&json!("1m"), &json!(0)));
    let name = scene.schedule_name();
    let arn = format!("arn:aws:scheduler:us-east-1:{account}:schedule/probes/{name}");
    assert_eq!(planned["schedules"]["here"]["arn"], arn);
    let arn = format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:{SILENT}");
    assert_eq!(planned["no_data_alarms"]["here"]["arn"], arn);
    assert_eq!(
        planned["alarm_rule"],
        "Hinomi Success Location=here,Monitor=web Minimum LessThanThreshold 1 in 2 of 3 periods of 5m"
    );
    let silent = planned["no_data_alarms"]["here"]["rule"].as_str().unwrap_or_default();
    assert!(
        silent.contains("FILL(runs, 0)) LessThanThreshold 1 in 3 of 3 periods of 5m"),
        "{silent}"
    );

    scene.apply(&hcl)?;
    let schedule = scene.schedule()?;
    assert_eq!(schedule["ScheduleExpression"], "rate(5 minutes)");
    assert_eq!(schedule["State"], "ENABLED");
    let run = input(&schedule);
    assert_eq!((&run["monitor"], &run["location"]), (&json!("web"), &json!("here")));
    assert_eq!(run["home"], json!({ "account": account, "region": "us-east-1" }));
    assert_eq!(run["check"]["http"]["url"], "https://example.com/");
    for name in ["hinomi-default/web", SILENT] {
        let alarm = scene.described(name)?;
        assert!(
            alarm.contains("<StateValue>OK</StateValue>"),
            "it begins without a sound: {alarm}"
        );
        assert!(alarm.contains("<ActionsEnabled>true</ActionsEnabled>"), "{alarm}");
        assert!(alarm.contains("hinomi:{\"monitor\":\"web\""), "{alarm}");
    }
    let silent = scene.described(SILENT)?;
    assert!(silent.contains("no_data") && !silent.contains("WarmUp"), "{silent}");
    assert!(scene.account.evaluate_alarms()?.is_empty(), "nothing rings before the first result");

    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn every_check_is_sent_as_it_is_declared() -> Result<()> {
    let scene = Scene::with_location("probe-checks")?;
    for (check, sent) in [
        (
            "tcp = { host = \"mail.example.com\", port = 25, send = \"QUIT\", expect = \"220\" }",
            json!({ "tcp": {
                "host": "mail.example.com", "port": 25, "send": "QUIT", "expect": "220", "timeout_milliseconds": 60_000,
            } }),
        ),
        (
            "dns = { name = \"example.com\", record = \"MX\", resolver = \"192.0.2.53\", contains = [\"10 mail.example.com\"] }",
            json!({ "dns": {
                "name": "example.com", "record": "MX", "resolver": "192.0.2.53",
                "expected": { "contains": ["10 mail.example.com"] }, "timeout_milliseconds": 60_000,
            } }),
        ),
        (
            "tls = { host = \"example.com\", server_name = \"www.example.com\" }",
            json!({ "tls": {
                "host": "example.com", "port": 443, "server_name": "www.example.com", "days_left_at_least": 14,
                "timeout_milliseconds": 60_000,
            } }),
        ),
        (
            "http = { url = \"https://example.com/\", redirects = 0, assertions = { tls_days_left_at_least = 7, body = { matches = \"^ok\" } } }",
            json!({ "http": {
                "url": "https://example.com/", "method": "GET", "headers": {}, "secret_headers": {}, "body": null,
                "redirects": 0, "timeout_milliseconds": 60_000,
                "assertions": [{ "status": "200-299" }, { "tls_days_left_at_least": 7 }, { "body": { "matches": "^ok" } }],
            } }),
        ),
    ] {
        scene.apply(&scene.probe(check))?;
        assert_eq!(input(&scene.schedule()?)["check"], sent);
    }
    assert_eq!(scene.account.calls("scheduler", "CreateSchedule")?, 1, "changed in place");
    Ok(())
}

/// An alarm for missing data that waits for its first results again, the other one and the schedule.
const RENEWED: &[&str] =
    &["PutMetricAlarm", "PutMetricAlarm", "PutMetricAlarm", "SetAlarmState", "UpdateSchedule"];

/// What a change writes in AWS: in place, and nothing that it doesn't concern.
#[test]
fn a_change_calls_only_what_it_concerns() -> Result<()> {
    let scene = Scene::with_location("probe-calls")?;
    let alarm = scene.alarm("");
    let of = |more: &str| scene.probe(&format!("{alarm}\n{more}"));
    scene.apply(&of(""))?;
    let cases: [(&str, String, &[&str]); 10] = [
        ("a cap alone", of("max_monthly_cost_usd = 20"), &[]),
        ("timeouts alone", of("timeouts = { create = \"9m\" }"), &[]),
        ("the same interval in other words", of("interval = \"300s\""), &[]),
        (
            "the interval",
            of("interval = \"10m\""),
            &["PutMetricAlarm", "PutMetricAlarm", "UpdateSchedule"],
        ),
        ("the timeout", of("interval = \"10m\"\n timeout = \"20s\""), &["UpdateSchedule"]),
        (
            "the tries",
            of("interval = \"10m\"\n timeout = \"20s\"\n retries = 2"),
            &["UpdateSchedule"],
        ),
        // A shorter time than the last result may be old: the alarm for missing data waits again.
        ("a shorter interval", of(""), RENEWED),
        (
            "the assertions",
            of("http = { url = \"https://example.com/\", assertions = { status = \"204\" } }"),
            &["UpdateSchedule"],
        ),
        ("a pause", of("enabled = false"), &["PutMetricAlarm", "PutMetricAlarm", "UpdateSchedule"]),
        // Both alarms begin anew: what they came to meanwhile rang for nobody.
        (
            "its end",
            of(""),
            &[
                "PutMetricAlarm",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "SetAlarmState",
                "SetAlarmState",
                "UpdateSchedule",
            ],
        ),
    ];
    for (what, hcl, wanted) in cases {
        assert_eq!(scene.writes_of(&hcl)?, wanted, "{what}");
    }
    Ok(())
}

#[test]
fn locations_and_alarms_come_and_go_in_place() -> Result<()> {
    let scene = Scene::with_location("probe-locations")?;
    let (alarm, account) = (scene.alarm(""), &scene.account);
    let here = location(account, "here");
    let osaka = location_in(account, "osaka", "us-east-1", "default");
    let moved = here.replace("function:probe", "function:other");
    let both = format!("{here}{osaka}");
    let at = |locations: &str, more: &str| probe_at(locations, &format!("{alarm}\n{more}"));
    let stranger = account.seed_topic("stranger")?;
    scene.apply(&at(&here, ""))?;
    let both_alarms = ["PutMetricAlarm", "PutMetricAlarm"];
    let cases: [(&str, String, &[&str]); 7] = [
        (
            "another location",
            at(&both, ""),
            &[
                "CreateSchedule",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "SetAlarmState",
                // In one minute with the new one.
                "UpdateSchedule",
            ],
        ),
        ("how many must agree", at(&both, "failing_locations = 2"), &["PutMetricAlarm"]),
        // The alarms name the log group of the other function.
        (
            "a location that moved",
            at(&format!("{moved}{osaka}"), "failing_locations = 2"),
            &["PutMetricAlarm", "PutMetricAlarm", "UpdateSchedule"],
        ),
        (
            "a location less",
            at(&moved, ""),
            &["DeleteAlarms", "DeleteSchedule", "PutMetricAlarm", "UpdateSchedule"],
        ),
        (
            "text and tags",
            at(&moved, "owner = \"team-shop\"\n tags = { a = \"1\" }"),
            &["PutMetricAlarm", "PutMetricAlarm", "TagResource", "TagResource"],
        ),
        ("no alarm", probe_at(&moved, ""), &["DeleteAlarms", "DeleteAlarms"]),
        (
            "an alarm",
            at(&moved, ""),
            &[
                "PutMetricAlarm",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "PutMetricAlarm",
                "SetAlarmState",
                "SetAlarmState",
            ],
        ),
    ];
    for (what, hcl, wanted) in cases {
        assert_eq!(scene.writes_of(&hcl)?, wanted, "{what}");
    }
    let louder = at(&moved, "").replace(&scene.topic, &stranger);
    assert_eq!(scene.writes_of(&louder)?, both_alarms, "other topics");
    assert_eq!(scene.made()?.len(), 3, "one schedule and two alarms");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_location_that_moves_to_another_region_takes_its_schedule_along() -> Result<()> {
    let scene = Scene::with_location("probe-moved")?;
    let alarm = scene.alarm("");
    scene.apply(&scene.probe(&alarm))?;
    let there = location_in(&scene.account, "here", "eu-west-1", "default");
    scene.apply(&probe_at(&there, &alarm))?;
    let name = scene.schedule_name();
    let made = scene.made()?;
    assert!(made.contains(&format!("scheduler:schedule default/{name}")), "{made:?}");
    assert!(!made.contains(&scene.made_schedule()), "{made:?}");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn several_locations_agree_by_metric_math() -> Result<()> {
    let scene = Scene::with_location("probe-agree")?;
    let account = &scene.account;
    let elsewhere = [("osaka", "us-east-1"), ("paris", "eu-west-3")]
        .map(|(key, region)| location_in(account, key, region, "default"));
    let locations = format!("{}{}", location(account, "here"), elsewhere.concat());
    scene.apply(&probe_at(&locations, &format!("{}\n impact = \"critical\"", scene.alarm(""))))?;
    let state = scene.attributes()?;
    assert_eq!(state["failing_locations"], 2);
    let rule = state["alarm_rule"].as_str().unwrap_or_default();
    assert!(
        rule.ends_with(
            "failing = IF((SUM([f1, f2, f3]) >= 2) OR (SUM([m1, m2, m3]) > 1), SUM([f1, f2, f3])) GreaterThanOrEqualToThreshold 2 in 2 of 3 periods of 1m"
        ),
        "{rule}"
    );
    assert_eq!(scene.made()?.len(), 7, "three schedules and four alarms");
    assert_eq!(state["runs_per_month"], 131_400);
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn another_engine_is_another_monitor() -> Result<()> {
    let scene = Scene::with_location("probe-engine")?;
    scene.apply(&scene.monitor(&scene.alarm("")))?;
    scene.workspace.config(&scene.probe(&scene.alarm("")))?;
    assert_eq!(scene.planned()?.0, ["delete", "create"]);
    scene.apply(&scene.probe(&scene.alarm("")))?;
    let mut made = scene.made()?;
    made.sort();
    let silent = format!("cloudwatch:alarm {SILENT}");
    let wanted = ["cloudwatch:alarm hinomi-default/web".to_owned(), silent, scene.made_schedule()];
    assert_eq!(made, wanted);
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// The other way round, so that the new monitor takes over the alarm of the old one, which leaves it.
#[test]
fn an_engine_that_is_replaced_before_it_goes_leaves_its_alarm() -> Result<()> {
    let scene = Scene::with_location("probe-before")?;
    let before = |hcl: String| {
        let end = hcl.trim_end().trim_end_matches('}');
        format!("{end}  lifecycle {{\n create_before_destroy = true\n }}\n}}\n")
    };
    let canary = before(scene.monitor(&scene.alarm("")));
    let probe = before(scene.probe(&scene.alarm("")));
    let alarm = "cloudwatch:alarm hinomi-default/web";
    let silent = format!("cloudwatch:alarm {SILENT}");
    scene.apply(&canary)?;
    scene.workspace.config(&probe)?;
    assert_eq!(scene.planned()?.0, ["create", "delete"]);
    scene.apply(&probe)?;
    let mut made = scene.made()?;
    made.sort();
    assert_eq!(made, [alarm.to_owned(), silent, scene.made_schedule()], "the canary is gone");
    assert!(scene.described_alarm()?.contains("<MetricName>Success</MetricName>"));
    scene.apply(&canary)?;
    let made = scene.made()?;
    assert!(made.iter().any(|made| made == alarm), "{made:?}");
    assert!(!made.iter().any(|made| made.starts_with("scheduler") || made.contains(SILENT)));
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn values_that_something_else_makes_are_waited_for() -> Result<()> {
    let scene = Scene::with_location("probe-unknown")?;
    let here = location(&scene.account, "here").replace("\"here\"", "terraform_data.name.output");
    let hcl = probe_at(&here, &scene.alarm(""));
    let hcl = format!("{hcl}\nresource \"terraform_data\" \"name\" {{\n input = \"here\"\n}}\n");
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"]["schedules"]["here"], true, "{change}");
    assert_eq!(change["after_unknown"]["alarm_rule"], true);
    assert_eq!(change["after"]["runs_per_month"], 8_760, "what doesn't follow from it is known");
    scene.apply(&hcl)
}

#[test]
fn the_probe_example_is_valid() -> Result<()> {
    let scene = Scene::new("probe-example")?;
    let path = "examples/resources/hinomi_synthetic_monitor/probe.tf";
    let example = std::fs::read_to_string(paths::repository().join(path)).expect("an example");
    scene.workspace.config(&example)?.validate().map(drop)
}

/// The attribute that a location offers is the one that a monitor takes.
#[test]
fn a_real_location_is_taken_as_it_is() -> Result<()> {
    let scene = Scene::new("probe-real")?;
    scene.settings(&json!({ "schedules": "manual" }))?;
    let hcl = probe_at("here = hinomi_monitor_location.here.location\n", &scene.alarm(""));
    let hcl =
        format!("{hcl}\nresource \"hinomi_monitor_location\" \"here\" {{\n name = \"here\"\n}}\n");
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    assert_eq!(
        change["after"]["estimated_monthly_cost_usd"], 0.82,
        "all is known before it is there"
    );
    scene.apply(&hcl)?;
    let group = scene.attributes()?["locations"]["here"]["schedule_group_name"].clone();
    let schedule = format!(
        "scheduler:schedule {}/{}",
        group.as_str().unwrap_or_default(),
        scene.schedule_name()
    );
    assert!(scene.made()?.contains(&schedule), "{:?}", scene.made()?);
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}
