//! The files behind embeds' pictures.

use bytes::Bytes;

use super::limits::{ALTERNATIVE, bounded_plain};

/// Characters of a file's name.
const NAME: usize = 100;

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

    /// The address by which an embed of the same message shows it.
    pub(super) fn address(&self) -> String {
        format!("attachment://{}", self.name)
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

fn file_name(name: &str) -> String {
    let keeps = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
    let kept: String = name.chars().filter(keeps).take(NAME).collect();
    let kept = kept.trim_start_matches('.');
    if kept.is_empty() { "picture.png".to_owned() } else { kept.to_owned() }
}
