//! What an event changes.

use std::mem;

use jiff::Timestamp;

use super::{
    Event, FLAP, Heard, Incident, MOST_INCIDENTS, Reminders, Rung, Standing, Subject, short_id,
};
use crate::relay::notice::State;

/// A time between two of an alarm's rings of which nobody told that all was well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// There is none, as far as is known.
    None,
    /// It is short enough for the same incident.
    Short,
    /// What rings now is another incident.
    Long,
}

impl Subject {
    /// Takes an event in. Whether anything changed: an event that was taken before changes nothing. One that is older than what
    /// is known changes only what nobody was told of.
    pub fn apply(&mut self, event: &Event) -> bool {
        let alarm = event.alarm();
        let was_down = self.is_down();
        let before = self.alarms.get(&alarm).cloned();
        let after = advanced(before.clone(), &event.notice.state, event.at);
        if before.as_ref() == Some(&after) {
            return false;
        }
        let is_late = before.as_ref().is_some_and(|before| before.is_as(&after));
        let rings = after.rings();
        self.alarms.insert(alarm.clone(), after);
        match event.notice.state {
            State::Alarm if rings && !is_late => {
                let gap = if was_down { self.gap(&alarm, event, before) } else { Gap::None };
                self.rang(&alarm, event, was_down, gap);
            }
            State::Alarm => self.rang_late(&alarm, event),
            State::Ok if is_late => self.end_is_heard(&alarm, event),
            State::Ok if was_down => {
                self.end_is_heard(&alarm, event);
                self.was_well(&alarm, event);
            }
            State::InsufficientData | State::Other(_) if was_down => self.note(&alarm, event),
            State::Ok | State::InsufficientData | State::Other(_) => {}
        }
        true
    }

    /// Whether all was well between what is known to ring and this, though nobody told so: an alarm needs no action for
    /// its end.
    fn gap(&self, alarm: &str, event: &Event, before: Option<Standing>) -> Gap {
        let own = before.filter(Standing::rings).and_then(|standing| standing.rang_at);
        let is_long = |since: Timestamp| event.at.duration_since(since) > FLAP;
        let was_well = match &event.notice.old_state {
            Some(State::Ok) => true,
            // It may have been well before.
            Some(State::InsufficientData) => own.is_none_or(is_long),
            Some(State::Alarm | State::Other(_)) | None => false,
        };
        let ringing = self.alarms.iter().filter(|(_, standing)| standing.rings());
        let others: Vec<_> = ringing.filter(|(name, _)| name.as_str() != alarm).collect();
        if !was_well || others.iter().any(|(name, _)| !self.is_mute(name)) {
            return Gap::None;
        }
        let last = others.iter().filter_map(|(_, standing)| standing.rang_at).chain(own).max();
        match last.filter(|last| *last < event.at) {
            Some(last) if is_long(last) => Gap::Long,
            Some(_) if own.is_some() => Gap::Short,
            Some(_) | None => Gap::None,
        }
    }

    /// Whether an alarm has no action for its end, so that it is never heard to be well.
    fn is_mute(&self, alarm: &str) -> bool {
        let rung = self.incidents.last().and_then(|incident| incident.alarms.get(alarm));
        rung.is_some_and(|rung| rung.rang.tells_end == Some(false))
    }

    fn rang(&mut self, alarm: &str, event: &Event, was_down: bool, gap: Gap) {
        if gap == Gap::Long {
            if let Some(incident) = self.incidents.last_mut() {
                incident.end_untold(event.at);
            }
            return self.open(alarm, event);
        }
        let known = if was_down { self.incidents.last_mut() } else { self.recent(event.at) };
        let Some(incident) = known else { return self.open(alarm, event) };
        if let Some(closed_at) = incident.closed_at.take() {
            // Heard only now, though it rang before the other alarm was well: it was never over.
            incident.flaps += u32::from(event.at > closed_at);
            incident.reminders.again();
        }
        incident.flaps += u32::from(gap == Gap::Short);
        incident.opened_at = incident.opened_at.min(event.at);
        let rises = !event.notice.is_silence() && !incident.has_failed();
        incident.ring(alarm, event);
        // One without a message will have one that says so, and calls for it.
        if rises && incident.message.is_some() {
            incident.reminders.rise();
        }
    }

    /// The end of an incident is heard of after all, when the next one is open already.
    pub(super) fn end_is_heard(&mut self, alarm: &str, event: &Event) {
        let ended = self.incidents.iter_mut().find(|incident| {
            let rang = incident.alarms.get(alarm).is_some_and(|rung| rung.rang_at <= event.at);
            rang && incident.end_untold && incident.closed_at.is_some_and(|end| event.at <= end)
        });
        if let Some(incident) = ended {
            (incident.closed_at, incident.end_untold) = (Some(event.at), false);
            incident.revision += 1;
        }
    }

