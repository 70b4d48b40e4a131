//! Many incidents in one message, and one that spoils it.

use contract::trailer::{Kind, Trailer};
use serde_json::Value;

use super::world::World;
use super::{alarm, critical, record, urls};
use crate::relay::engine::Record;

fn trailer(number: usize) -> Trailer {
    Trailer {
        owner: Some("team-shop".to_owned()),
        runbook: Some("https://wiki.example.com/runbooks/checkout".to_owned()),
        ..critical(&format!("monitor-{number}"), Kind::Down)
    }
}

fn bodies(state: &str, second: i64) -> Vec<String> {
    let body = |number: usize| {
        let body = alarm(&format!("alarm-{number}"), Some(&trailer(number)), state, second);
        body.replace("prose", &"This is a long story of what the service does. ".repeat(16))
    };
    (0..10).map(body).collect()
}

fn embeds(payload: &Value) -> &Vec<Value> {
    payload["embeds"].as_array().expect("it has embeds")
}

#[tokio::test(start_paused = true)]
async fn a_folded_embed_keeps_its_facts() {
    let world = World::new();
    world.deliver(&bodies("ALARM", 0)).await;
    let check = |sign: &str| {
        let state = world.state();
        let [message] = state.messages.as_slice() else { panic!("one message") };
        assert_eq!(embeds(&message.payload).len(), 10);
        for embed in embeds(&message.payload) {
            let told = embed.to_string();
            for part in [
                sign,
                "<t:1795000000:R>",
                "critical",
                "the latest 2 checks failed",
                "team-shop",
                super::ACCOUNT,
                "(https://wiki.example.com/runbooks/checkout)",
                "Hinomi #",
            ] {
                assert!(told.contains(part), "{part} is not in {told}");
            }
            assert!(told.matches("a long story").count() < 8, "{told}");
        }
    };
    check("🔴");
    world.deliver(&bodies("ALARM", 0)).await;
    check("🔴");
}

#[tokio::test(start_paused = true)]
async fn embeds_of_one_alarm_in_many_accounts_have_addresses_of_their_own() {
    let world = World::new();
    let bodies: Vec<String> = (0..10)
        .map(|number| {
            let body = alarm("checkout", Some(&critical("checkout", Kind::Down)), "ALARM", 0);
            body.replace(super::ACCOUNT, &(222_222_222_220_u64 + number).to_string())
        })
        .collect();
    world.deliver(&bodies).await;
    let state = world.state();
    let mut urls = urls(&state.messages[0].payload);
    urls.sort();
    urls.dedup();
    assert_eq!(urls.len(), 10);
    let console = "https://eu-central-1.console.aws.amazon.com/cloudwatch/deeplink.js?region=eu-central-1&hinomi=";
    assert!(
        urls.iter()
            .all(|url| url.starts_with(console) && url.ends_with("#alarmsV2:alarm/checkout"))
    );
}

#[tokio::test(start_paused = true)]
async fn one_embed_that_discord_refuses_takes_no_other_with_it() {
    let world = World::new();
    world.state().refused = vec!["monitor-3 ".to_owned()];
    world.deliver(&bodies("ALARM", 0)).await;
    {
        let state = world.state();
        assert_eq!(state.messages.len(), 9, "each by itself");
        assert_eq!(state.dead_letters.len(), 1);
        assert!(state.dead_letters[0].0.contains("monitor-3"));
    }
    // Of what is over, the one that Discord takes now is told.
    world.state().refused.clear();
    world.deliver(&bodies("OK", 60)).await;
    let state = world.state();
    assert_eq!((state.messages.len(), state.dead_letters.len()), (10, 1));
    let title = |payload: &Value| embeds(payload)[0]["title"].as_str().map(str::to_owned);
    assert!(
        state.messages.iter().all(|one| title(&one.payload).is_some_and(|it| it.starts_with("🟢")))
    );
}

#[tokio::test(start_paused = true)]
async fn an_edit_that_discord_refuses_spoils_no_other_edit() {
    let world = World::new();
    world.deliver(&bodies("ALARM", 0)).await;
    world.state().refused = vec!["monitor-3 is up".to_owned()];
    let ends: Vec<Record> = bodies("OK", 60)
        .into_iter()
        .enumerate()
        .map(|(id, body)| record(&id.to_string(), body))
        .collect();
    let failed = world.run(async |engine| engine.batch(&ends).await).await;
    assert_eq!(failed, Some(Vec::new()));
    let state = world.state();
    assert_eq!((state.messages.len(), state.dead_letters.len()), (1, 1));
    let titles: Vec<String> = embeds(&state.messages[0].payload)
        .iter()
        .filter_map(|embed| embed["title"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(titles.iter().filter(|title| title.starts_with("🟢")).count(), 9, "{titles:?}");
}
