//! How what the engine knows is shown. Pure: the words and their order are `message`'s.

use bytes::Bytes;
use contract::relay::Settings;
use discord::message::{Embed, File};
use jiff::Timestamp;

use super::incident::{Incident, Rung};
use super::message::{self, Condition};
use super::notice::{Notice, State};

/// An incident as it is now; `chart` is whether its message has one.
pub fn incident(incident: &Incident, settings: &Settings, chart: bool) -> Option<Embed> {
    let leader = incident.leader()?;
    // Only the name of the file is written into the embed; the bytes go, or went, beside it.
    let picture = || message::picture(&incident.short_id, &leader.rang, settings, Vec::new());
    let chart = chart.then(picture);
    let shown = view(incident, leader, &incident.short_id, chart);
    Some(message::incident(&shown, settings))
}

/// An incident as it is now, in a few lines: ten of them fit into one message.
pub fn brief(incident: &Incident, settings: &Settings) -> Option<Embed> {
    let shown = view(incident, incident.leader()?, &incident.short_id, None);
    Some(message::brief(&shown, settings))
}

/// The short message that it isn't over, with a word to find it by.
pub fn reminder(
    incident: &Incident,
    settings: &Settings,
    now: Timestamp,
    word: &str,
) -> Option<Embed> {
    let shown = view(incident, incident.leader()?, word, None);
    Some(message::reminder(&shown, now, settings))
}

/// The short message that what was only silent fails, with a word to find it by.
pub fn rise(incident: &Incident, settings: &Settings, word: &str) -> Option<Embed> {
    let leader = incident.leader()?;
    let since = Some(leader.rang_at);
    let shown = message::Incident { since, ..view(incident, leader, word, None) };
    Some(message::rise(&shown, settings))
}

/// A notice that is of no incident, with a word to find it by.
pub fn notice(notice: &Notice, settings: &Settings, word: &str) -> Embed {
    message::notice(notice, word, settings)
}

/// The chart of an incident's alarm, to upload.
pub fn chart(incident: &Incident, settings: &Settings, png: &Bytes) -> Option<File> {
    let alarm = &incident.leader()?.rang;
    Some(message::picture(&incident.short_id, alarm, settings, png.clone()))
}

fn view<'a>(
    incident: &'a Incident,
    leader: &'a Rung,
    id: &'a str,
    chart: Option<File>,
) -> message::Incident<'a> {
    message::Incident {
        id,
        alarm: &leader.rang,
        condition: condition(incident),
        since: Some(incident.opened_at),
        resolved: incident.closed_at.filter(|_| !incident.end_untold),
        end_untold: incident.end_untold,
        flaps: incident.flaps,
        chart,
    }
}

/// It fails if any of its alarms says so; if the others only hear nothing, nothing is heard.
fn condition(incident: &Incident) -> Condition {
    if !incident.is_open() {
        return if incident.is_unwatched() { Condition::Unwatched } else { Condition::Up };
    }
    let fails = incident.alarms.values().any(|rung| match &rung.since {
        Some(since) if since.state == State::InsufficientData => false,
        Some(_) | None => !rung.is_well() && Condition::of(&rung.rang) == Condition::Down,
    });
    if fails { Condition::Down } else { Condition::NoData }
}
