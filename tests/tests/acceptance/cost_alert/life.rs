//! Made, changed in place, imported and removed.

use std::fs;

use hinomi_tests::{Result, Workspace, paths};
use serde_json::{Value, json};

use super::{ADDRESS, BUDGET, Scene, text, writes};

/// Every attribute that a budget has.
const FULL: &str = r#"
limit_usd        = 1234.5
period           = "quarterly"
metric           = "amortized"
excluded_charges = ["refunds", "credits"]
emails           = ["owner@example.com"]
filters = {
  services           = ["Amazon Simple Storage Service", "AWS Lambda"]
  regions            = ["ap-northeast-1", "global"]
  linked_accounts    = ["111111111111"]
  tags               = { Team = ["web", ""], "aws:createdBy" = ["me"] }
  cost_categories    = { Event = ["Summer"] }
  usage_types        = ["APN1-DataTransfer-Out-Bytes"]
  usage_type_groups  = ["S3: Data Transfer - Internet (Out)"]
  operations         = ["RunInstances"]
  instance_types     = ["m7g.large"]
  availability_zones = ["ap-northeast-1a"]
  purchase_types     = ["On Demand Instances"]
}
"#;

#[test]
fn an_alert_is_made_shown_and_removed() -> Result<()> {
    let scene = Scene::new("cost-basic")?;
    let seeded = scene.account.objects()?;
    scene.workspace.config(&Scene::alert(&scene.least()))?;

    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    let after = &change["after"];
    let arn = format!("arn:aws:budgets::{}:budget/{BUDGET}", scene.account.id());
    assert_eq!((&after["budget_name"], &after["arn"]), (&json!(BUDGET), &json!(arn)));
    assert_eq!(after["account"]["id"], json!(scene.account.id()));
    assert_eq!(after["budget"]["period"], "monthly");
    assert_eq!(after["tags_all"]["hinomi:name"], "month");

    let made = scene.writes_of(|| scene.apply(&Scene::alert(&scene.least())))?;
    assert_eq!(made, writes(&[("CreateBudget", 1)]));
    let budget = scene.budget()?;
    assert_eq!(text(&budget["BudgetType"]), "COST");
    assert_eq!(text(&budget["TimeUnit"]), "MONTHLY");
    assert_eq!(budget["BudgetLimit"], json!({ "Amount": "100.0", "Unit": "USD" }));
    let told = scene.told()?;
    assert_eq!(told.keys().collect::<Vec<_>>(), ["ACTUAL GREATER_THAN PERCENTAGE 80.0"]);
    assert_eq!(told["ACTUAL GREATER_THAN PERCENTAGE 80.0"], std::slice::from_ref(&scene.topic));
    assert_eq!(scene.attributes()?["arn"], json!(arn));

    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing is left");
    Ok(())
}

