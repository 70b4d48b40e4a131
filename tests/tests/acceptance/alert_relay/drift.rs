//! What was changed or removed behind Terraform's back.

use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{HOME, RELAY, Scene, text};

/// Plans, expects the condition to say this, and applies: nothing differs any more.
fn mended(scene: &Scene, hcl: &str, said: &[&str]) -> Result<()> {
    let (actions, change) = scene.workspace.planned(super::ADDRESS)?;
    assert_eq!(actions, ["update"], "{said:?}: {change}");
    let condition = text(&change["before"]["condition"]);
    for said in said {
        assert!(condition.contains(said), "{said}: {condition}");
    }
    scene.apply(hcl)?;
    assert_eq!(scene.attributes()?["condition"], "complete");
    Ok(())
}

#[test]
fn what_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("relay-gone")?;
    let hcl = scene.least();
    scene.apply(&hcl)?;
    let before = scene.objects()?;
    let topic = scene.topic();
    let json = |service: &str, target: &str, body: Value| {
        scene.account.json(service, HOME, target, &body).map(drop)
    };
    scene.lambda("DELETE", &format!("/2015-03-31/functions/{RELAY}"), &Value::Null)?;
    mended(&scene, &hcl, &["the function is gone"])?;
    scene.sns("DeleteTopic", &[("TopicArn", topic.as_str())])?;
    mended(&scene, &hcl, &["the topic in us-east-1 is gone"])?;
    json("dynamodb", "DynamoDB_20120810.DeleteTable", json!({ "TableName": RELAY }))?;
    mended(&scene, &hcl, &["the table is gone"])?;
    json(
        "logs",
        "Logs_20140328.DeleteLogGroup",
        json!({ "logGroupName": format!("/aws/lambda/{RELAY}") }),
    )?;
    mended(&scene, &hcl, &["the log group is gone"])?;
    json(
        "sqs",
        "AmazonSQS.DeleteQueue",
        json!({ "QueueUrl": scene.queue_url(&format!("{RELAY}-dead-letters"))? }),
    )?;
    mended(&scene, &hcl, &["the dead-letter queue is gone"])?;
    assert_eq!(scene.objects()?, before);
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn what_was_changed_is_put_right() -> Result<()> {
    let scene = Scene::new("relay-drift")?;
    let hcl = scene.least();
    scene.apply(&hcl)?;
    let topic = scene.topic();
    let json = |service: &str, target: &str, body: Value| {
        scene.account.json(service, HOME, target, &body).map(drop)
    };
    let open = json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Open", "Effect": "Allow", "Principal": "*", "Action": "sns:Publish", "Resource": topic }] });
    let policy = [
        ("TopicArn", topic.as_str()),
        ("AttributeName", "Policy"),
        ("AttributeValue", &open.to_string()),
    ];
    scene.sns("SetTopicAttributes", &policy)?;
    mended(&scene, &hcl, &["the topic in us-east-1 has another policy"])?;

    let url = scene.queue_url(RELAY)?;
    json(
        "sqs",
        "AmazonSQS.SetQueueAttributes",
        json!({ "QueueUrl": url, "Attributes": { "VisibilityTimeout": "5" } }),
    )?;
    mended(&scene, &hcl, &["the queue has another visibility timeout"])?;

    let put = |settings: &str| {
        let item = json!({ "id": { "S": "settings" }, "json": { "S": settings } });
        json("dynamodb", "DynamoDB_20120810.PutItem", json!({ "TableName": RELAY, "Item": item }))
    };
    put("no JSON")?;
    mended(&scene, &hcl, &["the function's settings are gone"])?;
    let mut settings = scene.settings()?;
    settings["timezone"] = json!("Asia/Tokyo");
    put(&settings.to_string())?;
    let (actions, change) = scene.workspace.planned(super::ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["timezone"], "Asia/Tokyo");
    scene.apply(&hcl)?;
    assert_eq!(scene.settings()?["timezone"], "UTC");

    let role = "hinomi-default_ops-us-east-1-relay";
    let delete = [
        ("Action", "DeleteRolePolicy"),
        ("Version", "2010-05-08"),
        ("RoleName", role),
        ("PolicyName", "hinomi"),
    ];
    scene.account.query("iam", &delete)?;
    mended(&scene, &hcl, &["the role has another inline policy"])?;

    json(
        "events",
        "AWSEvents.RemoveTargets",
        json!({ "Rule": format!("{RELAY}-health"), "Ids": ["hinomi"] }),
    )?;
    mended(&scene, &hcl, &["the rule for AWS Health in us-east-1 has another target"])?;

    json(
        "logs",
        "Logs_20140328.PutRetentionPolicy",
        json!({ "logGroupName": format!("/aws/lambda/{RELAY}"), "retentionInDays": 3 }),
    )?;
    let (_, change) = scene.workspace.planned(super::ADDRESS)?;
    assert_eq!(
        (&change["before"]["log_retention_days"], &change["after"]["log_retention_days"]),
        (&json!(3), &json!(30))
    );
    scene.apply(&hcl)?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_table_that_is_going_is_waited_for() -> Result<()> {
    let scene = Scene::new("relay-table-going")?;
    scene.apply(&scene.least())?;
    scene.account.transition_milliseconds(5_000)?;
    let table = json!({ "TableName": RELAY });
    scene.account.json("dynamodb", HOME, "DynamoDB_20120810.DeleteTable", &table)?;
    scene.account.transition_milliseconds(20)?;
    mended(&scene, &scene.least(), &["the table is gone"])?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

/// What decrypts the function's environment was granted to the role that was.
#[test]
fn a_function_whose_role_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("relay-role-gone")?;
    scene.settings_of_aws(&json!({ "role_refusals": 0 }))?;
    let hcl = scene.least();
    scene.apply(&hcl)?;
    let role = ("RoleName", "hinomi-default_ops-us-east-1-relay");
    let iam = |action: &str, more: &[(&str, &str)]| {
        let fixed = [("Action", action), ("Version", "2010-05-08"), role];
        scene.account.query("iam", &[&fixed[..], more].concat()).map(drop)
    };
    iam("DeleteRolePolicy", &[("PolicyName", "hinomi")])?;
    iam("DeleteRole", &[])?;
    let invoke = || {
        let target = format!("/2015-03-31/functions/{RELAY}/invocations");
        scene.lambda("POST", &target, &json!({ "Records": [] }))
    };
    mended(&scene, &hcl, &["the role is gone"])?;
    assert_eq!(scene.account.calls("lambda", "CreateFunction")?, 2);
    invoke()?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

/// What nobody would see until an alarm isn't told.
#[test]
fn what_would_keep_it_silent_is_put_right() -> Result<()> {
    let scene = Scene::new("relay-silent")?;
    let hcl = scene.least();
    scene.apply(&hcl)?;
    let topic = scene.topic();
    let listed = scene.sns("ListSubscriptionsByTopic", &[("TopicArn", topic.as_str())])?;
    let arn = listed.split_once("<SubscriptionArn>").and_then(|(_, rest)| rest.split_once('<'));
    let arn = arn.map(|(arn, _)| arn.to_owned()).unwrap_or_default();
    for (attribute, value, told) in
        [("FilterPolicy", "{\"a\":[\"b\"]}", "filter"), ("RawMessageDelivery", "true", "envelope")]
    {
        let set = [
            ("SubscriptionArn", arn.as_str()),
            ("AttributeName", attribute),
            ("AttributeValue", value),
        ];
        scene.sns("SetSubscriptionAttributes", &set)?;
        let told = format!("the subscription of the topic in us-east-1 has another {told}");
        mended(&scene, &hcl, &[&told])?;
    }
    let json = |service: &str, target: &str, body: Value| {
        scene.account.json(service, HOME, target, &body).map(drop)
    };
    let url = scene.queue_url(RELAY)?;
    json(
        "sqs",
        "AmazonSQS.SetQueueAttributes",
        json!({ "QueueUrl": url, "Attributes": { "KmsMasterKeyId": "alias/mine" } }),
    )?;
    mended(&scene, &hcl, &["the queue has another encryption"])?;
    assert_eq!(text(&scene.queue(RELAY)?["SqsManagedSseEnabled"]), "true");

    json("sqs", "AmazonSQS.UntagQueue", json!({ "QueueUrl": url, "TagKeys": ["hinomi:stack"] }))?;
    mended(&scene, &hcl, &["the queue has another set of tags"])?;
    let untag = [("ResourceArn", topic.as_str()), ("TagKeys.member.1", "hinomi:stack")];
    scene.sns("UntagResource", &untag)?;
    mended(&scene, &hcl, &["the topic in us-east-1 has another set of tags"])?;
    let rule = scene.arn("events", &format!("rule/{RELAY}-health"));
    json(
        "events",
        "AWSEvents.UntagResource",
        json!({ "ResourceARN": rule, "TagKeys": ["hinomi:name"] }),
    )?;
    mended(&scene, &hcl, &["the rule for AWS Health in us-east-1 has another set of tags"])?;

    let alarm = "hinomi-default/ops-relay-waiting";
    let delete =
        [("Action", "DeleteAlarms"), ("Version", "2010-08-01"), ("AlarmNames.member.1", alarm)];
    scene.account.query("monitoring", &delete)?;
    mended(&scene, &hcl, &["the alarm hinomi-default/ops-relay-waiting is gone"])?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn a_relay_that_is_gone_is_planned_anew() -> Result<()> {
    let scene = Scene::new("relay-vanished")?;
    let hcl = scene.least();
    scene.apply(&hcl)?;
    scene.account.reset()?;
    scene.account.transition_milliseconds(20)?;
    assert_eq!(scene.workspace.planned(super::ADDRESS)?.0, ["create"]);
    scene.apply(&hcl)?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn an_address_that_has_not_confirmed_is_no_drift() -> Result<()> {
    let scene = Scene::new("relay-emails")?;
    scene.apply(&scene.relay("emails = [\"a@example.com\", \"b@example.com\"]"))?;
    // SNS keeps what was never confirmed, and forgets it by itself.
    scene.apply(&scene.relay("emails = [\"a@example.com\"]"))?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}
