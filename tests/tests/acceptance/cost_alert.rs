//! `hinomi_cost_alert` with the real `terraform` against the stand-in.

mod anomaly;
mod broken;
mod counting;
mod drift;
mod expiry;
mod life;
mod limits;
mod refusals;

use std::collections::BTreeMap;

use hinomi_tests::{Account, Result, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_cost_alert.month";

/// Name of the budget in AWS.
const BUDGET: &str = "hinomi-default.month";

/// An account with an SNS topic.
struct Scene {
    account: Account,
    workspace: Workspace,
    topic: String,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        let topic = account.seed_topic("bell")?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace, topic })
    }

    /// An alert with these attributes in its budget, in a configuration.
    fn alert(budget: &str) -> String {
        Self::alert_with(budget, "")
    }

    fn alert_with(budget: &str, attributes: &str) -> String {
        format!(
            "resource \"hinomi_cost_alert\" \"month\" {{\n name = \"month\"\n {attributes}\n budget = {{\n {budget}\n }}\n}}\n"
        )
    }

    /// The least budget: one threshold, which tells the account's topic.
    fn least(&self) -> String {
        self.with_thresholds("near = { percent = 80 }")
    }

    fn with_thresholds(&self, thresholds: &str) -> String {
        let topic = &self.topic;
        format!(
            "limit_usd = 100\n topic_arns = [\"{topic}\"]\n thresholds = {{\n {thresholds}\n }}"
        )
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// The alert's attributes as they are in the state.
    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    /// The actions that a plan has for the alert, with the values before and after.
    fn planned(&self) -> Result<(Vec<String>, Value)> {
        self.workspace.planned(ADDRESS)
    }

    /// Calls Budgets past Terraform.
    fn call(&self, operation: &str, body: &Value) -> Result<Value> {
        let mut body = body.clone();
        if body["ResourceARN"].is_null() {
            body["AccountId"] = json!(self.account.id());
        }
        let target = format!("AWSBudgetServiceGateway.{operation}");
        self.account.json("budgets", "us-east-1", &target, &body)
    }

    /// An alert without a budget, and with these attributes in its anomaly watch.
    fn watch(anomaly: &str) -> String {
        format!(
            "resource \"hinomi_cost_alert\" \"month\" {{\n name = \"month\"\n anomaly = {{\n {anomaly}\n }}\n}}\n"
        )
    }

    /// The least anomaly watch: from 100 dollars on, the account's topic is told.
    fn least_watch(&self) -> String {
        format!("at_least_usd = 100\n topic_arns = [\"{}\"]", self.topic)
    }

    /// Calls Cost Explorer past Terraform.
    fn call_explorer(&self, operation: &str, body: &Value) -> Result<Value> {
        let target = format!("AWSInsightsIndexService.{operation}");
        self.account.json("ce", "us-east-1", &target, body)
    }

    /// Every anomaly monitor, by ARN.
    fn monitors(&self) -> Result<BTreeMap<String, Value>> {
        let found = self.call_explorer("GetAnomalyMonitors", &json!({}))?;
        let found = found["AnomalyMonitors"].as_array().cloned().unwrap_or_default();
        Ok(found.into_iter().map(|one| (text(&one["MonitorArn"]), one)).collect())
    }

    /// Every anomaly subscription, by ARN.
    fn subscriptions(&self) -> Result<BTreeMap<String, Value>> {
        let found = self.call_explorer("GetAnomalySubscriptions", &json!({}))?;
        let found = found["AnomalySubscriptions"].as_array().cloned().unwrap_or_default();
        Ok(found.into_iter().map(|one| (text(&one["SubscriptionArn"]), one)).collect())
    }

    /// The alert's subscription as AWS has it.
    fn subscription(&self) -> Result<Value> {
        let arn = text(&self.attributes()?["subscription_arn"]);
        Ok(self.subscriptions()?.remove(&arn).unwrap_or_default())
    }

    /// The budget as AWS has it.
    fn budget(&self) -> Result<Value> {
        let asked = json!({ "BudgetName": BUDGET, "ShowFilterExpression": true });
        Ok(self.call("DescribeBudget", &asked)?["Budget"].clone())
    }

    /// Changes the budget past Terraform.
    fn change_budget(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
        let mut budget = self.budget()?;
        if let Some(budget) = budget.as_object_mut() {
            for of_aws in ["CalculatedSpend", "LastUpdatedTime", "HealthStatus"] {
                budget.remove(of_aws);
            }
        }
        change(&mut budget);
        self.call("UpdateBudget", &json!({ "NewBudget": budget })).map(drop)
    }

    /// Every notification that AWS has, in words, with who is told.
    fn told(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let asked = json!({ "BudgetName": BUDGET });
        let found = self.call("DescribeNotificationsForBudget", &asked)?;
        let mut told = BTreeMap::new();
        for notification in found["Notifications"].as_array().into_iter().flatten() {
            let asked = json!({ "BudgetName": BUDGET, "Notification": notification });
            let found = self.call("DescribeSubscribersForNotification", &asked)?;
            let subscribers = found["Subscribers"].as_array().cloned().unwrap_or_default();
            let mut addresses: Vec<String> =
                subscribers.iter().map(|one| text(&one["Address"])).collect();
            addresses.sort();
            let words = ["NotificationType", "ComparisonOperator", "ThresholdType"];
            let words = words.map(|word| text(&notification[word])).join(" ");
            told.insert(format!("{words} {}", notification["Threshold"]), addresses);
        }
        Ok(told)
    }

    /// Every write to Budgets and Cost Explorer so far, by operation. Tags have one name in both.
    fn writes(&self) -> Result<BTreeMap<String, u64>> {
        let mut writes = BTreeMap::new();
        for calls in self.account.all_calls()? {
            let reads = ["Describe", "Get", "List"];
            let is_read = reads.iter().any(|read| calls.operation.starts_with(read));
            if ["budgets", "ce"].contains(&calls.service.as_str()) && !is_read {
                *writes.entry(calls.operation).or_default() += calls.count;
            }
        }
        Ok(writes)
    }

    /// The writes that `doing` makes.
    fn writes_of(&self, doing: impl FnOnce() -> Result<()>) -> Result<Vec<(String, u64)>> {
        let before = self.writes()?;
        doing()?;
        let writes = self.writes()?.into_iter().map(|(operation, count)| {
            let before = before.get(&operation).copied().unwrap_or_default();
            (operation, count - before)
        });
        Ok(writes.filter(|(_, count)| *count > 0).collect())
    }

    /// The budgets that exist.
    fn budgets(&self) -> Result<Vec<String>> {
        let objects = self.account.objects()?.into_iter();
        let budgets = objects.filter(|object| object.kind == "budgets:budget");
        Ok(budgets.map(|object| object.name).collect())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A notification as the API takes it.
fn notification(kind: &str, operator: &str, threshold: f64) -> Value {
    json!({
        "NotificationType": kind,
        "ComparisonOperator": operator,
        "Threshold": threshold,
        "ThresholdType": "PERCENTAGE",
    })
}

fn writes(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(operation, count)| ((*operation).to_owned(), *count)).collect()
}
