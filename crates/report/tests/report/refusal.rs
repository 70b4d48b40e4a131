//! What Discord refuses, and what a reader would see as broken.

use discord::message::length;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// What Discord's limits, or the look of a table of at most so many cells, say against a message.
pub(crate) fn refused(payload: &Value, cells: usize) -> Option<String> {
    let embeds = payload["embeds"].as_array().expect("a list");
    let mut total = 0;
    let mut check = |what: &str, value: &Value, least: usize, most: usize| {
        let text = value.as_str().unwrap_or_default();
        total += length(text);
        let is_fine = (least..=most).contains(&length(text)) && text.trim() == text;
        (!is_fine).then(|| format!("{what}: {text:?}"))
    };
    let mut problems = Vec::new();
    for embed in embeds {
        problems.extend(check("title", &embed["title"], 1, 256));
        problems.extend(check("description", &embed["description"], 0, 4096));
        problems.extend(check("footer", &embed["footer"]["text"], 0, 2048));
        for field in embed["fields"].as_array().into_iter().flatten() {
            problems.extend(check("name", &field["name"], 1, 256));
            problems.extend(check("value", &field["value"], 1, 1024));
        }
    }
    problems.extend((total > 6000 || embeds.len() > 10).then(|| format!("{total} characters")));
    let content = length(payload["content"].as_str().unwrap_or_default());
    problems.extend((content > 2000).then(|| format!("{content} characters above the embeds")));
    problems.extend(texts(payload).iter().find_map(|text| crooked(text, cells)));
    problems.into_iter().next()
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

/// A line of a table that is too wide, or was cut by a limit.
fn crooked(text: &str, cells: usize) -> Option<String> {
    // A name that was cut may end a table; a table that was cut ends a text as long as there may be.
    let is_full = length(text) > 4_080 || (1_010..=1_024).contains(&length(text));
    let is_cut = text.ends_with("…\n```") && is_full;
    let is_open = text.matches("```").count() % 2 == 1 || is_cut;
    let wide = blocks(text).into_iter().flatten().find(|line| line.width() > cells);
    let wide = wide.map(|line| format!("a line of {} cells: {line:?}", line.width()));
    is_open.then(|| format!("a table was cut: {text}")).or(wide)
}
