//! The report's function as it is uploaded, against the stand-ins of AWS and Discord.

mod failures;
mod scene;
mod sources;
mod year;

use hinomi_tests::Result;
use hinomi_tests::function::{Answer, Event, Function};
use scene::{Scene, three};
use serde_json::json;

#[test]
fn a_first_morning_fills_the_history_and_tells_it() -> Result<()> {
    let (bill, _) = three("2026-11-27")?;
    let mut scene = Scene::new(&bill)?;
    scene.settings["backfill_months"] = 2.into();
    let done = scene.morning("2026-11-27")?;
    assert_eq!(
        scene.keys()?,
        [
            "hinomi/costs/month=2026-09/costs.parquet",
            "hinomi/costs/month=2026-10/costs.parquet",
            "hinomi/costs/month=2026-11/costs.parquet",
            "hinomi/report/company.json",
        ]
    );
    // Two members on each day from the first of September on.
    assert_eq!((&done["days_new"], &done["days_revised"]), (&json!(2 * 87), &json!(0)), "{done}");
    // The ordinary days, the rest of November, October, September: charges and credits of each.
    assert_eq!((&done["calls"], &done["filling_calls"]), (&json!(8), &json!(6)), "{done}");
    assert_eq!(scene.calls()?, 8);
    let messages = scene.messages();
    assert_eq!(messages.len(), 1);
    assert_eq!(done["posted"]["message"], messages[0].id);
    let files: Vec<&str> = messages[0].attachments.iter().map(|it| it.name.as_str()).collect();
    assert!(files.contains(&"days.png"), "{files:?}");
    assert!(files.contains(&"costs-2026-11-26.csv"), "{files:?}");
    let text = scene.text();
    for said in ["shop", "lab", "2026-11-27", "8 calls"] {
        assert!(text.contains(said), "{said} isn't in {text}");
    }
    Ok(())
}

#[test]
fn the_same_morning_again_changes_nothing_and_an_older_one_neither() -> Result<()> {
    let (bill, _) = three("2026-11-27")?;
    let scene = Scene::new(&bill)?;
    scene.morning("2026-11-27")?;
    let (objects, calls) = (scene.objects()?, scene.calls()?);
    for (day, why) in
        [("2026-11-27", "it was told already"), ("2026-11-26", "a later morning was told")]
    {
        let again = scene.morning(day)?;
        assert_eq!((&again["posted"], &again["why"]), (&json!(null), &json!(why)));
        assert_eq!((scene.objects()?, scene.calls()?), (objects.clone(), calls));
        assert_eq!(scene.messages().len(), 1);
    }
    Ok(())
}

#[test]
fn an_ordinary_morning_of_fifty_accounts_takes_four_calls() -> Result<()> {
    let services: Vec<String> = (0..20).map(|number| format!("Service {number:02}")).collect();
    let mut accounts = Vec::new();
    for number in 0..50 {
        let account = hinomi_tests::Account::new()?;
        accounts.push(json!({
            "id": account.id(), "name": format!("team {number}"), "monthly_usd": 1000,
            "services": services,
        }));
    }
    let bill = json!({ "today": "2026-11-10", "late": "none", "accounts": accounts });
    let scene = Scene::new(&bill)?;
    scene.morning("2026-11-10")?;
    let before = scene.calls()?;
    let done = scene.morning("2026-11-11")?;
    // A day has a thousand groups, which is a page; and one more call for credits.
    assert_eq!((scene.calls()? - before, &done["calls"]), (4, &json!(4)), "{done}");
    assert_eq!(done["days_new"], 50, "{done}");
    assert!(scene.text().contains("4 calls"), "{}", scene.text());
    Ok(())
}

