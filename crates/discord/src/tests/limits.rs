//! Rate limits: waiting before a refusal, and after one.

use std::time::Instant;

use discord_standin::{Effect, Fault, Limits, Operation, Scope, Window};

use super::*;

fn window(requests: u32, millis: u64) -> Window {
    Window { requests, period: Duration::from_millis(millis) }
}

fn refusal(millis: u64, scope: Option<Scope>, json: bool) -> Effect {
    Effect::RateLimited { retry_after: Duration::from_millis(millis), scope, json }
}

#[tokio::test]
async fn every_refusal_is_waited_out_with_or_without_a_scope() {
    // Without Discord's body only the header is left, which has whole seconds.
    let table = [
        (Some(Scope::User), true, 300),
        (Some(Scope::Shared), true, 300),
        (Some(Scope::Global), true, 300),
        (None, true, 300),
        (None, false, 1000),
    ];
    let runs = table.map(|(scope, json, least)| async move {
        let scene = Scene::new();
        let effect = refusal(300, scope, json);
        scene.server.inject(Fault::next(Operation::CreateWebhook, effect).times(2));
        let start = Instant::now();
        scene.create("bell").await.expect("the third request is let through");
        assert_eq!(scene.statuses(), [Some(429), Some(429), Some(200)]);
        assert!(start.elapsed() >= Duration::from_millis(2 * least), "{scope:?} {json}");
    });
    for run in runs.map(tokio::spawn) {
        run.await.expect("no assertion failed");
    }
}

#[tokio::test]
async fn a_bucket_that_is_used_up_is_waited_for() {
    let scene = Scene::new();
    scene.server.set_limits(Limits { bucket: window(2, 300), ..Limits::default() });
    let made = scene.create("bell").await.expect("the bot may");
    scene.server.clear_requests();
    for _ in 0..6 {
        scene.read(&made.id).await.expect("it is there");
    }
    assert_eq!(scene.statuses(), [Some(200); 6], "no request was refused");
    let requests = scene.server.requests();
    let took = requests[5].at.duration_since(requests[0].at);
    assert!(took >= Duration::from_millis(600), "two windows went by: {took:?}");
}

#[tokio::test]
async fn requests_at_once_keep_to_the_bucket_and_all_get_through() {
    let scene = Scene::new();
    scene.server.set_limits(Limits { bucket: window(3, 200), ..Limits::default() });
    let made = scene.create("bell").await.expect("the bot may");
    scene.read(&made.id).await.expect("it is there");
    scene.server.clear_requests();
    let reads = (0..9).map(|_| {
        let (client, id) = (scene.client.clone(), made.id.clone());
        tokio::spawn(async move { client.webhook(&id, &soon()).await.map(|webhook| webhook.id) })
    });
    for read in reads.collect::<Vec<_>>() {
        let read = read.await.expect("no panic");
        assert_eq!(read.ok().as_ref(), Some(&made.id));
    }
    let served = scene.statuses().into_iter().filter(|status| *status == Some(200)).count();
    assert_eq!(served, 9);
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let scene = Scene::new();
    scene.server.inject(Fault::next(Operation::CreateWebhook, refusal(3_600_000, None, true)));
    let start = Instant::now();
    let failure = scene.create("bell").await.expect_err("an hour is too long");
    let FailureKind::RateLimited { retry_after } = failure.kind() else { panic!("{failure:?}") };
    assert!(*retry_after > Duration::from_secs(3500) && start.elapsed() < Duration::from_secs(5));
    assert_eq!(scene.statuses(), [Some(429)]);
    // The refusal is remembered: a second call doesn't ask again before its time.
    assert!(scene.create("bell").await.is_err());
    assert_eq!(scene.statuses(), [Some(429)]);
}

#[tokio::test]
async fn a_wait_ends_when_it_is_cancelled() {
    let scene = Scene::new();
    scene.server.inject(Fault::next(Operation::CreateWebhook, refusal(10_000, None, true)));
    let bounds = soon();
    let new = NewWebhook { name: "bell".to_owned(), avatar: None };
    let create = scene.client.create_webhook(&scene.channel, &new, None, &bounds);
    let cancel = async {
        while scene.statuses() != [Some(429)] {
            tokio::task::yield_now().await;
        }
        bounds.cancel.cancel();
    };
    let start = Instant::now();
    let (made, ()) = tokio::join!(create, cancel);
    let kind = made.map_err(|failure| failure.kind().clone());
    assert_eq!(kind, Err(FailureKind::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn refusals_without_end_are_given_up() {
    let scene = Scene::new();
    let fault = Fault::next(Operation::ReadWebhook, refusal(10, Some(Scope::User), true));
    scene.server.inject(fault.times(u32::MAX));
    scene.server.set_limits(Limits { bucket: window(1000, 1000), ..Limits::default() });
    let failure = scene.read(&id("1310000000000009999")).await.expect_err("always refused");
    assert!(matches!(failure.kind(), FailureKind::RateLimited { .. }));
    assert_eq!(scene.statuses(), [Some(429); 10]);
}
