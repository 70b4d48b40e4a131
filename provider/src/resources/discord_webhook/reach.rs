//! How a webhook is reached: as the bot, or by its own token.

use std::time::Duration;

use framework::{Attr, Error, Path, Result, path};
use tokio_util::sync::CancellationToken;

use super::model::Webhook;
use super::spot::{Spot, tokens};
use crate::diagnose::Doing;
use contract::secret::Secret;
use discord::{
    self, AuditReason, Bounds, Changes, Client, Failure, FailureKind, Snowflake, WebhookUrl,
};

/// How long an operation waits for Discord where the user says nothing.
pub(super) const PATIENCE: Duration = Duration::from_mins(5);

/// Discord, as one operation on one webhook talks to it.
pub(super) struct Reach<'a> {
    pub(super) client: &'a Client,
    pub(super) bounds: Bounds,
    pub(super) reason: Option<AuditReason>,
}

/// Who a call is made as.
pub(super) enum Way {
    /// The bot.
    Bot,
    /// Whoever knows the webhook's token.
    Token(Secret<String>),
}

/// A webhook that exists, and a way that leads to it.
pub(super) struct Reached {
    pub(super) way: Way,
    pub(super) webhook: discord::Webhook,
}

/// What a look for a webhook found.
pub(super) enum Look {
    /// It is there.
    Found(Reached),
    /// Discord says that there is no such webhook.
    Gone,
    /// There is neither a bot nor a parameter with its token.
    NoWay,
}

impl<'a> Reach<'a> {
    pub(super) fn new(
        client: &'a Client,
        reason: &Attr<String>,
        limit: Duration,
        cancel: &CancellationToken,
    ) -> Self {
        let reason = reason.as_known().and_then(|text| AuditReason::parse(text).ok());
        Self { client, bounds: Bounds::within(limit, cancel.clone()), reason }
    }

    /// Looks for the webhook of a state.
    ///
    /// One that the bot made is the bot's; an adopted one goes by its own token, which the bot may
    /// stand in for where no parameter has it. `given` is a URL from the configuration.
    pub(super) async fn look(
        &self,
        state: &Webhook,
        spots: &[Spot],
        given: Option<&WebhookUrl>,
    ) -> Result<Look> {
        let id = id_of(state)?;
        let mut refused = None;
        for way in self.ways(state, spots, given).await? {
            match self.read(&id, &way).await {
                Ok(webhook) => return Ok(Look::Found(Reached { way, webhook })),
                Err(failure) if failure.is_unknown_webhook() => return Ok(Look::Gone),
                Err(failure) if is_refusal(&failure) => refused = refused.or(Some(failure)),
                Err(failure) => return Err(failure).doing("read", "Discord webhook", id.as_str()),
            }
        }
        match refused {
            Some(failure) => Err(failure).doing("read", "Discord webhook", id.as_str()),
            None => Ok(Look::NoWay),
        }
    }

    /// The same, for an operation that can't go on without the webhook.
    pub(super) async fn find(
        &self,
        state: &Webhook,
        spots: &[Spot],
        given: Option<&WebhookUrl>,
    ) -> Result<Reached> {
        match self.look(state, spots, given).await? {
            Look::Found(reached) => Ok(reached),
            Look::Gone => Err(Error::new(
                format!("Unable to read Discord webhook `{}`", id_of(state)?),
                "Somebody deleted the webhook since the plan was made.",
            )
            .hint("plan again: the webhook is made anew then.")),
            Look::NoWay => Err(no_way(&id_of(state)?)),
        }
    }

    async fn ways(
        &self,
        state: &Webhook,
        spots: &[Spot],
        given: Option<&WebhookUrl>,
    ) -> Result<Vec<Way>> {
        if self.client.has_bot() && !state.is_adopted() {
            return Ok(vec![Way::Bot]);
        }
        let id = id_of(state)?;
        let given = given.filter(|url| url.id == id).map(|url| url.token.clone());
        let mut ways: Vec<Way> = given.into_iter().map(Way::Token).collect();
        match tokens(spots, self.client, id.as_str()).await {
            Ok(tokens) => ways.extend(tokens.into_iter().map(Way::Token)),
            Err(_) if self.client.has_bot() || !ways.is_empty() => {}
            Err(problem) => return Err(problem),
        }
        if self.client.has_bot() {
            ways.push(Way::Bot);
        }
        Ok(ways)
    }

