//! An incident's message, and its reminder.

use contract::relay::Settings;
use contract::trailer::Kind;
use discord::message::Embed;
use discord::message::markdown::{Style, code, cut, escape, timestamp};
use jiff::Timestamp;

use super::{Condition, Incident, alarm, color, console, measured};
use crate::relay::notice::{AlarmNotice, State, Watch};
use crate::relay::words::{self, Words};

/// Characters of prose and of reasons: both may be long, and what follows them matters more.
const PROSE: usize = 900;
const REASON: usize = 600;
const RULE: usize = 300;
/// Locations that are named.
const LOCATIONS: usize = 10;

/// What has happened, in a line of markdown.
fn title(incident: &Incident<'_>, words: &Words) -> String {
    let name = short_name(incident.alarm);
    let is_monitor = incident.alarm.trailer.is_some();
    let (sign, words) = match (incident.condition, is_monitor) {
        (Condition::Down, true) => ("🔴", words.is_down),
        (Condition::Down, false) => ("🔴", words.rings),
        (Condition::NoData, true) => {
            let places = locations(incident.alarm, words);
            return format!("⚪ {}", (words.is_silent)(&name, &places));
        }
        (Condition::NoData, false) => ("⚪", words.lacks_data),
        (Condition::Up, true) => ("🟢", words.is_up),
        (Condition::Up, false) => ("🟢", words.is_ok),
        (Condition::Unwatched, _) => ("⏹️", words.is_unwatched),
        (Condition::Unknown, _) => return format!("❔ {name}: {}", state(incident.alarm)),
    };
    format!("{sign} {}", words(&name))
}

/// The message of an incident in any of its states.
pub(super) fn embed(incident: &Incident<'_>, settings: &Settings, words: &Words) -> Embed {
    let notice = incident.alarm;
    let mut embed = Embed::new(&title(incident, words))
        .color(edge(incident))
        .footer(&footer(incident, settings, words));
    if let Some(address) = console::own(notice, incident.id) {
        embed = embed.url(&address);
    }
    embed = times(embed, incident, words);
    if let Some(impact) = incident.impact() {
        embed = embed.inline(words.impact, (words.impact_word)(impact));
    }
    let is_over = incident.condition.is_over();
    let measured = if is_over { words.measured_then } else { words.measured };
    let (owner, runbook) = alarm::in_charge(notice);
    embed = embed
        .inline(words.owner, &owner)
        .inline(words.account, &alarm::account(&notice.account, settings))
        .inline(words.region, &code(&notice.region))
        .inline(words.locations, &locations(notice, words))
        .field(measured, &measured::text(notice, words))
        .field(words.triggered_by, &alarm::children(notice, words))
        .field(words.rule, &rule(notice))
        .field(words.reason, &reason(notice))
        .inline(words.target, &target(notice))
        .inline(words.runbook, &runbook)
        .inline(words.links, &alarm::links(notice, incident.since, incident.resolved, words));
    if let Some(chart) = &incident.chart {
        embed = embed.image(chart);
    }
    embed.description(&cut(&escape(&prose(notice)), PROSE))
}

/// An incident in a few lines: 600 characters at most, with which ten fit into one message.
pub(super) fn brief(incident: &Incident<'_>, settings: &Settings, words: &Words) -> Embed {
    let notice = incident.alarm;
    let since = incident.since.map(|since| timestamp(since.as_second(), Style::Relative));
    let lasted = seconds(incident.since, incident.resolved);
    let lasted = lasted.map(|seconds| words::duration(seconds, words));
    let impact = incident.impact().map(|impact| (words.impact_word)(impact).to_owned());
    let account = settings.accounts.get(&notice.account).map(|known| escape(&known.name));
    let account = account.filter(|name| !name.is_empty()).unwrap_or_else(|| code(&notice.account));
    let (owner, runbook) = alarm::in_charge(notice);
    let facts = [since, lasted, impact, Some(account), Some(owner)];
    let facts = facts.into_iter().flatten().filter(|fact| !fact.is_empty());
    let facts = facts.collect::<Vec<_>>().join(" · ");
    // What was measured when it rang isn't so any more.
    let measured =
        if incident.condition.is_over() { String::new() } else { measured::text(notice, words) };
    let lines = [cut(&measured, 150), cut(&facts, 150), cut(&runbook, 100)];
    let mut embed = Embed::new(&cut(&title(incident, words), 100))
        .color(edge(incident))
        .footer(&cut(&super::footer(incident.id, []), 80))
        .description(&lines.map(|line| line + "\n").concat());
    if let Some(address) = console::own(notice, incident.id) {
        embed = embed.url(&address);
    }
    embed
}

/// The short message that it isn't over.
pub(super) fn reminder(
    incident: &Incident<'_>,
    now: Timestamp,
    settings: &Settings,
    words: &Words,
) -> Embed {
    let notice = incident.alarm;
    let lasted = words::duration(seconds(incident.since, Some(now)).unwrap_or_default(), words);
    let told = match (incident.condition, notice.trailer.is_some()) {
        (Condition::NoData, _) => words.is_still_silent,
        (_, true) => words.is_still_down,
        (_, false) => words.still_rings,
    };
    let title = format!("⏰ {}", told(&short_name(notice), &lasted));
    short(&title, incident, settings, words)
}

