//! Messages on Discord: by the webhook whose URL is in the parameter store, found again by a bot.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ::discord::{
    Bounds, Client, DEFAULT_BASE_URL, Failure, FailureKind, Seen, Settings, Snowflake, WebhookUrl,
};
use contract::relay::Destination;
use contract::secret::Secret;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;
use url::Url;

use super::webhooks::{Parameters, Read, Secrets};
use super::{Bell, Letter, Search, Trouble};
use crate::relay::message;

/// Messages of a channel that are looked through.
const LOOKED_THROUGH: u8 = 100;
/// When Discord's ids begin to count: the first second of 2015, in milliseconds.
const EPOCH: i64 = 1_420_070_400_000;
/// A clock may be so much ahead of Discord's.
const SKEW: SignedDuration = SignedDuration::from_secs(30);

/// What a warm function remembers: connections, rate limits, and secrets for some minutes.
#[derive(Default)]
pub struct Memory {
    clients: Mutex<BTreeMap<String, Client>>,
    secrets: Secrets,
}

/// Discord, for one invocation.
pub struct Discord<'a, P> {
    memory: &'a Memory,
    parameters: P,
    base_url: Url,
    bot_token_parameter_arn: Option<&'a str>,
}

impl<'a, P: Parameters> Discord<'a, P> {
    /// Discord as a relay's settings have it. An address that is none is an error, which says so.
    pub fn new(
        memory: &'a Memory,
        parameters: P,
        settings: &'a contract::relay::Settings,
    ) -> Result<Self, String> {
        let address = settings.discord_base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
        let base_url = Url::parse(address);
        let base_url =
            base_url.map_err(|problem| format!("discord_base_url is no URL: {problem}"))?;
        let bot_token_parameter_arn = settings.bot_token_parameter_arn.as_deref();
        Ok(Self { memory, parameters, base_url, bot_token_parameter_arn })
    }

    /// The client of webhooks, which remembers the limits that Discord told.
    fn client(&self) -> Client {
        let mut clients = self.memory.clients.lock().unwrap_or_else(PoisonError::into_inner);
        let made = clients.entry(self.base_url.to_string());
        made.or_insert_with(|| Client::new(self.client_settings(None))).clone()
    }

    fn client_settings(&self, bot_token: Option<Secret<String>>) -> Settings {
        Settings { base_url: self.base_url.clone(), bot_token, version: env!("CARGO_PKG_VERSION") }
    }

    /// The webhook of a place, and whether its URL was read just now.
    async fn webhook(&self, to: &Destination) -> Result<(WebhookUrl, bool), Trouble> {
        let arn = &to.parameter_arn;
        let read = self.memory.secrets.of(&self.parameters, arn).await;
        let Read { secret, is_new } = read.map_err(Trouble::Settings)?;
        let url = WebhookUrl::parse(secret.expose(), &self.base_url);
        let url = url.map_err(|problem| {
            self.memory.secrets.forget(arn);
            Trouble::Settings(format!("parameter {arn}: {problem}"))
        })?;
        Ok((url, is_new))
    }

    /// Calls with a webhook's URL, and once more if that URL is dead and a newer one is there.
    async fn with_webhook<T, F>(
        &self,
        to: &Destination,
        call: impl Fn(Client, WebhookUrl) -> F,
    ) -> Result<T, Trouble>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let (url, is_new) = self.webhook(to).await?;
        let failure = match call(self.client(), url.clone()).await {
            Ok(done) => return Ok(done),
            Err(failure) => failure,
        };
        if !failure.is_dead_webhook() {
            return Err(trouble(&failure));
        }
        self.memory.secrets.forget(&to.parameter_arn);
        if !is_new {
            let (newer, _) = self.webhook(to).await?;
            if newer != url {
                return call(self.client(), newer).await.map_err(|failure| trouble(&failure));
            }
        }
        Err(trouble(&failure))
    }

    /// The last messages of the place, newest first. None if there is no bot that may read them.
    async fn last_messages(
        &self,
        to: &Destination,
        url: &WebhookUrl,
        bounds: &Bounds,
    ) -> Result<Option<Vec<Seen>>, Trouble> {
        let Some(arn) = self.bot_token_parameter_arn else { return Ok(None) };
        let read = self.memory.secrets.of(&self.parameters, arn).await;
        let token = match read {
            Ok(read) => read.secret,
            Err(reason) => {
                tracing::warn!(reason, "The bot's token can't be read; a message may be repeated.");
                return Ok(None);
            }
        };
        let bot = Client::new(self.client_settings(Some(token)));
        let Some(channel) = self.channel(to, url, bounds).await? else { return Ok(None) };
        match bot.channel_messages(&channel, LOOKED_THROUGH, bounds).await {
            Ok(messages) => Ok(Some(messages)),
            Err(failure) => {
                let is_passing = matches!(
                    failure.kind(),
                    FailureKind::RateLimited { .. } | FailureKind::Unavailable
                );
                if is_passing {
                    return Err(trouble(&failure));
                }
                let reason = failure.message();
                tracing::warn!(
                    reason,
                    "The bot can't read the channel; a message may be repeated."
                );
                self.memory.secrets.forget(arn);
                Ok(None)
            }
        }
    }

    /// The thread, or the webhook's channel.
    async fn channel(
        &self,
        to: &Destination,
        url: &WebhookUrl,
        bounds: &Bounds,
    ) -> Result<Option<Snowflake>, Trouble> {
        if let Some(thread) = thread(to)? {
            return Ok(Some(thread));
        }
        let webhook = self.client().webhook_with_token(&url.id, &url.token, bounds).await;
        Ok(webhook.map_err(|failure| trouble(&failure))?.channel_id)
    }
}

