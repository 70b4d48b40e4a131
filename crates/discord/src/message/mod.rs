//! Messages that Discord takes, whatever goes into them.
//!
//! All limits are kept by construction: what is too long is cut where it does no harm, what is
//! empty is left out, and nobody is notified but who is named. Texts are Discord's markdown; what
//! comes from elsewhere goes through [`markdown::escape`] or [`markdown::code_block`] first.
//!
//! Sources: Discord's developer documentation, "Message Resource" (embed limits, allowed mentions,
//! attachments) and "Webhook Resource" (execute, edit).

mod embed;
mod fold;
mod limits;
pub mod markdown;
mod mentions;
mod picture;

#[cfg(test)]
mod tests;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub use embed::Embed;
pub use fold::fold;
pub use limits::length;
pub use mentions::Mentions;
pub use picture::{File, Picture};

use limits::{CONTENT, EMBED_TEXT, EMBEDS};

/// Flag by which a message makes no sound.
const SUPPRESS_NOTIFICATIONS: u64 = 1 << 12;

/// A message, as [`Serialize`]d for the execution of a webhook. [`Message::as_edit`] is the form
/// for an edit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    content: String,
    embeds: Vec<Embed>,
    mentions: Mentions,
    silent: bool,
}

/// A message in the form that replaces all of an earlier one.
#[derive(Clone, Copy, Debug)]
pub struct Edit<'a>(&'a Message);

impl Message {
    /// A message of text alone, in Discord's markdown.
    pub fn text(content: &str) -> Self {
        Self::default().with_content(content)
    }

    /// A message of one embed.
    pub fn embed(embed: Embed) -> Self {
        Self { embeds: vec![embed], ..Self::default() }
    }

    /// Sets the text above the embeds, in Discord's markdown.
    #[must_use]
    pub fn with_content(mut self, content: &str) -> Self {
        self.content = limits::bounded(content, CONTENT);
        self
    }

    /// Notifies these, and writes their mentions before the text. Nobody else is ever notified.
    #[must_use]
    pub fn with_mentions(mut self, mentions: &Mentions) -> Self {
        let written = mentions.written();
        let content = format!("{written} {}", self.content);
        self.mentions = mentions.clone();
        self.with_content(&content)
    }

    /// Makes it come without a sound.
    #[must_use]
    pub fn silent(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Adds an embed, or gives it back when it doesn't fit: a message has at most ten of them, with
    /// 6,000 characters of text in all, and pictures of different names.
    pub fn push(&mut self, embed: Embed) -> Result<(), Box<Embed>> {
        let text: usize = self.embeds.iter().map(Embed::size).sum();
        let name = embed.picture().and_then(Picture::file_name);
        let is_taken = name.is_some_and(|name| {
            self.embeds.iter().any(|one| one.picture().and_then(Picture::file_name) == Some(name))
        });
        if self.embeds.len() == EMBEDS || text + embed.size() > EMBED_TEXT || is_taken {
            return Err(Box::new(embed));
        }
        self.embeds.push(embed);
        Ok(())
    }

    /// Whether it has nothing that Discord would show.
    pub fn is_empty(&self) -> bool {
        self.content.is_empty() && self.embeds.is_empty()
    }

    /// The text above the embeds.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The embeds.
    pub fn embeds(&self) -> &[Embed] {
        &self.embeds
    }

    /// Who is notified.
    pub fn mentions(&self) -> &Mentions {
        &self.mentions
    }

    /// The files to upload with it, in the order of their numbers: the first is `files[0]` of the
    /// form.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.embeds.iter().filter_map(|embed| match embed.picture() {
            Some(Picture::File(file)) => Some(file),
            Some(Picture::Kept { .. } | Picture::Address(_)) | None => None,
        })
    }

    /// The form that replaces all of an earlier message: its text, embeds and pictures.
    pub fn as_edit(&self) -> Edit<'_> {
        Edit(self)
    }

    fn fields<S: Serializer>(&self, map: &mut S::SerializeMap) -> Result<(), S::Error> {
        let content = (!self.content.is_empty()).then_some(&self.content);
        map.serialize_entry("content", &content)?;
        map.serialize_entry("embeds", &self.embeds)?;
        map.serialize_entry("allowed_mentions", &self.mentions.allowed())?;
        map.serialize_entry("attachments", &picture::attachments(&self.embeds))
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        self.fields::<S>(&mut map)?;
        if self.silent {
            map.serialize_entry("flags", &SUPPRESS_NOTIFICATIONS)?;
        }
        map.end()
    }
}

impl Serialize for Edit<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // An edit can't change whether the message made a sound, so it has no flags.
        let mut map = serializer.serialize_map(None)?;
        self.0.fields::<S>(&mut map)?;
        map.end()
    }
}
