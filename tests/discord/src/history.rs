//! The messages of a channel, as a bot reads them.
//!
//! Source: Discord's developer documentation, "Message Resource", "Get Channel Messages", and
//! "Gateway", "Message Content Intent".

use serde_json::Value;

use crate::fields::Fields;
use crate::handler::{Answer, Call};
use crate::refusal::{Refusal, Unknown};
use crate::seeding::ChannelKind;
use crate::webhooks::{application, snowflake};
use crate::world::{Message, World};

/// How many are read when the query doesn't say.
const USUAL: usize = 50;

/// Newest first. A bot that may see the channel but not its history reads nothing; one without the
/// intent for messages' content reads them without their content.
pub(crate) fn list(world: &World, call: &Call) -> Result<Answer, Refusal> {
    let application = application(world, call)?;
    let channel = &call.ids.major;
    snowflake(channel, "channel_id")?;
    let found = world.channels.get(channel);
    let place = found.ok_or_else(|| Refusal::unknown(Unknown::Channel))?;
    if world.outsiders.contains(&(application.clone(), place.guild.clone())) {
        return Err(Refusal::missing_access());
    }
    if matches!(place.kind, ChannelKind::Category | ChannelKind::Forum) {
        return Err(Refusal::bad_request(50024, "Cannot execute action on this channel type"));
    }
    let wanted = Wanted::read(call)?;
    if world.without_history.contains(&(application.clone(), channel.clone())) {
        return Ok(Answer::Json(Value::Array(Vec::new())));
    }
    let content_too = !world.without_content.contains(&application);
    let here = |message: &&Message| message.channel_id == *channel && wanted.covers(message);
    let mut found: Vec<&Message> = world.messages.iter().filter(here).collect();
    // After a message, the ones that follow it come first; else the last ones of all.
    let surplus = found.len().saturating_sub(wanted.limit);
    if wanted.after.is_some() {
        found.truncate(wanted.limit);
    } else {
        found.drain(..surplus);
    }
    let show = |message: &Message| {
        if content_too { message.show() } else { hidden(message.show()) }
    };
    Ok(Answer::Json(found.into_iter().rev().map(show).collect()))
}

fn hidden(mut shown: Value) -> Value {
    shown["content"] = Value::String(String::new());
    for list in ["embeds", "attachments", "components"] {
        shown[list] = Value::Array(Vec::new());
    }
    shown
}

/// What the query asks for.
struct Wanted {
    limit: usize,
    before: Option<u64>,
    after: Option<u64>,
}

impl Wanted {
    fn read(call: &Call) -> Result<Self, Refusal> {
        if call.query("around").is_some() {
            return Err(Refusal::not_simulated("`around`"));
        }
        let mut fields = Fields::default();
        let mut number = |name: &'static str| {
            let read = call.query(name).map(str::parse::<u64>);
            if read.as_ref().is_some_and(Result::is_err) {
                fields.problem(name, "NUMBER_TYPE_COERCE", "Value is not a number.");
            }
            read.and_then(Result::ok)
        };
        let (limit, before, after) = (number("limit"), number("before"), number("after"));
        let limit = limit.map_or(Some(USUAL), |limit| usize::try_from(limit).ok());
        let limit = limit.filter(|limit| (1..=100).contains(limit));
        if limit.is_none() {
            fields.problem("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.");
        }
        Refusal::unless_clean(fields.problems)?;
        Ok(Self { limit: limit.unwrap_or(USUAL), before, after })
    }

    fn covers(&self, message: &Message) -> bool {
        let id: u64 = message.id.parse().unwrap_or_default();
        self.before.is_none_or(|before| id < before) && self.after.is_none_or(|after| id > after)
    }
}
