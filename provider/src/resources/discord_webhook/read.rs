//! A webhook and its parameters as they are now.

use std::collections::BTreeMap;

use aws_sdk_ssm::types::{ParameterMetadata, ParameterType};
use framework::{Attr, Context, Error, Private, Result, path};

use super::model::Webhook;
use super::reach::{Look, PATIENCE, Reach, Way, id_of};
use super::settle::{self, FORMER_ID, VERSIONS};
use super::spot::{Spot, spots};
use crate::clients::{Clients, Defaults};
use crate::model::place::note_promise;
use crate::model::tags;
use discord::{Client, Snowflake, WebhookUrl};

/// Reads a webhook. It is gone when Discord says so and no parameter is left of it; as long as one
/// is left, the state stays without an id, so that a destroy removes the rest.
pub(super) async fn read(
    context: &mut Context<'_, Clients>,
    state: Webhook,
) -> Result<Option<Webhook>> {
    let clients = context.clients;
    let client = clients.discord()?;
    note_promise(context.private, &clients.defaults)?;
    let reach = Reach::new(client, &state.audit_log_reason, PATIENCE, &context.cancel);
    let mut now = state.clone();
    let (spots, found) = present(spots(clients, &state, &context.cancel).await?, &mut now).await?;
    let look = match state.id {
        Attr::Known(_) => reach.look(&state, &spots, None).await?,
        Attr::Null | Attr::Unknown => Look::Gone,
    };
    let token = match look {
        Look::Gone if spots.is_empty() => return Ok(None),
        Look::Gone => {
            if let Attr::Known(id) = &state.id {
                context.private.keep(FORMER_ID, id)?;
            }
            now.id = Attr::Null;
            return Ok(Some(now));
        }
        Look::NoWay => {
            context.warnings.warning(path!(Webhook => publish_to), UNREADABLE, UNREADABLE_DETAIL);
            None
        }
        Look::Found(reached) => {
            settle::refresh(&mut now, &reached.webhook);
            match reached.way {
                Way::Token(token) => Some(token),
                Way::Bot => reached.webhook.token,
            }
        }
    };
    let id = id_of(&now)?;
    let url = token.map(|token| WebhookUrl { id: id.clone(), token });
    let mut shelf =
        Shelf { client, id, url, private: context.private, defaults: &clients.defaults };
    for (spot, found) in spots.iter().zip(&found) {
        shelf.compare(spot, found, &mut now).await?;
    }
    if now.tags_all.is_null() {
        // Imported a moment ago.
        now.tags_all = settle::tags_all(&now, &clients.defaults);
    }
    Ok(Some(now))
}

const UNREADABLE: &str = "The webhook can't be read";
const UNREADABLE_DETAIL: &str = "The provider has no bot token, and no parameter holds the webhook's URL any more: what the webhook is like can't be seen. Give the provider a bot token, or give the URL in `url_wo` when you apply next.";

/// The parameters that exist; the others are taken out of the state's ARNs.
async fn present(all: Vec<Spot>, now: &mut Webhook) -> Result<(Vec<Spot>, Vec<ParameterMetadata>)> {
    let mut present = Vec::new();
    for spot in all {
        match spot.find().await? {
            Some(found) => present.push((spot, found)),
            None => forget(now, &spot.key),
        }
    }
    Ok(present.into_iter().unzip())
}

/// A parameter that is missing from the ARNs is written by the next apply.
fn forget(state: &mut Webhook, key: &str) {
    if let Some(arns) = state.parameter_arns.as_known_mut() {
        arns.remove(key);
    }
}

/// What the parameters are held against.
struct Shelf<'a> {
    client: &'a Client,
    id: Snowflake,
    /// The webhook's URL, when this run can know it.
    url: Option<WebhookUrl>,
    private: &'a mut Private,
    defaults: &'a Defaults,
}

