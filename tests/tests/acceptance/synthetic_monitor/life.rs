//! From the first plan to a destroy that leaves nothing.

use std::collections::BTreeSet;

use hinomi_tests::{Result, paths};
use serde_json::json;

use super::Scene;

#[test]
fn a_monitor_lives_from_plan_to_destroy() -> Result<()> {
    let scene = Scene::new("monitor-life")?;
    let hcl = scene.monitor(&scene.alarm(""));
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    let (account, planned) = (scene.account.id(), &change["after"]);
    assert_eq!(planned["runs_per_month"], 8_760);
    assert_eq!(planned["estimated_monthly_cost_usd"], 15.33);
    assert_eq!(planned["canary_name"], "hinomi-default_web");
    let arn = format!("arn:aws:synthetics:us-east-1:{account}:canary:hinomi-default_web");
    assert_eq!(planned["canary_arn"], arn);
    let arn = format!("arn:aws:cloudwatch:us-east-1:{account}:alarm:hinomi-default/web");
    assert_eq!(planned["alarm_arn"], arn);
    assert_eq!(planned["code_hash"].as_str().map(str::len), Some(64));
    assert_eq!(planned["timeout"], "1m", "a default is visible");
    assert_eq!(planned["alarm"]["out_of"], 3, "a default that follows another is visible");
    assert_eq!(
        planned["alarm_rule"],
        "CloudWatchSynthetics SuccessPercent CanaryName=hinomi-default_web Average LessThanThreshold 100 in 2 of 3 periods of 5m"
    );
    scene.apply(&hcl)?;
    let state = scene.attributes()?;
    let id = state["canary_id"].as_str().unwrap_or_default().to_owned();
    assert_eq!(state["log_group_name"], format!("/aws/lambda/cwsyn-hinomi-default_web-{id}"));
    let function =
        format!("arn:aws:lambda:us-east-1:{account}:function:cwsyn-hinomi-default_web-{id}");
    assert_eq!(state["function_arn"], function);
    let made = scene.made()?;
    for kind in ["synthetics:canary hinomi-default_web", "cloudwatch:alarm hinomi-default/web"] {
        assert!(made.iter().any(|object| object == kind), "{kind} in {made:?}");
    }
    let rings = "<StateValue>OK</StateValue>";
    assert!(scene.described_alarm()?.contains(rings), "the alarm begins without a sound");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// What is changed in each step, in a configuration with every attribute.
fn every_attribute(scene: &Scene) -> [String; 2] {
    let topic = &scene.topic;
    let first = scene.monitor_with(
        r#"url = "https://example.com/health?deep=1"
    method = "POST"
    headers = { Accept = "application/json", "User-Agent" = "Hinomi" }
    secret_headers = {
      Authorization = { secret = "web/token", prefix = "Bearer " }
      "X-Api-Key"   = { secret = "web/key" }
    }
    body = "{\"ping\":true}"
    assertions = {
      status                 = "200-204"
      response_time_below_ms = 1500
      headers = {
        "Content-Type" = { contains = "json", not_contains = "html" }
        Server         = { exists = false }
        ETag           = { matches = "^W/", not_equals = "W/0" }
      }
      body = { contains = ["ok", "ready"], not_contains = ["error"], not_equals = "" }
      json = {
        "$.status" = { equals = "up" }
        "$.debug"  = { exists = false }
        "$.peers"  = { contains = "a", not_contains = "b", not_equals = "c" }
      }
    }"#,
        r#"artifact_prefix        = "web/reports"
    artifact_kms_key_arn   = "arn:aws:kms:us-east-1:111111111111:key/1"
    runtime_version        = "syn-nodejs-3.0"
    memory_mb              = 1024
    success_retention_days = 7
    failure_retention_days = 90
    active_tracing         = true
    vpc = { subnet_ids = ["subnet-b", "subnet-a"], security_group_ids = ["sg-1"] }"#,
        &format!(
            r#"interval = "60s"
  timeout  = "45s"
  retries  = 2
  enabled  = true
  alarm = {{
    topic_arns         = ["{topic}"]
    failures           = 3
    out_of             = 5
    tell_recovery      = false
    treat_missing_data = "breaching"
  }}
  description          = "Customers pay here."
  owner                = "team-shop"
  runbook_url          = "https://wiki.example.com/web"
  max_monthly_cost_usd = 80
  tags                 = {{ service = "web" }}
  timeouts             = {{ create = "5m", update = "5m", delete = "5m" }}"#
        ),
    );
    let last = scene.monitor("");
    [first, last]
}

#[test]
fn every_attribute_is_applied_and_taken_back_in_place() -> Result<()> {
    let scene = Scene::new("monitor-all")?;
    let [first, last] = every_attribute(&scene);
    scene.apply(&first)?;
    let id = scene.attributes()?["canary_id"].clone();
    let text = scene.attributes()?["alarm_description"].clone();
    let (prose, trailer) =
        text.as_str().and_then(|text| text.rsplit_once('\n')).unwrap_or_default();
    assert_eq!(
        prose,
        "Customers pay here.\nOwner: team-shop\nRunbook: https://wiki.example.com/web"
    );
    assert_eq!(
        trailer,
        "hinomi:{\"monitor\":\"web\",\"kind\":\"down\",\"owner\":\"team-shop\",\"runbook\":\"https://wiki.example.com/web\",\"url\":\"https://example.com/health?deep=1\"}"
    );
    scene.workspace.config(&last)?;
    assert_eq!(scene.planned()?.0, ["update"]);
    scene.apply(&last)?;
    let state = scene.attributes()?;
    assert_eq!(state["canary_id"], id, "the canary is the same one");
    assert_eq!(state["alarm_arn"], json!(null));
    scene.apply(&first)?;
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// The stand-in takes only what the blueprint's schema takes.
#[test]
fn a_canary_checks_more_than_http() -> Result<()> {
    let scene = Scene::new("monitor-network")?;
    let http = "http   = {\n    url = \"https://example.com/\"\n  }";
    let (mut ids, mut hashes) = (BTreeSet::new(), BTreeSet::new());
    for (check, target) in [
        (
            "tcp = { host = \"mail.example.com\", port = 25, send = \"NOOP\", expect = \"220\" }",
            "mail.example.com:25",
        ),
        ("dns = { name = \"example.com\", record = \"MX\" }", "the MX records of example.com"),
        (
            "dns = { name = \"example.com\", resolver = \"192.0.2.53\", equals = [\"192.0.2.1\"] }",
            "the A records of example.com",
        ),
        (
            "dns = { name = \"example.com\", record = \"TXT\", contains = [\"v=spf1\"] }",
            "the TXT records of example.com",
        ),
        (
            "tls = { host = \"example.com\", port = 8443, days_left_at_least = 30 }",
            "example.com:8443",
        ),
    ] {
        let hcl = scene.monitor(&scene.alarm(""));
        assert!(hcl.contains(http), "{hcl}");
        scene.apply(&hcl.replace(http, check))?;
        let state = scene.attributes()?;
        let text = state["alarm_description"].as_str().unwrap_or_default();
        assert!(text.starts_with(&format!("Watches {target} from outside.")), "{text}");
        assert!(hashes.insert(state["code_hash"].to_string()), "{check}");
        ids.insert(state["canary_id"].to_string());
    }
    assert_eq!(ids.len(), 1, "changed in place");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

/// What a change writes in AWS: nothing that it doesn't concern.
#[test]
fn a_change_calls_only_what_it_concerns() -> Result<()> {
    let scene = Scene::new("monitor-calls")?;
    let alarm = scene.alarm("");
    scene.apply(&scene.monitor(&alarm))?;
    let louder = scene.alarm("failures = 1");
    let code = "url = \"https://example.com/\"\n method = \"HEAD\"";
    let owned = format!("{alarm}\n owner = \"team-shop\"");
    let cases: [(&str, String, &[&str]); 7] = [
        ("a cap alone", scene.monitor(&format!("{alarm}\n max_monthly_cost_usd = 20")), &[]),
        (
            "timeouts alone",
            scene.monitor(&format!("{alarm}\n timeouts = {{ create = \"9m\" }}")),
            &[],
        ),
        ("the alarm alone", scene.monitor(&louder), &["PutMetricAlarm"]),
        ("the alarm's text", scene.monitor(&owned), &["PutMetricAlarm"]),
        (
            "tags",
            scene.monitor(&format!("{alarm}\n owner = \"team-shop\"\n tags = {{ a = \"1\" }}")),
            &["TagResource", "TagResource"],
        ),
        (
            "the same interval in other words",
            scene.monitor(&format!(
                "{alarm}\n owner = \"team-shop\"\n tags = {{ a = \"1\" }}\n interval = \"300s\""
            )),
            &[],
        ),
        (
            "the code",
            scene.monitor_with(
                code,
                "",
                &format!("{alarm}\n owner = \"team-shop\"\n tags = {{ a = \"1\" }}"),
            ),
            &["StartCanary", "StopCanary", "UpdateCanary"],
        ),
    ];
    for (what, hcl, wanted) in cases {
        assert_eq!(scene.writes_of(&hcl)?, wanted, "{what}");
    }
    Ok(())
}

#[test]
fn a_paused_monitor_is_silent_and_costs_no_runs() -> Result<()> {
    let scene = Scene::new("monitor-pause")?;
    let running = scene.monitor(&scene.alarm(""));
    let paused = scene.monitor(&format!("{}\n enabled = false", scene.alarm("")));
    scene.apply(&paused)?;
    assert_eq!(scene.account.calls("synthetics", "StartCanary")?, 0);
    assert!(scene.described_alarm()?.contains("<ActionsEnabled>false</ActionsEnabled>"));
    assert_eq!(scene.attributes()?["estimated_monthly_cost_usd"], 0.1);
    scene.apply(&running)?;
    assert_eq!(scene.account.calls("synthetics", "StartCanary")?, 1);
    assert!(scene.described_alarm()?.contains("<ActionsEnabled>true</ActionsEnabled>"));
    scene.apply(&paused)?;
    assert_eq!(scene.account.calls("synthetics", "StopCanary")?, 1);
    Ok(())
}

#[test]
fn the_plan_shows_old_and_new_price() -> Result<()> {
    let scene = Scene::new("monitor-price")?;
    scene.apply(&scene.monitor("interval = \"1m\""))?;
    scene.workspace.config(&scene.monitor("interval = \"5m\""))?;
    let plan = scene.workspace.plan()?;
    plan.expect("estimated_monthly_cost_usd = 72.54 -> 15.23")?;
    plan.expect("runs_per_month = 43800 -> 8760")?;
    Ok(())
}

#[test]
fn values_that_something_else_makes_are_waited_for() -> Result<()> {
    let scene = Scene::new("monitor-unknown")?;
    let hcl = scene.monitor_with(
        "url = terraform_data.url.output\n    headers = { Accept = terraform_data.url.id }",
        "artifact_prefix = terraform_data.url.id",
        &format!(
            "interval = terraform_data.interval.output\n {}\n tags = {{ made = terraform_data.url.id }}",
            scene.alarm("")
        ),
    );
    let hcl = format!(
        "{hcl}\nresource \"terraform_data\" \"url\" {{\n input = \"https://example.com/\"\n}}\nresource \"terraform_data\" \"interval\" {{\n input = \"10m\"\n}}\n"
    );
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    for unknown in ["code_hash", "runs_per_month", "estimated_monthly_cost_usd", "alarm_rule"] {
        assert_eq!(change["after_unknown"][unknown], true, "{unknown}");
    }
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["runs_per_month"], 4_380);
    Ok(())
}

#[test]
fn the_example_is_valid() -> Result<()> {
    let scene = Scene::new("monitor-example")?;
    let path = "examples/resources/hinomi_synthetic_monitor/resource.tf";
    let example = std::fs::read_to_string(paths::repository().join(path)).expect("an example");
    scene.workspace.config(&example)?.validate().map(drop)
}

#[test]
fn a_configuration_can_count_runs() -> Result<()> {
    let scene = Scene::new("monitor-function")?;
    scene.apply("output \"runs\" {\n value = provider::hinomi::runs_per_month(\"5m\")\n}\n")?;
    assert_eq!(scene.workspace.output("runs")?, json!(8_760));
    Ok(())
}
