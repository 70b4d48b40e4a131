//! A hub and a spoke, in two accounts and two regions.

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::{Value, json};

use super::{HOME, RELAY, statement, text};

const SPOKE: &str = "hinomi_alert_relay.spoke";

struct Pair {
    hub: Account,
    spoke: Account,
    workspace: Workspace,
}

impl Pair {
    /// Credentials of a third account, which enters both.
    fn new(name: &str) -> Result<Self> {
        let (payer, hub, spoke) = (Account::new()?, Account::new()?, Account::new()?);
        for account in [&hub, &spoke] {
            account.transition_milliseconds(20)?;
            account.seed_entrance(&payer, "hinomi", Some("between-us"))?;
        }
        let workspace = Workspace::new(name)?.with_account(&payer);
        Ok(Self { hub, spoke, workspace })
    }

    fn declared(&self, of_spoke: &str) -> String {
        let admits = format!("source_accounts = [\"{}\"]", self.spoke.id());
        self.declared_with(&admits, of_spoke)
    }

    fn declared_with(&self, of_hub: &str, of_spoke: &str) -> String {
        let (hub, spoke) = (self.hub.id(), self.spoke.id());
        format!(
            r#"
resource "hinomi_alert_relay" "hub" {{
  name    = "ops"
  account = {{ id = "{hub}", role_name = "hinomi", external_id = "between-us" }}
  region  = "us-east-1"
  webhook_parameter_arn = "arn:aws:ssm:us-east-1:{hub}:parameter/hinomi/ops"
  {of_hub}
}}

resource "hinomi_alert_relay" "spoke" {{
  name    = "ops"
  account = {{ id = "{spoke}", role_name = "hinomi", external_id = "between-us" }}
  region  = "us-east-1"
  {of_spoke}
  hub = {{
    queue_arn   = hinomi_alert_relay.hub.queue_arn
    role_name   = "hinomi"
    external_id = "between-us"
  }}
}}
"#
        )
    }

