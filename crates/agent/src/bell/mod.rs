//! Where messages are told: Discord, by webhooks whose URLs are in the parameter store.

mod discord;
mod webhooks;

use std::future::Future;
use std::time::Duration;

use ::discord::message::File;
use contract::relay::Destination;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::Instant;

pub use discord::{Access, Discord, Memory};
pub use webhooks::Parameters;

/// A message to be written, or what an earlier one is to say from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The message as Discord takes it, without its attachments.
    pub payload: Value,
    /// The files to upload with it, ten at most, which embeds name as `attachment://` and their names.
    pub files: Vec<File>,
}

impl Letter {
    /// The same, calling nobody: whom it names was called when it was posted.
    ///
    /// Source: Discord's documentation, "Allowed Mentions": an empty `parse`, and no list, is nobody.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.payload["allowed_mentions"] = json!({ "parse": [] });
        self
    }
}

/// Why a message was not told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Discord asks to wait so long. Nothing was written.
    Wait(Duration),
    /// It never arrived. Nothing was written.
    NotSent(String),
    /// It may have been written, and nothing tells.
    Unknown(String),
    /// The webhook is gone, its token is another, or the thread is gone: nothing will ever be written there.
    Dead(String),
    /// The message to be edited is gone.
    NoMessage,
    /// Discord won't take this, however often it is sent.
    Refused(String),
    /// Something has to be set right before anything can be sent.
    Settings(String),
}

/// What was found of an earlier message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// It is there, with this id.
    Found(String),
    /// It isn't there.
    Absent,
    /// Nobody may look: there is no bot, or it may not read the channel.
    Unable,
}

/// A place where messages are written.
pub trait Bell: Sync {
    /// Writes a message, and gives its id.
    fn post(
        &self,
        to: &Destination,
        letter: &Letter,
        until: Instant,
    ) -> impl Future<Output = Result<String, Trouble>> + Send;

    /// Replaces what a message says. Doing it twice is doing it once.
    fn edit(
        &self,
        to: &Destination,
        message: &str,
        letter: &Letter,
        until: Instant,
    ) -> impl Future<Output = Result<(), Trouble>> + Send;

    /// Looks among the messages since a time for the one whose embed has this word in its footer.
    fn find(
        &self,
        to: &Destination,
        word: &str,
        since: Timestamp,
        until: Instant,
    ) -> impl Future<Output = Result<Search, Trouble>> + Send;
}

/// How an id is written in the footer of each message of what it is of. An empty one isn't.
pub fn mark(id: &str) -> String {
    if id.is_empty() { "Hinomi".to_owned() } else { format!("Hinomi #{id}") }
}
