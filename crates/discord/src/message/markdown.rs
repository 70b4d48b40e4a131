//! Discord's markdown: writing it, quoting foreign text in it, and cutting it where that does no
//! harm.

use unicode_segmentation::UnicodeSegmentation;

use super::limits::length;

/// What stands where a text was cut.
const CUT: &str = "…";
/// Start and end of a block of code.
const FENCE: &str = "```";
/// Bytes of a UTF-16 unit at most, with some room for the thing that the cut goes through.
const BYTES: usize = 4;
/// How a block of code is closed that was cut.
const CLOSED: &str = "…\n```";

/// How a point in time is shown; each reader sees it in their own zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `24 November 2026 12:00`
    Full,
    /// `2 minutes ago`
    Relative,
    /// `12:00`
    Time,
}

/// Foreign text, so that nothing in it is markdown. Addresses stay as they are, since they would lead
/// elsewhere otherwise; nothing within them is markdown.
pub fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut at_start = true;
    while let Some(character) = rest.chars().next() {
        let address = address_length(rest);
        if address > 0 {
            written.push_str(&rest[..address]);
            rest = &rest[address..];
            at_start = false;
            continue;
        }
        let is_markdown = matches!(character, '\\' | '*' | '_' | '~' | '`' | '|' | '<' | '[' | ']');
        if is_markdown || (at_start && matches!(character, '>' | '#' | '-' | '+')) {
            written.push('\\');
        }
        written.push(character);
        if ["@everyone", "@here"].iter().any(|name| rest.starts_with(name)) {
            // It notifies nobody, and shouldn't look as if it did.
            written.push('\u{200b}');
        }
        at_start = character == '\n' || (at_start && character.is_whitespace());
        rest = &rest[character.len_utf8()..];
    }
    written
}

/// A block of code.
pub fn code_block(language: &str, text: &str) -> String {
    // A fence within would end the block; a zero-width space between the marks keeps it apart.
    let text = text.replace("``", "`\u{200b}`");
    format!("{FENCE}{language}\n{}\n{FENCE}", text.trim_end().trim_end_matches('`'))
}

/// A few words as code.
pub fn code(text: &str) -> String {
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('`', "'");
    if words.is_empty() { words } else { format!("`{words}`") }
}

/// Bold foreign text.
pub fn bold(text: &str) -> String {
    format!("**{}**", escape(text))
}

/// A link with foreign words. An address that isn't of http or https gives the words alone.
pub fn link(words: &str, address: &str) -> String {
    let is_web = address.starts_with("https://") || address.starts_with("http://");
    let is_whole = !address.contains(|one: char| one.is_whitespace() || one.is_control());
    if !is_web || !is_whole {
        return escape(words);
    }
    let address = address.replace('(', "%28").replace(')', "%29");
    // An address in the words of a link would be one of its own.
    let words = escape(&words.replace("://", ":\u{200b}//"));
    format!("[{}]({address})", words.replace('\n', " "))
}

/// A point in time, in seconds since 1970.
pub fn timestamp(seconds: i64, style: Style) -> String {
    let letter = match style {
        Style::Full => 'f',
        Style::Relative => 'R',
        Style::Time => 't',
    };
    format!("<t:{seconds}:{letter}>")
}

/// At most so many characters of markdown. What is cut ends with `…`, between two graphemes; a link,
/// an address, a mention, a timestamp and an escaped character are kept whole or left out, and a
/// block of code is closed.
pub fn cut(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(length(CUT)) else { return String::new() };
    let mut kept = String::new();
    let mut used = 0;
    // What lies further away can't be part of the result, and isn't looked at.
    let mut rest = start(text, most.saturating_mul(BYTES));
    while !rest.is_empty() {
        let token = token_length(rest);
        let (piece, after) = rest.split_at(token);
        if used + length(piece) > room {
            return close(kept, used, piece, most);
        }
        kept.push_str(piece);
        used += length(piece);
        rest = after;
    }
    close(kept, used, "", most)
}

