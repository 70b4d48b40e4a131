//! A webhook that somebody deleted on Discord.

use std::time::Duration;

use hinomi_tests::discord::{standin::Operation, text_of};
use hinomi_tests::{Error, Result, eventually};

use super::{LONG, Scene, dead_letters, fixture};

/// A second webhook in another channel, and the route of money to it.
fn routed(scene: &Scene, channel: &str) -> String {
    let route = r#"
  routes = {
    money = { webhook_parameter_arn = hinomi_discord_webhook.money.parameter_arns["home"], kinds = ["budget"] }
  }
"#;
    let webhook = format!(
        r#"
resource "hinomi_discord_webhook" "money" {{
  channel_id = "{channel}"
  name       = "Money"
  publish_to = {{ home = {{ parameter_name = "/hinomi/money" }} }}
}}
"#
    );
    scene.relay(route) + &webhook
}

#[test]
fn what_it_would_have_told_is_kept_and_somebody_hears_of_it() -> Result<()> {
    let scene = Scene::new("chain-deleted")?;
    let server = scene.discord.server();
    let money = scene.discord.new_channel();
    scene.apply(&routed(&scene, &money))?;
    let dead_letter_alarm = || -> Result<Vec<String>> {
        let changes = scene.account.evaluate_alarms()?.into_iter();
        let ours = changes.filter(|change| change.alarm.contains("dead-letters"));
        Ok(ours.map(|change| change.to).collect())
    };
    assert_eq!(dead_letter_alarm()?, ["OK"], "there are none");

    let webhooks = server.webhooks();
    let ops = webhooks.iter().find(|one| one.name == "Ops").expect("the webhook was made");
    server.remove_webhook(&ops.id);
    let alarm = fixture("monitor-down.json")?;
    scene.send(&alarm)?;
    scene.send(&fixture("budget-actual.json")?)?;
    eventually("the message to the other channel", LONG, || {
        let messages = server.channel_messages(&money);
        match messages.as_slice() {
            [one] if text_of(one).contains("Budget shop-monthly") => Ok(Some(())),
            _ => Err(Error::unexpected(format!("the channel has {messages:?}"))),
        }
    })?;
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 0);

    let requests = server.requests().into_iter();
    let to_dead = requests.filter(|one| one.operation == Operation::Execute && one.major == ops.id);
    let statuses: Vec<_> = to_dead.map(|one| one.status).collect();
    assert_eq!(statuses, [Some(404)], "it is not tried again");
    let mut states = Vec::new();
    for minute in 1..=10 {
        scene.account.set_clock_ahead(Duration::from_secs(60 * minute))?;
        states.extend(dead_letter_alarm()?);
    }
    assert_eq!(states, ["ALARM"]);
    let letters = dead_letters(&scene.account)?;
    let [(body, reason)] = letters.as_slice() else { panic!("{letters:?}") };
    assert_eq!(*body, alarm, "it can be told again once there is a webhook");
    assert!(reason.contains("Unknown Webhook"), "{reason}");

    // Terraform makes the webhook anew. The relay's function remembers the old URL for some minutes,
    // and reads it again as soon as that is dead.
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    scene.send(&alarm)?;
    let told = scene.message("the alarm", |one| text_of(one).contains("checkout is down"))?;
    assert_eq!(told.edits, 0);
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 1);
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}
