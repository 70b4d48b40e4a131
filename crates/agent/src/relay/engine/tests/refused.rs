//! What Discord, or another worker, doesn't let through.

use std::time::Duration;

use contract::trailer::Kind;
use jiff::SignedDuration;
use tokio::time::Instant;

use super::world::World;
use super::{alarm, at, critical, enveloped, record};
use crate::bell::Trouble;
use crate::relay::engine::pause;
use crate::relay::incident::Subject;
use crate::relay::ledger::{self, Ledger};
use crate::relay::post::{Lease, Post, Stage};
use crate::relay::wanted::Wanted;

fn down(state: &str, second: i64) -> String {
    alarm("shop-down", Some(&critical("shop", Kind::Down)), state, second)
}

#[tokio::test(start_paused = true)]
async fn a_long_limit_sends_the_record_back_until_it_is_over() {
    let world = World::new();
    world.state().troubles = vec![Trouble::Wait(Duration::from_secs_f64(127.3))];
    let records = [record("a", down("ALARM", 0)), record("b", enveloped("1", "a text"))];
    let failed = world.run(async |engine| engine.batch(&records).await).await;
    // The text would meet the same limit, so it isn't even sent.
    assert_eq!(failed.as_deref(), Some(["a".to_owned(), "b".to_owned()].as_slice()));
    let wait = world.state().postponed["a"];
    assert_eq!(wait, Duration::from_secs(128));
    assert!(world.state().postponed["b"] <= wait);
    assert!(world.state().messages.is_empty() && world.state().dead_letters.is_empty());
    let failed = world.run(async |engine| engine.batch(&records).await).await;
    assert_eq!(failed, Some(Vec::new()));
    assert_eq!(world.state().messages.len(), 2);
    assert!(!super::is_marked_as_repeat(&world.state().messages[0].payload));
}

#[tokio::test(start_paused = true)]
async fn what_breaks_is_tried_again_and_then_sent_back() {
    let world = World::new();
    let broken = || Trouble::NotSent("no connection".to_owned());
    world.state().troubles = vec![broken(); 2];
    assert_eq!(world.deliver(&[down("ALARM", 0)]).await, 1);
    world.state().troubles = vec![broken(); 4];
    assert_eq!(world.deliver(&[down("OK", 60)]).await, 2);
    let state = world.state();
    assert_eq!((state.messages.len(), state.messages[0].edits), (1, 1));
    assert!(!super::is_marked_as_repeat(&state.messages[0].payload));
}

