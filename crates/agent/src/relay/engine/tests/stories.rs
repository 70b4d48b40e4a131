//! What people see, story by story.

use std::time::Duration;

use contract::relay::{Destination, Kind as NoticeKind, Route};
use contract::trailer::{Kind, UNWATCHED};
use serde_json::Value;

use super::world::World;
use super::{PARAMETER, alarm, critical, enveloped};
use crate::relay::engine::pause;
use crate::relay::incident::Subject;
use crate::relay::outside::Outside;

const KEY: &str = "incident#111122223333#eu-central-1#monitor/shop";

fn down(state: &str, second: i64) -> String {
    alarm("shop-down", Some(&critical("shop", Kind::Down)), state, second)
}

fn no_data(state: &str, second: i64) -> String {
    alarm("shop-no-data", Some(&critical("shop", Kind::NoData)), state, second)
}

fn subject(world: &World) -> Subject {
    serde_json::from_str(&world.ledger.items()[KEY]).expect("it is a subject")
}

fn title(payload: &Value) -> &str {
    payload["embeds"][0]["title"].as_str().expect("it has a title")
}

#[tokio::test(start_paused = true)]
async fn an_incident_is_one_message_from_alarm_to_ok() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    {
        let state = world.state();
        let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
        assert!(title(&message.payload).contains("shop"));
        let mentions = &message.payload["allowed_mentions"];
        assert_eq!(mentions["roles"][0], "1310000000000000001");
        let content = message.payload["content"].as_str().expect("it has a text");
        assert!(content.starts_with("<@&1310000000000000001> 🔴"), "{content}");
        let image = &message.payload["embeds"][0]["image"]["url"];
        assert!(image.as_str().is_some_and(|url| url.starts_with("attachment://")));
        assert!(message.payload.get("attachments").is_none());
    }
    world.deliver(&[down("OK", 240)]).await;
    let state = world.state();
    let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
    assert_eq!(message.edits, 1);
    assert!(title(&message.payload).starts_with("🟢"));
    let allowed = &message.payload["allowed_mentions"];
    assert_eq!(*allowed, serde_json::json!({ "parse": [] }), "an edit calls nobody");
    assert!(message.payload.to_string().contains("4 min"), "{}", message.payload);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_of_what_was_never_down() {
    let world = World::new();
    world.deliver(&[down("OK", 0), no_data("INSUFFICIENT_DATA", 1), no_data("OK", 2)]).await;
    assert!(world.state().messages.is_empty() && world.state().dead_letters.is_empty());
}

#[tokio::test(start_paused = true)]
async fn all_alarms_of_a_monitor_are_one_incident() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0), no_data("ALARM", 30)]).await;
    world.deliver(&[down("OK", 60)]).await;
    assert!(title(&world.state().messages[0].payload).starts_with("⚪"));
    assert!(subject(&world).open_incident().is_some());
    world.deliver(&[no_data("OK", 90)]).await;
    assert!(title(&world.state().messages[0].payload).starts_with("🟢"));
    assert_eq!(world.state().messages.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn too_little_data_is_shown_and_closes_nothing() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    world.deliver(&[down("INSUFFICIENT_DATA", 60)]).await;
    assert!(title(&world.state().messages[0].payload).starts_with("⚪"));
    assert!(subject(&world).open_incident().is_some());
    world.deliver(&[down("OK", 120)]).await;
    assert!(subject(&world).open_incident().is_none());
}

