//! New incidents: folded into as few messages as their places allow.

use std::collections::BTreeMap;

use contract::relay::{Destination, Mentions};

use super::deliver::Held;
use super::{ATTEMPTS, Engine, Stop, later};
use crate::relay::bell::Bell;
use crate::relay::face;
use crate::relay::incident::Incident;
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;
use crate::relay::post::{Lease, MOST_SLOTS, MOST_TEXT, Post, Slot, join};
use crate::relay::route::{self, Traits};

/// An incident that has to be shown, and the key of its subject.
pub(super) type Wanted = (String, Incident);

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Posts incidents that have no message yet. What became of each, in their order; an incident that somebody else has just
    /// planned a message for is given back as it is now, to be settled.
    pub(super) async fn open(&self, fresh: Vec<Wanted>) -> Vec<(Wanted, Result<bool, Stop>)> {
        let mut places: BTreeMap<Destination, Vec<Wanted>> = BTreeMap::new();
        for (key, incident) in fresh {
            let place = route::destination(&self.settings, Traits::of_incident(&incident));
            places.entry(place.clone()).or_default().push((key, incident));
        }
        let mut outcomes = Vec::new();
        for (place, wanted) in places {
            let mut rest = wanted.into_iter();
            loop {
                let group: Vec<Wanted> = rest.by_ref().take(MOST_SLOTS).collect();
                if group.is_empty() {
                    break;
                }
                outcomes.extend(self.open_together(&place, group).await);
            }
        }
        outcomes
    }

    async fn open_together(
        &self,
        place: &Destination,
        group: Vec<Wanted>,
    ) -> Vec<(Wanted, Result<bool, Stop>)> {
        let door = (place.parameter_arn.clone(), false);
        let ready = self.may_pass(&door).and_then(|()| self.time_to_send());
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
        for (key, incident) in group {
            match self.link(&key, &incident.short_id, &held.id).await {
                Ok(Some(now)) if now.message.as_ref() == Some(&held.id) => linked.push((key, now)),
                Ok(Some(now)) => outcomes.push(((key, now), Ok(false))),
                Ok(None) => outcomes.push(((key, incident), Ok(true))),
                Err(stop) => outcomes.push(((key, incident), Err(stop))),
            }
        }
        if linked.is_empty() {
            return outcomes;
        }
        let id = held.id.clone();
        held.post = Post { lease: held.post.lease.clone(), ..self.draft(place, &linked) };
        self.draw(&mut held, &linked).await;
        let told = self.deliver(held).await;
        tracing::info!(
            message = id,
            incidents = linked.len(),
            ok = told.is_ok(),
            "Told incidents."
        );
        let told = told.map(|_| true);
        outcomes.extend(linked.into_iter().map(|one| (one, told.clone())));
        outcomes
    }

    fn draft(&self, place: &Destination, group: &[Wanted]) -> Post {
        let room = MOST_TEXT / group.len().max(1);
        let slots = group.iter().filter_map(|(key, one)| self.slot(key, one, false, room));
        let mut post = Post::planned(place.clone(), slots.collect());
        post.mentions = self.mentions(group);
        post
    }

    /// Who is called to incidents: nobody to what is over already.
    pub(super) fn mentions(&self, incidents: &[Wanted]) -> Mentions {
        let mut all = Mentions::default();
        let open = incidents.iter().filter(|(_, incident)| incident.is_open());
        for mentions in open.filter_map(|(_, one)| route::mentions(&self.settings, one)) {
            join(&mut all, mentions);
        }
        all
    }

    /// An incident's embed.
    pub(super) fn slot(
        &self,
        key: &str,
        incident: &Incident,
        chart: bool,
        room: usize,
    ) -> Option<Slot> {
        let embed = face::incident(incident, &self.settings, chart)?;
        Some(Slot::new(key, &incident.short_id, incident.revision, &embed, room))
    }

    /// Writes a new message down, so that incidents can be linked to it.
    pub(super) async fn plan(&self, mut post: Post) -> Result<Held, Stop> {
        post.lease = Some(self.lease());
        let expires = later(self.outside.now(), super::KEPT);
        for _ in 0..ATTEMPTS {
            let id = self.message_id();
            let written = ledger::write(self.ledger, &id, &post, expires, None).await?;
            if let Written::Done(version) = written {
                return Ok(Held { id, version, expires, post, picture: None });
            }
        }
        Err(Stop::soon("no free key for a message was found"))
    }

    pub(super) fn lease(&self) -> Lease {
        Lease { holder: self.invocation.clone(), until: self.ended_at() }
    }

    /// Links an incident to a message, unless it is linked already, and gives it as it is then.
    async fn link(
        &self,
        key: &str,
        short_id: &str,
        message: &str,
    ) -> Result<Option<Incident>, Stop> {
        let subject = self
            .change(key, |subject| match subject.incident_mut(short_id) {
                Some(incident) if incident.message.is_none() => {
                    incident.message = Some(message.to_owned());
                    true
                }
                Some(_) | None => false,
            })
            .await?;
        Ok(subject.incident(short_id).cloned())
    }

    /// Adds a chart to a message of one incident.
    pub(super) async fn draw(&self, held: &mut Held, incidents: &[Wanted]) {
        let ([(key, incident)], [_]) = (incidents, held.post.slots.as_slice()) else { return };
        let Some(leader) = incident.leader() else { return };
        if self.left() < super::TO_SEND * 2 {
            return;
        }
        let Some(png) = self.outside.chart(&leader.rang, &self.settings).await else { return };
        let (picture, slot) = (
            face::chart(incident, &self.settings, &png),
            self.slot(key, incident, true, MOST_TEXT),
        );
        if let (Some(picture), Some(slot)) = (picture, slot) {
            (held.picture, held.post.chart) = (Some(picture), true);
            held.post.slots = vec![slot];
        }
    }
}
