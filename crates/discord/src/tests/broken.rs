//! Connections that break and servers that fail.

use std::net::TcpListener;

use discord_standin::{Effect, Fault, Operation};

use super::*;

#[tokio::test]
async fn a_create_without_an_answer_is_never_repeated() {
    let answer = |status| Effect::Answer { status, code: 0 };
    let effects =
        [(Effect::DropAfter, 1), (Effect::DropBefore, 0), (answer(502), 0), (Effect::Malformed, 1)];
    for (effect, made) in effects {
        let scene = Scene::new();
        scene.server.inject(Fault::next(Operation::CreateWebhook, effect.clone()));
        let failure = scene.create("bell").await.expect_err("no answer tells");
        assert_eq!(failure.kind(), &FailureKind::Ambiguous, "{effect:?}");
        assert_eq!(scene.server.requests().len(), 1, "{effect:?}");
        let listed = scene.client.list_channel_webhooks(&scene.channel, &soon()).await;
        let listed = scene.checked(listed).expect("the list works");
        assert_eq!(listed.len(), made, "{effect:?}: the list tells what was made");
        assert!(listed.iter().all(|webhook| webhook.token.is_some()));
    }
}

#[tokio::test]
async fn what_can_be_repeated_is_repeated_a_few_times() {
    let effects = [
        (Effect::DropBefore, None),
        (Effect::DropAfter, None),
        (Effect::Answer { status: 503, code: 0 }, Some(503)),
    ];
    for (effect, status) in effects {
        let scene = Scene::new();
        let made = scene.create("bell").await.expect("the bot may");
        scene.server.clear_requests();
        scene.server.inject(Fault::next(Operation::ModifyWebhook, effect).times(2));
        let changes = Changes { name: Some("louder".to_owned()), ..Changes::default() };
        let after = scene.client.modify_webhook(&made.id, &changes, None, &soon()).await;
        assert_eq!(scene.checked(after).map(|it| it.name).ok().as_deref(), Some("louder"));
        assert_eq!(scene.statuses(), [status, status, Some(200)]);
    }
}

#[tokio::test]
async fn a_server_that_keeps_failing_is_given_up() {
    let scene = Scene::new();
    let effect = Effect::Answer { status: 500, code: 0 };
    scene.server.inject(Fault::next(Operation::ReadWebhook, effect).times(u32::MAX));
    let failure = scene.read(&id("1310000000000009999")).await.expect_err("it fails always");
    assert_eq!((failure.kind(), failure.status()), (&FailureKind::Unavailable, Some(500)));
    assert_eq!(scene.statuses(), [Some(500); 4]);
}

#[tokio::test]
async fn a_delete_that_was_done_unheard_ends_as_unknown() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    scene.server.inject(Fault::next(Operation::DeleteWebhook, Effect::DropAfter));
    let failure = scene.client.delete_webhook(&made.id, None, &soon()).await;
    assert!(failure.is_err_and(|failure| failure.is_unknown_webhook()));
    assert!(scene.server.webhooks().is_empty());
}

#[tokio::test]
async fn a_create_that_reached_nobody_is_not_ambiguous() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port of loopback is free");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let client = client(&format!("http://{address}/api/v10"), Some("a-bot-token"));
    let new = NewWebhook { name: "bell".to_owned(), avatar: None };
    let channel = id("1310000000000000001");
    let failure = client.create_webhook(&channel, &new, None, &soon()).await;
    let failure = failure.expect_err("nobody listens");
    assert_eq!((failure.kind(), failure.status()), (&FailureKind::Unavailable, None));
    assert!(failure.message().contains("refused"), "{failure}");
}

#[tokio::test]
async fn a_404_that_is_not_discords_is_no_proof() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    let wrong = client(&scene.server.url().replace("/api/", "/other/"), Some(&scene.bot.token));
    let failure = wrong.webhook(&made.id, &soon()).await.expect_err("the base URL is wrong");
    assert_eq!(failure.status(), Some(404));
    assert!(!failure.is_unknown_webhook());
}

#[tokio::test]
async fn a_malformed_answer_is_a_protocol_failure() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    scene.server.inject(Fault::next(Operation::ReadWebhook, Effect::Malformed));
    let failure = scene.read(&made.id).await.expect_err("the answer is cut");
    assert_eq!(failure.kind(), &FailureKind::Protocol);
}

#[tokio::test]
async fn a_create_under_way_is_let_finish_when_cancelled() {
    let scene = Scene::new();
    let time = Duration::from_millis(400);
    scene.server.inject(Fault::next(Operation::CreateWebhook, Effect::Delay(time)));
    let bounds = soon();
    let new = NewWebhook { name: "bell".to_owned(), avatar: None };
    let create = scene.client.create_webhook(&scene.channel, &new, None, &bounds);
    let cancel = async {
        // The stand-in writes a request down before it delays it.
        while scene.server.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        bounds.cancel.cancel();
    };
    let (made, ()) = tokio::join!(create, cancel);
    assert_eq!(made.map(|webhook| webhook.name).ok().as_deref(), Some("bell"));
    let next = scene.client.list_channel_webhooks(&scene.channel, &bounds).await;
    assert_eq!(next.map_err(|failure| failure.kind().clone()), Err(FailureKind::Cancelled));
}

#[tokio::test]
async fn a_server_without_tls_is_not_reached_by_https() {
    let scene = Scene::new();
    let base_url = scene.server.url().replace("http://", "https://");
    let client = client(&base_url, Some(&scene.bot.token));
    let new = NewWebhook { name: "bell".to_owned(), avatar: None };
    let failure = client.create_webhook(&scene.channel, &new, None, &soon()).await;
    let failure = scene.checked(failure).expect_err("the server speaks no TLS");
    assert_eq!((failure.kind(), failure.status()), (&FailureKind::Unavailable, None));
    assert!(scene.server.requests().is_empty());
}