#[test]
fn each_attribute_changes_in_place_with_its_own_call() -> Result<()> {
    let scene = Scene::new("cost-update")?;
    let topic = &scene.topic;
    let told = format!("topic_arns = [\"{topic}\"]");
    let budget = |settings: &str, thresholds: &str| {
        Scene::alert(&format!("{settings}\n thresholds = {{\n {thresholds}\n }}"))
    };
    let near = "near = { percent = 80 }";
    let limit = format!("limit_usd = 100\n {told}");
    scene.apply(&budget(&limit, near))?;

    let dearer = format!("limit_usd = 120.75\n {told}");
    let emails = |list: &str| format!("near = {{ percent = 90, emails = [{list}] }}");
    for (what, hcl, expected) in [
        ("the same number", budget(&format!("limit_usd = 100.00\n {told}"), near), &[][..]),
        ("limit", budget(&dearer, near), &[("UpdateBudget", 1)]),
        ("threshold", budget(&dearer, "near = { percent = 90 }"), &[("UpdateNotification", 1)]),
        ("key", budget(&dearer, "renamed = { percent = 90 }"), &[]),
        (
            "first address",
            budget(&dearer, &emails("\"a@example.com\"")),
            &[("CreateSubscriber", 1)],
        ),
        (
            "another address",
            budget(&dearer, &emails("\"b@example.com\"")),
            &[("UpdateSubscriber", 1)],
        ),
        (
            "one more, in another order",
            budget(&dearer, &emails("\"c@example.com\", \"b@example.com\"")),
            &[("CreateSubscriber", 1)],
        ),
        (
            "two thresholds more",
            budget(
                &dearer,
                "near = { percent = 90 }\n over = { percent = 100, basis = \"forecast\" }\n much = { usd = 500 }",
            ),
            &[("CreateNotification", 2), ("DeleteSubscriber", 2)],
        ),
        (
            "one less",
            budget(
                &dearer,
                "over = { percent = 100, basis = \"forecast\" }\n much = { usd = 500 }",
            ),
            &[("DeleteNotification", 1)],
        ),
        (
            "to daily, which has no forecast",
            budget(&format!("{dearer}\n period = \"daily\""), "much = { usd = 500 }"),
            &[("DeleteNotification", 1), ("UpdateBudget", 1)],
        ),
        (
            "back to monthly with one",
            budget(&dearer, "over = { percent = 100, basis = \"forecast\" }"),
            &[("UpdateBudget", 1), ("UpdateNotification", 1)],
        ),
        (
            "metric and charges",
            budget(
                &format!("{dearer}\n metric = \"amortized\"\n excluded_charges = [\"credits\"]"),
                near,
            ),
            &[("UpdateBudget", 1), ("UpdateNotification", 1)],
        ),
        (
            "filters",
            budget(&format!("{dearer}\n filters = {{ regions = [\"b\", \"a\"] }}"), near),
            &[("UpdateBudget", 1)],
        ),
        (
            "the same filters in another order",
            budget(&format!("{dearer}\n filters = {{ regions = [\"a\", \"b\"] }}"), near),
            &[],
        ),
    ] {
        let made = scene.writes_of(|| scene.apply(&hcl))?;
        assert_eq!(made, writes(expected), "{what}");
        assert_eq!(scene.budgets()?, [BUDGET], "{what}");
    }
    assert_eq!(scene.account.calls("budgets", "CreateBudget")?, 1, "nothing was made anew");
    scene.workspace.destroy().map(drop)
}

#[test]
fn tags_change_in_place() -> Result<()> {
    let scene = Scene::new("cost-tags")?;
    let least = scene.least();
    let tagged = |tags: &str| Scene::alert_with(&least, &format!("tags = {tags}"));
    scene.apply(&tagged("{ team = \"web\", env = \"test\" }"))?;
    let changed = tagged("{ team = \"api\" }");
    let made = scene.writes_of(|| scene.apply(&changed))?;
    assert_eq!(made, writes(&[("TagResource", 1), ("UntagResource", 1)]));
    let attributes = scene.attributes()?;
    let expected = json!({
        "hinomi:managed": "true", "hinomi:stack": "default", "hinomi:name": "month", "team": "api",
    });
    assert_eq!(attributes["tags_all"], expected);
    let arn = &attributes["arn"];
    let found = scene.call("ListTagsForResource", &json!({ "ResourceARN": arn }))?;
    let found = found["ResourceTags"].as_array().into_iter().flatten();
    let found: serde_json::Map<String, Value> =
        found.map(|tag| (text(&tag["Key"]), tag["Value"].clone())).collect();
    assert_eq!(Value::Object(found), expected);
    scene.workspace.destroy().map(drop)
}

#[test]
fn another_name_makes_another_budget() -> Result<()> {
    let scene = Scene::new("cost-rename")?;
    let first = Scene::alert(&scene.least());
    scene.apply(&first)?;
    let renamed = first.replace("name = \"month\"", "name = \"Every month\"");
    scene.workspace.config(&renamed)?;
    assert_eq!(scene.planned()?.0, ["delete", "create"]);
    scene.apply(&renamed)?;
    assert_eq!(scene.budgets()?, ["hinomi-default.Every month"]);
    scene.workspace.destroy().map(drop)
}