    async fn read(&self, id: &Snowflake, way: &Way) -> Result<discord::Webhook, Failure> {
        match way {
            Way::Bot => self.client.webhook(id, &self.bounds).await,
            Way::Token(token) => self.client.webhook_with_token(id, token, &self.bounds).await,
        }
    }

    /// Changes the webhook. Only a bot moves one to another channel.
    pub(super) async fn change(
        &self,
        reached: &Reached,
        changes: &Changes,
    ) -> Result<discord::Webhook> {
        let (id, reason) = (&reached.webhook.id, self.reason.as_ref());
        let by_bot = changes.channel_id.is_some() && self.client.has_bot();
        let answer = match &reached.way {
            Way::Token(token) if !by_bot => {
                let client = self.client;
                client.modify_webhook_with_token(id, token, changes, reason, &self.bounds).await
            }
            Way::Token(_) | Way::Bot => {
                self.client.modify_webhook(id, changes, reason, &self.bounds).await
            }
        };
        let moves = changes.channel_id.is_some();
        let at = if moves { path!(Webhook => channel_id) } else { Path::root() };
        let answer = answer.doing("change", "Discord webhook", &reached.webhook.name);
        answer.map_err(|problem| problem.at(at))
    }

    /// Deletes the webhook of a state. One that is gone already is deleted.
    pub(super) async fn remove(&self, state: &Webhook, spots: &[Spot]) -> Result<()> {
        match self.look(state, spots, None).await? {
            Look::Found(reached) => self.delete(&reached).await,
            Look::Gone => Ok(()),
            Look::NoWay => Err(no_way(&id_of(state)?)),
        }
    }

    async fn delete(&self, reached: &Reached) -> Result<()> {
        let (id, reason) = (&reached.webhook.id, self.reason.as_ref());
        let deleted = match &reached.way {
            Way::Bot => self.client.delete_webhook(id, reason, &self.bounds).await,
            Way::Token(token) => {
                self.client.delete_webhook_with_token(id, token, reason, &self.bounds).await
            }
        };
        match deleted {
            Err(failure) if failure.is_unknown_webhook() => Ok(()),
            outcome => outcome.doing("delete", "Discord webhook", &reached.webhook.name),
        }
    }

    /// The webhook's URL, to be written into a parameter.
    pub(super) async fn url(&self, reached: &Reached, spots: &[Spot]) -> Result<WebhookUrl> {
        let id = reached.webhook.id.clone();
        let token = match &reached.way {
            Way::Token(token) => Some(token.clone()),
            Way::Bot => match &reached.webhook.token {
                Some(token) => Some(token.clone()),
                None => tokens(spots, self.client, id.as_str()).await?.into_iter().next(),
            },
        };
        let token = token.ok_or_else(|| {
            Error::new(
                format!("Unable to read the URL of Discord webhook `{}`", reached.webhook.name),
                "Discord shows a webhook's token only to the application that made it, and no parameter holds it.",
            )
            .hint("copy the webhook's URL from the channel's settings, and adopt the webhook with `url_wo` and `url_wo_version`.")
        })?;
        Ok(WebhookUrl { id, token })
    }
}

/// The webhook's id.
pub(super) fn id_of(state: &Webhook) -> Result<Snowflake> {
    let id = state.id.known("id")?;
    id.parse().map_err(|problem| Error::provider_bug(format!("the webhook's id: {problem}")))
}

/// What is said where there is neither bot nor token.
pub(super) fn no_way(id: &Snowflake) -> Error {
    Error::new(
        format!("Unable to reach Discord webhook `{id}`"),
        "The provider has no bot token, and no parameter of `publish_to` holds the webhook's URL any more.",
    )
    .hint("give the provider a bot token (`discord.bot_token`, or DISCORD_BOT_TOKEN), or give the URL in `url_wo`.")
}

/// Whether another way may be let in where this one isn't.
fn is_refusal(failure: &Failure) -> bool {
    matches!(failure.kind(), FailureKind::Unauthorized | FailureKind::Forbidden)
}
