//! Runs that were cut short between any two calls, and calls that fail.

use std::time::Duration;

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{BUDGET, NAME, monitor_names, subscription_names};
use crate::cost_alert::Scene;

/// More often than any client tries again.
const ALWAYS: u64 = 50;

fn fault(scene: &Scene, operation: &str, times: u64, action: &Value) -> Result<()> {
    scene.account.fault(json!({
        "service": "ce", "operation": operation, "times": times, "action": action,
    }))
}

fn denied() -> Value {
    json!({ "error": { "code": "AccessDeniedException", "message": "not allowed here" } })
}

/// An account without AWS's own monitor, so that everything has to be made, and the configuration of
/// a watch alone.
fn bare(name: &str) -> Result<(Scene, String)> {
    let scene = Scene::new(name)?;
    scene.account.has_default_monitor(false)?;
    let hcl = Scene::watch(&scene.least_watch());
    Ok((scene, hcl))
}

#[test]
fn what_lost_answers_left_is_taken_over() -> Result<()> {
    for operation in ["CreateAnomalyMonitor", "CreateAnomalySubscription"] {
        let (scene, hcl) = bare(&format!("anomaly-lost-{}", operation.len()))?;
        let seeded = scene.account.objects()?;
        fault(&scene, operation, ALWAYS, &json!("drop_after"))?;
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Apply, &["Unable to create cost alert `month`"])?;
        scene.workspace.discard();
        scene.account.clear_faults()?;
        scene.apply(&hcl)?;
        // Repetitions may have made several; one is left.
        assert_eq!(monitor_names(&scene)?, [NAME], "{operation}");
        assert_eq!(subscription_names(&scene)?, [NAME], "{operation}");
        assert_eq!(scene.attributes()?["monitor_owned"], true, "{operation}");
        scene.workspace.destroy()?;
        assert_eq!(scene.account.objects()?, seeded, "{operation}");
    }
    Ok(())
}

#[test]
fn a_lost_answer_is_no_failure() -> Result<()> {
    let (scene, hcl) = bare("anomaly-repeated")?;
    let seeded = scene.account.objects()?;
    for operation in [
        "CreateAnomalyMonitor",
        "CreateAnomalySubscription",
        "UpdateAnomalySubscription",
        "DeleteAnomalySubscription",
        "DeleteAnomalyMonitor",
    ] {
        fault(&scene, operation, 1, &json!("drop_after"))?;
    }
    scene.apply(&hcl)?;
    assert_eq!(monitor_names(&scene)?, [NAME]);
    assert_eq!(subscription_names(&scene)?, [NAME], "the second one is removed");
    scene.apply(&hcl.replace("= 100", "= 200"))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}

#[test]
fn a_run_that_is_killed_between_two_calls_is_gone_on_with() -> Result<()> {
    for operation in
        ["CreateAnomalyMonitor", "CreateAnomalySubscription", "GetAnomalySubscriptions"]
    {
        let scene = Scene::new(&format!("anomaly-killed-{}", operation.len()))?;
        scene.account.has_default_monitor(false)?;
        let seeded = scene.account.objects()?;
        let anomaly = format!("anomaly = {{\n {}\n }}", scene.least_watch());
        let both = Scene::alert_with(&scene.least(), &anomaly);
        // The call hangs: the budget is there by then, and what comes before the call.
        fault(&scene, operation, ALWAYS, &json!({ "delay_ms": 60_000 }))?;
        scene.workspace.config(&both)?;
        let running = scene.workspace.start_apply()?;
        let account = &scene.account;
        hinomi_tests::eventually(operation, Duration::from_mins(1), || {
            Ok((account.calls("ce", operation)? > 0).then_some(()))
        })?;
        running.kill();
        running.wait()?;
        scene.account.clear_faults()?;
        assert_eq!(scene.budgets()?, [BUDGET], "{operation}");
        scene.apply(&both)?;
        assert_eq!(monitor_names(&scene)?, [NAME], "{operation}");
        assert_eq!(subscription_names(&scene)?, [NAME], "{operation}");
        scene.workspace.destroy()?;
        assert_eq!(scene.account.objects()?, seeded, "{operation}");
    }
    Ok(())
}

#[test]
fn a_failure_half_way_keeps_what_exists() -> Result<()> {
    let (scene, hcl) = bare("anomaly-half")?;
    let seeded = scene.account.objects()?;
    fault(&scene, "CreateAnomalySubscription", ALWAYS, &denied())?;
    scene.workspace.config(&hcl)?;
    let refusal = ["not allowed here", "ce:CreateAnomalySubscription"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    assert_eq!(instance["attributes"]["monitor_owned"], true, "{state}");
    scene.account.clear_faults()?;
    scene.apply(&hcl)?;
    assert_eq!(monitor_names(&scene)?, [NAME]);

    // An update that fails keeps what was, and a destroy that fails keeps the alert.
    fault(&scene, "UpdateAnomalySubscription", ALWAYS, &denied())?;
    scene.workspace.config(&hcl.replace("= 100", "= 200"))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to update cost alert `month`"])?;
    assert_eq!(scene.attributes()?["anomaly"]["at_least_usd"], 100);
    fault(&scene, "DeleteAnomalyMonitor", ALWAYS, &denied())?;
    scene.workspace.expect_error(Verb::Destroy, &["Unable to delete cost alert `month`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}

#[test]
fn what_a_change_left_half_way_goes_with_the_alert() -> Result<()> {
    let (scene, hcl) = bare("anomaly-half-changed")?;
    let seeded = scene.account.objects()?;
    scene.apply(&hcl)?;
    let monitor = scene.attributes()?["monitor_arn"].clone();
    // The other monitor is made, and then the subscription can't listen to it.
    fault(&scene, "UpdateAnomalySubscription", ALWAYS, &denied())?;
    let other = "by = \"filter\"\n filter = { tags = { team = [\"web\"] } }\n at_least_usd";
    scene.workspace.config(&hcl.replace("at_least_usd", other))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to update cost alert `month`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    assert_eq!(monitor_names(&scene)?, [NAME, NAME]);
    let attributes = scene.attributes()?;
    assert_eq!(attributes["monitor_arn"], monitor, "it is still listened to");
    assert_eq!(attributes["monitor_owned"], true);
    // Nobody goes on with it.
    scene.workspace.config(&hcl)?.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing is left");
    Ok(())
}

#[test]
fn where_cost_explorer_says_no_the_reason_is_told() -> Result<()> {
    let scene = Scene::new("anomaly-denied")?;
    fault(&scene, "GetAnomalyMonitors", ALWAYS, &denied())?;
    scene.workspace.config(&Scene::watch(&scene.least_watch()))?;
    let refusal = ["Unable to create cost alert `month`", "ce:GetAnomalyMonitors"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    Ok(())
}

#[test]
fn a_budget_is_imported_also_where_cost_explorer_says_no() -> Result<()> {
    let scene = Scene::new("anomaly-import-denied")?;
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    scene.workspace.terraform(&["state", "rm", super::ADDRESS])?;
    fault(&scene, "GetAnomalySubscriptions", ALWAYS, &denied())?;
    fault(&scene, "GetAnomalyMonitors", ALWAYS, &denied())?;
    let imported = scene.workspace.import(super::ADDRESS, BUDGET)?;
    imported.expect("imported without an anomaly watch")?;
    scene.account.clear_faults()?;
    scene.workspace.destroy().map(drop)
}
