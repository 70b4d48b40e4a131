//! A batch of the queue's records, each with a verdict of its own.

use std::collections::BTreeMap;
use std::time::Duration;

use contract::relay::Reminder;
use tokio::time::timeout_at;

use super::show::Stops;
use super::{Engine, Stop};
use crate::bell::Bell;
use crate::relay::incident::{Event, Subject};
use crate::relay::ledger::Ledger;
use crate::relay::notice::{self, Delivery, Notice, State};
use crate::relay::outside::Outside;
use crate::relay::wanted::Wanted;

/// The first wait before a record is received again; each further one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest wait: fifty of these are half a day, before SQS gives a record up.
const LONGEST_WAIT: Duration = Duration::from_mins(15);
/// The longest wait that Discord is granted, well within the 12 hours that SQS grants.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// Time that is kept to say which records have to come again.
const TO_ANSWER: Duration = Duration::from_secs(1);

/// A message of the queue.
#[derive(Clone, Debug)]
pub struct Record {
    /// Its id, which a failure is reported by.
    pub message_id: String,
    /// What its visibility is changed by.
    pub receipt_handle: String,
    /// What it says.
    pub body: String,
    /// How often it was received, this time included.
    pub receive_count: u32,
}

/// The records of a batch by what they say, each with its number in the batch.
#[derive(Default)]
struct Sorted {
    /// By the key of their subject.
    alarms: BTreeMap<String, Vec<(usize, Delivery, Event)>>,
    reminders: Vec<(usize, Reminder)>,
    others: Vec<(usize, Delivery)>,
}

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Tells what the records say. Gives the ids of those that have to come again.
    pub async fn batch(&self, records: &[Record]) -> Vec<String> {
        let Sorted { alarms, reminders, mut others } = self.sorted(records);
        let mut verdicts: Vec<Result<(), Stop>> = vec![Ok(()); records.len()];
        let (mut subjects, mut stops) = (BTreeMap::new(), Stops::default());
        for (key, events) in &alarms {
            match self.take_in(key, events).await {
                Ok(subject) => {
                    others.extend(unheard(events, &subject));
                    subjects.insert(key.clone(), subject);
                }
                Err(stop) => stops.add(key, stop),
            }
        }
        let incidents = subjects.iter().flat_map(|(key, subject)| {
            subject.incidents.iter().flat_map(|incident| Wanted::all_of(key, incident))
        });
        self.show(incidents.collect(), &mut stops).await;
        let mut due = self.remind(&reminders, &mut verdicts).await;
        for (index, delivery) in &others {
            verdicts[*index] = self.tell(delivery, &records[*index].message_id).await;
        }
        for (key, subject) in &subjects {
            let told = stops.verdict(key);
            if let Err(stop) = if told.is_ok() { self.finish(key, subject).await } else { told } {
                stops.add(key, stop);
            }
        }
        for (key, events) in &alarms {
            for (index, ..) in events {
                verdicts[*index] = and(verdicts[*index].clone(), stops.verdict(key));
            }
        }
        due.retain(|index, _| verdicts[*index].is_ok());
        for (index, (key, subject)) in due {
            verdicts[index] = self.finish(&key, &subject).await;
        }
        self.conclude(records, verdicts).await
    }

    fn sorted(&self, records: &[Record]) -> Sorted {
        let mut sorted = Sorted::default();
        for (index, record) in records.iter().enumerate() {
            let delivery = notice::read(&record.body);
            match &delivery.notice {
                Notice::Alarm(alarm) => {
                    let sent = delivery.envelope.as_ref().and_then(|envelope| envelope.at);
                    let at = alarm.changed_at.or(sent).unwrap_or_else(|| self.outside.now());
                    let event = Event { notice: alarm.as_ref().clone(), at };
                    let events = sorted.alarms.entry(event.subject()).or_default();
                    events.push((index, delivery, event));
                }
                Notice::Reminder(reminder) => sorted.reminders.push((index, reminder.clone())),
                Notice::Budget(_)
                | Notice::Anomaly(_)
                | Notice::Health(_)
                | Notice::Drill(_)
                | Notice::Text(_) => sorted.others.push((index, delivery)),
            }
        }
        sorted
    }

    async fn take_in(
        &self,
        key: &str,
        events: &[(usize, Delivery, Event)],
    ) -> Result<Subject, Stop> {
        self.time_to_send()?;
        let mut events: Vec<&Event> = events.iter().map(|(_, _, event)| event).collect();
        events.sort_by_key(|event| event.at);
        self.take(key, &events).await
    }

    /// Tells of what isn't over. Gives the subjects of those that are due, by the numbers of their records.
    async fn remind(
        &self,
        reminders: &[(usize, Reminder)],
        verdicts: &mut [Result<(), Stop>],
    ) -> BTreeMap<usize, (String, Subject)> {
        // The queue may deliver one twice, also in one batch.
        let (mut due, mut wanted) = (BTreeMap::new(), BTreeMap::new());
        for (index, reminder) in reminders {
            let found = match self.time_to_send() {
                Ok(()) => self.due(reminder).await,
                Err(stop) => Err(stop),
            };
            match found {
                Ok((subject, one)) => {
                    wanted.extend(one.map(|one| ((one.key.clone(), one.word()), one)));
                    due.insert(*index, (reminder.incident.clone(), subject));
                }
                Err(stop) => verdicts[*index] = Err(stop),
            }
        }
        let mut stops = Stops::default();
        self.show(wanted.into_values().collect(), &mut stops).await;
        for (index, (key, _)) in &due {
            verdicts[*index] = stops.verdict(key);
        }
        due
    }

    /// Gives up what can never be told, and says when the rest is to come again.
    async fn conclude(&self, records: &[Record], verdicts: Vec<Result<(), Stop>>) -> Vec<String> {
        let mut failed = Vec::new();
        for (record, verdict) in records.iter().zip(verdicts) {
            let verdict = match verdict {
                Err(Stop::Dead(why) | Stop::Refused(why)) => self.give_up(record, &why).await,
                verdict @ (Ok(()) | Err(Stop::Later { .. })) => verdict,
            };
            let Err(stop) = verdict else { continue };
            let (Stop::Later { why, .. } | Stop::Dead(why) | Stop::Refused(why)) = &stop;
            let wait = wait(&stop, record.receive_count);
            let id = &record.message_id;
            tracing::warn!(message_id = id, ?wait, why, "A record has to come again.");
            let postponed = self.outside.postpone(&record.receipt_handle, wait);
            if let Err(reason) = self.in_time(postponed).await {
                tracing::warn!(message_id = id, reason, "Its visibility isn't changed.");
            }
            failed.push(record.message_id.clone());
        }
        failed
    }

    /// Ends a call before the function's time does: else no record's verdict is heard, and what was told comes again.
    async fn in_time(&self, call: impl Future<Output = Result<(), String>>) -> Result<(), String> {
        let end = self.deadline.checked_sub(TO_ANSWER).unwrap_or(self.deadline);
        let done = timeout_at(end, call).await;
        done.unwrap_or_else(|_| Err("the function's time is over".to_owned()))
    }

    async fn give_up(&self, record: &Record, why: &str) -> Result<(), Stop> {
        let id = &record.message_id;
        tracing::error!(
            message_id = id,
            why,
            "A record can't be told: it goes to the dead letters."
        );
        let sent = self.in_time(self.outside.dead_letter(&record.body, why)).await;
        sent.map_err(|reason| Stop::later(format!("{why}; nor is it among dead letters: {reason}")))
    }
}

