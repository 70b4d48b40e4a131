//! What a plan says of the price, and what a price never does.

use hinomi_tests::{Result, Verb};
use serde_json::json;

use super::{Scene, location, location_in, probe_at};

#[test]
fn the_plan_shows_old_and_new_dollars() -> Result<()> {
    let scene = Scene::with_location("probe-price")?;
    let alarm = scene.alarm("");
    scene.apply(&scene.probe(&format!("{alarm}\n interval = \"1m\"")))?;
    let slower = scene.probe(&format!("{alarm}\n interval = \"5m\""));
    scene.workspace.config(&slower)?;
    let plan = scene.workspace.plan()?;
    plan.expect("estimated_monthly_cost_usd = 0.9 -> 0.82")?;
    plan.expect("interval = \"1m\" -> \"5m\"")?;
    plan.expect("runs_per_month = 43800 -> 8760")?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(
        change["before"]["cost_breakdown"],
        json!({
            "runs": 0, "alarms": 0.2, "metrics": 0.6, "function": 0.0361, "schedule": 0.0438, "logs": 0.0209, "artifacts": 0, "api": 0,
        })
    );
    assert_eq!(
        change["after"]["cost_breakdown"],
        json!({
            "runs": 0, "alarms": 0.2, "metrics": 0.6, "function": 0.0072, "schedule": 0.0088, "logs": 0.0042, "artifacts": 0, "api": 0,
        })
    );
    assert_eq!(scene.writes_of(&slower)?, ["PutMetricAlarm", "PutMetricAlarm", "UpdateSchedule"]);
    Ok(())
}

#[test]
fn a_change_of_price_alone_calls_nothing() -> Result<()> {
    let scene = Scene::with_location("probe-prices")?;
    let hcl = scene.probe(&scene.alarm(""));
    scene.apply(&hcl)?;
    let prices = "provider \"hinomi\" {\n prices = { us-east-1 = { alarm_month = 1, metric_month = 0.1 } }\n}\n";
    let dearer = format!("{prices}{hcl}");
    scene.workspace.config(&dearer)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["before"]["estimated_monthly_cost_usd"], 0.82);
    assert_eq!(change["after"]["estimated_monthly_cost_usd"], 2.22);
    let basis = change["after"]["price_basis"].to_string();
    assert!(basis.contains("(yours)"), "{basis}");
    assert_eq!(scene.writes_of(&dearer)?, [""; 0]);
    Ok(())
}

#[test]
fn a_monitor_that_costs_too_much_is_refused_with_what_would_fit() -> Result<()> {
    let scene = Scene::with_location("probe-purse")?;
    let alarm = scene.alarm("");
    for (attributes, told) in [
        (
            format!("{alarm}\n interval = \"1m\"\n max_monthly_cost_usd = 0.85"),
            ["43,800 runs a month it costs 0.90 USD", "An interval of `2m` would fit."],
        ),
        (
            format!("{alarm}\n max_monthly_cost_usd = 0.5"),
            [
                "0.60 of it for its metrics, and `max_monthly_cost_usd` allows 0.50",
                "An interval of `119m` would fit.",
            ],
        ),
        (
            format!("{alarm}\n max_monthly_cost_usd = 0.2"),
            ["and `max_monthly_cost_usd` allows 0.20", "No interval would fit."],
        ),
    ] {
        scene.workspace.config(&scene.probe(&attributes))?;
        let refused = scene.workspace.expect_error(Verb::Plan, &told)?;
        refused.expect("The monitor costs more than it may")?;
    }
    // What the plan shows at two minutes, 0.85, is less than the sum before it is rounded.
    scene.apply(&scene.probe(&format!("{alarm}\n interval = \"2m\"\n max_monthly_cost_usd = 0.85")))
}

/// An interval that isn't shared would bring a warning of its own.
#[test]
fn several_locations_are_advised_an_interval_at_which_they_run_together() -> Result<()> {
    let scene = Scene::with_location("probe-purse-of-two")?;
    let osaka = location_in(&scene.account, "osaka", "us-east-1", "default");
    let both = format!("{}{osaka}", location(&scene.account, "here"));
    let attributes =
        format!("{}\n interval = \"1h\"\n max_monthly_cost_usd = 1.5", scene.alarm(""));
    scene.workspace.config(&probe_at(&both, &attributes))?;
    let told = ["The monitor costs more than it may", "An interval of `2h` would fit."];
    scene.workspace.expect_error(Verb::Plan, &told).map(drop)
}

#[test]
fn locations_elsewhere_cost_their_calls() -> Result<()> {
    let scene = Scene::with_location("probe-elsewhere")?;
    let tokyo = location_in(&scene.account, "tokyo", "ap-northeast-1", "default");
    let larger =
        tokyo.replace("name  ", "memory_mb = 256\n    architecture = \"arm64\"\n    name  ");
    let locations = format!("{}{larger}", location(&scene.account, "here"));
    scene.workspace.config(&probe_at(&locations, "interval = \"1m\""))?;
    let change = scene.planned()?.1;
    let planned = &change["after"];
    assert_eq!(planned["runs_per_month"], 87_600);
    assert_eq!(planned["cost_breakdown"]["api"], 0.438);
    assert_eq!(
        planned["cost_breakdown"]["function"], 0.0887,
        "0.0361 of x86-64, 0.0526 of arm64 with twice the memory"
    );
    let basis = planned["price_basis"].as_str().unwrap_or_default();
    for part in
        ["assumed for ap-northeast-1", "a PutMetricData request", "Lambda GB-second (arm64)"]
    {
        assert!(basis.contains(part), "{part} in {basis}");
    }
    Ok(())
}

/// The same service under both engines: each has its price in one plan, and neither is in the other's
/// way.
#[test]
fn both_engines_stand_beside_each_other() -> Result<()> {
    let scene = Scene::with_location("probe-both")?;
    let alarm = scene.alarm("");
    let probe = scene
        .probe(&format!("{alarm}\n impact = \"critical\""))
        .replace("\"web\" {", "\"probe\" {")
        .replace("name      = \"web\"", "name = \"web-probe\"");
    let canary = scene.monitor(&format!("{alarm}\n impact = \"critical\" # interval"));
    let hcl = format!("{probe}{canary}");
    scene.workspace.config(&hcl)?;
    let plan = scene.workspace.plan()?;
    plan.expect("estimated_monthly_cost_usd = 0.9")?;
    plan.expect("estimated_monthly_cost_usd = 72.64")?;
    scene.apply(&hcl)?;
    assert_eq!(
        scene.workspace.stored("hinomi_synthetic_monitor.probe")?["estimated_monthly_cost_usd"],
        0.9
    );
    assert_eq!(scene.attributes()?["estimated_monthly_cost_usd"], 72.64);
    let kinds = ["synthetics:canary", "scheduler:schedule", "cloudwatch:alarm"];
    let made = scene.made()?;
    let count = |kind: &str| made.iter().filter(|object| object.starts_with(kind)).count();
    assert_eq!(kinds.map(count), [1, 1, 3], "{made:?}");
    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}
