//! What others do to a budget, and what it costs to look.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{BUDGET, Scene, notification, text, writes};

/// Two thresholds, so that neither is the only one left.
fn two(scene: &Scene) -> String {
    Scene::alert(&scene.with_thresholds(
        "near = { percent = 80 }\n over = { percent = 100, emails = [\"a@example.com\"] }",
    ))
}

#[test]
fn a_budget_that_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("cost-gone")?;
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    scene.call("DeleteBudget", &json!({ "BudgetName": BUDGET }))?;
    let before = scene.account.calls("budgets", "DescribeBudget")?;
    assert_eq!(scene.planned()?.0, ["create"]);
    let asked = scene.account.calls("budgets", "DescribeBudget")? - before;
    assert_eq!(asked, 1, "that the list lacks it is confirmed by asking for it");
    scene.apply(&hcl)?;
    assert_eq!(scene.budgets()?, [BUDGET]);
    scene.call("DeleteBudget", &json!({ "BudgetName": BUDGET }))?;
    scene.workspace.destroy().map(drop)
}

/// An attribute, what somebody does to it, and what a plan then shows.
type Change = (&'static str, fn(&mut Value), Value);

#[test]
fn each_setting_that_was_changed_is_put_back() -> Result<()> {
    let scene = Scene::new("cost-drift")?;
    let budget = format!(
        "{}\n filters = {{ regions = [\"ap-northeast-1\"], tags = {{ Team = [\"web\"] }} }}",
        scene.least()
    );
    scene.apply(&Scene::alert(&budget))?;
    let original = scene.budget()?;
    let changes: [Change; 5] = [
        ("limit_usd", |budget| budget["BudgetLimit"]["Amount"] = json!("7"), json!(7)),
        ("period", |budget| budget["TimeUnit"] = json!("DAILY"), json!("daily")),
        ("metric", |budget| budget["CostTypes"]["UseBlended"] = json!(true), json!("blended")),
        (
            "excluded_charges",
            |budget| budget["CostTypes"]["IncludeTax"] = json!(false),
            json!(["taxes"]),
        ),
        (
            "filters",
            |budget| budget["CostFilters"] = json!({ "TagKeyValue": ["user:Team$api"] }),
            Value::Null,
        ),
    ];
    for (attribute, change, shown) in changes {
        scene.change_budget(change)?;
        let (actions, planned) = scene.planned()?;
        assert_eq!(actions, ["update"], "{attribute}");
        let before = &planned["before"]["budget"][attribute];
        if shown.is_null() {
            assert_eq!(before["tags"], json!({ "Team": ["api"] }));
            assert_eq!(before["regions"], Value::Null);
        } else {
            assert_eq!(*before, shown, "{attribute}");
        }
        let made = scene.writes_of(|| scene.apply(&Scene::alert(&budget)))?;
        assert_eq!(made, writes(&[("UpdateBudget", 1)]), "{attribute}");
    }
    let now = scene.budget()?;
    for part in ["BudgetLimit", "TimeUnit", "CostTypes", "CostFilters", "TimePeriod"] {
        assert_eq!(now[part], original[part], "{part}");
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn notifications_and_subscribers_are_put_back() -> Result<()> {
    let scene = Scene::new("cost-notices")?;
    let hcl = two(&scene);
    scene.apply(&hcl)?;
    let original = scene.told()?;
    let eighty = notification("ACTUAL", "GREATER_THAN", 80.0);
    let hundred = notification("ACTUAL", "GREATER_THAN", 100.0);
    let a = json!({ "SubscriptionType": "EMAIL", "Address": "a@example.com" });
    let b = json!({ "SubscriptionType": "EMAIL", "Address": "b@example.com" });
    let of = |body: Value| {
        let mut body = body;
        body["BudgetName"] = json!(BUDGET);
        body
    };
    let changes = [
        (
            "UpdateNotification",
            of(json!({
                "OldNotification": eighty,
                "NewNotification": notification("ACTUAL", "GREATER_THAN", 85.0),
            })),
            ("UpdateNotification", "85"),
        ),
        (
            "DeleteNotification",
            of(json!({ "Notification": eighty })),
            ("CreateNotification", "null"),
        ),
        (
            "CreateNotification",
            of(json!({
                "Notification": notification("FORECASTED", "GREATER_THAN", 120.0),
                "Subscribers": [b],
            })),
            ("DeleteNotification", "forecast_120_percent"),
        ),
        (
            "UpdateSubscriber",
            of(json!({ "Notification": hundred, "OldSubscriber": a, "NewSubscriber": b })),
            ("UpdateSubscriber", "b@example.com"),
        ),
        (
            "CreateSubscriber",
            of(json!({ "Notification": eighty, "Subscriber": b })),
            ("DeleteSubscriber", "b@example.com"),
        ),
    ];
    for (operation, body, (repair, shown)) in changes {
        scene.call(operation, &body)?;
        let (actions, planned) = scene.planned()?;
        assert_eq!(actions, ["update"], "{operation}");
        let before = &planned["before"]["budget"]["thresholds"];
        let seen = if shown == "null" {
            before["near"].is_null()
        } else {
            before.to_string().contains(shown)
        };
        assert!(seen, "{operation}: {before}");
        let made = scene.writes_of(|| scene.apply(&hcl))?;
        assert_eq!(made, writes(&[(repair, 1)]), "{operation}");
        assert_eq!(scene.told()?, original, "{operation}");
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn tags_are_put_back() -> Result<()> {
    let scene = Scene::new("cost-tag-drift")?;
    let hcl = Scene::alert_with(&scene.least(), "tags = { team = \"web\" }");
    scene.apply(&hcl)?;
    let arn = scene.attributes()?["arn"].clone();
    let added = json!([{ "Key": "by", "Value": "hand" }, { "Key": "team", "Value": "api" }]);
    scene.call("TagResource", &json!({ "ResourceARN": arn, "ResourceTags": added }))?;
    scene.call(
        "UntagResource",
        &json!({ "ResourceARN": arn, "ResourceTagKeys": ["hinomi:stack"] }),
    )?;
    let (actions, planned) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(planned["before"]["tags"], json!({ "by": "hand", "team": "api" }));
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("TagResource", 1), ("UntagResource", 1)]));
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_the_attributes_cannot_say_is_never_overwritten() -> Result<()> {
    let scene = Scene::new("cost-shape")?;
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    scene.change_budget(|budget| {
        if let Some(budget) = budget.as_object_mut() {
            let entity = json!({ "LegalEntityName": ["Amazon Web Services, Inc."] });
            budget.insert("CostFilters".to_owned(), entity);
        }
    })?;
    let plan = scene.workspace.plan()?;
    assert_eq!(plan.code(), Some(0), "nothing is planned: {}", plan.text());
    plan.expect("was changed beyond what it can say")?.expect("a filter by `LegalEntityName`")?;

    let dearer = hcl.replace("limit_usd = 100", "limit_usd = 200");
    scene.workspace.config(&dearer)?;
    let made = scene.writes_of(|| {
        let refusal =
            ["Unable to update cost alert `month`", "a filter by `LegalEntityName`", "state rm"];
        scene.workspace.expect_error(Verb::Apply, &refusal).map(drop)
    })?;
    assert_eq!(made, []);
    scene.workspace.discard();

    // An import of such a budget is refused, since the next apply would destroy what it has.
    scene.workspace.terraform(&["state", "rm", super::ADDRESS])?;
    let refused = scene.workspace.import(super::ADDRESS, BUDGET).expect_err("refused");
    assert!(refused.to_string().contains("Unable to import cost alert"), "{refused}");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn notifications_of_another_kind_are_left_alone() -> Result<()> {
    let scene = Scene::new("cost-others")?;
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    scene.call(
        "CreateNotification",
        &json!({
            "BudgetName": BUDGET,
            "Notification": notification("ACTUAL", "LESS_THAN", 5.0),
            "Subscribers": [{ "SubscriptionType": "EMAIL", "Address": "a@example.com" }],
        }),
    )?;
    let plan = scene.workspace.expect_empty_plan()?;
    plan.expect("notifications of another kind")?.expect("LESS_THAN")?;
    scene.apply(&hcl.replace("percent = 80", "percent = 90"))?;
    assert_eq!(scene.told()?.len(), 2);
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn an_end_that_was_set_by_hand_is_taken_away() -> Result<()> {
    let scene = Scene::new("cost-end")?;
    let hcl = Scene::alert(&scene.least());
    scene.apply(&hcl)?;
    let start = scene.budget()?["TimePeriod"]["Start"].clone();
    // 1 January 2080.
    scene.change_budget(|budget| budget["TimePeriod"]["End"] = json!(3_471_292_800_u64))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["budget"]["end"], "2080-01-01");
    scene.apply(&hcl)?;
    let span = scene.budget()?["TimePeriod"].clone();
    let end = span["End"].as_f64().unwrap_or_default();
    assert!((end - 3_706_473_600.0).abs() < 1.0, "{end}");
    assert_eq!(span["Start"], start);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_refresh_lists_budgets_once() -> Result<()> {
    let scene = Scene::new("cost-refresh")?;
    let resource = two(&scene)
        .replace("\"month\" {", "\"month\" {\n for_each = toset([\"a\", \"b\", \"c\", \"d\"])")
        .replace("name = \"month\"", "name = each.key");
    scene.apply(&resource)?;
    let calls = || -> Result<Vec<(String, u64)>> {
        let calls = scene.account.all_calls()?.into_iter();
        let calls = calls.filter(|calls| calls.service == "budgets");
        Ok(calls.map(|calls| (calls.operation, calls.count)).collect())
    };
    let count = |all: &[(String, u64)], operation: &str| {
        all.iter().find(|(name, _)| name == operation).map_or(0, |(_, count)| *count)
    };
    let before = calls()?;
    scene.workspace.expect_empty_plan()?;
    let after = calls()?;
    let made = |operation| count(&after, operation) - count(&before, operation);
    // Four alerts with two thresholds each.
    assert_eq!(made("DescribeBudgets"), 1);
    assert_eq!(made("DescribeBudget"), 0);
    assert_eq!(made("DescribeBudgetNotificationsForAccount"), 1);
    assert_eq!(made("DescribeNotificationsForBudget"), 0);
    assert_eq!(made("ListTagsForResource"), 4);
    assert_eq!(made("DescribeSubscribersForNotification"), 8);
    assert_eq!(text(&scene.workspace.state()?["resources"][0]["type"]), "hinomi_cost_alert");
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}
