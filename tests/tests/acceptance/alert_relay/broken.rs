//! Runs that were cut short, calls that fail, and objects that are somebody else's.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{HOME, RELAY, Scene};

/// More often than any client tries again.
const ALWAYS: u64 = 50;

fn fault(scene: &Scene, service: &str, operation: &str, action: &Value) -> Result<()> {
    scene.account.fault(json!({
        "service": service, "operation": operation, "times": ALWAYS, "action": action,
    }))
}

fn denied() -> Value {
    json!({ "error": { "code": "AccessDeniedException", "message": "not allowed here" } })
}

#[test]
fn what_a_failed_create_left_is_kept_and_mended() -> Result<()> {
    let scene = Scene::new("relay-half")?;
    let hcl = scene.least();
    for (service, operation) in [
        ("sqs", "CreateQueue"),
        ("dynamodb", "CreateTable"),
        ("lambda", "CreateFunction"),
        ("sns", "Subscribe"),
    ] {
        fault(&scene, service, operation, &denied())?;
        scene.workspace.config(&hcl)?;
        let refusal = ["Unable to create alert relay `ops`", "not allowed here"];
        scene.workspace.expect_error(Verb::Apply, &refusal)?;
        scene.account.clear_faults()?;
    }
    scene.workspace.discard();
    scene.apply(&hcl)?;
    scene.workspace.destroy()?;
    let left = scene.account.objects()?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    let scene = Scene::new("relay-killed")?;
    let hcl = scene.least();
    for (service, operation) in [
        ("sqs", "CreateQueue"),
        ("iam", "CreateRole"),
        ("lambda", "CreateFunction"),
        ("lambda", "CreateEventSourceMapping"),
        ("sns", "CreateTopic"),
        ("events", "PutRule"),
    ] {
        // Every answer is lost, and the state with it.
        fault(&scene, service, operation, &json!("drop_after"))?;
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Apply, &["Unable to create alert relay `ops`"])?;
        scene.account.clear_faults()?;
        if scene.workspace.state()?["resources"].as_array().is_some_and(|all| !all.is_empty()) {
            scene.workspace.terraform(&["state", "rm", super::ADDRESS])?;
        }
    }
    scene.workspace.discard();
    scene.apply(&hcl)?;
    scene.workspace.destroy()?;
    let left = scene.account.objects()?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn a_lost_answer_is_no_failure() -> Result<()> {
    let scene = Scene::new("relay-lost")?;
    for (service, operation) in [
        ("sqs", "CreateQueue"),
        ("dynamodb", "CreateTable"),
        ("iam", "CreateRole"),
        ("lambda", "CreateFunction"),
        ("sns", "CreateTopic"),
        ("sns", "Subscribe"),
        ("events", "PutTargets"),
        ("lambda", "DeleteFunction"),
        ("sqs", "DeleteQueue"),
        ("sns", "DeleteTopic"),
    ] {
        scene.account.fault(json!({
            "service": service, "operation": operation, "action": "drop_after",
        }))?;
    }
    scene.apply(&scene.least())?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn a_failed_update_keeps_all_that_it_may_have_made() -> Result<()> {
    let scene = Scene::new("relay-update-half")?;
    scene.apply(&scene.least())?;
    fault(&scene, "events", "PutRule", &denied())?;
    let more =
        scene.relay("emails = [\"ops@example.com\"]\n regions = [\"us-east-1\", \"eu-west-1\"]");
    scene.workspace.config(&more)?;
    let refusal = ["Unable to update alert relay `ops`", "not allowed here", "events:PutRule"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    // Whether it is gone on with or taken back, nothing is lost.
    scene.apply(&scene.least())?;
    let abroad = ("eu-west-1".to_owned(), "sns:topic".to_owned());
    assert!(!scene.objects()?.contains_key(&abroad));
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn somebody_elses_object_is_refused_before_anything_is_made() -> Result<()> {
    let scene = Scene::new("relay-foreign")?;
    let made = json!({ "QueueName": format!("{RELAY}-dead-letters") });
    scene.account.json("sqs", HOME, "AmazonSQS.CreateQueue", &made)?;
    let before = scene.account.objects()?;
    scene.workspace.config(&scene.least())?;
    let refusal =
        ["Unable to create alert relay `ops`", "exists already", "Hinomi did not make it"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    assert_eq!(scene.account.objects()?, before, "nothing was made");
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, before, "and nothing removed");
    Ok(())
}

#[test]
fn throttling_is_waited_out() -> Result<()> {
    let scene = Scene::new("relay-throttled")?;
    for (service, operation) in [("sqs", "CreateQueue"), ("lambda", "CreateFunction")] {
        scene.account.fault(json!({
            "service": service, "operation": operation, "action": "throttle",
        }))?;
    }
    scene.apply(&scene.least())?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_failed_delete_keeps_the_relay() -> Result<()> {
    let scene = Scene::new("relay-undeleted")?;
    scene.apply(&scene.least())?;
    fault(&scene, "dynamodb", "DeleteTable", &denied())?;
    scene.workspace.expect_error(Verb::Destroy, &["Unable to delete alert relay `ops`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn what_a_destroy_left_last_is_not_forgotten() -> Result<()> {
    let scene = Scene::new("relay-left")?;
    scene.apply(&scene.least())?;
    for (service, operation) in [("iam", "DeleteRole"), ("logs", "DeleteLogGroup")] {
        fault(&scene, service, operation, &denied())?;
        scene.workspace.expect_error(Verb::Destroy, &["Unable to delete alert relay `ops`"])?;
        scene.account.clear_faults()?;
        // Queue, function, table and topics are gone, and the state knows of the rest.
        let left = scene.objects()?;
        assert!(!left.is_empty() && !left.contains_key(&(HOME.to_owned(), "sqs:queue".to_owned())));
    }
    scene.workspace.discard();
    scene.workspace.destroy()?;
    let left = scene.account.objects()?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn what_a_create_made_first_is_not_forgotten() -> Result<()> {
    let scene = Scene::new("relay-early")?;
    fault(&scene, "sqs", "CreateQueue", &denied())?;
    scene.workspace.config(&scene.least())?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to create alert relay `ops`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    assert!(!scene.account.objects()?.is_empty(), "the log group comes first");
    scene.workspace.destroy()?;
    let left = scene.account.objects()?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

#[test]
fn roles_that_a_failed_update_made_are_removed() -> Result<()> {
    let scene = Scene::new("relay-roles-half")?;
    let (_, given) = scene.seed_given_role()?;
    let seeded = scene.account.objects()?;
    scene.apply(&given)?;
    fault(&scene, "lambda", "UpdateFunctionConfiguration", &denied())?;
    scene.workspace.config(&scene.relay(""))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to update alert relay `ops`"])?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    scene.workspace.destroy()?;
    assert_eq!(scene.account.objects()?, seeded);
    Ok(())
}
