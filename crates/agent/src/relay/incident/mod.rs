//! What is known of one monitor, or of one alarm that is no monitor's, and its incidents. Pure.
//!
//! Events come late, twice and in any order. For each alarm only the latest time of each state is
//! kept, so that what rings in the end doesn't depend on the order in which it was heard.

mod apply;
mod late;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use contract::impact::Impact;
use contract::trailer::Trailer;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::notice::{AlarmNotice, State};

/// What is back after no longer than this is the same incident.
pub const FLAP: SignedDuration = SignedDuration::from_mins(10);
/// So many incidents of one subject are kept. Others than the last are there until they are told to
/// their end; when there are more, the oldest become one.
const MOST_INCIDENTS: usize = 20;
/// So many times of each state are known of an alarm, to tell what comes again from what comes late.
const MOST_HEARD: usize = 40;
/// Letters of an incident's short id: 40 bits, enough to find a message among a channel's last ones.
const SHORT_ID: usize = 10;

/// All that is kept of a monitor or an alarm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Subject {
    /// Its alarms, by their ARN or else their name.
    #[serde(default)]
    pub alarms: BTreeMap<String, Standing>,
    /// Its incidents, oldest first. Only the last one can be open.
    #[serde(default)]
    pub incidents: Vec<Incident>,
}

/// How an alarm stands: the latest time of each state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Its latest state.
    pub state: State,
    /// When that began.
    pub changed_at: Timestamp,
    /// When it last began to ring.
    #[serde(default)]
    pub rang_at: Option<Timestamp>,
    /// When it was last well. Too little data is neither: it opens nothing and closes nothing.
    #[serde(default)]
    pub well_at: Option<Timestamp>,
    /// When it is known to have begun to ring.
    #[serde(default)]
    pub rings: Heard,
    /// When it is known to have been well again.
    #[serde(default)]
    pub ends: Heard,
}

/// The last times at which something is known to have happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The times.
    #[serde(default)]
    pub times: BTreeSet<Timestamp>,
    /// Of what is no later than this, it isn't known any more whether it was heard.
    #[serde(default)]
    pub forgotten: Option<Timestamp>,
}

/// A time in which something was down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// What its message is found by.
    pub short_id: String,
    /// When the first alarm rang.
    pub opened_at: Timestamp,
    /// When the last alarm was well; none while it is open.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// Whether nobody told that it was over: then that was some time before [`closed_at`](Self::closed_at).
    #[serde(default)]
    pub end_untold: bool,
    /// How often it was over for a short time.
    #[serde(default)]
    pub flaps: u32,
    /// Counts what a reader can see change.
    pub revision: u64,
    /// The alarms that rang in it, by ARN or name.
    pub alarms: BTreeMap<String, Rung>,
    /// Key of the item of its message, once one is planned.
    #[serde(default)]
    pub message: Option<String>,
    /// Its reminders.
    #[serde(default)]
    pub reminders: Reminders,
}

/// An alarm that rang in an incident.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rung {
    /// What it said when it last rang.
    pub rang: AlarmNotice,
    /// When that was.
    pub rang_at: Timestamp,
    /// What it said since, when it said another thing.
    #[serde(default)]
    pub since: Option<AlarmNotice>,
    /// When that was. It may be known that it doesn't ring any more though what it said isn't.
    #[serde(default)]
    pub since_at: Option<Timestamp>,
}

/// Where an incident's reminders are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminders {
    /// The number that the next one has.
    pub next: u32,
    /// Whether it is scheduled.
    pub armed: bool,
    /// The one before, which may have to be told again if whoever told it was ended.
    #[serde(default)]
    pub fired: Option<u32>,
    /// Key of the item of that one's message, once one is planned.
    #[serde(default)]
    pub message: Option<String>,
    /// The one that told, and called for it, that what was only silent fails.
    #[serde(default)]
    pub risen: Option<u32>,
}

/// What an alarm says, and of whom.
#[derive(Clone, Debug)]
pub struct Event {
    /// The notice.
    pub notice: AlarmNotice,
    /// When the alarm changed.
    pub at: Timestamp,
}

impl Event {
    /// Key of the item of the subject: one for all alarms of a monitor. An alarm of others is its own subject, also when a
    /// monitor has its name.
    pub fn subject(&self) -> String {
        let AlarmNotice { account, region, name, trailer, .. } = &self.notice;
        match trailer {
            Some(trailer) => format!("incident#{account}#{region}#monitor/{}", trailer.monitor),
            None => format!("incident#{account}#{region}#alarm/{name}"),
        }
    }

    fn alarm(&self) -> String {
        self.notice.arn.as_ref().unwrap_or(&self.notice.name).clone()
    }
}

impl Subject {
    /// The incident that is open, if one is.
    pub fn open_incident(&self) -> Option<&Incident> {
        self.incidents.last().filter(|incident| incident.is_open())
    }

