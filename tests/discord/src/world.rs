//! What exists: bots, guilds, channels, webhooks, messages.

use std::collections::{BTreeMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::attachments::{self, Attachment};
use crate::seeding::ChannelKind;

/// Where made-up identifiers start: 19 digits, as Discord's of these years have.
const FIRST_ID: u64 = 1_310_000_000_000_000_000;
/// When Discord's identifiers begin to count: the first second of 2015, in milliseconds since 1970
/// (Discord's API reference, "Snowflakes").
const EPOCH: i128 = 1_420_070_400_000;

pub(crate) struct Bot {
    pub(crate) application: String,
    pub(crate) token: String,
}

pub(crate) struct Channel {
    pub(crate) guild: String,
    pub(crate) kind: ChannelKind,
    /// The channel that a thread belongs to.
    pub(crate) parent: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    Application,
    Person,
}

pub(crate) struct Webhook {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) channel: String,
    pub(crate) guild: String,
    pub(crate) name: String,
    pub(crate) avatar: Option<String>,
    pub(crate) maker: Maker,
    /// The application or person.
    pub(crate) maker_id: String,
}

/// A message that a webhook wrote.
#[derive(Clone, Debug)]
pub struct Message {
    /// Snowflake.
    pub id: String,
    /// The webhook that wrote it.
    pub webhook_id: String,
    /// Channel, or thread.
    pub channel_id: String,
    /// Text; empty when there was none.
    pub content: String,
    /// Embeds as Discord shows them to people: of several with the same address, only the first.
    pub embeds: Vec<Value>,
    /// The name that the message is signed with.
    pub username: String,
    /// Whose mentions ring, as sent; null when all that the text names.
    pub allowed_mentions: Value,
    /// The files, also those that an embed shows.
    pub attachments: Vec<Attachment>,
    /// Discord's message flags.
    pub flags: u64,
    /// How often it was edited.
    pub edits: u32,
    /// What it said before each edit, oldest first.
    pub earlier: Vec<Form>,
    pub(crate) written: String,
    pub(crate) edited: Option<String>,
}

/// What a message said at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// Text.
    pub content: String,
    /// Embeds as Discord would show them.
    pub embeds: Vec<Value>,
}

impl Message {
    /// The message as people see it. "Embeds are deduplicated by URL. If a message contains multiple embeds with the same
    /// URL, only the first is shown" (Discord's documentation, "Message Resource", "Embed Limits").
    pub(crate) fn as_seen(&self) -> Self {
        let mut seen = self.clone();
        seen.embeds = shown(&self.embeds);
        for form in &mut seen.earlier {
            form.embeds = shown(&form.embeds);
        }
        seen
    }
}

fn shown(embeds: &[Value]) -> Vec<Value> {
    let mut addresses = HashSet::new();
    let mut seen = embeds.to_vec();
    seen.retain(|embed| embed["url"].as_str().is_none_or(|url| addresses.insert(url.to_owned())));
    seen
}

#[derive(Default)]
pub(crate) struct World {
    made: u64,
    last_message: u64,
    pub(crate) bots: Vec<Bot>,
    pub(crate) guilds: BTreeMap<String, String>,
    pub(crate) channels: BTreeMap<String, Channel>,
    /// Pairs of application and guild where the bot is not a member.
    pub(crate) outsiders: HashSet<(String, String)>,
    /// Pairs of application and channel where `MANAGE_WEBHOOKS` is missing.
    pub(crate) denied: HashSet<(String, String)>,
    /// Pairs of application and channel where `READ_MESSAGE_HISTORY` is missing.
    pub(crate) without_history: HashSet<(String, String)>,
    /// Applications without the intent for messages' content.
    pub(crate) without_content: HashSet<String>,
    pub(crate) webhooks: BTreeMap<String, Webhook>,
    pub(crate) messages: Vec<Message>,
    /// Every token that was ever made, also of what is gone.
    pub(crate) secrets: Vec<String>,
}

impl World {
    pub(crate) fn new_id(&mut self) -> String {
        self.made += 1;
        (FIRST_ID + self.made).to_string()
    }

