//! What is told, as embeds. Pure: the same view, settings and language give the same message.
//!
//! [`incident`] shows an incident in any of its states, so that an edit is the same call again with
//! another state. [`reminder`] is short. [`notice`] shows everything that isn't an incident.

mod alarm;
mod chart;
mod console;
mod health;
mod incident;
mod measured;
mod money;
mod other;

use contract::impact::Impact;
use contract::relay::{Language, Settings};
use discord::message::{Embed, File};
use jiff::Timestamp;

use crate::bell::mark;
use crate::relay::notice::{AlarmNotice, Notice};
use crate::relay::words;

pub use chart::{picture, widget};

/// An incident, as it is to be shown.
#[derive(Clone, Debug)]
pub struct Incident<'a> {
    /// Its short id, which stands in the footer by [`mark`].
    pub id: &'a str,
    /// The notice that says best what is wrong: the latest one by which an alarm rang, also when
    /// the incident is over.
    pub alarm: &'a AlarmNotice,
    /// What it is now.
    pub condition: Condition,
    /// When it began.
    pub since: Option<Timestamp>,
    /// When it ended.
    pub resolved: Option<Timestamp>,
    /// Whether it ended, and nobody told when.
    pub end_untold: bool,
    /// How often it began again shortly after it had ended.
    pub flaps: u32,
    /// A chart of the metric, as [`picture`] makes it.
    pub chart: Option<File>,
}

/// What an incident is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It fails.
    Down,
    /// Nothing is heard.
    NoData,
    /// It is over.
    Up,
    /// It wasn't over, and nobody looks any more.
    Unwatched,
    /// It is in a state that CloudWatch didn't have when this was written.
    Unknown,
}

impl Incident<'_> {
    /// An incident that a notice opens, with nothing else known of it.
    pub fn of<'a>(id: &'a str, alarm: &'a AlarmNotice) -> Incident<'a> {
        Incident {
            id,
            alarm,
            condition: Condition::of(alarm),
            since: alarm.changed_at,
            resolved: None,
            end_untold: false,
            flaps: 0,
            chart: None,
        }
    }

    /// The impact that the alarm carries.
    pub fn impact(&self) -> Option<Impact> {
        self.alarm.trailer.as_ref()?.impact
    }
}

impl Condition {
    /// Whether nothing more is to come of it.
    pub fn is_over(self) -> bool {
        matches!(self, Self::Up | Self::Unwatched)
    }

    /// What an alarm that has just changed says.
    pub fn of(alarm: &AlarmNotice) -> Self {
        use crate::relay::notice::State;
        match alarm.state {
            State::Ok if alarm.is_unwatched() => Self::Unwatched,
            State::Ok => Self::Up,
            State::InsufficientData => Self::NoData,
            State::Alarm if alarm.is_silence() => Self::NoData,
            State::Alarm => Self::Down,
            State::Other(_) => Self::Unknown,
        }
    }
}

/// A footer: who writes, of what, and what else there is to say.
fn footer(id: &str, more: impl IntoIterator<Item = Option<String>>) -> String {
    let parts = std::iter::once(mark(id)).chain(more.into_iter().flatten());
    parts.collect::<Vec<_>>().join(" · ")
}

/// An incident in its present state.
pub fn incident(incident: &Incident<'_>, settings: &Settings) -> Embed {
    incident::embed(incident, settings, words::of(settings.language))
}

/// An incident in its present state in a few lines, of which ten fit into one message: for a storm.
pub fn brief(incident: &Incident<'_>, settings: &Settings) -> Embed {
    incident::brief(incident, settings, words::of(settings.language))
}

/// The short message that an incident isn't over.
pub fn reminder(incident: &Incident<'_>, now: Timestamp, settings: &Settings) -> Embed {
    incident::reminder(incident, now, settings, words::of(settings.language))
}

/// The short message that what was only silent fails.
pub fn rise(incident: &Incident<'_>, settings: &Settings) -> Embed {
    incident::rise(incident, settings, words::of(settings.language))
}

/// A line of text for above a message that tells of several incidents.
pub fn storm(incidents: usize, settings: &Settings) -> String {
    format!("🌊 {}", (words::of(settings.language).storm)(incidents))
}

/// A line of text for above a message that tells that several incidents aren't over.
pub fn still(incidents: usize, settings: &Settings) -> String {
    format!("⏰ {}", (words::of(settings.language).still)(incidents))
}

/// A line of text for above a message that may have been written before.
pub fn repeated(language: Language) -> &'static str {
    words::of(language).repeated
}

/// A notice by itself, with an id for its footer, or an empty one. An alarm is shown as an incident
/// that it opens.
pub fn notice(notice: &Notice, id: &str, settings: &Settings) -> Embed {
    let words = words::of(settings.language);
    match notice {
        Notice::Alarm(alarm) => incident::embed(&Incident::of(id, alarm), settings, words),
        Notice::Budget(budget) => money::budget(budget, id, settings, words),
        Notice::Anomaly(anomaly) => money::anomaly(anomaly, id, settings, words),
        Notice::Health(event) => health::embed(event, id, settings, words),
        Notice::Drill(drill) => other::drill(drill, id, settings, words),
        Notice::Text(text) => other::text(text, id, words),
        Notice::Reminder(reminder) => other::reminder(reminder, id, words),
    }
}

/// Colours of embeds' edges.
mod color {
    use super::Impact;

    pub(super) const UP: u32 = 0x57_f287;
    pub(super) const SILENT: u32 = 0x99_aab5;
    pub(super) const MONEY: u32 = 0xf1_c40f;
    pub(super) const CALM: u32 = 0x58_65f2;
    pub(super) const DRILL: u32 = 0xa6_6cff;
    pub(super) const WARNING: u32 = 0xf5_7731;

    pub(super) const fn of(impact: Option<Impact>) -> u32 {
        match impact {
            Some(Impact::Critical) | None => 0xed_4245,
            Some(Impact::High) => 0xf5_7731,
            Some(Impact::Normal) => 0xfe_e75c,
            Some(Impact::Low) => 0x5d_ade2,
        }
    }
}
