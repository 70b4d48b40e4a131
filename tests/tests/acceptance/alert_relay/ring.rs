//! The drill.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{HOME, Scene, text};

/// A queue of the test's own that hears what the topic is told.
fn eavesdrop(scene: &Scene) -> Result<String> {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": { "Service": "sns.amazonaws.com" },
        "Action": "sqs:SendMessage",
        "Resource": scene.arn("sqs", "ear"),
    }] });
    let queue = json!({ "QueueName": "ear", "Attributes": { "Policy": policy.to_string() } });
    let made = scene.account.json("sqs", HOME, "AmazonSQS.CreateQueue", &queue)?;
    let endpoint = scene.arn("sqs", "ear");
    let topic = scene.topic();
    let parameters =
        [("TopicArn", topic.as_str()), ("Protocol", "sqs"), ("Endpoint", endpoint.as_str())];
    scene.sns("Subscribe", &parameters)?;
    Ok(text(&made["QueueUrl"]))
}

/// The drills that were heard.
fn heard(scene: &Scene, queue: &str) -> Result<Vec<Value>> {
    let asked = json!({ "QueueUrl": queue, "MaxNumberOfMessages": 10, "WaitTimeSeconds": 1 });
    let answer = scene.account.json("sqs", HOME, "AmazonSQS.ReceiveMessage", &asked)?;
    let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
    let drills = messages.iter().map(|message| {
        let envelope: Value = serde_json::from_str(&text(&message["Body"])).unwrap_or_default();
        serde_json::from_str(&text(&envelope["Message"])).unwrap_or_default()
    });
    Ok(drills.collect())
}

#[test]
fn it_rings_once_for_each_new_value_and_never_otherwise() -> Result<()> {
    let scene = Scene::new("relay-ring")?;
    let published = || scene.account.calls("sns", "Publish");
    scene.apply(&scene.relay("ring = \"first\""))?;
    assert_eq!(published()?, 1, "the first value rings");
    let queue = eavesdrop(&scene)?;
    scene.apply(&scene.relay("ring = \"first\"\n language = \"ja\""))?;
    assert_eq!(published()?, 1, "another change doesn't");
    scene.apply(&scene.relay("ring = \"second\"\n language = \"ja\""))?;
    assert_eq!(published()?, 2);
    let heard = heard(&scene, &queue)?;
    let [drill] = heard.as_slice() else { panic!("{heard:?}") };
    assert_eq!(drill["hinomi"], "ring");
    assert_eq!(drill["relay"], "ops");
    assert_eq!(drill["text"], "second");
    scene.apply(&scene.relay("language = \"ja\""))?;
    assert_eq!(published()?, 2, "nothing to say rings nothing");
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_drill_that_failed_is_sent_by_the_next_apply() -> Result<()> {
    let scene = Scene::new("relay-unrung")?;
    let denied = json!({ "error": { "code": "AuthorizationError", "status": 403, "message": "not allowed here" } });
    let deny = || {
        scene.account.fault(json!({
            "service": "sns", "operation": "Publish", "times": 50, "action": denied,
        }))
    };
    deny()?;
    // A new relay is kept as it is, and not tainted for a drill.
    let output = scene.workspace.config(&scene.relay("ring = \"first\""))?.apply()?;
    output.expect("Unable to ring alert relay `ops`")?.expect("not allowed here")?;
    scene.workspace.plan()?.expect("1 to change")?;
    scene.account.clear_faults()?;
    let before = scene.account.calls("sns", "Publish")?;
    scene.apply(&scene.relay("ring = \"first\""))?;
    assert_eq!(scene.account.calls("sns", "Publish")?, before + 1);

    deny()?;
    scene.workspace.config(&scene.relay("ring = \"second\""))?;
    let refusal = ["Unable to ring alert relay `ops`", "not allowed here"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    assert_eq!(scene.attributes()?["ring"], "first", "what was rung is what the state has");
    scene.account.clear_faults()?;
    let before = scene.account.calls("sns", "Publish")?;
    scene.apply(&scene.relay("ring = \"second\""))?;
    assert_eq!(scene.account.calls("sns", "Publish")?, before + 1);
    scene.workspace.destroy().map(drop)
}
