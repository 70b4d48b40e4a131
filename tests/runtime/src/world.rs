//! What waits, what is under way, and what was answered.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use serde_json::Value;

/// What a function is given when nothing else is said.
const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:111122223333:function:hinomi";

/// The time of a function when nothing else is said: Lambda's own default is three seconds.
const TIME: Duration = Duration::from_mins(1);

/// One call of the function.
#[derive(Clone, Debug)]
pub struct Event {
    pub(crate) body: String,
    pub(crate) function_arn: String,
    pub(crate) time: Duration,
}

impl Event {
    /// A call with this body, which a function takes as JSON.
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), function_arn: FUNCTION_ARN.to_owned(), time: TIME }
    }

    /// Under another ARN than `arn:aws:lambda:us-east-1:111122223333:function:hinomi`.
    #[must_use]
    pub fn with_function_arn(self, function_arn: &str) -> Self {
        Self { function_arn: function_arn.to_owned(), ..self }
    }

    /// With another time until the deadline than a minute, counted from when the function takes
    /// the event. The stand-in tells it, and ends nothing.
    #[must_use]
    pub fn with_time(self, time: Duration) -> Self {
        Self { time, ..self }
    }
}

/// How the function answered a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Its response; text that is no JSON is kept as a JSON string.
    Response(Value),
    /// Its error, as Lambda would show it.
    Error {
        /// `errorType`.
        kind: String,
        /// `errorMessage`.
        message: String,
    },
}

/// What the server's thread and its owner share.
#[derive(Default)]
pub(crate) struct Shared {
    world: Mutex<World>,
    changed: Condvar,
    /// Wakes the function's request for the next event.
    pub(crate) arrived: tokio::sync::Notify,
}

#[derive(Default)]
pub(crate) struct World {
    made: u64,
    waiting: VecDeque<(String, Event)>,
    under_way: Option<String>,
    answers: BTreeMap<String, Answer>,
    init_error: Option<Answer>,
    polls: u64,
}

/// An event on its way to the function.
pub(crate) struct Handed {
    pub(crate) id: String,
    pub(crate) event: Event,
    /// Milliseconds since 1970.
    pub(crate) deadline: u128,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn send(&self, event: Event) -> String {
        let mut world = self.lock();
        world.made += 1;
        let id = format!("00000000-0000-4000-8000-{:012}", world.made);
        world.waiting.push_back((id.clone(), event));
        drop(world);
        self.arrived.notify_one();
        id
    }

    pub(crate) fn count_poll(&self) {
        self.lock().polls += 1;
        self.changed.notify_all();
    }

    pub(crate) fn take(&self) -> Option<Handed> {
        let mut world = self.lock();
        let (id, event) = world.waiting.pop_front()?;
        world.under_way = Some(id.clone());
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let deadline = (now + event.time).as_millis();
        Some(Handed { id, event, deadline })
    }

    /// Keeps an answer; `false` when that call is not under way.
    pub(crate) fn keep(&self, id: &str, answer: Answer) -> bool {
        let mut world = self.lock();
        if world.under_way.as_deref() != Some(id) {
            return false;
        }
        world.under_way = None;
        world.answers.insert(id.to_owned(), answer);
        drop(world);
        self.changed.notify_all();
        true
    }

    pub(crate) fn keep_init_error(&self, answer: Answer) {
        self.lock().init_error = Some(answer);
        self.changed.notify_all();
    }

    pub(crate) fn init_error(&self) -> Option<Answer> {
        self.lock().init_error.clone()
    }

    pub(crate) fn polls(&self) -> u64 {
        self.lock().polls
    }

    /// Waits until `seen` finds what it looks for.
    pub(crate) fn wait<T>(
        &self,
        limit: Duration,
        seen: impl Fn(&mut World) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + limit;
        let mut world = self.lock();
        loop {
            if let Some(found) = seen(&mut world) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            world =
                self.changed.wait_timeout(world, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl World {
    pub(crate) fn answer(&mut self, id: &str) -> Option<Answer> {
        self.answers.remove(id)
    }

    pub(crate) fn has_polled(&self, times: u64) -> Option<()> {
        (self.polls >= times).then_some(())
    }
}
