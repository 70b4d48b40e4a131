//! A message, as the relay's memory keeps it: what it says, in which slot for whom, and how far it got.
//!
//! Whoever changes a message or sends anything for it holds its lease, which ends with the function's own time, so
//! that two workers never write to Discord at once and the newest is what stays.

mod shrink;

use contract::relay::{Destination, Mentions, Settings};
use discord::message::{self, Embed, Message};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::incident::read_word;
use super::message::{repeated, still, storm};

pub use shrink::fit;

/// Embeds of one message.
pub const MOST_SLOTS: usize = 10;
/// Characters of all embeds of one message.
pub const MOST_TEXT: usize = 6_000;

/// A message of one or more embeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Post {
    /// Where it is.
    pub destination: Destination,
    /// How far it got.
    pub stage: Stage,
    /// Since when it may be there.
    #[serde(default)]
    pub sending_since: Option<Timestamp>,
    /// When it was sent last, as far as is known: it may have been written since.
    #[serde(default)]
    pub sent_at: Option<Timestamp>,
    /// Who works on it.
    #[serde(default)]
    pub lease: Option<Lease>,
    /// Who is mentioned above the embeds.
    #[serde(default)]
    pub mentions: Mentions,
    /// Whether it may have been written before, and says so.
    #[serde(default)]
    pub repeat: bool,
    /// Whether it has a chart, which edits keep or replace.
    #[serde(default)]
    pub chart: bool,
    /// Whether it says more than Discord was told.
    #[serde(default)]
    pub dirty: bool,
    /// Its embeds.
    pub slots: Vec<Slot>,
}

/// How far a message got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It has not been sent.
    Planned,
    /// It was about to be sent: it may be there, or not.
    Sending,
    /// It is there, with this id of Discord's.
    Shown(String),
    /// It was there, and somebody deleted it.
    Deleted,
}

/// Who works on a message, and until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// The invocation.
    pub holder: String,
    /// When it has surely ended.
    pub until: Timestamp,
}

/// An embed of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Slot {
    /// Key of the incident's subject; empty for what is no incident.
    #[serde(default)]
    pub subject: String,
    /// What the message is found by: the embed's footer has it. The incident's short id, or the word of a reminder.
    pub short_id: String,
    /// The incident's revision that it shows.
    #[serde(default)]
    pub revision: u64,
    /// Characters that count.
    pub size: usize,
    /// The embed as Discord takes it.
    pub embed: Value,
}

impl Post {
    /// A message that is planned.
    pub fn planned(destination: Destination, slots: Vec<Slot>) -> Self {
        Self {
            destination,
            stage: Stage::Planned,
            sending_since: None,
            sent_at: None,
            lease: None,
            mentions: Mentions::default(),
            repeat: false,
            chart: false,
            dirty: true,
            slots,
        }
    }

    /// It is about to be sent.
    pub fn sending(&mut self, now: Timestamp) {
        if self.stage == Stage::Planned {
            self.sending_since = Some(now);
        }
        (self.stage, self.sent_at) = (Stage::Sending, Some(now));
    }

    /// Whoever takes the lease from one that was ended doesn't know when that one sent the message last: until its end.
    pub fn take_over(&mut self, lease: Lease) {
        let before = self.lease.replace(lease);
        if self.stage == Stage::Sending {
            self.sent_at = self.sent_at.max(before.map(|lease| lease.until));
        }
    }

    /// Whether it tells that incidents aren't over, and not of incidents themselves.
    pub fn is_of_reminders(&self) -> bool {
        self.word().is_some_and(|word| read_word(word).1.is_some())
    }

    /// Whoever else works on it now.
    pub fn held_by_another(&self, holder: &str, now: Timestamp) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| lease.holder != holder && lease.until > now)
    }

    /// Characters that an embed may have beside the others.
    pub fn room_for(&self, slot: usize) -> usize {
        let others = self.slots.iter().enumerate().filter(|(index, _)| *index != slot);
        MOST_TEXT.saturating_sub(others.map(|(_, slot)| slot.size).sum())
    }

    /// The word that it is found by.
    pub fn word(&self) -> Option<&str> {
        self.slots.first().map(|slot| slot.short_id.as_str())
    }

    /// The message as Discord takes it. Above the embeds stands what a phone shows of it: the title of the one, or how many
    /// there are; and, of a message that may be there already, that it is a repeat.
    pub fn payload(&self, settings: &Settings) -> Value {
        let roles = self.mentions.roles.iter().map(String::as_str);
        let users = self.mentions.users.iter().map(String::as_str);
        let mentions = message::Mentions::new(roles, users, self.mentions.everyone);
        let headline = match self.slots.as_slice() {
            [slot] => slot.embed["title"].as_str().unwrap_or_default().to_owned(),
            slots if self.is_of_reminders() => still(slots.len(), settings),
            slots => storm(slots.len(), settings),
        };
        let text = if self.repeat {
            format!("{headline}\n{}", repeated(settings.language))
        } else {
            headline
        };
        let frame = Message::text(&text);
        let frame = if mentions.is_empty() { frame } else { frame.with_mentions(&mentions) };
        let mut payload = serde_json::to_value(&frame).unwrap_or_default();
        payload["embeds"] = self.slots.iter().map(|slot| slot.embed.clone()).collect();
        // Without `attachments`, an edit leaves the files as they are.
        payload
    }
}

impl Slot {
    /// The first of some embeds that fits into so many characters; else the last one, shortened.
    pub fn fitting(
        subject: &str,
        short_id: &str,
        revision: u64,
        embeds: [&Embed; 2],
        room: usize,
    ) -> Self {
        let (embed, size) = fit(embeds, room);
        let (subject, short_id) = (subject.to_owned(), short_id.to_owned());
        Self { subject, short_id, revision, size, embed }
    }
}

/// The union of who is mentioned.
pub fn join(mentions: &mut Mentions, more: &Mentions) {
    let add = |into: &mut Vec<String>, ids: &[String]| {
        for id in ids {
            if !into.contains(id) {
                into.push(id.clone());
            }
        }
    };
    add(&mut mentions.roles, &more.roles);
    add(&mut mentions.users, &more.users);
    mentions.everyone |= more.everyone;
}
