//! The anomaly watch: made, changed in place, imported and removed; whose the monitor is.

mod broken;
mod drift;

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::{Value, json};

use super::{ADDRESS, BUDGET, Scene, text, writes};

/// Name of monitor and subscription in AWS.
const NAME: &str = "hinomi-default.month";

/// The monitor and the subscription that AWS makes when Cost Explorer is enabled.
const OF_AWS: [&str; 2] = ["Default-Services-Monitor", "Default-Services-Subscription"];

fn names(of: impl IntoIterator<Item = Value>, key: &str) -> Vec<String> {
    let mut names: Vec<String> = of.into_iter().map(|one| text(&one[key])).collect();
    names.sort();
    names
}

fn monitor_names(scene: &Scene) -> Result<Vec<String>> {
    Ok(names(scene.monitors()?.into_values(), "MonitorName"))
}

fn subscription_names(scene: &Scene) -> Result<Vec<String>> {
    Ok(names(scene.subscriptions()?.into_values(), "SubscriptionName"))
}

/// A size as the API has it.
fn size(kind: &str, value: &str) -> Value {
    json!({ "Dimensions": {
        "Key": format!("ANOMALY_TOTAL_IMPACT_{kind}"), "Values": [value], "MatchOptions": ["GREATER_THAN_OR_EQUAL"],
    }})
}

#[test]
fn the_monitor_that_aws_made_is_used_and_stays() -> Result<()> {
    let scene = Scene::new("anomaly-existing")?;
    let seeded = scene.account.objects()?;
    let hcl = Scene::watch(&scene.least_watch());
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    for unknown in ["monitor_arn", "monitor_owned", "subscription_arn"] {
        assert_eq!(change["after_unknown"][unknown], true, "{unknown}");
    }
    let after = &change["after"];
    assert_eq!((&after["budget_name"], &after["arn"]), (&Value::Null, &Value::Null));
    assert_eq!(after["anomaly"]["frequency"], "immediate");
    assert_eq!(after["status"], "active");

    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("CreateAnomalySubscription", 1)]));
    let attributes = scene.attributes()?;
    assert_eq!(attributes["monitor_owned"], false);
    let arn = text(&attributes["monitor_arn"]);
    assert_eq!(text(&scene.monitors()?[&arn]["MonitorName"]), OF_AWS[0]);
    let subscription = scene.subscription()?;
    assert_eq!(subscription["SubscriptionName"], NAME);
    assert_eq!(subscription["Frequency"], "IMMEDIATE");
    assert_eq!(subscription["MonitorArnList"], json!([arn]));
    assert_eq!(subscription["ThresholdExpression"], size("ABSOLUTE", "100"));
    assert_eq!(subscription["Subscribers"][0]["Address"], json!(scene.topic));

    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing of ours is left");
    assert_eq!(monitor_names(&scene)?, [OF_AWS[0]]);
    assert_eq!(subscription_names(&scene)?, [OF_AWS[1]]);
    Ok(())
}

#[test]
fn a_monitor_is_made_where_there_is_none_and_goes_with_the_alert() -> Result<()> {
    let scene = Scene::new("anomaly-own")?;
    scene.account.has_default_monitor(false)?;
    let seeded = scene.account.objects()?;
    let hcl = Scene::watch(&scene.least_watch());
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("CreateAnomalyMonitor", 1), ("CreateAnomalySubscription", 1)]));
    assert_eq!(scene.attributes()?["monitor_owned"], true);
    assert_eq!(monitor_names(&scene)?, [NAME]);
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing is left");
    assert!(scene.monitors()?.is_empty());
    Ok(())
}

