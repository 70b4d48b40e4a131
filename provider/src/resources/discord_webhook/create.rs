//! A webhook that is made, or adopted.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};

use aws_sdk_ssm::types::ParameterMetadata;
use framework::{Applied, Attr, Context, Error, Private, Result, path};
use sha2::{Digest, Sha256};

use super::model::Webhook;
use super::plan::moving_needs_a_bot;
use super::reach::{PATIENCE, Reach, Reached, Way};
use super::settle::{self, AVATAR, VERSIONS};
use super::spot::{Owner, Spot, spots};
use crate::clients::{Clients, Defaults};
use crate::diagnose::{Doing, discord_error};
use crate::model::{tags, timeouts};
use discord::{Avatar, AvatarChange, FailureKind, NewWebhook, Snowflake, WebhookUrl};

/// Begins the name of a webhook until its first parameter is written.
const PASSING_NAME: &str = "hinomi-making-";

/// Makes or adopts the webhook and writes its parameters.
pub(super) async fn create(
    context: &mut Context<'_, Clients>,
    planned: Webhook,
    config: Webhook,
) -> Result<Applied<Webhook>> {
    let clients = context.clients;
    let limit = timeouts::limit(&planned.timeouts, |timeouts| &timeouts.create, PATIENCE);
    let client = clients.discord()?;
    let reach = Reach::new(client, &planned.audit_log_reason, limit, &context.cancel);
    let spots = spots(clients, &planned, &context.cancel).await?;
    let begun = match config.url_wo.as_known() {
        Some(text) => adopt(&reach, clients, spots, &planned, text).await?,
        None => make(&reach, clients, spots, &planned, &config).await?,
    };
    let mut model = planned.clone();
    settle::complete(&mut model, &begun.reached.webhook, &clients.defaults);
    model.parameter_arns = Attr::Known(BTreeMap::new());
    let finished = finish(&reach, begun, &planned, &config, &mut model, context.private).await;
    Ok(match finished {
        Ok(found) => {
            let mut done = planned;
            settle::complete(&mut done, &found, &clients.defaults);
            done.parameter_arns = model.parameter_arns;
            Applied::Done(done)
        }
        Err(problem) => Applied::Partial(model, problem),
    })
}

/// A webhook that exists, before its parameters are written.
struct Begun {
    reached: Reached,
    /// Each parameter, with what is there already.
    spots: Vec<(Spot, Option<ParameterMetadata>)>,
    stack: String,
    /// Value of the tag `hinomi:name`.
    tag_name: String,
}

/// Looks at what is under the parameters' names, before anything is made.
async fn claim(
    spots: Vec<Spot>,
    owner: &Owner<'_>,
) -> Result<Vec<(Spot, Option<ParameterMetadata>)>> {
    let mut claimed = Vec::new();
    for spot in spots {
        let found = spot.claim(owner).await?;
        claimed.push((spot, found));
    }
    Ok(claimed)
}

/// Finds the webhook of `url_wo`.
async fn adopt(
    reach: &Reach<'_>,
    clients: &Clients,
    spots: Vec<Spot>,
    planned: &Webhook,
    text: &str,
) -> Result<Begun> {
    let url = reach.client.parse_webhook_url(text).map_err(|problem| {
        Error::new("Invalid value for `url_wo`", format!("`url_wo`: {problem}."))
            .at(path!(Webhook => url_wo))
    })?;
    let found = reach.client.webhook_with_token(&url.id, &url.token, &reach.bounds).await;
    let webhook = found
        .doing("adopt", "Discord webhook", url.id.as_str())
        .map_err(|problem| problem.at(path!(Webhook => url_wo)))?;
    let here = webhook.channel_id.as_ref().map_or("", Snowflake::as_str);
    match planned.channel_id.as_known() {
        Some(wanted) if wanted != here && !reach.client.has_bot() => {
            return Err(moving_needs_a_bot(here, wanted));
        }
        Some(_) | None => {}
    }
    let stack = stack(&clients.defaults)?;
    let name = planned.name.as_known().unwrap_or(&webhook.name);
    let tag_name = settle::tag_name(name);
    let spots = claim(spots, &Owner { stack: &stack, name: &tag_name }).await?;
    let reached = Reached { way: Way::Token(url.token), webhook };
    Ok(Begun { reached, spots, stack, tag_name })
}

