//! Names and tags that the block gives to everything.

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::json;

use super::*;

const ADDRESS: &str = "hinomi_cost_alert.month";

#[test]
fn stack_and_prefix_are_part_of_names() -> Result<()> {
    let account = Account::new()?;
    let (one, two) = (
        Workspace::new("block-one")?.with_account(&account),
        Workspace::new("block-two")?.with_account(&account),
    );
    let block = |stack: &str| provider(&format!("stack = \"{stack}\"\n name_prefix = \"acme-\""));
    one.config(&(block("one") + ALERT))?.apply()?;
    two.config(&(block("two") + ALERT))?.apply()?;
    assert_eq!(budgets(&account)?, ["acme-one.month", "acme-two.month"]);
    assert_eq!(one.stored(ADDRESS)?["tags_all"]["hinomi:stack"], "one");
    two.destroy()?;
    assert_eq!(budgets(&account)?, ["acme-one.month"], "the other stack's is not touched");
    one.expect_empty_plan()?;

    // What exists keeps its name: only the tags follow.
    one.config(&(block("three") + ALERT))?;
    assert_eq!(one.planned(ADDRESS)?.0, ["update"]);
    one.apply()?;
    assert_eq!(budgets(&account)?, ["acme-one.month"]);
    assert_eq!(one.stored(ADDRESS)?["tags_all"]["hinomi:stack"], "three");
    one.expect_empty_plan()?;
    one.destroy().map(drop)
}

#[test]
fn a_budget_that_changed_hands_is_refused() -> Result<()> {
    let account = Account::new()?;
    let one = Workspace::new("block-hands-one")?.with_account(&account);
    one.config(ALERT)?.apply()?;
    let two = Workspace::new("block-hands-two")?.with_account(&account);
    let imported = ALERT.replace("name = \"month\"", "name = \"hinomi-default.month\"");
    two.config(&(provider("stack = \"other\"") + &imported))?;
    two.import(ADDRESS, "hinomi-default.month")?;
    two.apply()?;
    assert_eq!(two.stored(ADDRESS)?["tags_all"]["hinomi:stack"], "other");
    // The first still has it in its state; without that, it is somebody else's.
    assert_eq!(one.planned(ADDRESS)?.0, ["update"]);
    one.terraform(&["state", "rm", ADDRESS])?;
    one.expect_error(Verb::Apply, &["of the stack `other`", "import it"])?;
    one.discard();
    two.destroy()?;
    assert!(account.objects()?.is_empty());
    Ok(())
}

#[test]
fn default_tags_are_on_everything_and_lose_against_own_ones() -> Result<()> {
    let account = account_for_canaries()?;
    let workspace = Workspace::new("block-tags")?.with_account(&account);
    let tags = |tags: &str| provider(&format!("default_tags = {tags}"));
    let own = ALERT.replace("name = \"month\"", "name = \"month\"\n tags = { team = \"own\" }");
    let resources = own + &monitor(&account);
    workspace.config(&(tags("{ team = \"all\", cost = \"1\" }") + &resources))?.apply()?;
    workspace.expect_empty_plan()?;
    let of_alert = workspace.stored(ADDRESS)?;
    assert_eq!(of_alert["tags"], json!({ "team": "own" }));
    assert_eq!(of_alert["tags_all"]["team"], "own");
    assert_eq!(of_alert["tags_all"]["cost"], "1");
    let of_monitor = workspace.stored("hinomi_synthetic_monitor.web")?;
    assert_eq!(of_monitor["tags_all"]["team"], "all");

    workspace.config(&(tags("{ team = \"all\", event = \"2\" }") + &resources))?;
    assert_eq!(workspace.planned(ADDRESS)?.0, ["update"]);
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    let of_alert = workspace.stored(ADDRESS)?;
    let expected = json!({
        "hinomi:managed": "true", "hinomi:stack": "default", "hinomi:name": "month",
        "team": "own", "event": "2",
    });
    assert_eq!(of_alert["tags_all"], expected);
    assert_eq!(account.calls("budgets", "UpdateBudget")?, 0, "only tags were sent");
    workspace.destroy().map(drop)
}
