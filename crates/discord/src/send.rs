//! One call's way through waiting, sending, and sending again.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::answer::Answer;
use super::failure::{Failure, FailureKind};
use super::limiter::{Limiter, Place, Route};
use super::scrub::Scrubber;
use super::transport::Broken;

/// Sends of one call that may break (no connection, no answer, 5xx).
const SENDS: u32 = 4;
/// Refusals with 429 that one call goes along with.
const REFUSALS: u32 = 10;
/// The first pause after something broke; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The first pause after a 429 that doesn't say how long; each further one is twice as long.
const BARE_REFUSAL_PAUSE: Duration = Duration::from_secs(1);

/// How long a caller is ready to wait, and how it says stop.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// No request starts and no wait goes on after this.
    pub deadline: Instant,
    /// Ends every wait. A request that makes something and is already under way is still let finish, within its own time
    /// limit, so that what it made is known.
    pub cancel: CancellationToken,
}

impl Bounds {
    /// Until so much time from now has gone.
    pub fn within(time: Duration, cancel: CancellationToken) -> Self {
        Self { deadline: Instant::now() + time, cancel }
    }

    /// Until the deadline, with nobody who says stop.
    pub fn until(deadline: Instant) -> Self {
        Self { deadline, cancel: CancellationToken::new() }
    }

    /// Waits, unless the deadline comes first: then the failure that is waited out is final.
    async fn rest(&self, pause: Duration, failure: Failure) -> Result<(), Failure> {
        if Instant::now() + pause >= self.deadline {
            return Err(failure);
        }
        match timeout(pause, self.cancel.cancelled()).await {
            Ok(()) => Err(Failure::cancelled()),
            Err(_) => Ok(()),
        }
    }
}

/// What one call is, apart from its content.
pub(super) struct Errand<'a> {
    pub(super) route: Route,
    /// Whether sending it twice has the effect of sending it once.
    pub(super) repeatable: bool,
    pub(super) scrubber: Scrubber,
    pub(super) time_limit: Duration,
    pub(super) bounds: &'a Bounds,
}

/// The limiter, and those who wait for it.
#[derive(Default)]
pub(super) struct Gate {
    limiter: Mutex<Limiter>,
    changed: Notify,
}

/// A place in the limiter, given back when dropped.
struct Turn<'a> {
    gate: &'a Gate,
    place: Place,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.gate.with(|limiter| limiter.finish(&self.place));
        self.gate.changed.notify_waiters();
    }
}

impl Gate {
    /// Sends until there is a success, a failure that is final, or no time left.
    pub(super) async fn run<F>(
        &self,
        errand: &Errand<'_>,
        mut send: impl FnMut() -> F,
    ) -> Result<Answer, Failure>
    where
        F: Future<Output = Result<Answer, Broken>>,
    {
        let mut tries = Tries::default();
        loop {
            let turn = self.turn(errand).await?;
            let outcome = attempt(errand, send()).await?;
            if let Ok(answer) = &outcome {
                self.learn(errand, answer);
            }
            drop(turn);
            let (step, failure) = match outcome {
                Ok(answer) if answer.status.is_success() => return Ok(answer),
                Ok(answer) => self.judge(errand, &answer, &mut tries),
                Err(broken) => tries.broke(&broken, errand),
            };
            match step {
                Step::Stop => return Err(failure),
                // The limiter holds the call back from now on, and others on its route too.
                Step::AskAgain => {}
                Step::Pause(pause) => errand.bounds.rest(pause, failure).await?,
            }
        }
    }

    fn judge(&self, errand: &Errand<'_>, answer: &Answer, tries: &mut Tries) -> (Step, Failure) {
        let failure = answer.failure(&errand.scrubber);
        if let FailureKind::RateLimited { .. } = failure.kind() {
            let bare = BARE_REFUSAL_PAUSE.saturating_mul(1 << tries.refused.min(6));
            let wait = answer.retry_after().filter(|wait| !wait.is_zero()).unwrap_or(bare);
            let (route, global) = (&errand.route, answer.is_global());
            tracing::debug!(route = route.name, ?wait, global, "Discord asks to wait.");
            self.with(|limiter| limiter.refuse(Instant::now(), route, wait, global));
            return (tries.refused(), failure);
        }
        tries.failed(failure, errand)
    }

    fn learn(&self, errand: &Errand<'_>, answer: &Answer) {
        tracing::debug!(
            route = errand.route.name,
            status = answer.status.as_u16(),
            "Discord answered."
        );
        if let Some(standing) = answer.standing() {
            self.with(|limiter| limiter.learn(Instant::now(), &errand.route, standing));
        }
    }

