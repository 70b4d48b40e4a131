//! What a bot reads of a channel, and what becomes of a message's files.

use serde_json::json;

use super::*;
use discord_standin::{ChannelKind, Limits, SeededWebhook, Window};

/// Writes messages with these texts; returns their ids.
async fn write(api: &Api, hook: &SeededWebhook, texts: &[&str]) -> Vec<String> {
    let much = Window { requests: 1_000, period: std::time::Duration::from_secs(1) };
    api.server.set_limits(Limits { bucket: much, channel_messages: much, global: much });
    let waiting = format!("{}?wait=true", hook.token);
    let mut ids = Vec::new();
    for text in texts {
        let body = json!({ "content": text, "embeds": [{ "footer": { "text": text } }] });
        let sent = api.token(Operation::Execute, &[&hook.id, &waiting], Some(&body)).await;
        ids.push(sent.text("id").to_owned());
    }
    ids
}

fn texts(reply: &Reply) -> Vec<&str> {
    let list = reply.body.as_ref().and_then(Value::as_array);
    let list = list.expect("a list of messages");
    list.iter().map(|one| one["content"].as_str().unwrap_or_default()).collect()
}

#[tokio::test]
async fn a_bot_reads_the_newest_messages_first() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let ids = write(&api, &hook, &["one", "two", "three"]).await;
    let list = async |query: &str| {
        let url = format!("{}/channels/{}/messages{query}", api.server.url(), api.channel);
        let request = Request::get(url)
            .header("user-agent", "DiscordBot (https://example.com, 1)")
            .header("authorization", format!("Bot {}", api.bot.token));
        let request = request.body(Body::empty()).expect("well-formed");
        let reply = api.raw(request).await.expect("the server answers");
        let body = reply.body.as_ref();
        let checked = api.description.check_answer(Operation::ListMessages, reply.status, body);
        assert_eq!(checked, Ok(()), "{query} {reply:?}");
        reply
    };
    assert_eq!(texts(&list("").await), ["three", "two", "one"]);
    assert_eq!(texts(&list("?limit=2").await), ["three", "two"]);
    assert_eq!(texts(&list(&format!("?after={}", ids[0])).await), ["three", "two"]);
    assert_eq!(texts(&list(&format!("?after={}&limit=1", ids[0])).await), ["two"]);
    assert_eq!(texts(&list(&format!("?before={}&limit=1", ids[2])).await), ["two"]);
    assert_eq!(list("?limit=101").await.code(), (400, Some(50035)));
    assert_eq!(list("?limit=many").await.code(), (400, Some(50035)));
    assert_eq!(api.server.channel_messages(&api.channel).len(), 3);
}

#[tokio::test]
async fn who_may_read_what_is_discord_s() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    write(&api, &hook, &["secret plans"]).await;
    let ids = [api.channel.as_str()];
    let nobody = api.token(Operation::ListMessages, &ids, None).await;
    assert_eq!(nobody.code(), (401, Some(0)));
    let unknown = api.bot(Operation::ListMessages, &["1310000000000009999"], None).await;
    assert_eq!(unknown.code(), (404, Some(10003)));
    let forum = api.server.channel_of(&api.guild, ChannelKind::Forum);
    assert_eq!(api.bot(Operation::ListMessages, &[&forum], None).await.code(), (400, Some(50024)));

    api.server.deny_message_content(&api.bot);
    let hidden = api.bot(Operation::ListMessages, &ids, None).await;
    assert_eq!(texts(&hidden), [""]);
    assert_eq!(hidden.body.as_ref().map(|list| list[0]["embeds"].clone()), Some(json!([])));
    api.server.deny_history(&api.bot, &api.channel);
    assert!(texts(&api.bot(Operation::ListMessages, &ids, None).await).is_empty());
    api.server.expel(&api.bot, &api.guild);
    assert_eq!(api.bot(Operation::ListMessages, &ids, None).await.code(), (403, Some(50001)));
}

#[tokio::test]
async fn an_edit_keeps_what_was_said_before_for_the_test_to_see() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let ids = write(&api, &hook, &["it burns"]).await;
    let path = [hook.id.as_str(), hook.token.as_str(), ids[0].as_str()];
    let body = json!({ "content": "it is out", "embeds": [] });
    assert_eq!(api.token(Operation::EditMessage, &path, Some(&body)).await.status, 200);
    let message = &api.server.messages(&hook.id)[0];
    assert_eq!((message.edits, message.content.as_str()), (1, "it is out"));
    assert_eq!(message.earlier[0].content, "it burns");
    assert_eq!(message.earlier[0].embeds[0]["footer"]["text"], "it burns");
    api.server.remove_message(&ids[0]);
    let gone = api.token(Operation::EditMessage, &path, Some(&body)).await;
    assert_eq!(gone.code(), (404, Some(10008)));
}

