//! Made, changed in place, imported and removed.

use std::collections::BTreeSet;

use hinomi_tests::{Result, Workspace};
use serde_json::{Value, json};

use super::{ADDRESS, HOME, RELAY, Scene, statement, text};

#[test]
fn a_relay_is_made_shown_and_removed() -> Result<()> {
    let scene = Scene::new("relay-basic")?;
    scene.workspace.config(&scene.least())?;
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    let after = &change["after"];
    assert_eq!(after["topic_arns"], json!({ HOME: scene.topic() }));
    assert_eq!(after["queue_arn"], json!(scene.arn("sqs", RELAY)));
    assert_eq!(after["function_arn"], json!(scene.arn("lambda", &format!("function:{RELAY}"))));
    assert_eq!(after["timezone"], "UTC");
    assert_eq!(after["condition"], "complete");
    let policy = text(&after["policy_json"]);
    assert_eq!(statement(&policy, "Webhooks")["Resource"], json!([scene.parameter("ops")]));
    let reminders = text(&after["scheduler_policy_json"]);
    assert!(statement(&reminders, "Remind")["Action"].is_array(), "{reminders}");
    let unknown = change["after_unknown"].as_object().cloned().unwrap_or_default();
    let unknown: Vec<_> = unknown.iter().filter(|(_, value)| **value == json!(true)).collect();
    assert!(unknown.is_empty(), "all is known at plan: {unknown:?}");

    scene.apply(&scene.least())?;
    let objects = scene.objects()?;
    let at_home =
        |kind: &str| objects.get(&(HOME.to_owned(), kind.to_owned())).cloned().unwrap_or_default();
    let dead = format!("{RELAY}-dead-letters");
    let set = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    assert_eq!(at_home("sqs:queue"), set(&[RELAY, &dead]));
    assert_eq!(at_home("sns:topic"), set(&[RELAY, &dead]));
    assert_eq!(at_home("lambda:function"), set(&[RELAY]));
    assert_eq!(at_home("dynamodb:table"), set(&[RELAY]));
    assert_eq!(at_home("events:rule"), set(&["hinomi-default_ops-relay-health"]));
    assert_eq!(at_home("logs:log-group"), set(&[&format!("/aws/lambda/{RELAY}")]));
    assert_eq!(at_home("scheduler:schedule-group"), set(&[RELAY]));
    let alarms = ["hinomi-default/ops-relay-dead-letters", "hinomi-default/ops-relay-waiting"];
    assert_eq!(at_home("cloudwatch:alarm"), set(&alarms));

    let queue = scene.queue(RELAY)?;
    assert_eq!(text(&queue["VisibilityTimeout"]), "360");
    assert!(text(&queue["RedrivePolicy"]).contains(&dead), "{queue}");
    let admitted = statement(&text(&queue["Policy"]), "Topics");
    let sources = &admitted["Condition"]["ArnLike"]["aws:SourceArn"];
    assert!(sources.to_string().contains(&scene.topic()), "{queue}");
    assert_eq!(scene.settings()?["webhook"]["parameter_arn"], json!(scene.parameter("ops")));
    let role = text(&scene.attributes()?["execution_role_arn"]);
    assert!(role.ends_with(":role/hinomi-default_ops-us-east-1-relay"), "{role}");

    scene.workspace.destroy()?;
    let left = scene.account.objects()?;
    assert!(left.is_empty(), "nothing is left: {left:?}");
    Ok(())
}

/// Every attribute.
fn full(scene: &Scene, other: &str) -> String {
    let (account, quiet) = (scene.account.id(), scene.parameter("quiet"));
    let bot = scene.parameter("bot");
    scene.relay(&format!(
        r#"
account   = {{ id = "{account}" }}
region    = "us-east-1"
regions   = ["us-east-1", "eu-west-1"]
thread_id = "1310000000000000001"
routes = {{
  money = {{ thread_id = "1310000000000000002", kinds = ["budget", "anomaly"] }}
  quiet = {{ webhook_parameter_arn = "{quiet}", impacts = ["low", "normal"], accounts = ["{other}"] }}
}}
mentions = {{
  critical = {{ roles = ["1310000000000000003"], everyone = true }}
  high     = {{ users = ["1310000000000000004"] }}
}}
language                = "ja"
timezone                = "Asia/Tokyo"
accounts                = {{ "{account}" = {{ name = "shop", purpose = "sells tickets" }}, "{other}" = {{ name = "stage" }} }}
source_accounts         = ["{other}"]
source_regions          = ["eu-south-1"]
emails                  = ["a@example.com", "b@example.com"]
bot_token_parameter_arn = "{bot}"
health                  = true
memory_mb               = 256
log_retention_days      = 14
tags                    = {{ team = "infra" }}
timeouts                = {{ create = "5m", update = "5m", delete = "5m" }}
"#
    ))
}

