//! What a budget counts, in both of AWS's forms.

use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{ADDRESS, BUDGET, Scene, writes};

const NOT_CREDITS: &str = r#"jsonencode({ And = [
  { Not = { Dimensions = { Key = "RECORD_TYPE", Values = ["Refund", "Credit"] } } },
  { Tags = { Key = "team", Values = ["web"] } },
] })"#;

/// A threshold under the name that an import makes up.
const OVER: &str =
    "thresholds = { actual_100_percent = { percent = 100, emails = [\"a@example.com\"] } }";

fn with(more: &str) -> String {
    Scene::alert(&format!("limit_usd = 100\n {more}\n {OVER}"))
}

/// Which members of either form a budget has.
fn forms(budget: &Value) -> (bool, bool) {
    let has = |name: &str| !budget[name].is_null();
    (has("CostFilters") || has("CostTypes"), has("FilterExpression") || has("Metrics"))
}

#[test]
fn a_budget_has_the_form_that_can_say_it() -> Result<()> {
    let scene = Scene::new("cost-forms")?;
    let filters = "filters = { regions = [\"ap-northeast-1\"], tags = { team = [\"web\"] } }";
    for (more, is_newer) in [
        (filters.to_owned(), false),
        ("excluded_charges = [\"credits\"]".to_owned(), false),
        (format!("metric = \"net_amortized\"\n {filters}"), true),
        (format!("expression = {NOT_CREDITS}"), true),
        // Once there it stays, as long as it can say it.
        (format!("metric = \"blended\"\n {filters}"), true),
        ("excluded_charges = [\"credits\"]".to_owned(), false),
    ] {
        let made = scene.writes_of(|| scene.apply(&with(&more)))?;
        assert_eq!(made.len(), 1, "{more}: {made:?}");
        assert_eq!(forms(&scene.budget()?), (!is_newer, is_newer), "{more}");
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn an_expression_is_the_same_in_other_words() -> Result<()> {
    let scene = Scene::new("cost-expression")?;
    scene.apply(&with(&format!("expression = {NOT_CREDITS}")))?;
    let budget = scene.budget()?;
    assert_eq!(budget["Metrics"], json!(["UnblendedCost"]), "never without a metric");
    let reordered = NOT_CREDITS.replace("\"Refund\", \"Credit\"", "\"Credit\", \"Refund\"");
    let made = scene.writes_of(|| scene.apply(&with(&format!("expression = {reordered}"))))?;
    assert_eq!(made, []);

    // Somebody narrows it; the plan shows what AWS has and puts it back.
    scene.change_budget(|budget| {
        budget["FilterExpression"] =
            json!({ "Dimensions": { "Key": "RECORD_TYPE", "Values": ["Usage"] } });
    })?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    let seen = change["before"]["budget"]["expression"].as_str().unwrap_or_default();
    assert!(seen.contains("Usage"), "{change}");
    let made = scene.writes_of(|| scene.apply(&with(&format!("expression = {reordered}"))))?;
    assert_eq!(made, writes(&[("UpdateBudget", 1)]));

    // An import writes the expression in our own words, and filters where those can say it.
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.workspace.import(ADDRESS, BUDGET)?;
    let made = scene.writes_of(|| scene.apply(&with(&format!("expression = {reordered}"))))?;
    assert_eq!(made, [], "only the words differ");
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_budget_made_with_an_expression_is_imported_as_filters() -> Result<()> {
    let scene = Scene::new("cost-newer-import")?;
    let limit = json!({ "Amount": "100", "Unit": "USD" });
    scene.call(
        "CreateBudget",
        &json!({
            "Budget": {
                "BudgetName": BUDGET, "BudgetType": "COST", "TimeUnit": "MONTHLY",
                "BudgetLimit": limit, "Metrics": ["NetUnblendedCost"],
                "FilterExpression": { "And": [
                    { "Dimensions": { "Key": "REGION", "Values": ["eu-west-1"] } },
                    { "Tags": { "Key": "team", "Values": ["web"] } },
                ] },
            },
            "NotificationsWithSubscribers": [{
                "Notification": super::notification("ACTUAL", "GREATER_THAN", 100.0),
                "Subscribers": [{ "SubscriptionType": "EMAIL", "Address": "a@example.com" }],
            }],
        }),
    )?;
    let hcl = with(
        "metric = \"net_unblended\"\n filters = { regions = [\"eu-west-1\"], tags = { team = [\"web\"] } }",
    )
    .replace("name = \"month\"", &format!("name = \"{BUDGET}\""));
    scene.workspace.config(&hcl)?;
    scene.workspace.import(ADDRESS, BUDGET)?;
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("TagResource", 1)]), "it gets our tags and nothing else");
    scene.workspace.destroy().map(drop)
}
