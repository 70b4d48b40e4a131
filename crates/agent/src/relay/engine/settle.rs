//! Incidents that have a message: it is posted if it isn't there, and edited if it says less than is known.

use std::time::Duration;

use super::deliver::{Held, Told};
use super::open::Wanted;
use super::{ATTEMPTS, Engine, Stop, later, pause};
use crate::relay::bell::Bell;
use crate::relay::incident::Incident;
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;
use crate::relay::post::{Post, Stage};
use crate::relay::route::{self, Traits};

/// How long another worker is waited for before the record goes back to the queue.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often it is looked whether another worker is done.
const LOOK: Duration = Duration::from_millis(500);

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Makes a message show these incidents of it. [`Told::Gone`] if it is no more.
    pub(super) async fn settle(&self, id: &str, incidents: &[Wanted]) -> Result<Told, Stop> {
        let mut waited = Duration::ZERO;
        for _ in 0..ATTEMPTS {
            let Some((mut post, version)) = ledger::read::<Post>(self.ledger, id).await? else {
                return Ok(Told::Gone);
            };
            if !self.is_of_use(&post) {
                return Ok(Told::Gone);
            }
            let updated = self.update(&mut post, incidents);
            if matches!(post.stage, Stage::Shown(_)) && !updated && !post.dirty {
                return Ok(Told::Shown);
            }
            if self.wait_for_another(&post, &mut waited).await? {
                continue;
            }
            self.time_to_send()?;
            let held =
                Held { id: id.to_owned(), version, expires: self.expiry(), post, picture: None };
            if let Some(held) = self.claim(held).await? {
                return self.resume(held, incidents).await;
            }
        }
        Err(Stop::soon("others work on the same message"))
    }

    /// Whether a message can still be posted or edited: it wasn't deleted, and its place is one of the settings.
    fn is_of_use(&self, post: &Post) -> bool {
        match post.stage {
            Stage::Planned | Stage::Sending => true,
            Stage::Shown(_) => route::is_known(&self.settings, &post.destination),
            Stage::Deleted => false,
        }
    }

    /// Puts what is newer into the slots. A worker that was late changes nothing.
    fn update(&self, post: &mut Post, incidents: &[Wanted]) -> bool {
        let mut updated = false;
        for (key, incident) in incidents {
            let found = post
                .slots
                .iter()
                .position(|slot| slot.subject == *key && slot.short_id == incident.short_id);
            let Some(index) = found else { continue };
            if post.slots[index].revision < incident.revision {
                let room = post.room_for(index);
                if let Some(slot) = self.slot(key, incident, post.chart, room) {
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
        held.post.lease = Some(self.lease());
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
    async fn resume(&self, mut held: Held, incidents: &[Wanted]) -> Result<Told, Stop> {
        if matches!(held.post.stage, Stage::Planned | Stage::Sending) {
            let linked = self.linked(&held).await?;
            if held.post.stage == Stage::Planned {
                keep(&mut held.post, &linked);
                if held.post.slots.is_empty() {
                    return Ok(Told::Gone);
                }
            }
            self.update(&mut held.post, &linked);
            held.post.mentions = self.mentions(&linked);
        }
        if !route::is_known(&self.settings, &held.post.destination) {
            self.redirect(&mut held, incidents);
        }
        if held.post.chart || matches!(held.post.stage, Stage::Planned) {
            self.draw(&mut held, incidents).await;
        }
        self.deliver(held).await
    }

    /// The incidents of a message's slots that are linked to it, as they are now.
    async fn linked(&self, held: &Held) -> Result<Vec<Wanted>, Stop> {
        let mut kept = Vec::new();
        for slot in &held.post.slots {
            let subject = self.change(&slot.subject, |_| false).await?;
            let incident = subject.incident(&slot.short_id);
            let linked = incident.filter(|one| one.message.as_ref() == Some(&held.id));
            kept.extend(linked.map(|incident| (slot.subject.clone(), incident.clone())));
        }
        Ok(kept)
    }

    fn redirect(&self, held: &mut Held, incidents: &[Wanted]) {
        if let Some((_, incident)) = incidents.first() {
            let place = route::destination(&self.settings, Traits::of_incident(incident));
            held.post.destination = place.clone();
        }
    }

    /// Whether a message is where nobody can edit it any more, and doesn't say all that is known of an incident.
    async fn is_owed(&self, (key, incident): &Wanted) -> Result<bool, Stop> {
        let Some(message) = &incident.message else { return Ok(false) };
        let Some((post, _)) = ledger::read::<Post>(self.ledger, message).await? else {
            return Ok(false);
        };
        let is_lost = matches!(post.stage, Stage::Shown(_)) && !self.is_of_use(&post);
        let mut slots = post.slots.iter();
        let ours = slots.find(|slot| slot.subject == *key && slot.short_id == incident.short_id);
        Ok(is_lost && ours.is_some_and(|slot| post.dirty || slot.revision < incident.revision))
    }

    /// Takes the link to a message that is gone from an incident that is still open, so that it gets another one. One
    /// that is over gets another one if its end can't be told where its message is.
    pub(super) async fn unlink(&self, wanted: &Wanted) -> Result<Option<Wanted>, Stop> {
        let (key, incident) = wanted;
        let gone = incident.message.clone();
        let is_owed = self.is_owed(wanted).await?;
        let subject = self
            .change(key, |subject| match subject.incident_mut(&incident.short_id) {
                Some(one)
                    if (one.is_open() || is_owed) && one.message == gone && gone.is_some() =>
                {
                    one.message = None;
                    true
                }
                Some(_) | None => false,
            })
            .await?;
        let wanting = |one: &&Incident| one.is_open() || is_owed;
        let open = subject.incident(&incident.short_id).filter(wanting);
        Ok(open.map(|incident| (key.clone(), incident.clone())))
    }
}

/// Keeps the slots of those that are linked to the message: whoever planned it was ended before it was sent, and the
/// others have another one by now.
fn keep(post: &mut Post, linked: &[Wanted]) {
    post.slots.retain(|slot| {
        let is_slots =
            |(key, incident): &Wanted| *key == slot.subject && incident.short_id == slot.short_id;
        linked.iter().any(is_slots)
    });
}

/// How long a message that is told once is known.
pub(super) fn known_until(now: jiff::Timestamp) -> jiff::Timestamp {
    later(now, super::KNOWN)
}
