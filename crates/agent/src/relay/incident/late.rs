//! What is heard of only after something later of the same alarm.

use jiff::Timestamp;

use super::{Event, FLAP, Incident, Standing, Subject};
use crate::relay::notice::State;

/// How a time ended in which an alarm rang.
#[derive(Clone, Copy)]
struct End {
    at: Timestamp,
    /// Whether nobody told, and it is only known that it was over by then.
    is_untold: bool,
}

impl Standing {
    /// Whether both are the same in all but what was heard of long ago.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        let now = |standing: &Self| (standing.changed_at, standing.rang_at, standing.well_at);
        now(self) == now(other) && self.state == other.state
    }
}

impl Subject {
    /// An alarm rang, and was well again or rang anew by now. That is told, if nobody was told of this time: as an incident that is
    /// over, or as the beginning of one that is known.
    pub(super) fn rang_late(&mut self, alarm: &str, event: &Event) {
        let at = event.at;
        let Some(end) = self.end_of(alarm, at) else { return };
        let covers =
            |one: &Incident| one.opened_at <= at && one.closed_at.is_none_or(|end| at <= end);
        if let Some(incident) = self.incidents.iter_mut().find(|one| covers(one)) {
            return incident.rang_within(alarm, event, end);
        }
        if let Some(incident) = self.recent_before(at) {
            incident.flaps += 1;
            incident.ring(alarm, event);
            incident.closed_at = incident.closed_at.max(Some(end.at));
            return;
        }
        let index = self.incidents.iter().position(|one| one.opened_at > at);
        if let Some(next) = index.and_then(|index| self.incidents.get_mut(index)) {
            let rang_through = next.rang_through(alarm, end);
            if rang_through || next.is_flap_of(at, end) {
                next.flaps += u32::from(!rang_through);
                next.opened_at = at;
                return next.ring(alarm, event);
            }
        }
        let mut incident = Incident::of(alarm, event);
        (incident.closed_at, incident.end_untold) = (Some(end.at), end.is_untold);
        self.incidents.insert(index.unwrap_or(self.incidents.len()), incident);
        self.merge_surplus();
    }

    /// When it was over that an alarm rang at this time.
    fn end_of(&self, alarm: &str, at: Timestamp) -> Option<End> {
        let standing = self.alarms.get(alarm)?;
        match (standing.rings.after(at), standing.ends.from(at)) {
            (Some(ring), well) if well.is_none_or(|well| ring < well) => {
                Some(End { at: ring, is_untold: true })
            }
            (_, Some(well)) => Some(End { at: well, is_untold: false }),
            (Some(_) | None, None) => None,
        }
    }

    /// The incident that was over only a short time before.
    fn recent_before(&mut self, at: Timestamp) -> Option<&mut Incident> {
        let is_recent = |end: Timestamp| end < at && at.duration_since(end) <= FLAP;
        self.incidents.iter_mut().rfind(|one| one.closed_at.is_some_and(is_recent))
    }
}

impl Incident {
    /// An alarm rang in it, and was well before it was over.
    fn rang_within(&mut self, alarm: &str, event: &Event, end: End) {
        self.ring(alarm, event);
        let rung = self.alarms.get_mut(alarm).filter(|rung| rung.rang_at <= end.at);
        if let Some(rung) = rung.filter(|_| !end.is_untold) {
            rung.since_at = rung.since_at.max(Some(end.at));
        }
    }

    /// Whether nothing says that the alarm was well before this incident.
    fn rang_through(&self, alarm: &str, end: End) -> bool {
        let old = self.alarms.get(alarm).and_then(|rung| rung.rang.old_state.as_ref());
        end.is_untold && !matches!(old, Some(State::Ok | State::InsufficientData))
    }

    /// Whether it was back within the time of a flap after an alarm rang, or was well again.
    fn is_flap_of(&self, rang_at: Timestamp, end: End) -> bool {
        let last = if end.is_untold { rang_at } else { end.at };
        self.opened_at.duration_since(last) <= FLAP
    }
}
