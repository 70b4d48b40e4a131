//! The bell over HTTP, against the stand-in of Discord.

use std::sync::Mutex;
use std::time::Duration;

use ::discord::message::File;
use contract::relay::Settings as RelaySettings;
use discord_standin::{Effect, Fault, Limits, Operation, Scope, SeededWebhook, Server, Window};
use serde_json::json;

use super::*;

const PARAMETER: &str = "arn:aws:ssm:eu-central-1:111122223333:parameter/hinomi/webhook";

/// The parameter store: values by ARN, and how often one was read.
#[derive(Default)]
struct Store {
    values: Mutex<BTreeMap<String, String>>,
    reads: Mutex<u32>,
}

impl Store {
    fn set(&self, arn: &str, value: &str) {
        self.values.lock().expect("unlocked").insert(arn.to_owned(), value.to_owned());
    }

    fn reads(&self) -> u32 {
        *self.reads.lock().expect("unlocked")
    }
}

impl Parameters for &Store {
    async fn read(&self, arn: &str) -> Result<Secret<String>, String> {
        *self.reads.lock().expect("unlocked") += 1;
        let found = self.values.lock().expect("unlocked").get(arn).cloned();
        found.map(Secret::new).ok_or_else(|| format!("parameter {arn} can't be read"))
    }
}

struct Scene {
    server: Server,
    channel: String,
    webhook: SeededWebhook,
    store: Store,
    memory: Memory,
    settings: RelaySettings,
}

impl Scene {
    fn new() -> Self {
        let server = Server::start().expect("a port of loopback is free");
        let channel = server.channel(&server.guild("festival"));
        let webhook = server.webhook_by_person(&channel, "bell");
        let store = Store::default();
        store.set(PARAMETER, &webhook.url);
        let mut settings = RelaySettings::of("main", Destination::of(PARAMETER));
        settings.discord_base_url = Some(server.url());
        Self { server, channel, webhook, store, memory: Memory::default(), settings }
    }

    fn bell(&self) -> Discord<'_, &Store> {
        let bell = Discord::new(&self.memory, &self.store, crate::relay::access(&self.settings));
        bell.expect("the server's address is a URL")
    }

    fn to(&self) -> &Destination {
        &self.settings.webhook
    }

    async fn post(&self, text: &str) -> Result<String, Trouble> {
        self.checked(self.bell().post(self.to(), &letter(text), soon()).await)
    }

    async fn edit(&self, id: &str, text: &str) -> Result<(), Trouble> {
        self.checked(self.bell().edit(self.to(), id, &letter(text), soon()).await)
    }

    /// No text of a result holds a secret that the server knows.
    fn checked<T: std::fmt::Debug>(&self, result: Result<T, Trouble>) -> Result<T, Trouble> {
        let text = format!("{result:?}");
        assert!(self.server.secrets().iter().all(|secret| !text.contains(secret)), "a secret");
        result
    }

    fn statuses(&self) -> Vec<Option<u16>> {
        self.server.requests().iter().map(|request| request.status).collect()
    }

    fn texts(&self) -> Vec<String> {
        let messages = self.server.messages(&self.webhook.id).into_iter();
        messages.map(|message| message.content).collect()
    }
}

fn letter(text: &str) -> Letter {
    let embed = json!({ "title": "down", "footer": { "text": mark(text) } });
    Letter { payload: json!({ "content": text, "embeds": [embed] }), files: Vec::new() }
}

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn strike(scene: &Scene, operation: Operation, effect: Effect, times: u32) {
    scene.server.inject(Fault::next(operation, effect).times(times));
}

