//! What the client sends is what Discord's own description allows.

use discord_standin::openapi::Description;
use serde_json::json;

use super::*;

#[tokio::test]
async fn every_body_agrees_with_discords_description() {
    let scene = Scene::new();
    let new = NewWebhook { name: "火の見".to_owned(), avatar: Some(picture()) };
    let made = scene.client.create_webhook(&scene.channel, &new, None, &soon()).await;
    let made = made.expect("the bot may");
    let token = made.token.clone().expect("the bot made it");
    let other = id(&scene.server.channel(&scene.guild));
    let name = Some("bell".to_owned());
    let set = AvatarChange::Set(picture());
    let all = [
        Changes { name: name.clone(), avatar: set, channel_id: Some(other) },
        Changes { name: name.clone(), avatar: AvatarChange::Clear, channel_id: None },
        Changes { name, ..Changes::default() },
        Changes::default(),
    ];
    for changes in &all {
        let after = scene.client.modify_webhook(&made.id, changes, None, &soon()).await;
        after.expect("the bot may");
    }
    for changes in &all[1..] {
        let client = &scene.client;
        let after =
            client.modify_webhook_with_token(&made.id, &token, changes, None, &soon()).await;
        after.expect("the token is right");
    }
    let description = Description::official();
    let requests = scene.server.requests();
    assert_eq!(requests.len(), 8);
    for request in &requests {
        let body = request.body.as_ref().expect("each of these has a body");
        assert_eq!(description.check_request(request.operation, body), Ok(()), "{body}");
    }
    // The check would find a wrong body.
    let wrong = json!({ "name": "x".repeat(81), "colour": 1 });
    let problems = description.check_request(requests[0].operation, &wrong);
    assert_eq!(problems.map_err(|all| all.len()), Err(2));
}

#[test]
fn what_stays_is_not_sent() {
    let sent = |changes: &Changes| serde_json::to_value(changes).expect("it is JSON");
    assert_eq!(sent(&Changes::default()), json!({}));
    let cleared = Changes { avatar: AvatarChange::Clear, ..Changes::default() };
    assert_eq!(sent(&cleared), json!({ "avatar": null }));
}
