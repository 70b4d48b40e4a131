//! Values of the block that something else has to make first.

use hinomi_tests::{Account, Result, Verb, Workspace};

use super::*;

const ADDRESS: &str = "hinomi_cost_alert.month";
const MONITOR: &str = "hinomi_synthetic_monitor.web";

/// Something whose output is unknown while it is planned; another `round` makes it anew.
fn later(value: &str, round: u32) -> String {
    format!(
        "resource \"terraform_data\" \"later\" {{\n input = \"{value}\"\n triggers_replace = {round}\n}}\n"
    )
}

#[test]
fn a_region_that_is_not_known_yet_is_planned_around() -> Result<()> {
    let account = account_for_canaries()?;
    let workspace = Workspace::new("unknown-region")?.with_account(&account);
    let rest = provider("region = terraform_data.later.output") + &monitor(&account);
    workspace.config(&(later("eu-west-1", 1) + &rest))?;
    let (actions, change) = workspace.planned(MONITOR)?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"]["region"], true, "{change}");
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(of_kind(&account, "synthetics:canary")?[0].0, "eu-west-1");

    // Unknown again: what exists stays where it is.
    let made = account.calls("synthetics", "CreateCanary")?;
    workspace.config(&(later("eu-west-1", 2) + &rest))?;
    assert_eq!(workspace.planned(MONITOR)?.0, ["no-op"]);
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(account.calls("synthetics", "CreateCanary")?, made);
    workspace.destroy().map(drop)
}

#[test]
fn an_account_that_is_not_known_yet_is_planned_around() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    let workspace = Workspace::new("unknown-account")?.with_account(&payer);
    let rest =
        provider("account = { id = terraform_data.later.output, role_name = \"hinomi\" }") + ALERT;
    workspace.config(&(later(account.id(), 1) + &rest))?;
    let (actions, change) = workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"]["account"]["id"], true, "{change}");
    assert_eq!(change["after_unknown"]["arn"], true);
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(budgets(&account)?, ["hinomi-default.month"]);

    workspace.config(&(later(account.id(), 2) + &rest))?;
    assert_eq!(workspace.planned(ADDRESS)?.0, ["no-op"]);
    workspace.apply()?;
    assert_eq!(account.calls("budgets", "CreateBudget")?, 1);
    workspace.destroy().map(drop)
}

#[test]
fn names_and_tags_that_are_not_known_yet_are_planned_around() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("unknown-names")?.with_account(&account);
    let rest = provider(
        "stack = terraform_data.later.output\n default_tags = { stage = terraform_data.later.output }",
    ) + ALERT;
    workspace.config(&(later("test", 1) + &rest))?;
    let (_, change) = workspace.planned(ADDRESS)?;
    for attribute in ["budget_name", "arn", "tags_all"] {
        assert_eq!(change["after_unknown"][attribute], true, "{attribute}: {change}");
    }
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(budgets(&account)?, ["hinomi-test.month"]);
    assert_eq!(workspace.stored(ADDRESS)?["tags_all"]["stage"], "test");
    workspace.destroy().map(drop)
}

#[test]
fn what_is_needed_to_reach_aws_fails_only_the_calls_that_need_it() -> Result<()> {
    let credentials = Account::new()?;
    let account = member(&credentials)?;
    let workspace = Workspace::new("unknown-role")?.with_account(&credentials);
    let role = format!("arn:aws:iam::{}:role/hinomi", account.id());
    let rest = provider("assume_role = { role_arn = terraform_data.later.output }") + ALERT;
    workspace.config(&(later(&role, 1) + &rest))?;
    assert_eq!(workspace.planned(ADDRESS)?.0, ["create"], "making it needs no call to plan");
    workspace.apply()?;
    assert_eq!(budgets(&account)?, ["hinomi-default.month"]);
    workspace.expect_empty_plan()?;

    // Now it would have to be read.
    workspace.config(&(later(&role, 2) + &rest))?;
    let told = ["AWS can't be reached yet", "`assume_role.role_arn` is not known", "-target"];
    workspace.expect_error(Verb::Plan, &told)?;
    workspace.discard();
    workspace.config(&(later(&role, 1) + &rest))?.destroy()?;
    assert_eq!(budgets(&account)?, Vec::<String>::new());
    Ok(())
}

/// Terraform plans once more when it applies, with the value known: what the first plan kept must
/// still be kept then, or core calls the provider inconsistent.
#[test]
fn another_change_beside_an_unknown_default_is_applied() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    let other = member(&payer)?;
    let workspace = Workspace::new("unknown-and-change")?.with_account(&payer);
    let block =
        |id: &str, role: &str| provider(&format!("account = {{ id = {id}, role_name = {role} }}"));
    let known = format!("\"{}\"", account.id());
    workspace.config(&(block(&known, "\"hinomi\"") + ALERT))?.apply()?;

    // The role is not known, and the limit changes: both plans keep the role, the next run follows.
    let dearer = ALERT.replace("100", "200");
    let rest = block(&known, "terraform_data.later.output") + &dearer;
    workspace.config(&(later("hinomi-two", 1) + &rest))?.apply()?;
    assert_eq!(workspace.stored(ADDRESS)?["budget"]["limit_usd"], 200);
    assert_eq!(workspace.stored(ADDRESS)?["account"]["role_name"], "hinomi");
    workspace.apply()?;
    assert_eq!(workspace.stored(ADDRESS)?["account"]["role_name"], "hinomi-two");
    workspace.expect_empty_plan()?;

    // The same with the account itself: it moves in the run after, with the warning.
    let rest = block("terraform_data.later.output", "\"hinomi-two\"") + ALERT;
    workspace.config(&(later(other.id(), 2) + &rest))?.apply()?;
    assert_eq!(budgets(&account)?, ["hinomi-default.month"]);
    assert_eq!(budgets(&other)?, Vec::<String>::new());
    workspace.plan()?.expect("The provider's default account moves the resource")?;
    workspace.apply()?;
    assert_eq!(budgets(&account)?, Vec::<String>::new());
    assert_eq!(budgets(&other)?, ["hinomi-default.month"]);
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn an_account_that_is_unknown_as_a_whole_replaces() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    let workspace = Workspace::new("unknown-whole")?.with_account(&payer);
    let alert = |account: &str| {
        ALERT.replace("name = \"month\"", &format!("name = \"month\"\naccount = {account}"))
    };
    let object = format!("{{ id = \"{}\", role_name = \"hinomi\" }}", account.id());
    workspace.config(&alert(&object))?.apply()?;
    let made_later = format!("resource \"terraform_data\" \"later\" {{\n input = {object}\n}}\n");
    workspace.config(&(made_later + &alert("terraform_data.later.output")))?;
    assert_eq!(workspace.planned(ADDRESS)?.0, ["delete", "create"]);
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}
