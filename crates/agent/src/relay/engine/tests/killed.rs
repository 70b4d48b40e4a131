//! A worker that is ended at any of its calls, before or after the call's effect: nothing is lost, and at most one message is
//! there twice, the second one marked. With a bot that may look, not even that.

use std::ops::RangeInclusive;
use std::time::Duration;

use contract::trailer::Kind;

use super::world::World;
use super::{alarm, critical, enveloped, is_marked_as_repeat};
use crate::relay::engine::pause;
use crate::relay::incident::Subject;
use crate::relay::post::{Post, Stage};

/// What a story leaves.
struct Expected {
    /// Incidents, each with the sign in its title at the end.
    signs: Vec<&'static str>,
    /// Messages that are of no incident: a folded one may be told in two parts.
    others: RangeInclusive<usize>,
    /// Reminders that are to come.
    scheduled: usize,
}

fn body(monitor: &str, state: &str, second: i64) -> String {
    let trailer = critical(monitor, Kind::Down);
    alarm(&format!("{monitor}-down"), Some(&trailer), state, second)
}

/// An alarm of others, of which nobody is reminded.
fn silent_body(number: usize, state: &str, second: i64) -> String {
    alarm(&format!("alarm-{number:02}"), None, state, second)
}

/// Ends the worker at each call of a story in turn.
async fn at_every_call(story: impl AsyncFn(&World), expected: Expected) {
    for bot in [false, true] {
        let whole = World::with_bot(bot);
        story(&whole).await;
        check(&whole, &expected, "no call");
        assert_eq!(repeats(&whole), 0);
        let calls = whole.calls();
        assert!(calls > 5, "there is a story");
        let mut marked = 0;
        for call in 0..calls {
            for after in [false, true] {
                let world = World::with_bot(bot);
                world.end_at(call, after);
                story(&world).await;
                let place = format!("bot {bot}, call {call} of {calls}, after its effect {after}");
                check(&world, &expected, &place);
                marked += repeats(&world);
            }
        }
        // The hand really strikes between posting and recording, and not always.
        assert_eq!(marked > 0, !bot);
        assert!(marked < calls as usize, "{marked} of {calls} calls, each with two ends");
    }
}

/// Lets each call of the table fail in turn.
async fn at_every_fault(story: impl AsyncFn(&World), expected: Expected) {
    for bot in [false, true] {
        let whole = World::with_bot(bot);
        story(&whole).await;
        for call in 0..whole.calls() {
            for after in [false, true] {
                let world = World::with_bot(bot);
                world.fail_at(call, after);
                story(&world).await;
                check(&world, &expected, &format!("bot {bot}, fault {call}, after {after}"));
            }
        }
    }
}

fn repeats(world: &World) -> usize {
    let state = world.state();
    state.messages.iter().filter(|shown| is_marked_as_repeat(&shown.payload)).count()
}

fn check(world: &World, expected: &Expected, place: &str) {
    let items = world.ledger.items();
    let subjects = items.iter().filter(|(id, _)| id.starts_with("incident#"));
    let subjects: Vec<Subject> = subjects.map(|(_, json)| read(json)).collect();
    let incidents: Vec<_> = subjects.iter().flat_map(|subject| &subject.incidents).collect();
    assert_eq!(incidents.len(), expected.signs.len(), "{place}");
    for (incident, sign) in incidents.iter().zip(&expected.signs) {
        let shown = world.with_id(&incident.short_id);
        let post = incident.message.as_ref().map(|id| read::<Post>(&items[id]));
        let Some(Stage::Shown(id)) = post.map(|post| post.stage) else { panic!("{place}") };
        let kept = shown.iter().find(|one| one.id == id).expect("the message is there");
        let embeds = kept.payload["embeds"].as_array().expect("it has embeds");
        let ours = embeds.iter().find(|embed| embed.to_string().contains(&incident.short_id));
        let title = ours.and_then(|embed| embed["title"].as_str()).expect("it has a title");
        let mut urls = super::urls(&kept.payload);
        urls.dedup();
        assert_eq!(urls.len(), embeds.len(), "{place}: of one address, only one is shown");
        assert!(title.starts_with(sign), "{place}: {title}");
        let plain = shown.iter().filter(|one| !is_marked_as_repeat(&one.payload)).count();
        assert!(plain <= 1, "{place}: a message is there twice, and neither says so");
        assert!(shown.len() <= if world.bot { 1 } else { 2 }, "{place}");
    }
    let others = || {
        let state = world.state();
        let of_incident = |one: &super::world::Shown| {
            incidents.iter().any(|incident| {
                let mark = crate::bell::mark(&incident.short_id);
                super::has_mark(&one.payload, &mark)
            })
        };
        let others: Vec<_> =
            state.messages.iter().filter(|one| !of_incident(one)).cloned().collect();
        others
    };
    let plain = others().iter().filter(|one| !is_marked_as_repeat(&one.payload)).count();
    let (least, most) = (*expected.others.start(), *expected.others.end());
    assert!(plain <= most && others().len() >= least, "{place}");
    assert!(others().len() <= most + usize::from(!world.bot), "{place}");
    assert!(repeats(world) <= 1, "{place}");
    assert!(world.state().dead_letters.is_empty(), "{place}");
    assert_eq!(world.state().schedules.len(), expected.scheduled, "{place}");
    for subject in &subjects {
        let open = subject.open_incident();
        assert!(open.is_none_or(|one| one.reminder_to_arm().is_none()), "{place}");
    }
}

