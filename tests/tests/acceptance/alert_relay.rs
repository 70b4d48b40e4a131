//! `hinomi_alert_relay` with the real `terraform` against the stand-in.

mod broken;
mod drift;
mod life;
mod refusals;
mod ring;
mod spoke;

use std::collections::{BTreeMap, BTreeSet};

use hinomi_tests::account::Object;
use hinomi_tests::{Account, Aws, Result, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_alert_relay.ops";
/// What the names of nearly all of the relay's objects are or begin with.
const RELAY: &str = "hinomi-default_ops-relay";
const HOME: &str = "us-east-1";

/// An account and a workspace in it.
struct Scene {
    account: Account,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(20)?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace })
    }

    /// The parameter with the webhook's URL. The relay only names it.
    fn parameter(&self, name: &str) -> String {
        format!("arn:aws:ssm:{HOME}:{}:parameter/hinomi/{name}", self.account.id())
    }

    /// A relay with these attributes beside its webhook.
    fn relay(&self, attributes: &str) -> String {
        let parameter = self.parameter("ops");
        declared(&format!("webhook_parameter_arn = \"{parameter}\"\n {attributes}"))
    }

    fn least(&self) -> String {
        self.relay("emails = [\"ops@example.com\"]")
    }

    /// A role for a relay, and a relay that is given it. What the plan says that the role needs is
    /// what it allows.
    fn seed_given_role(&self) -> Result<(String, String)> {
        let role = self.account.seed_role("own")?;
        let hcl = self.relay(&format!("role_arn = \"{role}\"\n scheduler_role_arn = \"{role}\""));
        self.workspace.config(&hcl)?;
        let (_, change) = self.workspace.planned(ADDRESS)?;
        let policy = text(&change["after"]["policy_json"]);
        let allowed = [
            ("Action", "PutRolePolicy"),
            ("Version", "2010-05-08"),
            ("RoleName", "own"),
            ("PolicyName", "relay"),
            ("PolicyDocument", policy.as_str()),
        ];
        self.account.query("iam", &allowed)?;
        Ok((role, hcl))
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    /// What exists, by region and kind.
    fn objects(&self) -> Result<BTreeMap<(String, String), BTreeSet<String>>> {
        Ok(grouped(self.account.objects()?))
    }

    /// The ARN of something of the account in the home region.
    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:aws:{service}:{HOME}:{}:{resource}", self.account.id())
    }

    /// The URL of a queue as SQS gives it.
    fn queue_url(&self, name: &str) -> Result<String> {
        let asked = json!({ "QueueName": name });
        let answer = self.account.json("sqs", HOME, "AmazonSQS.GetQueueUrl", &asked)?;
        Ok(text(&answer["QueueUrl"]))
    }

    fn queue(&self, name: &str) -> Result<Value> {
        let asked = json!({ "QueueUrl": self.queue_url(name)?, "AttributeNames": ["All"] });
        let target = "AmazonSQS.GetQueueAttributes";
        Ok(self.account.json("sqs", HOME, target, &asked)?["Attributes"].clone())
    }

    /// The settings as the function reads them.
    fn settings(&self) -> Result<Value> {
        let asked = json!({ "TableName": RELAY, "Key": { "id": { "S": "settings" } } });
        let target = "DynamoDB_20120810.GetItem";
        let answer = self.account.json("dynamodb", HOME, target, &asked)?;
        Ok(serde_json::from_str(&text(&answer["Item"]["json"]["S"])).unwrap_or_default())
    }

    /// A call of Lambda's REST API, past Terraform.
    fn lambda(&self, method: &str, target: &str, body: &Value) -> Result<Value> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let answer = self.account.send("lambda", method, target, "application/json", &body)?;
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    fn sns(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let common = [("Action", action), ("Version", "2010-03-31")];
        self.account.query("sns", &[&common, parameters].concat())
    }

    fn topic(&self) -> String {
        self.arn("sns", RELAY)
    }

    /// Turns settings of the stand-in.
    fn settings_of_aws(&self, settings: &Value) -> Result<()> {
        let mut body = settings.clone();
        body["account"] = json!(self.account.id());
        Aws::shared()?.control("POST", "/_settings", &body).map(drop)
    }

    /// Every write to AWS so far, by service and operation.
    fn writes(&self) -> Result<BTreeMap<String, u64>> {
        let reads = ["Get", "List", "Describe", "Assume", "Head"];
        let calls = self.account.all_calls()?.into_iter();
        let writes = calls.filter(|calls| {
            !reads.iter().any(|read| calls.operation.starts_with(read))
                && !matches!(
                    calls.operation.as_str(),
                    "ReceiveMessage" | "DeleteMessage" | "Invoke"
                )
        });
        let mut counts = BTreeMap::new();
        for calls in writes {
            let key = format!("{}:{}", calls.service, calls.operation);
            *counts.entry(key).or_default() += calls.count;
        }
        Ok(counts)
    }

    /// The writes that `doing` makes.
    fn writes_of(&self, doing: impl FnOnce() -> Result<()>) -> Result<BTreeMap<String, u64>> {
        let before = self.writes()?;
        doing()?;
        let writes = self.writes()?.into_iter().map(|(operation, count)| {
            let before = before.get(&operation).copied().unwrap_or_default();
            (operation, count - before)
        });
        Ok(writes.filter(|(_, count)| *count > 0).collect())
    }
}

/// A relay in a configuration.
fn declared(attributes: &str) -> String {
    format!("resource \"hinomi_alert_relay\" \"ops\" {{\n name = \"ops\"\n {attributes}\n}}\n")
}

fn grouped(objects: BTreeSet<Object>) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut grouped: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for Object { region, kind, name } in objects {
        grouped.entry((region, kind)).or_default().insert(name);
    }
    grouped
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A policy's statement by its name.
fn statement(policy: &str, sid: &str) -> Value {
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = document["Statement"].as_array().cloned().unwrap_or_default();
    statements.into_iter().find(|statement| statement["Sid"] == sid).unwrap_or_default()
}
