//! What monitors are said to cost: AWS's own price list, the table, own prices, and what a change of
//! them does.

use std::fs;
use std::path::PathBuf;

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_synthetic_monitor.web";
const LIVE: &str = "price_list = \"live\"";
const TOKYO: &str = "region = \"ap-northeast-1\"";

struct Scene {
    account: Account,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(20)?;
        account.seed_role("canary")?;
        account.seed_bucket(&format!("reports-{}", account.id()))?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace })
    }

    /// A scene whose price lists are kept in a folder of its own.
    fn with_caches(name: &str) -> Result<(Self, PathBuf)> {
        let scene = Self::new(name)?;
        let caches = scene.workspace.folder().join("caches");
        let workspace = scene.workspace.env("XDG_CACHE_HOME", &caches.to_string_lossy());
        Ok((Self { workspace, ..scene }, caches))
    }

    /// A provider block and a canary every five minutes.
    fn config(&self, block: &str, monitor: &str) -> Result<&Workspace> {
        let hcl = format!(
            r#"
provider "hinomi" {{
  {block}
}}

resource "hinomi_synthetic_monitor" "web" {{
  name     = "web"
  engine   = "canary"
  interval = "5m"
  http     = {{ url = "https://example.com/" }}
  canary = {{
    execution_role_arn = "arn:aws:iam::{id}:role/canary"
    artifact_bucket    = "reports-{id}"
  }}
  {monitor}
}}
"#,
            id = self.account.id()
        );
        self.workspace.config(&hcl)
    }

    fn asked(&self) -> Result<u64> {
        self.account.calls("pricing", "GetProducts")
    }

    /// What happens to every question for prices from now on.
    fn prices_fail(&self, action: &Value, times: u64) -> Result<()> {
        self.account.fault(json!({
            "service": "pricing", "operation": "GetProducts", "times": times, "action": action,
        }))
    }

    fn denied(&self) -> Result<()> {
        let error = json!({
            "code": "AccessDeniedException", "status": 400,
            "message": "User is not authorized to perform: pricing:GetProducts",
        });
        self.prices_fail(&json!({ "error": error }), 1_000)
    }

    /// How many writing calls AWS has had.
    fn writes(&self) -> Result<u64> {
        let reads = ["Get", "Describe", "List", "Head", "Assume"];
        let calls = self.account.all_calls()?.into_iter();
        let writes =
            calls.filter(|calls| !reads.iter().any(|read| calls.operation.starts_with(read)));
        Ok(writes.map(|calls| calls.count).sum())
    }

    /// The planned monitor: what is done with it, sum and basis.
    fn planned(&self) -> Result<(Vec<String>, Value, String)> {
        let (actions, change) = self.workspace.planned(ADDRESS)?;
        let after = &change["after"];
        let basis = after["price_basis"].as_str().unwrap_or_default().to_owned();
        Ok((actions, after["estimated_monthly_cost_usd"].clone(), basis))
    }
}

/// 8,760 runs at 0.0019 dollars in Tokyo, at 0.0012 by the table, and what they use besides.
const LIVE_COST: f64 = 21.71;
const TABLE_COST: f64 = 15.23;
const LIVE_BASIS: &str = "AWS's price list for ap-northeast-1: 0.0019 USD a canary run";
const TABLE_BASIS: &str = "assumed for ap-northeast-1";