/// Makes the webhook as the bot, or takes over what an interrupted run left behind.
async fn make(
    reach: &Reach<'_>,
    clients: &Clients,
    spots: Vec<Spot>,
    planned: &Webhook,
    config: &Webhook,
) -> Result<Begun> {
    let channel: Snowflake =
        planned.channel_id.known("channel_id")?.parse().map_err(|problem| {
            Error::provider_bug(format!("`channel_id` was found valid: {problem}"))
        })?;
    let stack = stack(&clients.defaults)?;
    let tag_name = settle::tag_name(planned.name.known("name")?);
    let spots = claim(spots, &Owner { stack: &stack, name: &tag_name }).await?;
    let webhook = if let Some(left) = left_in_parameter(reach, &spots).await? {
        left
    } else {
        let name = passing_name(&stack, spots.first().map(|(spot, _)| spot.arn()));
        let new = new_webhook(name, config)?;
        make_once(reach, &channel, &new, !spots.is_empty()).await?
    };
    Ok(Begun { reached: Reached { way: Way::Bot, webhook }, spots, stack, tag_name })
}

fn new_webhook(name: String, config: &Webhook) -> Result<NewWebhook> {
    let avatar: Option<Avatar> = match settle::avatar_change(config, false)? {
        AvatarChange::Set(avatar) => Some(avatar),
        AvatarChange::Keep | AvatarChange::Clear => None,
    };
    Ok(NewWebhook { name, avatar })
}

/// The webhook whose URL a parameter of this very declaration holds: a run was killed after it had
/// written it. It counts only if it lives, and if the bot's own application made it.
async fn left_in_parameter(
    reach: &Reach<'_>,
    spots: &[(Spot, Option<ParameterMetadata>)],
) -> Result<Option<discord::Webhook>> {
    for (spot, found) in spots {
        if found.is_none() {
            continue;
        }
        let Some(url) = spot.url(reach.client).await? else { continue };
        match reach.client.webhook(&url.id, &reach.bounds).await {
            Ok(webhook) if is_own(&webhook) => return Ok(Some(webhook)),
            Ok(_) => {}
            Err(failure) if failure.is_unknown_webhook() => {}
            Err(failure) => {
                return Err(failure).doing("read", "Discord webhook", url.id.as_str());
            }
        }
    }
    Ok(None)
}

/// Whether the bot's own application made it: only then Discord shows both.
fn is_own(webhook: &discord::Webhook) -> bool {
    webhook.application_id.is_some() && webhook.token.is_some()
}

/// Names the declaration that is about to make a webhook. Where it publishes to a parameter, the
/// name is the same in every run, since no two declarations own one parameter; else it is random.
fn passing_name(stack: &str, arn: Option<String>) -> String {
    let bits = match arn {
        Some(arn) => {
            let mut hasher = Sha256::new();
            hasher.update((stack.len() as u64).to_be_bytes());
            hasher.update(stack.as_bytes());
            hasher.update(arn.as_bytes());
            let digest = hasher.finalize();
            digest.iter().take(8).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte))
        }
        None => RandomState::new().hash_one(stack),
    };
    format!("{PASSING_NAME}{bits:016x}")
}

/// Makes the webhook under its passing name, but never a second one: what a killed run left under
/// this name is taken over, and so is what was made without an answer. Only when the channel shows
/// that nothing was made, it is asked for once more.
async fn make_once(
    reach: &Reach<'_>,
    channel: &Snowflake,
    new: &NewWebhook,
    may_be_left: bool,
) -> Result<discord::Webhook> {
    if may_be_left && let Some(left) = under_passing_name(reach, channel, &new.name).await? {
        return Ok(left);
    }
    let mut is_repeated = false;
    loop {
        let reason = reach.reason.as_ref();
        let made = reach.client.create_webhook(channel, new, reason, &reach.bounds).await;
        let failure = match made {
            Ok(webhook) => return Ok(webhook),
            Err(failure) => failure,
        };
        if *failure.kind() == FailureKind::Ambiguous {
            if let Some(made) = under_passing_name(reach, channel, &new.name).await? {
                return Ok(made);
            }
            if !is_repeated {
                is_repeated = true;
                continue;
            }
        }
        let error =
            discord_error(&failure, "create", "Discord webhook", &format!("in channel {channel}"));
        return Err(error.at(path!(Webhook => channel_id)));
    }
}

