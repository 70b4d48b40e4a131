//! Files that go with a message.

use discord_standin::Operation;
use discord_standin::openapi::Description;
use serde_json::json;

use super::*;
use crate::message::{Embed, File};

#[tokio::test]
async fn pictures_and_tables_go_with_one_message() {
    let scene = Scene::new();
    let seeded = scene.server.webhook_by_person(scene.channel.as_str(), "costs");
    let client = client(&scene.server.url(), None);
    let url = client.parse_webhook_url(&seeded.url).expect("the server's URL is of a webhook");
    let picture = File::png("days.png", "The last days.", &b"\x89PNG\r\n\x1a\n"[..]);
    let table = File::csv("../costs 1.csv", "All figures.", &b"day,usd\r\n2026-11-30,1\r\n"[..]);
    let message = json!({ "content": "costs", "embeds": [Embed::new("Costs").image(&picture)] });
    let files = [picture, table];
    let posted = client.execute(&url, None, &message, &files, &soon()).await.expect("it may");

    let first = scene.server.messages(url.id.as_str()).pop().expect("it is kept");
    let kept: Vec<_> =
        first.attachments.iter().map(|it| (it.name.as_str(), it.content.as_slice())).collect();
    let [picture, table] = &files;
    let sent = [("days.png", &picture.bytes()[..]), ("costs1.csv", &table.bytes()[..])];
    assert_eq!(kept, sent);
    assert_eq!(table.content_type(), "text/csv; charset=utf-8");

    let only = Some(table);
    let edited = client.edit_message(&url, None, &posted.id, &message, only, &soon()).await;
    edited.expect("it may");
    let after = scene.server.messages(url.id.as_str()).pop().expect("it is kept");
    let names: Vec<_> = after.attachments.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["costs1.csv"], "files of an edit replace all others");

    let description = Description::official();
    let requests = scene.server.requests();
    assert_eq!(requests.len(), 2);
    for (request, operation) in requests.iter().zip([Operation::Execute, Operation::EditMessage]) {
        let body = request.body.as_ref().expect("a body");
        assert_eq!(description.check_request(operation, body), Ok(()), "{body}");
    }
}

#[test]
fn a_file_without_a_name_is_given_one() {
    assert_eq!(File::png("..", "", Vec::new()).name(), "picture.png");
    assert_eq!(File::csv("表", "", Vec::new()).name(), "table.csv");
}
