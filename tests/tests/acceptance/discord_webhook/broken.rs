//! Runs that end early, limits, and parameters that are in the way.

use std::time::Duration;

use hinomi_tests::discord::standin::{Effect, Fault, Operation, Scope};
use hinomi_tests::{Discord, Result, Verb, Workspace, eventually};
use serde_json::{Value, json};

use super::{ADDRESS, PARAMETER, REGION, Scene};

const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn rate_limits_are_waited_out() -> Result<()> {
    let retry_after = Duration::from_millis(300);
    for (scope, json) in
        [(Some(Scope::User), true), (Some(Scope::Global), true), (None, true), (None, false)]
    {
        let scene = Scene::new("webhook-limited")?;
        let limited = Effect::RateLimited { retry_after, scope, json };
        for operation in
            [Operation::CreateWebhook, Operation::ModifyWebhook, Operation::ReadWebhook]
        {
            scene.discord.server().inject(Fault::next(operation, limited.clone()).times(2));
        }
        scene.account.fault(
            json!({ "service": "ssm", "operation": "PutParameter", "action": "throttle" }),
        )?;
        scene.apply(&scene.bell("Alerts", &Scene::published()))?;
        scene.expect_published(PARAMETER)?;
        scene.end()?;
    }
    Ok(())
}

/// A create whose answer is lost is found again and not repeated; one that never arrived is.
#[test]
fn a_create_without_an_answer_makes_one_webhook() -> Result<()> {
    let ambiguous = [
        Effect::DropAfter,
        Effect::DropBefore,
        Effect::Malformed,
        Effect::Answer { status: 502, code: 0 },
    ];
    for effect in ambiguous {
        for published in [true, false] {
            let scene = Scene::new("webhook-ambiguous")?;
            let to = if published { Scene::published() } else { String::new() };
            let fault = Fault::next(Operation::CreateWebhook, effect.clone());
            scene.discord.server().inject(fault);
            scene.apply(&scene.bell("Alerts", &to))?;
            assert_eq!(scene.webhook()?.name, "Alerts", "{effect:?}");
            scene.end()?;
        }
    }
    Ok(())
}

/// Looks until the operation was asked for.
fn wait_for(discord: &Discord, operation: Operation) -> Result<()> {
    let is_asked =
        || discord.server().requests().iter().any(|request| request.operation == operation);
    eventually(&format!("{operation:?}"), PATIENCE, || Ok(is_asked().then_some(())))
}

/// Kills an apply as soon as the webhook is there and the call that is held up is reached;
/// the next apply takes over what was left.
fn kill_and_apply_again(
    parameters: usize,
    hold_up: impl Fn(&Scene) -> Result<()>,
    is_reached: impl Fn(&Scene) -> Result<bool>,
) -> Result<()> {
    let scene = Scene::new("webhook-killed")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.workspace.config(&hcl)?;
    scene.workspace.init()?;
    hold_up(&scene)?;
    let running = scene.workspace.start_apply()?;
    eventually("the call that is held up", PATIENCE, || Ok(is_reached(&scene)?.then_some(())))?;
    running.kill();
    running.wait()?;
    scene.account.clear_faults()?;
    scene.discord.server().clear_faults();
    let left = scene.webhook()?;
    assert!(left.name.starts_with("hinomi-making-"), "{left:?}");
    assert_eq!(scene.parameters()?.len(), parameters);

    scene.apply(&hcl)?;
    let taken = scene.webhook()?;
    assert_eq!((taken.id, taken.name.as_str()), (left.id, "Alerts"));
    scene.expect_published(PARAMETER)?;
    scene.end()
}

#[test]
fn what_a_killed_run_left_is_taken_over_by_its_passing_name() -> Result<()> {
    let hold_up = |scene: &Scene| {
        let slow = json!({ "delay_ms": 60_000 });
        scene
            .account
            .fault(json!({ "service": "ssm", "operation": "PutParameter", "action": slow }))
    };
    kill_and_apply_again(0, hold_up, |scene| Ok(scene.account.calls("ssm", "PutParameter")? > 0))
}

#[test]
fn what_a_killed_run_left_is_taken_over_by_its_parameter() -> Result<()> {
    let hold_up = |scene: &Scene| {
        let slow = Effect::Delay(Duration::from_mins(1));
        scene.discord.server().inject(Fault::next(Operation::ModifyWebhook, slow));
        Ok(())
    };
    kill_and_apply_again(1, hold_up, |scene| Ok(scene.asked(Operation::ModifyWebhook) > 0))
}

