//! The provider block: defaults, unknown values, refusals.

mod defaults;
mod names;
mod refusals;
mod unknown;

use hinomi_tests::account::Object;
use hinomi_tests::{Account, Result};

/// An alert that names no account.
const ALERT: &str = r#"
resource "hinomi_cost_alert" "month" {
  name = "month"
  budget = {
    limit_usd  = 100
    thresholds = { near = { percent = 80, emails = ["a@example.com"] } }
  }
}
"#;

/// A monitor that names neither account nor region, in an account with role and bucket.
fn monitor(account: &Account) -> String {
    format!(
        r#"
resource "hinomi_synthetic_monitor" "web" {{
  name     = "web"
  engine   = "canary"
  interval = "5m"
  http     = {{ url = "https://example.com/" }}
  canary = {{
    execution_role_arn = "arn:aws:iam::{id}:role/canary"
    artifact_bucket    = "reports-{id}"
  }}
}}
"#,
        id = account.id()
    )
}

fn provider(attributes: &str) -> String {
    format!("provider \"hinomi\" {{\n{attributes}\n}}\n")
}

/// An account that the credentials of `payer` enter by the role `hinomi`.
fn member(payer: &Account) -> Result<Account> {
    let account = Account::new()?;
    for role in ["hinomi", "hinomi-two"] {
        account.seed_entrance(payer, role, None)?;
    }
    Ok(account)
}

/// An account in which a canary can run.
fn account_for_canaries() -> Result<Account> {
    let account = Account::new()?;
    account.transition_milliseconds(20)?;
    account.seed_role("canary")?;
    account.seed_bucket(&format!("reports-{}", account.id()))?;
    Ok(account)
}

/// The objects of a kind, with their regions.
fn of_kind(account: &Account, kind: &str) -> Result<Vec<(String, String)>> {
    let objects = account.objects()?.into_iter().filter(|object| object.kind == kind);
    Ok(objects.map(|Object { region, name, .. }| (region, name)).collect())
}

fn budgets(account: &Account) -> Result<Vec<String>> {
    Ok(of_kind(account, "budgets:budget")?.into_iter().map(|(_, name)| name).collect())
}
