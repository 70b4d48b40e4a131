//! What Discord refuses, and what a reader would see as broken.

use discord::message::{Embed, length};
use discord_standin::Operation;
use discord_standin::openapi::Description;
use report::message::Post;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// What Discord says against a message, or the look of its tables of at most so many cells.
pub(crate) fn refused(post: &Post, cells: usize) -> Option<String> {
    let payload = post.payload();
    // The stand-in counts characters, and this UTF-16 units, which are never fewer.
    let size: usize = post.embeds.iter().map(Embed::size).sum();
    let too_long = (size > 6_000).then(|| format!("{size} characters"));
    let described = Description::official().check_request(Operation::Execute, &payload);
    discord_standin::refused(&payload)
        .map(|answer| answer.to_string())
        .or(too_long)
        .or(described.err().map(|problems| format!("{problems:?}")))
        .or_else(|| texts(&payload).into_iter().find_map(|text| crooked(text, cells)))
}

/// Texts with markdown.
fn texts(payload: &Value) -> Vec<&str> {
    let embeds = payload["embeds"].as_array().into_iter().flatten();
    let texts = embeds.flat_map(|embed| {
        let fields = embed["fields"].as_array().into_iter().flatten();
        fields.map(|field| &field["value"]).chain([&embed["description"]])
    });
    texts.filter_map(Value::as_str).collect()
}

/// The blocks of code of a text, as lines.
pub(crate) fn blocks(text: &str) -> Vec<Vec<&str>> {
    let parts = text.split("```").skip(1).step_by(2);
    parts.map(|block| block.trim_matches('\n').lines().collect()).collect()
}

/// A line of a table that is too wide, or a table that was cut by a limit.
fn crooked(text: &str, cells: usize) -> Option<String> {
    // A name that was cut may end a table; a table that was cut ends a text as long as there may be.
    let is_full = length(text) > 4_080 || (1_010..=1_024).contains(&length(text));
    let is_cut = text.ends_with("…\n```") && is_full;
    let is_open = text.matches("```").count() % 2 == 1 || is_cut;
    let wide = blocks(text).into_iter().flatten().find(|line| line.width() > cells);
    let wide = wide.map(|line| format!("a line of {} cells: {line:?}", line.width()));
    is_open.then(|| format!("a table was cut: {text}")).or(wide)
}
