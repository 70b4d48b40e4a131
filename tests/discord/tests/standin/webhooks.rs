//! Webhooks: made, listed, read, changed, deleted, and refused as Discord does.

use serde_json::json;

use super::*;
use discord_standin::{ChannelKind, WebhookView};

/// The smallest PNG header, in base64.
const PNG: &str = "data:image/png;base64,iVBORw0KGgo=";

#[tokio::test]
async fn a_webhook_is_made_changed_and_deleted() {
    let api = Api::start();
    let body = json!({ "name": "bell", "avatar": PNG });
    let made = api.bot(Operation::CreateWebhook, &[&api.channel], Some(&body)).await;
    let id = made.text("id").to_owned();
    assert_eq!(made.text("token").len(), 68);
    assert!(made.text("url").ends_with(&format!("/api/webhooks/{id}/{}", made.text("token"))));
    let other = api.server.channel(&api.guild);
    let body = json!({ "name": "louder", "avatar": null, "channel_id": other });
    let changed = api.bot(Operation::ModifyWebhook, &[&id], Some(&body)).await;
    assert_eq!((changed.status, changed.text("channel_id")), (200, other.as_str()));
    let expected = WebhookView {
        id: id.clone(),
        name: "louder".into(),
        guild_id: api.guild.clone(),
        channel_id: other.clone(),
        avatar: None,
        application_id: Some(api.bot.application_id.clone()),
    };
    assert_eq!(api.server.webhooks(), [expected]);
    let listed = api.bot(Operation::ListChannelWebhooks, &[&other], None).await;
    assert_eq!(listed.body.as_ref().and_then(|all| all[0]["id"].as_str()), Some(id.as_str()));
    assert_eq!(api.bot(Operation::ReadWebhook, &[&id], None).await.status, 200);
    assert_eq!(api.bot(Operation::DeleteWebhook, &[&id], None).await.status, 204);
    let gone = api.bot(Operation::ReadWebhook, &[&id], None).await;
    assert_eq!(gone.code(), (404, Some(10015)));
}

#[tokio::test]
async fn a_token_is_enough_for_its_own_webhook_and_cannot_move_it() {
    let api = Api::start();
    let seeded = api.server.webhook_by_person(&api.channel, "by hand");
    let ids = [seeded.id.as_str(), seeded.token.as_str()];
    let read = api.token(Operation::ReadWebhookWithToken, &ids, None).await;
    assert_eq!((read.text("name"), read.at("user").is_null()), ("by hand", true));
    let body = json!({ "name": "renamed" });
    let changed = api.token(Operation::ModifyWebhookWithToken, &ids, Some(&body)).await;
    assert_eq!(changed.text("name"), "renamed");
    let wrong = [seeded.id.as_str(), "wrong"];
    let wrong = api.token(Operation::ReadWebhookWithToken, &wrong, None).await;
    assert_eq!(wrong.code(), (401, Some(50027)));
    let moving = json!({ "channel_id": api.server.channel(&api.guild) });
    let reply = api.send(Operation::ModifyWebhookWithToken, &ids, As::Nobody, Some(&moving)).await;
    let reply = reply.expect("the server answers");
    assert_eq!(reply.text("channel_id"), api.channel, "the field is not looked at");
    assert_eq!(api.token(Operation::DeleteWebhookWithToken, &ids, None).await.status, 204);
    assert!(api.server.webhooks().is_empty());
}

#[tokio::test]
async fn who_may_not_is_refused() {
    let api = Api::start();
    let body = json!({ "name": "bell" });
    let create = |caller, channel: String| {
        let (api, body) = (&api, &body);
        async move { api.call(Operation::CreateWebhook, &[&channel], caller, Some(body)).await }
    };
    let stranger = Bot { application_id: String::new(), token: "no-such-token".into() };
    assert_eq!(create(As::Nobody, api.channel.clone()).await.code(), (401, Some(0)));
    assert_eq!(create(As::Bot(&stranger), api.channel.clone()).await.code(), (401, Some(0)));
    let unknown = "1310000000000009999".to_owned();
    assert_eq!(create(As::Bot(&api.bot), unknown).await.code(), (404, Some(10003)));
    let category = api.server.channel_of(&api.guild, ChannelKind::Category);
    assert_eq!(create(As::Bot(&api.bot), category).await.code(), (400, Some(50024)));
    assert_eq!(create(As::Bot(&api.bot), "word".into()).await.code(), (400, Some(50035)));
    api.server.deny_manage_webhooks(&api.bot, &api.channel);
    assert_eq!(create(As::Bot(&api.bot), api.channel.clone()).await.code(), (403, Some(50013)));
    api.server.expel(&api.bot, &api.guild);
    assert_eq!(create(As::Bot(&api.bot), api.channel.clone()).await.code(), (403, Some(50001)));
}

