//! From plan to destroy, one attribute after the other.

use std::fs;

use hinomi_tests::discord::standin::Operation;
use hinomi_tests::{Account, Discord, Result, Workspace, paths};
use serde_json::{Value, json};

use super::{ADDRESS, OTHER_PNG, PARAMETER, PNG, REGION, Scene, parameter};

#[test]
fn a_webhook_lives_from_plan_to_destroy() -> Result<()> {
    let mut scene = Scene::new("webhook-life")?;
    scene.workspace = scene.workspace.with_trace();
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    let arn = format!("arn:aws:ssm:{REGION}:{}:parameter{PARAMETER}", scene.account.id());
    assert_eq!(change["after"]["parameter_arns"], json!({ "here": arn }));
    assert_eq!(change["after"]["publish_to"]["here"]["account"]["id"], scene.account.id());
    assert_eq!(change["after"]["publish_to"]["here"]["region"], REGION);
    assert_eq!(change["after"]["delete_on_destroy"], true);
    assert_eq!(change["after"]["tags_all"]["hinomi:name"], "Alerts");
    assert_eq!(change["after_unknown"]["id"], true);

    scene.apply(&hcl)?;
    let webhook = scene.webhook()?;
    assert_eq!(
        (webhook.name.as_str(), webhook.channel_id.as_str()),
        ("Alerts", scene.discord.channel())
    );
    let state = scene.attributes()?;
    assert_eq!(state["id"], webhook.id.as_str());
    assert_eq!(state["guild_id"], scene.discord.guild());
    assert_eq!(state["application_id"], scene.discord.bot().application_id.as_str());
    assert_eq!(state["avatar_hash"], Value::Null);
    assert_eq!(state["adopted"], false);
    scene.expect_published(PARAMETER)?;
    let tags = scene.tags(PARAMETER)?;
    assert_eq!(tags["hinomi:managed"], "true");
    assert_eq!(tags["hinomi:stack"], "default");
    assert_eq!(tags["hinomi:name"], "Alerts");
    scene.end()
}

#[test]
fn every_attribute_changes_in_place() -> Result<()> {
    let scene = Scene::new("webhook-update")?;
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    let first = scene.webhook()?;

    // A name of any script; tags take only part of it.
    let published = Scene::published();
    scene.apply(&scene.bell("火の見 🔔", &published))?;
    assert_eq!(scene.webhook()?.name, "火の見 🔔");
    assert_eq!(scene.tags(PARAMETER)?["hinomi:name"], "火の見 -");

    scene.apply(&scene.bell("Alerts", &format!("{published}\n avatar = \"{PNG}\"")))?;
    let painted = scene.webhook()?.avatar;
    assert!(painted.is_some());
    assert_eq!(scene.attributes()?["avatar_hash"], json!(painted));
    assert_eq!(scene.attributes()?["avatar"], Value::Null, "a picture is in no state");
    scene.apply(&scene.bell("Alerts", &format!("{published}\n avatar = \"{OTHER_PNG}\"")))?;
    assert_ne!(scene.webhook()?.avatar, painted);
    scene.apply(&scene.bell("Alerts", &published))?;
    assert_eq!(scene.webhook()?.avatar, None);

    let elsewhere = scene.discord.new_channel();
    let moved = Scene::hcl(&format!(
        "channel_id = \"{elsewhere}\"\n name = \"Alerts\"\n audit_log_reason = \"PR 12: move\"\n {published}"
    ));
    scene.apply(&moved)?;
    assert_eq!(scene.webhook()?.channel_id, elsewhere);
    let reasons = scene.discord.server().requests();
    let change = reasons.iter().rfind(|one| one.operation == Operation::ModifyWebhook);
    let reason = change.and_then(|one| one.audit_log_reason.as_deref());
    assert_eq!(reason, Some("PR 12: move"));

    // What concerns Terraform alone asks neither Discord nor AWS to change anything.
    let writes =
        (scene.asked(Operation::ModifyWebhook), scene.account.calls("ssm", "PutParameter")?);
    let kept = "delete_on_destroy = false\n timeouts = { create = \"1m\" }";
    scene.apply(
        &moved
            .replace("PR 12: move", "none")
            .replace("publish_to", &format!("{kept}\n publish_to")),
    )?;
    assert_eq!(
        writes,
        (scene.asked(Operation::ModifyWebhook), scene.account.calls("ssm", "PutParameter")?)
    );

    scene.apply(&moved.replace("publish_to", "tags = { team = \"infra\" }\n publish_to"))?;
    assert_eq!(scene.tags(PARAMETER)?["team"], "infra");
    scene.apply(&moved)?;
    assert!(!scene.tags(PARAMETER)?.contains_key("team"));
    assert_eq!(scene.webhook()?.id, first.id, "it is the same webhook all the time");
    scene.expect_published(PARAMETER)?;
    scene.end()
}

