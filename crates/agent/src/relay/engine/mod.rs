//! What makes messages of notices: one for each incident, and nothing lost.
//!
//! The engine never remembers what it has yet to do: it writes down what is so, and then makes Discord show it.
//! An event is first taken into its [`Subject`](super::incident::Subject), then every incident of
//! that subject is settled: posted, edited, or found to be as it should be. A record that comes again, after a worker was ended at any
//! point, settles what is left.
//!
//! What is not idempotent is the posting of a message. It is written down before as [`Stage::Sending`](super::post::Stage),
//! so that whoever comes next knows that it may be there: then it is looked for, or repeated and marked.

mod batch;
mod deliver;
mod finish;
mod once;
mod open;
mod remind;
mod settle;
mod show;
mod subject;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::relay::{Destination, Settings};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::ledger::{Fault, Ledger};
use super::outside::Outside;
use crate::bell::{Bell, Trouble};

pub use batch::Record;

/// Time that is kept to write down what was done.
const TO_RECORD: Duration = Duration::from_secs(3);
/// Less time than this, and nothing is sent any more.
const TO_SEND: Duration = Duration::from_secs(6);
/// A lease lasts so much longer than its holder, for clocks that differ.
const GRACE: SignedDuration = SignedDuration::from_secs(5);
/// How long a subject and its messages are kept after their last change: longer than any outage that
/// is still of interest, and than SQS keeps a message.
const KEPT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// How long the same notice is known.
const KNOWN: SignedDuration = SignedDuration::from_hours(24);
/// Attempts against others who write the same item.
const ATTEMPTS: u32 = 10;

/// The engine, for one invocation.
#[derive(Debug)]
pub struct Engine<'a, L, B, O> {
    ledger: &'a L,
    bell: &'a B,
    outside: &'a O,
    settings: Settings,
    invocation: String,
    deadline: Instant,
    made: AtomicU32,
    blocked: Mutex<BTreeMap<Door, Block>>,
}

/// A place, and whether messages are edited.
type Door = (Destination, bool);

/// Until when, if anybody said so, nothing more is tried in this invocation, and why.
#[derive(Clone, Debug)]
struct Block {
    until: Option<Instant>,
    stop: Stop,
}

/// Why something isn't done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It has to be tried again, after so long if that is known.
    Later {
        /// After how long.
        wait: Option<Duration>,
        /// Why.
        why: String,
    },
    /// It can never be done, and nothing else that goes the same way.
    Dead(String),
    /// Discord doesn't take it, as it is.
    Refused(String),
}

impl<'a, L: Ledger, B: Bell, O: Outside> Engine<'a, L, B, O> {
    /// An engine that stops in time.
    ///
    /// `invocation` is Lambda's id of the call: no two calls that run at once may share one.
    pub fn new(
        ledger: &'a L,
        bell: &'a B,
        outside: &'a O,
        settings: Settings,
        invocation: impl Into<String>,
        deadline: Instant,
    ) -> Self {
        let (made, blocked) = (AtomicU32::new(0), Mutex::default());
        let invocation = invocation.into();
        Self { ledger, bell, outside, settings, invocation, deadline, made, blocked }
    }

    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Until when Discord may take its time.
    fn until(&self) -> Instant {
        self.deadline.checked_sub(TO_RECORD).unwrap_or(self.deadline)
    }

    fn time_to_send(&self) -> Result<(), Stop> {
        if self.left() < TO_SEND { Err(Stop::soon("the function's time is over")) } else { Ok(()) }
    }

    /// When this invocation has surely ended.
    fn ended_at(&self) -> Timestamp {
        let left = SignedDuration::try_from(self.left()).unwrap_or(SignedDuration::ZERO);
        later(self.outside.now(), left + GRACE)
    }

    fn expiry(&self) -> Timestamp {
        later(self.outside.now(), KEPT)
    }

    /// Key of a new message. Lambda may repeat an invocation with the same id in another process, which counts from 0.
    fn message_id(&self) -> String {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let now = self.outside.now().as_millisecond();
        format!("message#{}#{now}-{number}", self.invocation)
    }

    /// Whether this way to Discord is open, as far as this invocation knows.
    fn may_pass(&self, door: &Door) -> Result<(), Stop> {
        let blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(Block { until, stop }) = blocked.get(door) else { return Ok(()) };
        let wait = until.map(|until| until.saturating_duration_since(Instant::now()));
        match stop {
            Stop::Later { .. } if wait.is_some_and(|wait| wait.is_zero()) => Ok(()),
            Stop::Later { why, .. } => Err(Stop::Later { wait, why: why.clone() }),
            Stop::Dead(_) | Stop::Refused(_) => Err(stop.clone()),
        }
    }

    /// Remembers that there is no passing for now. Where nothing can be written any more, nothing can be edited either.
    fn block(&self, (place, is_edit): Door, stop: &Stop) {
        let (until, both) = match stop {
            Stop::Later { wait, .. } => (wait.map(|wait| Instant::now() + wait), false),
            Stop::Dead(_) => (None, true),
            Stop::Refused(_) => return,
        };
        let mut blocked = self.blocked.lock().unwrap_or_else(PoisonError::into_inner);
        for one in [true, false].into_iter().filter(|one| both || *one == is_edit) {
            blocked.insert((place.clone(), one), Block { until, stop: stop.clone() });
        }
    }
}

impl Stop {
    fn soon(why: &str) -> Self {
        Self::Later { wait: Some(Duration::from_secs(1)), why: why.to_owned() }
    }

    fn later(why: impl Into<String>) -> Self {
        Self::Later { wait: None, why: why.into() }
    }

    /// Of two, the one that counts for both: what can be tried again is, before anything is given up.
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Later { wait: one, why }, Self::Later { wait: two, .. }) => {
                Self::Later { wait: one.max(two), why }
            }
            (later @ Self::Later { .. }, Self::Dead(_) | Self::Refused(_))
            | (Self::Dead(_) | Self::Refused(_), later @ Self::Later { .. }) => later,
            (dead @ (Self::Dead(_) | Self::Refused(_)), Self::Dead(_) | Self::Refused(_)) => dead,
        }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::later(fault.to_string())
    }
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Wait(wait) => {
                let why = format!("Discord asks to wait {wait:.1?}");
                Self::Later { wait: Some(wait), why }
            }
            Trouble::NotSent(why) | Trouble::Unknown(why) | Trouble::Settings(why) => {
                Self::later(why)
            }
            Trouble::Dead(why) => Self::Dead(why),
            Trouble::Refused(why) => Self::Refused(why),
            Trouble::NoMessage => Self::Dead("the message is gone".to_owned()),
        }
    }
}

/// Waits; the only pause of what tells.
pub(crate) async fn pause(length: Duration) {
    // Nothing ever comes, so the time limit is the length of the wait.
    let _elapsed = tokio::time::timeout(length, std::future::pending::<()>()).await;
}

/// A time so much later, or the last that there is.
fn later(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_add(by).unwrap_or(Timestamp::MAX)
}
