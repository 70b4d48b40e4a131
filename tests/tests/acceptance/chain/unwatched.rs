//! Monitors that are paused, taken away or lose a location while they ring: nobody is reminded of them for
//! ever, and what breaks later rings.

use hinomi_tests::discord::{standin::Operation, text_of};
use hinomi_tests::{Result, Shop};
use serde_json::json;

use super::watch::{self, Watch};
use super::{ADDRESS, HOME, Scene, remind, reminders};

const ROLE: &str = "1310000000000000777";
const PAUSED: &str = "impact = \"critical\"\n enabled = false";
const UNWATCHED: &str = "⏹️ checkout is no longer watched";

fn relay(scene: &Scene) -> String {
    scene.relay(&format!("mentions = {{ critical = {{ roles = [\"{ROLE}\"] }} }}"))
}

fn declared(scene: &Scene, shop: &Shop, attributes: &str) -> String {
    let topics = format!("[{ADDRESS}.topic_arns[\"{HOME}\"]]");
    relay(scene) + &watch::declared(shop, "", &topics, attributes)
}

/// A critical monitor of a shop that is down, and told to be.
fn down<'a>(scene: &'a Scene, shop: &'a Shop) -> Result<Watch<'a>> {
    scene.apply(&declared(scene, shop, "impact = \"critical\""))?;
    let mut watch = Watch::new(&scene.workspace, &scene.account, HOME, shop)?;
    watch.minute(false)?;
    watch.breaks()?;
    scene.only_message("a message", |one| text_of(one).contains("🔴 checkout is down"))?;
    Ok(watch)
}

/// The message says so, and its reminder nothing any more.
fn expect_unwatched(scene: &Scene) -> Result<()> {
    let message = scene.only_message("its edit", |one| text_of(one).contains(UNWATCHED))?;
    assert!(text_of(&message).contains("Watched until"), "{}", text_of(&message));
    let due = reminders(&scene.account)?.pop().expect("a reminder was scheduled");
    remind(&scene.account, &due)?;
    assert_eq!(scene.discord.messages().len(), 1, "nothing is reminded of");
    assert_eq!(reminders(&scene.account)?, [""; 0], "and none comes after it");
    Ok(())
}

#[test]
fn a_pause_ends_what_rings_and_what_is_still_down_after_it_rings_anew() -> Result<()> {
    let (scene, shop) = (Scene::new("chain-paused")?, Shop::open()?);
    let mut watch = down(&scene, &shop)?;
    scene.apply(&declared(&scene, &shop, PAUSED))?;
    expect_unwatched(&scene)?;

    // What it saw last still is in the alarm's window, which is nobody's concern.
    assert!(scene.account.evaluate_alarms()?.iter().all(|change| change.to != "OK"));
    scene.apply(&declared(&scene, &shop, "impact = \"critical\""))?;
    watch.skip(15);
    watch.breaks()?;
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 2);
    let posted = scene.sent(Operation::Execute);
    assert_eq!(posted[1]["allowed_mentions"]["roles"], json!([ROLE]), "{}", posted[1]);
    watch.heals()?;
    scene.message("the end", |one| text_of(one).contains("🟢 checkout is up again"))?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_monitor_that_is_taken_away_while_it_rings_is_not_reminded_of() -> Result<()> {
    let (scene, shop) = (Scene::new("chain-taken-away")?, Shop::open()?);
    down(&scene, &shop)?;
    scene.apply(&relay(&scene))?;
    expect_unwatched(&scene)?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_location_that_goes_takes_its_silence_along_and_a_failure_after_it_calls() -> Result<()> {
    let (scene, shop) = (Scene::new("chain-silent")?, Shop::open()?);
    let both = declared(&scene, &shop, "impact = \"critical\"").replace(
        "here = hinomi_monitor_location.here.location",
        "here = hinomi_monitor_location.here.location, osaka = hinomi_monitor_location.osaka.location",
    );
    let osaka = "resource \"hinomi_monitor_location\" \"osaka\" {\n name = \"osaka\"\n}\n";
    scene.apply(&format!("{both}{osaka}"))?;
    let mut watch = Watch::new(&scene.workspace, &scene.account, HOME, &shop)?;
    let mut changes = Vec::new();
    while changes.is_empty() {
        changes = watch.minute(false)?;
    }
    let silent = "hinomi-default/checkout/no-data/osaka".to_owned();
    assert_eq!(changes, [(silent, "ALARM".to_owned())]);
    let told = "⚪ checkout: no checks arrive from osaka";
    scene.only_message("a message", |one| text_of(one).contains(told))?;

    let alone = declared(&scene, &shop, "impact = \"critical\"");
    scene.apply(&format!("{alone}{osaka}"))?;
    scene.only_message("its end", |one| text_of(one).contains("🟢 checkout is up again"))?;

    watch.breaks()?;
    scene.settled()?;
    let messages = scene.discord.messages();
    assert_eq!(messages.len(), 2, "the silence was told, the failure has to call: {messages:#?}");
    let posted = scene.sent(Operation::Execute);
    assert_eq!(posted[1]["allowed_mentions"]["roles"], json!([ROLE]), "{}", posted[1]);
    assert!(posted[1].to_string().contains("🔴 checkout is down"), "{}", posted[1]);
    scene.workspace.destroy().map(drop)
}