    /// Whether an incident was open at a time, so that its message shows what was heard of then.
    pub fn knows(&self, at: Timestamp) -> bool {
        let is_open = |one: &Incident| one.closed_at.is_none_or(|end| at <= end);
        self.incidents.iter().any(|one| one.opened_at <= at && is_open(one))
    }

    /// The incident with a short id.
    pub fn incident(&self, short_id: &str) -> Option<&Incident> {
        self.incidents.iter().find(|incident| incident.short_id == short_id)
    }

    /// The incident with a short id, to be changed.
    pub fn incident_mut(&mut self, short_id: &str) -> Option<&mut Incident> {
        self.incidents.iter_mut().find(|incident| incident.short_id == short_id)
    }

    /// Whether an alarm rings.
    pub fn is_down(&self) -> bool {
        self.alarms.values().any(Standing::rings)
    }
}

impl Standing {
    /// Whether the alarm rings. At the same time, ringing goes before being well: better told than not.
    pub fn rings(&self) -> bool {
        self.rang_at.is_some() && self.rang_at >= self.well_at
    }
}

impl Heard {
    /// Takes a time in. Whether it is new.
    pub(super) fn hear(&mut self, at: Timestamp) -> bool {
        let is_forgotten = self.forgotten.is_some_and(|forgotten| at <= forgotten);
        let is_new = !is_forgotten && self.times.insert(at);
        if self.times.len() > MOST_HEARD {
            self.forgotten = self.times.pop_first();
        }
        is_new
    }

    /// The first time from this one on.
    pub(super) fn from(&self, at: Timestamp) -> Option<Timestamp> {
        self.times.range(at..).next().copied()
    }

    /// The first time after this one.
    pub(super) fn after(&self, at: Timestamp) -> Option<Timestamp> {
        self.times.range(at..).copied().find(|time| *time > at)
    }
}

impl Rung {
    /// Whether the alarm is well again.
    pub fn is_well(&self) -> bool {
        let state = self.since.as_ref().map(|notice| &notice.state);
        self.since_at.is_some() && state.is_none_or(|state| *state == State::Ok)
    }
}

impl Incident {
    /// Whether something is still down.
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// The alarm that stands for it: one that isn't well again goes before one that is, and one of a monitor that fails before one
    /// that hears nothing.
    pub fn leader(&self) -> Option<&Rung> {
        let rank = |rung: &&Rung| {
            let kind = rung.rang.trailer.as_ref().map(|trailer| trailer.kind);
            (rung.is_well(), kind == Some(contract::trailer::Kind::NoData), rung.rang_at)
        };
        self.alarms.values().min_by_key(rank)
    }

    /// The trailer of the alarm that stands for it.
    pub fn trailer(&self) -> Option<&Trailer> {
        self.leader().and_then(|rung| rung.rang.trailer.as_ref())
    }

    /// What the outage does, if the alarm says so.
    pub fn impact(&self) -> Option<Impact> {
        self.trailer().and_then(|trailer| trailer.impact)
    }

    /// Whether a monitor's own check has failed in it, and not only been silent.
    pub(super) fn has_failed(&self) -> bool {
        self.alarms.values().any(|rung| !rung.rang.is_silence())
    }

    /// Whether it ended since nobody looks any more.
    pub fn is_unwatched(&self) -> bool {
        let last = self.alarms.values().filter_map(|rung| rung.since.as_ref().zip(rung.since_at));
        let last = last.max_by_key(|(_, at)| *at).map(|(notice, _)| notice);
        !self.is_open() && last.is_some_and(AlarmNotice::is_unwatched)
    }

    /// The number of the reminder that tells that what was only silent fails, while it isn't over.
    pub fn rise(&self) -> Option<u32> {
        self.reminders
            .risen
            .filter(|number| self.is_open() && self.reminders.fired == Some(*number))
    }

    /// Seconds after which it is told of again while it is open.
    pub fn reminder_seconds(&self) -> Option<u64> {
        self.trailer().and_then(|trailer| trailer.reminder_seconds).filter(|seconds| *seconds > 0)
    }

    /// The number of the reminder that has to be scheduled now, if one has.
    pub fn reminder_to_arm(&self) -> Option<u32> {
        let wanted = self.is_open() && self.reminder_seconds().is_some();
        (wanted && !self.reminders.armed).then_some(self.reminders.next)
    }
}

/// The word that a reminder's message is found by.
pub fn reminder_word(short_id: &str, number: u32) -> String {
    format!("{short_id}-{number}")
}

/// The short id, and the number of the reminder if it is one's, of a word that a message is found by.
pub fn read_word(word: &str) -> (&str, Option<u32>) {
    match word.rsplit_once('-') {
        Some((short_id, number)) => (short_id, number.parse().ok()),
        None => (word, None),
    }
}

/// Ten letters for what a message is about. The same every time, so that a repeat can be found.
pub fn short_id(of: &[&str]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut digest = Sha256::new();
    for part in of {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    digest.iter().take(SHORT_ID).map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect()
}
