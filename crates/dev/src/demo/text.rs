//! Messages for a terminal: what Discord's markdown says, without its marks and without long addresses.

use hinomi_tests::discord::standin::Message;
use jiff::Timestamp;
use serde_json::Value;

use crate::console;

/// Characters in a line.
const WIDTH: usize = 92;
/// Characters that names of fields take.
const NAMES: usize = 14;

/// Minutes in which the same happened, told as one line.
#[derive(Default)]
pub(super) struct Spell {
    minutes: Option<[u32; 2]>,
    said: String,
}

impl Spell {
    /// Adds a minute; tells of those before when this one is different.
    pub(super) fn add(&mut self, minute: u32, said: String) {
        if self.said != said {
            self.tell();
        }
        let first = self.minutes.map_or(minute, |[first, _]| first);
        (self.minutes, self.said) = (Some([first, minute]), said);
    }

    /// Tells of the minutes so far, if there are any, and begins anew.
    pub(super) fn tell(&mut self) {
        if let Some(line) = self.line() {
            console::line(line);
        }
        self.minutes = None;
    }

    fn line(&self) -> Option<String> {
        let [first, last] = self.minutes?;
        let said = &self.said;
        Some(if first == last {
            format!("  minute {first}: {said}")
        } else {
            format!("  minutes {first} to {last}: {said}")
        })
    }
}

/// A message, line by line: its text, and of each embed title, description, fields and footer.
pub(super) fn lines(message: &Message) -> Vec<String> {
    let mut lines = laid_out("", &message.content);
    for embed in &message.embeds {
        let text =
            |pointer: &str| embed.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let title = text("/title");
        // What stands above an embed is for phones, which don't show the embed.
        if lines.first() != Some(&plain(title)) {
            lines.extend(laid_out("", title));
        }
        lines.extend(laid_out("", text("/description")));
        for field in embed["fields"].as_array().into_iter().flatten() {
            let of = |key: &str| field[key].as_str().unwrap_or_default();
            lines.extend(laid_out(&format!("{:<NAMES$}", plain(of("name"))), of("value")));
        }
        lines.extend(laid_out("", text("/footer/text")));
    }
    for file in &message.attachments {
        let size = file.content.len().div_ceil(1024);
        lines.push(format!("{:<NAMES$}{} ({size} KiB)", "Attached", file.name));
    }
    lines
}

/// Markdown as lines, with a name before the first. A block of code, such as a table, stays as it is.
fn laid_out(name: &str, markdown: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (number, part) in markdown.split("```").enumerate() {
        let is_code = number % 2 == 1;
        if is_code {
            lines.extend(part.lines().filter(|line| !line.is_empty()).map(ToOwned::to_owned));
        } else {
            let name = if lines.is_empty() { name } else { "" };
            lines.extend(wrapped(name, &plain(part)));
        }
    }
    lines
}

/// Broken between words; the name stands before the first line, and the others are as far in.
fn wrapped(name: &str, text: &str) -> Vec<String> {
    let indent = name.chars().count();
    let mut lines = Vec::new();
    let mut before = name.to_owned();
    for paragraph in text.lines().filter(|line| !line.trim().is_empty()) {
        let mut line = before;
        let mut is_new = true;
        for word in paragraph.split_whitespace() {
            if !is_new && line.chars().count() + 1 + word.chars().count() > WIDTH {
                lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
                is_new = true;
            }
            if !is_new {
                line.push(' ');
            }
            line.push_str(word);
            is_new = false;
        }
        lines.push(line);
        before = " ".repeat(indent);
    }
    lines
}

/// Discord's markdown as plain text. Of a link, its words and host; of a time, UTC.
fn plain(markdown: &str) -> String {
    let mut written = String::new();
    let mut rest = markdown;
    while let Some(first) = rest.chars().next() {
        if let Some((text, after)) = link(rest).or_else(|| time(rest)) {
            written.push_str(&text);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("**").or_else(|| rest.strip_prefix('`')) {
            rest = after;
        } else {
            let escaped = rest.strip_prefix('\\').and_then(|after| after.chars().next());
            let shown = escaped.unwrap_or(first);
            written.push(shown);
            rest = &rest[shown.len_utf8() + usize::from(escaped.is_some())..];
        }
    }
    written
}

/// `[words](address)`: the words, and the host unless they begin with it.
fn link(rest: &str) -> Option<(String, &str)> {
    let (words, after) = rest.strip_prefix('[')?.split_once("](")?;
    let (address, after) = after.split_once(')')?;
    let (_, place) = address.split_once("://")?;
    let host = place.split(['/', '?', '#']).next().unwrap_or(place);
    let words = plain(words);
    Some((if words.starts_with(host) { words } else { format!("{words} ({host})") }, after))
}

/// `<t:seconds:style>`; one that says how long ago it was is left out, since a terminal's text stays.
fn time(rest: &str) -> Option<(String, &str)> {
    let (inside, after) = rest.strip_prefix("<t:")?.split_once('>')?;
    let (seconds, style) = inside.split_once(':').unwrap_or((inside, "f"));
    let at = Timestamp::from_second(seconds.parse().ok()?).ok()?;
    let shown =
        if style == "R" { String::new() } else { at.strftime("%Y-%m-%d %H:%M UTC").to_string() };
    Some((shown, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_that_are_alike_are_one_line() {
        let mut spell = Spell::default();
        assert_eq!(spell.line(), None);
        spell.add(4, "the check passed".to_owned());
        assert_eq!(spell.line().as_deref(), Some("  minute 4: the check passed"));
        spell.add(5, "the check passed".to_owned());
        assert_eq!(spell.line().as_deref(), Some("  minutes 4 to 5: the check passed"));
        spell.add(6, "the check failed".to_owned());
        assert_eq!(spell.line().as_deref(), Some("  minute 6: the check failed"));
        spell.tell();
        assert_eq!(spell.line(), None);
    }

    #[test]
    fn markdown_becomes_plain_text() {
        for (markdown, text) in [
            ("**2 min 1 s**", "2 min 1 s"),
            ("`us-east-1`", "us-east-1"),
            (r"a\_b\*", "a_b*"),
            ("<t:1795494925:f>\n<t:1795494925:R>", "2026-11-24 04:35 UTC\n"),
            (
                "[Alarm](https://console.example.com/a?b=(c) · [Logs](https://x.example.com#d)",
                "Alarm (console.example.com) · Logs (x.example.com)",
            ),
            ("[a.example.com/b](https://a.example.com/b)", "a.example.com/b"),
            ("no [link, < and ]( here", "no [link, < and ]( here"),
            ("\\", "\\"),
            ("é **", "é "),
        ] {
            assert_eq!(plain(markdown), text, "{markdown}");
        }
    }

    #[test]
    fn a_table_keeps_its_columns() {
        let lines = laid_out("", "**All**\n```\n  1.50  shop\n 12.00  lab_a\n```\nand `more`");
        assert_eq!(lines, ["All", "  1.50  shop", " 12.00  lab_a", "and more"]);
        assert_eq!(laid_out("Since  ", "today"), ["Since  today"]);
    }

    #[test]
    fn long_text_is_broken_between_words_and_stays_in_its_column() {
        let lines = wrapped(&format!("{:<NAMES$}", "Measured"), &"word ".repeat(40));
        assert!(lines.len() > 1);
        assert!(lines[0].starts_with("Measured      word"), "{}", lines[0]);
        for line in &lines {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
        assert!(lines[1].starts_with(&" ".repeat(NAMES)));
        assert_eq!(lines.concat().matches("word").count(), 40);
        assert!(wrapped("Since", "\n \n").is_empty());
    }
}