/// The short message that what was only silent fails.
pub(super) fn rise(incident: &Incident<'_>, settings: &Settings, words: &Words) -> Embed {
    short(&title(incident, words), incident, settings, words)
}

/// A message beside the one that has all of it.
fn short(title: &str, incident: &Incident<'_>, settings: &Settings, words: &Words) -> Embed {
    let notice = incident.alarm;
    let (owner, runbook) = alarm::in_charge(notice);
    let mut embed = Embed::new(title)
        .color(edge(incident))
        .footer(&footer(incident, settings, words))
        .inline(words.since, &moment(incident.since))
        .inline(words.account, &alarm::account(&notice.account, settings))
        .inline(words.owner, &owner)
        .field(words.runbook, &runbook);
    if let Some(address) = console::own(notice, incident.id) {
        embed = embed.url(&address);
    }
    embed
}

/// The prose without the lines that say what has a field of its own: `Owner: …`, `Runbook: …`.
fn prose(notice: &AlarmNotice) -> String {
    let Some(trailer) = &notice.trailer else { return notice.prose.clone() };
    let shown = [trailer.owner.as_deref(), trailer.runbook.as_deref()];
    let is_shown = |line: &str| {
        line.split_once(": ").is_some_and(|(_, value)| shown.contains(&Some(value.trim())))
    };
    let lines = notice.prose.lines().filter(|line| !is_shown(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn short_name(notice: &AlarmNotice) -> String {
    // The longest title has room for the words around it.
    cut(&escape(alarm::name(notice)), 180)
}

/// The state in CloudWatch's word.
fn state(notice: &AlarmNotice) -> String {
    match &notice.state {
        State::Ok => "OK".to_owned(),
        State::Alarm => "ALARM".to_owned(),
        State::InsufficientData => escape("INSUFFICIENT_DATA"),
        State::Other(word) => cut(&escape(word), 60),
    }
}

fn edge(incident: &Incident<'_>) -> u32 {
    match incident.condition {
        Condition::Down => color::of(incident.impact()),
        Condition::NoData | Condition::Unwatched | Condition::Unknown => color::SILENT,
        Condition::Up => color::UP,
    }
}

/// The last line: who writes, which incident it is, and when it began, where no markup is shown.
fn footer(incident: &Incident<'_>, settings: &Settings, words: &Words) -> String {
    let begun = incident.since.map(|since| words::clock(since, &settings.timezone));
    let flaps = (incident.flaps > 0).then(|| (words.reopened)(incident.flaps));
    super::footer(incident.id, [begun, flaps])
}

fn times(embed: Embed, incident: &Incident<'_>, words: &Words) -> Embed {
    if !incident.condition.is_over() {
        return embed.inline(words.since, &moment(incident.since));
    }
    let lasted = seconds(incident.since, incident.resolved);
    let lasted = lasted.map(|seconds| format!("**{}**", words::duration(seconds, words)));
    let resolved =
        if incident.end_untold { words.end_untold.to_owned() } else { moment(incident.resolved) };
    let is_unwatched = incident.condition == Condition::Unwatched;
    let ended = if is_unwatched { words.watched_until } else { words.resolved };
    embed
        .inline(words.lasted, &lasted.unwrap_or_default())
        .inline(words.since, &moment(incident.since))
        .inline(ended, &resolved)
}

/// A point in time as the reader's own clock has it, and how long ago it is.
pub(super) fn moment(at: Option<Timestamp>) -> String {
    let Some(seconds) = at.map(Timestamp::as_second) else { return String::new() };
    format!("{}\n{}", timestamp(seconds, Style::Full), timestamp(seconds, Style::Relative))
}

fn seconds(from: Option<Timestamp>, to: Option<Timestamp>) -> Option<u64> {
    let lasted = to?.as_second().saturating_sub(from?.as_second());
    Some(u64::try_from(lasted).unwrap_or_default())
}

/// Where it is checked from.
fn locations(notice: &AlarmNotice, words: &Words) -> String {
    let all = notice.watch.dimension("Location");
    let mut named: Vec<String> = all.iter().take(LOCATIONS).map(|name| escape(name)).collect();
    if all.len() > LOCATIONS {
        named.push((words.and_more)(all.len() - LOCATIONS));
    }
    named.join(", ")
}

fn rule(notice: &AlarmNotice) -> String {
    let Watch::Composite { rule, .. } = &notice.watch else { return String::new() };
    cut(&code(rule), RULE)
}

/// CloudWatch's reason. A monitor's own is left out where the measured value says it all.
fn reason(notice: &AlarmNotice) -> String {
    let is_told = notice.trailer.as_ref().is_some_and(|trailer| {
        let is_usual = notice.reason.starts_with("Threshold Crossed");
        is_usual && (trailer.kind == Kind::NoData || notice.watch.threshold().is_some())
    });
    if is_told { String::new() } else { cut(&escape(&notice.reason), REASON) }
}

fn target(notice: &AlarmNotice) -> String {
    let address = notice.trailer.as_ref().and_then(|trailer| trailer.url.as_deref());
    address.map(alarm::address_or_words).unwrap_or_default()
}