fn read<T: serde::de::DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("it is what the engine wrote")
}

#[tokio::test(start_paused = true)]
async fn while_an_incident_opens() {
    let story = async |world: &World| {
        world.deliver(&[body("a", "ALARM", 0)]).await;
    };
    at_every_call(story, Expected { signs: vec!["🔴"], others: 0..=0, scheduled: 1 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_an_incident_opens_and_closes() {
    let story = async |world: &World| {
        world.deliver(&[body("a", "ALARM", 0)]).await;
        world.deliver(&[body("a", "OK", 300)]).await;
    };
    at_every_call(story, Expected { signs: vec!["🟢"], others: 0..=0, scheduled: 1 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_an_incident_flaps() {
    let story = async |world: &World| {
        world.deliver(&[body("a", "ALARM", 0)]).await;
        world.deliver(&[body("a", "OK", 300)]).await;
        world.deliver(&[body("a", "ALARM", 400)]).await;
    };
    at_every_call(story, Expected { signs: vec!["🔴"], others: 0..=0, scheduled: 2 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_a_storm_comes_and_partly_goes() {
    let story = async |world: &World| {
        let bodies: Vec<String> = (0..11).map(|number| silent_body(number, "ALARM", 0)).collect();
        world.deliver(&bodies).await;
        world.deliver(&[silent_body(3, "OK", 300), silent_body(10, "OK", 310)]).await;
    };
    let mut signs = vec!["🔴"; 11];
    (signs[3], signs[10]) = ("🟢", "🟢");
    at_every_call(story, Expected { signs, others: 0..=0, scheduled: 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_a_reminder_is_told() {
    let story = async |world: &World| {
        world.deliver(&[body("a", "ALARM", 0)]).await;
        let name = world.state().schedules.keys().next().cloned().expect("one is scheduled");
        world.fire(&name).await;
    };
    at_every_call(story, Expected { signs: vec!["🔴"], others: 1..=1, scheduled: 1 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_other_notices_are_told() {
    let story = async |world: &World| {
        world.deliver(&[enveloped("1", "one text"), enveloped("2", "another")]).await;
    };
    at_every_call(story, Expected { signs: Vec::new(), others: 2..=2, scheduled: 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_the_table_fails_as_a_storm_comes_and_goes() {
    let story = async |world: &World| {
        let bodies: Vec<String> = (0..4).map(|number| silent_body(number, "ALARM", 0)).collect();
        world.deliver(&bodies).await;
        let bodies: Vec<String> = (0..4).map(|number| silent_body(number, "OK", 300)).collect();
        world.deliver(&bodies).await;
    };
    at_every_fault(story, Expected { signs: vec!["🟢"; 4], others: 0..=0, scheduled: 0 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_the_table_fails_as_a_reminder_is_told() {
    let story = async |world: &World| {
        world.deliver(&[body("a", "ALARM", 0)]).await;
        let name = world.state().schedules.keys().next().cloned().expect("one is scheduled");
        world.fire(&name).await;
    };
    at_every_fault(story, Expected { signs: vec!["🔴"], others: 1..=1, scheduled: 1 }).await;
}

#[tokio::test(start_paused = true)]
async fn while_reminders_of_a_storm_are_told() {
    let story = async |world: &World| {
        let names = ["a", "b", "c"];
        world.deliver(&names.map(|name| body(name, "ALARM", 0))).await;
        let due = std::mem::take(&mut world.state().schedules);
        pause(Duration::from_mins(15)).await;
        world.deliver(&[body("b", "OK", 900)]).await;
        let bodies: Vec<String> =
            due.values().map(|(_, reminder)| super::world::body(reminder)).collect();
        world.deliver(&bodies).await;
    };
    let signs = vec!["🔴", "🟢", "🔴"];
    at_every_call(story, Expected { signs, others: 1..=2, scheduled: 2 }).await;
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_looks_too_early_repeats_nothing() {
    let world = World::with_bot(true);
    world.state().late_posts = 1;
    world.deliver(&[body("a", "ALARM", 0)]).await;
    let written = world.state().messages.len();
    assert_eq!((written, repeats(&world)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_is_lost_is_looked_for_or_repeated_with_a_mark() {
    for (bot, messages, marked) in [(false, 2, 1), (true, 1, 0)] {
        let world = World::with_bot(bot);
        world.state().lost_answers = 1;
        world.deliver(&[body("a", "ALARM", 0)]).await;
        let written = world.state().messages.len();
        assert_eq!((written, repeats(&world)), (messages, marked));
    }
}
