//! The harness against the real AWS stand-in: seeding, counting, and accounts that don't see each
//! other.

use std::time::Duration;

use hinomi_tests::{Account, Aws, Discord, Result, Workspace, eventually};
use serde_json::json;

#[test]
fn seeded_objects_are_listed_in_their_account_alone() -> Result<()> {
    let (account, other) = (Account::new()?, Account::new()?);
    assert!(account.objects()?.is_empty());
    let role = account.seed_role("canary-runner")?;
    assert_eq!(role, format!("arn:aws:iam::{}:role/canary-runner", account.id()));
    let bucket = account.seed_bucket(&format!("artifacts-{}", account.id()))?;
    let topic = account.seed_topic("alarms")?;
    assert_eq!(topic, format!("arn:aws:sns:us-east-1:{}:alarms", account.id()));

    let listed: Vec<(String, String)> =
        account.objects()?.into_iter().map(|object| (object.kind, object.name)).collect();
    for (kind, name) in
        [("iam:role", "canary-runner"), ("s3:bucket", &bucket), ("sns:topic", "alarms")]
    {
        assert!(listed.contains(&(kind.to_owned(), name.to_owned())), "{name}: {listed:?}");
    }
    assert!(other.objects()?.is_empty());
    Ok(())
}

#[test]
fn calls_are_counted_in_their_account_alone() -> Result<()> {
    let (account, other) = (Account::new()?, Account::new()?);
    account.seed_topic("one")?;
    account.seed_topic("two")?;
    assert_eq!(account.calls("sns", "CreateTopic")?, 2);
    assert_eq!(account.calls("sns", "DeleteTopic")?, 0);
    assert_eq!(other.calls("sns", "CreateTopic")?, 0);
    Ok(())
}

#[test]
fn a_fault_meets_its_call_and_can_be_taken_back() -> Result<()> {
    let account = Account::new()?;
    let fault =
        json!({ "service": "sns", "operation": "CreateTopic", "action": "throttle", "times": 2 });
    account.fault(fault)?;
    assert!(account.seed_topic("one").is_err());
    account.clear_faults()?;
    account.seed_topic("one")?;
    Ok(())
}

#[test]
fn a_wrong_control_call_is_an_error() -> Result<()> {
    let account = Account::new()?;
    assert!(account.fault(json!({ "service": "sns" })).is_err());
    assert!(Aws::shared()?.control("GET", "/_nothing", &json!(null)).is_err());
    Ok(())
}

#[test]
fn a_discord_token_stays_out_of_what_terraform_writes() -> Result<()> {
    let discord = Discord::start()?;
    let workspace = Workspace::new("tokens")?.with_discord(&discord).with_trace();
    workspace.config("terraform {\n  required_providers {}\n}\nvariable \"token\" {\n  default = \"\"\n}\nresource \"terraform_data\" \"a\" {\n  input = var.token\n}\n")?;
    workspace.plan()?;
    discord.expect_no_token_in(&workspace)?;

    // The same search finds it where it is written.
    let leaking = Workspace::new("leaking")?.var("token", "a-token-that-is-no-secret-at-all");
    leaking.config("terraform {\n  required_providers {}\n}\nvariable \"token\" {}\nresource \"terraform_data\" \"a\" {\n  input = var.token\n}\n")?;
    leaking.apply()?;
    assert!(leaking.expect_no_secret(&["a-token-that-is-no-secret-at-all"]).is_err());
    leaking.discard();
    Ok(())
}

#[test]
fn an_alarm_changes_when_a_test_has_it_evaluated() -> Result<()> {
    let account = Account::new()?;
    account.fire_schedules_by_hand()?;
    // Else the stand-in's own look may come first, and take the change.
    account.evaluate_alarms_by_hand()?;
    assert!(account.evaluate_alarms()?.is_empty());
    assert!(account.invocations()?.is_empty() && account.metrics()?.is_empty());
    let call = |action: &str, parameters: &[(&str, &str)]| {
        let named = [("Action", action), ("Version", "2010-08-01")];
        account.query("monitoring", &[&named, parameters].concat())
    };
    call(
        "PutMetricAlarm",
        &[
            ("AlarmName", "down"),
            ("Namespace", "Hinomi"),
            ("MetricName", "Success"),
            ("Statistic", "Minimum"),
            ("Period", "60"),
            ("EvaluationPeriods", "1"),
            ("Threshold", "1"),
            ("ComparisonOperator", "LessThanThreshold"),
            ("TreatMissingData", "ignore"),
        ],
    )?;
    let metric =
        [("MetricData.member.1.MetricName", "Success"), ("MetricData.member.1.Value", "0")];
    call("PutMetricData", &[&[("Namespace", "Hinomi")][..], &metric].concat())?;
    assert_eq!(account.metrics()?.len(), 1);
    // The minute under way counts once it is over.
    account.set_clock_ahead(Duration::from_mins(1))?;
    let seen = eventually("the alarm's change", Duration::from_secs(30), || {
        let changes = account.evaluate_alarms()?;
        Ok(changes.into_iter().find(|change| change.alarm == "down"))
    })?;
    assert_eq!((seen.to.as_str(), seen.region.as_str()), ("ALARM", "us-east-1"));
    Ok(())
}

#[test]
fn a_schedule_that_isn_t_there_can_t_be_fired() -> Result<()> {
    let account = Account::new()?;
    let error = account.run_schedule("us-east-1", "default", "no-such").expect_err("not there");
    assert!(error.to_string().contains("no-such"), "{error}");
    Ok(())
}

#[test]
fn what_discord_was_told_can_be_waited_for_and_read() -> Result<()> {
    let discord = Discord::start()?;
    let webhook = discord.webhook("bell")?;
    let never = discord.wait_for_message("a message", Duration::from_millis(100), |_| true);
    assert!(never.is_err_and(|error| error.to_string().contains("0 message(s)")));
    assert!(discord.server().secrets().contains(&webhook.token));
    Ok(())
}
