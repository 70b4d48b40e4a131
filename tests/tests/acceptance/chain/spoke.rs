//! A service in one account and region rings through the relay of another.

use hinomi_tests::discord::text_of;
use hinomi_tests::{Account, Discord, Result, Shop, Workspace};

use super::watch::{self, Watch};
use super::{LONG, by_hand, expect_none_in, invocations, settled};

/// The spoke's home.
const AWAY: &str = "eu-west-1";

fn declared(hub: &Account, spoke: &Account, discord: &Discord, shop: &Shop) -> String {
    let (hub, spoke, channel) = (hub.id(), spoke.id(), discord.channel());
    let relays = format!(
        r#"
variable "discord_base_url" {{}}

provider "hinomi" {{
  discord = {{ base_url = var.discord_base_url }}
}}

resource "hinomi_discord_webhook" "ops" {{
  channel_id = "{channel}"
  name       = "Ops"
  publish_to = {{
    home = {{
      parameter_name = "/hinomi/ops"
      account        = {{ id = "{hub}", role_name = "hinomi" }}
      region         = "us-east-1"
    }}
  }}
}}

resource "hinomi_alert_relay" "hub" {{
  name    = "ops"
  account = {{ id = "{hub}", role_name = "hinomi" }}
  region  = "us-east-1"
  emails  = ["ops@example.com"]
  webhook_parameter_arn = hinomi_discord_webhook.ops.parameter_arns["home"]
  source_accounts       = ["{spoke}"]
  accounts = {{ "{spoke}" = {{ name = "shop-production", purpose = "sells tickets" }} }}
}}

resource "hinomi_alert_relay" "spoke" {{
  name    = "ops"
  account = {{ id = "{spoke}", role_name = "hinomi" }}
  region  = "{AWAY}"
  hub     = {{ queue_arn = hinomi_alert_relay.hub.queue_arn, role_name = "hinomi" }}
}}
"#
    );
    let place =
        format!("account = {{ id = \"{spoke}\", role_name = \"hinomi\" }}\n  region = \"{AWAY}\"");
    let topics = format!("[hinomi_alert_relay.spoke.topic_arns[\"{AWAY}\"]]");
    relays
        + &watch::declared(shop, &place, &topics, "impact = \"critical\"\n owner = \"team-shop\"")
}

#[test]
fn an_alarm_of_another_account_and_region_is_told_by_the_hub() -> Result<()> {
    let (payer, hub, spoke) = (Account::new()?, Account::new()?, Account::new()?);
    for account in [&hub, &spoke] {
        by_hand(account)?;
        account.seed_entrance(&payer, "hinomi", None)?;
    }
    let (discord, shop) = (Discord::start()?, Shop::open()?);
    let workspace = Workspace::new("chain-spoke")?.with_account(&payer).with_discord(&discord);
    workspace.config(&declared(&hub, &spoke, &discord, &shop))?.apply()?;
    workspace.expect_empty_plan()?;

    let mut watch = Watch::new(&workspace, &spoke, AWAY, &shop)?;
    watch.breaks()?;
    let opened = discord
        .wait_for_message("a message", LONG, |one| text_of(one).contains("checkout is down"))?;
    let told = text_of(&opened);
    for part in ["shop-production", "sells tickets", spoke.id(), AWAY, "team-shop"] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    watch.heals()?;
    discord.wait_for_message("its edit", LONG, |one| {
        one.edits == 1 && text_of(one).contains("checkout is up again")
    })?;
    settled(&hub)?;
    assert_eq!(discord.messages().len(), 1);
    assert_eq!(invocations(&spoke, "aws:sqs")?, [], "the only relay's function is the hub's");
    assert!(invocations(&hub, "aws:sqs")?.iter().all(|one| one.error.is_none()));

    discord.expect_no_token_in(&workspace)?;
    let secrets = discord.server().secrets();
    expect_none_in(&hub, &secrets.iter().map(String::as_str).collect::<Vec<_>>())?;
    workspace.destroy().map(drop)
}
