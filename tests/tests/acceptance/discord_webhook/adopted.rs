//! Webhooks that exist already and are adopted by their URL, without a bot.

use hinomi_tests::discord::standin::Operation;
use hinomi_tests::{Result, Verb, Workspace};
use serde_json::{Value, json};

use super::{PARAMETER, PNG, Scene};

const ADOPTED: &str = "url_wo = var.webhook_url == \"\" ? null : var.webhook_url\n  url_wo_version = 1\n  publish_to = { here = { parameter_name = \"/hinomi/bell\" } }";

/// The same workspace, but the URL is not given any more.
fn without_url(scene: Scene) -> Scene {
    let Scene { account, discord, workspace } = scene;
    Scene { account, discord, workspace: workspace.var("webhook_url", "") }
}

#[test]
fn an_adopted_webhook_needs_its_url_once() -> Result<()> {
    let (mut scene, id) = Scene::adopting("webhook-adopted")?;
    scene.workspace = scene.workspace.with_trace();
    scene.workspace.config(&Scene::hcl(ADOPTED))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after"]["id"], id.as_str(), "the id is no secret and known");
    assert_eq!(change["after"]["url_wo"], Value::Null);
    assert_eq!(change["after"]["delete_on_destroy"], false);
    scene.apply(&Scene::hcl(ADOPTED))?;
    scene.expect_published(PARAMETER)?;
    let state = scene.attributes()?;
    assert_eq!((state["name"].as_str(), state["adopted"].as_bool()), (Some("Bell"), Some(true)));
    assert_eq!(state["channel_id"], scene.discord.channel());

    // Later runs read the token from the parameter.
    let scene = without_url(scene);
    scene.workspace.expect_empty_plan()?;
    scene.apply(&Scene::hcl(&format!("{ADOPTED}\n name = \"Alerts\"\n avatar = \"{PNG}\"")))?;
    let webhook = scene.webhook()?;
    assert_eq!((webhook.id.as_str(), webhook.name.as_str()), (id.as_str(), "Alerts"));
    assert!(webhook.avatar.is_some());
    let both = ADOPTED
        .replace("publish_to = {", "publish_to = { there = { parameter_name = \"/there\" },");
    scene.apply(&Scene::hcl(&format!("{both}\n name = \"Alerts\"\n avatar = \"{PNG}\"")))?;
    scene.expect_published("/there")?;
    assert_eq!(scene.tags("/there")?["hinomi:name"], "Alerts");
    assert!(scene.discord.server().requests().iter().all(|request| !request.authorized));

    scene.workspace.destroy()?;
    assert_eq!(scene.webhook()?.id, id, "it was there before, and it stays");
    assert_eq!(scene.parameters()?, [""; 0]);
    scene.discord.expect_no_token_in(&scene.workspace)
}

#[test]
fn an_adopted_webhook_is_deleted_if_told_so() -> Result<()> {
    let (scene, _) = Scene::adopting("webhook-adopted-deleted")?;
    scene.apply(&Scene::hcl(&format!("{ADOPTED}\n delete_on_destroy = true")))?;
    assert_eq!(scene.attributes()?["delete_on_destroy"], true);
    scene.end()
}

#[test]
fn an_adopted_webhook_follows_what_people_do_in_discord() -> Result<()> {
    let (scene, id) = Scene::adopting("webhook-adopted-drift")?;
    scene.apply(&Scene::hcl(ADOPTED))?;
    // Nothing declares its name: the new one is taken over, and the tags follow.
    scene.discord.server().rename_webhook(&id, "Renamed");
    let (actions, _) = scene.planned()?;
    assert_eq!(actions, ["update"], "of the tags");
    scene.apply(&Scene::hcl(ADOPTED))?;
    assert_eq!(scene.tags(PARAMETER)?["hinomi:name"], "Renamed");
    assert_eq!(scene.webhook()?.name, "Renamed");

    scene.discord.server().remove_webhook(&id);
    let (actions, _) = scene.planned()?;
    assert_eq!(actions, ["delete", "create"]);
    scene.workspace.expect_error(Verb::Apply, &["Unable to adopt Discord webhook"])?;
    scene.workspace.discard();
    scene.workspace.destroy()?;
    assert_eq!(scene.parameters()?, [""; 0]);
    scene.discord.expect_no_token_in(&scene.workspace)
}

#[test]
fn another_url_is_another_webhook() -> Result<()> {
    let (scene, first) = Scene::adopting("webhook-adopted-other")?;
    scene.apply(&Scene::hcl(ADOPTED))?;
    let other = scene.discord.server().webhook_by_person(scene.discord.channel(), "Other");
    let Scene { account, discord, workspace } = scene;
    let scene = Scene { account, discord, workspace: workspace.var("webhook_url", &other.url) };
    scene.workspace.expect_empty_plan()?.expect("Another webhook's URL is not looked at")?;

    let next = Scene::hcl(&ADOPTED.replace("url_wo_version = 1", "url_wo_version = 2"));
    scene.workspace.config(&next)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["delete", "create"]);
    assert_eq!(change["after"]["id"], other.id.as_str());
    scene.apply(&next)?;
    scene.discord.server().remove_webhook(&first);
    scene.expect_published(PARAMETER)?;
    scene.workspace.destroy()?;
    assert_eq!(scene.webhook()?.id, other.id);
    scene.discord.expect_no_token_in(&scene.workspace)
}

