//! The acts on webhooks themselves: make, list, read, change, delete.

use axum::http::StatusCode;
use serde_json::Value;

use crate::fields::{Fields, at};
use crate::handler::{Answer, Call};
use crate::images::avatar_hash;
use crate::refusal::{Refusal, Unknown};
use crate::seeding::ChannelKind;
use crate::world::{Maker, Webhook, World};

/// Discord's `30007`: webhooks in one channel.
const MOST_IN_A_CHANNEL: usize = 15;
/// Discord's `30058`: webhooks in one guild.
const MOST_IN_A_GUILD: usize = 1000;

pub(crate) fn create(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    let guild = manageable(world, &application, &call.ids.major)?;
    let sent = Sent::read(call.json()?, true)?;
    room_in_channel(world, &call.ids.major)?;
    if world.webhooks_of_guild(&guild) >= MOST_IN_A_GUILD {
        let message = "Maximum number of webhooks per guild reached (1000)";
        return Err(Refusal::bad_request(30058, message));
    }
    let mut webhook = Webhook {
        id: world.new_id(),
        token: world.new_token(),
        channel: call.ids.major.clone(),
        guild,
        name: String::new(),
        avatar: None,
        maker: Maker::Application,
        maker_id: application,
    };
    sent.put_on(&mut webhook)?;
    let shown = webhook.show(true, true, &call.root);
    world.webhooks.insert(webhook.id.clone(), webhook);
    Ok(Answer::Json(shown))
}

pub(crate) fn list(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    manageable(world, &application, &call.ids.major)?;
    let shown = world
        .webhooks
        .values()
        .filter(|webhook| webhook.channel == call.ids.major)
        .map(|webhook| webhook.show(token_shown(webhook, &application), true, &call.root))
        .collect();
    Ok(Answer::Json(shown))
}

pub(crate) fn read(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    let webhook = by_bot(world, &application, &call.ids.major)?;
    Ok(Answer::Json(webhook.show(token_shown(webhook, &application), true, &call.root)))
}

pub(crate) fn modify(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    let before = by_bot(world, &application, &call.ids.major)?;
    let (guild, channel) = (before.guild.clone(), before.channel.clone());
    let sent = Sent::read(call.json()?, false)?;
    if let Some(target) = sent.channel.as_ref().filter(|target| **target != channel) {
        if manageable(world, &application, target)? != guild {
            return Err(Refusal::unknown(Unknown::Channel));
        }
        room_in_channel(world, target)?;
    }
    let webhook = webhook_mut(world, &call.ids.major)?;
    sent.put_on(webhook)?;
    let token_too = token_shown(webhook, &application);
    Ok(Answer::Json(webhook.show(token_too, true, &call.root)))
}

pub(crate) fn delete(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    by_bot(world, &application, &call.ids.major)?;
    world.remove_webhook(&call.ids.major);
    Ok(Answer::Empty)
}

pub(crate) fn read_with_token(world: &World, call: &Call) -> Result<Answer, Refusal> {
    Ok(Answer::Json(by_token(world, call)?.show(true, false, &call.root)))
}

pub(crate) fn modify_with_token(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    by_token(world, call)?;
    let mut sent = Sent::read(call.json()?, false)?;
    // Discord's reference: this call does not accept a channel; the field is not looked at.
    sent.channel = None;
    let webhook = webhook_mut(world, &call.ids.major)?;
    sent.put_on(webhook)?;
    Ok(Answer::Json(webhook.show(true, false, &call.root)))
}

pub(crate) fn delete_with_token(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    by_token(world, call)?;
    world.remove_webhook(&call.ids.major);
    Ok(Answer::Empty)
}

/// The webhook of a path with a token: a wrong token is told apart from an unknown webhook.
pub(crate) fn by_token<'a>(world: &'a World, call: &Call) -> Result<&'a Webhook, Refusal> {
    snowflake(&call.ids.major, "webhook_id")?;
    let found = world.webhooks.get(&call.ids.major);
    let webhook = found.ok_or_else(|| Refusal::unknown(Unknown::Webhook))?;
    if webhook.token == call.ids.token { Ok(webhook) } else { Err(Refusal::bad_webhook_token()) }
}

pub(crate) fn snowflake(id: &str, path: &str) -> Result<(), Refusal> {
    let mut fields = Fields::default();
    if id.parse::<u64>().is_err() {
        let message = format!("Value \"{}\" is not snowflake.", id.escape_default());
        fields.problem(path, "NUMBER_TYPE_COERCE", message);
    }
    Refusal::unless_clean(fields.problems)
}

/// What a request asks of the picture.
enum Picture {
    Keep,
    Clear,
    Set(String),
}

