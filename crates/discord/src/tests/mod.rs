//! The client against the stand-in: what it sends, what it makes of the answers, and that it keeps secrets.

mod bodies;
mod broken;
mod files;
mod limits;
mod waits;

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use discord_standin::{Bot, Server};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::*;
use contract::secret::Secret;

/// A server with one guild, one channel and one bot, and a client that is that bot.
struct Scene {
    server: Server,
    bot: Bot,
    guild: String,
    channel: Snowflake,
    client: Client,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start().expect("a port of loopback is free");
        let bot = server.bot();
        let guild = server.guild("festival");
        let channel = id(&server.channel(&guild));
        let client = client(&server.url(), Some(&bot.token));
        Self { server, bot, guild, channel, client }
    }

    async fn create(&self, name: &str) -> Result<Webhook, Failure> {
        let new = NewWebhook { name: name.to_owned(), avatar: None };
        self.checked(self.client.create_webhook(&self.channel, &new, None, &soon()).await)
    }

    async fn read(&self, webhook: &Snowflake) -> Result<Webhook, Failure> {
        self.checked(self.client.webhook(webhook, &soon()).await)
    }

    /// Every result of a test goes through here: no text of it may hold a secret that the server knows.
    fn checked<T: std::fmt::Debug>(&self, result: Result<T, Failure>) -> Result<T, Failure> {
        let mut text = format!("{result:?}");
        if let Err(failure) = &result {
            text.push_str(&failure.to_string());
        }
        for secret in self.server.secrets() {
            assert!(!text.contains(&secret), "a secret is shown");
        }
        result
    }

    fn statuses(&self) -> Vec<Option<u16>> {
        self.server.requests().iter().map(|request| request.status).collect()
    }
}

fn client(base_url: &str, bot_token: Option<&str>) -> Client {
    Client::new(Settings {
        base_url: Url::parse(base_url).expect("the server's address is a URL"),
        bot_token: bot_token.map(|token| Secret::new(token.to_owned())),
        version: "0.0.0-test",
    })
}

fn soon() -> Bounds {
    Bounds::within(Duration::from_secs(20), CancellationToken::new())
}

fn id(text: &str) -> Snowflake {
    text.parse().expect("the server makes ids of 19 digits")
}

fn picture() -> Avatar {
    let bytes = STANDARD.encode(b"\x89PNG\r\n\x1a\n and so on");
    Avatar::parse(&format!("data:image/png;base64,{bytes}"))
        .expect("it is a PNG by its first bytes")
}

#[tokio::test]
async fn a_webhook_lives_as_the_bot_wants() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    assert_eq!(made.guild_id, Some(id(&scene.guild)));
    assert_eq!(made.channel_id.as_ref(), Some(&scene.channel));
    assert_eq!(made.application_id, Some(id(&scene.bot.application_id)));
    assert!(made.token.is_some() && made.avatar.is_none());

    let other = id(&scene.server.channel(&scene.guild));
    let changes = Changes {
        name: Some("louder bell".to_owned()),
        avatar: AvatarChange::Set(picture()),
        channel_id: Some(other.clone()),
    };
    let reason = AuditReason::parse("PR 12 + 火の見").expect("it is short");
    let after = scene.client.modify_webhook(&made.id, &changes, Some(&reason), &soon()).await;
    let after = scene.checked(after).expect("the bot may");
    assert_eq!((after.name.as_str(), after.channel_id.as_ref()), ("louder bell", Some(&other)));
    assert!(after.avatar.is_some());
    assert_eq!(scene.read(&made.id).await.expect("it is there"), after);

    let cleared = Changes { avatar: AvatarChange::Clear, ..Changes::default() };
    let cleared = scene.client.modify_webhook(&made.id, &cleared, None, &soon()).await;
    let cleared = cleared.expect("the bot may");
    assert_eq!((cleared.name.as_str(), cleared.avatar), ("louder bell", None));

    scene.client.delete_webhook(&made.id, Some(&reason), &soon()).await.expect("the bot may");
    assert!(scene.server.webhooks().is_empty());
    let gone = scene.read(&made.id).await.expect_err("it is gone");
    assert!(gone.is_unknown_webhook());
    let requests = scene.server.requests();
    assert_eq!(requests[1].audit_log_reason.as_deref(), Some("PR 12 + 火の見"));
    assert!(requests.iter().all(|one| one.authorized));
    assert!(requests.iter().all(|one| one.user_agent.starts_with("DiscordBot (https://")));
}