impl<P: Parameters> Bell for Discord<'_, P> {
    async fn post(
        &self,
        to: &Destination,
        letter: &Letter,
        until: Instant,
    ) -> Result<String, Trouble> {
        let (bounds, thread) = (&Bounds::until(until), &thread(to)?);
        let posted = self.with_webhook(to, async |client, url| {
            let picture = letter.picture.as_ref();
            client.execute(&url, thread.as_ref(), &letter.payload, picture, bounds).await
        });
        Ok(posted.await?.id.into())
    }

    async fn edit(
        &self,
        to: &Destination,
        message: &str,
        letter: &Letter,
        until: Instant,
    ) -> Result<(), Trouble> {
        let (bounds, thread) = (&Bounds::until(until), &thread(to)?);
        let Ok(id) = &message.parse::<Snowflake>() else { return Err(Trouble::NoMessage) };
        self.with_webhook(to, async |client, url| {
            let picture = letter.picture.as_ref();
            client.edit_message(&url, thread.as_ref(), id, &letter.payload, picture, bounds).await
        })
        .await
    }

    async fn find(
        &self,
        to: &Destination,
        word: &str,
        since: Timestamp,
        until: Instant,
    ) -> Result<Search, Trouble> {
        if self.bot_token_parameter_arn.is_none() {
            return Ok(Search::Unable);
        }
        let (url, _) = self.webhook(to).await?;
        let Some(messages) = self.last_messages(to, &url, &Bounds::until(until)).await? else {
            return Ok(Search::Unable);
        };
        let since = since.saturating_sub(SKEW).unwrap_or(Timestamp::MIN);
        Ok(search(&messages, &url.id, word, since))
    }
}

/// Looks for a message of the webhook by the word in a footer. That it isn't there is only known if the messages go back far
/// enough, and the bot is shown them and what is in them.
fn search(messages: &[Seen], webhook: &Snowflake, word: &str, since: Timestamp) -> Search {
    let mark = message::mark(word);
    let has_mark = |seen: &&Seen| {
        let footers = seen.embeds.iter().filter_map(|embed| embed.footer.as_ref());
        let mut parts = footers.flat_map(|footer| footer.text.split(" · "));
        parts.any(|part| part.trim() == mark)
    };
    let ours = || messages.iter().filter(|seen| seen.webhook_id.as_ref() == Some(webhook));
    if let Some(found) = ours().find(has_mark) {
        return Search::Found(found.id.to_string());
    }
    let Some(oldest) = messages.last() else { return Search::Unable };
    let is_whole = messages.len() < usize::from(LOOKED_THROUGH) || written_at(&oldest.id) < since;
    let is_blind = ours().any(|seen| seen.content.is_empty() && seen.embeds.is_empty());
    if is_whole && !is_blind { Search::Absent } else { Search::Unable }
}

/// When a message was written: the time is in its id.
fn written_at(id: &Snowflake) -> Timestamp {
    let number: u64 = id.as_str().parse().unwrap_or_default();
    let millisecond = i64::try_from(number >> 22).unwrap_or_default() + EPOCH;
    Timestamp::from_millisecond(millisecond).unwrap_or(Timestamp::MIN)
}

fn thread(to: &Destination) -> Result<Option<Snowflake>, Trouble> {
    let thread = to.thread_id.as_deref().map(str::parse).transpose();
    thread.map_err(|problem| Trouble::Settings(format!("thread_id: {problem}")))
}

/// What a failure means to the engine. Its words hold no secret.
fn trouble(failure: &Failure) -> Trouble {
    let told = match failure.hint() {
        Some(hint) => format!("{failure} ({hint})"),
        None => failure.to_string(),
    };
    if failure.is_dead_webhook() {
        return Trouble::Dead(told);
    }
    match failure.kind() {
        FailureKind::RateLimited { retry_after } => Trouble::Wait(*retry_after),
        FailureKind::Ambiguous => Trouble::Unknown(told),
        FailureKind::Unavailable | FailureKind::Cancelled => Trouble::NotSent(told),
        FailureKind::NotFound { .. } if failure.is_unknown_message() => Trouble::NoMessage,
        // A channel or thread that is gone. Without a code of Discord's, it is somebody else's 404.
        FailureKind::NotFound { code } if *code != 0 => Trouble::Refused(told),
        FailureKind::Invalid { .. } | FailureKind::Quota => Trouble::Refused(told),
        FailureKind::NotFound { .. }
        | FailureKind::Unauthorized
        | FailureKind::Forbidden
        | FailureKind::Protocol
        | _ => Trouble::Settings(told),
    }
}

#[cfg(test)]
mod tests;