#[test]
fn parameters_come_and_go_and_move() -> Result<()> {
    let scene = Scene::new("webhook-parameters")?;
    scene.apply(&scene.bell("Alerts", ""))?;
    assert_eq!(scene.parameters()?, [""; 0]);

    // The token is read from Discord, since the state has none.
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    scene.expect_published(PARAMETER)?;

    let both = "publish_to = {\n here = { parameter_name = \"/hinomi/bell\" }\n there = { parameter_name = \"/teams/ops/bell\" }\n }";
    scene.apply(&scene.bell("Alerts", both))?;
    scene.expect_published("/teams/ops/bell")?;

    // Another name is another parameter; a new key of the user's is not.
    let writes = scene.account.calls("ssm", "PutParameter")?;
    let moved = "publish_to = {\n renamed = { parameter_name = \"/hinomi/bell\" }\n there = { parameter_name = \"/teams/dev/bell\" }\n }";
    scene.apply(&scene.bell("Alerts", moved))?;
    assert_eq!(scene.parameters()?, ["/hinomi/bell", "/teams/dev/bell"]);
    assert_eq!(scene.account.calls("ssm", "PutParameter")?, writes + 1);
    scene.expect_published("/teams/dev/bell")?;

    let key = scene.account.json("kms", REGION, "TrentService.CreateKey", &json!({}))?;
    let key = key["KeyMetadata"]["KeyId"].as_str().unwrap_or_default().to_owned();
    let keyed = format!(
        "publish_to = {{\n renamed = {{\n parameter_name = \"{PARAMETER}\"\n kms_key_id = \"{key}\"\n }}\n }}"
    );
    scene.apply(&scene.bell("Alerts", &keyed))?;
    assert_eq!(scene.parameters()?, ["/hinomi/bell"]);
    let described = scene.ssm("DescribeParameters", &json!({}))?;
    assert_eq!(described["Parameters"][0]["KeyId"], key.as_str());
    scene.expect_published(PARAMETER)?;

    scene.apply(&scene.bell("Alerts", ""))?;
    assert_eq!(scene.parameters()?, [""; 0]);
    scene.end()
}

#[test]
fn the_url_goes_to_two_accounts() -> Result<()> {
    let scene = Scene::new("webhook-accounts")?;
    let other = Account::new()?;
    other.seed_entrance(&scene.account, "publisher", Some("between-us"))?;
    let both = format!(
        r#"publish_to = {{
    here  = {{ parameter_name = "{PARAMETER}" }}
    there = {{
      parameter_name = "/alerts/url"
      region         = "eu-west-1"
      account        = {{ id = "{}", role_name = "publisher", external_id = "between-us" }}
    }}
  }}"#,
        other.id()
    );
    scene.apply(&scene.bell("Alerts", &both))?;
    scene.expect_published(PARAMETER)?;
    let there = parameter(&other, "eu-west-1", "/alerts/url")?;
    assert!(there["Value"] == scene.parameter(PARAMETER)?["Value"], "both hold the same URL");
    let arn = format!("arn:aws:ssm:eu-west-1:{}:parameter/alerts/url", other.id());
    assert_eq!(scene.attributes()?["parameter_arns"]["there"], arn.as_str());

    // The way into the account is in the state: its parameter goes when it leaves the configuration.
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    let left = other.objects()?;
    assert!(left.iter().all(|object| object.kind != "ssm:parameter"), "{left:?}");
    scene.end()
}

/// Parameters keep their names when the stack's changes; their tags follow.
#[test]
fn a_stack_may_be_renamed() -> Result<()> {
    let scene = Scene::new("webhook-stack")?;
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    let both = "publish_to = {\n here = {\n parameter_name = \"/hinomi/bell\"\n kms_key_id = \"alias/aws/ssm\"\n }\n }";
    let renamed = scene
        .bell("Alerts", both)
        .replace("provider \"hinomi\" {", "provider \"hinomi\" {\n  stack = \"renamed\"");
    scene.apply(&renamed)?;
    assert_eq!(scene.tags(PARAMETER)?["hinomi:stack"], "renamed");
    scene.expect_published(PARAMETER)?;
    scene.end()
}

