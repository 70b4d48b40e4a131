//! Limits that are planned or adjust themselves, and periods of every kind.

use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{ADDRESS, BUDGET, Scene, text, writes};

/// A threshold under the name that an import makes up.
const OVER: &str =
    "thresholds = { actual_100_percent = { percent = 100, emails = [\"a@example.com\"] } }";

/// The planned limits that AWS has, in their order.
fn amounts(budget: &Value) -> Vec<String> {
    let planned = budget["PlannedBudgetLimits"].as_object().cloned().unwrap_or_default();
    let mut planned: Vec<(u64, String)> = planned
        .iter()
        .map(|(key, limit)| (key.parse().unwrap_or_default(), text(&limit["Amount"])))
        .collect();
    planned.sort();
    planned.into_iter().map(|(_, amount)| amount).collect()
}

#[test]
fn limits_are_planned_by_month_and_by_quarter() -> Result<()> {
    let scene = Scene::new("cost-planned")?;
    let planned = |period: &str, limits: &str| {
        Scene::alert(&format!(
            "period = \"{period}\"\n planned_limits_usd = {{ {limits} }}\n {OVER}"
        ))
    };
    scene.apply(&planned("monthly", "\"2020-01\" = 100"))?;
    let budget = scene.budget()?;
    assert_eq!(amounts(&budget), ["100.0"; 12], "{budget}");

    // A rise so far ahead that AWS has no word of it yet.
    let further = planned("monthly", "\"2020-01\" = 100, \"2080-01\" = 900");
    let made = scene.writes_of(|| scene.apply(&further))?;
    assert_eq!(made, [], "it is sent when its month comes into view");
    assert_eq!(amounts(&scene.budget()?), ["100.0"; 12]);

    scene.apply(&planned("quarterly", "\"2020-01\" = 300"))?;
    assert_eq!(amounts(&scene.budget()?), ["300.0"; 4]);

    // Somebody plans otherwise.
    scene.change_budget(|budget| {
        let last = budget["PlannedBudgetLimits"].as_object_mut().and_then(|all| {
            let key = all.keys().max().cloned()?;
            all.get_mut(&key)
        });
        if let Some(last) = last {
            last["Amount"] = json!("7");
        }
        if let Some(budget) = budget.as_object_mut() {
            budget.remove("BudgetLimit");
        }
    })?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    let before = &change["before"]["budget"]["planned_limits_usd"];
    assert_eq!(before.as_object().map(serde_json::Map::len), Some(2), "{before}");
    scene.apply(&planned("quarterly", "\"2020-01\" = 300"))?;
    assert_eq!(amounts(&scene.budget()?), ["300.0"; 4]);

    // An import shows what lies ahead: the words differ, and what they come to doesn't.
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.workspace.import(ADDRESS, BUDGET)?;
    assert_eq!(scene.planned()?.0, ["update"]);
    let made = scene.writes_of(|| scene.apply(&planned("quarterly", "\"2020-01\" = 300")))?;
    assert_eq!(made, []);
    scene.workspace.destroy().map(drop)
}

#[test]
fn one_kind_of_limit_takes_the_place_of_another() -> Result<()> {
    let scene = Scene::new("cost-kinds")?;
    let with = |limit: &str| Scene::alert(&format!("{limit}\n {OVER}"));
    scene.apply(&with("limit_usd = 100"))?;
    for (limit, member, expected) in [
        (
            "auto_adjust = { basis = \"historical\", lookback = 6 }",
            "AutoAdjustData",
            json!({ "AutoAdjustType": "HISTORICAL", "HistoricalOptions": { "BudgetAdjustmentPeriod": 6 } }),
        ),
        (
            "auto_adjust = { basis = \"historical\", lookback = 12 }",
            "AutoAdjustData",
            json!({ "AutoAdjustType": "HISTORICAL", "HistoricalOptions": { "BudgetAdjustmentPeriod": 12 } }),
        ),
        (
            "auto_adjust = { basis = \"forecast\" }",
            "AutoAdjustData",
            json!({ "AutoAdjustType": "FORECAST" }),
        ),
        ("limit_usd = 50", "AutoAdjustData", Value::Null),
    ] {
        let made = scene.writes_of(|| scene.apply(&with(limit)))?;
        assert_eq!(made, writes(&[("UpdateBudget", 1)]), "{limit}");
        let mut found = scene.budget()?[member].clone();
        if let Some(found) = found.as_object_mut() {
            // What AWS says of them itself.
            found.remove("LastAutoAdjustTime");
            found.retain(|_, value| !value.is_null());
            if let Some(options) = found.get_mut("HistoricalOptions").and_then(Value::as_object_mut)
            {
                options.remove("LookBackAvailablePeriods");
            }
        }
        assert_eq!(found, expected, "{limit}");
    }
    assert_eq!(scene.account.calls("budgets", "CreateBudget")?, 1, "nothing was made anew");
    scene.workspace.destroy().map(drop)
}

#[test]
fn every_period_is_made_changed_and_imported() -> Result<()> {
    let scene = Scene::new("cost-periods")?;
    let with = |more: &str| Scene::alert(&format!("limit_usd = 100\n {more}\n {OVER}"));
    for (period, unit) in [
        ("period = \"custom\"\n start = \"2086-05-01\"\n end = \"2086-05-09\"", "CUSTOM"),
        ("period = \"annually\"\n end = \"2086-05-09\"", "ANNUALLY"),
        ("period = \"quarterly\"\n start = \"2026-01-01\"", "QUARTERLY"),
        ("period = \"daily\"", "DAILY"),
        ("period = \"custom\"\n start = \"2026-05-01\"\n end = \"2086-05-09\"", "CUSTOM"),
    ] {
        scene.apply(&with(period))?;
        let budget = scene.budget()?;
        assert_eq!(text(&budget["TimeUnit"]), unit);
        let end = budget["TimePeriod"]["End"].as_f64().unwrap_or_default();
        // 9 May 2086, or AWS's own end.
        let expected = if period.contains("end =") { 3_671_740_800.0 } else { 3_706_473_600.0 };
        assert!((end - expected).abs() < 1.0, "{unit}: {end}");
    }
    let before = scene.attributes()?;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.workspace.import(ADDRESS, BUDGET)?;
    assert_eq!(scene.attributes()?, before);
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}
