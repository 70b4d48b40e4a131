//! The models, and a hand that ends a worker at any call.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use contract::relay::{Destination, Reminder, Schedules, Settings};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::{START, has_mark, settings};
use crate::bell::{Bell, Letter, Search, Trouble, mark};
use crate::relay::engine::batch::Record;
use crate::relay::engine::{Engine, pause};
use crate::relay::ledger::memory::Memory;
use crate::relay::ledger::{Fault, Item, Ledger, Written};
use crate::relay::notice::AlarmNotice;
use crate::relay::outside::{Outside, Scheduled};

/// Time of one invocation.
pub(super) const INVOCATION: Duration = Duration::from_secs(59);

/// A message of the Discord model.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) id: String,
    pub(super) destination: Destination,
    pub(super) payload: Value,
    pub(super) edits: u32,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) messages: Vec<Shown>,
    pub(super) dead_letters: Vec<(String, String)>,
    pub(super) postponed: BTreeMap<String, Duration>,
    pub(super) schedules: BTreeMap<String, (Timestamp, Reminder)>,
    /// What the next posts and edits meet.
    pub(super) troubles: Vec<Trouble>,
    /// Posts that do what they should and then meet this.
    pub(super) lost_answers: u32,
    pub(super) posts_refused: u32,
    /// Wishes for a reminder that come too early for a new role.
    pub(super) roles_refused: u32,
    /// Posts that are written only after a time, and whose answer is lost.
    pub(super) late_posts: u32,
    late: Vec<(Instant, Shown)>,
    /// Texts that Discord refuses, wherever they stand in a message.
    pub(super) refused: Vec<String>,
    /// What was asked of Discord.
    pub(super) asked: u32,
    posted: Vec<Instant>,
}

/// Until a late post is written: longer than the worker that sent it looks for it.
pub(super) const LATE: Duration = Duration::from_secs(9);

/// A reminder as Scheduler puts it on the queue.
pub(super) fn body(reminder: &Reminder) -> String {
    serde_json::to_string(reminder).expect("it is JSON")
}

