//! Bringing a canary to a state: what it takes depends on the state that it is in, and every step
//! takes AWS a while.

use std::time::Duration;

use aws_sdk_synthetics::types::{Canary, CanaryState};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::api::{self as canary, rolled_back, state, state_in_words};
use super::blueprint::Code;
use super::settings::CanarySettings;
use crate::aws::wait::{self, Deadline, Pauses, Seen, Settling};
use crate::aws::{Failure, Kind, Session, reads};

/// Message of a failure that the next attempt may not meet.
pub(super) const TRY_AGAIN: &str = "not yet";

/// A state to bring a canary to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Goal {
    /// It doesn't run, and can be changed or deleted. A broken canary is idle as well.
    Idle,
    /// It runs.
    Running,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Done,
    Wait,
    Start,
    Stop,
    GiveUp,
}

/// The next step from a state. AWS answers `ConflictException` to every other one
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryStatus.html>).
fn step(state: &CanaryState, goal: Goal) -> Step {
    match (state, goal) {
        (CanaryState::Ready | CanaryState::Stopped, Goal::Running) => Step::Start,
        (CanaryState::Running, Goal::Idle) => Step::Stop,
        (CanaryState::Ready | CanaryState::Stopped | CanaryState::Error, Goal::Idle)
        | (CanaryState::Running, Goal::Running) => Step::Done,
        (CanaryState::Error, Goal::Running) => Step::GiveUp,
        // Creating, starting, stopping, updating, deleting, and states of the future.
        _ => Step::Wait,
    }
}

/// A canary that is worked on, and how long that may take.
pub(super) struct Work<'a> {
    pub(super) session: &'a Session,
    pub(super) name: &'a str,
    pub(super) deadline: Deadline,
    pub(super) began: Instant,
    pub(super) cancel: &'a CancellationToken,
}

