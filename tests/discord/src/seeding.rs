//! What a test puts into the world and reads out of it.

use crate::faults::Fault;
use crate::handler::RequestRecord;
use crate::limits::Limits;
use crate::server::Server;
use crate::world::{self, Channel, Maker, Message, Webhook, World};

/// A bot: its application, and the token to log in with.
#[derive(Clone)]
pub struct Bot {
    /// Snowflake of the application.
    pub application_id: String,
    /// The token, a secret.
    pub token: String,
}

/// What a channel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// An ordinary text channel.
    Text,
    /// A forum: messages go to its threads only.
    Forum,
    /// A heading over channels: it takes no webhook.
    Category,
    /// A thread: it takes no webhook of its own.
    Thread,
}

/// A webhook that a test made.
#[derive(Clone)]
pub struct SeededWebhook {
    /// Snowflake.
    pub id: String,
    /// Its token, a secret.
    pub token: String,
    /// Its URL, a secret, without the API's version: as Discord's own settings page shows it.
    pub url: String,
}

/// A webhook as a test sees it: everything but its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookView {
    /// Snowflake.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Snowflake of its guild.
    pub guild_id: String,
    /// Snowflake of its channel.
    pub channel_id: String,
    /// Hash of its picture.
    pub avatar: Option<String>,
    /// The application that made it; `None` when a person did.
    pub application_id: Option<String>,
}

impl Server {
    /// Makes a bot with a token of its own. It is a member of every guild and may manage webhooks everywhere, until
    /// [`Server::expel`] or [`Server::deny_manage_webhooks`] says otherwise.
    pub fn bot(&self) -> Bot {
        let token = self.world(World::new_token);
        self.bot_with_token(&token)
    }

    /// Makes a bot with a given token.
    pub fn bot_with_token(&self, token: &str) -> Bot {
        self.world(|world| {
            let application = world.new_id();
            if !world.secrets.iter().any(|known| known == token) {
                world.secrets.push(token.to_owned());
            }
            let bot = world::Bot { application: application.clone(), token: token.to_owned() };
            world.bots.push(bot);
            Bot { application_id: application, token: token.to_owned() }
        })
    }

    /// Makes a guild and gives its id.
    pub fn guild(&self, name: &str) -> String {
        self.world(|world| {
            let id = world.new_id();
            world.guilds.insert(id.clone(), name.to_owned());
            id
        })
    }

    /// Makes a text channel and gives its id.
    pub fn channel(&self, guild: &str) -> String {
        self.channel_of(guild, ChannelKind::Text)
    }

    /// Makes a channel of a kind and gives its id.
    pub fn channel_of(&self, guild: &str, kind: ChannelKind) -> String {
        let id = self.world(World::new_id);
        self.channel_with_id(guild, kind, &id);
        id
    }

    /// Makes a channel with a given id, for examples whose configuration names one.
    pub fn channel_with_id(&self, guild: &str, kind: ChannelKind, id: &str) {
        let channel = Channel { guild: guild.to_owned(), kind, parent: None };
        self.world(|world| world.channels.insert(id.to_owned(), channel));
    }

    /// Makes a thread in a channel and gives its id. An unknown channel is not made.
    pub fn thread(&self, channel: &str) -> String {
        self.world(|world| {
            let guild = world.channels.get(channel).map(|one| one.guild.clone());
            world.new_thread(&guild.unwrap_or_default(), channel)
        })
    }

    /// Takes `MANAGE_WEBHOOKS` from a bot in a channel (403 with code 50013).
    pub fn deny_manage_webhooks(&self, bot: &Bot, channel: &str) {
        let pair = (bot.application_id.clone(), channel.to_owned());
        self.world(|world| world.denied.insert(pair));
    }

    /// Gives `MANAGE_WEBHOOKS` back.
    pub fn allow_manage_webhooks(&self, bot: &Bot, channel: &str) {
        let pair = (bot.application_id.clone(), channel.to_owned());
        self.world(|world| world.denied.remove(&pair));
    }

    /// Takes `READ_MESSAGE_HISTORY` from a bot in a channel: it reads no message there.
    pub fn deny_history(&self, bot: &Bot, channel: &str) {
        let pair = (bot.application_id.clone(), channel.to_owned());
        self.world(|world| world.without_history.insert(pair));
    }

    /// Takes the intent for messages' content from a bot: it reads messages without text and embeds.
    pub fn deny_message_content(&self, bot: &Bot) {
        let application = bot.application_id.clone();
        self.world(|world| world.without_content.insert(application));
    }

    /// Removes a bot from a guild (403 with code 50001).
    pub fn expel(&self, bot: &Bot, guild: &str) {
        let pair = (bot.application_id.clone(), guild.to_owned());
        self.world(|world| world.outsiders.insert(pair));
    }

    /// Makes a token invalid for a bot, as resetting it does (401 with code 0).
    pub fn revoke(&self, bot: &Bot) {
        self.world(|world| world.bots.retain(|one| one.token != bot.token));
    }