/// Without bot and parameter nobody sees the webhook, until the URL is given again.
#[test]
fn a_lost_parameter_is_repaired_with_the_url() -> Result<()> {
    let (scene, _) = Scene::adopting("webhook-adopted-lost")?;
    scene.apply(&Scene::hcl(ADOPTED))?;
    scene.ssm("DeleteParameter", &json!({ "Name": PARAMETER }))?;
    let plan = scene.workspace.plan()?;
    plan.expect("The webhook can't be read")?;
    let url = "webhook_url";
    let Scene { account, discord, workspace } = scene;
    let given = workspace.environment().get(&format!("TF_VAR_{url}")).cloned().unwrap_or_default();
    let scene = Scene { account, discord, workspace: workspace.var(url, "") };
    scene.workspace.expect_error(
        Verb::Apply,
        &["Unable to reach Discord webhook", "give the URL in `url_wo`"],
    )?;
    let Scene { account, discord, workspace } = scene;
    let scene = Scene { account, discord, workspace: workspace.var(url, &given) };
    scene.apply(&Scene::hcl(ADOPTED))?;
    scene.expect_published(PARAMETER)?;
    scene.workspace.discard();
    scene.discord.expect_no_token_in(&scene.workspace)
}

#[test]
fn only_a_bot_moves_a_webhook() -> Result<()> {
    let (scene, id) = Scene::adopting("webhook-adopted-moved")?;
    let elsewhere = scene.discord.new_channel();
    let moving = Scene::hcl(&format!("{ADOPTED}\n channel_id = \"{elsewhere}\""));
    let refusal = "Only a bot can move a webhook to another channel";
    scene.workspace.config(&moving)?;
    scene.workspace.expect_error(Verb::Apply, &[refusal])?;
    assert_eq!(scene.parameters()?, [""; 0], "nothing was done");
    scene.apply(&Scene::hcl(ADOPTED))?;
    scene.workspace.config(&moving)?;
    scene.workspace.expect_error(Verb::Plan, &[refusal])?;
    let Scene { account, discord, workspace } = scene;
    let workspace = workspace.with_discord(&discord);
    let scene = Scene { account, discord, workspace };
    scene.apply(&moving)?;
    assert_eq!(scene.webhook()?.channel_id, elsewhere);
    assert_eq!(scene.attributes()?["id"], id.as_str());
    assert_eq!(scene.asked(Operation::ModifyWebhook), 1);
    scene.workspace.discard();
    scene.discord.expect_no_token_in(&scene.workspace)
}

#[test]
fn a_url_that_leads_nowhere_is_told_without_being_shown() -> Result<()> {
    let (scene, _) = Scene::adopting("webhook-adopted-wrong")?;
    scene.workspace.config(&Scene::hcl(ADOPTED))?;
    let seeded = scene.discord.server().webhook_by_person(scene.discord.channel(), "Gone");
    let other = scene.discord.server().webhook_by_person(scene.discord.channel(), "Other");
    scene.discord.server().remove_webhook(&seeded.id);
    let wrong_token = seeded.url.replace(&seeded.id, &other.id);
    let official = format!("https://example.com/api/webhooks/{}/{}", other.id, other.token);
    let cases = [
        (seeded.url.clone(), Verb::Apply, "Unable to adopt Discord webhook"),
        (wrong_token, Verb::Apply, "the webhook's token is not the one that Discord has"),
        (official, Verb::Plan, "is not of Discord"),
        (format!("{}/slack", other.url), Verb::Plan, "without that ending"),
    ];
    let Scene { account, discord, mut workspace } = scene;
    for (url, verb, expected) in cases {
        workspace = workspace.var("webhook_url", &url);
        workspace.expect_error(verb, &[expected])?;
    }
    workspace.discard();
    assert!(account.objects()?.is_empty());
    discord.expect_no_token_in(&workspace)
}

#[test]
fn neither_bot_nor_url_is_refused_at_plan() -> Result<()> {
    let (scene, _) = Scene::adopting("webhook-nobody")?;
    scene.workspace.config(&scene.bell("Alerts", ""))?;
    scene.workspace.expect_error(
        Verb::Plan,
        &["No bot can make the webhook", "DISCORD_BOT_TOKEN", "adopt it with `url_wo`"],
    )?;
    let workspace: &Workspace = &scene.workspace;
    workspace.config(&Scene::hcl(
        &ADOPTED.replace("var.webhook_url == \"\" ? null : var.webhook_url", "null"),
    ))?;
    workspace.expect_error(Verb::Plan, &["Missing `url_wo`"])?;
    workspace.discard();
    Ok(())
}