#[test]
fn a_spike_is_explained_as_far_as_the_calls_go() -> Result<()> {
    for (most, explained) in [(20, true), (2, false)] {
        let (mut bill, members) = three("2026-11-27")?;
        bill["spikes"] = json!([{
            "account": members[0].id(), "start": "2026-11-26", "end": "2026-11-26",
            "service": "Amazon Elastic Compute Cloud - Compute", "usage_type": "BoxUsage:p4d.24xlarge",
            "region": "eu-west-1", "usd": 400,
        }]);
        let mut scene = Scene::new(&bill)?;
        (scene.settings["backfill_months"], scene.settings["most_calls"]) = (2.into(), most.into());
        let done = scene.morning("2026-11-27")?;
        let text = scene.text();
        assert!(scene.messages()[0].content.contains("🔺"), "{text}");
        assert_eq!(text.contains("p4d.24xlarge"), explained, "{text}");
        assert_eq!(text.contains("2 calls are allowed"), !explained, "{text}");
        assert_eq!(done["calls"], if explained { 9 } else { 8 }, "{done}");
        // The next morning it isn't new, and there is nothing to explain.
        let done = scene.morning("2026-11-28")?;
        assert_eq!(done["calls"], 2, "{done}");
        assert!(!scene.messages()[1].content.contains("🔺"));
    }
    Ok(())
}

#[test]
fn an_event_is_told_while_it_runs_and_when_it_is_final() -> Result<()> {
    let (mut bill, members) = three("2026-11-24")?;
    let days = json!({ "start": "2026-11-21", "end": "2026-11-23" });
    bill["events"] = json!([{
        "account": members[0].id(), "start": days["start"], "end": days["end"], "usd": 100,
        "service": "AWS Lambda", "tags": { "event": "autumn" },
    }]);
    bill["allocation_tags"] = json!({ "event": "Active" });
    let mut scene = Scene::new(&bill)?;
    scene.settings["backfill_months"] = 2.into();
    scene.settings["events"] = json!({ "autumn": {
        "start": days["start"], "end": days["end"], "accounts": [members[0].id()],
        "tags": { "event": "autumn" },
    } });
    let anomaly = |accounts: &str, start: &str| {
        json!({
            "account": scene.payer.id(), "actual": 100, "expected": 10, "start": start, "end": start,
            "service": "AWS Lambda", "linked_account": accounts,
        })
    };
    for (account, start) in [
        (members[0].id(), "2026-11-22"),
        (members[1].id(), "2026-11-22"),
        (members[0].id(), "2026-11-10"),
    ] {
        hinomi_tests::Aws::shared()?.control(
            "POST",
            "/_costs/anomalies",
            &anomaly(account, start),
        )?;
    }
    let done = scene.morning("2026-11-24")?;
    assert_eq!(done["planned_anomalies"], 1, "{done}");
    let text = scene.text();
    assert!(text.contains("autumn") && !scene.messages()[0].content.contains("🔺"), "{text}");
    assert_eq!(scene.morning("2026-11-25")?["planned_anomalies"], 0);
    scene.morning("2026-11-26")?;
    scene.morning("2026-11-27")?;
    let last = scene.messages().pop().expect("a message");
    let text = scene.text();
    assert!(text.contains("autumn") && text.contains("300"), "{text}");
    assert!(last.attachments.len() >= 3, "its chart is there");
    assert!(
        !{
            scene.morning("2026-11-28")?;
            scene.text()
        }
        .contains("autumn")
    );
    Ok(())
}

#[test]
fn credits_and_a_closed_account_are_told_in_japanese_too() -> Result<()> {
    let (mut bill, members) = three("2026-11-27")?;
    bill["credits"] = json!([
        { "account": members[0].id(), "date": "2026-11-26", "usd": 50, "service": "AWS Lambda" }
    ]);
    bill["accounts"][1]["closed_on"] = json!("2026-11-20");
    let mut scene = Scene::new(&bill)?;
    scene.settings["language"] = "ja".into();
    scene.morning("2026-11-27")?;
    let text = scene.text();
    assert!(text.contains("🎁") && text.contains("50"), "{text}");
    assert!(text.contains("データ"), "{text}");
    Ok(())
}

