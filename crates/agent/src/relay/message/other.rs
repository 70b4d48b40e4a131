//! A drill, and what nobody foresaw.

use contract::relay::{Reminder, Settings};
use discord::message::Embed;
use discord::message::markdown::{bold, code_block, cut, escape};

use super::color;
use super::incident::moment;
use crate::relay::notice::{DrillNotice, TextNotice};
use crate::relay::words::{self, Words};

/// Characters of a text: beyond it nobody reads on in a chat.
const TEXT: usize = 3_500;

pub(super) fn drill(notice: &DrillNotice, id: &str, settings: &Settings, words: &Words) -> Embed {
    let at = notice.at.map(|at| words::clock(at, &settings.timezone));
    let calm = (words.drill_of)(&bold(&notice.relay));
    let text = cut(&escape(notice.text.trim()), TEXT);
    let quoted = text.lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n");
    Embed::new(&format!("🔔 {}", words.drill))
        .color(color::DRILL)
        .footer(&super::footer(id, [at]))
        .inline(words.rung_at, &moment(notice.at))
        .description(&format!("{quoted}\n\n{calm}"))
}

pub(super) fn text(notice: &TextNotice, id: &str, words: &Words) -> Embed {
    let subject = notice.subject.as_deref().map(escape).filter(|text| !text.trim().is_empty());
    let body = if notice.is_json { code_block("json", &notice.text) } else { escape(&notice.text) };
    Embed::new(&format!("📨 {}", subject.unwrap_or_else(|| words.untitled.to_owned())))
        .color(color::CALM)
        .footer(&super::footer(id, []))
        .description(&cut(&body, TEXT))
}

/// A reminder whose incident isn't looked at: no more than which one it is of.
pub(super) fn reminder(reminder: &Reminder, id: &str, words: &Words) -> Embed {
    Embed::new(&format!("⏰ {}", (words.still)(1)))
        .color(color::CALM)
        .footer(&super::footer(id, []))
        .description(&escape(&reminder.incident))
}
