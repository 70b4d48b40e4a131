//! Messages: written, read, edited, deleted, and refused as Discord does.

use serde_json::json;

use super::*;
use discord_standin::{ChannelKind, Limits, SeededWebhook, Window};

fn bell(api: &Api) -> SeededWebhook {
    api.server.webhook_by_person(&api.channel, "bell")
}

#[tokio::test]
async fn a_message_is_written_edited_and_deleted() {
    let api = Api::start();
    let hook = bell(&api);
    let body = json!({
        "content": "it burns", "username": "tower", "allowed_mentions": { "parse": [] }, "flags": 4096,
        "embeds": [{ "title": "checkout", "color": 0xff_0000, "url": null,
            "fields": [{ "name": "since", "value": "12:00" }], "footer": { "text": "hinomi" } }],
    });
    let waiting = format!("{}?wait=true", hook.token);
    let sent = api.token(Operation::Execute, &[&hook.id, &waiting], Some(&body)).await;
    assert_eq!((sent.status, sent.at("author")["username"].as_str()), (200, Some("tower")));
    assert_eq!(sent.at("embeds")[0]["fields"][0]["inline"], false);
    let ids = [hook.id.as_str(), hook.token.as_str(), sent.text("id")];
    let edit = json!({ "content": "it is out" });
    let edited = api.token(Operation::EditMessage, &ids, Some(&edit)).await;
    assert_eq!(edited.text("content"), "it is out");
    assert!(!edited.at("edited_timestamp").is_null());
    let read = api.token(Operation::ReadMessage, &ids, None).await;
    assert_eq!(read.at("embeds"), sent.at("embeds"), "what is not sent stays");
    let kept = &api.server.messages(&hook.id)[0];
    assert_eq!((kept.edits, kept.flags, kept.content.as_str()), (1, 4096, "it is out"));
    assert_eq!(api.token(Operation::DeleteMessage, &ids, None).await.status, 204);
    assert_eq!(api.token(Operation::ReadMessage, &ids, None).await.code(), (404, Some(10008)));
}

#[tokio::test]
async fn without_wait_there_is_no_answer_but_a_message() {
    let api = Api::start();
    let hook = bell(&api);
    let body = json!({ "content": "ring" });
    let sent = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&body)).await;
    assert_eq!((sent.status, sent.body), (204, None));
    assert_eq!(api.server.messages(&hook.id)[0].username, "bell");
}

#[tokio::test]
async fn a_form_carries_files() {
    let api = Api::start();
    let hook = bell(&api);
    let form = "--b\r\ncontent-disposition: form-data; name=\"payload_json\"\r\n\r\n{\"content\":\"chart\"}\r\n\
        --b\r\ncontent-disposition: form-data; name=\"files[0]\"; filename=\"cost.png\"\r\n\r\nbytes\r\n--b--\r\n";
    let request = Request::post(format!("{}?wait=true", hook.url))
        .header("content-type", "multipart/form-data; boundary=b")
        .body(Body::from(form))
        .expect("the request is well-formed");
    let sent = api.raw(request).await.expect("the server answers");
    let checked = api.description.check_answer(Operation::Execute, 200, sent.body.as_ref());
    assert_eq!((sent.status, checked), (200, Ok(())), "{sent:?}");
    let written = api.server.messages(&hook.id);
    let file = &written[0].attachments[0];
    assert_eq!((file.name.as_str(), file.content.as_slice()), ("cost.png", &b"bytes"[..]));
}