#[tokio::test]
async fn a_message_is_written_and_edited() {
    let scene = Scene::new();
    let files = vec![File::png("chart.png", "a chart", &b"\x89PNG\r\n\x1a\n"[..])];
    let first = Letter { files, ..letter("one") };
    let id = scene.bell().post(scene.to(), &first, soon()).await.expect("it is written");
    scene.edit(&id, "two").await.expect("it is edited");
    scene.edit(&id, "two").await.expect("it is edited again");
    let messages = scene.server.messages(&scene.webhook.id);
    let [message] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!((message.content.as_str(), message.edits), ("two", 2));
    let [file] = message.attachments.as_slice() else { panic!("{:?}", message.attachments) };
    assert_eq!(
        (file.name.as_str(), file.content.as_slice()),
        ("chart.png", &b"\x89PNG\r\n\x1a\n"[..])
    );
    let sent = &scene.server.requests()[0];
    let body = sent.body.as_ref().expect("the form has a payload");
    assert_eq!(
        body["attachments"],
        json!([{ "id": "0", "filename": "chart.png", "description": "a chart" }])
    );
    // The URL was read once, and is kept.
    assert_eq!(scene.store.reads(), 1);
}

#[tokio::test]
async fn a_thread_is_named_in_every_call() {
    let mut scene = Scene::new();
    let thread = scene.server.thread(&scene.channel);
    scene.settings.webhook.thread_id = Some(thread.clone());
    let id = scene.post("one").await.expect("it is written");
    scene.edit(&id, "two").await.expect("it is edited");
    let messages = scene.server.messages(&scene.webhook.id);
    assert_eq!((&messages[0].channel_id, messages[0].edits), (&thread, 1));
    scene.settings.webhook.thread_id = Some("general".to_owned());
    assert!(matches!(scene.post("three").await, Err(Trouble::Settings(_))));
}

#[tokio::test]
async fn a_short_limit_is_waited_for_and_a_long_one_is_not() {
    let scene = Scene::new();
    let limit = |milliseconds| Effect::RateLimited {
        retry_after: Duration::from_millis(milliseconds),
        scope: Some(Scope::Shared),
        json: true,
    };
    strike(&scene, Operation::Execute, limit(300), 1);
    scene.post("one").await.expect("it is written after the limit");
    assert_eq!(scene.statuses(), [Some(429), Some(200)]);
    strike(&scene, Operation::Execute, limit(40_000), 1);
    let Err(Trouble::Wait(wait)) = scene.post("two").await else { panic!("it has to wait") };
    assert!(wait > Duration::from_secs(38), "{wait:?}");
    assert_eq!(scene.texts(), ["one"]);
}

#[tokio::test]
async fn what_may_have_been_written_is_told_apart_from_what_was_not() {
    let scene = Scene::new();
    strike(&scene, Operation::Execute, Effect::DropAfter, 1);
    assert!(matches!(scene.post("one").await, Err(Trouble::Unknown(_))));
    scene.server.clear_faults();
    strike(&scene, Operation::Execute, Effect::Answer { status: 503, code: 0 }, 1);
    assert!(matches!(scene.post("two").await, Err(Trouble::Unknown(_))));
    scene.server.clear_faults();
    strike(&scene, Operation::Execute, Effect::Malformed, 1);
    assert!(matches!(scene.post("three").await, Err(Trouble::Unknown(_))));
    assert_eq!(scene.texts(), ["one", "three"]);
    assert_eq!(scene.server.requests().len(), 3, "nothing was sent twice");
}

#[tokio::test]
async fn an_edit_is_sent_again_after_trouble() {
    let scene = Scene::new();
    let id = scene.post("one").await.expect("it is written");
    strike(&scene, Operation::EditMessage, Effect::DropAfter, 1);
    scene.edit(&id, "two").await.expect("the second time it is answered");
    assert_eq!(scene.texts(), ["two"]);
    let nowhere = scene.edit("1310000000000009999", "three").await;
    assert_eq!(nowhere, Err(Trouble::NoMessage));
}

