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
use super::{Bell, Letter, Search, Trouble, mark};

/// Messages that are read at once: the most that Discord gives.
const PAGE: u8 = 100;
/// Pages that are looked through: the relay itself may write 30 messages a minute, and a storm's worker dies within one.
const PAGES: u32 = 10;
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

/// What settings say of Discord.
#[derive(Clone, Copy, Debug, Default)]
pub struct Access<'a> {
    /// Where its API is, if it is reached through a proxy.
    pub base_url: Option<&'a str>,
    /// The parameter with the token of a bot that may look for messages.
    pub bot_token_parameter_arn: Option<&'a str>,
}

/// Discord, for one invocation.
pub struct Discord<'a, P> {
    memory: &'a Memory,
    parameters: P,
    base_url: Url,
    bot_token_parameter_arn: Option<&'a str>,
}

impl<'a, P: Parameters> Discord<'a, P> {
    /// Discord as settings have it. An address that is none is an error, which says so.
    pub fn new(memory: &'a Memory, parameters: P, access: Access<'a>) -> Result<Self, String> {
        let address = access.base_url.unwrap_or(DEFAULT_BASE_URL);
        let base_url = Url::parse(address);
        let base_url =
            base_url.map_err(|problem| format!("discord_base_url is no URL: {problem}"))?;
        let bot_token_parameter_arn = access.bot_token_parameter_arn;
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

    /// A bot that may read messages, if the settings have one.
    async fn bot(&self) -> Option<Client> {
        let arn = self.bot_token_parameter_arn?;
        match self.memory.secrets.of(&self.parameters, arn).await {
            Ok(read) => Some(Client::new(self.client_settings(Some(read.secret)))),
            Err(reason) => {
                tracing::warn!(reason, "The bot's token can't be read; a message may be repeated.");
                None
            }
        }
    }

    /// What a failure of the bot's means: it may pass, or nobody can look.
    fn blind(&self, failure: &Failure) -> Result<Search, Trouble> {
        let is_passing =
            matches!(failure.kind(), FailureKind::RateLimited { .. } | FailureKind::Unavailable);
        if is_passing {
            return Err(trouble(failure));
        }
        let reason = failure.message();
        tracing::warn!(reason, "The bot can't read the channel; a message may be repeated.");
        if let Some(arn) = self.bot_token_parameter_arn {
            self.memory.secrets.forget(arn);
        }
        Ok(Search::Unable)
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
            let files = &letter.files;
            client.execute(&url, thread.as_ref(), &letter.payload, files, bounds).await
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
            let files = &letter.files;
            client.edit_message(&url, thread.as_ref(), id, &letter.payload, files, bounds).await
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
        let Some(bot) = self.bot().await else { return Ok(Search::Unable) };
        let (bounds, (url, _)) = (Bounds::until(until), self.webhook(to).await?);
        let Some(channel) = self.channel(to, &url, &bounds).await? else {
            return Ok(Search::Unable);
        };
        let looked = Look { bot: &bot, channel: &channel, webhook: &url.id, word, bounds: &bounds };
        match looked.through(since.saturating_sub(SKEW).unwrap_or(Timestamp::MIN)).await {
            Ok(search) => Ok(search),
            Err(failure) => self.blind(&failure),
        }
    }
}

/// A look through a channel for a message of the webhook, by the word in a footer.
struct Look<'a> {
    bot: &'a Client,
    channel: &'a Snowflake,
    webhook: &'a Snowflake,
    word: &'a str,
    bounds: &'a Bounds,
}

impl Look<'_> {
    /// Looks through the messages since a time. That it isn't there is only known if all of them could be read, and the bot is
    /// shown what is in them.
    async fn through(&self, since: Timestamp) -> Result<Search, Failure> {
        let mut after = first_id(since);
        for page in 0..PAGES {
            let read = self.bot.channel_messages(self.channel, Some(&after), PAGE, self.bounds);
            let messages = read.await?;
            match look_at(&messages, self.webhook, self.word) {
                Some(search) => return Ok(search),
                None if page == 0 && messages.is_empty() => return self.nothing_since().await,
                None => {}
            }
            let newest = messages.first().filter(|_| messages.len() >= usize::from(PAGE));
            let Some(newest) = newest else { return Ok(Search::Absent) };
            after = newest.id.clone();
        }
        Ok(Search::Unable)
    }

    /// A bot that may not read the history is shown an empty channel; one that may sees an older message.
    async fn nothing_since(&self) -> Result<Search, Failure> {
        let any = self.bot.channel_messages(self.channel, None, 1, self.bounds).await?;
        Ok(if any.is_empty() { Search::Unable } else { Search::Absent })
    }
}

/// Whether a message of the webhook has the word, or can't be known to. None if there is no such message here.
fn look_at(messages: &[Seen], webhook: &Snowflake, word: &str) -> Option<Search> {
    let mark = mark(word);
    let has_mark = |seen: &&Seen| {
        let footers = seen.embeds.iter().filter_map(|embed| embed.footer.as_ref());
        let mut parts = footers.flat_map(|footer| footer.text.split(" · "));
        parts.any(|part| part.trim() == mark)
    };
    let ours = || messages.iter().filter(|seen| seen.webhook_id.as_ref() == Some(webhook));
    if let Some(found) = ours().find(has_mark) {
        return Some(Search::Found(found.id.to_string()));
    }
    let is_blind = ours().any(|seen| seen.content.is_empty() && seen.embeds.is_empty());
    is_blind.then_some(Search::Unable)
}

/// The id that comes before those of all messages since a time: the time is in the ids.
fn first_id(since: Timestamp) -> Snowflake {
    let milliseconds = u64::try_from(since.as_millisecond() - EPOCH).unwrap_or_default();
    // Discord's ids have 17 digits at least.
    let id = milliseconds.saturating_mul(1 << 22).max(10_u64.pow(16));
    id.to_string().parse().expect("a number of 17 to 20 digits is an id")
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
        FailureKind::NotFound { code } if *code != 0 => Trouble::Dead(told),
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