#[test]
fn a_webhook_whose_state_was_lost_is_taken_over() -> Result<()> {
    let scene = Scene::new("webhook-lost")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.apply(&hcl)?;
    let id = scene.webhook()?.id;
    // One of the same name in the same channel, which no parameter of ours knows, is not ours.
    let stranger = scene.discord.server().webhook_by_person(scene.discord.channel(), "Alerts");
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["id"], id.as_str());
    assert_eq!(scene.asked(Operation::CreateWebhook), 1);
    scene.discord.server().remove_webhook(&stranger.id);
    scene.end()
}

#[test]
fn a_create_that_fails_half_way_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("webhook-partial")?;
    let both = "publish_to = {\n a = { parameter_name = \"/hinomi/a\" }\n b = { parameter_name = \"/hinomi/b\" }\n }";
    let hcl = scene.bell("Alerts", both);
    scene.workspace.config(&hcl)?;
    let refused = json!({
        "service": "ssm", "operation": "PutParameter", "nth": 2, "times": 20,
        "action": { "error": { "code": "AccessDeniedException", "message": "not authorized to perform: kms:Encrypt" } },
    });
    scene.account.fault(refused)?;
    scene.workspace.expect_error(
        Verb::Apply,
        &["Unable to write SSM parameter `/hinomi/b in", "allow `kms:Encrypt`"],
    )?;
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted");
    assert_eq!(instance["attributes"]["id"], scene.webhook()?.id.as_str());
    let arns = instance["attributes"]["parameter_arns"].as_object().map(serde_json::Map::len);
    assert_eq!(arns, Some(1), "what was written is known");

    scene.account.clear_faults()?;
    scene.workspace.discard();
    scene.apply(&hcl)?;
    scene.expect_published("/hinomi/a")?;
    scene.expect_published("/hinomi/b")?;
    scene.end()
}

/// A change that stops half-way is gone on with, and forgets nothing on the way.
#[test]
fn an_update_that_failed_is_finished_by_the_next() -> Result<()> {
    let denied = json!({ "error": { "code": "AccessDeniedException", "message": "no" } });
    let calls = [
        ("DescribeParameters", &denied),
        ("PutParameter", &denied),
        ("PutParameter", &json!("drop_after")),
        ("DeleteParameter", &denied),
        ("DeleteParameter", &json!("drop_after")),
        ("AddTagsToResource", &denied),
    ];
    for (operation, action) in calls {
        let scene = Scene::new("webhook-update-died")?;
        let first = "publish_to = {\n a = { parameter_name = \"/hinomi/a\" }\n b = { parameter_name = \"/hinomi/b\" }\n }";
        scene.apply(&scene.bell("Alerts", first))?;
        let id = scene.webhook()?.id;
        let next = "publish_to = {\n a = { parameter_name = \"/hinomi/a\" }\n b = { parameter_name = \"/hinomi/c\" }\n }";
        let hcl = scene.bell("Bell", next);
        scene.workspace.config(&hcl)?;
        scene.workspace.plan()?;
        scene.account.fault(
            json!({ "service": "ssm", "operation": operation, "action": action, "times": 20 }),
        )?;
        assert!(scene.workspace.apply_plan().is_err(), "{operation} {action}");
        scene.account.clear_faults()?;
        scene.workspace.discard();
        scene.apply(&hcl)?;
        assert_eq!(scene.parameters()?, ["/hinomi/a", "/hinomi/c"], "{operation} {action}");
        assert_eq!(scene.tags("/hinomi/a")?["hinomi:name"], "Bell");
        scene.expect_published("/hinomi/c")?;
        assert_eq!(scene.webhook()?.id, id);
        scene.end()?;
    }
    Ok(())
}

/// Ctrl-C while Discord asks for patience: what exists is in the state.
#[test]
fn a_stopped_create_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("webhook-stopped")?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.workspace.config(&hcl)?;
    scene.workspace.init()?;
    let limited = Effect::RateLimited {
        retry_after: Duration::from_mins(2),
        scope: Some(Scope::User),
        json: true,
    };
    scene.discord.server().inject(Fault::next(Operation::ModifyWebhook, limited).times(9));
    let running = scene.workspace.start_apply()?;
    wait_for(&scene.discord, Operation::ModifyWebhook)?;
    running.interrupt();
    let output = running.wait()?;
    assert_eq!(output.code(), Some(1), "{}", output.text());
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{}", output.text());
    assert_eq!(instance["attributes"]["id"], scene.webhook()?.id.as_str());
    scene.discord.server().clear_faults();
    scene.end()
}

#[test]
fn a_write_whose_answer_is_lost_is_ours() -> Result<()> {
    let scene = Scene::new("webhook-put-lost")?;
    scene
        .account
        .fault(json!({ "service": "ssm", "operation": "PutParameter", "action": "drop_after" }))?;
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    scene.expect_published(PARAMETER)?;
    assert_eq!(scene.tags(PARAMETER)?["hinomi:name"], "Alerts");
    scene.end()
}