#[tokio::test]
async fn a_deleted_webhook_is_asked_once_and_its_url_read_anew() {
    let scene = Scene::new();
    let id = scene.post("one").await.expect("it is written");
    scene.server.remove_webhook(&scene.webhook.id);
    let Err(Trouble::Dead(why)) = scene.post("two").await else { panic!("it is gone") };
    assert!(why.contains("10015"), "{why}");
    assert_eq!((scene.server.requests().len(), scene.store.reads()), (2, 2));
    // What was read anew a moment ago isn't read again for the same answer.
    assert!(matches!(scene.edit(&id, "two").await, Err(Trouble::Dead(_))));
    assert_eq!((scene.server.requests().len(), scene.store.reads()), (3, 3));
    let newer = scene.server.webhook_by_person(&scene.channel, "bell");
    scene.store.set(PARAMETER, &newer.url);
    scene.post("two").await.expect("the new one is there");
    assert_eq!(scene.server.messages(&newer.id).len(), 1);
}

#[tokio::test]
async fn a_url_that_was_changed_is_used_at_once_when_the_old_one_is_dead() {
    let scene = Scene::new();
    scene.post("one").await.expect("it is written");
    let newer = scene.server.webhook_by_person(&scene.channel, "bell");
    scene.server.remove_webhook(&scene.webhook.id);
    scene.store.set(PARAMETER, &newer.url);
    scene.post("two").await.expect("the new one is there");
    assert_eq!(scene.statuses(), [Some(200), Some(404), Some(200)]);
}

#[tokio::test]
async fn a_wrong_token_is_dead_and_what_is_malformed_is_refused() {
    let scene = Scene::new();
    let wrong = scene.webhook.url.replace(&scene.webhook.token, &"x".repeat(68));
    scene.store.set(PARAMETER, &wrong);
    let Err(Trouble::Dead(why)) = scene.post("one").await else { panic!("it is dead") };
    assert!(why.contains("50027"), "{why}");
    scene.store.set(PARAMETER, &scene.webhook.url);
    let empty = Letter { payload: json!({}), files: Vec::new() };
    let refused = scene.checked(scene.bell().post(scene.to(), &empty, soon()).await);
    assert!(matches!(refused, Err(Trouble::Refused(_))), "{refused:?}");
    // What is no answer of Discord's may be another one soon.
    strike(&scene, Operation::Execute, Effect::Answer { status: 408, code: 0 }, 1);
    assert!(matches!(scene.post("one").await, Err(Trouble::Settings(_))));
}

#[tokio::test]
async fn a_parameter_that_is_no_url_is_a_matter_of_settings() {
    let scene = Scene::new();
    for value in ["", "https://example.com/api/webhooks/1310000000000000001/abc", "secret words"] {
        scene.store.set(PARAMETER, value);
        let Err(Trouble::Settings(why)) = scene.post("one").await else { panic!("{value}") };
        assert!(why.contains(PARAMETER) && !why.contains("secret words"), "{why}");
    }
    let nowhere = Destination::of(format!("{PARAMETER}-other"));
    let missing = scene.bell().post(&nowhere, &letter("one"), soon()).await;
    assert!(matches!(missing, Err(Trouble::Settings(_))));
    assert!(scene.server.requests().is_empty());
}

fn seen(id: u64, webhook: Option<&str>, footers: &[&str]) -> Seen {
    let embeds: Vec<_> = footers.iter().map(|text| json!({ "footer": { "text": text } })).collect();
    let seen = json!({ "id": id.to_string(), "webhook_id": webhook, "embeds": embeds });
    serde_json::from_value(seen).expect("it is a message")
}

#[test]
fn a_message_is_found_by_its_mark_alone() {
    const OURS: &str = "1310000000000000001";
    let webhook: Snowflake = OURS.parse().expect("an id");
    let base = 1_310_000_000_000_000_000;
    let look = |messages: &[Seen]| look_at(messages, &webhook, "abc");
    let found = Search::Found((base + 1).to_string());
    let ours = [seen(base + 1, Some(OURS), &["Hinomi #xyz", "Hinomi #abc · 3:00"])];
    assert_eq!(look(&ours), Some(found));
    for other in [
        seen(base, Some(OURS), &["Hinomi #abc-1 · 3:00"]),
        seen(base, Some("1310000000000000002"), &["Hinomi #abc"]),
        seen(base, None, &["Hinomi #abc"]),
    ] {
        assert_eq!(look(&[other]), None);
    }
    // Without the intent for contents, a bot sees messages without their embeds.
    assert_eq!(look(&[seen(base, Some(OURS), &[])]), Some(Search::Unable));
}