    /// Waits until the limiter gives a place.
    async fn turn(&self, errand: &Errand<'_>) -> Result<Turn<'_>, Failure> {
        let bounds = errand.bounds;
        loop {
            if bounds.cancel.is_cancelled() {
                return Err(Failure::cancelled());
            }
            let changed = self.changed.notified();
            let now = Instant::now();
            let wait = match self.with(|limiter| limiter.reserve(now, &errand.route)) {
                Ok(place) if now < bounds.deadline => return Ok(Turn { gate: self, place }),
                Ok(place) => {
                    drop(Turn { gate: self, place });
                    return Err(too_late());
                }
                Err(wait) => wait,
            };
            if now + wait >= bounds.deadline {
                return Err(wait_is_too_long(wait));
            }
            // Whatever ends the wait, the limiter is asked again.
            let _ended = timeout(wait, async {
                tokio::select! {
                    () = bounds.cancel.cancelled() => {}
                    () = changed => {}
                }
            })
            .await;
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut Limiter) -> T) -> T {
        // A panic inside the limiter leaves counts that are at worst too high, and they expire.
        act(&mut self.limiter.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One send, within its time limit. The outer error is a cancellation.
async fn attempt(
    errand: &Errand<'_>,
    exchange: impl Future<Output = Result<Answer, Broken>>,
) -> Result<Result<Answer, Broken>, Failure> {
    let left = errand.bounds.deadline.saturating_duration_since(Instant::now());
    let limit = errand.time_limit.min(left);
    let timed = async {
        let outcome = timeout(limit, exchange).await;
        outcome.unwrap_or_else(|_| Err(Broken::Lost(format!("no answer within {limit:.1?}"))))
    };
    if !errand.repeatable {
        return Ok(timed.await);
    }
    tokio::select! {
        biased;
        () = errand.bounds.cancel.cancelled() => Err(Failure::cancelled()),
        outcome = timed => Ok(outcome),
    }
}

/// What to do after a send that was no success.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Stop,
    AskAgain,
    Pause(Duration),
}

/// How often a call was tried.
#[derive(Default)]
struct Tries {
    broken: u32,
    refused: u32,
}

impl Tries {
    /// After a 429: nothing was done, so any call may ask again.
    fn refused(&mut self) -> Step {
        self.refused += 1;
        if self.refused < REFUSALS { Step::AskAgain } else { Step::Stop }
    }

    /// After any other answer that was no success.
    fn failed(&mut self, failure: Failure, errand: &Errand<'_>) -> (Step, Failure) {
        match failure.kind() {
            FailureKind::Unavailable if errand.repeatable => (self.again(), failure),
            FailureKind::Unavailable => (Step::Stop, failure.into_ambiguous()),
            FailureKind::NotFound { .. }
            | FailureKind::Unauthorized
            | FailureKind::Forbidden
            | FailureKind::Invalid { .. }
            | FailureKind::RateLimited { .. }
            | FailureKind::Quota
            | FailureKind::Ambiguous
            | FailureKind::Cancelled
            | FailureKind::Protocol => (Step::Stop, failure),
        }
    }

    /// After no answer.
    fn broke(&mut self, broken: &Broken, errand: &Errand<'_>) -> (Step, Failure) {
        let failure = |told: &str| {
            let message = format!("discord can't be reached: {}", errand.scrubber.clean(told));
            Failure::local(FailureKind::Unavailable, message)
        };
        match broken {
            Broken::Setup(told) => (Step::Stop, failure(told)),
            Broken::NotSent(told) => (self.again(), failure(told)),
            Broken::Lost(told) if errand.repeatable => (self.again(), failure(told)),
            Broken::Lost(told) => (Step::Stop, failure(told).into_ambiguous()),
        }
    }

    fn again(&mut self) -> Step {
        self.broken += 1;
        if self.broken >= SENDS {
            return Step::Stop;
        }
        Step::Pause(FIRST_PAUSE.saturating_mul(1 << (self.broken - 1)))
    }
}

fn wait_is_too_long(wait: Duration) -> Failure {
    let kind = FailureKind::RateLimited { retry_after: wait };
    let message = format!("discord's rate limit asks to wait {wait:.1?}, beyond the time limit");
    Failure::local(kind, message)
}

fn too_late() -> Failure {
    Failure::local(FailureKind::Unavailable, "the time limit passed before the request was sent")
}
