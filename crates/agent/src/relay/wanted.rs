//! What is to be shown: an incident, or that one isn't over.

use super::incident::{Incident, Subject, read_word, reminder_word};
use super::post::Slot;

/// An incident that has to be shown, or a reminder of one.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Key of the incident's subject.
    pub key: String,
    /// The incident as it was last read.
    pub incident: Incident,
    /// The number of the reminder; none for the incident itself.
    pub reminder: Option<u32>,
}

impl Wanted {
    /// An incident itself.
    pub fn incident(key: &str, incident: &Incident) -> Self {
        Self { key: key.to_owned(), incident: incident.clone(), reminder: None }
    }

    /// What an incident wants to be told now: itself, and that what was only silent fails.
    pub fn all_of(key: &str, incident: &Incident) -> impl Iterator<Item = Self> {
        let itself = Self::incident(key, incident);
        let rise = incident.rise().map(|number| Self { reminder: Some(number), ..itself.clone() });
        std::iter::once(itself).chain(rise)
    }

    /// Whether it tells that what was only silent fails.
    pub fn is_rise(&self) -> bool {
        self.reminder.is_some() && self.incident.rise() == self.reminder
    }

    /// What a slot is of, as a subject has it now. None if that isn't there any more, or a reminder of what is over.
    pub fn of_slot(slot: &Slot, subject: &Subject) -> Option<Self> {
        let (short_id, reminder) = read_word(&slot.short_id);
        let found = subject.incident(short_id);
        let incident = found.filter(|one| reminder.is_none() || one.is_open())?.clone();
        Some(Self { key: slot.subject.clone(), incident, reminder })
    }

    /// Key of the message that is to show it.
    pub fn message(&self) -> Option<&String> {
        match self.reminder {
            None => self.incident.message.as_ref(),
            Some(number) if self.incident.reminders.fired == Some(number) => {
                self.incident.reminders.message.as_ref()
            }
            Some(_) => None,
        }
    }

    /// Where the key of its message is kept, in the incident as it is now.
    pub fn link<'a>(&self, subject: &'a mut Subject) -> Option<&'a mut Option<String>> {
        let incident = subject.incident_mut(&self.incident.short_id)?;
        match self.reminder {
            None => Some(&mut incident.message),
            Some(number) if incident.reminders.fired == Some(number) => {
                Some(&mut incident.reminders.message)
            }
            Some(_) => None,
        }
    }

    /// The same, with the incident as a subject has it now.
    pub fn now(&self, subject: &Subject) -> Option<Self> {
        let incident = subject.incident(&self.incident.short_id)?.clone();
        Some(Self { incident, ..self.clone() })
    }

    /// What its embed is found by.
    pub fn word(&self) -> String {
        let short_id = &self.incident.short_id;
        self.reminder.map_or_else(|| short_id.clone(), |number| reminder_word(short_id, number))
    }

    /// The revision that is shown. A reminder has only one.
    pub fn revision(&self) -> u64 {
        if self.reminder.is_some() { 0 } else { self.incident.revision }
    }

    /// Whether a slot is its own.
    pub fn is_in(&self, slot: &Slot) -> bool {
        slot.subject == self.key && slot.short_id == self.word()
    }
}