#[test]
fn live_prices_are_planned_with_and_asked_for_once() -> Result<()> {
    let (scene, caches) = Scene::with_caches("prices-live")?;
    scene.config(LIVE, &format!("{TOKYO}\n  max_monthly_cost_usd = 15"))?;
    scene.workspace.expect_error(
        Verb::Plan,
        &["it costs 21.71 USD, 16.64 of it for its runs", "of `8m` would fit"],
    )?;
    scene.config(LIVE, TOKYO)?;
    let (actions, cost, basis) = scene.planned()?;
    assert_eq!((actions, cost), (vec!["create".to_owned()], json!(LIVE_COST)));
    assert!(basis.starts_with(LIVE_BASIS), "{basis}");
    assert_eq!(scene.asked()?, 4, "each of four services once, for all three plans");
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.asked()?, 4, "the disk has the answer");

    let kept = caches.join("hinomi/prices/ap-northeast-1.json");
    let text = fs::read_to_string(&kept).expect("the list on disk");
    assert!(text.contains(r#""canary_run":"0.0019""#), "{text}");
    fs::write(&kept, "half a fi").expect("broken");
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.asked()?, 8, "what can't be read is asked for again");
    // Another day: the list is old, and the same.
    let text = fs::read_to_string(&kept).expect("the list on disk");
    let asked = text.find("\"asked\":\"").expect("the time") + 9;
    let old = format!("{}2025-01-01{}", &text[..asked], &text[asked + 10..]);
    fs::write(&kept, old).expect("aged");
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.asked()?, 12);
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_refused_list_is_told_once_and_the_table_used() -> Result<()> {
    let scene = Scene::new("prices-denied")?;
    scene.denied()?;
    // Two regions are refused, and one warning is enough.
    let second = "resource \"hinomi_synthetic_monitor\" \"second\" {\n  name = \"second\"\n  engine = \"canary\"\n  interval = \"5m\"\n  region = \"eu-west-1\"\n  http = { url = \"https://example.com/\" }\n  canary = { execution_role_arn = \"arn:aws:iam::ID:role/canary\", artifact_bucket = \"reports-ID\" }\n}\n";
    scene.workspace.file("second.tf", &second.replace("ID", scene.account.id()))?;
    scene.config(LIVE, TOKYO)?;
    let output = scene.workspace.plan()?;
    for told in [
        "Warning: Unable to read AWS's price list",
        "those of us-east-1 from the table in this release",
        "allow `pricing:GetProducts` for",
    ] {
        output.expect(told)?;
    }
    assert_eq!(output.text().matches("Unable to read AWS's price list").count(), 1);
    let (_, cost, basis) = scene.planned()?;
    assert_eq!(cost, json!(TABLE_COST));
    assert!(basis.contains(TABLE_BASIS), "{basis}");
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;

    scene.account.clear_faults()?;
    let before = scene.writes()?;
    let (actions, cost, _) = scene.planned()?;
    assert_eq!((actions, cost), (vec!["update".to_owned()], json!(LIVE_COST)));
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.writes()?, before, "another price moves nothing in AWS");
    scene.workspace.destroy().map(drop)
}

/// The provider is another process when it applies, and AWS may have woken up meanwhile: the prices
/// of the plan must hold, or Terraform refuses them.
#[test]
fn a_list_that_was_silent_in_the_plan_does_not_break_its_apply() -> Result<()> {
    let scene = Scene::new("prices-silent")?;
    scene.prices_fail(&json!({ "delay_ms": 12_000 }), 4)?;
    scene.config(LIVE, TOKYO)?;
    let output = scene.workspace.apply()?;
    output.expect("gave no answer within 10 seconds")?;
    assert_eq!(scene.asked()?, 4);
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!(state["estimated_monthly_cost_usd"], json!(TABLE_COST));
    scene.workspace.destroy().map(drop)
}

/// A saved plan is applied where AWS refuses the list: with the folder that the plan's figures are in
/// it holds, and without it Terraform stops before anything is made.
#[test]
fn a_saved_plan_needs_the_figures_that_it_was_made_with() -> Result<()> {
    let (scene, caches) = Scene::with_caches("prices-saved")?;
    scene.config(LIVE, TOKYO)?.plan()?;
    scene.denied()?;
    let left_behind = scene.workspace.folder().join("left-behind");
    fs::rename(&caches, &left_behind).expect("the folder stays on the other machine");
    let before = scene.writes()?;
    let refused = scene.workspace.apply_plan().expect_err("other figures").to_string();
    scene.workspace.discard();
    for told in ["Provider produced inconsistent final plan", ".price_basis"] {
        assert!(refused.contains(told), "{told} in {refused}");
    }
    assert_eq!(scene.writes()?, before);

    fs::rename(&left_behind, &caches).expect("the folder comes along");
    let asked = scene.asked()?;
    scene.workspace.plan()?;
    scene.workspace.apply_plan()?;
    assert_eq!(scene.asked()?, asked);
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!(state["estimated_monthly_cost_usd"], json!(LIVE_COST));
    scene.workspace.destroy().map(drop)
}

