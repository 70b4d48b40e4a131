//! A budget that AWS deletes at its end.

use std::fs;

use hinomi_tests::{Error, Result};
use serde_json::json;

use super::{ADDRESS, BUDGET, Scene};

/// Far enough ahead for any clock.
const AHEAD: &str = "2086-01-01";
/// Over on any clock.
const OVER: &str = "2026-01-01";

fn ending(scene: &Scene, end: &str) -> String {
    Scene::alert(&format!("{}\n end = \"{end}\"", scene.least()))
}

/// An alert whose budget AWS has deleted, as it is when the end that was applied is over.
fn expired(name: &str) -> Result<Scene> {
    let scene = Scene::new(name)?;
    let hcl = ending(&scene, AHEAD);
    scene.workspace.config(&hcl)?;
    scene
        .workspace
        .plan()?
        .expect("AWS deletes a budget at its end")?
        .expect("2086-01-01 (UTC)")?;
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["status"], "active");

    // AWS's clock goes on to the end, and ours can't: so the state's end comes to us.
    scene.account.day_of_costs(Some("2086-01-02"))?;
    assert_eq!(scene.budgets()?, [""; 0], "AWS has deleted it");
    scene.account.day_of_costs(None)?;
    let mut state = scene.workspace.state()?;
    state["serial"] = json!(state["serial"].as_u64().unwrap_or_default() + 1);
    state["resources"][0]["instances"][0]["attributes"]["budget"]["end"] = json!(OVER);
    let path = scene.workspace.folder().join("expired.json");
    fs::write(&path, state.to_string()).map_err(Error::io("write a state"))?;
    scene.workspace.terraform(&["state", "push", &path.to_string_lossy()])?;
    Ok(scene)
}

#[test]
fn an_alert_stays_when_its_budget_has_come_to_its_end() -> Result<()> {
    let scene = expired("cost-expired")?;
    let over = ending(&scene, OVER);
    scene.workspace.config(&over)?;
    scene.workspace.expect_empty_plan()?;
    let made = scene.writes_of(|| scene.apply(&over))?;
    assert_eq!(made, [], "nothing is made anew");
    let attributes = scene.attributes()?;
    assert_eq!(
        (&attributes["status"], &attributes["budget"]["end"]),
        (&json!("expired"), &json!(OVER))
    );

    // What else changes meanwhile is kept, and makes no budget.
    let dearer = over.replace("limit_usd = 100", "limit_usd = 200");
    let made = scene.writes_of(|| scene.apply(&dearer))?;
    assert_eq!(made, []);
    assert_eq!(scene.attributes()?["budget"]["limit_usd"], 200);

    // A later end makes the budget anew.
    let again = dearer.replace(OVER, AHEAD);
    scene.workspace.config(&again)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(
        (actions, &change["after"]["status"]),
        (vec!["update".to_owned()], &json!("active"))
    );
    scene.apply(&again)?;
    assert_eq!(scene.budgets()?, [BUDGET]);
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn an_expired_alert_can_be_removed_and_one_with_a_watch_goes_on_watching() -> Result<()> {
    let scene = expired("cost-expired-gone")?;
    let over = ending(&scene, OVER);
    let anomaly = format!("anomaly = {{ {} }}", scene.least_watch().replace('\n', ", "));
    let watched = over.replace("name = \"month\"", &format!("name = \"month\"\n {anomaly}"));
    scene.apply(&watched)?;
    assert_eq!(scene.attributes()?["status"], "expired");
    assert_eq!(scene.subscriptions()?.len(), 2, "ours beside AWS's own");
    assert_eq!(scene.budgets()?, [""; 0]);
    scene.workspace.destroy()?;
    assert_eq!(scene.subscriptions()?.len(), 1);
    assert!(
        scene.workspace.state()?["resources"].as_array().is_none_or(Vec::is_empty),
        "{ADDRESS}"
    );
    Ok(())
}