#[tokio::test]
async fn the_maker_keeps_its_webhook_without_the_permission_and_others_do_not() {
    let api = Api::start();
    let body = json!({ "name": "bell" });
    let made = api.bot(Operation::CreateWebhook, &[&api.channel], Some(&body)).await;
    let other = api.server.bot();
    let seen = api.call(Operation::ReadWebhook, &[made.text("id")], As::Bot(&other), None).await;
    assert_eq!((seen.status, seen.at("token").is_null()), (200, true));
    for bot in [&api.bot, &other] {
        api.server.deny_manage_webhooks(bot, &api.channel);
    }
    assert_eq!(api.bot(Operation::ReadWebhook, &[made.text("id")], None).await.status, 200);
    let seen = api.call(Operation::ReadWebhook, &[made.text("id")], As::Bot(&other), None).await;
    assert_eq!(seen.code(), (403, Some(50013)));
}

#[tokio::test]
async fn names_and_pictures_are_refused_with_their_paths() {
    let table = [
        (json!({}), "name", "BASE_TYPE_REQUIRED"),
        (json!({ "name": "" }), "name", "BASE_TYPE_BAD_LENGTH"),
        (json!({ "name": "  " }), "name", "BASE_TYPE_BAD_LENGTH"),
        (json!({ "name": "x".repeat(81) }), "name", "BASE_TYPE_MAX_LENGTH"),
        (json!({ "name": 7 }), "name", "STRING_TYPE_CONVERT"),
        (json!({ "name": "my DISCORD bell" }), "name", "USERNAME_INVALID_CONTAINS"),
        (json!({ "name": "Clyde" }), "name", "USERNAME_INVALID_CONTAINS"),
        (json!({ "name": "Everyone" }), "name", "USERNAME_INVALID_EQUALS"),
        (
            json!({ "name": "bell", "avatar": "data:image/png;base64,AAAA" }),
            "avatar",
            "IMAGE_INVALID",
        ),
    ];
    for (body, field, code) in table {
        let api = Api::start();
        let refused = api.bot(Operation::CreateWebhook, &[&api.channel], Some(&body)).await;
        assert_eq!(refused.code(), (400, Some(50035)), "{body}");
        assert_eq!(refused.at("errors")[field]["_errors"][0]["code"], code, "{body}");
        assert!(api.server.webhooks().is_empty());
    }
}

#[tokio::test]
async fn the_sixteenth_webhook_of_a_channel_is_refused_also_by_moving() {
    let api = Api::start();
    for number in 0..15 {
        api.server.webhook_by_person(&api.channel, &number.to_string());
    }
    let body = json!({ "name": "bell" });
    let full = api.bot(Operation::CreateWebhook, &[&api.channel], Some(&body)).await;
    assert_eq!(full.code(), (400, Some(30007)));
    let elsewhere = api.server.webhook_by_person(&api.server.channel(&api.guild), "bell");
    let body = json!({ "channel_id": api.channel });
    let moved = api.bot(Operation::ModifyWebhook, &[&elsewhere.id], Some(&body)).await;
    assert_eq!(moved.code(), (400, Some(30007)));
}

#[tokio::test]
async fn a_webhook_stays_in_its_guild_and_goes_with_its_channel() {
    let api = Api::start();
    let seeded = api.server.webhook_by_person(&api.channel, "bell");
    let abroad = api.server.channel(&api.server.guild("elsewhere"));
    let body = json!({ "channel_id": abroad });
    let moved = api.bot(Operation::ModifyWebhook, &[&seeded.id], Some(&body)).await;
    assert_eq!(moved.code(), (404, Some(10003)));
    api.server.remove_channel(&api.channel);
    let gone = api.bot(Operation::ReadWebhook, &[&seeded.id], None).await;
    assert_eq!(gone.code(), (404, Some(10015)));
}