#[test]
fn own_prices_win_and_a_change_of_them_moves_nothing() -> Result<()> {
    let scene = Scene::new("prices-own")?;
    let own = |price: &str| {
        format!("prices = {{ ap-northeast-1 = {{ canary_run = {price} }} }}\n  {LIVE}")
    };
    scene.config(&own("0.001"), TOKYO)?.apply()?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!(state["estimated_monthly_cost_usd"], json!(13.83));
    let basis = state["price_basis"].as_str().unwrap_or_default();
    assert!(basis.contains("0.001 USD a canary run (yours)"), "{basis}");
    scene.workspace.expect_empty_plan()?;

    let before = scene.writes()?;
    for (block, cost) in [(own("0.002"), 22.59), (String::new(), TABLE_COST)] {
        scene.config(&block, TOKYO)?;
        let (actions, planned, _) = scene.planned()?;
        assert_eq!((actions, planned), (vec!["update".to_owned()], json!(cost)));
        scene.workspace.apply()?;
        scene.workspace.expect_empty_plan()?;
    }
    assert_eq!(scene.writes()?, before);
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_the_list_lacks_is_the_tables() -> Result<()> {
    let scene = Scene::new("prices-lacking")?;
    scene.config(LIVE, "region = \"eu-central-1\"")?;
    let (_, cost, basis) = scene.planned()?;
    assert_eq!(cost, json!(TABLE_COST));
    let wanted = "AWS's price list for eu-central-1: 0.0012 USD a canary run (not in it: that of us-east-1 as of ";
    assert!(basis.starts_with(wanted), "{basis}");
    Ok(())
}

/// A probe is billed where its alarms are and where each of its locations is.
#[test]
fn each_region_of_a_probe_has_its_own_prices() -> Result<()> {
    let scene = Scene::new("prices-probe")?;
    let hcl = r#"
provider "hinomi" { price_list = "live" }

resource "hinomi_monitor_location" "at" {
  for_each = toset(["us-east-1", "ap-northeast-1"])
  name     = "at-${each.key}"
  region   = each.key
}

resource "hinomi_synthetic_monitor" "web" {
  for_each  = toset(["web", "shop", "mail"])
  name      = each.key
  engine    = "probe"
  interval  = "1m"
  http      = { url = "https://${each.key}.example.com/" }
  locations = { for region, at in hinomi_monitor_location.at : region => at.location }
}
"#;
    scene.workspace.config(hcl)?;
    let (_, change) = scene.workspace.planned("hinomi_synthetic_monitor.web[\"mail\"]")?;
    let after = &change["after"];
    let basis = after["price_basis"].as_str().unwrap_or_default();
    for part in [
        "AWS's price list for us-east-1: 0.30 USD a custom metric and month, 0.10 USD an alarm metric and month, 0.00001 USD a PutMetricData request",
        "AWS's price list for us-east-1: 0.0000002 USD a Lambda request",
        "AWS's price list for ap-northeast-1: 0.0000002 USD a Lambda request",
        "0.000001 USD a Scheduler invocation, 0.76 USD a GB of logs. AWS's price list for us-east-1",
    ] {
        assert!(basis.contains(part), "{part} in {basis}");
    }
    assert_eq!(after["runs_per_month"], json!(87_600));
    // Four metrics at 0.30 dollars, 43,800 writes to the home region, and cents.
    assert_eq!(after["cost_breakdown"]["metrics"], json!(1.2));
    assert_eq!(after["cost_breakdown"]["api"], json!(0.438));
    assert_eq!(scene.asked()?, 8, "two regions, four services, however many monitors");
    Ok(())
}

#[test]
fn wrong_prices_are_refused() -> Result<()> {
    let scene = Scene::new("prices-wrong")?;
    for (block, told) in [
        ("prices = { Tokyo = { canary_run = 0.0019 } }", &["Tokyo", "an AWS region looks like"]),
        ("prices = { eu-west-1 = { canary_run = -1 } }", &["canary_run", "at least 0"]),
        ("prices = { eu-west-1 = { canary_run = 2e9 } }", &["canary_run", "at most 1000000000"]),
        ("price_list = \"dear\"", &["`price_list`", "`table`"]),
    ] {
        scene.config(block, "")?;
        scene.workspace.expect_error(Verb::Plan, told)?;
    }
    scene.workspace.discard();
    Ok(())
}

#[test]
fn a_price_that_is_not_known_yet_makes_the_cost_unknown() -> Result<()> {
    let scene = Scene::new("prices-unknown")?;
    let later =
        |value: &str| format!("resource \"terraform_data\" \"later\" {{\n  input = {value}\n}}\n");
    let id = format!("\"{}\"", scene.account.id());
    let cases = [
        ("0.002", "prices = { us-east-1 = { canary_run = terraform_data.later.output } }", 22.24),
        // The list can't be asked for before the way to it is known.
        (
            &id,
            "price_list = \"live\"\n  account = { id = terraform_data.later.output }",
            TABLE_COST,
        ),
        ("\"live\"", "price_list = terraform_data.later.output", TABLE_COST),
    ];
    for (value, block, cost) in cases {
        scene.workspace.file("later.tf", &later(value))?;
        scene.config(block, "")?;
        let (_, change) = scene.workspace.planned(ADDRESS)?;
        for attribute in
            ["runs_per_month", "estimated_monthly_cost_usd", "cost_breakdown", "price_basis"]
        {
            assert_eq!(change["after_unknown"][attribute], true, "{attribute}: {change}");
        }
        scene.workspace.apply()?;
        scene.workspace.expect_empty_plan()?;
        let state = scene.workspace.stored(ADDRESS)?;
        assert_eq!(state["estimated_monthly_cost_usd"], json!(cost), "{block}");
        scene.workspace.destroy()?;
    }
    Ok(())
}