    /// The id of a message that is written now: clients read the time in it.
    pub(crate) fn new_message_id(&mut self) -> String {
        let milliseconds = OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000 - EPOCH;
        let id = u64::try_from(milliseconds << 22).unwrap_or_default();
        self.last_message = id.max(self.last_message + 1);
        self.last_message.to_string()
    }

    /// A token of the length and alphabet that Discord's webhook tokens have, different on every run.
    pub(crate) fn new_token(&mut self) -> String {
        const ALPHABET: &[u8; 64] =
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut token = String::new();
        while token.len() < 68 {
            let mut bits = RandomState::new().hash_one(token.len());
            for _ in 0..10 {
                token.push(char::from(ALPHABET[(bits & 63) as usize]));
                bits >>= 6;
            }
        }
        token.truncate(68);
        self.secrets.push(token.clone());
        token
    }

    pub(crate) fn webhooks_in(&self, channel: &str) -> usize {
        self.webhooks.values().filter(|webhook| webhook.channel == channel).count()
    }

    pub(crate) fn webhooks_of_guild(&self, guild: &str) -> usize {
        self.webhooks.values().filter(|webhook| webhook.guild == guild).count()
    }

    pub(crate) fn remove_webhook(&mut self, id: &str) {
        self.webhooks.remove(id);
    }

    /// What anyone may see of the state; it holds no token.
    pub(crate) fn overview(&self) -> Value {
        let webhooks: Vec<Value> = self
            .webhooks
            .values()
            .map(|webhook| {
                let sent = self.messages.iter().filter(|one| one.webhook_id == webhook.id);
                json!({
                    "id": webhook.id,
                    "name": webhook.name,
                    "channel_id": webhook.channel,
                    "guild_id": webhook.guild,
                    "avatar": webhook.avatar,
                    "messages": sent.count(),
                })
            })
            .collect();
        json!({
            "guilds": self.guilds,
            "channels": self.channels.iter()
                .map(|(id, channel)| json!({ "id": id, "guild_id": channel.guild }))
                .collect::<Vec<_>>(),
            "webhooks": webhooks,
        })
    }
}

impl Webhook {
    /// As Discord shows it; the token only to whoever may use it.
    pub(crate) fn show(&self, token_too: bool, user_too: bool, root: &str) -> Value {
        let by_application = self.maker == Maker::Application;
        let mut shown = json!({
            "id": self.id,
            "type": 1,
            "name": self.name,
            "avatar": self.avatar,
            "channel_id": self.channel,
            "guild_id": self.guild,
            "application_id": by_application.then_some(&self.maker_id),
        });
        if user_too {
            shown["user"] = user(&self.maker_id, by_application);
        }
        if token_too {
            shown["token"] = self.token.as_str().into();
            shown["url"] = format!("{root}/webhooks/{}/{}", self.id, self.token).into();
        }
        shown
    }
}

impl Message {
    pub(crate) fn show(&self) -> Value {
        let attachments = attachments::listed(&self.attachments, &self.embeds, &self.channel_id);
        let author = json!({
            "id": self.webhook_id, "username": self.username, "avatar": null,
            "discriminator": "0000", "public_flags": 0, "bot": true,
        });
        json!({
            "id": self.id, "type": 0, "channel_id": self.channel_id, "webhook_id": self.webhook_id,
            "content": self.content, "embeds": self.embeds, "attachments": attachments,
            "author": author, "mentions": [], "mention_roles": [], "mention_everyone": false,
            "pinned": false, "tts": false, "flags": self.flags, "components": [],
            "timestamp": self.written, "edited_timestamp": self.edited,
        })
    }
}

pub(crate) fn timestamp() -> String {
    let now = OffsetDateTime::now_utc();
    now.format(&Rfc3339).expect("the current time has a four-digit year")
}

fn user(id: &str, bot: bool) -> Value {
    let username = if bot { "hinomi" } else { "a-person" };
    json!({
        "id": id, "username": username, "avatar": null, "discriminator": "0",
        "public_flags": 0, "bot": bot,
    })
}
