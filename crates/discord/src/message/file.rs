//! The files of a message: pictures that embeds show, and tables to download.

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
        Self::of(name, "picture.png", "image/png", alternative, bytes.into())
    }

    /// A table of comma-separated values in UTF-8 (RFC 4180), with a name as for a PNG; `alternative`
    /// says in words what is in it. No embed shows it: Discord lists it below the message.
    pub fn csv(name: &str, alternative: &str, bytes: impl Into<Bytes>) -> Self {
        Self::of(name, "table.csv", "text/csv; charset=utf-8", alternative, bytes.into())
    }

    fn of(
        name: &str,
        nameless: &str,
        content_type: &'static str,
        alternative: &str,
        bytes: Bytes,
    ) -> Self {
        let alternative = bounded_plain(alternative, ALTERNATIVE);
        Self { name: file_name(name, nameless), content_type, alternative, bytes }
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

fn file_name(name: &str, nameless: &str) -> String {
    let keeps = |one: &char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
    let kept: String = name.chars().filter(keeps).take(NAME).collect();
    let kept = kept.trim_start_matches('.');
    if kept.is_empty() { nameless.to_owned() } else { kept.to_owned() }
}