#[tokio::test]
async fn a_webhook_of_a_person_is_used_by_its_token_alone() {
    let scene = Scene::new();
    let seeded = scene.server.webhook_by_person(scene.channel.as_str(), "by hand");
    let stranger = client(&scene.server.url(), None);
    let url = stranger.parse_webhook_url(&seeded.url).expect("the server's URL is of a webhook");
    assert_eq!(stranger.webhook_url(&url).expose(), &seeded.url);
    let read = stranger.webhook_with_token(&url.id, &url.token, &soon()).await;
    let read = scene.checked(read).expect("the token is right");
    assert_eq!((read.name.as_str(), read.application_id), ("by hand", None));

    let changes = Changes { name: Some("adopted".to_owned()), ..Changes::default() };
    let (id, token) = (&url.id, &url.token);
    let after = stranger.modify_webhook_with_token(id, token, &changes, None, &soon()).await;
    assert_eq!(after.map(|webhook| webhook.name).ok().as_deref(), Some("adopted"));
    let moving = Changes { channel_id: Some(scene.channel.clone()), ..Changes::default() };
    let refused = stranger.modify_webhook_with_token(id, token, &moving, None, &soon()).await;
    let refused = scene.checked(refused).expect_err("a token can't move it");
    assert!(
        matches!(refused.kind(), FailureKind::Invalid { fields } if fields[0].path == "channel_id")
    );

    let wrong = Secret::new("x".repeat(68));
    let wrong = stranger.webhook_with_token(id, &wrong, &soon()).await;
    let wrong = scene.checked(wrong).expect_err("the token is wrong");
    assert_eq!((wrong.kind(), wrong.code()), (&FailureKind::Unauthorized, Some(50027)));
    let as_bot = stranger.webhook(id, &soon()).await.expect_err("there is no bot token");
    assert_eq!((as_bot.kind(), as_bot.status()), (&FailureKind::Unauthorized, None));

    stranger.delete_webhook_with_token(id, token, None, &soon()).await.expect("the token is right");
    assert!(scene.server.webhooks().is_empty());
    assert!(scene.server.requests().iter().all(|one| !one.authorized));
}

#[tokio::test]
async fn a_token_never_becomes_another_path() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    for token in ["", "..", "../..", "a/b?c", "%2e%2e", "tok en\r\nx-a: b"] {
        let token = Secret::new(token.to_owned());
        let refused = scene.client.delete_webhook_with_token(&made.id, &token, None, &soon()).await;
        let refused = refused.expect_err("it is no token");
        assert_eq!((refused.kind(), refused.status()), (&FailureKind::Unauthorized, None));
    }
    assert_eq!(scene.server.requests().len(), 1);
}

#[tokio::test]
async fn what_discord_refuses_is_told_apart_and_asked_once() {
    let scene = Scene::new();
    let nowhere = id("1310000000000009999");
    let new = NewWebhook { name: "bell".to_owned(), avatar: None };
    let unknown = scene.client.create_webhook(&nowhere, &new, None, &soon()).await;
    let unknown = scene.checked(unknown).expect_err("there is no such channel");
    assert_eq!(unknown.kind(), &FailureKind::NotFound { code: 10003 });
    assert!(!unknown.is_unknown_webhook());

    scene.server.deny_manage_webhooks(&scene.bot, scene.channel.as_str());
    let denied = scene.create("bell").await.expect_err("the permission is missing");
    assert_eq!((denied.kind(), denied.code()), (&FailureKind::Forbidden, Some(50013)));
    assert!(denied.hint().is_some_and(|hint| hint.contains("Manage Webhooks")));
    scene.server.allow_manage_webhooks(&scene.bot, scene.channel.as_str());

    let named = scene.create("my discord bell").await.expect_err("the name is kept");
    let FailureKind::Invalid { fields } = named.kind() else { panic!("{named:?}") };
    assert_eq!(fields[0].path, "name");

    scene.server.revoke(&scene.bot);
    let revoked = scene.create("bell").await.expect_err("the token is not valid");
    assert_eq!((revoked.kind(), revoked.status()), (&FailureKind::Unauthorized, Some(401)));
    assert_eq!(scene.statuses(), [Some(404), Some(403), Some(400), Some(401)]);
}

#[tokio::test]
async fn a_full_channel_is_a_quota() {
    let scene = Scene::new();
    for number in 0..15 {
        scene.server.webhook_by_person(scene.channel.as_str(), &number.to_string());
    }
    let full = scene.create("bell").await.expect_err("the channel is full");
    assert_eq!((full.kind(), full.code()), (&FailureKind::Quota, Some(30007)));
    let listed = scene.client.list_channel_webhooks(&scene.channel, &soon()).await;
    assert_eq!(scene.checked(listed).map(|all| all.len()).ok(), Some(15));
}

#[tokio::test]
async fn an_agent_of_anothers_bot_does_not_see_the_token() {
    let scene = Scene::new();
    let made = scene.create("bell").await.expect("the bot may");
    let other = scene.server.bot();
    let other = client(&scene.server.url(), Some(&other.token));
    let seen = other.webhook(&made.id, &soon()).await.expect("it may manage webhooks");
    assert_eq!((seen.id, seen.token), (made.id, None));
}