#[tokio::test(start_paused = true)]
async fn what_is_back_within_ten_minutes_is_the_same_incident() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    world.deliver(&[down("OK", 60)]).await;
    world.deliver(&[down("ALARM", 660)]).await;
    let incident = subject(&world).open_incident().cloned().expect("it is open");
    assert_eq!((incident.flaps, incident.reminders.next), (1, 2));
    assert_eq!(world.state().messages.len(), 1);
    let names: Vec<String> = world.state().schedules.keys().cloned().collect();
    let expected: Vec<String> =
        [1, 2].map(|number| format!("hinomi-{}-{number}", incident.short_id)).into();
    assert_eq!(names, expected);
    world.deliver(&[down("OK", 700)]).await;
    world.deliver(&[down("ALARM", 1301)]).await;
    assert_eq!(world.state().messages.len(), 2);
    // The first one is told to its end, and forgotten.
    assert_eq!(subject(&world).incidents.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn reminders_come_until_it_is_over() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    let id = subject(&world).incidents[0].short_id.clone();
    let name = |number: u32| format!("hinomi-{id}-{number}");
    world.fire(&name(1)).await;
    world.fire(&name(2)).await;
    assert_eq!(world.now().duration_since(super::START).as_secs(), 1800);
    for number in [1, 2] {
        let reminders = world.with_id(&format!("{id}-{number}"));
        assert_eq!(reminders.len(), 1);
        assert!(title(&reminders[0].payload).starts_with("⏰"));
        assert!(reminders[0].payload["content"].as_str().is_some_and(|it| !it.contains("<@")));
    }
    world.deliver(&[down("OK", 1900)]).await;
    world.fire(&name(3)).await;
    assert_eq!(world.state().messages.len(), 3);
    assert!(world.state().schedules.is_empty());
    // Back again: what was scheduled before the end says nothing any more.
    world.deliver(&[down("ALARM", 2000)]).await;
    let due: Vec<String> = world.state().schedules.keys().cloned().collect();
    assert_eq!(due, [name(4)]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_after_silence_calls_though_the_message_is_there() {
    let world = World::new();
    world.deliver(&[no_data("ALARM", 0)]).await;
    let id = subject(&world).incidents[0].short_id.clone();
    let alarm = down("ALARM", 300);
    world.deliver(std::slice::from_ref(&alarm)).await;
    {
        let state = world.state();
        let [first, second] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
        assert!(title(&first.payload).starts_with("🔴"), "the first says what is so");
        assert_eq!(first.edits, 1);
        assert_eq!(title(&second.payload), title(&first.payload));
        let content = second.payload["content"].as_str().expect("it has a text");
        assert!(content.starts_with("<@&1310000000000000001> 🔴"), "it calls: {content}");
        assert_eq!(second.payload["allowed_mentions"]["roles"][0], "1310000000000000001");
    }
    // The same event again, the other alarm's end, and another failure: edits, which call nobody.
    world.deliver(&[alarm, no_data("OK", 360)]).await;
    assert_eq!(world.state().messages.len(), 2);
    // The reminder that was due before is out of date; the next one comes its own time after the call.
    world.fire(&format!("hinomi-{id}-1")).await;
    assert_eq!(world.state().messages.len(), 2);
    world.fire(&format!("hinomi-{id}-2")).await;
    let reminders = world.with_id(&format!("{id}-2"));
    assert_eq!(reminders.len(), 1);
    assert!(title(&reminders[0].payload).starts_with("⏰"));
    world.deliver(&[down("OK", 2_000)]).await;
    world.deliver(&[down("ALARM", 2_100)]).await;
    assert_eq!(world.state().messages.len(), 3, "back within ten minutes is an edit");
}

#[tokio::test(start_paused = true)]
async fn silence_and_failure_in_one_batch_are_one_message_that_calls() {
    let world = World::new();
    world.deliver(&[no_data("ALARM", 0), down("ALARM", 20)]).await;
    let state = world.state();
    let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
    let content = message.payload["content"].as_str().expect("it has a text");
    assert!(content.starts_with("<@&1310000000000000001> 🔴"), "{content}");
}

#[tokio::test(start_paused = true)]
async fn a_failure_soon_after_silence_was_over_calls() {
    let world = World::new();
    world.deliver(&[no_data("ALARM", 0)]).await;
    world.deliver(&[no_data("OK", 60)]).await;
    world.deliver(&[down("ALARM", 120)]).await;
    assert_eq!(world.state().messages.len(), 2);
}

/// What a monitor's alarm says when it is taken away, or paused, while it rings.
#[tokio::test(start_paused = true)]
async fn what_nobody_watches_any_more_is_neither_well_nor_reminded_of() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0), no_data("ALARM", 10)]).await;
    let id = subject(&world).incidents[0].short_id.clone();
    let unwatched = |told: String| {
        let usual = "Threshold Crossed: 1 datapoint [0.0] was less than the threshold (1.0).";
        told.replace(usual, &format!("{UNWATCHED}: the monitor was paused or taken away."))
    };
    world.deliver(&[unwatched(no_data("OK", 100)), unwatched(down("OK", 101))]).await;
    assert!(subject(&world).open_incident().is_none());
    {
        let state = world.state();
        let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
        assert!(title(&message.payload).starts_with("⏹"), "{}", message.payload);
    }
    world.fire(&format!("hinomi-{id}-1")).await;
    assert_eq!(world.state().messages.len(), 1, "no reminder of it");
    // It is watched again, and down.
    world.deliver(&[down("ALARM", 2_000)]).await;
    assert_eq!(world.state().messages.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn other_notices_are_told_once() {
    let world = World::new();
    let budget = "AWS Budget Notification November 24, 2026\nAWS Account 111122223333\n\n\
                  Budget Name: all\nBudget Type: Cost\nBudgeted Amount: $100.00\n\
                  Alert Type: ACTUAL\nAlert Threshold: > $80.00\nACTUAL Amount: $85.00\n";
    let text = |id: &str| enveloped(id, "the backup is done");
    world.deliver(&[enveloped("1", budget), enveloped("1", budget), text("2")]).await;
    world.deliver(&[enveloped("3", budget), text("2"), text("4")]).await;
    assert_eq!(world.state().messages.len(), 3);
    pause(Duration::from_hours(25)).await;
    world.deliver(&[enveloped("5", budget)]).await;
    assert_eq!(world.state().messages.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn every_route_has_its_own_message() {
    let mut world = World::new();
    let place = |name: &str| Destination::of(format!("{PARAMETER}-{name}"));
    let route = |name: &str, kinds: Vec<NoticeKind>, accounts: Vec<String>| Route {
        destination: place(name),
        impacts: Vec::new(),
        kinds,
        accounts,
    };
    let ours = || vec!["111122223333".to_owned()];
    let routes = &mut world.settings.routes;
    routes.insert("a".to_owned(), route("alarms", vec![NoticeKind::Alarm], Vec::new()));
    routes.insert("b".to_owned(), route("ours", vec![NoticeKind::Alarm], ours()));
    world.deliver(&[down("ALARM", 0), enveloped("1", "hello")]).await;
    let state = world.state();
    let places: Vec<&Destination> = state.messages.iter().map(|one| &one.destination).collect();
    assert_eq!(places, [&place("ours"), &Destination::of(PARAMETER)]);
}

#[tokio::test(start_paused = true)]
async fn a_message_that_somebody_deleted_comes_again_only_if_it_is_down() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    world.state().messages.clear();
    world.deliver(&[no_data("ALARM", 60)]).await;
    assert_eq!(world.state().messages.len(), 1);
    world.state().messages.clear();
    world.deliver(&[down("OK", 90), no_data("OK", 90)]).await;
    assert!(world.state().messages.is_empty() && world.state().dead_letters.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_alarm_that_is_heard_of_only_after_its_end_is_told() {
    let world = World::new();
    world.deliver(&[down("OK", 60)]).await;
    world.deliver(&[down("ALARM", 0)]).await;
    let state = world.state();
    let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
    assert!(title(&message.payload).starts_with("🟢"));
    assert_eq!(message.payload["allowed_mentions"]["roles"].as_array().map(Vec::len), Some(0));
}

#[tokio::test(start_paused = true)]
async fn an_alarm_without_actions_for_its_end_is_told_each_time_that_it_rings() {
    const DAYS: i64 = 3 * 24 * 3600;
    let world = World::new();
    let rings = |second: i64| alarm("queue", None, "ALARM", second);
    world.deliver(&[rings(0)]).await;
    world.deliver(&[rings(DAYS)]).await;
    world.deliver(&[rings(DAYS), rings(0)]).await;
    {
        let state = world.state();
        let [first, second] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
        assert!(title(&first.payload).starts_with("🟢"), "{}", first.payload);
        assert!(first.payload.to_string().contains("Not reported"), "{}", first.payload);
        assert!(title(&second.payload).starts_with("🔴"), "{}", second.payload);
        assert_eq!((first.edits, second.edits), (1, 0));
    }
    // Back within the flap time: the same message.
    world.deliver(&[rings(DAYS + 300)]).await;
    assert_eq!(world.state().messages.len(), 2);
    assert!(world.state().messages[1].payload.to_string().contains("reopened"));
}

#[tokio::test(start_paused = true)]
async fn an_older_outage_that_is_heard_of_late_is_told_as_over() {
    let world = World::new();
    world.deliver(&[down("ALARM", 3600), down("OK", 4200)]).await;
    world.deliver(&[down("OK", 1800), down("ALARM", 0)]).await;
    world.deliver(&[down("ALARM", 0)]).await;
    let state = world.state();
    let [_, older] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
    assert!(title(&older.payload).starts_with("🟢"), "{}", older.payload);
    assert!(older.payload.to_string().contains("30 min"), "{}", older.payload);
}

#[tokio::test(start_paused = true)]
async fn an_alarm_of_others_that_lacks_data_is_told_once() {
    let world = World::new();
    let lacks = alarm("queue", None, "INSUFFICIENT_DATA", 0);
    world.deliver(&[lacks.clone(), alarm("queue", None, "ON_HOLIDAY", 5)]).await;
    world.deliver(&[lacks, no_data("INSUFFICIENT_DATA", 10)]).await;
    {
        let state = world.state();
        let titles: Vec<&str> = state.messages.iter().map(|one| title(&one.payload)).collect();
        assert_eq!(titles, ["⚪ queue has no data", "❔ queue: ON\\_HOLIDAY"]);
    }
    // While something is open, its message says so.
    world.deliver(&[alarm("queue", None, "ALARM", 100)]).await;
    world.deliver(&[alarm("queue", None, "INSUFFICIENT_DATA", 200)]).await;
    assert_eq!(world.state().messages.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_reminder_that_comes_back_from_the_dead_letters_is_understood() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    let reminder = world.state().schedules.values().next().cloned().expect("one is scheduled").1;
    world.state().troubles = vec![crate::bell::Trouble::Dead("gone".to_owned())];
    let letter = super::world::body(&reminder);
    world.deliver(std::slice::from_ref(&letter)).await;
    assert_eq!(world.state().dead_letters, [(letter.clone(), "gone".to_owned())]);
    // Once, also if it comes twice.
    world.deliver(&[letter.clone(), letter.clone()]).await;
    world.deliver(&[letter]).await;
    let state = world.state();
    assert_eq!(state.messages.len(), 2);
    assert_eq!(super::urls(&state.messages[1].payload).len(), 1);
    assert!(title(&state.messages[1].payload).starts_with("⏰ shop is still down"));
}
