//! Waiting for AWS: with a deadline, and ending when Terraform asks to stop.
//!
//! The only place of the provider that sleeps.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use super::error::{Failure, Kind};
pub use super::settling::{ROLE_JUST_MADE, Settling, eventually};

/// What one look at an object found.
#[derive(Debug)]
pub enum Seen<T> {
    /// What was waited for.
    Ready(T),
    /// Not yet; the text is the state seen, for example `CREATING`.
    Pending(String),
}

/// How long to pause between two looks: doubling from `first`, never more than `longest`.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// The pause after the first look.
    pub first: Duration,
    /// The longest pause.
    pub longest: Duration,
}

impl Default for Pauses {
    fn default() -> Self {
        Self { first: Duration::from_millis(100), longest: Duration::from_secs(5) }
    }
}

impl Pauses {
    pub(super) fn next(self, pause: Duration) -> Duration {
        pause.saturating_mul(2).min(self.longest)
    }
}

/// When a wait gives up. One deadline serves all waits of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    /// `limit` from now.
    pub fn after(limit: Duration) -> Self {
        Self { at: Instant::now() + limit, limit }
    }

    /// The same, but no later than `limit` from now: for a wait that is not worth all the time there is.
    #[must_use]
    pub fn at_most(self, limit: Duration) -> Self {
        let sooner = Self::after(limit);
        if sooner.at < self.at { sooner } else { self }
    }
}

/// Looks with `probe` until it is [`Seen::Ready`].
///
/// It is dropped half-way when the deadline comes or `cancel` fires. So a probe that writes leaves
/// nothing but what the next look, of this run or another, finds and goes on with: whether its last
/// call was carried out, nobody knows.
///
/// `what` is named when the wait fails and reads after "waiting for ", for example
/// "canary `checkout` to run".
///
/// # Errors
/// What `probe` fails with; [`Kind::Timeout`] at the deadline and [`Kind::Cancelled`] when
/// `cancel` fires, both with the state last seen.
pub async fn until<T, P, F>(
    what: &str,
    deadline: Deadline,
    pauses: Pauses,
    cancel: &CancellationToken,
    mut probe: P,
) -> Result<T, Failure>
where
    P: FnMut() -> F,
    F: Future<Output = Result<Seen<T>, Failure>>,
{
    let mut last: Option<String> = None;
    let mut pause = pauses.first;
    loop {
        let looked = guarded(deadline, cancel, probe()).await;
        match looked.map_err(|stop| stop.failure(what, deadline, last.as_deref()))?? {
            Seen::Ready(value) => return Ok(value),
            Seen::Pending(state) => last = Some(state),
        }
        rest(pause, deadline, cancel)
            .await
            .map_err(|stop| stop.failure(what, deadline, last.as_deref()))?;
        pause = pauses.next(pause);
    }
}

/// Why a wait ended early.
#[derive(Clone, Copy, Debug)]
pub(super) enum Stop {
    Cancelled,
    TooLate,
}

impl Stop {
    pub(super) fn failure(self, what: &str, deadline: Deadline, last: Option<&str>) -> Failure {
        let seen = last.map(|state| format!("; last seen: {state}")).unwrap_or_default();
        match self {
            Self::Cancelled => {
                Failure::new(Kind::Cancelled, format!("stopped while waiting for {what}{seen}"))
            }
            Self::TooLate => {
                let limit = in_words(deadline.limit);
                let message = format!("gave up waiting for {what} after {limit}{seen}");
                Failure::new(Kind::Timeout, message)
            }
        }
    }
}

/// Runs `work`, but not past the deadline nor after a stop. A stop wins over finished work, so
/// that a probe which answers at once can't outrun it.
async fn guarded<F: Future>(
    deadline: Deadline,
    cancel: &CancellationToken,
    work: F,
) -> Result<F::Output, Stop> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(Stop::Cancelled),
        done = timeout_at(deadline.at, work) => done.map_err(|_| Stop::TooLate),
    }
}

