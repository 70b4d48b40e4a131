//! Both engines in one account, several accounts, and values that nobody knows yet.

use hinomi_tests::{Account, Result};
use serde_json::Value;

use super::{ENTRANCE, Scene, by_hand, kinds, monitor};

/// The same service under both engines, with what each needs made by the module.
const BOTH: &str = r#"
module "account" {
  source   = "../../modules/account"
  name     = "shop"
  location = { force_destroy = true, log_retention_days = 7 }
  canary   = { memory_mb = 1024, failure_retention_days = 10 }
  monitors = {
    probe  = { url = "https://shop.example.com/", impact = "critical", description = "The shop.", alarm = { failures = 2, out_of = 3 } }
    canary = { url = "https://shop.example.com/", impact = "critical", description = "The shop.", engine = "canary" }
  }
}
"#;

#[test]
fn both_engines_live_in_one_account() -> Result<()> {
    let scene = Scene::with("module-engines", BOTH)?;
    let plan = scene.workspace.plan_json()?;
    let sum = &plan["planned_values"]["outputs"]["estimated_monthly_cost_usd"]["value"];
    scene.apply()?;
    let monitors = scene.workspace.output("monitors")?;
    let price =
        |name: &str| monitors[name]["estimated_monthly_cost_usd"].as_f64().unwrap_or_default();
    assert!(price("probe") > 0.0 && price("canary") > 10.0 * price("probe"), "{monitors}");
    assert!((sum.as_f64().unwrap_or_default() - price("probe") - price("canary")).abs() < 0.001);

    let [probe, canary] = ["probe", "canary"].map(monitor);
    let [probe, canary] = [scene.workspace.stored(&probe)?, scene.workspace.stored(&canary)?];
    assert_eq!(
        (&probe["alarm"]["out_of"], &canary["canary"]["memory_mb"]),
        (&3.into(), &1024.into())
    );
    assert_eq!(canary["canary"]["failure_retention_days"], 10);
    let place = scene.workspace.stored("module.account.hinomi_monitor_location.this[0]")?;
    assert_eq!(place["log_retention_days"], 7);
    assert_eq!(canary["canary"]["artifact_bucket"], place["artifact_bucket"]);
    let made = kinds(&scene.account)?;
    assert_eq!(
        (made.get("synthetics:canary"), made.get("scheduler:schedule")),
        (Some(&1), Some(&1))
    );
    scene.end(&[&scene.account])
}

/// A hub with a place, and a spoke whose monitor runs there and at home, in an account whose id is
/// known only when something else is made.
fn two(hub: &Account, spoke: &Account) -> String {
    let (hub, spoke) = (hub.id(), spoke.id());
    format!(
        r#"
resource "terraform_data" "spoke" {{
  input = {{
    id          = "{spoke}"
    metrics     = "arn:aws:iam::{spoke}:role/metrics"
    shop        = "https://shop.example.com/"
    limit       = 500
    topic       = "arn:aws:sns:us-east-1:{spoke}:pager"
  }}
}}

module "hub" {{
  source   = "../../modules/account"
  name     = "monitoring"
  account  = {{ id = "{hub}", role_name = "{ENTRANCE}" }}
  webhook  = {{ channel_id = var.discord_channel_id }}
  relay    = {{ source_accounts = [terraform_data.spoke.output.id] }}
  location = {{ assumable_role_arns = [terraform_data.spoke.output.metrics] }}
}}

module "account" {{
  source   = "../../modules/account"
  name     = "shop"
  purpose  = "ticket shop"
  account  = {{ id = terraform_data.spoke.output.id, role_name = "{ENTRANCE}" }}
  relay    = {{ hub = {{ queue_arn = module.hub.relay.queue_arn, role_name = "{ENTRANCE}" }} }}
  location = {{}}

  locations            = {{ hub = module.hub.location }}
  metrics_role_arn     = terraform_data.spoke.output.metrics
  max_monthly_cost_usd = 20
  monitors = {{
    front = {{
      url         = terraform_data.spoke.output.shop
      interval    = "5m"
      description = "The shop."
      alarm       = {{ topic_arns = [terraform_data.spoke.output.topic] }}
    }}
    docs = {{ url = "https://docs.example.com/", interval = "5m", description = "The docs.", locations = ["here"] }}
  }}
  budget = {{ limit_usd = terraform_data.spoke.output.limit }}
}}
"#
    )
}

#[test]
fn what_is_not_known_yet_is_planned_around() -> Result<()> {
    let (hub, spoke) = (Account::new()?, Account::new()?);
    let scene = Scene::with("module-unknown", &two(&hub, &spoke))?;
    for account in [&hub, &spoke] {
        by_hand(account)?;
        account.seed_entrance(&scene.account, ENTRANCE, None)?;
    }
    scene.apply()?;
    let at = |name: &str| -> Result<Vec<String>> {
        let stored = scene.workspace.stored(&monitor(name))?;
        let places = stored["locations"].as_object().cloned().unwrap_or_default();
        Ok(places.keys().cloned().collect())
    };
    assert_eq!(
        (at("front")?, at("docs")?),
        (vec!["here".into(), "hub".into()], vec!["here".into()])
    );
    let counts = [&hub, &spoke].map(|account| {
        let made = kinds(account)?;
        let kinds = ["scheduler:schedule", "lambda:function", "sqs:queue", "budgets:budget"];
        Ok(kinds.map(|kind| made.get(kind).copied().unwrap_or_default()))
    });
    let counts: Vec<[usize; 4]> = counts.into_iter().collect::<Result<_>>()?;
    assert_eq!(counts, [[1, 2, 2, 0], [2, 1, 0, 1]]);
    let told = scene.workspace.stored(&monitor("front"))?["alarm"]["topic_arns"].clone();
    assert_eq!(told.as_array().map(Vec::len), Some(2), "the spoke's topic and the pager: {told}");
    assert_ne!(scene.workspace.output("estimated_monthly_cost_usd")?, Value::Null);
    scene.end(&[&hub, &spoke])
}
