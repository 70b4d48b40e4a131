//! Pictures of embeds, and the files behind them.

use bytes::Bytes;
use serde_json::{Value, json};

use super::embed::Embed;
use super::limits::{ALTERNATIVE, bounded_plain};
use crate::Snowflake;

/// Characters of a file's name.
const NAME: usize = 100;

/// A picture of an embed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Picture {
    /// A file that is uploaded with the message.
    File(File),
    /// A file that an earlier form of the message has: an edit keeps it.
    Kept {
        /// Id of the attachment.
        id: Snowflake,
        /// Its name.
        name: String,
    },
    /// A picture that Discord fetches itself.
    Address(String),
}

/// A file that is uploaded with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    name: String,
    content_type: &'static str,
    alternative: String,
    bytes: Bytes,
}

impl File {
    /// A PNG. Of the name, only letters, digits, `-`, `_` and `.` of ASCII are kept, as Discord does;
    /// `alternative` says in words what can be seen.
    pub fn png(name: &str, alternative: &str, bytes: impl Into<Bytes>) -> Self {
        Self {
            name: file_name(name),
            content_type: "image/png",
            alternative: bounded_plain(alternative, ALTERNATIVE),
            bytes: bytes.into(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What can be seen in it, in words.
    pub fn alternative(&self) -> &str {
        &self.alternative
    }

    /// Its media type.
    pub fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// What is in it.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }
}

impl Picture {
    /// Name of the file that the message has for it.
    pub(super) fn file_name(&self) -> Option<&str> {
        match self {
            Self::File(file) => Some(&file.name),
            Self::Kept { name, .. } => Some(name),
            Self::Address(_) => None,
        }
    }

    /// The address that an embed names it by.
    pub(super) fn address(&self) -> String {
        match self {
            Self::File(File { name, .. }) | Self::Kept { name, .. } => {
                format!("attachment://{}", file_name(name))
            }
            Self::Address(address) => address.clone(),
        }
    }
}

/// The list of a message's attachments: new files by their number, earlier ones by their id. An
/// earlier one that isn't in it is removed by an edit.
pub(super) fn attachments(embeds: &[Embed]) -> Vec<Value> {
    let mut number = 0;
    let pictures = embeds.iter().filter_map(Embed::picture);
    let entries = pictures.filter_map(|picture| match picture {
        Picture::File(file) => {
            number += 1;
            let id = (number - 1).to_string();
            Some(json!({ "id": id, "filename": file.name, "description": file.alternative }))
        }
        Picture::Kept { id, .. } => Some(json!({ "id": id })),
        Picture::Address(_) => None,
    });
    entries.collect()
}

fn file_name(name: &str) -> String {
    let keeps = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
    let kept: String = name.chars().filter(keeps).take(NAME).collect();
    let kept = kept.trim_start_matches('.');
    if kept.is_empty() { "picture.png".to_owned() } else { kept.to_owned() }
}
