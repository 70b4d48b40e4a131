//! What is known of an alarm, apart from its state: fields that incidents and reminders share.

use contract::relay::Settings;
use discord::message::markdown::{self, code, escape, link};
use jiff::Timestamp;

use super::console;
use crate::relay::notice::{AlarmNotice, Arn, Watch};
use crate::relay::words::Words;

/// Alarms under a composite one that are named.
const CHILDREN: usize = 10;

/// The monitor's name, or the alarm's.
pub(super) fn name(alarm: &AlarmNotice) -> &str {
    alarm.trailer.as_ref().map_or(&alarm.name, |trailer| &trailer.monitor)
}

/// An account with what the settings know of it: `shop (111122223333) — sells`.
pub(super) fn account(id: &str, settings: &Settings) -> String {
    let known = settings.accounts.get(id);
    let name = known.map(|known| known.name.as_str()).filter(|name| !name.trim().is_empty());
    let number = code(id);
    let named = match name {
        Some(name) if number.is_empty() => escape(name),
        Some(name) => format!("{} ({number})", markdown::bold(name)),
        None => number,
    };
    match known.and_then(|known| known.purpose.as_deref()).filter(|text| !text.trim().is_empty()) {
        Some(purpose) => format!("{named}\n{}", escape(purpose)),
        None => named,
    }
}

/// The owner and what to do, if the alarm carries them.
pub(super) fn in_charge(alarm: &AlarmNotice) -> (String, String) {
    let Some(trailer) = &alarm.trailer else { return (String::new(), String::new()) };
    let owner = trailer.owner.as_deref().map(escape).unwrap_or_default();
    let runbook = trailer.runbook.as_deref().map(address_or_words).unwrap_or_default();
    (owner, runbook)
}

/// A text that is an address stays one; anything else is quoted.
pub(super) fn address_or_words(text: &str) -> String {
    let text = text.trim();
    let bare = text.trim_start_matches("https://").trim_start_matches("http://");
    if bare.len() == text.len() || text.contains(char::is_whitespace) {
        return escape(text);
    }
    link(bare.trim_end_matches('/'), text)
}

/// Links to the consoles.
pub(super) fn links(
    alarm: &AlarmNotice,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    words: &Words,
) -> String {
    let places = [
        (words.open_alarm, console::alarm(alarm)),
        (words.open_logs, console::logs(alarm, since, until)),
        (words.open_canary, console::canary(alarm)),
    ];
    let links = places.into_iter().filter_map(|(name, place)| Some(link(name, &place?)));
    links.collect::<Vec<_>>().join(" · ")
}

/// The alarms that made a composite one ring, with links.
pub(super) fn children(alarm: &AlarmNotice, words: &Words) -> String {
    let Watch::Composite { children, .. } = &alarm.watch else { return String::new() };
    let lines = children.iter().take(CHILDREN).map(|child| {
        let arn = Arn::parse(&child.arn);
        let name = arn.and_then(|arn| arn.resource.strip_prefix("alarm:")).unwrap_or(&child.arn);
        let place = arn.and_then(|arn| console::alarm_of(name, arn.region));
        format!("• {}", place.map_or_else(|| escape(name), |place| link(name, &place)))
    });
    let mut lines: Vec<String> = lines.collect();
    if children.len() > CHILDREN {
        lines.push((words.and_more)(children.len() - CHILDREN));
    }
    lines.join("\n")
}