/// At most so many characters of text that isn't markdown.
pub fn cut_plain(text: &str, most: usize) -> String {
    if length(text) <= most {
        return text.to_owned();
    }
    let Some(room) = most.checked_sub(length(CUT)) else { return String::new() };
    let mut kept = String::new();
    take(&mut kept, start(text, most.saturating_mul(BYTES)), room);
    format!("{}{CUT}", kept.trim_end())
}

/// Ends a text before a piece that doesn't fit: a block of code goes in as far as there is room.
fn close(mut kept: String, used: usize, piece: &str, most: usize) -> String {
    let block = piece.strip_prefix(FENCE).and_then(|inside| inside.split_once('\n'));
    if let Some((language, code)) = block {
        let frame = length(FENCE) + length(language) + 1 + length(CLOSED);
        // A block of a few characters says nothing.
        if let Some(room) = most.checked_sub(used + frame).filter(|room| *room >= 8) {
            kept.push_str(&piece[..=FENCE.len() + language.len()]);
            take(&mut kept, code.trim_end_matches('`'), room);
            let whole = kept.trim_end_matches('`').to_owned();
            return whole + CLOSED;
        }
    }
    let kept = kept.trim_end();
    if kept.is_empty() { CUT.to_owned() } else { format!("{kept}{CUT}") }
}

/// The first so many bytes, or a little less.
fn start(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|index| text.is_char_boundary(*index));
    &text[..end.unwrap_or_default()]
}

/// Appends graphemes as far as there is room.
fn take(kept: &mut String, text: &str, room: usize) {
    let mut used = 0;
    for grapheme in text.graphemes(true) {
        used += length(grapheme);
        if used > room {
            return;
        }
        kept.push_str(grapheme);
    }
}

/// Length in bytes of the first thing that must stay whole, or of a whole block of code.
fn token_length(rest: &str) -> usize {
    let block = || {
        let inside = rest.strip_prefix(FENCE)?;
        Some(inside.find(FENCE).map_or(rest.len(), |end| end + 2 * FENCE.len()))
    };
    let code = || {
        let inside = rest.strip_prefix('`')?;
        let end = inside.find(['`', '\n'])?;
        (end > 0 && inside[end..].starts_with('`')).then_some(end + 2)
    };
    let bold = || {
        let inside = rest.strip_prefix("**")?;
        let end = inside.find("**")?;
        (end > 0 && !inside[..end].contains('\n')).then_some(end + 4)
    };
    let angle = || {
        let inside = rest.strip_prefix('<')?;
        let end = inside.find(['>', ' ', '\n'])?;
        inside[end..].starts_with('>').then_some(end + 2)
    };
    let address = Some(address_length(rest)).filter(|length| *length > 0);
    let escaped = || {
        let inside = rest.strip_prefix('\\')?;
        Some(1 + inside.graphemes(true).next()?.len())
    };
    let grapheme = || rest.graphemes(true).next().map(str::len);
    block()
        .or_else(code)
        .or_else(bold)
        .or_else(|| link_length(rest))
        .or_else(angle)
        .or(address)
        .or_else(escaped)
        .or_else(grapheme)
        .unwrap_or(rest.len())
}

/// Length of `[words](address)`.
fn link_length(rest: &str) -> Option<usize> {
    let inside = rest.strip_prefix('[')?;
    let mut escaped = false;
    let end = inside.char_indices().find_map(|(index, character)| {
        let is_end = character == ']' && !escaped;
        escaped = character == '\\' && !escaped;
        is_end.then_some(index)
    })?;
    let address = inside[end + 1..].strip_prefix('(')?;
    let length = address.find([')', '\n'])?;
    address[length..].starts_with(')').then_some(1 + end + 2 + length + 1)
}

/// Length of an address that starts here; 0 for none.
fn address_length(rest: &str) -> usize {
    if !rest.starts_with("https://") && !rest.starts_with("http://") {
        return 0;
    }
    rest.find(|one: char| one.is_whitespace() || matches!(one, '<' | '>' | '|' | '`' | '*'))
        .unwrap_or(rest.len())
}
