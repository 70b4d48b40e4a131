//! Incidents and reminders: each gets a message, or the one that it has is made to say what is known.

use std::collections::{BTreeMap, VecDeque};

use super::open::Opened;
use super::settle::Unsettled;
use super::{Engine, Stop};
use crate::bell::Bell;
use crate::relay::ledger::Ledger;
use crate::relay::outside::Outside;
use crate::relay::post::MOST_SLOTS;
use crate::relay::wanted::Wanted;

/// A message may turn out to be gone, or somebody else's, or be refused with all that it holds.
const ROUNDS: u32 = 3;

/// Why subjects have to wait, by their keys.
#[derive(Debug, Default)]
pub(super) struct Stops(BTreeMap<String, Stop>);

/// What has no message: it may share one, or must not.
#[derive(Default)]
struct Fresh {
    together: Vec<Wanted>,
    alone: Vec<Wanted>,
}

impl Stops {
    pub(super) fn add(&mut self, key: &str, stop: Stop) {
        let known = self.0.remove(key);
        self.0.insert(key.to_owned(), known.map_or(stop.clone(), |known| known.or(stop)));
    }

    /// What became of a subject.
    pub(super) fn verdict(&self, key: &str) -> Result<(), Stop> {
        self.0.get(key).map_or(Ok(()), |stop| Err(stop.clone()))
    }
}

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Makes Discord show all of them.
    pub(super) async fn show(&self, wanted: Vec<Wanted>, stops: &mut Stops) {
        let is_linked = |one: &Wanted| one.message().is_some();
        let (mut linked, together): (Vec<_>, Vec<_>) = wanted.into_iter().partition(is_linked);
        let mut fresh = Fresh { together, alone: Vec::new() };
        for _ in 0..ROUNDS {
            let Fresh { together, alone } = std::mem::take(&mut fresh);
            let mut opened = self.open(together, MOST_SLOTS).await;
            opened.extend(self.open(alone, 1).await);
            for (one, outcome) in opened {
                match outcome {
                    Ok(Opened::Told) => {}
                    Ok(Opened::Linked) => linked.push(one),
                    Ok(Opened::Refused) => {
                        self.unlink_into(&mut fresh.alone, one, true, stops).await;
                    }
                    Err(stop) => stops.add(&one.key, stop),
                }
            }
            self.settle_all(std::mem::take(&mut linked), &mut fresh, stops).await;
        }
        for one in fresh.together.into_iter().chain(fresh.alone) {
            stops.add(&one.key, Stop::soon("its message was deleted again and again"));
        }
    }

    /// Settles messages that are there, each once. What has none any more is left to be opened.
    async fn settle_all(&self, linked: Vec<Wanted>, fresh: &mut Fresh, stops: &mut Stops) {
        let mut messages: BTreeMap<String, Vec<Wanted>> = BTreeMap::new();
        for one in linked {
            let message = one.message().cloned().unwrap_or_default();
            messages.entry(message).or_default().push(one);
        }
        let mut left: VecDeque<(String, Vec<Wanted>)> = messages.into_iter().collect();
        while let Some((message, wanted)) = left.pop_front() {
            match self.settle(&message, &wanted).await {
                Ok(Unsettled { gone, refused }) => {
                    for (one, is_lost) in gone {
                        self.unlink_into(&mut fresh.together, one, is_lost, stops).await;
                    }
                    match refused.as_slice() {
                        [] => {}
                        [one] => {
                            self.unlink_into(&mut fresh.alone, one.clone(), true, stops).await;
                        }
                        // Which of them it is, is found by telling each by itself.
                        _ => {
                            left.extend(
                                refused.into_iter().map(|one| (message.clone(), vec![one])),
                            );
                        }
                    }
                }
                Err(stop) => wanted.iter().for_each(|one| stops.add(&one.key, stop.clone())),
            }
        }
    }

    async fn unlink_into(
        &self,
        fresh: &mut Vec<Wanted>,
        one: Wanted,
        is_lost: bool,
        stops: &mut Stops,
    ) {
        match self.unlink(&one, is_lost).await {
            Ok(open) => fresh.extend(open),
            Err(stop) => stops.add(&one.key, stop),
        }
    }
}
