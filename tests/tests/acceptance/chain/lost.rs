//! Discord's answer is lost, or is no: the message is there, once, or once more with a mark.

use std::time::Duration;

use hinomi_tests::Result;
use hinomi_tests::discord::standin::{Effect, Fault, Message, Operation, Scope};
use hinomi_tests::discord::text_of;
use serde_json::json;

use super::{HOME, Scene, dead_letters};

const REPEAT: &str = "an earlier copy of this message may exist";

/// Tells a text while the next post meets this, and gives the messages that say it.
fn told(scene: &Scene, text: &str, effect: Effect) -> Result<Vec<Message>> {
    scene.discord.server().inject(Fault::next(Operation::Execute, effect));
    scene.send(text)?;
    scene.settled()?;
    scene.discord.server().clear_faults();
    let messages = scene.discord.messages().into_iter();
    Ok(messages.filter(|message| text_of(message).contains(text)).collect())
}

fn marks(messages: &[Message]) -> Vec<bool> {
    messages.iter().map(|message| message.content.contains(REPEAT)).collect()
}

#[test]
fn without_a_bot_what_may_be_a_repeat_says_so() -> Result<()> {
    let scene = Scene::new("chain-lost")?;
    scene.apply(&scene.relay(""))?;
    let limited = |seconds| Effect::RateLimited {
        retry_after: Duration::from_secs(seconds),
        scope: Some(Scope::Shared),
        json: true,
    };
    let cases = [
        ("its answer is lost", Effect::DropAfter, vec![false, true]),
        ("it is lost itself", Effect::DropBefore, vec![true]),
        ("nobody is there", Effect::Answer { status: 500, code: 0 }, vec![true]),
        ("there are too many", limited(1), vec![false]),
        ("it takes its time", Effect::Delay(Duration::from_secs(2)), vec![false]),
    ];
    for (text, effect, expected) in cases {
        assert_eq!(marks(&told(&scene, text, effect)?), expected, "{text}");
    }
    assert_eq!(dead_letters(&scene.account)?, []);
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_bot_that_may_read_finds_what_is_there() -> Result<()> {
    let scene = Scene::new("chain-found")?;
    let token = &scene.discord.bot().token;
    let value = json!({ "Name": "/hinomi/bot", "Value": token, "Type": "SecureString" });
    scene.account.json("ssm", HOME, "AmazonSSM.PutParameter", &value)?;
    let arn = format!("arn:aws:ssm:{HOME}:{}:parameter/hinomi/bot", scene.account.id());
    scene.apply(&scene.relay(&format!("bot_token_parameter_arn = \"{arn}\"")))?;
    for (text, effect) in
        [("its answer is lost", Effect::DropAfter), ("it is lost itself", Effect::DropBefore)]
    {
        assert_eq!(marks(&told(&scene, text, effect)?), [false], "{text}");
    }
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}
