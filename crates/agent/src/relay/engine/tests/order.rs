//! Events in any order, any number of times, in any batches, by two workers at once: the same in the end.

use contract::trailer::Kind;
use proptest::prelude::*;
use serde_json::json;

use super::world::World;
use super::{alarm, critical};
use crate::relay::incident::Subject;
use crate::relay::post::{Post, Slot, Stage};

const STATES: [&str; 3] = ["OK", "ALARM", "INSUFFICIENT_DATA"];

/// Alarm, state, and the second of the change, of two monitors with two alarms each.
type Change = (usize, usize, i64);

fn body((alarm_number, state, second): Change) -> String {
    let monitor = ["shop", "blog"][alarm_number / 2];
    let kind = [Kind::Down, Kind::NoData][alarm_number % 2];
    let name = format!("{monitor}-{}", alarm_number % 2);
    alarm(&name, Some(&critical(monitor, kind)), STATES[state], second)
}

/// Changes at different times, and the order, with repetitions, in which they come: in batches for two workers.
fn plan() -> impl Strategy<Value = (Vec<Change>, Vec<Vec<usize>>)> {
    let change = (0..4_usize, 0..3_usize, 1..900_i64);
    prop::collection::vec(change, 1..14).prop_flat_map(|steps| {
        let mut second = 0;
        let changes: Vec<Change> = steps
            .into_iter()
            .map(|(alarm, state, step)| {
                second += step;
                (alarm, state, second)
            })
            .collect();
        let count = changes.len();
        let shuffled = Just((0..count).collect::<Vec<usize>>()).prop_shuffle();
        let again = prop::collection::vec(0..count, 0..6);
        let order = (shuffled, again, prop::collection::vec(1..5_usize, 20));
        let batches = order.prop_map(|(shuffled, again, sizes)| {
            let mut all = again;
            all.extend(shuffled);
            let mut sizes = sizes.into_iter();
            let mut batches = Vec::new();
            while !all.is_empty() {
                let size = sizes.next().unwrap_or(3).min(all.len());
                batches.push(all.drain(..size).collect());
            }
            batches
        });
        (Just(changes), batches)
    })
}

fn run<T>(act: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true);
    runtime.build().expect("a runtime").block_on(act)
}

fn subjects(world: &World) -> Vec<(String, Subject)> {
    let items = world.ledger.items().into_iter().filter(|(id, _)| id.starts_with("incident#"));
    let read = |json: String| serde_json::from_str(&json).expect("it is a subject");
    items.map(|(id, json)| (id, read(json))).collect()
}

/// What Discord shows is what is known, and each incident has one message.
fn check(world: &World) -> Result<(), TestCaseError> {
    let items = world.ledger.items();
    for (key, subject) in subjects(world) {
        let ever_rang = subject.alarms.values().any(|standing| standing.rang_at.is_some());
        prop_assert_eq!(ever_rang, !subject.incidents.is_empty());
        prop_assert_eq!(subject.is_down(), subject.open_incident().is_some());
        for incident in &subject.incidents {
            let shown = world.with_id(&incident.short_id);
            prop_assert_eq!(shown.len(), 1);
            let message = incident.message.as_ref().expect("it has a message");
            let post: Post = serde_json::from_str(&items[message]).expect("it is a message");
            prop_assert_eq!(&post.stage, &Stage::Shown(shown[0].id.clone()));
            prop_assert!(!post.dirty && post.lease.is_none() && !post.repeat);
            let mut said = post.payload(&world.settings);
            if shown[0].edits > 0 {
                said["allowed_mentions"] = json!({ "parse": [] });
            }
            prop_assert_eq!(&shown[0].payload, &said);
            let ours = |slot: &&Slot| slot.subject == key && slot.short_id == incident.short_id;
            let slot = post.slots.iter().find(ours);
            let slot = slot.expect("the message has a slot for it");
            prop_assert!(slot.revision >= incident.revision);
        }
    }
    prop_assert!(world.state().dead_letters.is_empty());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_end_is_the_same((changes, batches) in plan()) {
        let in_order = run(async {
            let world = World::new();
            for change in &changes {
                world.deliver(&[body(*change)]).await;
            }
            world
        });
        check(&in_order)?;
        let mixed = run(async {
            let world = World::new();
            for pair in batches.chunks(2) {
                let bodies = |batch: &[usize]| -> Vec<String> {
                    batch.iter().map(|index| body(changes[*index])).collect()
                };
                let second = pair.get(1).map(|batch| bodies(batch)).unwrap_or_default();
                let first = bodies(&pair[0]);
                tokio::join!(world.deliver_as("one", &first), world.deliver_as("two", &second));
            }
            world
        });
        check(&mixed)?;
        let view = |world: &World| -> Vec<_> {
            let all = subjects(world).into_iter();
            all.map(|(key, subject)| (key, subject.is_down(), subject.alarms)).collect()
        };
        prop_assert_eq!(view(&in_order), view(&mixed));
    }
}