/// Alarms of others that have too little data, or are in a state of tomorrow, while nothing is open that would show it. Whoever
/// sends these here wants to know. The alarms of monitors send none.
fn unheard(
    events: &[(usize, Delivery, Event)],
    subject: &Subject,
) -> impl Iterator<Item = (usize, Delivery)> {
    let is_unheard = |event: &Event| match event.notice.state {
        State::InsufficientData | State::Other(_) => {
            event.notice.trailer.is_none() && !subject.knows(event.at)
        }
        State::Ok | State::Alarm => false,
    };
    let unheard = events.iter().filter(move |(_, _, event)| is_unheard(event));
    unheard.map(|(index, delivery, _)| (*index, delivery.clone()))
}

/// Of two verdicts, the one that counts for both.
fn and(one: Result<(), Stop>, other: Result<(), Stop>) -> Result<(), Stop> {
    match (one, other) {
        (Err(one), Err(other)) => Err(one.or(other)),
        (Err(stop), Ok(())) | (Ok(()), Err(stop)) => Err(stop),
        (Ok(()), Ok(())) => Ok(()),
    }
}

/// How long a record stays away: what Discord asks for, else longer with each time.
fn wait(stop: &Stop, receive_count: u32) -> Duration {
    let asked = match stop {
        Stop::Later { wait, .. } => *wait,
        Stop::Dead(_) | Stop::Refused(_) => None,
    };
    let doubled = || FIRST_WAIT.saturating_mul(1 << receive_count.saturating_sub(1).min(8));
    let asked = asked.map(|wait| wait.min(LONGEST_ASKED));
    let wait = asked.unwrap_or_else(|| doubled().min(LONGEST_WAIT));
    // SQS counts whole seconds.
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        .max(Duration::from_secs(1))
}
