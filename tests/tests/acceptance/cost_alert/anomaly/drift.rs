//! What others do to monitor and subscription.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{NAME, OF_AWS, monitor_names, size, subscription_names};
use crate::cost_alert::{Scene, text, writes};

#[test]
fn a_subscription_that_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("anomaly-gone")?;
    let anomaly = format!("anomaly = {{\n {}\n }}", scene.least_watch());
    let both = Scene::alert_with(&scene.least(), &anomaly);
    scene.apply(&both)?;
    let arn = scene.attributes()?["subscription_arn"].clone();
    scene.call_explorer("DeleteAnomalySubscription", &json!({ "SubscriptionArn": arn }))?;
    let (actions, change) = scene.planned()?;
    assert_eq!((actions, &change["before"]["anomaly"]), (vec!["update".to_owned()], &Value::Null));
    let made = scene.writes_of(|| scene.apply(&both))?;
    assert_eq!(made, writes(&[("CreateAnomalySubscription", 1)]));

    // And the budget beside it, which leaves the watch alone.
    scene.call("DeleteBudget", &json!({ "BudgetName": super::BUDGET }))?;
    let (actions, change) = scene.planned()?;
    assert_eq!((actions, &change["before"]["budget"]), (vec!["update".to_owned()], &Value::Null));
    let made = scene.writes_of(|| scene.apply(&both))?;
    assert_eq!(made, writes(&[("CreateBudget", 1)]));

    // Both at once are a new alert.
    let arn = scene.attributes()?["subscription_arn"].clone();
    scene.call_explorer("DeleteAnomalySubscription", &json!({ "SubscriptionArn": arn }))?;
    scene.call("DeleteBudget", &json!({ "BudgetName": super::BUDGET }))?;
    let budget = scene.planned()?;
    assert!(!budget.0.is_empty(), "{budget:?}");
    scene.apply(&both)?;
    assert_eq!(subscription_names(&scene)?, [OF_AWS[1], NAME]);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_monitor_that_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("anomaly-monitor-gone")?;
    scene.account.has_default_monitor(false)?;
    let seeded = scene.account.objects()?;
    let hcl = Scene::watch(&scene.least_watch());
    scene.apply(&hcl)?;
    // AWS deletes no monitor that is listened to.
    let attributes = scene.attributes()?;
    scene.call_explorer(
        "DeleteAnomalySubscription",
        &json!({ "SubscriptionArn": attributes["subscription_arn"] }),
    )?;
    scene.call_explorer(
        "DeleteAnomalyMonitor",
        &json!({ "MonitorArn": attributes["monitor_arn"] }),
    )?;
    assert_eq!(scene.planned()?.0, ["create"]);
    scene.apply(&hcl)?;
    assert_eq!(monitor_names(&scene)?, [NAME]);

    // Only the subscription goes: the monitor is known, and taken again.
    let attributes = scene.attributes()?;
    scene.call_explorer(
        "DeleteAnomalySubscription",
        &json!({ "SubscriptionArn": attributes["subscription_arn"] }),
    )?;
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("CreateAnomalySubscription", 1)]));
    assert_eq!(scene.attributes()?["monitor_owned"], true);
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}

/// An attribute, what somebody does to it, and what a plan then shows.
type Change = (&'static str, Value, Value);

#[test]
fn each_setting_that_was_changed_is_put_back() -> Result<()> {
    let scene = Scene::new("anomaly-drift")?;
    let hcl = Scene::watch(&format!("at_least_percent = 40\n {}", scene.least_watch()));
    scene.apply(&hcl)?;
    let original = scene.subscription()?;
    let arn = original["SubscriptionArn"].clone();
    let mail = json!([{ "Type": "EMAIL", "Address": "a@example.com" }]);
    let changes: [Change; 4] = [
        ("at_least_usd", json!({ "ThresholdExpression": size("PERCENTAGE", "40") }), Value::Null),
        (
            "match",
            json!({ "ThresholdExpression": { "Or": [size("ABSOLUTE", "100"), size("PERCENTAGE", "40")] } }),
            json!("any"),
        ),
        ("frequency", json!({ "Frequency": "DAILY", "Subscribers": mail }), json!("daily")),
        ("emails", json!({ "Frequency": "WEEKLY", "Subscribers": mail }), json!(["a@example.com"])),
    ];
    for (attribute, change, shown) in changes {
        let mut change = change;
        change["SubscriptionArn"] = arn.clone();
        scene.call_explorer("UpdateAnomalySubscription", &change)?;
        let (actions, planned) = scene.planned()?;
        assert_eq!(actions, ["update"], "{attribute}");
        assert_eq!(planned["before"]["anomaly"][attribute], shown, "{planned}");
        let made = scene.writes_of(|| scene.apply(&hcl))?;
        assert_eq!(made, writes(&[("UpdateAnomalySubscription", 1)]), "{attribute}");
        assert_eq!(scene.subscription()?, original, "{attribute}");
    }
    let tags = json!([{ "Key": "by", "Value": "hand" }]);
    scene.call_explorer("TagResource", &json!({ "ResourceArn": arn, "ResourceTags": tags }))?;
    assert_eq!(scene.planned()?.1["before"]["tags"], json!({ "by": "hand" }));
    let made = scene.writes_of(|| scene.apply(&hcl))?;
    assert_eq!(made, writes(&[("UntagResource", 1)]));
    scene.workspace.destroy().map(drop)
}

#[test]
fn another_monitor_that_is_listened_to_shows() -> Result<()> {
    let scene = Scene::new("anomaly-listens")?;
    let hcl = Scene::watch(&scene.least_watch());
    scene.apply(&hcl)?;
    let of_accounts = json!({ "AnomalyMonitor": {
        "MonitorName": "accounts", "MonitorType": "DIMENSIONAL", "MonitorDimension": "LINKED_ACCOUNT",
    }});
    let other = scene.call_explorer("CreateAnomalyMonitor", &of_accounts)?["MonitorArn"].clone();
    let attributes = scene.attributes()?;
    let arn = attributes["subscription_arn"].clone();
    let listen = |monitors: Value| {
        let body = json!({ "SubscriptionArn": arn, "MonitorArnList": monitors });
        scene.call_explorer("UpdateAnomalySubscription", &body)
    };
    listen(json!([other]))?;
    let (actions, planned) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(planned["before"]["anomaly"]["by"], "account", "{planned}");
    scene.apply(&hcl)?;
    assert_eq!(scene.subscription()?["MonitorArnList"], json!([attributes["monitor_arn"]]));
    assert!(scene.monitors()?.contains_key(&text(&other)), "it is somebody else's");

    // Two of them are more than the attributes can say, and are left alone.
    listen(json!([attributes["monitor_arn"], other]))?;
    scene.workspace.expect_empty_plan()?.expect("2 monitors")?;
    scene.workspace.config(&hcl.replace("= 100", "= 200"))?;
    let made = scene.writes_of(|| {
        scene.workspace.expect_error(Verb::Apply, &["more than one monitor", "state rm"]).map(drop)
    })?;
    assert_eq!(made, []);
    scene.workspace.discard();
    Ok(())
}
