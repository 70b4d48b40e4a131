//! SQS and SNS deliver at least once; Discord hears it once.

use hinomi_tests::Result;
use hinomi_tests::discord::{standin::Operation, text_of};
use serde_json::Value;

use super::{Scene, dead_letters, fixture};

#[test]
fn the_same_event_twice_posts_once() -> Result<()> {
    let scene = Scene::new("chain-twice")?;
    scene.apply(&scene.relay(""))?;
    let (down, up) = (fixture("monitor-down.json")?, fixture("monitor-up.json")?);
    let budget = fixture("budget-actual.json")?;
    for body in [&down, &down, &budget, &budget] {
        scene.send(body)?;
    }
    let is_about = |what: &'static str| move |one: &_| text_of(one).contains(what);
    scene.message("the alarm", is_about("checkout is down"))?;
    scene.message("the budget", is_about("Budget"))?;
    scene.settled()?;
    // Also later, and after it was over: what is older than what is known changes nothing.
    scene.send(&down)?;
    scene.settled()?;
    scene.send(&up)?;
    scene.message("the edit", is_about("checkout is up again"))?;
    for body in [&down, &up, &budget] {
        scene.send(body)?;
    }
    scene.settled()?;
    let messages = scene.discord.messages();
    assert_eq!(messages.len(), 2, "{messages:#?}");
    assert!(messages.iter().any(is_about("checkout is up again")));
    assert_eq!(scene.sent(Operation::Execute).len(), 2);
    assert_eq!(scene.sent(Operation::EditMessage).len(), 1);
    assert_eq!(dead_letters(&scene.account)?, []);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_drill_rings_once_for_each_value() -> Result<()> {
    let scene = Scene::new("chain-drill")?;
    let hcl = scene.relay("ring = \"the first drill\"");
    scene.apply(&hcl)?;
    let rung = scene.only_message("the drill", |one| text_of(one).contains("the first drill"))?;
    let told = text_of(&rung);
    assert!(told.contains("This is a test") && told.contains("ops"), "{told}");
    assert!(!rung.content.contains('@'), "{}", rung.content);
    scene.apply(&hcl)?;
    scene.apply(&scene.relay("ring = \"the first drill\"\n language = \"ja\""))?;
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 1, "the same value rings nothing");
    scene.apply(&scene.relay("ring = \"the second drill\"\n language = \"ja\""))?;
    let is_second = |one: &_| text_of(one).contains("the second drill");
    let second = scene.message("the second drill", is_second)?;
    assert!(text_of(&second).contains("これはテストです"), "{}", text_of(&second));
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 2);
    let invocations = scene.account.invocations()?;
    let results: Vec<&Value> = invocations.iter().map(|one| &one.result).collect();
    assert!(results.iter().all(|one| one["batchItemFailures"] == serde_json::json!([])));
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}
