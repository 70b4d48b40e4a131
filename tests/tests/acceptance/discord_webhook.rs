//! `hinomi_discord_webhook` with the real `terraform` against the stand-ins.

mod adopted;
mod broken;
mod drift;
mod life;
mod refusals;

use std::collections::BTreeMap;

use hinomi_tests::discord::standin::{Operation, WebhookView};
use hinomi_tests::{Account, Discord, Error, Result, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_discord_webhook.bell";
const REGION: &str = "us-east-1";
const PARAMETER: &str = "/hinomi/bell";

/// A picture of one pixel, and another one.
const PNG: &str = "data:image/png;base64,iVBORw0KGgphYmM=";
const OTHER_PNG: &str = "data:image/png;base64,iVBORw0KGgp4eXo=";

/// One account, one Discord, one folder.
struct Scene {
    account: Account,
    discord: Discord,
    workspace: Workspace,
}

impl Scene {
    /// With a bot that may manage webhooks.
    fn new(name: &str) -> Result<Self> {
        let (account, discord) = (Account::new()?, Discord::start()?);
        let workspace = Workspace::new(name)?.with_account(&account).with_discord(&discord);
        Ok(Self { account, discord, workspace })
    }

    /// Without a bot, and with a webhook that a person made, whose URL comes as a variable.
    fn adopting(name: &str) -> Result<(Self, String)> {
        let (account, discord) = (Account::new()?, Discord::start()?);
        let seeded = discord.server().webhook_by_person(discord.channel(), "Bell");
        let workspace = Workspace::new(name)?
            .with_account(&account)
            .var("discord_base_url", &discord.server().url())
            .var("webhook_url", &seeded.url);
        Ok((Self { account, discord, workspace }, seeded.id))
    }

    /// A configuration with one webhook of these attributes.
    fn hcl(attributes: &str) -> String {
        format!(
            r#"
variable "discord_base_url" {{}}

variable "webhook_url" {{
  type      = string
  ephemeral = true
  sensitive = true
  default   = ""
}}

provider "hinomi" {{
  discord = {{ base_url = var.discord_base_url }}
}}

resource "hinomi_discord_webhook" "bell" {{
  {attributes}
}}
"#
        )
    }

    /// A webhook in the first channel, with these attributes beside name and channel.
    fn bell(&self, name: &str, attributes: &str) -> String {
        let channel = self.discord.channel();
        Self::hcl(&format!("channel_id = \"{channel}\"\n  name = \"{name}\"\n  {attributes}"))
    }

    /// One parameter, in the account and region of the credentials.
    fn published() -> String {
        format!("publish_to = {{ here = {{ parameter_name = \"{PARAMETER}\" }} }}")
    }

    /// Applies, and expects that nothing is left to do.
    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// The webhook's attributes as they are in the state.
    fn attributes(&self) -> Result<Value> {
        self.workspace.stored(ADDRESS)
    }

    /// What a plan wants to do with the webhook: its actions, and the change.
    fn planned(&self) -> Result<(Vec<String>, Value)> {
        self.workspace.planned(ADDRESS)
    }

    /// The one webhook that exists.
    fn webhook(&self) -> Result<WebhookView> {
        let mut all = self.discord.server().webhooks();
        match (all.pop(), all.is_empty()) {
            (Some(webhook), true) => Ok(webhook),
            _ => Err(Error::unexpected(format!(
                "there should be one webhook: {:?}",
                self.discord.server().webhooks()
            ))),
        }
    }

    /// A parameter of the account, decrypted.
    fn parameter(&self, name: &str) -> Result<Value> {
        parameter(&self.account, REGION, name)
    }

    /// Fails unless the parameter holds the URL of the webhook that exists.
    fn expect_published(&self, name: &str) -> Result<()> {
        let webhook = self.webhook()?;
        let token = self.discord.server().webhook_token(&webhook.id).unwrap_or_default();
        let found = self.parameter(name)?;
        assert_eq!(found["Type"], "SecureString");
        let root = self.discord.server().url().replace("/v10", "");
        // Not `assert_eq`: a failure must not print the URL.
        let url = format!("{root}/webhooks/{}/{token}", webhook.id);
        assert!(found["Value"] == url.as_str(), "{name} should hold the URL of {}", webhook.id);
        Ok(())
    }

    /// The parameter's tags.
    fn tags(&self, name: &str) -> Result<BTreeMap<String, String>> {
        let body = json!({ "ResourceType": "Parameter", "ResourceId": name });
        let answer = self.ssm("ListTagsForResource", &body)?;
        let tags = answer["TagList"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Ok(tags.iter().map(|tag| (text(&tag["Key"]), text(&tag["Value"]))).collect())
    }

    /// A call to SSM, past Terraform.
    fn ssm(&self, operation: &str, body: &Value) -> Result<Value> {
        self.account.json("ssm", REGION, &format!("AmazonSSM.{operation}"), body)
    }

    /// Names of the parameters that exist.
    fn parameters(&self) -> Result<Vec<String>> {
        let objects = self.account.objects()?.into_iter();
        Ok(objects.filter(|one| one.kind == "ssm:parameter").map(|one| one.name).collect())
    }

    /// How often Discord was asked for this.
    fn asked(&self, operation: Operation) -> usize {
        let requests = self.discord.server().requests();
        requests.iter().filter(|request| request.operation == operation).count()
    }

    /// Destroys, and expects that nothing is left and that no artefact holds a token.
    fn end(&self) -> Result<()> {
        self.workspace.destroy()?;
        assert_eq!(self.discord.server().webhooks(), []);
        assert_eq!(self.parameters()?, [""; 0]);
        self.discord.expect_no_token_in(&self.workspace)
    }
}

/// A parameter, decrypted.
fn parameter(account: &Account, region: &str, name: &str) -> Result<Value> {
    let body = json!({ "Name": name, "WithDecryption": true });
    let answer = account.json("ssm", region, "AmazonSSM.GetParameter", &body)?;
    Ok(answer["Parameter"].clone())
}
