//! Limits, faults, and what the server tells of itself.

use std::time::{Duration, Instant};

use serde_json::json;

use super::*;
use discord_standin::{Effect, Fault, Limits, Scope, Window};

#[tokio::test]
async fn headers_count_down_and_then_429_says_how_long() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    for left in ["4", "3", "2", "1", "0"] {
        let reply = api.bot(Operation::ReadWebhook, &[&hook.id], None).await;
        assert_eq!((reply.status, reply.header("x-ratelimit-remaining")), (200, left));
        assert_eq!(reply.header("x-ratelimit-limit"), "5");
        let after: f64 = reply.header("x-ratelimit-reset-after").parse().expect("a number");
        assert!(after > 0.0 && after <= 2.0);
    }
    let refused = api.bot(Operation::ReadWebhook, &[&hook.id], None).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-scope")), (429, "user"));
    let wait = refused.at("retry_after").as_f64().expect("a number");
    let header: f64 = refused.header("retry-after").parse().expect("a number");
    assert!(wait > 0.0 && wait <= 2.0 && header >= wait && header <= 2.0);
    let other = api.server.webhook_by_person(&api.channel, "other");
    assert_eq!(api.bot(Operation::ReadWebhook, &[&other.id], None).await.status, 200);
}

#[tokio::test]
async fn all_requests_together_have_a_limit() {
    let api = Api::start();
    let global = Window { requests: 3, period: Duration::from_mins(1) };
    api.server.set_limits(Limits { global, ..Limits::default() });
    let mut last = None;
    for number in 0..4 {
        let hook = api.server.webhook_by_person(&api.channel, &number.to_string());
        last = Some(api.bot(Operation::ReadWebhook, &[&hook.id], None).await);
    }
    let refused = last.expect("four calls were made");
    assert_eq!((refused.status, refused.header("x-ratelimit-global")), (429, "true"));
    assert_eq!(refused.at("global"), true);
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let api = Api::start();
    let body = json!({ "name": "bell" });
    let ids = [api.channel.as_str()];
    let create = || api.send(Operation::CreateWebhook, &ids, As::Bot(&api.bot), Some(&body));
    let inject = |effect| api.server.inject(Fault::next(Operation::CreateWebhook, effect));
    inject(Effect::DropBefore);
    assert!(create().await.is_err());
    assert_eq!(api.server.webhooks().len(), 0);
    inject(Effect::DropAfter);
    assert!(create().await.is_err());
    assert_eq!(api.server.webhooks().len(), 1);
    inject(Effect::Answer { status: 503, code: 0 });
    assert_eq!(create().await.map(|reply| reply.status).ok(), Some(503));
    inject(Effect::Malformed);
    let cut = create().await.expect("the server answers");
    assert_eq!((cut.status, cut.body), (200, None));
    inject(Effect::Delay(Duration::from_millis(50)));
    let start = Instant::now();
    assert_eq!(create().await.map(|reply| reply.status).ok(), Some(200));
    assert!(start.elapsed() >= Duration::from_millis(50));
    let statuses: Vec<_> = api.server.requests().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [None, None, Some(503), Some(200), Some(200)]);
}

#[tokio::test]
async fn a_429_may_come_with_or_without_a_scope() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let retry_after = Duration::from_millis(1500);
    let limited = |scope, json| Effect::RateLimited { retry_after, scope, json };
    api.server.inject(Fault::next(Operation::ReadWebhook, limited(Some(Scope::Shared), true)));
    let shared = api.bot(Operation::ReadWebhook, &[&hook.id], None).await;
    assert_eq!((shared.status, shared.header("retry-after")), (429, "2"));
    assert_eq!(shared.at("retry_after").as_f64(), Some(1.5));
    api.server.clear_faults();
    api.server.inject(Fault::next(Operation::ReadWebhook, limited(None, false)));
    let reply = api.send(Operation::ReadWebhook, &[&hook.id], As::Bot(&api.bot), None).await;
    let bare = reply.expect("the server answers");
    assert_eq!((bare.status, bare.body.is_none(), bare.header("retry-after")), (429, true, "2"));
    assert!(bare.headers.keys().all(|name| !name.as_str().starts_with("x-ratelimit")));
}

#[tokio::test]
async fn what_is_shown_holds_no_secret() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let ids = [hook.id.as_str(), hook.token.as_str()];
    let body = json!({ "content": "ring" });
    api.token(Operation::Execute, &ids, Some(&body)).await;
    api.bot(Operation::ReadWebhook, &[&hook.id], None).await;
    let request = Request::get(api.server.state_url()).body(Body::empty()).expect("well-formed");
    let state = api.raw(request).await.expect("the server answers");
    assert_eq!(state.at("webhooks")[0]["messages"], 1);
    let messages = api.server.messages(&hook.id);
    let shown = format!(
        "{:?}{:?}{messages:?}{:?}",
        state.body,
        api.server.requests(),
        api.server.webhooks()
    );
    let secrets = api.server.secrets();
    assert!(secrets.contains(&hook.token) && secrets.contains(&api.bot.token));
    assert!(secrets.iter().all(|secret| !shown.contains(secret)));
    assert!(format!("{shown}{}", hook.token).contains(&secrets[1]), "the search would find one");
}

#[tokio::test]
async fn a_dropped_server_is_gone() {
    let api = Api::start();
    let url = api.server.state_url();
    let Api { server, http, .. } = api;
    drop(server);
    let gone = http.get(url.parse().expect("a URL")).await;
    assert!(gone.is_err_and(|problem| problem.is_connect()));
}
