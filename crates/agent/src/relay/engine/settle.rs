//! What has a message: it is posted if it isn't there, and edited if it says less than is known.

use std::time::Duration;

use super::deliver::{Held, Told};
use super::{ATTEMPTS, Engine, Stop, later, pause};
use crate::bell::Bell;
use crate::relay::draft;
use crate::relay::incident::Incident;
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;
use crate::relay::post::{Post, Stage};
use crate::relay::route::{self, Traits};
use crate::relay::wanted::Wanted;

/// How long another worker is waited for before the record goes back to the queue.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often it is looked whether another worker is done.
const LOOK: Duration = Duration::from_millis(500);

/// What isn't shown by the message that it has.
#[derive(Debug, Default)]
pub(super) struct Unsettled {
    /// Its message is no more, or never had a place for it; and whether that means that it was never told.
    pub(super) gone: Vec<(Wanted, bool)>,
    /// Discord refuses what the message would say.
    pub(super) refused: Vec<Wanted>,
}

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Makes a message show these things that are linked to it.
    pub(super) async fn settle(&self, id: &str, wanted: &[Wanted]) -> Result<Unsettled, Stop> {
        let mut patience = Duration::ZERO;
        let all = |is_lost| wanted.iter().map(|one| (one.clone(), is_lost)).collect();
        for _ in 0..ATTEMPTS {
            let Some((mut post, version)) = ledger::read::<Post>(self.ledger, id).await? else {
                return Ok(Unsettled { gone: all(false), ..Unsettled::default() });
            };
            if !self.is_of_use(&post) {
                return Ok(Unsettled { gone: all(false), ..Unsettled::default() });
            }
            let is_in = |one: &&Wanted| post.slots.iter().any(|slot| one.is_in(slot));
            // Linked by a worker that never heard so, and told the others alone.
            let (ours, lost): (Vec<&Wanted>, Vec<_>) = wanted.iter().partition(is_in);
            let ours: Vec<Wanted> = ours.into_iter().cloned().collect();
            let lost = lost.into_iter().map(|one| (one.clone(), true)).collect();
            let before = post.slots.clone();
            let updated = self.update(&mut post, &ours);
            let is_shown = matches!(post.stage, Stage::Shown(_)) && !updated && !post.dirty;
            if is_shown || ours.is_empty() {
                return Ok(Unsettled { gone: lost, ..Unsettled::default() });
            }
            if self.wait_for_another(&post, &mut patience).await? {
                continue;
            }
            self.time_to_send()?;
            let held = Held::of(id.to_owned(), version, self.expiry(), post);
            let held = Held { before: Some(before), ..held };
            let Some(held) = self.claim(held).await? else { continue };
            return Ok(match self.resume(held, &ours).await? {
                Told::Shown => Unsettled { gone: lost, refused: Vec::new() },
                Told::Gone => Unsettled { gone: all(false), refused: Vec::new() },
                Told::Refused => Unsettled { gone: lost, refused: ours },
            });
        }
        Err(Stop::soon("others work on the same message"))
    }

    /// Whether a message can still be posted or edited: it wasn't deleted, and its place is one of the settings. A reminder that
    /// was told is never edited.
    fn is_of_use(&self, post: &Post) -> bool {
        match post.stage {
            Stage::Planned | Stage::Sending => true,
            Stage::Shown(_) => {
                post.is_of_reminders() || route::is_known(&self.settings, &post.destination)
            }
            Stage::Deleted => false,
        }
    }

    /// Puts what is newer into the slots. A worker that was late changes nothing.
    fn update(&self, post: &mut Post, wanted: &[Wanted]) -> bool {
        let mut updated = false;
        for one in wanted {
            let Some(index) = post.slots.iter().position(|slot| one.is_in(slot)) else { continue };
            if post.slots[index].revision < one.revision() {
                let room = post.room_for(index);
                if let Some(slot) = self.slot(one, post.chart, room) {
                    post.slots[index] = slot;
                    updated = true;
                }
            }
        }
        updated
    }

    /// Whether another worker has the lease, after waiting for it a little.
    pub(super) async fn wait_for_another(
        &self,
        post: &Post,
        waited: &mut Duration,
    ) -> Result<bool, Stop> {
        let now = self.outside.now();
        let Some(lease) = post.held_by_another(&self.invocation, now) else { return Ok(false) };
        if *waited >= PATIENCE || self.left() < super::TO_SEND {
            let wait = Duration::try_from(lease.until.duration_since(now)).unwrap_or_default();
            let why = "another worker is at the same message".to_owned();
            return Err(Stop::Later { wait: Some(wait + Duration::from_secs(1)), why });
        }
        pause(LOOK).await;
        *waited += LOOK;
        Ok(true)
    }

    /// Takes the lease. None when somebody else wrote first.
    pub(super) async fn claim(&self, mut held: Held) -> Result<Option<Held>, Stop> {
        held.post.take_over(self.lease());
        held.post.dirty = true;
        let Held { id, version, expires, post, .. } = &mut held;
        let written = ledger::write(self.ledger, id, post, *expires, Some(*version)).await?;
        match written {
            Written::Done(now) => *version = now,
            Written::Conflict => return Ok(None),
        }
        Ok(Some(held))
    }

    /// Goes on where a message was left.
    async fn resume(&self, mut held: Held, wanted: &[Wanted]) -> Result<Told, Stop> {
        if matches!(held.post.stage, Stage::Planned | Stage::Sending) {
            let linked = self.linked(&held).await?;
            if held.post.stage == Stage::Planned {
                keep(&mut held.post, &linked);
                if held.post.slots.is_empty() {
                    return Ok(Told::Gone);
                }
            }
            self.update(&mut held.post, &linked);
            held.post.mentions = draft::mentions(&linked, &self.settings);
        }
        if !route::is_known(&self.settings, &held.post.destination) {
            self.redirect(&mut held, wanted);
        }
        if held.post.chart || matches!(held.post.stage, Stage::Planned) {
            self.draw(&mut held, wanted).await;
        }
        self.deliver(held).await
    }

    /// What is in a message's slots and linked to it, as it is now.
    async fn linked(&self, held: &Held) -> Result<Vec<Wanted>, Stop> {
        let mut kept = Vec::new();
        for slot in &held.post.slots {
            let subject = self.change(&slot.subject, |_| false).await?;
            let wanted = Wanted::of_slot(slot, &subject);
            kept.extend(wanted.filter(|one| one.message() == Some(&held.id)));
        }
        Ok(kept)
    }

    fn redirect(&self, held: &mut Held, wanted: &[Wanted]) {
        if let Some(one) = wanted.first() {
            let place = route::destination(&self.settings, Traits::of_incident(&one.incident));
            held.post.destination = place.clone();
        }
    }

    /// Whether a message is where nobody can edit it any more, and doesn't say all that is known of an incident.
    async fn is_owed(&self, wanted: &Wanted) -> Result<bool, Stop> {
        let Some(message) = wanted.message() else { return Ok(false) };
        let Some((post, _)) = ledger::read::<Post>(self.ledger, message).await? else {
            return Ok(false);
        };
        let is_lost = matches!(post.stage, Stage::Shown(_)) && !self.is_of_use(&post);
        let ours = post.slots.iter().find(|slot| wanted.is_in(slot));
        Ok(is_lost && ours.is_some_and(|slot| post.dirty || slot.revision < wanted.revision()))
    }

    /// Takes the link to a message that is gone from an incident that is still open, so that it gets another one. One
    /// that is over gets another one if its end can't be told where its message is, or was never told.
    pub(super) async fn unlink(
        &self,
        wanted: &Wanted,
        is_lost: bool,
    ) -> Result<Option<Wanted>, Stop> {
        let gone = wanted.message().cloned();
        let is_owed = (is_lost || self.is_owed(wanted).await?) && wanted.reminder.is_none();
        let short_id = &wanted.incident.short_id;
        let is_wanting = |one: &Incident| one.is_open() || is_owed;
        let subject = self
            .change(&wanted.key, |subject| {
                let is_wanting = subject.incident(short_id).is_some_and(is_wanting);
                match wanted.link(subject) {
                    Some(link) if is_wanting && gone.is_some() && *link == gone => {
                        *link = None;
                        true
                    }
                    Some(_) | None => false,
                }
            })
            .await?;
        Ok(wanted.now(&subject).filter(|now| is_wanting(&now.incident)))
    }
}

/// Keeps the slots of those that are linked to the message: whoever planned it was ended before it was sent, and the
/// others have another one by now.
fn keep(post: &mut Post, linked: &[Wanted]) {
    post.slots.retain(|slot| linked.iter().any(|one| one.is_in(slot)));
}

/// How long a message that is told once is known.
pub(super) fn known_until(now: jiff::Timestamp) -> jiff::Timestamp {
    later(now, super::KNOWN)
}
