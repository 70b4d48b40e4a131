//! How long a call waits and how often it asks, on a clock that does not run by itself.

use std::cell::Cell;

use bytes::Bytes;
use hyper::{HeaderMap, StatusCode};
use tokio::time::Instant;

use super::super::answer::Answer;
use super::super::limiter::Route;
use super::super::scrub::Scrubber;
use super::super::send::{Bounds, Errand, Gate};
use super::super::transport::Broken;
use super::*;

fn errand(bounds: &Bounds, repeatable: bool) -> Errand<'_> {
    Errand {
        route: Route { name: "GET /webhooks/{webhook_id}", major: "1".to_owned() },
        repeatable,
        scrubber: Scrubber::default(),
        time_limit: Duration::from_secs(15),
        bounds,
    }
}

fn answer(status: StatusCode) -> Answer {
    Answer { status, headers: HeaderMap::new(), body: Bytes::new() }
}

/// Runs one call whose every send has the same outcome; gives the kind of its failure, its sends and its time.
async fn run(
    seconds: u64,
    repeatable: bool,
    outcome: impl Fn() -> Result<Answer, Broken>,
) -> (FailureKind, u32, Duration) {
    let bounds = Bounds::within(Duration::from_secs(seconds), CancellationToken::new());
    let (start, sends) = (Instant::now(), Cell::new(0));
    let result = Gate::default()
        .run(&errand(&bounds, repeatable), || {
            sends.set(sends.get() + 1);
            std::future::ready(outcome())
        })
        .await;
    let failure = result.err().expect("no outcome of these tests is a success");
    (failure.kind().clone(), sends.get(), start.elapsed())
}

fn lost() -> Result<Answer, Broken> {
    Err(Broken::Lost("cut".to_owned()))
}

fn not_sent() -> Result<Answer, Broken> {
    Err(Broken::NotSent("refused".to_owned()))
}

#[tokio::test(start_paused = true)]
async fn pauses_double_and_end() {
    let all_pauses = Duration::from_millis(250 + 500 + 1000);
    let given_up = (FailureKind::Unavailable, 4, all_pauses);
    assert_eq!(run(60, true, lost).await, given_up);
    assert_eq!(run(60, true, not_sent).await, given_up);
    assert_eq!(run(60, false, not_sent).await, given_up);
    assert_eq!(run(60, true, || Ok(answer(StatusCode::BAD_GATEWAY))).await, given_up);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_repeatable_is_sent_once() {
    let once = (FailureKind::Ambiguous, 1, Duration::ZERO);
    assert_eq!(run(60, false, lost).await, once);
    assert_eq!(run(60, false, || Ok(answer(StatusCode::GATEWAY_TIMEOUT))).await, once);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_the_pauses_short() {
    let (kind, sends, took) = run(1, true, lost).await;
    assert_eq!((kind, sends), (FailureKind::Unavailable, 3));
    assert!(took < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_429_that_says_nothing_is_waited_for_longer_and_longer() {
    let (kind, sends, took) = run(600, false, || Ok(answer(StatusCode::TOO_MANY_REQUESTS))).await;
    assert!(matches!(kind, FailureKind::RateLimited { .. }));
    assert_eq!((sends, took.as_secs()), (10, 1 + 2 + 4 + 8 + 16 + 32 + 64 + 64 + 64));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_never_comes_ends_at_the_request_limit() {
    let bounds = Bounds::within(Duration::from_mins(10), CancellationToken::new());
    for (repeatable, kind, seconds) in
        [(false, FailureKind::Ambiguous, 15), (true, FailureKind::Unavailable, 4 * 15 + 1)]
    {
        let start = Instant::now();
        let result = Gate::default().run(&errand(&bounds, repeatable), std::future::pending).await;
        assert_eq!(result.err().map(|failure| failure.kind().clone()), Some(kind));
        assert_eq!(start.elapsed().as_secs(), seconds);
    }
}