#[test]
fn a_webhook_is_imported_by_its_id() -> Result<()> {
    let scene = Scene::new("webhook-import")?;
    let hcl = scene.bell("Alerts", "");
    scene.apply(&hcl)?;
    let id = scene.webhook()?.id;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;

    let imported = scene.workspace.import(ADDRESS, &id)?;
    imported.expect("The next apply writes the parameters of `publish_to`")?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.attributes()?["guild_id"], scene.discord.guild());

    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    assert_eq!(scene.webhook()?.id, id);
    scene.expect_published(PARAMETER)?;
    scene.end()
}

#[test]
fn a_webhook_of_a_person_is_imported_and_gone_ones_are_not() -> Result<()> {
    let scene = Scene::new("webhook-import-person")?;
    let made = scene.discord.server().webhook_by_person(scene.discord.channel(), "Bell");
    scene.workspace.config(&scene.bell("Bell", &Scene::published()))?;
    scene.workspace.import(ADDRESS, &made.id)?;
    scene.apply(&scene.bell("Bell", &Scene::published()))?;
    scene.expect_published(PARAMETER)?;
    assert_eq!(scene.attributes()?["application_id"], Value::Null);
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.discord.server().remove_webhook(&made.id);
    let refused = scene.workspace.import(ADDRESS, &made.id).expect_err("it is gone").to_string();
    assert!(refused.contains("Cannot import non-existent remote object"), "{refused}");
    let refused = scene.workspace.import(ADDRESS, "bell").expect_err("no id").to_string();
    assert!(refused.contains("Invalid import id `bell`"), "{refused}");
    scene.workspace.discard();
    scene.discord.expect_no_token_in(&scene.workspace)
}

/// Values that something else makes first are known only when they are applied.
#[test]
fn unknown_values_are_waited_for() -> Result<()> {
    let scene = Scene::new("webhook-unknown")?;
    let hcl = Scene::hcl(
        "channel_id = terraform_data.channel.output\n name = terraform_data.name.output\n avatar = terraform_data.avatar.output\n publish_to = { here = { parameter_name = terraform_data.parameter.output } }",
    );
    let inputs = [
        ("channel", scene.discord.channel()),
        ("name", "Alerts"),
        ("avatar", PNG),
        ("parameter", PARAMETER),
    ];
    let data: String = inputs
        .map(|(name, value)| {
            format!("resource \"terraform_data\" \"{name}\" {{\n input = \"{value}\"\n}}\n")
        })
        .concat();
    scene.workspace.config(&(hcl + &data))?;
    let (_, change) = scene.planned()?;
    assert_eq!(change["after_unknown"]["parameter_arns"]["here"], true);
    assert_eq!(change["after_unknown"]["tags_all"], true);
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    scene.expect_published(PARAMETER)?;
    assert!(scene.webhook()?.avatar.is_some());
    scene.end()
}

/// The search for tokens would find one: in a plan, in a state and in an output.
#[test]
fn a_token_that_leaks_is_found() -> Result<()> {
    let scene = Scene::new("webhook-leak")?;
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    scene.discord.expect_no_token_in(&scene.workspace)?;
    let token = scene.discord.server().webhook_token(&scene.webhook()?.id).unwrap_or_default();
    let leaking = Scene::new("webhook-leaking")?;
    leaking
        .workspace
        .config(&format!("resource \"terraform_data\" \"leak\" {{\n input = \"{token}\"\n}}\n"))?;
    leaking.workspace.plan()?;
    let found =
        scene.discord.expect_no_token_in(&leaking.workspace).expect_err("it is in the plan");
    let found = found.to_string();
    assert!(found.contains("tfplan") && !found.contains(&token), "{found}");
    // What the run as a whole keeps is searched as well.
    for entry in fs::read_dir(leaking.workspace.artefacts()).expect("a folder") {
        fs::remove_file(entry.expect("an entry").path()).expect("removed");
    }
    leaking.workspace.discard();
    scene.end()
}

#[test]
fn the_example_plans() -> Result<()> {
    let (account, discord) = (Account::new()?, Discord::start()?);
    let folder = "examples/resources/hinomi_discord_webhook";
    let url = format!("https://discord.com/api/webhooks/1310000000000000009/{}", "x".repeat(68));
    let workspace = Workspace::from_repository("webhook-example", folder, &paths::provider())?
        .with_account(&account)
        .with_discord(&discord)
        .var("festival_webhook_url", &url);
    let plan = workspace.plan_json()?;
    let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
    let ids: Vec<_> = changes.iter().map(|one| one["change"]["after"]["id"].clone()).collect();
    assert_eq!(ids, [json!("1310000000000000009"), Value::Null], "of the adopted one it is known");
    workspace.expect_no_secret(&[url.as_str()])
}