/// Midnight in UTC, as nine in the morning in Tokyo: the day that has just ended is told of a day later, and
/// what is there of it already makes no day look cheap.
#[test]
fn a_day_that_has_just_ended_is_not_told_of() -> Result<()> {
    let (mut bill, _) = three("2026-12-01")?;
    bill["late"] = json!({ "ages": [0.3, 1.0, 1.0] });
    let mut scene = Scene::new(&bill)?;
    scene.settings["monthly_digest"] = 1.into();
    scene.settings["backfill_months"] = 2.into();
    // The last day of a month comes with the month's digest, a day later.
    for (day, told, has_digest) in
        [("2026-12-01", "Sun, Nov 29", false), ("2026-12-02", "Mon, Nov 30", true)]
    {
        let answer = scene.try_at(day, &format!("{day}T00:00:00Z"))?;
        assert!(matches!(answer, Answer::Response(_)), "{answer:?}");
        let text = scene.text();
        assert!(text.contains(&format!("AWS cost on {told}")), "{text}");
        assert_eq!(text.contains("Pace of the month"), has_digest, "{text}");
    }
    Ok(())
}

#[test]
fn late_days_come_by_and_by_and_mornings_that_were_left_out_are_made_up_for() -> Result<()> {
    let (mut bill, _) = three("2026-11-20")?;
    bill["late"] = json!({ "ages": [0.05, 0.6, 0.97] });
    let scene = Scene::new(&bill)?;
    scene.morning("2026-11-20")?;
    let done = scene.morning("2026-11-21")?;
    assert!(done["days_revised"].as_u64().is_some_and(|days| days >= 2), "{done}");
    assert_eq!(done["days_new"], 2, "{done}");
    let done = scene.morning("2026-11-27")?;
    assert_eq!(done["days_new"], 12, "{done}");
    assert_eq!(done["notices"], 0, "{done}");
    Ok(())
}

#[test]
fn once_a_week_what_was_revised_is_found_and_only_that_is_fetched() -> Result<()> {
    let (bill, members) = three("2026-11-10")?;
    let scene = Scene::new(&bill)?;
    scene.morning("2026-11-10")?;
    let figure = json!({
        "account": members[0].id(), "date": "2026-11-03", "service": "AWS Lambda", "usd": 75,
    });
    scene.payer.bill(&json!({ "figures": [figure] }))?;
    assert_eq!(scene.morning("2026-11-16")?["days_revised"], 0, "a look isn't due");
    let before = scene.calls()?;
    let done = scene.morning("2026-11-17")?;
    assert_eq!(done["days_revised"], 1, "{done}");
    // The ordinary days, the sums, and the one day that differs.
    assert_eq!((scene.calls()? - before, &done["calls"]), (5, &json!(5)), "{done}");
    assert_eq!(scene.morning("2026-11-18")?["calls"], 2);
    Ok(())
}

#[test]
fn the_small_build_says_that_it_is_the_wrong_one() -> Result<()> {
    let (bill, _) = three("2026-11-27")?;
    let event = Scene::new(&bill)?.event("2026-11-27");
    let answer = Function::start()?.invoke(event, std::time::Duration::from_secs(30))?;
    let Answer::Error { kind, message } = answer else { panic!("{answer:?}") };
    assert_eq!(kind, "WrongBuild");
    assert!(message.contains("`hinomi-report`"), "{message}");
    Ok(())
}

#[test]
fn an_event_that_cannot_be_used_is_refused_with_the_reason() -> Result<()> {
    let (bill, _) = three("2026-11-27")?;
    let mut scene = Scene::new(&bill)?;
    scene.settings["monthly_digest"] = 29.into();
    let Answer::Error { kind, message } = scene.try_morning("2026-11-27")? else {
        panic!("it was taken")
    };
    assert!(kind == "NotReported" && message.contains("`monthly_digest`"), "{kind}: {message}");
    let function = scene.start()?;
    let answer = function
        .invoke(Event::new(r#"{"hinomi":"report"}"#), std::time::Duration::from_secs(30))?;
    assert!(matches!(answer, Answer::Error { kind, .. } if kind == "MalformedEvent"));
    Ok(())
}