#[test]
fn every_attribute_reaches_aws_and_comes_back() -> Result<()> {
    let scene = Scene::new("relay-full")?;
    let other = "222222222222";
    let hcl = full(&scene, other);
    scene.apply(&hcl)?;
    let settings = scene.settings()?;
    assert_eq!(settings["language"], "ja");
    assert_eq!(settings["timezone"], "Asia/Tokyo");
    assert_eq!(settings["webhook"]["thread_id"], "1310000000000000001");
    assert_eq!(settings["routes"]["money"]["kinds"], json!(["budget", "anomaly"]));
    let quiet = &settings["routes"]["quiet"]["destination"]["parameter_arn"];
    assert_eq!(*quiet, json!(scene.parameter("quiet")));
    assert_eq!(settings["mentions"]["critical"]["everyone"], true);
    assert_eq!(settings["accounts"][other]["name"], "stage");
    assert_eq!(settings["bot_token_parameter_arn"], json!(scene.parameter("bot")));
    let function = scene.lambda("GET", &format!("/2015-03-31/functions/{RELAY}"), &Value::Null)?;
    assert_eq!(function["Configuration"]["MemorySize"], 256);
    assert_eq!(function["Configuration"]["Timeout"], 60);
    assert_eq!(function["Tags"]["team"], "infra");
    let environment = function["Configuration"]["Environment"]["Variables"].to_string();
    assert!(environment.contains("HINOMI_TABLE"), "{environment}");
    assert!(environment.contains("HINOMI_DEAD_LETTER_QUEUE_URL"), "{environment}");
    let sources = statement(&text(&scene.queue(RELAY)?["Policy"]), "Topics");
    assert!(sources.to_string().contains(&format!("arn:aws:sns:*:{other}:*")), "{sources}");
    assert!(sources.to_string().contains("sns.eu-south-1.amazonaws.com"), "{sources}");
    let second = ("eu-west-1".to_owned(), "sns:topic".to_owned());
    assert!(scene.objects()?.contains_key(&second));

    // The same from nothing but an id.
    let again = Workspace::new("relay-import")?.with_account(&scene.account);
    again.config(&hcl)?;
    let id = format!("{}/us-east-1/ops", scene.account.id());
    again.import(ADDRESS, &id)?;
    let imported = again.planned(ADDRESS)?;
    assert_eq!(imported.0, ["update"], "timeouts are nowhere in AWS: {}", imported.1);
    let changed: Vec<_> = differences(&imported.1);
    assert_eq!(changed, ["timeouts"], "{}", imported.1);
    again.discard();

    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

/// The attributes that a change changes.
fn differences(change: &Value) -> Vec<String> {
    let after = change["after"].as_object().cloned().unwrap_or_default();
    let differs = |(name, value): &(String, Value)| *value != change["before"][name.as_str()];
    after.into_iter().filter(differs).map(|(name, _)| name).collect()
}

#[test]
fn an_imported_relay_has_an_empty_plan() -> Result<()> {
    let scene = Scene::new("relay-imported")?;
    scene.apply(&scene.least())?;
    let again = Workspace::new("relay-import2")?.with_account(&scene.account);
    again.config(&scene.least())?;
    again.import(ADDRESS, "ops")?;
    again.expect_empty_plan()?;
    // By the name that AWS shows.
    let by_topic = Workspace::new("relay-import3")?.with_account(&scene.account);
    by_topic.config(&scene.least())?;
    by_topic.import(ADDRESS, RELAY)?;
    by_topic.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}

/// Of a role with another path than the provider's, and of a hub whose function is gone.
#[test]
fn a_relay_that_is_not_whole_is_imported_as_what_it_is() -> Result<()> {
    let scene = Scene::new("relay-partial-import")?;
    let provider = "provider \"hinomi\" {\n iam_path = \"/watch/\"\n}\n";
    scene.apply(&format!("{provider}{}", scene.least()))?;
    let again = Workspace::new("relay-import4")?.with_account(&scene.account);
    again.config(&scene.least())?;
    again.import(ADDRESS, "ops")?;
    let imported = again.stored(ADDRESS)?;
    assert_eq!(imported["role_arn"], Value::Null, "it was made");
    assert!(text(&imported["execution_role_arn"]).contains(":role/watch/"), "{imported}");

    scene.lambda("DELETE", &format!("/2015-03-31/functions/{RELAY}"), &Value::Null)?;
    let again = Workspace::new("relay-import5")?.with_account(&scene.account);
    again.config(&scene.least())?;
    again.import(ADDRESS, "ops")?;
    let imported = again.stored(ADDRESS)?;
    assert_eq!(imported["hub"], Value::Null, "it is no spoke of its own queue");
    assert!(text(&imported["condition"]).contains("the function is gone"), "{imported}");
    again.apply()?;
    again.expect_empty_plan()?;
    again.destroy()?;
    scene.workspace.discard();
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

/// A queue may answer for a minute after it was deleted, and its name is taken as long.
#[test]
fn a_relay_is_made_anew_right_after_it_was_destroyed() -> Result<()> {
    let scene = Scene::new("relay-again")?;
    let lasting = json!({ "queue_lingers_seconds": 1, "queue_reuse_seconds": 2 });
    scene.settings_of_aws(&lasting)?;
    scene.apply(&scene.least())?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty(), "the queues as well");
    scene.apply(&scene.least())?;
    assert_eq!(
        scene.account.calls("sqs", "TagQueue")?,
        0,
        "no queue that was going was taken over"
    );
    scene.workspace.destroy().map(drop)
}

#[test]
fn each_attribute_changes_in_place() -> Result<()> {
    let scene = Scene::new("relay-update")?;
    let with = |more: &str| scene.relay(&format!("emails = [\"ops@example.com\"]\n {more}"));
    scene.apply(&with(""))?;
    let made = scene.attributes()?;
    for (what, hcl, expected) in [
        ("language", with("language = \"ja\""), &["dynamodb:PutItem"][..]),
        (
            "a region more",
            with("regions = [\"us-east-1\", \"eu-west-1\"]"),
            &["sns:CreateTopic", "sns:Subscribe", "events:PutRule", "sqs:SetQueueAttributes"],
        ),
        (
            "a region less",
            with(""),
            &["sns:DeleteTopic", "events:DeleteRule", "sqs:SetQueueAttributes"],
        ),
        ("no health", with("health = false"), &["events:DeleteRule"]),
        ("health again", with(""), &["events:PutRule", "events:PutTargets"]),
        ("memory", with("memory_mb = 512"), &["lambda:UpdateFunctionConfiguration"]),
        ("retention", with("log_retention_days = 7"), &["logs:PutRetentionPolicy"]),
        (
            "another account",
            with("source_accounts = [\"222222222222\"]"),
            &["sns:SetTopicAttributes", "sqs:SetQueueAttributes"],
        ),
        (
            "a bot",
            with(&format!("bot_token_parameter_arn = \"{}\"", scene.parameter("bot"))),
            &["iam:PutRolePolicy", "dynamodb:PutItem"],
        ),
        (
            "an address more",
            scene.relay("emails = [\"ops@example.com\", \"b@example.com\"]"),
            &["sns:Subscribe"],
        ),
        (
            "tags",
            with("tags = { team = \"infra\" }"),
            &["sqs:TagQueue", "lambda:TagResource", "iam:TagRole", "sns:TagResource"],
        ),
    ] {
        let written = scene.writes_of(|| scene.apply(&hcl))?;
        for operation in expected {
            assert!(written.contains_key(*operation), "{what}: {operation} in {written:?}");
        }
        for never in
            ["sqs:CreateQueue", "lambda:CreateFunction", "dynamodb:CreateTable", "sns:Publish"]
        {
            assert!(!written.contains_key(never), "{what}: {written:?}");
        }
    }
    assert_eq!(scene.attributes()?["queue_arn"], made["queue_arn"]);
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn roles_that_exist_are_used() -> Result<()> {
    let scene = Scene::new("relay-roles")?;
    let (role, given) = scene.seed_given_role()?;
    let seeded = scene.account.objects()?;
    scene.apply(&given)?;
    let attributes = scene.attributes()?;
    assert_eq!(attributes["execution_role_arn"], json!(role));
    assert!(text(&attributes["policy_json"]).contains("sqs:ReceiveMessage"));
    assert_eq!(scene.settings()?["reminder"]["role_arn"], json!(role));
    let roles = |scene: &Scene| -> Result<usize> {
        let objects = scene.account.objects()?;
        Ok(objects.iter().filter(|object| object.kind == "iam:role").count())
    };
    assert_eq!(roles(&scene)?, 1);
    // From given roles to made ones, and back.
    scene.apply(&scene.relay(""))?;
    assert_eq!(roles(&scene)?, 3);
    scene.apply(&given)?;
    assert_eq!(roles(&scene)?, 1);
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}
