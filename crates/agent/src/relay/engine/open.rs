//! New incidents and reminders: folded into as few messages as their places allow.

use std::collections::BTreeMap;

use contract::relay::Destination;

use super::deliver::{Held, Told};
use super::{ATTEMPTS, Engine, Stop, later};
use crate::bell::Bell;
use crate::relay::draft;
use crate::relay::face;
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;
use crate::relay::post::{Lease, MOST_TEXT, Post, Slot};
use crate::relay::route::{self, Traits};
use crate::relay::wanted::Wanted;

/// What became of a thing that had no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opened {
    /// Discord shows it, or it isn't there any more.
    Told,
    /// It has a message by now, which has to be settled.
    Linked,
    /// Discord refuses the message that it shares with others.
    Refused,
}

type Outcome = (Wanted, Result<Opened, Stop>);

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Posts what has no message yet, at most so many to a message. What became of each; what somebody else has just
    /// planned a message for is given back as it is now.
    pub(super) async fn open(&self, fresh: Vec<Wanted>, most: usize) -> Vec<Outcome> {
        let mut places: BTreeMap<(Destination, bool), Vec<Wanted>> = BTreeMap::new();
        for one in fresh {
            let place = route::destination(&self.settings, Traits::of_incident(&one.incident));
            let kind = (place.clone(), one.reminder.is_some());
            places.entry(kind).or_default().push(one);
        }
        let mut outcomes = Vec::new();
        for ((place, _), wanted) in places {
            let mut rest = wanted.into_iter();
            loop {
                let group: Vec<Wanted> = rest.by_ref().take(most).collect();
                if group.is_empty() {
                    break;
                }
                outcomes.extend(self.open_together(&place, group).await);
            }
        }
        outcomes
    }

    async fn open_together(&self, place: &Destination, group: Vec<Wanted>) -> Vec<Outcome> {
        let ready = self.may_pass(&(place.clone(), false)).and_then(|()| self.time_to_send());
        let planned = match ready {
            Ok(()) => self.plan(self.draft(place, &group)).await,
            Err(stop) => Err(stop),
        };
        let mut held = match planned {
            Ok(held) => held,
            Err(stop) => {
                return group.into_iter().map(|one| (one, Err(stop.clone()))).collect();
            }
        };
        let mut outcomes = Vec::new();
        let mut linked = Vec::new();
        for one in group {
            match self.link(&one, &held.id).await {
                Ok(Some(now)) if now.message() == Some(&held.id) => linked.push(now),
                Ok(Some(now)) => outcomes.push((now, Ok(Opened::Linked))),
                Ok(None) => outcomes.push((one, Ok(Opened::Told))),
                Err(stop) => outcomes.push((one, Err(stop))),
            }
        }
        if linked.is_empty() {
            return outcomes;
        }
        let id = held.id.clone();
        held.post = Post { lease: held.post.lease.clone(), ..self.draft(place, &linked) };
        self.draw(&mut held, &linked).await;
        let told = self.deliver(held).await;
        tracing::info!(message = id, count = linked.len(), ok = told.is_ok(), "Told incidents.");
        let told = told.map(|told| match told {
            Told::Shown => Opened::Told,
            Told::Gone => Opened::Linked,
            Told::Refused => Opened::Refused,
        });
        outcomes.extend(linked.into_iter().map(|one| (one, told.clone())));
        outcomes
    }

    fn draft(&self, place: &Destination, group: &[Wanted]) -> Post {
        draft::message(place, group, &self.settings, self.outside.now())
    }

    /// Writes a new message down, so that incidents can be linked to it.
    pub(super) async fn plan(&self, mut post: Post) -> Result<Held, Stop> {
        post.lease = Some(self.lease());
        let expires = later(self.outside.now(), super::KEPT);
        for _ in 0..ATTEMPTS {
            let id = self.message_id();
            let written = ledger::write(self.ledger, &id, &post, expires, None).await?;
            if let Written::Done(version) = written {
                return Ok(Held::of(id, version, expires, post));
            }
        }
        Err(Stop::soon("no free key for a message was found"))
    }

    pub(super) fn lease(&self) -> Lease {
        Lease { holder: self.invocation.clone(), until: self.ended_at() }
    }

    /// Links it to a message, unless it is linked already, and gives it as it is then.
    async fn link(&self, wanted: &Wanted, message: &str) -> Result<Option<Wanted>, Stop> {
        let subject = self
            .change(&wanted.key, |subject| match wanted.link(subject) {
                Some(link) if link.is_none() => {
                    *link = Some(message.to_owned());
                    true
                }
                Some(_) | None => false,
            })
            .await?;
        let now = wanted.now(&subject);
        // A reminder whose turn is over has no link any more.
        Ok(now.filter(|now| now.message().is_some()))
    }

    /// Its embed.
    pub(super) fn slot(&self, wanted: &Wanted, chart: bool, room: usize) -> Option<Slot> {
        draft::slot(wanted, &self.settings, self.outside.now(), chart, room)
    }

    /// Adds a chart to a message of one incident.
    pub(super) async fn draw(&self, held: &mut Held, wanted: &[Wanted]) {
        let ([one], [_]) = (wanted, held.post.slots.as_slice()) else { return };
        let Some(leader) = one.incident.leader().filter(|_| one.reminder.is_none()) else { return };
        if self.left() < super::TO_SEND * 2 {
            return;
        }
        let Some(png) = self.outside.chart(&leader.rang, &self.settings).await else { return };
        let (picture, slot) =
            (face::chart(&one.incident, &self.settings, &png), self.slot(one, true, MOST_TEXT));
        if let (Some(picture), Some(slot)) = (picture, slot) {
            (held.picture, held.post.chart) = (Some(picture), true);
            held.post.slots = vec![slot];
        }
    }
}