    fn apply(&self, of_spoke: &str) -> Result<()> {
        self.workspace.config(&self.declared(of_spoke))?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// What exists in the spoke's account beside its entrance, by region and kind.
    fn in_spoke(&self) -> Result<Vec<(String, String)>> {
        let objects = self.spoke.objects()?.into_iter();
        let objects = objects.filter(|object| object.kind != "iam:role");
        Ok(objects.map(|object| (object.region, object.kind)).collect())
    }
}

#[test]
fn a_spoke_feeds_the_hubs_queue() -> Result<()> {
    let pair = Pair::new("relay-spoke")?;
    let both = "regions = [\"us-east-1\", \"eu-west-1\"]\n ring = \"hello\"";
    pair.apply(both)?;
    let stored = pair.workspace.stored(SPOKE)?;
    let queue = format!("arn:aws:sqs:{HOME}:{}:{RELAY}", pair.hub.id());
    assert_eq!(stored["queue_arn"], json!(queue));
    for none in ["function_arn", "policy_json", "language", "agent_sha256", "table_name"] {
        assert_eq!(stored[none], Value::Null, "{none}");
    }
    let made = pair.in_spoke()?;
    for region in ["us-east-1", "eu-west-1"] {
        for kind in ["sns:topic", "events:rule"] {
            assert!(made.contains(&(region.to_owned(), kind.to_owned())), "{made:?}");
        }
    }
    assert!(!made.iter().any(|(_, kind)| kind == "sqs:queue" || kind == "lambda:function"));

    // The hub's account made the subscriptions, so nobody has to confirm.
    let topic = text(&stored["topic_arns"][HOME]);
    let asked = [
        ("Action", "ListSubscriptionsByTopic"),
        ("Version", "2010-03-31"),
        ("TopicArn", topic.as_str()),
    ];
    let listed = pair.spoke.query("sns", &asked)?;
    assert!(listed.contains(&queue) && !listed.contains("Pending"), "{listed}");
    let asked =
        [("Action", "GetTopicAttributes"), ("Version", "2010-03-31"), ("TopicArn", topic.as_str())];
    let attributes = pair.spoke.query("sns", &asked)?.replace("&quot;", "\"");
    assert!(attributes.contains(&format!("arn:aws:iam::{}:root", pair.hub.id())), "{attributes}");
    let url = json!({ "QueueName": RELAY });
    let url = pair.hub.json("sqs", HOME, "AmazonSQS.GetQueueUrl", &url)?;
    let asked = json!({ "QueueUrl": url["QueueUrl"], "AttributeNames": ["All"] });
    let found = pair.hub.json("sqs", HOME, "AmazonSQS.GetQueueAttributes", &asked)?;
    let admitted = statement(&text(&found["Attributes"]["Policy"]), "Topics").to_string();
    assert!(admitted.contains(&format!("arn:aws:sns:*:{}:*", pair.spoke.id())), "{admitted}");

    pair.apply("ring = \"hello\"\n health = false")?;
    let made = pair.in_spoke()?;
    assert_eq!(made.iter().filter(|(region, _)| region == "eu-west-1").count(), 0, "{made:?}");
    assert!(!made.iter().any(|(_, kind)| kind == "events:rule"), "{made:?}");
    assert_eq!(pair.spoke.calls("sns", "Publish")?, 1);

    pair.workspace.destroy()?;
    assert!(pair.in_spoke()?.is_empty(), "{:?}", pair.in_spoke()?);
    let left = pair.hub.objects()?;
    assert_eq!(left.len(), 1, "the entrance alone: {left:?}");
    Ok(())
}

/// It would look whole, and SNS would tell nobody that the queue takes nothing.
#[test]
fn a_spoke_that_the_hub_would_not_hear_is_refused() -> Result<()> {
    let pair = Pair::new("relay-spoke-deaf")?;
    let spoke = pair.spoke.id();
    let quick = "timeouts = { create = \"1s\" }";
    pair.workspace.config(&pair.declared_with("", quick))?;
    let told =
        ["Unable to create alert relay `ops`", "admits no topic of account", "source_accounts"];
    pair.workspace.expect_error(Verb::Apply, &told)?;
    assert!(pair.in_spoke()?.is_empty(), "nothing was made");

    let south = format!("regions = [\"us-east-1\", \"eu-south-1\"]\n {quick}");
    let admits = format!("source_accounts = [\"{spoke}\"]");
    pair.workspace.config(&pair.declared_with(&admits, &south))?;
    let told = ["does not admit `sns.eu-south-1.amazonaws.com`", "source_regions"];
    pair.workspace.expect_error(Verb::Apply, &told)?;
    assert!(pair.in_spoke()?.is_empty(), "nothing was made");

    let admits = format!("{admits}\n source_regions = [\"eu-south-1\"]");
    let south = "regions = [\"us-east-1\", \"eu-south-1\"]";
    pair.workspace.config(&pair.declared_with(&admits, south))?.apply()?;
    pair.workspace.expect_empty_plan()?;
    pair.workspace.destroy().map(drop)
}

#[test]
fn a_subscription_that_is_gone_is_made_anew() -> Result<()> {
    let pair = Pair::new("relay-spoke-drift")?;
    pair.apply("")?;
    let topic = text(&pair.workspace.stored(SPOKE)?["topic_arns"][HOME]);
    let asked = [
        ("Action", "ListSubscriptionsByTopic"),
        ("Version", "2010-03-31"),
        ("TopicArn", topic.as_str()),
    ];
    let listed = pair.spoke.query("sns", &asked)?;
    let arn = listed.split_once("<SubscriptionArn>").and_then(|(_, rest)| rest.split_once('<'));
    let arn = arn.map(|(arn, _)| arn.to_owned()).unwrap_or_default();
    let gone =
        [("Action", "Unsubscribe"), ("Version", "2010-03-31"), ("SubscriptionArn", arn.as_str())];
    // By its owner, whose queue it is.
    pair.hub.query("sns", &gone)?;
    let (actions, change) = pair.workspace.planned(SPOKE)?;
    assert_eq!(actions, ["update"]);
    let condition = text(&change["before"]["condition"]);
    assert_eq!(condition, "the topic in us-east-1 does not feed the queue");
    pair.apply("")?;
    pair.workspace.destroy().map(drop)
}
