//! A second, short message about what is still down: an edit notifies nobody.

use contract::relay::Reminder;

use super::{Engine, Stop};
use crate::relay::bell::Bell;
use crate::relay::face;
use crate::relay::incident::Incident;
use crate::relay::ledger::Ledger;
use crate::relay::outside::Outside;
use crate::relay::route::{self, Traits};

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Tells that an incident is still open. Whether there was one; the error says why it has to be tried again. What can never be
    /// told goes to the dead letters.
    pub async fn remind(&self, reminder: &Reminder) -> Result<bool, String> {
        match self.remind_of(reminder).await {
            Ok(told) => Ok(told),
            Err(Stop::Later { why, .. }) => Err(why),
            Err(Stop::Dead(why)) => {
                tracing::error!(incident = reminder.incident, why, "A reminder can't be told.");
                let body = serde_json::to_string(reminder).unwrap_or_default();
                self.outside.dead_letter(&body, &why).await.map(|()| false)
            }
        }
    }

    /// Tells that an incident is still open, and asks for the next reminder. Whether there was anything to tell: for an incident that
    /// is closed, was closed meanwhile, or isn't the last one, there isn't.
    ///
    /// The next reminder is asked for first: if this one can't be told, that one still comes.
    pub(super) async fn remind_of(&self, reminder: &Reminder) -> Result<bool, Stop> {
        let Reminder { incident: key, short_id, number, .. } = reminder;
        let subject = self.change(key, |_| false).await?;
        let open = subject.open_incident().filter(|open| open.short_id == *short_id);
        let Some(incident) = open else { return Ok(false) };
        let is_next = incident.reminders.next == *number;
        if !is_next && incident.reminders.fired != Some(*number) {
            return Ok(false);
        }
        if is_next {
            self.arm(key, incident, number + 1).await?;
            self.change(key, |subject| advance(subject.incident_mut(short_id), *number)).await?;
        }
        let word = format!("{short_id}-{number}");
        let place = route::destination(&self.settings, Traits::of_incident(incident));
        let now = self.outside.now();
        let Some(embed) = face::reminder(incident, &self.settings, now, &word) else {
            return Ok(false);
        };
        self.tell_once(place, &word, &embed).await?;
        Ok(true)
    }
}

fn advance(incident: Option<&mut Incident>, number: u32) -> bool {
    let open = incident.filter(|incident| incident.is_open());
    let Some(incident) = open.filter(|incident| incident.reminders.next == number) else {
        return false;
    };
    let reminders = &mut incident.reminders;
    (reminders.next, reminders.armed, reminders.fired) = (number + 1, true, Some(number));
    true
}