#[tokio::test]
async fn too_much_is_refused_with_its_path() {
    let embed = |text: usize| json!({ "description": "x".repeat(text) });
    let field = |name: usize| json!({ "fields": [{ "name": "x".repeat(name), "value": "y" }] });
    let table = [
        (json!({ "content": "x".repeat(2001) }), "/content"),
        (json!({ "embeds": vec![embed(1); 11] }), "/embeds"),
        (json!({ "embeds": [embed(4000), embed(2001)] }), "/embeds"),
        (json!({ "embeds": [embed(4097)] }), "/embeds/0/description"),
        (json!({ "embeds": [field(257)] }), "/embeds/0/fields/0/name"),
        (json!({ "embeds": [field(0)] }), "/embeds/0/fields/0/name"),
        (
            json!({ "embeds": [{ "fields": vec![json!({ "name": "n", "value": "v" }); 26] }] }),
            "/embeds/0/fields",
        ),
        (json!({ "embeds": [{ "title": "t", "color": 0x0100_0000 }] }), "/embeds/0/color"),
        (json!({ "content": "ring", "username": "discord" }), "/username"),
        (json!({ "content": "ring", "flags": 1 }), "/flags"),
    ];
    for (body, path) in table {
        let api = Api::start();
        let hook = bell(&api);
        let refused = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&body)).await;
        assert_eq!(refused.code(), (400, Some(50035)), "{path}");
        let problems = refused.at("errors").pointer(&format!("{path}/_errors"));
        assert!(problems.is_some_and(|list| list[0]["message"].is_string()), "{path} {refused:?}");
        assert!(api.server.messages(&hook.id).is_empty());
    }
    let api = Api::start();
    let hook = bell(&api);
    for empty in [json!({}), json!({ "content": " " }), json!({ "embeds": [] })] {
        let refused = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&empty)).await;
        assert_eq!(refused.code(), (400, Some(50006)), "{empty}");
    }
    let just = json!({ "embeds": [embed(4000), embed(2000)] });
    let sent = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&just)).await;
    assert_eq!(sent.status, 204);
}

#[tokio::test]
async fn a_forum_takes_messages_in_threads_only() {
    let api = Api::start();
    let forum = api.server.channel_of(&api.guild, ChannelKind::Forum);
    let thread = api.server.thread(&forum);
    let hook = api.server.webhook_by_person(&forum, "bell");
    let in_thread = format!("{}?thread_id={thread}", hook.token);
    let text = bell(&api);
    let (plain, named) = (json!({ "content": "x" }), json!({ "content": "x", "thread_name": "t" }));
    let table = [
        (&hook.id, &hook.token, &plain, (400, Some(220_001))),
        (&hook.id, &in_thread, &named, (400, Some(220_002))),
        (&text.id, &text.token, &named, (400, Some(220_003))),
        (&hook.id, &in_thread, &plain, (204, None)),
        (&hook.id, &hook.token, &named, (204, None)),
    ];
    for (id, token, body, expected) in table {
        let reply = api.token(Operation::Execute, &[id, token], Some(body)).await;
        assert_eq!(reply.code(), expected, "{reply:?}");
    }
    let written = api.server.messages(&hook.id);
    assert_eq!(written[0].channel_id, thread);
    assert!(written[1].channel_id != forum && written[1].channel_id != thread);
}

#[tokio::test]
async fn a_channel_has_a_limit_that_no_header_tells() {
    let api = Api::start();
    let window = |requests| Window { requests, period: std::time::Duration::from_mins(1) };
    let limits = Limits { channel_messages: window(2), bucket: window(50), ..Limits::default() };
    api.server.set_limits(limits);
    let (one, two) = (bell(&api), bell(&api));
    let body = json!({ "content": "ring" });
    for hook in [&one, &two] {
        let sent = api.token(Operation::Execute, &[&hook.id, &hook.token], Some(&body)).await;
        assert_eq!((sent.status, sent.header("x-ratelimit-remaining")), (204, "49"));
    }
    let refused = api.token(Operation::Execute, &[&one.id, &one.token], Some(&body)).await;
    assert_eq!((refused.status, refused.header("x-ratelimit-scope")), (429, "shared"));
    api.server.advance(std::time::Duration::from_mins(1));
    let sent = api.token(Operation::Execute, &[&one.id, &one.token], Some(&body)).await;
    assert_eq!(sent.status, 204, "a minute later there is room again");
}
