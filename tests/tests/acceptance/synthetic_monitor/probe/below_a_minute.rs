//! Intervals below a minute: what a plan says of them, what is made, and the chain with the real agent.

use std::time::{Duration, UNIX_EPOCH};

use hinomi_tests::chain::eventually;
use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{SILENT, Scene, input};

/// Far beyond a minute's runs, and what a function needs to start on a busy machine.
const LONG: Duration = Duration::from_mins(3);
const NEWS: &str = "Checked more often than once a minute";

#[test]
fn it_is_asked_for_with_its_price() -> Result<()> {
    let scene = Scene::with_location("probe-often")?;
    let often =
        scene.probe(&format!("{}\n impact = \"critical\"\n interval = \"20s\"", scene.alarm("")));
    scene.workspace.config(&often)?;
    let plan = scene.workspace.plan()?;
    plan.expect(NEWS)?;
    plan.expect("that costs 4.79 USD a month. At `1m` it would be 0.90 USD.")?;
    plan.expect("estimated_monthly_cost_usd = 4.79")?;
    let planned = scene.planned()?.1["after"].clone();
    assert_eq!(planned["runs_per_month"], 131_400);
    assert_eq!(
        planned["cost_breakdown"],
        json!({
            "runs": 0, "alarms": 0.4, "metrics": 0.6, "function": 3.6861, "schedule": 0.0438, "logs": 0.0627, "artifacts": 0, "api": 0,
        })
    );
    let basis = planned["price_basis"].as_str().unwrap_or_default();
    for part in ["0.30 USD a high-resolution alarm metric", "once a minute for 3 runs"] {
        assert!(basis.contains(part), "{part} in {basis}");
    }
    assert_eq!((&planned["timeout"], &planned["retries"]), (&json!("10s"), &json!(1)));
    assert_eq!(planned["alarm"]["out_of"], 3);

    scene.apply(&often)?;
    let schedule = scene.schedule()?;
    assert_eq!(schedule["ScheduleExpression"], "rate(1 minute)");
    assert_eq!(input(&schedule)["interval_seconds"], 20);
    for (name, period) in [("hinomi-default/web", 20), (SILENT, 60)] {
        let alarm = scene.described(name)?;
        assert!(alarm.contains(&format!("<Period>{period}</Period>")), "{name}: {alarm}");
    }
    let again = scene.workspace.plan()?;
    again.expect("No changes")?;
    assert!(!again.text().contains(NEWS), "it is news once: {}", again.text());

    let slower = often.replace("\"20s\"", "\"1m\"");
    scene.workspace.config(&slower)?;
    scene.workspace.plan()?.expect("estimated_monthly_cost_usd = 4.79 -> 0.9")?;
    scene.apply(&slower)?;
    assert!(scene.described("hinomi-default/web")?.contains("<Period>60</Period>"));
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_purse_names_an_interval_that_would_fit() -> Result<()> {
    let scene = Scene::with_location("probe-often-purse")?;
    let alarm = scene.alarm("");
    for (most, told) in
        [("5", "An interval of `20s` would fit."), ("1", "An interval of `1m` would fit.")]
    {
        let attributes = format!("{alarm}\n interval = \"10s\"\n max_monthly_cost_usd = {most}");
        scene.workspace.config(&scene.probe(&attributes))?;
        scene.workspace.expect_error(Verb::Plan, &["The monitor costs more than it may", told])?;
    }
    Ok(())
}

/// Nothing is said of an interval that is known at apply alone: it may be one below a minute.
#[test]
fn an_interval_that_is_not_known_has_no_price_yet() -> Result<()> {
    let scene = Scene::with_location("probe-often-later")?;
    let alarm = scene.alarm("");
    let hcl = scene.probe(&format!(
        "{alarm}\n impact = \"critical\"\n interval = terraform_data.often.output"
    ));
    let hcl = format!("{hcl}\nresource \"terraform_data\" \"often\" {{\n input = \"30s\"\n}}\n");
    scene.workspace.config(&hcl)?;
    let unknown = scene.planned()?.1["after_unknown"].clone();
    for name in ["timeout", "estimated_monthly_cost_usd", "price_basis", "schedules"] {
        let at = &unknown[name];
        assert!(*at == json!(true) || at["here"] == json!(true), "{name}: {unknown}");
    }
    scene.apply(&hcl)?;
    let made = scene.attributes()?;
    assert_eq!((&made["timeout"], &made["interval"]), (&json!("15s"), &json!("30s")));
    assert_eq!(made["estimated_monthly_cost_usd"], 3.86);
    Ok(())
}

/// One start makes both runs of its minute, each of a period of its own, and two that fail ring.
#[test]
fn one_start_makes_the_runs_of_its_minute() -> Result<()> {
    let attributes = "impact = \"critical\"\n interval = \"30s\"";
    let (scene, shop, group) = Scene::of_a_shop("probe-often-chain", attributes)?;
    shop.set_broken(true);
    scene.account.run_schedule("us-east-1", &group, &scene.schedule_name())?;
    let run = eventually("the runs of a minute", LONG, || {
        Ok(scene.account.invocations()?.into_iter().next())
    })?;
    assert_eq!((run.kind.as_str(), run.error.as_deref()), ("probe", None), "{}", run.log);
    assert_eq!(run.log.matches("\"outcome\":\"failed\"").count(), 2, "{}", run.log);
    let periods = eventually("the metrics of both", LONG, || {
        let periods = successes(&scene.account.metrics()?);
        Ok((periods.len() == 2).then_some(periods))
    })?;
    assert_eq!(periods[1] - periods[0], 30, "each is of its own period: {periods:?}");
    assert!(periods.iter().all(|at| at % 30 == 0), "{periods:?}");
    scene.account.set_clock(UNIX_EPOCH + Duration::from_secs(periods[1] + 35))?;
    let changes = scene.account.evaluate_alarms()?;
    let changes: Vec<_> =
        changes.iter().map(|change| (change.alarm.as_str(), change.to.as_str())).collect();
    assert_eq!(changes, [("hinomi-default/web", "ALARM")]);
    scene.workspace.destroy()?;
    Ok(())
}

/// The times of the data of `Success`, in seconds since 1970.
fn successes(metrics: &[Value]) -> Vec<u64> {
    let of = |metric: &&Value| metric["namespace"] == "Hinomi" && metric["name"] == "Success";
    let data = metrics.iter().filter(of).filter_map(|metric| metric["data"].as_array()).flatten();
    let times = data.filter_map(|datum| datum["at"].as_str()?.parse::<jiff::Timestamp>().ok());
    let mut times: Vec<u64> =
        times.filter_map(|time| u64::try_from(time.as_second()).ok()).collect();
    times.sort_unstable();
    times
}