/// Sleeps for `pause`, but not past the deadline nor after a stop.
pub(super) async fn rest(
    pause: Duration,
    deadline: Deadline,
    cancel: &CancellationToken,
) -> Result<(), Stop> {
    guarded(deadline, cancel, sleep_until(Instant::now() + pause)).await
}

/// A length of time as a message names it.
pub(super) fn in_words(duration: Duration) -> String {
    match duration.as_secs() {
        0 => format!("{} ms", duration.as_millis()),
        whole if whole % 60 == 0 => format!("{} min", whole / 60),
        whole => format!("{whole} s"),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{Ready, ready};
    use std::sync::LazyLock;

    use super::*;

    fn never_cancelled() -> &'static CancellationToken {
        static NEVER: LazyLock<CancellationToken> = LazyLock::new(CancellationToken::new);
        &NEVER
    }

    fn state(text: &str) -> Ready<Result<Seen<u8>, Failure>> {
        ready(Ok(Seen::Pending(text.to_owned())))
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_the_longest() {
        let mut looks = Vec::new();
        let start = Instant::now();
        let done = until(
            "it",
            Deadline::after(Duration::from_mins(1)),
            Pauses::default(),
            never_cancelled(),
            || {
                looks.push(start.elapsed().as_millis());
                let count = looks.len();
                async move {
                    if count == 9 { Ok(Seen::Ready(count)) } else { Ok(Seen::Pending("x".into())) }
                }
            },
        );
        assert_eq!(done.await.unwrap(), 9);
        let gaps: Vec<_> = looks.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (gap, wanted) in gaps.into_iter().zip([100, 200, 400, 800, 1600, 3200, 5000, 5000]) {
            assert!(gap.abs_diff(wanted) <= 2, "{gap} for {wanted}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_deadline_holds_and_tells_what_was_seen() {
        let start = Instant::now();
        let late = until(
            "canary `a` to run",
            Deadline::after(Duration::from_mins(2)),
            Pauses::default(),
            never_cancelled(),
            || state("CREATING"),
        );
        let failure = late.await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Timeout);
        assert_eq!(
            failure.to_string(),
            "gave up waiting for canary `a` to run after 2 min; last seen: CREATING"
        );
        assert_eq!(start.elapsed().as_secs(), 120);
    }

    #[tokio::test(start_paused = true)]
    async fn a_probe_that_hangs_ends_at_the_deadline() {
        let hung = until(
            "it",
            Deadline::after(Duration::from_secs(3)),
            Pauses::default(),
            never_cancelled(),
            std::future::pending::<Result<Seen<u8>, Failure>>,
        );
        assert_eq!(hung.await.unwrap_err().kind(), Kind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_a_pause_at_once() {
        let cancel = CancellationToken::new();
        let looks = Cell::new(0);
        let start = Instant::now();
        let stopped = until(
            "it",
            Deadline::after(Duration::from_mins(1)),
            Pauses::default(),
            &cancel,
            || {
                looks.set(looks.get() + 1);
                state("STARTING")
            },
        );
        let stopping = async {
            sleep_until(start + Duration::from_millis(250)).await;
            cancel.cancel();
        };
        let (ended, ()) = tokio::join!(stopped, stopping);
        let failure = ended.unwrap_err();
        assert_eq!(failure.kind(), Kind::Cancelled);
        assert!(failure.to_string().ends_with("last seen: STARTING"), "{failure}");
        assert!(start.elapsed() < Duration::from_millis(300));
        assert_eq!(looks.get(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_probe_ends_the_wait() {
        let denied = until(
            "it",
            Deadline::after(Duration::from_mins(1)),
            Pauses::default(),
            never_cancelled(),
            || async { Err::<Seen<u8>, _>(Failure::new(Kind::Denied, "no")) },
        );
        assert_eq!(denied.await.unwrap_err().kind(), Kind::Denied);
    }
}