#[test]
fn each_attribute_changes_in_place() -> Result<()> {
    let scene = Scene::new("anomaly-update")?;
    let topic = format!("topic_arns = [\"{}\"]", scene.topic);
    let by_mail = "emails = [\"a@example.com\", \"b@example.com\"]";
    scene.apply(&Scene::watch(&scene.least_watch()))?;
    let one = ("UpdateAnomalySubscription", 1);
    for (what, anomaly, expected, shown) in [
        (
            "the same number",
            format!("at_least_usd = 100.00\n {topic}"),
            &[][..],
            ("Frequency", json!("IMMEDIATE")),
        ),
        (
            "size",
            format!("at_least_usd = 120.5\n {topic}"),
            &[one],
            ("ThresholdExpression", size("ABSOLUTE", "120.5")),
        ),
        (
            "both sizes",
            format!("at_least_usd = 120.5\n at_least_percent = 40\n {topic}"),
            &[one],
            (
                "ThresholdExpression",
                json!({ "And": [size("ABSOLUTE", "120.5"), size("PERCENTAGE", "40")] }),
            ),
        ),
        (
            "any of them",
            format!("at_least_usd = 120.5\n at_least_percent = 40\n match = \"any\"\n {topic}"),
            &[one],
            (
                "ThresholdExpression",
                json!({ "Or": [size("ABSOLUTE", "120.5"), size("PERCENTAGE", "40")] }),
            ),
        ),
        (
            "one of them",
            format!("at_least_percent = 40\n {topic}"),
            &[one],
            ("ThresholdExpression", size("PERCENTAGE", "40")),
        ),
        (
            "daily",
            format!("at_least_percent = 40\n frequency = \"daily\"\n {by_mail}"),
            &[one],
            ("Frequency", json!("DAILY")),
        ),
        (
            "weekly",
            format!("at_least_percent = 40\n frequency = \"weekly\"\n {by_mail}"),
            &[one],
            ("Frequency", json!("WEEKLY")),
        ),
    ] {
        let made = scene.writes_of(|| scene.apply(&Scene::watch(&anomaly)))?;
        assert_eq!(made, writes(expected), "{what}");
        assert_eq!(scene.subscription()?[shown.0], shown.1, "{what}");
    }
    let tagged = Scene::watch(&scene.least_watch())
        .replace("name = \"month\"", "name = \"month\"\n tags = { team = \"web\" }");
    let made = scene.writes_of(|| scene.apply(&tagged))?;
    assert_eq!(made, writes(&[("TagResource", 1), one]));
    assert_eq!(scene.account.calls("ce", "CreateAnomalySubscription")?, 1, "nothing was made anew");
    scene.workspace.destroy().map(drop)
}

/// A management account with a member, that of the scene being the former.
fn payer(name: &str) -> Result<(Scene, Account)> {
    let scene = Scene::new(name)?;
    let member = Account::new()?;
    scene.account.manage(&[&member])?;
    Ok((scene, member))
}

#[test]
fn the_management_account_watches_by_everything() -> Result<()> {
    let (scene, member) = payer("anomaly-kinds")?;
    let seeded = scene.account.objects()?;
    let id = member.id();
    let rest = scene.least_watch();
    for (by, kind, dimension, specification) in [
        ("by = \"account\"".to_owned(), "DIMENSIONAL", json!("LINKED_ACCOUNT"), Value::Null),
        (
            "by = \"tag\"\n key = \"team\"".to_owned(),
            "DIMENSIONAL",
            json!("TAG"),
            json!({ "Tags": { "Key": "team" } }),
        ),
        (
            "by = \"cost_category\"\n key = \"event\"".to_owned(),
            "DIMENSIONAL",
            json!("COST_CATEGORY"),
            json!({ "CostCategories": { "Key": "event" } }),
        ),
        (
            format!("by = \"filter\"\n filter = {{ linked_accounts = [\"{id}\"] }}"),
            "CUSTOM",
            Value::Null,
            json!({ "Dimensions": { "Key": "LINKED_ACCOUNT", "Values": [id] } }),
        ),
        (
            "by = \"filter\"\n filter = { tags = { team = [\"api\", \"web\"] } }".to_owned(),
            "CUSTOM",
            Value::Null,
            json!({ "Tags": { "Key": "team", "Values": ["api", "web"] } }),
        ),
        (
            "by = \"filter\"\n filter = { cost_categories = { event = [\"summer\"] } }".to_owned(),
            "CUSTOM",
            Value::Null,
            json!({ "CostCategories": { "Key": "event", "Values": ["summer"] } }),
        ),
    ] {
        let hcl = Scene::watch(&format!("{by}\n {rest}"));
        scene.apply(&hcl)?;
        let attributes = scene.attributes()?;
        assert_eq!(attributes["monitor_owned"], true, "{by}");
        // The one that was listened to before is gone: a monitor can't be changed.
        assert_eq!(monitor_names(&scene)?, [OF_AWS[0], NAME], "{by}");
        let monitor = scene.monitors()?[&text(&attributes["monitor_arn"])].clone();
        assert_eq!(monitor["MonitorType"], kind, "{by}");
        assert_eq!(monitor["MonitorDimension"], dimension, "{by}");
        let mut found = monitor["MonitorSpecification"].clone();
        if let Some(parts) = found.as_object_mut() {
            parts.retain(|_, part| !part.is_null());
        }
        assert_eq!(found, specification, "{by}");
        let made = scene.account.calls("ce", "CreateAnomalySubscription")?;
        assert_eq!(made, 1, "the subscription stays: {by}");

        let before = scene.attributes()?;
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, "month")?;
        assert_eq!(scene.attributes()?, before, "{by}");
        scene.workspace.expect_empty_plan()?;
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing is left");
    Ok(())
}

