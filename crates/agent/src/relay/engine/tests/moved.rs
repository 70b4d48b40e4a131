//! What was begun before the settings changed, or before it was over.

use std::time::Duration;

use contract::relay::Destination;
use contract::trailer::Kind;

use super::world::World;
use super::{PARAMETER, alarm, critical, enveloped, record};
use crate::bell::Trouble;

fn down(state: &str, second: i64) -> String {
    alarm("shop-down", Some(&critical("shop", Kind::Down)), state, second)
}

fn elsewhere() -> Destination {
    Destination::of(format!("{PARAMETER}-new"))
}

fn title(world: &World, index: usize) -> String {
    let state = world.state();
    let payload = &state.messages[index].payload;
    payload["embeds"][0]["title"].as_str().expect("it has a title").to_owned()
}

#[tokio::test(start_paused = true)]
async fn nobody_is_called_to_what_is_over_before_it_could_be_told() {
    // Not sent, and perhaps sent.
    for trouble in [
        vec![Trouble::Wait(Duration::from_secs(100))],
        vec![Trouble::Unknown("no answer".to_owned()); 3],
    ] {
        let world = World::new();
        world.state().troubles = trouble;
        let rang = [record("a", down("ALARM", 0))];
        let failed = world.run(async |engine| engine.batch(&rang).await).await;
        assert_eq!(failed.map(|failed| failed.len()), Some(1));
        world.deliver(&[down("OK", 60)]).await;
        assert!(title(&world, 0).starts_with("🟢"));
        let state = world.state();
        assert_eq!((state.messages.len(), state.messages[0].edits), (1, 0));
        let payload = &state.messages[0].payload;
        assert!(!payload.to_string().contains("1310000000000000001"), "{payload}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_end_is_told_at_the_new_place_once() {
    let mut world = World::new();
    world.deliver(&[down("ALARM", 0)]).await;
    world.settings.webhook = elsewhere();
    world.deliver(&[down("OK", 60)]).await;
    world.deliver(&[down("OK", 60)]).await;
    assert_eq!(world.state().messages.len(), 2);
    assert!(title(&world, 1).starts_with("🟢"));
    {
        let state = world.state();
        assert_eq!(state.messages[1].destination, elsewhere());
        let payload = &state.messages[1].payload;
        assert!(!payload.to_string().contains("1310000000000000001"), "{payload}");
    }
    // What was told to its end isn't told again.
    world.settings.webhook = Destination::of(format!("{PARAMETER}-newest"));
    world.deliver(&[down("INSUFFICIENT_DATA", 90), down("OK", 120)]).await;
    assert_eq!(world.state().messages.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_notice_that_waits_goes_to_the_new_place() {
    let mut world = World::new();
    world.state().troubles = vec![Trouble::Settings("the parameter is missing".to_owned())];
    let text = [record("a", enveloped("1", "the backup is done"))];
    let failed = world.run(async |engine| engine.batch(&text).await).await;
    assert_eq!(failed.map(|failed| failed.len()), Some(1));
    world.settings.webhook = elsewhere();
    let failed = world.run(async |engine| engine.batch(&text).await).await;
    assert_eq!(failed, Some(Vec::new()));
    let state = world.state();
    let [message] = state.messages.as_slice() else { panic!("{:?}", state.messages) };
    assert_eq!(message.destination, elsewhere());
}