/// All there is outside of the engine.
pub(super) struct World {
    pub(super) ledger: Memory,
    pub(super) settings: Settings,
    pub(super) bot: bool,
    pub(super) limits: bool,
    pub(super) state: Mutex<State>,
    started: Instant,
    invocations: AtomicU32,
    /// The call at which the worker is ended, and whether that still has its effect.
    hand: Mutex<Option<(u32, bool)>>,
    /// The call of the table that fails, and whether it has its effect all the same.
    fault: Mutex<Option<(u32, bool)>>,
    calls: AtomicU32,
    ended: Notify,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            ledger: Memory::default(),
            settings: settings(),
            bot: false,
            limits: false,
            state: Mutex::default(),
            started: Instant::now(),
            invocations: AtomicU32::new(0),
            hand: Mutex::default(),
            fault: Mutex::default(),
            calls: AtomicU32::new(0),
            ended: Notify::new(),
        }
    }

    /// The same, with a bot that may read the channel, or without.
    pub(super) fn with_bot(bot: bool) -> Self {
        Self { bot, ..Self::new() }
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("unlocked")
    }

    /// Calls of any of the traits so far.
    pub(super) fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Ends the worker at a call from now, counted from 0: before its effect, or after it.
    pub(super) fn end_at(&self, call: u32, after: bool) {
        *self.hand.lock().expect("unlocked") = Some((self.calls() + call, after));
    }

    /// Lets a call of the table fail: before its effect, or after it. Other calls don't.
    pub(super) fn fail_at(&self, call: u32, after: bool) {
        *self.fault.lock().expect("unlocked") = Some((self.calls() + call, after));
    }

    /// Whether the call that comes now is one that fails.
    fn fails(&self) -> Option<bool> {
        let mut fault = self.fault.lock().expect("unlocked");
        fault.take_if(|(call, _)| *call == self.calls()).map(|(_, after)| after)
    }

    /// Discord's answer to a message that it takes none of, or that meets what the test asked for.
    fn refusal(&self, letter: &Letter) -> Option<Trouble> {
        let mut state = self.state();
        state.asked += 1;
        let text = letter.payload.to_string();
        let is_refused = state.refused.iter().any(|one| text.contains(one));
        let refused = || Trouble::Refused("discord answered 400".to_owned());
        state.troubles.pop().or_else(|| is_refused.then(refused))
    }

    /// Writes what was sent long enough ago.
    fn land(&self) {
        let now = Instant::now();
        let mut state = self.state();
        let (landed, left) =
            std::mem::take(&mut state.late).into_iter().partition(|(at, _)| *at <= now);
        state.late = left;
        state.messages.extend(landed.into_iter().map(|(_, shown): (Instant, Shown)| shown));
    }

    /// Runs the engine. None when the worker was ended.
    pub(super) async fn run<T>(
        &self,
        act: impl AsyncFnOnce(&Engine<'_, Self, Self, Self>) -> T,
    ) -> Option<T> {
        self.run_with(self, act).await
    }

    /// Runs the engine with another Discord than the model.
    pub(super) async fn run_with<B: Bell, T>(
        &self,
        bell: &B,
        act: impl AsyncFnOnce(&Engine<'_, Self, B, Self>) -> T,
    ) -> Option<T> {
        let number = self.invocations.fetch_add(1, Ordering::Relaxed);
        let (id, deadline) = (format!("invocation-{number}"), Instant::now() + INVOCATION);
        let settings = self.settings.clone();
        let engine = Engine::new(self, bell, self, settings, id, deadline);
        tokio::select! {
            done = act(&engine) => Some(done),
            () = self.ended.notified() => None,
        }
    }

    /// Gives records to the engine until none has to come again. How often a record came at most.
    pub(super) async fn deliver(&self, bodies: &[String]) -> u32 {
        self.deliver_as("record", bodies).await
    }

    /// The same, with names of its own, so that two can be at it at once.
    pub(super) async fn deliver_as(&self, name: &str, bodies: &[String]) -> u32 {
        let mut left: Vec<Record> = bodies
            .iter()
            .enumerate()
            .map(|(index, body)| super::record(&format!("{name}-{index}"), body.clone()))
            .collect();
        for round in 1..=50 {
            let failed = self.run(async |engine| engine.batch(&left).await).await;
            match failed {
                // What a worker had when it was ended is seen again after the visibility timeout.
                None => pause(Duration::from_mins(6)).await,
                Some(failed) => {
                    left.retain(|record| failed.contains(&record.message_id));
                    if left.is_empty() {
                        return round;
                    }
                    let waits = failed.iter().map(|id| self.state().postponed.remove(id));
                    let longest = waits.map(|wait| wait.expect("it was postponed")).max();
                    pause(longest.unwrap_or_default()).await;
                }
            }
            for record in &mut left {
                record.receive_count += 1;
            }
        }
        panic!("records are left after 50 rounds");
    }

    /// Lets the time of a reminder come, which Scheduler then puts on the queue.
    pub(super) async fn fire(&self, name: &str) {
        let (due, reminder) = self.state().schedules.remove(name).expect("it is scheduled");
        let wait = due.duration_since(self.now());
        pause(Duration::try_from(wait).unwrap_or_default()).await;
        self.deliver(&[body(&reminder)]).await;
    }

    /// Messages that have the mark of an id.
    pub(super) fn with_id(&self, id: &str) -> Vec<Shown> {
        let mark = mark(id);
        let shown = self.state().messages.clone();
        shown.into_iter().filter(|shown| has_mark(&shown.payload, &mark)).collect()
    }

    /// Every call goes through here.
    async fn call<T>(&self, effect: impl Future<Output = T>) -> T {
        let number = self.calls.fetch_add(1, Ordering::Relaxed);
        let hand = || {
            let mut hand = self.hand.lock().expect("unlocked");
            hand.take_if(|(call, _)| *call == number).map(|(_, after)| after)
        };
        let struck = hand();
        tokio::task::yield_now().await;
        if struck == Some(false) {
            self.end().await;
        }
        let done = effect.await;
        if struck == Some(true) {
            self.end().await;
        }
        tokio::task::yield_now().await;
        done
    }

    async fn end(&self) {
        self.ended.notify_one();
        pending::<()>().await;
    }

    /// What the Discord model allows: 5 messages in 2 seconds, 30 in a minute. Else how long to wait.
    fn limited(&self) -> Option<Duration> {
        let now = Instant::now();
        let mut state = self.state();
        if !self.limits {
            return None;
        }
        let full = |seconds: u64, most: usize| {
            let period = Duration::from_secs(seconds);
            let recent = state.posted.iter().filter(|at| now.duration_since(**at) < period);
            let recent: Vec<Instant> = recent.copied().collect();
            let first = recent.len().checked_sub(most).and_then(|surplus| recent.get(surplus));
            first.map(|first| (*first + period).duration_since(now))
        };
        let wait = full(2, 5).max(full(60, 30));
        if wait.is_none() {
            state.posted.push(now);
        } else {
            state.posts_refused += 1;
        }
        wait
    }

    fn write(&self, to: &Destination, letter: &Letter) -> String {
        let mut state = self.state();
        let number = state.messages.len() + state.late.len();
        let id = (1_310_000_000_000_000_000_u64 + number as u64).to_string();
        let (destination, payload) = (to.clone(), letter.payload.clone());
        state.messages.push(Shown { id: id.clone(), destination, payload, edits: 0 });
        id
    }
}

fn broken(doing: &'static str) -> Fault {
    Fault::Call { doing, reason: "no answer".to_owned() }
}

impl Ledger for World {
    async fn read(&self, id: &str) -> Result<Option<Item>, Fault> {
        self.ledger.at(self.now());
        if self.fails().is_some() {
            return self.call(async { Err(broken("read")) }).await;
        }
        self.call(self.ledger.read(id)).await
    }

    async fn write(
        &self,
        id: &str,
        json: String,
        expires: Timestamp,
        expected: Option<u64>,
    ) -> Result<Written, Fault> {
        self.ledger.at(self.now());
        match self.fails() {
            None => self.call(self.ledger.write(id, json, expires, expected)).await,
            Some(false) => self.call(async { Err(broken("written")) }).await,
            Some(true) => {
                self.call(self.ledger.write(id, json, expires, expected)).await?;
                Err(broken("written"))
            }
        }
    }
}

impl Bell for World {
    async fn post(
        &self,
        to: &Destination,
        letter: &Letter,
        until: Instant,
    ) -> Result<String, Trouble> {
        self.call(async {
            if let Some(trouble) = self.refusal(letter) {
                return Err(trouble);
            }
            // As the client does: it waits, if there is the time.
            while let Some(wait) = self.limited() {
                if Instant::now() + wait >= until {
                    return Err(Trouble::Wait(wait));
                }
                pause(wait).await;
            }
            let id = self.write(to, letter);
            let mut state = self.state();
            if state.late_posts > 0 {
                state.late_posts -= 1;
                let shown = state.messages.pop().expect("it was written just now");
                state.late.push((Instant::now() + LATE, shown));
                return Err(Trouble::Unknown("no answer".to_owned()));
            }
            if state.lost_answers > 0 {
                state.lost_answers -= 1;
                return Err(Trouble::Unknown("no answer".to_owned()));
            }
            Ok(id)
        })
        .await
    }

    async fn edit(
        &self,
        to: &Destination,
        message: &str,
        letter: &Letter,
        _: Instant,
    ) -> Result<(), Trouble> {
        self.call(async {
            if let Some(trouble) = self.refusal(letter) {
                return Err(trouble);
            }
            let mut state = self.state();
            let found = state.messages.iter_mut().find(|one| one.id == message);
            let shown = found.ok_or(Trouble::NoMessage)?;
            assert_eq!(&shown.destination, to, "a message is edited where it was written");
            shown.payload = letter.payload.clone();
            shown.edits += 1;
            Ok(())
        })
        .await
    }

    async fn find(
        &self,
        _: &Destination,
        word: &str,
        _: Timestamp,
        _: Instant,
    ) -> Result<Search, Trouble> {
        self.call(async {
            self.land();
            if !self.bot {
                return Ok(Search::Unable);
            }
            let found = self.with_id(word).first().map(|shown| shown.id.clone());
            Ok(found.map_or(Search::Absent, Search::Found))
        })
        .await
    }
}

impl Outside for World {
    fn now(&self) -> Timestamp {
        let since = SignedDuration::try_from(self.started.elapsed()).expect("it is not so long");
        START.saturating_add(since).expect("it is in range")
    }

    async fn dead_letter(&self, body: &str, reason: &str) -> Result<(), String> {
        let letter = (body.to_owned(), reason.to_owned());
        self.call(async {
            self.state().dead_letters.push(letter);
            Ok(())
        })
        .await
    }

    async fn postpone(&self, receipt_handle: &str, wait: Duration) -> Result<(), String> {
        let handle = receipt_handle.to_owned();
        self.call(async {
            self.state().postponed.insert(handle, wait);
            Ok(())
        })
        .await
    }

    async fn schedule(
        &self,
        _: &Schedules,
        name: &str,
        at: Timestamp,
        reminder: &Reminder,
    ) -> Result<Scheduled, String> {
        assert!(name.len() <= 64, "the name of a schedule has 64 characters at most");
        let (name, entry) = (name.to_owned(), (at, reminder.clone()));
        self.call(async {
            let mut state = self.state();
            if state.roles_refused > 0 {
                state.roles_refused -= 1;
                return Ok(Scheduled::Early("the role isn't known".to_owned()));
            }
            state.schedules.entry(name).or_insert(entry);
            Ok(Scheduled::Done)
        })
        .await
    }

    async fn chart(&self, _: &AlarmNotice, _: &Settings) -> Option<Bytes> {
        self.call(async { Some(Bytes::from_static(b"\x89PNG")) }).await
    }
}
