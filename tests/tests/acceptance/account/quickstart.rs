//! The quickstart, and the purse with the prices that the provider knows.

use hinomi_tests::{Result, Verb};
use serde_json::json;

use super::{Scene, kinds, monitor};

#[test]
fn the_quickstart_is_applied_and_leaves_nothing() -> Result<()> {
    let scene = Scene::new("quickstart")?;
    let plan = scene.workspace.plan_json()?;
    let planned = &plan["planned_values"]["outputs"]["estimated_monthly_cost_usd"]["value"];
    assert!(planned.as_f64().is_some_and(|sum| sum > 0.0), "known before anything is: {planned}");
    scene.apply()?;
    assert_eq!(scene.workspace.output("estimated_monthly_cost_usd")?, *planned);

    let made = kinds(&scene.account)?;
    let count = |kind: &str| made.get(kind).copied().unwrap_or_default();
    let kinds =
        ["scheduler:schedule", "budgets:budget", "ce:anomaly-subscription", "lambda:function"];
    // Monitors and mornings; the budget and its watch; what probes, relays and reports.
    assert_eq!(kinds.map(count), [3, 1, 1, 3]);
    assert!(count("cloudwatch:alarm") >= 4, "{made:?}");
    let webhooks = scene.discord.server().webhooks();
    assert_eq!(
        webhooks.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["shop-production"]
    );
    let stored = scene.workspace.stored(&monitor("checkout"))?;
    assert_eq!(
        stored["http"]["assertions"]["json"],
        json!({ "$.status": { "equals": "ok", "not_equals": null, "contains": null, "not_contains": null, "exists": null } })
    );
    scene.end(&[&scene.account])
}

/// Two probes of 90 cents each.
fn probes(purse: &str) -> String {
    format!(
        r#"
module "account" {{
  source = "../../modules/account"
  name   = "shop"
  max_monthly_cost_usd = {purse}
  monitors = {{
    front = {{ url = "https://shop.example.com/", impact = "critical", description = "The shop." }}
    docs  = {{ url = "https://docs.example.com/", impact = "critical", description = "The docs." }}
  }}
}}
"#
    )
}

#[test]
fn one_purse_holds_all_monitors() -> Result<()> {
    let scene = Scene::with("module-purse", &probes("1.7"))?;
    let told = ["The monitors would cost 1.80 dollars a month", "allows 1.70"];
    scene.workspace.expect_error(Verb::Plan, &told)?;
    assert!(scene.account.objects()?.is_empty());
    scene.workspace.config(&format!("{}{}", super::PROVIDER, probes("1.8")))?;
    scene.workspace.plan().map(drop)
}

/// One that alone costs more than all may is refused by the provider, also where `-target` leaves out
/// the sum.
#[test]
fn the_purse_holds_each_monitor() -> Result<()> {
    let scene = Scene::with("module-purses", &probes("0.85"))?;
    let told = ["43,800 runs a month it costs 0.90 USD", "An interval of `2m` would fit."];
    scene.workspace.expect_error(Verb::Plan, &told)?;
    let target = format!("-target={}", monitor("front"));
    let refused = scene.workspace.terraform(&["plan", "-input=false", "-no-color", &target]);
    let refused = refused.err().map(|error| error.to_string()).unwrap_or_default();
    scene.workspace.discard();
    assert!(refused.contains("The monitor costs more than it may"), "{refused}");
    Ok(())
}
