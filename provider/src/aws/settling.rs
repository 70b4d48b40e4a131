//! Changes that AWS needs a moment to know of everywhere.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::error::Failure;
use super::wait::{Deadline, Pauses, Stop, in_words, rest};

/// A refusal that AWS is known to take back by itself within moments.
#[derive(Clone, Copy)]
pub struct Settling {
    /// What has to spread, named when it never does, for example "the new role".
    pub what: &'static str,
    /// How long it is waited out.
    pub limit: Duration,
    /// Which failures are waited out.
    pub passes: fn(&Failure) -> bool,
}

/// An execution role made or changed a moment ago, which Lambda and Scheduler can't use until IAM has
/// spread it. That takes some seconds. Lambda refuses it in its answer; Synthetics takes the canary and shows the
/// refusal later, as the reason of its state `ERROR`: there, an attempt is to make a failure of
/// that reason after it has removed the canary.
pub const ROLE_JUST_MADE: Settling = Settling {
    what: "the execution role to be known everywhere",
    limit: Duration::from_secs(90),
    passes: |failure| NOT_SPREAD.iter().any(|words| failure.message().contains(words)),
};

/// What the refusals of a role that IAM has not spread yet have in common: Lambda and Synthetics;
/// Lambda in a VPC; Lambda for the environment's key; Scheduler.
const NOT_SPREAD: [&str; 4] = [
    "cannot be assumed",
    "does not have permissions to call",
    "KMS key is invalid for CreateGrant",
    "to assume the role",
];

/// Tries `attempt` again while AWS has not yet caught up with a change made a moment ago.
///
/// The one wrapper for eventual consistency; `settling` says which failure is waited out, and
/// for how long. An attempt may write: once begun it is never dropped half-way, so waits inside
/// of it must watch `cancel` themselves.
///
/// # Errors
/// What `attempt` failed with last, when it is not waited out or the limit is reached;
/// [`Kind::Cancelled`](super::Kind::Cancelled) when `cancel` fires between two attempts.
pub async fn eventually<T, A, F>(
    settling: Settling,
    cancel: &CancellationToken,
    mut attempt: A,
) -> Result<T, Failure>
where
    A: FnMut() -> F,
    F: Future<Output = Result<T, Failure>>,
{
    let deadline = Deadline::after(settling.limit);
    let pauses = Pauses::default();
    let mut pause = pauses.first;
    loop {
        let refused = match attempt().await {
            Ok(value) => return Ok(value),
            Err(failure) if (settling.passes)(&failure) => failure,
            Err(failure) => return Err(failure),
        };
        match rest(pause, deadline, cancel).await {
            Ok(()) => pause = pauses.next(pause),
            Err(Stop::TooLate) => {
                let waited = in_words(settling.limit);
                return Err(refused.noting(&format!("waited {waited} for {}", settling.what)));
            }
            Err(stop @ Stop::Cancelled) => {
                return Err(stop.failure(settling.what, deadline, Some(&refused.to_string())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use tokio::time::Instant;

    use super::*;
    use crate::aws::error::Kind;

    fn new_role() -> Failure {
        Failure::new(Kind::Invalid, "The role defined for the function cannot be assumed")
    }

    #[tokio::test(start_paused = true)]
    async fn a_new_role_is_waited_out() {
        let (cancel, tries) = (CancellationToken::new(), Cell::new(0));
        let made = eventually(ROLE_JUST_MADE, &cancel, || {
            tries.set(tries.get() + 1);
            let count = tries.get();
            async move { if count < 4 { Err(new_role()) } else { Ok(count) } }
        });
        assert_eq!(made.await.unwrap(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_role_that_stays_refused_is_told_as_aws_told_it() {
        let (cancel, start) = (CancellationToken::new(), Instant::now());
        let refused = eventually(ROLE_JUST_MADE, &cancel, || async { Err::<u8, _>(new_role()) });
        let failure = refused.await.unwrap_err();
        assert_eq!(failure.kind(), Kind::Invalid);
        assert!(failure.message().contains("cannot be assumed; waited 90 s for"), "{failure}");
        assert_eq!(start.elapsed(), ROLE_JUST_MADE.limit);
    }

    #[tokio::test(start_paused = true)]
    async fn other_failures_are_not_waited_out() {
        let (cancel, tries) = (CancellationToken::new(), Cell::new(0));
        let refused = eventually(ROLE_JUST_MADE, &cancel, || {
            tries.set(tries.get() + 1);
            async { Err::<u8, _>(Failure::new(Kind::Invalid, "name too long")) }
        });
        assert_eq!(refused.await.unwrap_err().kind(), Kind::Invalid);
        assert_eq!(tries.get(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_the_pause_but_not_an_attempt() {
        let (cancel, finished) = (CancellationToken::new(), Cell::new(0));
        let start = Instant::now();
        let stopped = eventually(ROLE_JUST_MADE, &cancel, || async {
            tokio::time::sleep_until(Instant::now() + Duration::from_secs(10)).await;
            finished.set(finished.get() + 1);
            Err::<u8, _>(new_role())
        });
        let stopping = async {
            tokio::time::sleep_until(start + Duration::from_secs(15)).await;
            cancel.cancel();
        };
        let (ended, ()) = tokio::join!(stopped, stopping);
        let failure = ended.unwrap_err();
        assert_eq!((failure.kind(), finished.get()), (Kind::Cancelled, 2));
        assert!(failure.message().contains("cannot be assumed"), "{failure}");
    }
}
