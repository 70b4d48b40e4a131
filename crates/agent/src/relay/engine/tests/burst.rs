//! 2,000 alarms at once, on a queue as SQS is, for a Discord that takes 5 messages in 2 seconds and 30 in a minute.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use contract::trailer::Kind;
use tokio::time::Instant;

use super::world::World;
use super::{alarm, critical};
use crate::bell::{Bell, Trouble};
use crate::relay::engine::batch::Record;
use crate::relay::engine::pause;
use crate::relay::incident::Subject;
use crate::relay::outside::Outside;

pub(super) const ALARMS: usize = 2_000;
/// As the event source mapping is set up.
const BATCH: usize = 100;
const VISIBILITY: Duration = Duration::from_mins(6);
const MOST_RECEIVES: u32 = 50;

/// A queue: messages with the time from which they can be received.
pub(super) struct Queue {
    waiting: Mutex<BTreeMap<String, (Record, Instant)>>,
    dead: Mutex<Vec<String>>,
    most_received: Mutex<u32>,
}

impl Queue {
    pub(super) fn of(bodies: impl IntoIterator<Item = String>) -> Self {
        let now = Instant::now();
        let records = bodies.into_iter().enumerate().map(|(number, body)| {
            let id = format!("record-{number:04}");
            let record = Record { receive_count: 0, ..super::record(&id, body) };
            (id, (record, now))
        });
        let waiting = Mutex::new(records.collect());
        Self { waiting, dead: Mutex::default(), most_received: Mutex::default() }
    }

    fn receive(&self) -> Vec<Record> {
        let now = Instant::now();
        let mut waiting = self.waiting.lock().expect("unlocked");
        let mut batch = Vec::new();
        for (record, visible_at) in waiting.values_mut() {
            if *visible_at > now || batch.len() == BATCH {
                continue;
            }
            record.receive_count += 1;
            *visible_at = now + VISIBILITY;
            batch.push(record.clone());
        }
        drop(waiting);
        let most = batch.iter().map(|record| record.receive_count).max().unwrap_or_default();
        let mut known = self.most_received.lock().expect("unlocked");
        *known = (*known).max(most);
        let (live, dead): (Vec<_>, Vec<_>) =
            batch.into_iter().partition(|record| record.receive_count <= MOST_RECEIVES);
        self.dead.lock().expect("unlocked").extend(dead.into_iter().map(|one| one.message_id));
        live
    }