#[tokio::test]
async fn of_embeds_with_one_address_people_see_the_first() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let embed = |title: &str, url: &str| json!({ "title": title, "url": url });
    let body = json!({ "embeds": [
        embed("one", "https://example.com/a"), embed("two", "https://example.com/a"),
        embed("three", "https://example.com/b"), { "title": "four" }, { "title": "five" },
    ] });
    let waiting = format!("{}?wait=true", hook.token);
    api.token(Operation::Execute, &[&hook.id, &waiting], Some(&body)).await;
    let seen = &api.server.channel_messages(&api.channel)[0].embeds;
    let titles: Vec<&str> = seen.iter().filter_map(|embed| embed["title"].as_str()).collect();
    assert_eq!(titles, ["one", "three", "four", "five"]);
}

/// Sends a form with one file.
async fn form(api: &Api, method: &str, url: &str, payload: &Value, file: &str) -> Reply {
    let body = format!(
        "--b\r\ncontent-disposition: form-data; name=\"payload_json\"\r\n\r\n{payload}\r\n\
         --b\r\ncontent-disposition: form-data; name=\"files[0]\"; filename=\"{file}\"\r\n\r\nbytes of {file}\r\n--b--\r\n"
    );
    let request = Request::builder()
        .method(method)
        .uri(url)
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(body))
        .expect("the request is well-formed");
    api.raw(request).await.expect("the server answers")
}

#[tokio::test]
async fn an_embed_shows_its_file_and_an_edit_replaces_or_keeps_it() {
    let api = Api::start();
    let hook = api.server.webhook_by_person(&api.channel, "bell");
    let showing = |name: &str| json!({ "image": { "url": format!("attachment://{name}") } });
    let payload = json!({
        "embeds": [showing("a.png"), showing("missing.png")],
        "attachments": [{ "id": 0, "filename": "a.png" }],
    });
    let sent = form(&api, "POST", &format!("{}?wait=true", hook.url), &payload, "a.png").await;
    let checked = api.description.check_answer(Operation::Execute, 200, sent.body.as_ref());
    assert_eq!((sent.status, checked), (200, Ok(())), "{sent:?}");
    let shown = sent.at("embeds")[0]["image"]["url"].as_str().unwrap_or_default();
    assert!(shown.starts_with("https://") && shown.ends_with("/a.png"), "{shown}");
    assert!(sent.at("embeds")[1]["image"].is_null(), "its file is not there");
    assert_eq!(sent.at("attachments"), &json!([]), "an embed shows it");

    let message = || api.server.messages(&hook.id)[0].clone();
    let names = || message().attachments.into_iter().map(|one| one.name).collect::<Vec<_>>();
    let url = format!("{}/messages/{}", hook.url, message().id);
    let payload = json!({ "embeds": [showing("b.png")], "attachments": [{ "id": "0" }] });
    assert_eq!(form(&api, "PATCH", &url, &payload, "b.png").await.status, 200);
    assert_eq!(names(), ["b.png"]);
    assert_eq!(message().attachments[0].content, b"bytes of b.png");

    let (id, kept) = (message().id, message().attachments[0].id.clone());
    let path = [hook.id.as_str(), hook.token.as_str(), id.as_str()];
    let unchanged = json!({ "content": "still", "attachments": [{ "id": kept }] });
    assert_eq!(api.token(Operation::EditMessage, &path, Some(&unchanged)).await.status, 200);
    assert_eq!(names(), ["b.png"]);
    let unknown = json!({ "attachments": [{ "id": "1" }] });
    let refused = api.token(Operation::EditMessage, &path, Some(&unknown)).await;
    assert_eq!(refused.code(), (400, Some(50035)));
    let bare = json!({ "content": "no picture", "embeds": [], "attachments": [] });
    assert_eq!(api.token(Operation::EditMessage, &path, Some(&bare)).await.status, 200);
    assert!(names().is_empty());
}

#[tokio::test]
async fn addresses_times_and_mentions_are_read_as_discord_reads_them() {
    let embed = |body: Value| json!({ "embeds": [body] });
    let table = [
        (embed(json!({ "title": "t", "url": "javascript:x" })), "/embeds/0/url"),
        (embed(json!({ "title": "t", "url": "attachment://a.png" })), "/embeds/0/url"),
        (embed(json!({ "image": { "url": "a.png" } })), "/embeds/0/image/url"),
        (embed(json!({ "title": "t", "timestamp": "yesterday" })), "/embeds/0/timestamp"),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["all"] } }),
            "/allowed_mentions/parse/0",
        ),
        (
            json!({ "content": "x", "allowed_mentions": { "parse": ["roles"], "roles": ["1"] } }),
            "/allowed_mentions/roles",
        ),
    ];
    for (body, path) in table {
        let api = Api::start();
        let hook = api.server.webhook_by_person(&api.channel, "bell");
        let refused = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&body)).await;
        assert_eq!(refused.code(), (400, Some(50035)), "{path}");
        let problems = refused.at("errors").pointer(&format!("{path}/_errors"));
        assert!(problems.is_some_and(|list| list[0]["message"].is_string()), "{path} {refused:?}");
    }
}
