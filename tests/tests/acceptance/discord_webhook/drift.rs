//! What others change, and what only looks like a change.

use hinomi_tests::discord::standin::{Effect, Fault, Operation};
use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{OTHER_PNG, PARAMETER, PNG, REGION, Scene};

#[test]
fn what_changed_in_discord_is_changed_back() -> Result<()> {
    let scene = Scene::new("webhook-drift")?;
    let hcl = scene.bell("Alerts", &format!("{}\n avatar = \"{PNG}\"", Scene::published()));
    scene.apply(&hcl)?;
    let before = scene.webhook()?;
    let server = scene.discord.server();

    server.rename_webhook(&before.id, "Somebody's");
    server.repaint_webhook(&before.id, Some("0123456789abcdef0123456789abcdef"));
    server.move_webhook(&before.id, &scene.discord.new_channel());
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["name"], "Somebody's");
    assert_eq!(change["after"]["name"], "Alerts");
    assert_eq!(change["after_unknown"]["avatar_hash"], true);
    scene.apply(&hcl)?;
    assert_eq!(scene.webhook()?, before);

    // A picture that nobody declared is nobody's business.
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    server.repaint_webhook(&before.id, Some("0123456789abcdef0123456789abcdef"));
    scene.workspace.expect_empty_plan()?;
    scene.apply(
        &scene.bell("Alerts", &format!("{}\n avatar = \"{OTHER_PNG}\"", Scene::published())),
    )?;
    scene.end()
}

#[test]
fn a_webhook_that_was_deleted_is_made_anew_with_its_parameters() -> Result<()> {
    let scene = Scene::new("webhook-gone")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.apply(&hcl)?;
    let first = scene.webhook()?.id;
    scene.discord.server().remove_webhook(&first);
    let (actions, _) = scene.planned()?;
    assert_eq!(actions, ["delete", "create"]);
    scene.apply(&hcl)?;
    assert_ne!(scene.webhook()?.id, first);
    scene.expect_published(PARAMETER)?;

    // With no parameter left there is nothing to keep in mind.
    scene.apply(&scene.bell("Alerts", ""))?;
    scene.discord.server().remove_webhook(&scene.webhook()?.id);
    scene.workspace.config(&scene.bell("Alerts", ""))?;
    assert_eq!(scene.planned()?.0, ["create"]);

    // A destroy finds the parameters of a webhook that is gone already.
    scene.apply(&hcl)?;
    scene.discord.server().remove_webhook(&scene.webhook()?.id);
    scene.end()
}

/// The parameters are the new webhook's when the old one's end comes.
#[test]
fn a_replacement_that_is_made_before_keeps_its_parameters() -> Result<()> {
    let scene = Scene::new("webhook-before")?;
    let first = "lifecycle {\n create_before_destroy = true\n }";
    let hcl = scene.bell("Alerts", &format!("{}\n {first}", Scene::published()));
    scene.apply(&hcl)?;
    scene.discord.server().remove_webhook(&scene.webhook()?.id);
    assert_eq!(scene.planned()?.0, ["create", "delete"]);
    scene.apply(&hcl)?;
    scene.expect_published(PARAMETER)?;
    scene.end()
}

#[test]
fn a_parameter_that_was_deleted_or_overwritten_is_written_again() -> Result<()> {
    let scene = Scene::new("webhook-overwritten")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.apply(&hcl)?;
    let id = scene.webhook()?.id;

    scene.ssm("DeleteParameter", &json!({ "Name": PARAMETER }))?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["parameter_arns"], json!({}));
    scene.apply(&hcl)?;
    scene.expect_published(PARAMETER)?;

    let put = |value: &Value| {
        let body = json!({ "Name": PARAMETER, "Value": value, "Overwrite": true });
        scene.ssm("PutParameter", &body)
    };
    put(&json!("https://example.com/other"))?;
    assert_eq!(scene.planned()?.0, ["update"]);
    scene.apply(&hcl)?;
    scene.expect_published(PARAMETER)?;

    // Written again with the same URL: that is no change, and it is looked at once.
    let url = scene.parameter(PARAMETER)?["Value"].clone();
    put(&url)?;
    scene.workspace.terraform(&["apply", "-refresh-only", "-auto-approve"])?;
    let reads = scene.account.calls("ssm", "GetParameter")?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.account.calls("ssm", "GetParameter")?, reads, "no value is read without need");

    // Somebody made a plain text of it.
    scene.ssm("DeleteParameter", &json!({ "Name": PARAMETER }))?;
    scene.ssm("PutParameter", &json!({ "Name": PARAMETER, "Value": "x", "Type": "String" }))?;
    scene.apply(&hcl)?;
    scene.expect_published(PARAMETER)?;
    assert_eq!(scene.webhook()?.id, id);
    scene.end()
}