    fn answer(&self, batch: &[Record], failed: &[String], world: &World) {
        let mut waiting = self.waiting.lock().expect("unlocked");
        for Record { message_id, .. } in batch {
            if !failed.contains(message_id) {
                waiting.remove(message_id);
            } else if let Some(wait) = world.state().postponed.remove(message_id) {
                let entry = waiting.get_mut(message_id).expect("it is on the queue");
                entry.1 = Instant::now() + wait;
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.lock().expect("unlocked").is_empty()
    }

    /// How often a record was received at most; none was given up.
    pub(super) fn most_received(&self) -> u32 {
        assert!(self.dead.lock().expect("unlocked").is_empty());
        *self.most_received.lock().expect("unlocked")
    }
}

/// One of the workers of the event source mapping.
pub(super) async fn work<B: Bell>(world: &World, bell: &B, queue: &Queue) {
    while !queue.is_empty() {
        let batch = queue.receive();
        if batch.is_empty() {
            pause(Duration::from_secs(1)).await;
            continue;
        }
        let failed = world.run_with(bell, async |engine| engine.batch(&batch).await).await;
        queue.answer(&batch, &failed.expect("nobody ends it"), world);
    }
}

/// Two of them, which is what the mapping allows.
async fn work_off(world: &World, queue: &Queue) {
    tokio::join!(work(world, world, queue), work(world, world, queue));
}

/// What the alarms of so many monitors say.
pub(super) fn bodies(state: &str, second: i64) -> impl Iterator<Item = String> {
    (0..ALARMS).map(move |number| {
        let monitor = format!("monitor-{number:04}");
        alarm(&monitor, Some(&critical(&monitor, Kind::Down)), state, second)
    })
}

/// Every incident is in exactly one slot of one message.
fn check(world: &World) {
    let mut slots: BTreeMap<String, u32> = BTreeMap::new();
    for shown in &world.state().messages {
        for embed in shown.payload["embeds"].as_array().into_iter().flatten() {
            let footer = embed["footer"]["text"].as_str().expect("it has a footer");
            let mark = footer.split(" · ").next().expect("it has a mark");
            *slots.entry(mark.to_owned()).or_default() += 1;
        }
    }
    assert!(slots.values().all(|times| *times == 1));
    let items = world.ledger.items();
    let subjects: Vec<Subject> = items
        .iter()
        .filter(|(id, _)| id.starts_with("incident#"))
        .map(|(_, json)| serde_json::from_str(json).expect("it is a subject"))
        .collect();
    assert_eq!((subjects.len(), slots.len()), (ALARMS, ALARMS));
    for subject in subjects {
        let mark = crate::bell::mark(&subject.incidents[0].short_id);
        assert!(slots.contains_key(&mark), "{mark} is lost");
    }
}

#[tokio::test(start_paused = true)]
async fn none_is_lost_and_each_is_told_once() {
    let mut world = World::new();
    world.limits = true;
    let (queue, started) = (Queue::of(bodies("ALARM", 0)), Instant::now());
    work_off(&world, &queue).await;
    check(&world);
    assert!(world.state().dead_letters.is_empty());
    // 200 messages of ten, 30 a minute: the best that can be is six minutes.
    let (messages, minutes) =
        (world.state().messages.len(), started.elapsed().as_secs_f64() / 60.0);
    let received = queue.most_received();
    assert_eq!(messages, ALARMS / 10);
    assert!((6.0..9.0).contains(&minutes), "{minutes} minutes");
    assert!(received <= 10, "a record was received {received} times");
    for shown in &world.state().messages {
        let urls = super::urls(&shown.payload);
        let distinct: BTreeSet<&String> = urls.iter().collect();
        assert_eq!((urls.len(), distinct.len()), (10, 10), "of one address, only one is shown");
    }

    // Every fourth is over before the time of its reminder.
    let is_over = |number: &usize| number.is_multiple_of(4);
    let second = i64::try_from(started.elapsed().as_secs()).expect("it is some minutes");
    let ends = bodies("OK", second).enumerate().filter(|(number, _)| is_over(number));
    work_off(&world, &Queue::of(ends.map(|(_, body)| body))).await;
    reminded(&world, 1).await;
    reminded(&world, 2).await;
}

/// Lets the time of all reminders come: of what is still down, each is told once, ten to a message.
async fn reminded(world: &World, number: u32) {
    let due = std::mem::take(&mut world.state().schedules);
    let last = due.values().map(|(at, _)| *at).max().expect("some are scheduled");
    let wait = last.duration_since(world.now());
    pause(Duration::try_from(wait).unwrap_or_default()).await;
    let (queue, before) = (
        Queue::of(due.values().map(|(_, reminder)| super::world::body(reminder))),
        world.state().messages.len(),
    );
    work_off(world, &queue).await;
    assert!(queue.most_received() <= 10, "{} times", queue.most_received());
    let state = world.state();
    let (mut told, messages) = (BTreeMap::new(), &state.messages[before..]);
    for shown in messages {
        let content = shown.payload["content"].as_str().expect("it has a text");
        assert!(content.starts_with('⏰') && !content.contains("<@"), "{content}");
        for embed in shown.payload["embeds"].as_array().expect("it has embeds") {
            let title = embed["title"].as_str().expect("it has a title").to_owned();
            *told.entry(title).or_insert(0_u32) += 1;
        }
        let urls: BTreeSet<String> = super::urls(&shown.payload).into_iter().collect();
        assert_eq!(urls.len(), shown.payload["embeds"].as_array().map_or(0, Vec::len));
    }
    assert_eq!((told.len(), told.values().max()), (ALARMS / 4 * 3, Some(&1)));
    assert!(messages.len() <= ALARMS / 10, "{} messages", messages.len());
    assert_eq!(state.schedules.len(), ALARMS / 4 * 3, "the next ones are scheduled");
    let next = format!("-{}", number + 1);
    assert!(state.schedules.keys().all(|name| name.ends_with(&next)));
}

#[tokio::test(start_paused = true)]
async fn a_dead_webhook_is_asked_once_and_raises_the_alarm() {
    let world = World::new();
    let gone = || Trouble::Dead("discord answered 404 (code 10015): Unknown Webhook".to_owned());
    world.state().troubles = vec![gone(); 100];
    let queue = Queue::of(bodies("ALARM", 0).take(30));
    work(&world, &world, &queue).await;
    assert_eq!(world.state().troubles.len(), 99, "the other two messages meet what is known");
    let letters = world.state().dead_letters.clone();
    assert_eq!(letters.len(), 30);
    assert!(letters.iter().all(|(body, why)| body.contains("monitor-") && why.contains("10015")));
    // With a new webhook, what is put back on the queue is told.
    world.state().troubles.clear();
    work(&world, &world, &Queue::of(letters.into_iter().map(|(body, _)| body))).await;
    assert_eq!(world.state().messages.len(), 3);
}
