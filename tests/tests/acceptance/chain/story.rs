//! A service breaks, heals, and breaks again: one message says so, and who has to know is called once.

use hinomi_tests::discord::{standin::Operation, text_of};
use hinomi_tests::{Result, Shop};
use serde_json::{Value, json};

use super::watch::{self, Watch};
use super::{ADDRESS, HOME, Scene, remind, reminders};

const ROLE: &str = "1310000000000000777";

/// A relay that calls a role, and a critical monitor of the shop.
fn declared(scene: &Scene, shop: &Shop) -> String {
    let id = scene.account.id();
    let relay = format!(
        r#"
  timezone = "Asia/Tokyo"
  mentions = {{ critical = {{ roles = ["{ROLE}"] }} }}
  accounts = {{ "{id}" = {{ name = "shop-production", purpose = "sells tickets" }} }}
"#
    );
    let monitor = r#"
  impact      = "critical"
  description = "Visitors can't pay while this is down."
  owner       = "team-shop"
  runbook_url = "https://wiki.example.com/runbooks/checkout"
"#;
    let topics = format!("[{ADDRESS}.topic_arns[\"{HOME}\"]]");
    scene.relay(&relay) + &watch::declared(shop, "", &topics, monitor)
}

/// Whether Discord may notify nobody of what this body's text names.
fn calls_nobody(body: &Value) -> bool {
    let allowed = &body["allowed_mentions"];
    let is_empty = |kind: &str| allowed[kind].as_array().is_none_or(Vec::is_empty);
    allowed["parse"] == json!([]) && is_empty("roles") && is_empty("users")
}

#[test]
fn one_message_tells_an_outage_from_its_beginning_to_its_end() -> Result<()> {
    let (scene, shop) = (Scene::new("chain-story")?, Shop::open()?);
    scene.apply(&declared(&scene, &shop))?;
    let mut watch = Watch::new(&scene.workspace, &scene.account, HOME, &shop)?;
    assert_eq!(watch.minute(false)?, []);

    watch.breaks()?;
    let opened =
        scene.only_message("a message", |one| text_of(one).contains("checkout is down"))?;
    let told = text_of(&opened);
    for part in [
        "🔴",
        "Visitors can't pay while this is down.",
        "critical",
        "team-shop",
        "wiki.example.com/runbooks/checkout",
        "shop-production",
        "sells tickets",
        scene.account.id(),
        HOME,
        "here",
        "2 of the latest 3 checks failed",
        "console.aws.amazon.com/cloudwatch",
        " JST",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert_eq!(opened.attachments.len(), 1, "the chart: {:?}", opened.attachments);
    assert!(opened.embeds[0]["image"]["url"].is_string(), "{}", opened.embeds[0]);
    let posted = scene.sent(Operation::Execute);
    assert_eq!(posted.len(), 1);
    assert_eq!(posted[0]["allowed_mentions"]["roles"], json!([ROLE]));
    assert_eq!(posted[0]["allowed_mentions"].get("parse"), Some(&json!([])));
    assert!(opened.content.contains(&format!("<@&{ROLE}>")), "{}", opened.content);
    let [first] = &reminders(&scene.account)?[..] else { panic!("one reminder is scheduled") };

    watch.heals()?;
    let healed = scene.only_message("its edit", |one| one.edits == 1)?;
    let told = text_of(&healed);
    assert!(told.contains("🟢 checkout is up again") && told.contains("Lasted"), "{told}");
    assert_eq!(healed.id, opened.id);

    // Within ten minutes it is the same outage.
    watch.breaks()?;
    let again = scene.only_message("another edit", |one| one.edits == 2)?;
    let told = text_of(&again);
    assert!(told.contains("🔴 checkout is down") && told.contains("reopened once"), "{told}");

    remind(&scene.account, first)?;
    assert_eq!(scene.discord.messages().len(), 1, "that one is out of date");
    let second = reminders(&scene.account)?.pop().expect("another reminder is scheduled");
    remind(&scene.account, &second)?;
    let reminder =
        scene.message("the reminder", |one| text_of(one).contains("⏰ checkout is still down"))?;
    assert!(text_of(&reminder).contains("team-shop"));
    assert!(text_of(&reminder).len() < told.len() / 2, "it is short");
    let third = reminders(&scene.account)?.pop().expect("the next reminder is scheduled");
    assert_ne!(third, second);

    watch.heals()?;
    scene.message("the last edit", |one| one.edits == 3)?;
    remind(&scene.account, &third)?;
    assert_eq!(scene.discord.messages().len(), 2, "nothing is down any more");
    // What an edit may ring is nobody, whoever its text names.
    for edit in scene.sent(Operation::EditMessage) {
        assert!(calls_nobody(&edit), "{edit}");
    }
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_matters_less_calls_nobody() -> Result<()> {
    let (scene, shop) = (Scene::new("chain-calm")?, Shop::open()?);
    // As IAM does: what is made now is known everywhere some seconds later.
    scene.account.refuse_new_roles(2)?;
    let relay = format!(
        r#"
  language = "ja"
  timezone = "Asia/Tokyo"
  mentions = {{ critical = {{ roles = ["{ROLE}"] }}, normal = {{ everyone = true }} }}
"#
    );
    let topics = format!("[{ADDRESS}.topic_arns[\"{HOME}\"]]");
    // A normal monitor calls nobody by default, also where the relay would know whom.
    let monitor = "impact = \"normal\"\n interval = \"1m\"";
    scene.apply(&(scene.relay(&relay) + &watch::declared(&shop, "", &topics, monitor)))?;
    let mut watch = Watch::new(&scene.workspace, &scene.account, HOME, &shop)?;
    watch.breaks()?;
    let opened =
        scene.only_message("a message", |one| text_of(one).contains("ダウンしています"))?;
    let told = text_of(&opened);
    for part in ["🔴 checkout", "影響度", "中", "監視拠点", "直近3回のチェックのうち2回が失敗"]
    {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    let posted = scene.sent(Operation::Execute);
    assert!(calls_nobody(&posted[0]), "{}", posted[0]);
    assert!(!opened.content.contains('@'), "{}", opened.content);
    assert_eq!(reminders(&scene.account)?.len(), 1, "also with a role that was new");
    watch.heals()?;
    let healed = scene.only_message("its edit", |one| one.edits == 1)?;
    assert!(text_of(&healed).contains("🟢 checkout が復旧しました"), "{}", text_of(&healed));
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}
