//! `hinomi_monitor_location` with the real `terraform` against the stand-in.

mod agent;
mod broken;
mod drift;
mod life;
mod refusals;
mod renewed;
mod vpc;

use std::collections::BTreeMap;

use hinomi_tests::{Account, Aws, Result, Workspace};
use serde_json::{Value, json};

use crate::release::Release;

const ADDRESS: &str = "hinomi_monitor_location.here";

/// Name of function and schedule group.
const FUNCTION: &str = "hinomi-default_here-location";
const PROBE_ROLE: &str = "hinomi-default_here-us-east-1-probe";
const SCHEDULER_ROLE: &str = "hinomi-default_here-us-east-1-schedule";
const CANARY_ROLE: &str = "hinomi-default_here-us-east-1-canary";

/// Where Lambda's functions lie in its API.
const FUNCTIONS: &str = "/2015-03-31/functions";

/// An account of its own.
struct Scene {
    account: Account,
    workspace: Workspace,
    // Gone after the workspace, which may still need the provider.
    _release: Option<Release>,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(50)?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace, _release: None })
    }

    /// With a provider that brings agents for both processors.
    fn for_both_processors(name: &str) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(50)?;
        let release = Release::for_both_processors(name, "hinomi-agent")?;
        let workspace = release.workspace(name, &account)?;
        Ok(Self { account, workspace, _release: Some(release) })
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// The location's attributes as they are in the state.
    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    fn bucket(&self) -> String {
        format!("hinomi-default-here-{}-us-east-1", self.account.id())
    }

    /// What exists, as `kind name`.
    fn objects(&self) -> Result<Vec<String>> {
        let objects = self.account.objects()?.into_iter();
        let mut objects: Vec<String> =
            objects.map(|object| format!("{} {}", object.kind, object.name)).collect();
        objects.sort();
        Ok(objects)
    }

    /// What a location with canaries makes.
    fn own_with_canaries(&self) -> Vec<String> {
        let mut own = own();
        own.push(format!("iam:role {CANARY_ROLE}"));
        own.push(format!("s3:bucket {}", self.bucket()));
        own.sort();
        own
    }

    /// The function as Lambda has it.
    fn function(&self) -> Result<Value> {
        self.function_named(FUNCTION)
    }

    fn function_named(&self, name: &str) -> Result<Value> {
        let path = format!("{FUNCTIONS}/{name}");
        parsed(&self.account.send("lambda", "GET", &path, "application/json", "")?)
    }

    /// Changes the function past Terraform.
    fn configure(&self, change: &Value) -> Result<()> {
        let path = format!("{FUNCTIONS}/{FUNCTION}/configuration");
        let body = change.to_string();
        self.account.send("lambda", "PUT", &path, "application/json", &body).map(drop)
    }

    /// Deletes the function past Terraform.
    fn delete_function(&self) -> Result<()> {
        let path = format!("{FUNCTIONS}/{FUNCTION}");
        self.account.send("lambda", "DELETE", &path, "application/json", "").map(drop)
    }

    /// A call to IAM past Terraform.
    fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let mut all = vec![("Action", action), ("Version", "2010-05-08")];
        all.extend(parameters);
        self.account.query("iam", &all)
    }

    /// A call to CloudWatch Logs past Terraform.
    fn logs(&self, operation: &str, body: &Value) -> Result<Value> {
        self.account.json("logs", "us-east-1", &format!("Logs_20140328.{operation}"), body)
    }

    /// Deletes the schedule group past Terraform.
    fn delete_schedule_group(&self) -> Result<()> {
        let path = format!("/schedule-groups/{FUNCTION}");
        self.account.send("scheduler", "DELETE", &path, "application/json", "").map(drop)
    }

    /// A call to S3 past Terraform; the target begins after the bucket's name.
    fn s3(&self, method: &str, target: &str, body: &str) -> Result<String> {
        let path = format!("/{}{target}", self.bucket());
        self.account.send("s3", method, &path, "application/xml", body)
    }

    /// Turns settings of the stand-in.
    fn settings(&self, settings: &Value) -> Result<()> {
        let mut body = settings.clone();
        body["account"] = json!(self.account.id());
        Aws::shared()?.control("POST", "/_settings", &body).map(drop)
    }

    fn fault(&self, service: &str, operation: &str, times: u64, action: &Value) -> Result<()> {
        self.account.fault(json!({
            "service": service, "operation": operation, "times": times, "action": action,
        }))
    }

    /// The writes so far, by service and operation.
    fn writes(&self) -> Result<BTreeMap<String, u64>> {
        let calls = self.account.all_calls()?.into_iter();
        let reads = ["Get", "List", "Describe", "Head", "AssumeRole"];
        let writes =
            calls.filter(|calls| !reads.iter().any(|read| calls.operation.starts_with(read)));
        Ok(writes.map(|c| (format!("{} {}", c.service, c.operation), c.count)).collect())
    }

    /// The writes that applying this makes.
    fn writes_of(&self, hcl: &str) -> Result<Vec<String>> {
        let before = self.writes()?;
        self.apply(hcl)?;
        let after = self.writes()?.into_iter();
        let new = after.filter(|(call, count)| before.get(call) != Some(count));
        Ok(new.map(|(call, _)| call).collect())
    }
}

/// What a location without canaries makes.
fn own() -> Vec<String> {
    let mut own = vec![
        format!("iam:role {PROBE_ROLE}"),
        format!("iam:role {SCHEDULER_ROLE}"),
        format!("lambda:function {FUNCTION}"),
        format!("logs:log-group /aws/lambda/{FUNCTION}"),
        format!("scheduler:schedule-group {FUNCTION}"),
    ];
    own.sort();
    own
}

/// A location with these attributes, in a configuration.
fn location(attributes: &str) -> String {
    format!(
        "resource \"hinomi_monitor_location\" \"here\" {{\n name = \"here\"\n {attributes}\n}}\n"
    )
}

fn parsed(answer: &str) -> Result<Value> {
    serde_json::from_str(answer)
        .map_err(|problem| hinomi_tests::Error::unexpected(format!("no JSON: {problem}: {answer}")))
}

/// The text as JSON, also where IAM wrote it as it stands in an address.
fn document(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap_or_default()).unwrap_or_default()
}
