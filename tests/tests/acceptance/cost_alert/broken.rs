//! Runs that were cut short, calls that fail, and budgets that are somebody else's.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{BUDGET, Scene};

/// More often than any client tries again.
const ALWAYS: u64 = 50;

fn fault(scene: &Scene, operation: &str, times: u64, action: &Value) -> Result<()> {
    let service = "budgets";
    scene.account.fault(json!({
        "service": service, "operation": operation, "times": times, "action": action,
    }))
}

fn denied() -> Value {
    json!({ "error": { "code": "AccessDeniedException", "message": "not allowed here" } })
}

#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    let scene = Scene::new("cost-killed")?;
    fault(&scene, "CreateBudget", ALWAYS, &json!("drop_after"))?;
    // Every answer is lost, and so is that of each repetition.
    scene.workspace.config(&Scene::alert(&scene.least()))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to create cost alert `month`"])?;
    assert_eq!(scene.budgets()?, [BUDGET], "it was made all the same");
    scene.workspace.discard();
    scene.account.clear_faults()?;

    // The configuration has changed since, and what was left becomes what it should be.
    scene.apply(&Scene::alert(&scene.with_thresholds("near = { percent = 90 }")))?;
    let told: Vec<String> = scene.told()?.into_keys().collect();
    assert_eq!(told, ["ACTUAL GREATER_THAN PERCENTAGE 90.0"]);
    assert_eq!(scene.budgets()?, [BUDGET]);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_lost_answer_is_no_failure() -> Result<()> {
    let scene = Scene::new("cost-lost")?;
    for operation in ["CreateBudget", "UpdateBudget", "UpdateNotification", "DeleteBudget"] {
        fault(&scene, operation, 1, &json!("drop_after"))?;
    }
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    scene.apply(&hcl.replace("= 100", "= 200").replace("= 80", "= 90"))?;
    let told: Vec<String> = scene.told()?.into_keys().collect();
    assert_eq!(told, ["ACTUAL GREATER_THAN PERCENTAGE 90.0"]);
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn throttling_is_waited_out() -> Result<()> {
    let scene = Scene::new("cost-throttled")?;
    fault(&scene, "CreateBudget", 1, &json!("throttle"))?;
    scene.apply(&Scene::alert(&scene.least()))?;
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn somebody_elses_budget_is_refused() -> Result<()> {
    let scene = Scene::new("cost-foreign")?;
    let limit = json!({ "Amount": "50", "Unit": "USD" });
    scene.call(
        "CreateBudget",
        &json!({ "Budget": {
            "BudgetName": BUDGET, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit,
        }}),
    )?;
    scene.workspace.config(&Scene::alert(&scene.least()))?;
    let id = format!("{}/{BUDGET}", scene.account.id());
    let refusal =
        ["Unable to create cost alert `month`", "something else than Hinomi", "import it", &id];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;

    // The same name in another stack, as far as its tags say.
    let arn = format!("arn:aws:budgets::{}:budget/{BUDGET}", scene.account.id());
    let tag = |key: &str, value: &str| json!({ "Key": key, "Value": value });
    let tags =
        [tag("hinomi:managed", "true"), tag("hinomi:stack", "other"), tag("hinomi:name", "month")];
    scene.call("TagResource", &json!({ "ResourceARN": arn, "ResourceTags": tags }))?;
    scene.workspace.expect_error(Verb::Apply, &["`month` of the stack `other`"])?;
    let amount = &scene.budget()?["BudgetLimit"]["Amount"];
    assert_eq!(*amount, json!("50.0"), "it was not touched");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn a_create_that_cannot_be_confirmed_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("cost-tainted")?;
    let hcl = Scene::alert(&scene.least());
    fault(&scene, "DescribeBudget", ALWAYS, &denied())?;
    scene.workspace.config(&hcl)?;
    let refusal = ["Unable to create cost alert `month`", "not allowed here", "budgets:ViewBudget"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    assert_eq!(instance["attributes"]["budget_name"], BUDGET);

    scene.account.clear_faults()?;
    scene.workspace.plan()?.expect("is tainted, so must be replaced")?;
    scene.apply(&hcl)?;
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn a_failure_half_way_keeps_what_is_true() -> Result<()> {
    let scene = Scene::new("cost-half")?;
    scene.apply(&Scene::alert(&scene.least()))?;
    let two = scene.with_thresholds("near = { percent = 85 }\n over = { percent = 100 }");
    let hcl = Scene::alert(&two.replace("limit_usd = 100", "limit_usd = 150"));
    fault(&scene, "CreateNotification", ALWAYS, &denied())?;
    scene.workspace.config(&hcl)?;
    let refusal =
        ["Unable to update cost alert `month`", "not allowed here", "budgets:ModifyBudget"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();

    let budget = &scene.attributes()?["budget"];
    assert_eq!(budget["limit_usd"], json!(150), "that was done before");
    let thresholds = &budget["thresholds"];
    assert_eq!(thresholds["near"]["percent"], json!(85), "and that: {thresholds}");
    assert_eq!(thresholds["over"], Value::Null, "but not that: {thresholds}");

    scene.account.clear_faults()?;
    scene.apply(&hcl)?;
    assert_eq!(scene.told()?.len(), 2);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_failed_delete_keeps_the_alert() -> Result<()> {
    let scene = Scene::new("cost-undeleted")?;
    scene.apply(&Scene::alert(&scene.least()))?;
    fault(&scene, "DeleteBudget", ALWAYS, &denied())?;
    scene.workspace.expect_error(Verb::Destroy, &["Unable to delete cost alert `month`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}
