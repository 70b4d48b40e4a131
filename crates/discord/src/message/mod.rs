//! Messages that Discord takes, whatever goes into them.
//!
//! All limits are kept by construction: what is too long is cut where it does no harm, what is
//! empty is left out, and nobody is notified but who is named. Texts are Discord's markdown; what
//! comes from elsewhere goes through [`markdown::escape`] or [`markdown::code_block`] first.
//!
//! Sources: Discord's developer documentation, "Message Resource" (embed limits, allowed mentions,
//! attachments) and "Webhook Resource" (execute, edit).

mod embed;
mod file;
mod limits;
pub mod markdown;
mod mentions;

#[cfg(test)]
mod tests;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

pub use embed::Embed;
pub use file::File;
pub use limits::length;
pub use mentions::Mentions;

use limits::CONTENT;

/// What stands above a message's embeds, as [`Serialize`]d for the execution of a webhook or an edit. Its embeds are added by
/// whoever sends it: at most ten, with 6,000 characters in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    content: String,
    mentions: Mentions,
}

impl Message {
    /// A message of text, in Discord's markdown.
    pub fn text(content: &str) -> Self {
        Self { content: limits::bounded(content, CONTENT), mentions: Mentions::default() }
    }

    /// Notifies these, and writes their mentions before the text. Nobody else is ever notified.
    #[must_use]
    pub fn with_mentions(self, mentions: &Mentions) -> Self {
        let content = format!("{} {}", mentions.written(), self.content);
        Self { mentions: mentions.clone(), ..Self::text(&content) }
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let content = (!self.content.is_empty()).then_some(&self.content);
        map.serialize_entry("content", &content)?;
        map.serialize_entry("allowed_mentions", &self.mentions.allowed())?;
        map.end()
    }
}
