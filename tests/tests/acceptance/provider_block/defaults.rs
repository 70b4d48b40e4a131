//! Where things live that don't say so themselves.

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::json;

use super::*;

const ADDRESS: &str = "hinomi_cost_alert.month";
const MONITOR: &str = "hinomi_synthetic_monitor.web";

#[test]
fn the_account_of_the_credentials_is_the_last_default() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("block-credentials")?.with_account(&account);
    workspace.config(ALERT)?.apply()?;
    let expected = json!({ "id": account.id(), "role_name": null, "external_id": null });
    assert_eq!(workspace.stored(ADDRESS)?["account"], expected);
    workspace.expect_empty_plan()?;
    workspace.destroy()?;
    assert!(account.objects()?.is_empty());
    assert_eq!(account.calls("sts", "AssumeRole")?, 0, "nobody enters the account he is in");
    Ok(())
}

#[test]
fn another_default_account_moves_what_follows_it_with_a_warning() -> Result<()> {
    let payer = Account::new()?;
    let (one, two) = (member(&payer)?, member(&payer)?);
    let workspace = Workspace::new("block-account")?.with_account(&payer);
    let block = |account: &Account| {
        provider(&format!("account = {{ id = \"{}\", role_name = \"hinomi\" }}", account.id()))
    };
    workspace.config(&(block(&one) + ALERT))?.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(budgets(&one)?, ["hinomi-default.month"]);

    workspace.config(&(block(&two) + ALERT))?;
    let plan = workspace.plan()?;
    plan.expect("The provider's default account moves")?;
    plan.expect(&format!("lives in account {}", one.id()))?;
    plan.expect(&format!("default is {} now", two.id()))?;
    plan.expect("1 to add, 0 to change, 1 to destroy")?;
    workspace.apply()?;
    assert_eq!(budgets(&one)?, Vec::<String>::new());
    assert_eq!(budgets(&two)?, ["hinomi-default.month"]);
    workspace.expect_empty_plan()?;

    // What names its account stays, whatever the default is.
    let own = format!("name = \"month\"\n account = {{ id = \"{}\" }}", two.id());
    workspace.config(&(block(&one) + &ALERT.replace("name = \"month\"", &own)))?;
    workspace.expect_empty_plan()?;

    // Without any default it stays as well; the state knows where it is.
    workspace.config("")?.apply()?.expect("1 destroyed")?;
    assert_eq!(budgets(&two)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn another_default_region_moves_what_follows_it_with_a_warning() -> Result<()> {
    let account = account_for_canaries()?;
    let monitor = monitor(&account);
    let workspace = Workspace::new("block-region")?.with_account(&account);
    let block = |region: &str| provider(&format!("region = \"{region}\""));
    workspace.config(&(block("eu-west-1") + &monitor))?.apply()?;
    workspace.expect_empty_plan()?;
    let canaries = of_kind(&account, "synthetics:canary")?;
    assert_eq!(canaries[0].0, "eu-west-1");

    workspace.config(&(block("ap-northeast-1") + &monitor))?;
    let plan = workspace.plan()?;
    plan.expect("The provider's default region moves")?;
    plan.expect("lives in region eu-west-1, and the provider's default is ap-northeast-1 now")?;
    assert_eq!(workspace.planned(MONITOR)?.0, ["delete", "create"]);
    workspace.apply()?;
    let canaries = of_kind(&account, "synthetics:canary")?;
    assert_eq!(canaries.len(), 1);
    assert_eq!(canaries[0].0, "ap-northeast-1");

    // A block that names none leaves it where it is; the environment says us-east-1.
    workspace.config(&monitor)?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn the_role_follows_its_default_in_place() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    let workspace = Workspace::new("block-role")?.with_account(&payer);
    let block = |role: &str| {
        provider(&format!("account = {{ id = \"{}\", role_name = \"{role}\" }}", account.id()))
    };
    workspace.config(&(block("hinomi") + ALERT))?.apply()?;
    workspace.config(&(block("hinomi-two") + ALERT))?;
    let (actions, change) = workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["account"]["role_name"], "hinomi");
    assert_eq!(change["after"]["account"]["role_name"], "hinomi-two");
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(account.calls("budgets", "UpdateBudget")?, 0, "AWS is told nothing");
    workspace.destroy()?;
    assert_eq!(budgets(&account)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn a_role_that_leads_nowhere_does_not_reach_the_state() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    account.transition_milliseconds(20)?;
    account.seed_role("canary")?;
    account.seed_bucket(&format!("reports-{}", account.id()))?;
    let workspace = Workspace::new("block-no-role")?.with_account(&payer);
    let config = |role: &str| {
        let block = format!("account = {{ id = \"{}\", role_name = \"{role}\" }}", account.id());
        provider(&block) + ALERT + &monitor(&account)
    };
    workspace.config(&config("hinomi"))?.apply()?;
    workspace.config(&config("absent"))?;
    workspace.expect_error(Verb::Apply, &["Unable to enter AWS account", "-refresh=false"])?;
    for address in [ADDRESS, "hinomi_synthetic_monitor.web"] {
        assert_eq!(workspace.stored(address)?["account"]["role_name"], "hinomi", "{address}");
    }
    workspace.config(&config("hinomi"))?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn a_profile_and_an_endpoint_may_stand_in_the_block() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("block-profile")?;
    workspace.file(
        "credentials",
        &format!("[team]\naws_access_key_id = {}\naws_secret_access_key = test\n", account.id()),
    )?;
    let file = workspace.folder().join("credentials");
    let workspace = workspace.env("AWS_SHARED_CREDENTIALS_FILE", &file.to_string_lossy());
    let block = format!("profile = \"team\"\n endpoint_url = \"{}\"", account.endpoint());
    workspace.config(&(provider(&block) + ALERT))?.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(budgets(&account)?, ["hinomi-default.month"]);
    workspace.destroy().map(drop)
}

#[test]
fn a_first_role_is_taken_before_the_accounts() -> Result<()> {
    let credentials = Account::new()?;
    let payer = member(&credentials)?;
    let account = member(&payer)?;
    let workspace = Workspace::new("block-chain")?.with_account(&credentials);
    let block = format!(
        "assume_role = {{ role_arn = \"arn:aws:iam::{}:role/hinomi\", session_name = \"plan\", duration = \"15m\" }}\n account = {{ id = \"{}\", role_name = \"hinomi\" }}",
        payer.id(),
        account.id()
    );
    workspace.config(&(provider(&block) + ALERT))?.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(budgets(&account)?, ["hinomi-default.month"]);
    workspace.destroy()?;
    assert_eq!(budgets(&account)?, Vec::<String>::new());
    Ok(())
}

#[test]
fn an_import_enters_the_account_that_its_id_names() -> Result<()> {
    let payer = Account::new()?;
    let account = member(&payer)?;
    let workspace = Workspace::new("block-import")?.with_account(&payer);
    let own = format!(
        "name = \"month\"\n account = {{ id = \"{}\", role_name = \"hinomi\" }}",
        account.id()
    );
    // The name that an import makes up for a threshold, so that the plan after it can be empty.
    let alert = ALERT.replace("name = \"month\"", &own).replace("near =", "actual_80_percent =");
    workspace.config(&alert)?.apply()?;
    let before = workspace.stored(ADDRESS)?;
    workspace.terraform(&["state", "rm", ADDRESS])?;
    workspace.import(ADDRESS, &format!("hinomi@{}/hinomi-default.month", account.id()))?;
    assert_eq!(workspace.stored(ADDRESS)?, before);
    workspace.expect_empty_plan()?;
    workspace.destroy()?;
    assert_eq!(budgets(&account)?, Vec::<String>::new());
    Ok(())
}
