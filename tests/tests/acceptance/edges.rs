//! What Terraform's own features ask of every resource: lifecycles, nulls, sets, Ctrl-C.

use std::time::Duration;

use hinomi_tests::{Account, Result, Verb, Workspace, eventually};
use serde_json::json;

const PATIENCE: Duration = Duration::from_mins(1);

/// An account with what a canary needs.
fn account() -> Result<Account> {
    let account = Account::new()?;
    account.transition_milliseconds(20)?;
    account.seed_role("canary")?;
    account.seed_bucket(&format!("reports-{}", account.id()))?;
    Ok(account)
}

fn monitor(account: &Account, label: &str, more: &str) -> String {
    let id = account.id();
    format!(
        r#"
resource "hinomi_synthetic_monitor" "{label}" {{
  name     = "web"
  engine   = "canary"
  interval = "5m"
  http     = {{ url = "https://example.com/" }}
  canary   = {{ execution_role_arn = "arn:aws:iam::{id}:role/canary", artifact_bucket = "reports-{id}" }}
  {more}
}}
"#
    )
}

fn alert(label: &str, emails: &str, more: &str) -> String {
    format!(
        r#"
resource "hinomi_cost_alert" "{label}" {{
  name = "month"
  budget = {{
    limit_usd  = 100
    thresholds = {{ near = {{ percent = 80, emails = {emails} }} }}
  }}
  {more}
}}
"#
    )
}

/// A name can't be had twice: the new object is the old one, and the old one's removal must not
/// take it away.
#[test]
fn what_is_created_before_it_is_destroyed_still_exists() -> Result<()> {
    let account = account()?;
    let workspace = Workspace::new("before-destroy")?.with_account(&account);
    let lifecycle = "lifecycle { create_before_destroy = true }";
    let hcl = monitor(&account, "one", lifecycle) + &alert("one", "[\"a@example.com\"]", lifecycle);
    workspace.config(&hcl)?.apply()?;
    let before = account.objects()?;
    let replaced = workspace.terraform(&[
        "apply",
        "-auto-approve",
        "-no-color",
        "-replace=hinomi_synthetic_monitor.one",
        "-replace=hinomi_cost_alert.one",
    ])?;
    replaced.expect("was replaced in place")?;
    let kinds = |objects: &std::collections::BTreeSet<hinomi_tests::account::Object>| {
        objects.iter().map(|object| object.kind.clone()).collect::<Vec<_>>()
    };
    assert_eq!(kinds(&account.objects()?), kinds(&before));
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn two_resources_of_one_name_are_refused() -> Result<()> {
    let account = account()?;
    let mail = "[\"a@example.com\"]";
    for (hcl, thing) in [
        (monitor(&account, "one", "") + &monitor(&account, "two", ""), "synthetic monitor"),
        (alert("one", mail, "") + &alert("two", mail, ""), "cost alert"),
    ] {
        let workspace = Workspace::new("same-name")?.with_account(&account);
        let refusal = format!("Two resources want the {thing}");
        workspace.config(&hcl)?.expect_error(Verb::Apply, &[&refusal])?;
        workspace.destroy()?;
        workspace.discard();
    }
    Ok(())
}

#[test]
fn what_a_nested_object_needs_is_asked_for_by_validate() -> Result<()> {
    let account = account()?;
    let workspace = Workspace::new("nested-null")?.with_account(&account);
    for (hcl, missing) in [
        (monitor(&account, "one", "").replace("\"https://example.com/\"", "null"), "http.url"),
        (alert("one", "[\"a@example.com\"]", "").replace("100", "null"), "budget.limit_usd"),
        (alert("one", "[null]", ""), "is null"),
    ] {
        workspace.config(&hcl)?.expect_error(Verb::Validate, &[missing])?;
    }
    workspace.discard();
    Ok(())
}

#[test]
fn a_tag_that_is_null_is_a_tag_left_out() -> Result<()> {
    let account = account()?;
    let workspace = Workspace::new("null-tag")?.with_account(&account);
    let tags = "tags = { team = \"shop\", left_out = null }";
    let hcl = monitor(&account, "one", tags) + &alert("one", "[\"a@example.com\"]", tags);
    workspace.config(&hcl)?.apply()?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn two_elements_of_a_set_may_both_be_unknown() -> Result<()> {
    let account = account()?;
    let workspace = Workspace::new("unknown-set")?.with_account(&account);
    let later = "resource \"terraform_data\" \"mail\" {\n for_each = toset([\"a\", \"b\"])\n input = \"${each.key}@example.com\"\n}\n";
    let mails = "[terraform_data.mail[\"a\"].output, terraform_data.mail[\"b\"].output]";
    workspace.config(&(later.to_owned() + &alert("one", mails, "")))?.apply()?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn a_plan_that_waits_for_aws_can_be_stopped() -> Result<()> {
    let account = account()?;
    let fault = json!({
        "service": "sts", "operation": "GetCallerIdentity", "times": 100,
        "action": { "delay_ms": 50_000 },
    });
    account.fault(fault)?;
    let workspace = Workspace::new("stop-plan")?.with_account(&account).with_limit(PATIENCE);
    workspace.config(&alert("one", "[\"a@example.com\"]", ""))?.init()?;
    let running = workspace.start(Verb::Plan)?;
    eventually("the question to AWS", PATIENCE, || {
        Ok((account.calls("sts", "GetCallerIdentity")? > 0).then_some(()))
    })?;
    running.interrupt();
    // Ends by itself long before AWS answers, or is killed and fails.
    let output = running.wait()?;
    assert_ne!(output.code(), Some(0));
    output.expect("Terraform asked to stop")?;
    workspace.discard();
    Ok(())
}