#[test]
fn what_only_the_management_account_watches_is_refused_elsewhere_at_plan() -> Result<()> {
    let (scene, member) = payer("anomaly-member")?;
    let workspace = Workspace::new("anomaly-of-member")?.with_account(&member);
    let topic = member.seed_topic("bell")?;
    let rest = format!("at_least_usd = 1\n topic_arns = [\"{topic}\"]");
    for by in [
        "by = \"account\"",
        "by = \"tag\"\n key = \"team\"",
        "by = \"cost_category\"\n key = \"event\"",
        "by = \"filter\"\n filter = { tags = { team = [\"web\"] } }",
    ] {
        workspace.config(&Scene::watch(&format!("{by}\n {rest}")))?;
        let said = ["`anomaly.by`", member.id(), scene.account.id(), "by = \"service\""];
        workspace.expect_error(Verb::Plan, &said)?;
    }
    workspace.discard();
    assert_eq!(member.calls("ce", "CreateAnomalyMonitor")?, 0);
    // All services are watched in a member account as well.
    workspace.config(&Scene::watch(&rest))?.apply()?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn two_alerts_share_a_monitor_that_goes_with_the_last() -> Result<()> {
    let scene = Scene::new("anomaly-shared")?;
    scene.account.has_default_monitor(false)?;
    let seeded = scene.account.objects()?;
    let one = |name: &str| {
        Scene::watch(&scene.least_watch())
            .replace("\"month\" {", &format!("\"{name}\" {{"))
            .replace("name = \"month\"", &format!("name = \"{name}\""))
    };
    let first = one("first");
    // The second comes when the monitor is there, so that it isn't its own.
    scene.apply(&first)?;
    scene.apply(&format!("{first}\n{}", one("second")))?;
    assert_eq!(scene.workspace.stored("hinomi_cost_alert.first")?["monitor_owned"], true);
    assert_eq!(scene.workspace.stored("hinomi_cost_alert.second")?["monitor_owned"], false);
    assert_eq!(scene.monitors()?.len(), 1);

    scene
        .workspace
        .config(&one("second"))?
        .apply()?
        .expect("anomaly monitor of cost alert `first` stays")?;
    assert_eq!(scene.monitors()?.len(), 1, "the other one listens to it");
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "it went with the last");

    // At once, they are made and removed as well.
    scene.apply(&format!("{first}\n{}", one("second")))?;
    assert_eq!(scene.monitors()?.len(), 1);
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}

#[test]
fn a_budget_and_a_watch_come_and_go_by_themselves() -> Result<()> {
    let scene = Scene::new("anomaly-both")?;
    let seeded = scene.account.objects()?;
    let (budget, watch) = (Scene::alert(&scene.least()), Scene::watch(&scene.least_watch()));
    let anomaly = format!("anomaly = {{\n {}\n }}", scene.least_watch());
    let both = Scene::alert_with(&scene.least(), &anomaly);
    let created = ("CreateAnomalySubscription", 1);
    for (what, hcl, expected) in [
        ("a budget", &budget, &[("CreateBudget", 1)][..]),
        ("a watch beside it", &both, &[created]),
        ("the budget goes", &watch, &[("DeleteBudget", 1)]),
        ("it comes back", &both, &[("CreateBudget", 1)]),
        ("the watch goes", &budget, &[("DeleteAnomalySubscription", 1)]),
    ] {
        let made = scene.writes_of(|| scene.apply(hcl))?;
        assert_eq!(made, writes(expected), "{what}");
    }
    let attributes = scene.attributes()?;
    for gone in ["monitor_arn", "monitor_owned", "subscription_arn"] {
        assert_eq!(attributes[gone], Value::Null, "{gone}");
    }
    scene.apply(&both)?;
    let before = scene.attributes()?;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.workspace.import(ADDRESS, BUDGET)?;
    assert_eq!(scene.attributes()?["subscription_arn"], before["subscription_arn"]);
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded, "nothing is left");
    Ok(())
}

#[test]
fn a_refresh_without_a_watch_asks_cost_explorer_nothing() -> Result<()> {
    let scene = Scene::new("anomaly-calls")?;
    scene.apply(&Scene::alert(&scene.least()))?;
    let asked = || -> Result<u64> {
        let calls = scene.account.all_calls()?.into_iter();
        let billed =
            calls.filter(|calls| ["ce", "organizations"].contains(&calls.service.as_str()));
        Ok(billed.map(|calls| calls.count).sum())
    };
    assert_eq!(asked()?, 0);

    let four = Scene::watch(&scene.least_watch())
        .replace("\"month\" {", "\"month\" {\n for_each = toset([\"a\", \"b\", \"c\", \"d\"])")
        .replace("name = \"month\"", "name = each.key");
    scene.apply(&four)?;
    let before = asked()?;
    scene.workspace.expect_empty_plan()?;
    // Two lists, and the tags of each subscription.
    assert_eq!(asked()? - before, 2 + 4);
    scene.workspace.destroy().map(drop)
}
