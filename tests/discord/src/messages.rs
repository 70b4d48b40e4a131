//! The acts on messages: execute a webhook, read, edit and delete what it wrote.

use serde_json::Value;

use crate::attachments::{self, Attachment, Source, Upload};
use crate::fields::{Fields, at};
use crate::handler::{Answer, Call};
use crate::refusal::{Refusal, Unknown};
use crate::seeding::ChannelKind;
use crate::webhooks::by_token;
use crate::world::{Form, Message, World, timestamp};

/// `SUPPRESS_EMBEDS`, `SUPPRESS_NOTIFICATIONS`: the flags that a webhook may set without components.
const FLAGS_THAT_MAY_BE_SET: u64 = 1 << 2 | 1 << 12;

/// What Discord answers to a message that it refuses, files apart; none where it takes it.
pub fn refused(message: &Value) -> Option<Value> {
    Sent::read(message, &[], &[]).err().map(|refusal| refusal.body())
}

pub(crate) fn execute(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let webhook = by_token(world, call)?;
    let (webhook_id, channel, name) =
        (webhook.id.clone(), webhook.channel.clone(), webhook.name.clone());
    let body = call.json()?;
    let sent = Sent::read(body, &call.files, &[])?;
    if sent.is_empty() {
        return Err(Refusal::bad_request(50006, "Cannot send an empty message"));
    }
    let channel_id = place(world, call, &channel, body)?;
    let id = world.new_message_id();
    let attachments = attachments::made(&sent.files, &call.files, &[], || world.new_id());
    let mut embeds = sent.embeds.unwrap_or_default();
    attachments::placed(&mut embeds, &attachments, &channel_id);
    let message = Message {
        id,
        webhook_id,
        channel_id,
        content: sent.content.unwrap_or_default(),
        embeds,
        username: sent.username.unwrap_or(name),
        allowed_mentions: body["allowed_mentions"].clone(),
        attachments,
        flags: sent.flags,
        edits: 0,
        earlier: Vec::new(),
        written: timestamp(),
        edited: None,
    };
    let shown = message.show();
    world.messages.push(message);
    // Without `wait`, Discord answers before the message is written.
    Ok(if call.query("wait") == Some("true") { Answer::Json(shown) } else { Answer::Empty })
}

pub(crate) fn read(world: &World, call: &Call) -> Result<Answer, Refusal> {
    by_token(world, call)?;
    let found = world.messages.iter().find(|message| belongs(message, call));
    let message = found.ok_or_else(|| Refusal::unknown(Unknown::Message))?;
    Ok(Answer::Json(message.show()))
}

pub(crate) fn edit(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    by_token(world, call)?;
    let found = world.messages.iter().position(|message| belongs(message, call));
    let index = found.ok_or_else(|| Refusal::unknown(Unknown::Message))?;
    let before = world.messages[index].clone();
    let sent = Sent::read(call.json()?, &call.files, &before.attachments)?;
    let files = attachments::made(&sent.files, &call.files, &before.attachments, || world.new_id());
    let content = sent.content.unwrap_or_else(|| before.content.clone());
    let mut embeds = sent.embeds.unwrap_or_else(|| before.embeds.clone());
    attachments::placed(&mut embeds, &files, &before.channel_id);
    if content.trim().is_empty() && embeds.is_empty() && files.is_empty() {
        return Err(Refusal::bad_request(50006, "Cannot send an empty message"));
    }
    let message = &mut world.messages[index];
    message.earlier.push(Form { content: before.content, embeds: before.embeds });
    (message.content, message.embeds, message.attachments) = (content, embeds, files);
    message.edits += 1;
    message.edited = Some(timestamp());
    Ok(Answer::Json(message.show()))
}

pub(crate) fn delete(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    by_token(world, call)?;
    let before = world.messages.len();
    world.messages.retain(|message| !belongs(message, call));
    if world.messages.len() == before {
        return Err(Refusal::unknown(Unknown::Message));
    }
    Ok(Answer::Empty)
}

/// Whether the message is the one of the path: also in the thread that the query must name, if it is in one.
fn belongs(message: &Message, call: &Call) -> bool {
    let thread_agrees = call.query("thread_id").is_none_or(|thread| thread == message.channel_id);
    message.id == call.ids.message && message.webhook_id == call.ids.major && thread_agrees
}

struct Sent {
    content: Option<String>,
    embeds: Option<Vec<Value>>,
    username: Option<String>,
    flags: u64,
    files: Vec<Source>,
}

impl Sent {
    fn read(body: &Value, uploads: &[Upload], earlier: &[Attachment]) -> Result<Self, Refusal> {
        for (field, what) in [("components", "components"), ("poll", "polls")] {
            if at(body, field).is_some_and(|value| value.as_array().is_none_or(|it| !it.is_empty()))
            {
                return Err(Refusal::not_simulated(what));
            }
        }
        let mut fields = Fields::default();
        let content = match body.get("content") {
            Some(Value::Null) => Some(String::new()),
            _ => fields.text(body, "content", 0..=2000),
        };
        let embeds = body.get("embeds").map(|_| fields.embeds(body));
        let username = fields.webhook_name(body, "username");
        fields.text(body, "avatar_url", 0..=2048);
        fields.mentions(body);
        let files = attachments::planned(&mut fields, body, uploads, earlier);
        fields.text(body, "thread_name", 1..=100);
        let flags = at(body, "flags").and_then(Value::as_u64).unwrap_or(0);
        if flags & !FLAGS_THAT_MAY_BE_SET != 0 {
            fields.problem("flags", "BITFIELD_INVALID", "Value is not a set of known flags.");
        }
        Refusal::unless_clean(fields.problems)?;
        Ok(Self { content, embeds, username, flags, files })
    }

    fn is_empty(&self) -> bool {
        let text = self.content.as_deref().unwrap_or_default().trim();
        let embeds = self.embeds.as_ref().map_or(0, Vec::len);
        text.is_empty() && embeds == 0 && self.files.is_empty()
    }
}

/// The channel, or thread, that the message goes to. A forum needs exactly one of a thread and the name of a new one.
fn place(world: &mut World, call: &Call, channel: &str, body: &Value) -> Result<String, Refusal> {
    let found = world.channels.get(channel);
    let here = found.ok_or_else(|| Refusal::unknown(Unknown::Channel))?;
    let (forum, guild) = (here.kind == ChannelKind::Forum, here.guild.clone());
    let thread_name = at(body, "thread_name").and_then(Value::as_str);
    match (call.query("thread_id"), thread_name) {
        (Some(_), Some(_)) => Err(Refusal::bad_request(
            220_002,
            "Webhooks posted to forum channels cannot have both a thread_name and thread_id",
        )),
        (Some(thread), None) => {
            let known = world.channels.get(thread);
            let ours = known.is_some_and(|one| one.parent.as_deref() == Some(channel));
            if ours { Ok(thread.to_owned()) } else { Err(Refusal::unknown(Unknown::Channel)) }
        }
        (None, Some(_)) if !forum => {
            Err(Refusal::bad_request(220_003, "Webhooks can only create threads in forum channels"))
        }
        (None, Some(_)) => Ok(world.new_thread(&guild, channel)),
        (None, None) if forum => Err(Refusal::bad_request(
            220_001,
            "Webhooks posted to forum channels must have a thread_name or thread_id",
        )),
        (None, None) => Ok(channel.to_owned()),
    }
}
