//! `hinomi_cost_report` with the real `terraform` against the stand-in.

mod broken;
mod drift;
mod history;
mod life;
mod refusals;

use std::collections::BTreeMap;

use hinomi_tests::{Account, Result, Workspace};
use serde_json::{Value, json};

use crate::release::Release;

const ADDRESS: &str = "hinomi_cost_report.daily";

/// Name of function, schedule group and workgroup.
const FUNCTION: &str = "hinomi-default_daily-report";
const ROLE: &str = "hinomi-default_daily-us-east-1-report";
const SCHEDULER_ROLE: &str = "hinomi-default_daily-us-east-1-mornings";
const DATABASE: &str = "hinomi_default_daily";
/// Where Lambda's functions lie in its API.
const FUNCTIONS: &str = "/2015-03-31/functions";
/// The queries that need nothing but the table.
const QUERIES: [&str; 6] = [
    "daily-cost-by-purpose",
    "pace-by-account-monthly",
    "pace-by-account-weekly",
    "pace-by-purpose-monthly",
    "pace-by-purpose-weekly",
    "top-services-by-month",
];

/// An account of its own, and a release of the provider that brings the reports' build for both processors.
struct Scene {
    account: Account,
    workspace: Workspace,
    // Gone after the workspace, which may still need the provider.
    _release: Release,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(50)?;
        let release = Release::for_both_processors(name, "hinomi-report")?;
        let workspace = release.workspace(name, &account)?;
        Ok(Self { account, workspace, _release: release })
    }

    /// A report with these attributes beside those that it must have, in a configuration.
    fn report(&self, attributes: &str) -> String {
        let id = self.account.id();
        format!(
            "resource \"hinomi_cost_report\" \"daily\" {{\n name = \"daily\"\n webhook_parameter_arn = \"arn:aws:ssm:us-east-1:{id}:parameter/hinomi/ops\"\n {attributes}\n}}\n"
        )
    }

    /// Applies a report with these attributes; the next plan is empty.
    fn apply(&self, attributes: &str) -> Result<()> {
        self.apply_all(&self.report(attributes))
    }

    fn apply_all(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// The report's attributes as they are in the state.
    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    fn bucket(&self) -> String {
        format!("hinomi-default-daily-costs-{}-us-east-1", self.account.id())
    }

    /// What exists, as `kind name`.
    fn objects(&self) -> Result<Vec<String>> {
        let objects = self.account.objects()?.into_iter();
        let mut objects: Vec<String> =
            objects.map(|object| format!("{} {}", object.kind, object.name)).collect();
        objects.sort();
        Ok(objects)
    }

    /// What a report makes, with these queries beside those of the table.
    fn own(&self, events: &[&str]) -> Vec<String> {
        let mut own = vec![
            format!("athena:workgroup {FUNCTION}"),
            format!("glue:database {DATABASE}"),
            format!("glue:table {DATABASE}/costs"),
            format!("iam:role {ROLE}"),
            format!("iam:role {SCHEDULER_ROLE}"),
            format!("lambda:function {FUNCTION}"),
            format!("logs:log-group /aws/lambda/{FUNCTION}"),
            format!("s3:bucket {}", self.bucket()),
            format!("scheduler:schedule {FUNCTION}/morning"),
            format!("scheduler:schedule-group {FUNCTION}"),
        ];
        let events = events.iter().map(|event| format!("event-cost-{event}"));
        let queries = QUERIES.into_iter().map(str::to_owned).chain(events);
        own.extend(queries.map(|query| format!("athena:named-query {FUNCTION}/{query}")));
        own.sort();
        own
    }

    /// The function as Lambda has it.
    fn function(&self) -> Result<Value> {
        let path = format!("{FUNCTIONS}/{FUNCTION}");
        parsed(&self.account.send("lambda", "GET", &path, "application/json", "")?)
    }

    /// The schedule as Scheduler has it.
    fn schedule(&self) -> Result<Value> {
        let path = format!("/schedules/morning?groupName={FUNCTION}");
        parsed(&self.account.send("scheduler", "GET", &path, "application/json", "")?)
    }

    /// What the schedule hands to the function.
    fn input(&self) -> Result<Value> {
        parsed(self.schedule()?["Target"]["Input"].as_str().unwrap_or_default())
    }

    /// Changes the schedule past Terraform.
    fn put_schedule(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
        let mut schedule = self.schedule()?;
        let members = schedule.as_object_mut().into_iter();
        for members in members {
            members.retain(|name, _| {
                !["Arn", "CreationDate", "LastModificationDate"].contains(&name.as_str())
            });
        }
        change(&mut schedule);
        let path = "/schedules/morning";
        let body = schedule.to_string();
        self.account.send("scheduler", "PUT", path, "application/json", &body).map(drop)
    }

    fn glue(&self, operation: &str, body: &Value) -> Result<Value> {
        self.account.json("glue", "us-east-1", &format!("AWSGlue.{operation}"), body)
    }

    fn athena(&self, operation: &str, body: &Value) -> Result<Value> {
        self.account.json("athena", "us-east-1", &format!("AmazonAthena.{operation}"), body)
    }

    /// The ids and texts of the saved queries of a workgroup, by their names.
    fn queries(&self, workgroup: &str) -> Result<BTreeMap<String, (String, String)>> {
        let listed = self.athena("ListNamedQueries", &json!({ "WorkGroup": workgroup }))?;
        let body = json!({ "NamedQueryIds": listed["NamedQueryIds"] });
        if listed["NamedQueryIds"].as_array().is_none_or(Vec::is_empty) {
            return Ok(BTreeMap::new());
        }
        let found = self.athena("BatchGetNamedQuery", &body)?;
        let text = |query: &Value, key: &str| query[key].as_str().unwrap_or_default().to_owned();
        let queries = found["NamedQueries"].as_array().cloned().unwrap_or_default();
        Ok(queries
            .iter()
            .map(|it| (text(it, "Name"), (text(it, "NamedQueryId"), text(it, "QueryString"))))
            .collect())
    }

    /// A call to IAM past Terraform.
    fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let version = [("Action", action), ("Version", "2010-05-08")];
        self.account.query("iam", &[&version, parameters].concat())
    }

    /// A call to S3 past Terraform; the target begins after the bucket's name.
    fn s3(&self, method: &str, target: &str, body: &str) -> Result<String> {
        let path = format!("/{}{target}", self.bucket());
        self.account.send("s3", method, &path, "application/xml", body)
    }

    /// Records something in the bucket.
    fn record(&self) -> Result<()> {
        self.s3("PUT", "/costs/month=2026-11/costs.parquet", "figures").map(drop)
    }

    fn fault(&self, service: &str, operation: &str, times: u64, action: &Value) -> Result<()> {
        self.account.fault(json!({
            "service": service, "operation": operation, "times": times, "action": action,
        }))
    }

    /// The writes so far, by service and operation.
    fn writes(&self) -> Result<BTreeMap<String, u64>> {
        let calls = self.account.all_calls()?.into_iter();
        let reads = ["Get", "List", "Describe", "Head", "Batch", "AssumeRole"];
        let writes =
            calls.filter(|calls| !reads.iter().any(|read| calls.operation.starts_with(read)));
        Ok(writes.map(|c| (format!("{} {}", c.service, c.operation), c.count)).collect())
    }

    /// The writes that applying this makes.
    fn writes_of(&self, attributes: &str) -> Result<Vec<String>> {
        let before = self.writes()?;
        self.apply(attributes)?;
        let after = self.writes()?.into_iter();
        let new = after.filter(|(call, count)| before.get(call) != Some(count));
        Ok(new.map(|(call, _)| call).collect())
    }
}

fn parsed(answer: &str) -> Result<Value> {
    serde_json::from_str(answer)
        .map_err(|problem| hinomi_tests::Error::unexpected(format!("no JSON: {problem}: {answer}")))
}

/// The text as JSON.
fn document(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap_or_default()).unwrap_or_default()
}