impl Shelf<'_> {
    /// Takes into the state what somebody else changed of a parameter.
    async fn compare(
        &mut self,
        spot: &Spot,
        found: &ParameterMetadata,
        now: &mut Webhook,
    ) -> Result<()> {
        if found.r#type.as_ref() != Some(&ParameterType::SecureString)
            || !self.is_intact(spot, found.version).await?
        {
            forget(now, &spot.key);
        }
        refresh_key(spot, found.key_id.as_deref(), now);
        let found = spot.tags().await?;
        let expected = tags::plain(&now.tags_all).unwrap_or_default();
        if without_aws(&found) != expected {
            now.tags = tags::own_of(&found, &now.tags, &now.tags_all, self.defaults);
            let all = without_aws(&found).into_iter();
            now.tags_all = Attr::Known(all.map(|(key, value)| (key, Attr::Known(value))).collect());
        }
        Ok(())
    }

    /// Whether the parameter still holds the URL. Its value is looked at only when somebody wrote
    /// to it since we did.
    async fn is_intact(&mut self, spot: &Spot, version: i64) -> Result<bool> {
        let mut versions: BTreeMap<String, i64> = self.private.value(VERSIONS).unwrap_or_default();
        if versions.get(&spot.key) == Some(&version) {
            return Ok(true);
        }
        let is_intact = match &self.url {
            Some(url) => spot.holds(self.client, url).await?,
            None => spot.url(self.client).await?.is_some_and(|url| url.id == self.id),
        };
        if is_intact {
            versions.insert(spot.key.clone(), version);
            self.private.keep(VERSIONS, &versions)?;
        }
        Ok(is_intact)
    }
}

/// Tags that AWS sets by itself are nobody's to change.
fn without_aws(tags: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let others = tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
    others.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// Keeps the user's spelling of a key unless another key encrypts the parameter.
fn refresh_key(spot: &Spot, found: Option<&str>, now: &mut Webhook) {
    let declared = spot.publication.kms_key_id.as_known().map(String::as_str);
    if same_key(declared, found) {
        return;
    }
    let all = now.publish_to.as_known_mut();
    let publication = all.and_then(|all| all.get_mut(&spot.key)).and_then(Attr::as_known_mut);
    if let Some(publication) = publication {
        publication.kms_key_id = found.map(str::to_owned).into();
    }
}

/// Whether two spellings mean one key, as far as they can be compared: id or alias, alone or as
/// the end of an ARN. No spelling means the account's own key for SSM.
fn same_key(declared: Option<&str>, found: Option<&str>) -> bool {
    fn short(key: Option<&str>) -> &str {
        let key = key.unwrap_or("alias/aws/ssm");
        let key = key.rsplit(':').next().unwrap_or(key);
        key.strip_prefix("key/").unwrap_or(key)
    }
    short(declared) == short(found)
}

/// The model of a webhook that is to be imported; a read follows.
pub(super) fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Webhook> {
    let invalid = |problem: String| Error::new(format!("Invalid import id `{id}`"), problem);
    let id: Snowflake = id
        .parse()
        .map_err(|problem| invalid(format!("The id of a webhook is expected: {problem}.")))?;
    if !context.clients.discord()?.has_bot() {
        let problem =
            "Only a bot can find a webhook by its id, and the provider has no token of a bot.";
        return Err(invalid(problem.to_owned()).hint("set `discord.bot_token` in the provider block or DISCORD_BOT_TOKEN; or adopt the webhook by its URL, with `url_wo` and `url_wo_version`."));
    }
    context.warnings.warning(
        path!(Webhook => publish_to),
        "Parameters are not imported",
        "Discord doesn't know where a webhook's URL is kept. The next apply writes the parameters of `publish_to`, and sends `avatar` if it is set.",
    );
    Ok(Webhook {
        id: Attr::Known(id.to_string()),
        adopted: Attr::Known(false),
        delete_on_destroy: Attr::Known(true),
        parameter_arns: Attr::Known(BTreeMap::new()),
        ..Webhook::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_in_every_spelling() {
        let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
        let arn = format!("arn:aws:kms:eu-west-1:123456789012:key/{id}");
        let alias = "arn:aws:kms:eu-west-1:123456789012:alias/alerts";
        for (declared, found, same) in [
            (None, None, true),
            (None, Some("alias/aws/ssm"), true),
            (Some("alias/aws/ssm"), Some("alias/aws/ssm"), true),
            (Some(id), Some(arn.as_str()), true),
            (Some(arn.as_str()), Some(id), true),
            (Some("alias/alerts"), Some(alias), true),
            (None, Some(id), false),
            (Some(id), Some("alias/aws/ssm"), false),
            (Some("alias/alerts"), Some("alias/other"), false),
        ] {
            assert_eq!(same_key(declared, found), same, "{declared:?} {found:?}");
        }
    }
}
