//! A batch of the queue's records, each with a verdict of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::timeout_at;

use super::deliver::Told;
use super::open::Wanted;
use super::{Engine, Stop};
use crate::relay::bell::Bell;
use crate::relay::incident::{Event, Subject};
use crate::relay::ledger::Ledger;
use crate::relay::notice::{self, Delivery, Notice};
use crate::relay::outside::Outside;

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

/// What is to be done for a subject, and what became of it.
#[derive(Default)]
struct Subjects(BTreeMap<String, (Subject, Result<(), Stop>)>);

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Tells what the records say. Gives the ids of those that have to come again.
    pub async fn batch(&self, records: &[Record]) -> Vec<String> {
        let mut alarms: BTreeMap<String, Vec<(usize, Event)>> = BTreeMap::new();
        let mut others: Vec<(usize, Delivery)> = Vec::new();
        for (index, record) in records.iter().enumerate() {
            let delivery = notice::read(&record.body);
            match delivery.notice {
                Notice::Alarm(alarm) => {
                    let sent = delivery.envelope.and_then(|envelope| envelope.at);
                    let at = alarm.changed_at.or(sent).unwrap_or_else(|| self.outside.now());
                    let event = Event { notice: *alarm, at };
                    alarms.entry(event.subject()).or_default().push((index, event));
                }
                Notice::Budget(_)
                | Notice::Anomaly(_)
                | Notice::Health(_)
                | Notice::Drill(_)
                | Notice::Text(_) => others.push((index, delivery)),
            }
        }
        let mut verdicts: Vec<Result<(), Stop>> = vec![Ok(()); records.len()];
        let settled = self.alarms(&alarms).await;
        for (key, events) in &alarms {
            let verdict = settled.0.get(key).map_or(Ok(()), |(_, verdict)| verdict.clone());
            for (index, _) in events {
                verdicts[*index].clone_from(&verdict);
            }
        }
        for (index, delivery) in &others {
            verdicts[*index] = self.tell(delivery, &records[*index].message_id).await;
        }
        self.conclude(records, verdicts).await
    }

    /// Takes all events in, then makes Discord show what follows.
    async fn alarms(&self, alarms: &BTreeMap<String, Vec<(usize, Event)>>) -> Subjects {
        let mut subjects = Subjects::default();
        for (key, events) in alarms {
            let mut events: Vec<&Event> = events.iter().map(|(_, event)| event).collect();
            events.sort_by_key(|event| event.at);
            let taken = match self.time_to_send() {
                Ok(()) => self.take(key, &events).await,
                Err(stop) => Err(stop),
            };
            let taken = match taken {
                Ok(subject) => (subject, Ok(())),
                Err(stop) => (Subject::default(), Err(stop)),
            };
            subjects.0.insert(key.clone(), taken);
        }
        let mut fresh = subjects.wanted(|message| message.is_none());
        let mut linked = subjects.wanted(|message| message.is_some());
        // Twice, since a message may turn out to be gone, or somebody else's.
        for _ in 0..2 {
            for (one, outcome) in self.open(std::mem::take(&mut fresh)).await {
                match outcome {
                    Ok(true) => {}
                    Ok(false) => linked.push(one),
                    Err(stop) => subjects.stop(&one.0, stop),
                }
            }
            fresh = self.settle_all(std::mem::take(&mut linked), &mut subjects).await;
        }
        for (key, _) in fresh {
            subjects.stop(&key, Stop::soon("its message was deleted twice"));
        }
        for (key, (subject, verdict)) in &mut subjects.0 {
            if verdict.is_ok() {
                *verdict = self.finish(key, subject).await;
            }
        }
        subjects
    }

    /// Settles messages that are there, each once. Gives the incidents whose message is gone.
    async fn settle_all(&self, linked: Vec<Wanted>, subjects: &mut Subjects) -> Vec<Wanted> {
        let mut messages: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
        for (key, incident) in linked {
            let message = incident.message.clone().unwrap_or_default();
            messages.entry(message).or_default().push((key, incident));
        }
        let mut fresh = Vec::new();
        for (message, incidents) in messages {
            match self.settle(&message, &incidents).await {
                Ok(Told::Shown) => {}
                Ok(Told::Gone) => {
                    for one in incidents {
                        match self.unlink(&one).await {
                            Ok(open) => fresh.extend(open),
                            Err(stop) => subjects.stop(&one.0, stop),
                        }
                    }
                }
                Err(stop) => {
                    let keys: BTreeSet<String> =
                        incidents.into_iter().map(|(key, _)| key).collect();
                    for key in &keys {
                        subjects.stop(key, stop.clone());
                    }
                }
            }
        }
        fresh
    }

    /// Gives up what can never be told, and says when the rest is to come again.
    async fn conclude(&self, records: &[Record], verdicts: Vec<Result<(), Stop>>) -> Vec<String> {
        let mut failed = Vec::new();
        for (record, verdict) in records.iter().zip(verdicts) {
            let verdict = match verdict {
                Err(Stop::Dead(why)) => self.give_up(record, &why).await,
                verdict @ (Ok(()) | Err(Stop::Later { .. })) => verdict,
            };
            let Err(stop) = verdict else { continue };
            let (Stop::Later { wait: Some(_) | None, why } | Stop::Dead(why)) = &stop;
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

impl Subjects {
    /// Incidents that have a message, or have none.
    fn wanted(&self, choose: impl Fn(Option<&String>) -> bool) -> Vec<Wanted> {
        let all = self.0.iter().flat_map(|(key, (subject, _))| {
            subject.incidents.iter().map(move |incident| (key.clone(), incident.clone()))
        });
        all.filter(|(_, incident)| choose(incident.message.as_ref())).collect()
    }

    fn stop(&mut self, key: &str, stop: Stop) {
        if let Some((_, verdict)) = self.0.get_mut(key) {
            let before = std::mem::replace(verdict, Ok(()));
            *verdict = Err(before.err().map_or(stop.clone(), |before| before.or(stop)));
        }
    }
}

/// How long a record stays away: what Discord asks for, else longer with each time.
fn wait(stop: &Stop, receive_count: u32) -> Duration {
    let asked = match stop {
        Stop::Later { wait, .. } => *wait,
        Stop::Dead(_) => None,
    };
    let doubled = || FIRST_WAIT.saturating_mul(1 << receive_count.saturating_sub(1).min(8));
    let asked = asked.map(|wait| wait.min(LONGEST_ASKED));
    let wait = asked.unwrap_or_else(|| doubled().min(LONGEST_WAIT));
    // SQS counts whole seconds.
    Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
        .max(Duration::from_secs(1))
}
