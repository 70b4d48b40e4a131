//! How much Discord takes, and how that is counted.

use super::markdown;

/// Text above the embeds.
pub(super) const CONTENT: usize = 2_000;
/// Texts of all embeds of a message.
pub(super) const EMBED_TEXT: usize = 6_000;
/// Title of an embed.
pub(super) const TITLE: usize = 256;
/// Description of an embed.
pub(super) const DESCRIPTION: usize = 4_096;
/// Fields of an embed.
pub(super) const FIELDS: usize = 25;
/// Name of a field.
pub(super) const NAME: usize = 256;
/// Value of a field.
pub(super) const VALUE: usize = 1_024;
/// Footer of an embed.
pub(super) const FOOTER: usize = 2_048;
/// Name of an embed's author.
pub(super) const AUTHOR: usize = 256;
/// An address.
pub(super) const ADDRESS: usize = 2_048;
/// Words for those who can't see a picture.
pub(super) const ALTERNATIVE: usize = 1_024;

/// How long a text is to Discord.
///
/// Its documentation says characters and doesn't say which. The clients count UTF-16 units and the
/// API code points, which are never more; so units are what is safe in both.
pub fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// Markdown of at most so many characters, without what Discord strips.
pub(super) fn bounded(text: &str, most: usize) -> String {
    markdown::cut(clean(text).trim(), most)
}

/// Text that isn't markdown, of at most so many characters, without what Discord strips.
pub(super) fn bounded_plain(text: &str, most: usize) -> String {
    markdown::cut_plain(clean(text).trim(), most)
}

/// The text without control characters, which Discord drops or shows as boxes.
fn clean(text: &str) -> String {
    let keeps = |character: &char| !character.is_control() || matches!(character, '\n' | '\t');
    text.chars().filter(keeps).collect()
}