impl Work<'_> {
    /// Brings the canary to its goal; `None` when it is gone.
    pub(super) async fn drive(&self, goal: Goal) -> Result<Option<Canary>, Failure> {
        let what = match goal {
            Goal::Idle => format!("canary `{}` to be at rest", self.name),
            Goal::Running => format!("canary `{}` to run", self.name),
        };
        self.until(&what, || async {
            let Some(found) = reads::canaries::direct(self.session, self.name).await? else {
                return Ok(Seen::Ready(None));
            };
            let asked = match step(&state(&found), goal) {
                Step::Done => return Ok(Seen::Ready(Some(found))),
                Step::GiveUp => {
                    let told = format!("the canary can't run ({})", state_in_words(&found));
                    return Err(Failure::new(Kind::Invalid, told));
                }
                Step::Wait => Ok(()),
                Step::Start => canary::start(self.session, self.name).await,
                Step::Stop => canary::stop(self.session, self.name).await,
            };
            unless_in_conflict(asked)?;
            Ok(Seen::Pending(state_in_words(&found)))
        })
        .await
    }

    /// Stops the canary, changes it and waits until AWS has done so. The code goes along when
    /// `sends_code`, or when the canary lacks any.
    pub(super) async fn update(
        &self,
        settings: &CanarySettings,
        code: &Code,
        sends_code: bool,
    ) -> Result<(), Failure> {
        self.again(|| async {
            let Some(found) = self.drive(Goal::Idle).await? else { return Err(self.gone()) };
            // A canary that broke while it was made has no code yet.
            let is_broken = state(&found) == CanaryState::Error;
            let code = (sends_code || is_broken).then_some(code);
            let asked = self.accepted("the canary to take a change", || {
                canary::update(self.session, &found, settings, code)
            });
            asked.await.map_err(|failure| self.retried(failure))?;
            match self.drive(Goal::Idle).await? {
                Some(changed) => {
                    rolled_back(&changed).map_or(Ok(()), |told| Err(self.retried(told)))
                }
                None => Err(self.gone()),
            }
        })
        .await
    }

    /// Makes an attempt again as long as it ends with [`TRY_AGAIN`]. An attempt may take minutes by
    /// itself, so only the waits within it have a limit.
    pub(super) async fn again<T, A, F>(&self, attempt: A) -> Result<T, Failure>
    where
        A: FnMut() -> F,
        F: Future<Output = Result<T, Failure>>,
    {
        let settling = Settling {
            what: "the canary",
            limit: Duration::from_hours(24),
            passes: |failure| failure.message() == TRY_AGAIN,
        };
        wait::eventually(settling, self.cancel, attempt).await
    }

    /// A refusal of a role that was made a moment ago becomes [`TRY_AGAIN`], for as long as that
    /// can be the reason; any other failure stays what it is.
    pub(super) fn retried(&self, failure: Failure) -> Failure {
        let role = wait::ROLE_JUST_MADE;
        if (role.passes)(&failure) { self.retried_for(role.what, failure) } else { failure }
    }

    /// A failure that passes by itself, as long as it is waited out for that `reason`.
    pub(super) fn retried_for(&self, reason: &str, failure: Failure) -> Failure {
        let limit = wait::ROLE_JUST_MADE.limit;
        if self.began.elapsed() < limit {
            return Failure::new(Kind::Conflict, TRY_AGAIN);
        }
        failure.noting(&format!("waited {} s for {reason}", limit.as_secs()))
    }

    /// Removes the canary with its function and layers, and waits until it is gone.
    pub(super) async fn remove(&self) -> Result<(), Failure> {
        let what = format!("canary `{}` to be gone", self.name);
        if self.drive(Goal::Idle).await?.is_none() {
            return Ok(());
        }
        self.accepted("the canary to take its deletion", || {
            canary::delete(self.session, self.name)
        })
        .await?;
        self.until(&what, || async {
            let found = reads::canaries::direct(self.session, self.name).await?;
            match found {
                None => Ok(Seen::Ready(())),
                Some(found) if state(&found) == CanaryState::Error => {
                    let told = format!("AWS could not delete it ({})", state_in_words(&found));
                    Err(Failure::new(Kind::Other, told))
                }
                Some(found) => Ok(Seen::Pending(state_in_words(&found))),
            }
        })
        .await
    }

    /// Makes a call until it meets no conflict.
    async fn accepted<C, F>(&self, what: &str, call: C) -> Result<(), Failure>
    where
        C: Fn() -> F,
        F: Future<Output = Result<(), Failure>>,
    {
        self.until(what, || async {
            match call().await {
                Ok(()) => Ok(Seen::Ready(())),
                refused => {
                    unless_in_conflict(refused)?;
                    Ok(Seen::Pending("another change is under way".to_owned()))
                }
            }
        })
        .await
    }

    fn gone(&self) -> Failure {
        Failure::new(Kind::NotFound, format!("canary `{}` is gone", self.name))
    }

    async fn until<T, P, F>(&self, what: &str, probe: P) -> Result<T, Failure>
    where
        P: FnMut() -> F,
        F: Future<Output = Result<Seen<T>, Failure>>,
    {
        wait::until(what, self.deadline, Pauses::default(), self.cancel, probe).await
    }
}

/// A conflict means that the state that was read is over already: it is no failure, but a reason to
/// look again.
fn unless_in_conflict(asked: Result<(), Failure>) -> Result<(), Failure> {
    match asked {
        Err(failure) if failure.kind() == Kind::Conflict => Ok(()),
        asked => asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_next_step() {
        for (state, idle, running) in [
            (CanaryState::Creating, Step::Wait, Step::Wait),
            (CanaryState::Ready, Step::Done, Step::Start),
            (CanaryState::Starting, Step::Wait, Step::Wait),
            (CanaryState::Running, Step::Stop, Step::Done),
            (CanaryState::Updating, Step::Wait, Step::Wait),
            (CanaryState::Stopping, Step::Wait, Step::Wait),
            (CanaryState::Stopped, Step::Done, Step::Start),
            (CanaryState::Error, Step::Done, Step::GiveUp),
            (CanaryState::Deleting, Step::Wait, Step::Wait),
            (CanaryState::from("NEW"), Step::Wait, Step::Wait),
        ] {
            assert_eq!(
                (step(&state, Goal::Idle), step(&state, Goal::Running)),
                (idle, running),
                "{state}"
            );
        }
    }
}
