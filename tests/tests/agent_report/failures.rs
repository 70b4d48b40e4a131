//! Mornings on which something breaks.

use std::thread;

use hinomi_tests::Result;
use hinomi_tests::discord::standin::{Effect, Fault, Operation};
use hinomi_tests::function::Answer;
use serde_json::json;

use crate::scene::{Scene, three};

const DAY: &str = "2026-11-27";
const REPEAT: &str = "an earlier copy of this message may exist";

/// From the nth writing on S3 refuses everything, until somebody mends it.
fn breaks_at(scene: &Scene, nth: u32) -> Result<()> {
    let error = json!({ "error": { "code": "InternalError", "status": 500, "message": "no" } });
    scene.payer.fault(json!({
        "service": "s3", "operation": "PutObject", "nth": nth, "times": 1000, "action": error,
    }))
}

#[test]
fn a_morning_that_broke_at_any_writing_is_told_once_or_marked() -> Result<()> {
    let mut repeats = 0;
    for nth in 1..=9 {
        let (bill, _) = three(DAY)?;
        let mut scene = Scene::new(&bill)?;
        scene.settings["backfill_months"] = 1.into();
        breaks_at(&scene, nth)?;
        let broken = scene.try_morning(DAY)?;
        scene.payer.clear_faults()?;
        let Answer::Error { kind, message } = broken else {
            assert_eq!(scene.messages().len(), 1, "it was done before writing {nth}");
            assert!(nth > 6, "a first morning has more writings than {nth}");
            break;
        };
        assert!(kind == "NotReported" && message.contains("InternalError"), "{message}");
        let had = scene.messages().len();
        scene.morning(DAY)?;
        let messages = scene.messages();
        assert_eq!(messages.len(), had + 1, "after writing {nth}");
        assert_eq!(messages[had].content.contains(REPEAT), had == 1, "after writing {nth}");
        repeats += had;
        let objects = scene.objects()?;
        scene.morning(DAY)?;
        assert_eq!((scene.objects()?, scene.messages().len()), (objects, had + 1));
    }
    assert_eq!(repeats, 1, "only what broke right after the sending is repeated");
    Ok(())
}

#[test]
fn two_runs_of_a_morning_tell_it_once() -> Result<()> {
    let (bill, _) = three(DAY)?;
    let scene = Scene::new(&bill)?;
    scene.payer.day_of_costs(Some(DAY))?;
    let functions = [scene.start()?, scene.start()?];
    let answers: Vec<_> = thread::scope(|scope| {
        let runs = functions.map(|function| {
            let event = scene.event(DAY);
            scope.spawn(move || function.invoke(event, std::time::Duration::from_mins(2)))
        });
        runs.map(|run| run.join().expect("it doesn't panic")).into()
    });
    for answer in answers {
        assert!(matches!(answer?, Answer::Response(_)));
    }
    assert_eq!(scene.messages().len(), 1);
    Ok(())
}

#[test]
fn an_answer_of_discord_that_is_lost_makes_one_marked_repeat() -> Result<()> {
    let (bill, _) = three(DAY)?;
    let scene = Scene::new(&bill)?;
    scene.discord.server().inject(Fault::next(Operation::Execute, Effect::DropAfter));
    let done = scene.morning(DAY)?;
    assert_eq!(done["posted"]["repeat"], true, "{done}");
    let messages = scene.messages();
    assert_eq!(messages.len(), 2);
    assert!(!messages[0].content.contains(REPEAT) && messages[1].content.contains(REPEAT));
    Ok(())
}

#[test]
fn what_was_collected_is_not_asked_for_again_when_discord_failed() -> Result<()> {
    let (bill, _) = three(DAY)?;
    let scene = Scene::new(&bill)?;
    let fault = Fault::next(Operation::Execute, Effect::Answer { status: 403, code: 50013 })
        .times(u32::MAX);
    scene.discord.server().inject(fault);
    let answer = scene.try_morning(DAY)?;
    assert!(matches!(answer, Answer::Error { .. }), "{answer:?}");
    let calls = scene.calls()?;
    scene.discord.server().clear_faults();
    let done = scene.morning(DAY)?;
    assert_eq!((scene.calls()?, &done["calls"]), (calls, &json!(0)), "{done}");
    assert!(scene.text().contains("4 calls"), "{}", scene.text());
    Ok(())
}

#[test]
fn whoever_may_not_list_the_bucket_is_told_so() -> Result<()> {
    let (bill, _) = three(DAY)?;
    let scene = Scene::new(&bill)?;
    let error =
        json!({ "error": { "code": "AccessDenied", "status": 403, "message": "Access Denied" } });
    scene
        .payer
        .fault(json!({ "service": "s3", "operation": "GetObject", "times": 9, "action": error }))?;
    let Answer::Error { message, .. } = scene.try_morning(DAY)? else { panic!("it was done") };
    assert!(message.contains("s3:ListBucket"), "{message}");
    assert!(scene.keys()?.is_empty() && scene.messages().is_empty());
    Ok(())
}
