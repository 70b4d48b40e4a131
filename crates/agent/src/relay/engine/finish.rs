//! What is left once an incident's message is as it should be.

use std::time::Duration;

use contract::relay::Reminder;
use jiff::{SignedDuration, Timestamp};
use tokio::time::timeout;

use super::{Engine, Stop, later};
use crate::bell::Bell;
use crate::relay::incident::{Incident, Subject};
use crate::relay::ledger::Ledger;
use crate::relay::outside::{Outside, Scheduled};

/// EventBridge Scheduler is precise to a minute, and takes no time that is over.
const SOONEST: SignedDuration = SignedDuration::from_secs(60);

/// For so long after an incident began, Scheduler's refusal of the role may be one of a new role.
const NEW: SignedDuration = SignedDuration::from_mins(2);

/// Time for the call that asks for a reminder: a few hundred milliseconds are usual.
const SCHEDULING: Duration = Duration::from_secs(2);

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Asks for the reminder that is due, and forgets incidents that are told to their end.
    pub(super) async fn finish(&self, key: &str, subject: &Subject) -> Result<(), Stop> {
        if subject.incidents.len() > 1 {
            self.time_to_send()?;
            self.forget(key, subject).await?;
        }
        let Some(incident) = subject.open_incident() else { return Ok(()) };
        let Some(number) = incident.reminder_to_arm() else { return Ok(()) };
        self.time_to_send()?;
        self.arm(key, incident, number).await?;
        let short_id = incident.short_id.clone();
        self.change(key, |subject| {
            let open = subject.incident_mut(&short_id).filter(|incident| incident.is_open());
            let due = open.filter(|one| one.reminders.next == number && !one.reminders.armed);
            due.map(|incident| incident.reminders.armed = true).is_some()
        })
        .await?;
        Ok(())
    }

    /// Forgets all but the last of the incidents that were told. What became known of one meanwhile isn't told yet.
    async fn forget(&self, key: &str, told: &Subject) -> Result<(), Stop> {
        let is_told = |one: &Incident| {
            told.incident(&one.short_id).is_some_and(|told| told.revision == one.revision)
        };
        self.change(key, |subject| {
            let before = subject.incidents.len();
            let last = subject.incidents.last().map(|incident| incident.short_id.clone());
            let is_last = |one: &Incident| Some(&one.short_id) == last.as_ref();
            subject.incidents.retain(|incident| is_last(incident) || !is_told(incident));
            subject.incidents.len() < before
        })
        .await?;
        Ok(())
    }

    /// Asks for a reminder. One that can't be had is only logged: the alarm itself is told.
    async fn arm(&self, key: &str, incident: &Incident, number: u32) -> Result<(), Stop> {
        let (Some(schedules), Some(seconds)) =
            (&self.settings.reminder, incident.reminder_seconds())
        else {
            return Ok(());
        };
        let at = due(self.outside.now(), seconds);
        let name = format!("hinomi-{}-{number}", incident.short_id);
        let reminder = Reminder::of(key, &incident.short_id, number);
        let call = self.outside.schedule(schedules, &name, at, &reminder);
        match timeout(SCHEDULING, call)
            .await
            .unwrap_or_else(|_| Err("Scheduler doesn't answer".to_owned()))
        {
            Ok(Scheduled::Done) => Ok(()),
            Ok(Scheduled::Early(reason)) if self.outside.now() < later(incident.opened_at, NEW) => {
                let wait = Some(Duration::from_secs(10));
                Err(Stop::Later { wait, why: format!("a reminder isn't scheduled yet: {reason}") })
            }
            Ok(Scheduled::Early(reason) | Scheduled::Impossible(reason)) => {
                tracing::error!(incident = key, reason, "A reminder can't be scheduled.");
                Ok(())
            }
            Err(reason) => {
                let wait = Some(Duration::from_secs(30));
                Err(Stop::Later { wait, why: format!("a reminder isn't scheduled yet: {reason}") })
            }
        }
    }
}

fn due(now: Timestamp, seconds: u64) -> Timestamp {
    let wanted = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
    later(now, wanted.max(SOONEST))
}
