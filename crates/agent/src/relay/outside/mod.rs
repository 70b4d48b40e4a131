//! What else the engine needs of the world: the time, the queues, the scheduler, charts.

mod aws;

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use contract::relay::{Reminder, Schedules, Settings};
use jiff::Timestamp;

use super::notice::AlarmNotice;

pub use aws::Aws;

/// What became of the wish for a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// It will come.
    Done,
    /// Not yet: the role isn't known to Scheduler, as it is while it is new.
    Early(String),
    /// It can't be had as things are; asking again changes nothing.
    Impossible(String),
}

/// The world.
pub trait Outside: Sync {
    /// The time.
    fn now(&self) -> Timestamp;

    /// Puts a text on the dead-letter queue, with the reason.
    fn dead_letter(
        &self,
        body: &str,
        reason: &str,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// Lets a message of the queue be received again only after so long.
    fn postpone(
        &self,
        receipt_handle: &str,
        wait: Duration,
    ) -> impl Future<Output = Result<(), String>> + Send;

    /// Asks for a reminder, once, at a time: then it is a message of the relay's queue. The same name again is the same
    /// reminder.
    fn schedule(
        &self,
        schedules: &Schedules,
        name: &str,
        at: Timestamp,
        reminder: &Reminder,
    ) -> impl Future<Output = Result<Scheduled, String>> + Send;

    /// A picture of what an alarm watches, a PNG; none when there is none to be had soon.
    fn chart(
        &self,
        alarm: &AlarmNotice,
        settings: &Settings,
    ) -> impl Future<Output = Option<Bytes>> + Send;
}