#[tokio::test(start_paused = true)]
async fn a_reminder_is_asked_for_again_while_its_role_is_new() {
    for (refused, scheduled) in [(2, 1), (u32::MAX, 0)] {
        let world = World::new();
        world.state().roles_refused = refused;
        let times = world.deliver(&[down("ALARM", 0)]).await;
        let state = world.state();
        assert_eq!(state.schedules.len(), scheduled, "after {times} times");
        assert!(times > 2 && times < 20, "{times} times");
        assert_eq!((state.messages.len(), state.dead_letters.len()), (1, 0));
        assert_eq!(state.messages[0].edits, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn records_fail_one_by_one() {
    let world = World::new();
    // What comes first meets trouble, whichever it is.
    world.state().troubles = vec![Trouble::Refused("discord answered 400".to_owned())];
    let records = [record("a", down("ALARM", 0)), record("b", enveloped("1", "a text"))];
    let failed = world.run(async |engine| engine.batch(&records).await).await;
    assert_eq!(failed, Some(Vec::new()));
    let state = world.state();
    assert_eq!((state.dead_letters.len(), state.messages.len()), (1, 1));
    assert_eq!(state.dead_letters[0].1, "discord answered 400");
}

#[tokio::test(start_paused = true)]
async fn wrong_settings_bring_a_record_back_later_and_later() {
    let world = World::new();
    let wrong = Trouble::Settings("the parameter is missing".to_owned());
    let mut waits = Vec::new();
    for receive_count in [1, 2, 8, 50] {
        world.state().troubles = vec![wrong.clone()];
        let records =
            [crate::relay::engine::Record { receive_count, ..record("a", down("ALARM", 0)) }];
        let failed = world.run(async |engine| engine.batch(&records).await).await;
        assert_eq!(failed.map(|failed| failed.len()), Some(1));
        waits.push(world.state().postponed["a"].as_secs());
    }
    assert_eq!(waits, [5, 10, 640, 900]);
    world.deliver(&[down("ALARM", 0)]).await;
    assert_eq!(world.state().messages.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_that_could_not_be_recorded_any_more() {
    let world = World::new();
    let records = [record("a", down("ALARM", 0))];
    let (id, deadline) = ("late", Instant::now() + Duration::from_secs(5));
    let settings = world.settings.clone();
    let engine = super::super::Engine::new(&world, &world, &world, settings, id, deadline);
    assert_eq!(engine.batch(&records).await, ["a"]);
    assert!(world.state().messages.is_empty());
    assert_eq!(world.state().postponed["a"], Duration::from_secs(1));
}

/// The message of the one incident, and its item's key.
async fn only_post(world: &World) -> (String, Post, u64) {
    let items = world.ledger.items();
    let id = items.keys().find(|id| id.starts_with("message#")).expect("there is one").clone();
    let read = ledger::read::<Post>(world, &id).await.expect("it is read");
    let (post, version) = read.expect("it is there");
    (id, post, version)
}

#[tokio::test(start_paused = true)]
async fn another_workers_lease_is_waited_for_and_ends_by_itself() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    let (id, mut post, version) = only_post(&world).await;
    let until = at(0).saturating_add(SignedDuration::from_secs(90)).expect("it is in range");
    post.lease = Some(Lease { holder: "another".to_owned(), until });
    let written = ledger::write(&world, &id, &post, at(10_000_000), Some(version)).await;
    written.expect("it is written");
    let records = [record("a", down("OK", 60))];
    let failed = world.run(async |engine| engine.batch(&records).await).await;
    assert_eq!(failed.map(|failed| failed.len()), Some(1));
    assert_eq!(world.state().messages[0].edits, 0);
    let wait = world.state().postponed["a"];
    assert!((80..=91).contains(&wait.as_secs()), "{wait:?}");
    pause(wait).await;
    world.deliver(&[down("OK", 60)]).await;
    assert_eq!(world.state().messages[0].edits, 1);
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_was_late_undoes_nothing() {
    let world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    let key = "incident#111122223333#eu-central-1#monitor/shop";
    let stale: Subject = serde_json::from_str(&world.ledger.items()[key]).expect("a subject");
    world.deliver(&[down("OK", 60)]).await;
    let shown = world.state().messages[0].clone();
    let (id, before, _) = only_post(&world).await;
    let incidents = [Wanted::incident(key, &stale.incidents[0])];
    let settled = world.run(async |engine| engine.settle(&id, &incidents).await).await;
    settled.expect("nobody ends it").expect("it is as it should be");
    let (_, after, _) = only_post(&world).await;
    assert_eq!(before, after);
    let now = world.state().messages[0].clone();
    assert_eq!((shown.edits, shown.payload), (now.edits, now.payload));
    assert_eq!(after.stage, Stage::Shown(shown.id));
    assert!(world.read(key).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn ten_long_incidents_share_one_message_within_its_limit() {
    let world = World::new();
    let bodies = |state: &str, second: i64| -> Vec<String> {
        (0..10)
            .map(|number| {
                let mut trailer = critical(&format!("monitor-{number}"), Kind::Down);
                trailer.owner = Some("owner ".repeat(100));
                trailer.runbook = Some("first do this, then that. ".repeat(30));
                alarm(&format!("alarm-{number}"), Some(&trailer), state, second)
            })
            .collect()
    };
    let check = || {
        let state = world.state();
        let [message] = state.messages.as_slice() else { panic!("one message") };
        let embeds = message.payload["embeds"].as_array().expect("it has embeds");
        assert_eq!(embeds.len(), 10);
        assert!(message.payload.get("attachments").is_none());
    };
    world.deliver(&bodies("ALARM", 0)).await;
    check();
    for body in bodies("OK", 60) {
        world.deliver(&[body]).await;
        check();
        let (_, post, _) = only_post(&world).await;
        let sum: usize = post.slots.iter().map(|slot| slot.size).sum();
        assert!(sum <= 6_000, "{sum}");
        assert_eq!(post.word().map(str::len), Some(10));
    }
    assert_eq!(world.state().messages[0].edits, 10);
}
