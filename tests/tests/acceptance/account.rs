//! The module `account`, and the quickstart that a user would start from, with the real provider.

mod quickstart;
mod wiring;

use std::collections::BTreeMap;

use hinomi_tests::account::REGION;
use hinomi_tests::{Account, Discord, Result, Workspace, paths};

/// A configuration that calls the module: its own main file is replaced where a test needs another.
const QUICKSTART: &str = "examples/quickstart";

/// Address of a monitor of the module.
fn monitor(name: &str) -> String {
    format!("module.account.hinomi_synthetic_monitor.this[\"{name}\"]")
}

/// An empty account, a Discord, and a copy of the quickstart.
struct Scene {
    account: Account,
    discord: Discord,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let (account, discord) = (Account::new()?, Discord::start()?);
        let workspace = Workspace::from_repository(name, QUICKSTART, &paths::provider())?
            .with_account(&account)
            .with_discord(&discord)
            .var("region", REGION)
            .var("discord_channel_id", discord.channel())
            .var("keep_history", "false");
        let scene = Self { account, discord, workspace };
        by_hand(&scene.account)?;
        Ok(scene)
    }

    /// The quickstart with this in place of its main file, and the module's outputs alone.
    fn with(name: &str, main: &str) -> Result<Self> {
        let scene = Self::new(name)?;
        scene.workspace.config(&format!("{PROVIDER}{main}"))?;
        scene.workspace.file("outputs.tf", OUTPUTS)?;
        Ok(scene)
    }

    fn apply(&self) -> Result<()> {
        self.workspace.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// Removes everything, and fails when something is left in these accounts or on Discord.
    fn end(&self, accounts: &[&Account]) -> Result<()> {
        self.discord.expect_no_token_in(&self.workspace)?;
        self.workspace.destroy()?;
        for account in accounts {
            let left = account.objects()?;
            let left: Vec<_> = left.iter().filter(|one| one.name != ENTRANCE).collect();
            assert!(left.is_empty(), "{left:?}");
        }
        assert!(self.discord.server().webhooks().is_empty());
        Ok(())
    }
}

/// The role by which the scene's credentials enter another account.
const ENTRANCE: &str = "hinomi";

const PROVIDER: &str = r#"
provider "hinomi" {
  region  = var.region
  discord = { base_url = var.discord_base_url }
}
"#;

const OUTPUTS: &str = r#"
output "estimated_monthly_cost_usd" {
  value = module.account.estimated_monthly_cost_usd
}

output "monitors" {
  value = module.account.monitors
}
"#;

/// Nothing happens in the account by itself, and what takes AWS a while is over soon.
fn by_hand(account: &Account) -> Result<()> {
    account.transition_milliseconds(20)?;
    account.fire_schedules_by_hand()?;
    account.evaluate_alarms_by_hand()
}

/// How many of each kind exist.
fn kinds(account: &Account) -> Result<BTreeMap<String, usize>> {
    let mut kinds = BTreeMap::new();
    for object in account.objects()? {
        *kinds.entry(object.kind).or_default() += 1;
    }
    Ok(kinds)
}