    /// Makes a webhook as a person does in the channel's settings: no application owns it.
    pub fn webhook_by_person(&self, channel: &str, name: &str) -> SeededWebhook {
        let root = self.url().replace("/v10", "");
        self.world(|world| {
            let (id, token, person) = (world.new_id(), world.new_token(), world.new_id());
            let guild = world.channels.get(channel).map(|one| one.guild.clone());
            let webhook = Webhook {
                id: id.clone(),
                token: token.clone(),
                channel: channel.to_owned(),
                guild: guild.unwrap_or_default(),
                name: name.to_owned(),
                avatar: None,
                maker: Maker::Person,
                maker_id: person,
            };
            world.webhooks.insert(id.clone(), webhook);
            let url = format!("{root}/webhooks/{id}/{token}");
            SeededWebhook { id, token, url }
        })
    }

    /// Deletes a webhook behind the client's back.
    pub fn remove_webhook(&self, id: &str) {
        self.world(|world| world.remove_webhook(id));
    }

    /// Renames a webhook behind the client's back.
    pub fn rename_webhook(&self, id: &str, name: &str) {
        self.world(|world| {
            if let Some(webhook) = world.webhooks.get_mut(id) {
                name.clone_into(&mut webhook.name);
            }
        });
    }

    /// Gives a webhook another picture, or none, behind the client's back.
    pub fn repaint_webhook(&self, id: &str, hash: Option<&str>) {
        self.world(|world| {
            if let Some(webhook) = world.webhooks.get_mut(id) {
                webhook.avatar = hash.map(str::to_owned);
            }
        });
    }

    /// Moves a webhook to another channel behind the client's back.
    pub fn move_webhook(&self, id: &str, channel: &str) {
        self.world(|world| {
            if let Some(webhook) = world.webhooks.get_mut(id) {
                channel.clone_into(&mut webhook.channel);
            }
        });
    }

    /// Deletes a channel with its webhooks, as Discord does.
    pub fn remove_channel(&self, id: &str) {
        self.world(|world| {
            world.channels.remove(id);
            world.webhooks.retain(|_, webhook| webhook.channel != id);
        });
    }

    /// Adds a fault.
    pub fn inject(&self, fault: Fault) {
        self.shared.lock().faults.push(fault);
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.shared.lock().faults.clear();
    }

    /// Puts other limits in force; what was counted is forgotten.
    pub fn set_limits(&self, limits: Limits) {
        let mut inner = self.shared.lock();
        inner.limits = limits;
        inner.counters = crate::limits::Counters::default();
    }

    /// Lets time pass for the limits at once, for tests that bring a clock of their own.
    pub fn advance(&self, time: std::time::Duration) {
        self.shared.lock().ahead += time;
    }

    /// All webhooks, by id.
    pub fn webhooks(&self) -> Vec<WebhookView> {
        self.world(|world| world.webhooks.values().map(view).collect())
    }

    /// What a webhook wrote, oldest first; deleted messages are not in it.
    pub fn messages(&self, webhook: &str) -> Vec<Message> {
        self.world(|world| {
            let all = world.messages.iter();
            all.filter(|message| message.webhook_id == webhook).map(Message::as_seen).collect()
        })
    }

    /// What was written to a channel or thread, oldest first; deleted messages are not in it.
    pub fn channel_messages(&self, channel: &str) -> Vec<Message> {
        self.world(|world| {
            let all = world.messages.iter();
            all.filter(|message| message.channel_id == channel).map(Message::as_seen).collect()
        })
    }

    /// Deletes a message behind the client's back, as a person may.
    pub fn remove_message(&self, id: &str) {
        self.world(|world| world.messages.retain(|message| message.id != id));
    }

    /// The requests so far, oldest first; without tokens.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.lock().requests.clone()
    }

    /// How many requests came so far, and how many of them wait for their answer.
    pub fn progress(&self) -> (usize, usize) {
        let inner = self.shared.lock();
        (inner.requests.len(), inner.unanswered)
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&self) {
        self.shared.lock().requests.clear();
    }

    /// Every token that was ever made or seeded, of bots and webhooks: what must not be found in any artefact.
    pub fn secrets(&self) -> Vec<String> {
        self.world(|world| world.secrets.clone())
    }

    /// The token of a webhook that exists.
    pub fn webhook_token(&self, id: &str) -> Option<String> {
        self.world(|world| world.webhooks.get(id).map(|webhook| webhook.token.clone()))
    }

    fn world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(&mut self.shared.lock().world)
    }
}

impl World {
    /// Makes a thread in a channel.
    pub(crate) fn new_thread(&mut self, guild: &str, parent: &str) -> String {
        let id = self.new_id();
        let (guild, parent) = (guild.to_owned(), Some(parent.to_owned()));
        self.channels.insert(id.clone(), Channel { guild, kind: ChannelKind::Thread, parent });
        id
    }
}

fn view(webhook: &Webhook) -> WebhookView {
    WebhookView {
        id: webhook.id.clone(),
        name: webhook.name.clone(),
        guild_id: webhook.guild.clone(),
        channel_id: webhook.channel.clone(),
        avatar: webhook.avatar.clone(),
        application_id: (webhook.maker == Maker::Application).then(|| webhook.maker_id.clone()),
    }
}