/// What a request asks of a webhook.
struct Sent {
    name: Option<String>,
    avatar: Picture,
    channel: Option<String>,
}

impl Sent {
    fn read(body: &Value, name_required: bool) -> Result<Self, Refusal> {
        let mut fields = Fields::default();
        let name = fields.webhook_name(body, "name");
        if name_required && at(body, "name").is_none() {
            fields.required("name");
        }
        let avatar = match body.get("avatar") {
            None => Picture::Keep,
            Some(Value::Null) => Picture::Clear,
            Some(Value::String(uri)) => Picture::Set(uri.clone()),
            Some(_) => {
                fields.problem("avatar", "IMAGE_INVALID", "Invalid image data");
                Picture::Keep
            }
        };
        let channel = fields.text(body, "channel_id", 1..=20);
        Refusal::unless_clean(fields.problems)?;
        if let Some(id) = &channel {
            snowflake(id, "channel_id")?;
        }
        Ok(Self { name, avatar, channel })
    }

    fn put_on(self, webhook: &mut Webhook) -> Result<(), Refusal> {
        let hash = match &self.avatar {
            Picture::Keep => webhook.avatar.take(),
            Picture::Clear => None,
            Picture::Set(uri) => Some(avatar_hash(uri).ok_or_else(no_picture)?),
        };
        webhook.avatar = hash;
        webhook.name = self.name.unwrap_or(std::mem::take(&mut webhook.name));
        webhook.channel = self.channel.unwrap_or(std::mem::take(&mut webhook.channel));
        Ok(())
    }
}

fn no_picture() -> Refusal {
    let mut fields = Fields::default();
    fields.problem("avatar", "IMAGE_INVALID", "Invalid image data");
    Refusal::invalid(fields.problems)
}

/// The application whose bot token came with the request.
pub(crate) fn application(world: &World, call: &Call) -> Result<String, Refusal> {
    let token = call.bot_token.as_deref().ok_or_else(Refusal::unauthorized)?;
    let bot = world.bots.iter().find(|bot| bot.token == token);
    let bot = bot.ok_or_else(Refusal::unauthorized)?;
    if !call.user_agent.starts_with("DiscordBot (") {
        // Discord's reference: a request without a valid user agent may be blocked.
        let message = "internal network error";
        return Err(Refusal::new(StatusCode::FORBIDDEN, 40333, message));
    }
    Ok(bot.application.clone())
}

/// The guild of a channel where the application may manage webhooks.
fn manageable(world: &World, application: &str, channel: &str) -> Result<String, Refusal> {
    snowflake(channel, "channel_id")?;
    let found = world.channels.get(channel);
    let place = found.ok_or_else(|| Refusal::unknown(Unknown::Channel))?;
    if world.outsiders.contains(&(application.to_owned(), place.guild.clone())) {
        return Err(Refusal::missing_access());
    }
    if world.denied.contains(&(application.to_owned(), channel.to_owned())) {
        return Err(Refusal::missing_permissions());
    }
    match place.kind {
        ChannelKind::Text | ChannelKind::Forum => Ok(place.guild.clone()),
        ChannelKind::Category | ChannelKind::Thread => {
            Err(Refusal::bad_request(50024, "Cannot execute action on this channel type"))
        }
    }
}

/// The webhook of a path without a token: the maker may always use it, others need the permission.
fn by_bot<'a>(world: &'a World, application: &str, id: &str) -> Result<&'a Webhook, Refusal> {
    snowflake(id, "webhook_id")?;
    let found = world.webhooks.get(id);
    let webhook = found.ok_or_else(|| Refusal::unknown(Unknown::Webhook))?;
    let owns = webhook.maker == Maker::Application && webhook.maker_id == application;
    if !owns {
        manageable(world, application, &webhook.channel)?;
    }
    Ok(webhook)
}

fn webhook_mut<'a>(world: &'a mut World, id: &str) -> Result<&'a mut Webhook, Refusal> {
    world.webhooks.get_mut(id).ok_or_else(|| Refusal::unknown(Unknown::Webhook))
}

fn room_in_channel(world: &World, channel: &str) -> Result<(), Refusal> {
    if world.webhooks_in(channel) < MOST_IN_A_CHANNEL {
        return Ok(());
    }
    Err(Refusal::bad_request(30007, "Maximum number of webhooks reached (15)"))
}

/// Discord shows the token of what a person or this application made, not of another application's.
fn token_shown(webhook: &Webhook, application: &str) -> bool {
    match webhook.maker {
        Maker::Person => true,
        Maker::Application => webhook.maker_id == application,
    }
}