async fn under_passing_name(
    reach: &Reach<'_>,
    channel: &Snowflake,
    name: &str,
) -> Result<Option<discord::Webhook>> {
    let all = reach.client.list_channel_webhooks(channel, &reach.bounds).await;
    let all = all.doing("list", "webhooks of Discord channel", channel.as_str());
    let all = all.map_err(|problem| problem.at(path!(Webhook => channel_id)))?;
    Ok(all.into_iter().find(|webhook| webhook.name == name && is_own(webhook)))
}

/// Writes the parameters, then gives the webhook its name: as long as it has its passing name, no
/// parameter may know it, and afterwards one does.
async fn finish(
    reach: &Reach<'_>,
    begun: Begun,
    planned: &Webhook,
    config: &Webhook,
    model: &mut Webhook,
    private: &mut Private,
) -> Result<discord::Webhook> {
    let Begun { reached, spots, stack, tag_name } = begun;
    if !spots.is_empty() {
        let url = reach.url(&reached, &[]).await?;
        let owner = Owner { stack: &stack, name: &tag_name };
        publish(reach, spots, &url, &owner, model, private).await?;
    }
    let is_new = reached.webhook.name.starts_with(PASSING_NAME);
    // A new webhook was made with its picture.
    let avatar = if is_new && reached.webhook.avatar.is_some() {
        AvatarChange::Keep
    } else {
        settle::avatar_change(config, false)?
    };
    let changes = settle::changes(planned, &reached.webhook, avatar);
    let found = if settle::is_empty(&changes) {
        reached.webhook
    } else {
        reach.change(&reached, &changes).await?
    };
    private.keep(AVATAR, &found.avatar)?;
    Ok(found)
}

async fn publish(
    reach: &Reach<'_>,
    spots: Vec<(Spot, Option<ParameterMetadata>)>,
    url: &WebhookUrl,
    owner: &Owner<'_>,
    model: &mut Webhook,
    private: &mut Private,
) -> Result<()> {
    let tags = tags::plain(&model.tags_all).unwrap_or_default();
    let mut versions: BTreeMap<String, i64> = BTreeMap::new();
    for (spot, found) in spots {
        if reach.bounds.cancel.is_cancelled() {
            return Err(stopped());
        }
        let version = spot.write(found, reach.client, url, &tags, owner).await?;
        versions.insert(spot.key.clone(), version);
        private.keep(VERSIONS, &versions)?;
        if let Some(arns) = model.parameter_arns.as_known_mut() {
            arns.insert(spot.key.clone(), Attr::Known(spot.arn()));
        }
    }
    Ok(())
}

/// Terraform was interrupted between two parameters.
pub(super) fn stopped() -> Error {
    Error::new(
        "Terraform was stopped before all parameters were written",
        "What exists is in the state; the next apply goes on from there.",
    )
}

/// The provider's stack.
pub(super) fn stack(defaults: &Defaults) -> Result<String> {
    defaults.stack.known("stack").cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passing_name_is_that_of_one_declaration() {
        let arn = |name: &str| Some(format!("arn:aws:ssm:eu-west-1:123456789012:parameter/{name}"));
        let one = passing_name("main", arn("a"));
        assert_eq!(one, passing_name("main", arn("a")));
        assert_ne!(one, passing_name("main", arn("b")));
        assert_ne!(one, passing_name("other", arn("a")));
        assert_ne!(passing_name("main", None), passing_name("main", None));
        assert_eq!(discord::validate_webhook_name(&one), Ok(()));
    }
}
