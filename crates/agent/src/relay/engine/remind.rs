//! A second, short message about what is still down: an edit notifies nobody.
//!
//! When its time comes, a reminder is a message of the relay's own queue, so that many are told in few messages, and what can't be
//! told now is told later.

use contract::relay::Reminder;

use super::{Engine, Stop};
use crate::bell::Bell;
use crate::relay::incident::{Incident, Subject};
use crate::relay::ledger::Ledger;
use crate::relay::outside::Outside;
use crate::relay::wanted::Wanted;

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// What a reminder has to tell: nothing of an incident that is closed, was closed meanwhile, or isn't the last one. And the
    /// subject as it is now: the next reminder is to be asked for.
    pub(super) async fn due(&self, reminder: &Reminder) -> Result<(Subject, Option<Wanted>), Stop> {
        let Reminder { incident: key, short_id, number, .. } = reminder;
        let subject =
            self.change(key, |subject| advance(subject.incident_mut(short_id), *number)).await?;
        let open = subject.open_incident().filter(|open| open.short_id == *short_id);
        let fired = open.filter(|open| open.reminders.fired == Some(*number));
        let wanted = fired
            .map(|incident| Wanted { reminder: Some(*number), ..Wanted::incident(key, incident) });
        Ok((subject, wanted))
    }
}

fn advance(incident: Option<&mut Incident>, number: u32) -> bool {
    let open = incident.filter(|incident| incident.is_open());
    let Some(incident) = open.filter(|incident| incident.reminders.next == number) else {
        return false;
    };
    let reminders = &mut incident.reminders;
    (reminders.next, reminders.armed) = (number + 1, false);
    (reminders.fired, reminders.message) = (Some(number), None);
    true
}
