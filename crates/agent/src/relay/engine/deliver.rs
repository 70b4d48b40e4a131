//! Makes Discord show what a message says, while its lease is held.

use std::time::Duration;

use discord::message::File;
use jiff::{SignedDuration, Timestamp};

use super::{Door, Engine, Stop, later, pause};
use crate::bell::{Bell, Letter, Search, Trouble};
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;
use crate::relay::post::{Post, Slot, Stage};

/// Sends of one message in one invocation that may break.
const SENDS: u32 = 3;
/// The first pause after something broke; the next one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// A message that isn't there so long after it was sent last was never written. The client itself waits no longer for an answer.
const LANDED: SignedDuration = SignedDuration::from_secs(15);

/// A message whose lease this invocation holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) expires: Timestamp,
    pub(super) post: Post,
    /// A chart to upload.
    pub(super) picture: Option<File>,
    /// What it said before it was made to say what is newer.
    pub(super) before: Option<Vec<Slot>>,
}

impl Held {
    /// A message as it was written.
    pub(super) fn of(id: String, version: u64, expires: Timestamp, post: Post) -> Self {
        Self { id, version, expires, post, picture: None, before: None }
    }
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// Discord shows it.
    Shown,
    /// Somebody deleted it.
    Gone,
    /// Discord doesn't take what it says, of which only a part may be at fault: each part is to be told by itself.
    Refused,
}

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Posts it, or edits what is there, and gives the lease back.
    pub(super) async fn deliver(&self, mut held: Held) -> Result<Told, Stop> {
        let told = match held.post.stage {
            Stage::Planned | Stage::Sending => self.post(&mut held).await,
            Stage::Shown(_) => self.edit(&mut held).await,
            Stage::Deleted => Ok(Told::Gone),
        };
        held.post.lease = None;
        match (&told, self.save(&mut held).await) {
            (Ok(_), Err(stop)) => Err(stop),
            // Without this, the lease ends by itself.
            (Ok(_) | Err(_), Ok(()) | Err(_)) => told,
        }
    }

    /// Writes the message. That it is about to be sent is kept before, and what became of it by the caller.
    async fn post(&self, held: &mut Held) -> Result<Told, Stop> {
        let door = (held.post.destination.clone(), false);
        let mut stop = Stop::soon("the function's time is over");
        for sends in 0..SENDS {
            self.may_pass(&door)?;
            self.time_to_send()?;
            if held.post.stage == Stage::Sending && self.is_there(held).await? {
                return self.edit(held).await;
            }
            let before = held.post.stage.clone();
            held.post.sending(self.outside.now());
            self.save(held).await?;
            let letter = self.letter(held);
            match self.bell.post(&held.post.destination, &letter, self.until()).await {
                Ok(message) => {
                    held.post.stage = Stage::Shown(message);
                    held.post.dirty = false;
                    return Ok(Told::Shown);
                }
                Err(Trouble::Unknown(why)) => {
                    held.post.sent_at = Some(self.outside.now());
                    stop = Stop::later(why);
                }
                Err(Trouble::NotSent(why)) => {
                    held.post.stage = before;
                    stop = Stop::later(why);
                }
                Err(Trouble::Refused(why)) if held.post.slots.len() > 1 => {
                    tracing::warn!(message = held.id, why, "Each part is told by itself.");
                    held.post.stage = Stage::Deleted;
                    return Ok(Told::Refused);
                }
                Err(trouble) => {
                    held.post.stage = before;
                    return Err(self.shut(door, trouble.into()));
                }
            }
            self.pause_after(sends).await;
        }
        Err(self.shut(door, stop))
    }

    /// Whether a message that may have been written is there. When nobody can look, it says that it may be a repeat.
    async fn is_there(&self, held: &mut Held) -> Result<bool, Stop> {
        let (destination, since) = (&held.post.destination, held.post.sending_since);
        let Some(word) = held.post.word() else { return Ok(false) };
        let since = since.unwrap_or(Timestamp::MIN);
        match self.bell.find(destination, word, since, self.until()).await? {
            Search::Found(message) => {
                held.post.stage = Stage::Shown(message);
                Ok(true)
            }
            Search::Absent => {
                let landed = later(held.post.sent_at.unwrap_or(since), LANDED);
                let left = Duration::try_from(landed.duration_since(self.outside.now()));
                match left.ok().filter(|left| !left.is_zero()) {
                    Some(left) => Err(Stop::Later {
                        wait: Some(left),
                        why: "the message may still be written".to_owned(),
                    }),
                    None => Ok(false),
                }
            }
            Search::Unable => {
                held.post.repeat = true;
                Ok(false)
            }
        }
    }

    async fn edit(&self, held: &mut Held) -> Result<Told, Stop> {
        let Stage::Shown(message) = held.post.stage.clone() else { return Ok(Told::Gone) };
        let door = (held.post.destination.clone(), true);
        let mut stop = Stop::soon("the function's time is over");
        for sends in 0..SENDS {
            self.may_pass(&door)?;
            self.time_to_send()?;
            let letter = self.letter(held).silent();
            let edit = self.bell.edit(&held.post.destination, &message, &letter, self.until());
            match edit.await {
                Ok(()) => {
                    held.post.dirty = false;
                    return Ok(Told::Shown);
                }
                Err(Trouble::NoMessage) => {
                    held.post.stage = Stage::Deleted;
                    return Ok(Told::Gone);
                }
                Err(Trouble::Refused(why)) => {
                    tracing::warn!(message = held.id, why, "What is newer is told by itself.");
                    if let Some(before) = held.before.take() {
                        held.post.slots = before;
                    }
                    held.post.dirty = false;
                    return Ok(Told::Refused);
                }
                Err(Trouble::NotSent(why) | Trouble::Unknown(why)) => stop = Stop::later(why),
                Err(trouble) => return Err(self.shut(door, trouble.into())),
            }
            self.pause_after(sends).await;
        }
        Err(self.shut(door, stop))
    }

    fn letter(&self, held: &Held) -> Letter {
        let files = held.picture.clone().into_iter().collect();
        Letter { payload: held.post.payload(&self.settings), files }
    }

    /// After this, others of this invocation don't knock at the same door in vain.
    fn shut(&self, door: Door, stop: Stop) -> Stop {
        self.block(door, &stop);
        stop
    }

    async fn pause_after(&self, sends: u32) {
        let length = FIRST_PAUSE.saturating_mul(1 << sends);
        if sends + 1 < SENDS && length < self.left() {
            pause(length).await;
        }
    }

    /// Writes the message down. One that somebody else wrote meanwhile isn't ours any more.
    async fn save(&self, held: &mut Held) -> Result<(), Stop> {
        let Held { id, version, expires, post, .. } = held;
        let written = ledger::write(self.ledger, id, post, *expires, Some(*version)).await?;
        if let Written::Done(now) = written {
            *version = now;
            return Ok(());
        }
        // A call that was repeated after its answer was lost meets what it wrote itself.
        match ledger::read::<Post>(self.ledger, id).await? {
            Some((there, now)) if there == *post => {
                *version = now;
                Ok(())
            }
            Some(_) | None => Err(Stop::soon("another worker has taken the message over")),
        }
    }
}