#[test]
fn a_parameter_of_somebody_else_is_left_alone() -> Result<()> {
    let scene = Scene::new("webhook-foreign")?;
    let theirs = json!({ "Name": PARAMETER, "Value": "theirs", "Type": "SecureString" });
    scene.ssm("PutParameter", &theirs)?;
    let hcl = scene.bell("Alerts", &Scene::published());
    scene.workspace.config(&hcl)?;
    let expected = [
        "There is a parameter of this name already",
        "Hinomi didn't make it",
        "choose another `parameter_name`",
    ];
    scene.workspace.expect_error(Verb::Apply, &expected)?;
    assert_eq!(scene.discord.server().webhooks(), [], "nothing is made before the names are free");
    let tags = json!([
        { "Key": "hinomi:managed", "Value": "true" },
        { "Key": "hinomi:stack", "Value": "other" },
        { "Key": "hinomi:name", "Value": "Alerts" },
    ]);
    scene.ssm(
        "AddTagsToResource",
        &json!({ "ResourceType": "Parameter", "ResourceId": PARAMETER, "Tags": tags }),
    )?;
    scene.workspace.expect_error(Verb::Apply, &["the webhook `Alerts` of the stack `other`"])?;
    assert_eq!(scene.parameter(PARAMETER)?["Value"], "theirs");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn a_full_channel_and_a_missing_permission_are_told() -> Result<()> {
    let scene = Scene::new("webhook-full")?;
    scene.workspace.config(&scene.bell("Alerts", ""))?;
    let server = scene.discord.server();
    server.deny_manage_webhooks(scene.discord.bot(), scene.discord.channel());
    scene.workspace.expect_error(
        Verb::Apply,
        &[
            "Unable to create Discord webhook",
            "give the bot the permission Manage Webhooks in the channel",
        ],
    )?;
    server.allow_manage_webhooks(scene.discord.bot(), scene.discord.channel());
    let seeded: Vec<_> =
        (0..15).map(|_| server.webhook_by_person(scene.discord.channel(), "x").id).collect();
    scene.workspace.expect_error(
        Verb::Apply,
        &["Maximum number of webhooks reached (15)", "delete a webhook that nobody needs"],
    )?;
    for id in seeded {
        server.remove_webhook(&id);
    }
    let unknown = Scene::hcl("channel_id = \"1000000000000000001\"\n name = \"Alerts\"");
    scene.workspace.config(&unknown)?;
    scene.workspace.expect_error(Verb::Apply, &["check the channel's id"])?;
    scene.workspace.discard();
    scene.discord.expect_no_token_in(&scene.workspace)
}

/// What the list of parameters doesn't show yet is asked for by name before it counts as gone.
#[test]
fn an_absence_in_the_list_is_no_proof() -> Result<()> {
    let scene = Scene::new("webhook-list")?;
    let both = "publish_to = {\n a = { parameter_name = \"/hinomi/a\" }\n b = { parameter_name = \"/hinomi/b\" }\n }";
    scene.apply(&scene.bell("Alerts", both))?;
    // The list is by tag: without its tag a parameter isn't in it, but it is there.
    let keys = json!({ "ResourceType": "Parameter", "ResourceId": "/hinomi/b", "TagKeys": ["hinomi:managed"] });
    scene.ssm("RemoveTagsFromResource", &keys)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["parameter_arns"].as_object().map(serde_json::Map::len), Some(2));
    scene.apply(&scene.bell("Alerts", both))?;
    assert_eq!(scene.tags("/hinomi/b")?["hinomi:managed"], "true");
    scene.end()
}

/// A webhook that two configurations publish to one parameter would ring for the wrong one.
#[test]
fn another_stack_is_told_apart() -> Result<()> {
    let scene = Scene::new("webhook-stacks")?;
    scene.apply(&scene.bell("Alerts", &Scene::published()))?;
    let second =
        Workspace::new("webhook-second")?.with_account(&scene.account).with_discord(&scene.discord);
    let hcl = scene.bell("Alerts", &Scene::published());
    second.config(
        &hcl.replace("provider \"hinomi\" {", "provider \"hinomi\" {\n  stack = \"second\""),
    )?;
    second.expect_error(Verb::Apply, &["of the stack `default`"])?;
    second.discard();
    let region = scene.attributes()?["publish_to"]["here"]["region"].clone();
    assert_eq!(region, Value::from(REGION));
    scene.workspace.expect_empty_plan()?;
    scene.end()
}