#[tokio::test]
async fn a_message_is_found_behind_hundreds_of_others() {
    const TOKEN: &str = "arn:aws:ssm:eu-central-1:111122223333:parameter/hinomi/bot";
    let mut scene = Scene::new();
    scene.server.set_limits(Limits {
        bucket: Window { requests: 10_000, period: Duration::from_secs(1) },
        channel_messages: Window { requests: 10_000, period: Duration::from_secs(1) },
        global: Window { requests: 10_000, period: Duration::from_secs(1) },
    });
    scene.store.set(TOKEN, &scene.server.bot().token);
    scene.settings.bot_token_parameter_arn = Some(TOKEN.to_owned());
    let since = Timestamp::now();
    let id = scene.post("abc").await.expect("it is written");
    for number in 0..210 {
        scene.post(&format!("later-{number}")).await.expect("it is written");
    }
    let find = async |word: &str, since: Timestamp| {
        scene.server.clear_requests();
        let found = scene.bell().find(scene.to(), word, since, soon()).await;
        let reads = scene.server.requests().into_iter();
        let reads = reads.filter(|one| one.operation == Operation::ListMessages).count();
        (found.expect("it is looked for"), reads)
    };
    assert_eq!(find("abc", since).await, (Search::Found(id), 1));
    assert_eq!(find("xyz", since).await, (Search::Absent, 3));
    // Of what was written since, there is nothing; that older messages are seen tells that the bot may look.
    let later = since.saturating_add(SignedDuration::from_hours(1)).expect("it is in range");
    assert_eq!(find("abc", later).await, (Search::Absent, 2));
}

#[tokio::test]
async fn a_bot_finds_what_was_written_though_its_answer_was_lost() {
    const TOKEN: &str = "arn:aws:ssm:eu-central-1:111122223333:parameter/hinomi/bot";
    let mut scene = Scene::new();
    let bot = scene.server.bot();
    scene.store.set(TOKEN, &bot.token);
    let find = async |scene: &Scene, word: &str| {
        let found = scene.bell().find(scene.to(), word, Timestamp::MIN, soon()).await;
        scene.checked(found)
    };
    scene.post("before").await.expect("it is written");
    strike(&scene, Operation::Execute, Effect::DropAfter, 1);
    assert!(matches!(scene.post("abc").await, Err(Trouble::Unknown(_))));
    assert_eq!(find(&scene, "abc").await, Ok(Search::Unable));
    scene.settings.bot_token_parameter_arn = Some(TOKEN.to_owned());
    let id = scene.server.messages(&scene.webhook.id)[1].id.clone();
    assert_eq!(find(&scene, "abc").await, Ok(Search::Found(id)));
    assert_eq!(find(&scene, "xyz").await, Ok(Search::Absent));
    scene.server.deny_message_content(&bot);
    assert_eq!(find(&scene, "abc").await, Ok(Search::Unable));
    scene.server.deny_history(&bot, &scene.channel);
    assert_eq!(find(&scene, "abc").await, Ok(Search::Unable));
    scene.server.revoke(&bot);
    assert_eq!(find(&scene, "abc").await, Ok(Search::Unable));
    strike(&scene, Operation::ListMessages, Effect::Answer { status: 503, code: 0 }, u32::MAX);
    assert!(matches!(find(&scene, "abc").await, Err(Trouble::NotSent(_))));
}

#[test]
fn ids_tell_the_time() {
    // The example of Discord's reference, "Snowflakes".
    let at: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("a time");
    let id: u64 = first_id(at).as_str().parse().expect("a number");
    assert_eq!(id >> 22, 175_928_847_299_117_063 >> 22);
    assert!(id < 175_928_847_299_117_063);
    assert_eq!(first_id(Timestamp::MIN).as_str(), "10000000000000000");
}