#[test]
fn tags_and_key_of_a_parameter_are_changed_back() -> Result<()> {
    let scene = Scene::new("webhook-tags")?;
    let hcl =
        scene.bell("Alerts", &format!("{}\n tags = {{ team = \"infra\" }}", Scene::published()));
    scene.apply(&hcl)?;
    let before = scene.tags(PARAMETER)?;
    let resource = json!({ "ResourceType": "Parameter", "ResourceId": PARAMETER });
    let mut body = resource.clone();
    body["Tags"] = json!([{ "Key": "team", "Value": "theirs" }, { "Key": "extra", "Value": "1" }]);
    scene.ssm("AddTagsToResource", &body)?;
    let mut body = resource;
    body["TagKeys"] = json!(["hinomi:managed"]);
    scene.ssm("RemoveTagsFromResource", &body)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["tags"], json!({ "team": "theirs", "extra": "1" }));
    scene.apply(&hcl)?;
    assert_eq!(scene.tags(PARAMETER)?, before);

    let key = scene.account.json("kms", REGION, "TrentService.CreateKey", &json!({}))?;
    let url = scene.parameter(PARAMETER)?["Value"].clone();
    let key = key["KeyMetadata"]["KeyId"].clone();
    scene.ssm(
        "PutParameter",
        &json!({ "Name": PARAMETER, "Value": url, "Overwrite": true, "KeyId": key }),
    )?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["publish_to"]["here"]["kms_key_id"], key);
    scene.apply(&hcl)?;
    let described = scene.ssm("DescribeParameters", &json!({}))?;
    assert_eq!(described["Parameters"][0]["KeyId"], "alias/aws/ssm");
    scene.expect_published(PARAMETER)?;
    scene.end()
}

/// Only Discord's own word is proof that a webhook is gone.
#[test]
fn a_read_that_fails_keeps_the_state() -> Result<()> {
    let scene = Scene::new("webhook-unreadable")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.apply(&hcl)?;
    let before = scene.workspace.state()?["resources"].clone();
    let every = |effect: Effect| Fault::next(Operation::ReadWebhook, effect).times(u32::MAX);
    let answers = [
        (403, 50013, "give the bot the permission Manage Webhooks"),
        (401, 0, "check the bot's token"),
        (404, 0, "Unable to read Discord webhook"),
        (404, 10003, "check the channel's id"),
        (503, 0, "Unable to read Discord webhook"),
    ];
    for (status, code, expected) in answers {
        scene.discord.server().inject(every(Effect::Answer { status, code }));
        scene.workspace.expect_error(Verb::Plan, &[expected])?;
        scene.workspace.expect_error(Verb::Refresh, &[expected])?;
        scene.discord.server().clear_faults();
    }
    scene.account.fault(json!({
        "service": "ssm", "operation": "DescribeParameters", "times": 20,
        "action": { "error": { "code": "AccessDeniedException", "message": "no" } },
    }))?;
    scene.workspace.expect_error(Verb::Plan, &["allow `ssm:DescribeParameters`"])?;
    scene.account.clear_faults()?;
    assert_eq!(scene.workspace.state()?["resources"], before);
    scene.workspace.expect_empty_plan()?;
    scene.workspace.discard();
    scene.end()
}
