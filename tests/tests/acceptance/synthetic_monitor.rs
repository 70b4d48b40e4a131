//! `hinomi_synthetic_monitor` with the real `terraform` against the stand-ins.

mod broken;
mod drift;
mod life;
mod probe;
mod refusals;

use std::time::Duration;

use hinomi_tests::{Account, Aws, Result, Workspace, eventually};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_synthetic_monitor.web";

/// For what follows from a command that runs, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

/// Tries every case at the same time, each in an account of its own: they mostly wait.
fn each<T: Copy + Send + Sync>(
    cases: &[T],
    attempt: impl Fn(T) -> Result<()> + Sync,
) -> Result<()> {
    let attempt = &attempt;
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            cases.iter().map(|case| scope.spawn(move || attempt(*case))).collect();
        threads.into_iter().try_for_each(|thread| match thread.join() {
            Ok(result) => result,
            Err(panicked) => std::panic::resume_unwind(panicked),
        })
    })
}

/// An account with all that a monitor needs: role, bucket and topic.
struct Scene {
    account: Account,
    workspace: Workspace,
    role: String,
    bucket: String,
    topic: String,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        // Times of state changes are AWS's own matter; shorter ones test the same.
        account.transition_milliseconds(20)?;
        let role = account.seed_role("canary")?;
        let bucket = account.seed_bucket(&format!("reports-{}", account.id()))?;
        let topic = account.seed_topic("bell")?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace, role, bucket, topic })
    }

    /// A monitor with these attributes beside the least it needs, in a configuration.
    fn monitor(&self, attributes: &str) -> String {
        self.monitor_with("url = \"https://example.com/\"", "", attributes)
    }

    fn monitor_with(&self, http: &str, canary: &str, attributes: &str) -> String {
        let Self { role, bucket, .. } = self;
        let interval = if attributes.contains("interval") { "" } else { "interval = \"5m\"" };
        format!(
            r#"
resource "hinomi_synthetic_monitor" "web" {{
  name   = "web"
  engine = "canary"
  http   = {{
    {http}
  }}
  canary = {{
    execution_role_arn = "{role}"
    artifact_bucket    = "{bucket}"
    {canary}
  }}
  {interval}
  {attributes}
}}
"#
        )
    }

    /// The least alarm that tells the account's topic.
    fn alarm(&self, more: &str) -> String {
        format!("alarm = {{\n topic_arns = [\"{}\"]\n {more}\n }}", self.topic)
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// The monitor's attributes as they are in the state.
    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    /// The actions that a plan has for the monitor.
    fn planned(&self) -> Result<(Vec<String>, Value)> {
        self.workspace.planned(ADDRESS)
    }

    /// What exists beside role, bucket and topic, and a location's schedule group.
    fn made(&self) -> Result<Vec<String>> {
        let seeds = ["iam:role", "s3:bucket", "sns:topic", "scheduler:schedule-group"];
        let objects = self.account.objects()?.into_iter();
        let made = objects.filter(|object| !seeds.contains(&object.kind.as_str()));
        Ok(made.map(|object| format!("{} {}", object.kind, object.name)).collect())
    }

    /// Asks the stand-in until something is so.
    fn until(&self, is_so: impl Fn() -> Result<bool>) -> Result<()> {
        let what = format!("what was waited for in account {}", self.account.id());
        eventually(&what, PATIENCE, || Ok(is_so()?.then_some(())))
    }

    /// Changes how the stand-in treats this account.
    fn settings(&self, settings: &Value) -> Result<()> {
        let mut settings = settings.clone();
        settings["account"] = json!(self.account.id());
        Aws::shared()?.control("POST", "/_settings", &settings).map(drop)
    }

    /// The alarm as CloudWatch describes it.
    fn described_alarm(&self) -> Result<String> {
        self.described("hinomi-default/web")
    }

    fn described(&self, name: &str) -> Result<String> {
        let parameters = [
            ("Action", "DescribeAlarms"),
            ("Version", "2010-08-01"),
            ("AlarmNames.member.1", name),
        ];
        self.account.query("monitoring", &parameters)
    }

    /// Every write that AWS was asked for, by operation.
    fn writes(&self) -> Result<Vec<(String, u64)>> {
        let reads = ["Get", "Describe", "List", "Head", "Assume"];
        let calls = self.account.all_calls()?.into_iter();
        let writes =
            calls.filter(|calls| !reads.iter().any(|read| calls.operation.starts_with(read)));
        Ok(writes.map(|calls| (calls.operation, calls.count)).collect())
    }

    /// Every write that applying this makes, by operation, sorted.
    fn writes_of(&self, hcl: &str) -> Result<Vec<String>> {
        let before = self.writes()?;
        self.apply(hcl)?;
        let mut written: Vec<_> = self
            .writes()?
            .into_iter()
            .flat_map(|(operation, count)| {
                let earlier = before.iter().find(|(name, _)| *name == operation);
                let more = count - earlier.map_or(0, |(_, count)| *count);
                (0..more).map(move |_| operation.clone())
            })
            .collect();
        written.sort();
        Ok(written)
    }
}