    fn was_well(&mut self, alarm: &str, event: &Event) {
        self.note(alarm, event);
        if self.is_down() {
            return;
        }
        let well_at = |alarm: &String| self.alarms.get(alarm)?.well_at;
        let Some(incident) = self.incidents.last() else { return };
        let closed_at = incident.alarms.keys().filter_map(well_at).max();
        if let Some(incident) = self.incidents.last_mut() {
            incident.closed_at = Some(closed_at.unwrap_or(event.at));
            incident.reminders.armed = false;
        }
    }

    /// Keeps what an alarm says while something is down.
    fn note(&mut self, alarm: &str, event: &Event) {
        let Some(incident) = self.incidents.last_mut() else { return };
        incident.revision += 1;
        let Some(rung) = incident.alarms.get_mut(alarm) else { return };
        if event.at >= rung.rang_at && rung.since_at.is_none_or(|at| event.at >= at) {
            rung.since = Some(event.notice.clone());
            rung.since_at = Some(event.at);
        }
    }

    /// The last incident, if it was over only a short time ago.
    pub(super) fn recent(&mut self, at: Timestamp) -> Option<&mut Incident> {
        let last = self.incidents.last_mut()?;
        let closed_at = last.closed_at?;
        (at.duration_since(closed_at) <= FLAP).then_some(last)
    }

    fn open(&mut self, alarm: &str, event: &Event) {
        self.incidents.push(Incident::of(alarm, event));
        self.merge_surplus();
    }

    /// Nothing that is untold may be dropped, and an item of the table has room for so many only: of the oldest two, the first
    /// one tells both. One that has a message stays what it is.
    pub(super) fn merge_surplus(&mut self) {
        while self.incidents.len() > MOST_INCIDENTS {
            let last = self.incidents.len() - 1;
            let Some(index) = (1..last).find(|index| self.incidents[*index].message.is_none())
            else {
                return;
            };
            let later = self.incidents.remove(index);
            self.incidents[index - 1].merge(later);
        }
    }
}

impl Incident {
    /// One that an alarm opens.
    pub(super) fn of(alarm: &str, event: &Event) -> Self {
        let mut incident = Self {
            short_id: short_id(&[&event.subject(), &event.at.to_string()]),
            opened_at: event.at,
            closed_at: None,
            end_untold: false,
            flaps: 0,
            revision: 0,
            alarms: [].into(),
            message: None,
            reminders: Reminders { next: 1, ..Reminders::default() },
        };
        incident.ring(alarm, event);
        incident
    }

    /// Takes in the incident that came after it, as if it had been back within the time of a flap.
    fn merge(&mut self, later: Self) {
        self.flaps += later.flaps + 1;
        (self.closed_at, self.end_untold) = (later.closed_at, later.end_untold);
        self.alarms.extend(later.alarms);
        self.revision += later.revision + 1;
    }

    /// It was over at some time before this, of which nobody told.
    fn end_untold(&mut self, before: Timestamp) {
        (self.closed_at, self.end_untold) = (Some(before), true);
        self.reminders.armed = false;
        self.revision += 1;
    }

    pub(super) fn ring(&mut self, alarm: &str, event: &Event) {
        self.revision += 1;
        let rung =
            Rung { rang: event.notice.clone(), rang_at: event.at, since: None, since_at: None };
        let known = self.alarms.entry(alarm.to_owned()).or_insert_with(|| rung.clone());
        if event.at >= known.rang_at {
            let older = mem::replace(known, rung);
            // What it said at a later time stays the last that it said.
            if older.since_at.is_some_and(|at| at > event.at) {
                (known.since, known.since_at) = (older.since, older.since_at);
            }
        }
    }
}

impl Reminders {
    /// After a short end: what is scheduled is out of date, and another one is due.
    fn again(&mut self) {
        *self = Self { next: self.next + 1, ..Self::default() };
    }

    /// One is due at once: what people were called for, or not, was less than what is so now. What is scheduled is out of date.
    fn rise(&mut self) {
        let now = Some(self.next);
        *self = Self { next: self.next + 1, fired: now, risen: now, ..Self::default() };
    }
}

/// What was known and what is told, together.
fn advanced(before: Option<Standing>, state: &State, at: Timestamp) -> Standing {
    let mut standing = before.unwrap_or_else(|| Standing {
        state: state.clone(),
        changed_at: at,
        rang_at: None,
        well_at: None,
        rings: Heard::default(),
        ends: Heard::default(),
    });
    if (at, rank(state)) > (standing.changed_at, rank(&standing.state)) {
        (standing.state, standing.changed_at) = (state.clone(), at);
    }
    match state {
        State::Alarm => {
            standing.rang_at = standing.rang_at.max(Some(at));
            standing.rings.hear(at);
        }
        State::Ok => {
            standing.well_at = standing.well_at.max(Some(at));
            standing.ends.hear(at);
        }
        State::InsufficientData | State::Other(_) => {}
    }
    standing
}

/// Which state counts when two begin at the same time.
fn rank(state: &State) -> u8 {
    match state {
        State::Other(_) => 0,
        State::Ok => 1,
        State::InsufficientData => 2,
        State::Alarm => 3,
    }
}
