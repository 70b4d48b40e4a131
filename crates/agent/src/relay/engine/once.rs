//! What is told once, and never changed: budgets, anomalies, AWS's health, drills, texts.

use std::time::Duration;

use super::deliver::{Held, Told};
use super::settle::known_until;
use super::{ATTEMPTS, Engine, Stop};
use crate::bell::Bell;
use crate::relay::draft;
use crate::relay::incident::short_id;
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::notice::{Delivery, Notice};
use crate::relay::outside::Outside;
use crate::relay::post::{Post, Stage};
use crate::relay::route::{self, Traits};

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Tells a notice that is of no incident, unless that was done in the last 24 hours.
    pub(super) async fn tell(&self, delivery: &Delivery, message_id: &str) -> Result<(), Stop> {
        let notice = &delivery.notice;
        let word = word(delivery, message_id);
        let place = route::destination(&self.settings, Traits::of_notice(notice));
        self.may_pass(&(place.clone(), false))?;
        let id = format!("once#{word}");
        let mut waited = Duration::ZERO;
        for _ in 0..ATTEMPTS {
            let expires = known_until(self.outside.now());
            let known = ledger::read::<Post>(self.ledger, &id).await?;
            let (mut post, version) = match known {
                Some((post, version)) => (post, Some(version)),
                None => (draft::notice(place, notice, &word, &self.settings), None),
            };
            if matches!(post.stage, Stage::Shown(_) | Stage::Deleted) && !post.dirty {
                return Ok(());
            }
            if self.wait_for_another(&post, &mut waited).await? {
                continue;
            }
            self.time_to_send()?;
            let is_unsent = matches!(post.stage, Stage::Planned | Stage::Sending);
            if is_unsent && !route::is_known(&self.settings, &post.destination) {
                post.destination = place.clone();
            }
            let Some(held) = self.claim_once(&id, version, expires, post).await? else { continue };
            return self.deliver(held).await.map(|_: Told| ());
        }
        Err(Stop::soon("others work on the same message"))
    }

    async fn claim_once(
        &self,
        id: &str,
        version: Option<u64>,
        expires: jiff::Timestamp,
        mut post: Post,
    ) -> Result<Option<Held>, Stop> {
        post.take_over(self.lease());
        match ledger::write(self.ledger, id, &post, expires, version).await? {
            Written::Done(version) => Ok(Some(Held::of(id.to_owned(), version, expires, post))),
            Written::Conflict => Ok(None),
        }
    }
}

/// What two deliveries of the same notice have in common.
///
/// SNS gives each message an id, which tells apart what somebody sends twice on purpose. What services send has ids of its own
/// in it, so that the same content is the same notice, whatever ways it came.
fn word(delivery: &Delivery, message_id: &str) -> String {
    let envelope = delivery.envelope.as_ref().and_then(|envelope| envelope.message_id.as_deref());
    match &delivery.notice {
        Notice::Text(_) => short_id(&["text", envelope.unwrap_or(message_id)]),
        notice @ (Notice::Alarm(_)
        | Notice::Budget(_)
        | Notice::Anomaly(_)
        | Notice::Health(_)
        | Notice::Drill(_)
        | Notice::Reminder(_)) => {
            let content = serde_json::to_string(notice).unwrap_or_else(|_| message_id.to_owned());
            short_id(&["content", &content])
        }
    }
}