#[test]
fn every_attribute_survives_an_import() -> Result<()> {
    let scene = Scene::new("cost-every")?;
    // The names that an import makes up, so that the plan after it can be empty.
    let budget = format!(
        "{}\n thresholds = {{\n actual_80_percent = {{ percent = 80, emails = [\"owner@example.com\"] }}\n forecast_2000_usd = {{ usd = 2000, basis = \"forecast\", topic_arns = [\"{}\"] }}\n }}",
        FULL.replace("emails           = [\"owner@example.com\"]", ""),
        scene.topic
    );
    let hcl = Scene::alert_with(&budget, "tags = { team = \"web\" }");
    scene.apply(&hcl)?;
    let filters = scene.budget()?["CostFilters"].clone();
    let mut tags: Vec<String> =
        filters["TagKeyValue"].as_array().into_iter().flatten().map(text).collect();
    tags.sort();
    assert_eq!(tags, ["aws:createdBy$me", "user:Team$", "user:Team$web"]);
    assert_eq!(filters.as_object().map(serde_json::Map::len), Some(11), "{filters}");

    let before = scene.attributes()?;
    let id = scene.account.id().to_owned();
    for import in [BUDGET.to_owned(), "month".to_owned(), format!("{id}/{BUDGET}")] {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &import)?;
        assert_eq!(scene.attributes()?, before, "{import}");
        scene.workspace.expect_empty_plan()?;
    }
    scene.workspace.destroy()?;
    let refused = scene.workspace.import(ADDRESS, "month").expect_err("nothing is left");
    assert!(refused.to_string().contains("has no budget"), "{refused}");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn the_budgets_subscribers_are_inherited() -> Result<()> {
    let scene = Scene::new("cost-inherit")?;
    let topic = scene.topic.clone();
    let budget = format!(
        "{FULL}\n topic_arns = [\"{topic}\"]\n thresholds = {{\n a = {{ percent = 50 }}\n b = {{ percent = 80, emails = [] }}\n c = {{ usd = 0, topic_arns = [] }}\n }}"
    );
    scene.apply(&Scene::alert(&budget))?;
    let told = scene.told()?;
    let owner = "owner@example.com".to_owned();
    assert_eq!(told["ACTUAL GREATER_THAN PERCENTAGE 50.0"], [topic.clone(), owner.clone()]);
    assert_eq!(told["ACTUAL GREATER_THAN PERCENTAGE 80.0"], [topic]);
    assert_eq!(told["ACTUAL GREATER_THAN ABSOLUTE_VALUE 0.0"], [owner]);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_foreign_budget_is_imported_by_its_own_name() -> Result<()> {
    let scene = Scene::new("cost-foreign-import")?;
    let name = "Team budget/2026";
    let limit = json!({ "Amount": "50", "Unit": "USD" });
    let subscriber = json!({ "SubscriptionType": "EMAIL", "Address": "a@example.com" });
    scene.call("CreateBudget", &json!({
        "Budget": { "BudgetName": name, "BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit },
        "NotificationsWithSubscribers": [{
            "Notification": super::notification("ACTUAL", "GREATER_THAN", 80.0),
            "Subscribers": [subscriber],
        }],
    }))?;
    let hcl = Scene::alert(
        "limit_usd = 50\n thresholds = { actual_80_percent = { percent = 80, emails = [\"a@example.com\"] } }",
    )
    .replace("name = \"month\"", &format!("name = \"{name}\""));
    scene.workspace.config(&hcl)?;
    scene.workspace.import(ADDRESS, name)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"], "it gets our tags: {change}");
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("TagResource", 1)]));
    assert_eq!(scene.budgets()?, [name]);
    scene.workspace.destroy()?;
    assert!(scene.budgets()?.is_empty());
    Ok(())
}

#[test]
fn the_example_is_valid() -> Result<()> {
    let example = paths::repository().join("examples/resources/hinomi_cost_alert/resource.tf");
    let example = fs::read_to_string(example).expect("there is an example");
    Workspace::new("cost-example")?.config(&example)?.validate().map(drop)
}
