//! One provider block, many accounts and regions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use hinomi_tests::account::Object;
use hinomi_tests::{Account, Result, Verb, Workspace};

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// Monitors of each account and region, and alerts of each account.
const NAMES: [&str; 2] = ["web", "api"];

/// Everything but the accounts themselves: what a team would write.
const CONFIGURATION: &str = r#"
provider "hinomi" {}

locals {
  places = {
    for place in setproduct(keys(local.accounts), ["us-east-1", "eu-west-1"], ["web", "api"]) :
    join("/", place) => { account = local.accounts[place[0]], region = place[1], name = place[2] }
  }
  alerts = {
    for alert in setproduct(keys(local.accounts), ["web", "api"]) :
    join("/", alert) => { account = local.accounts[alert[0]], name = alert[1] }
  }
}

resource "hinomi_synthetic_monitor" "all" {
  for_each = local.places
  name     = each.value.name
  account  = { id = each.value.account.id, role_name = "hinomi", external_id = each.value.account.external_id }
  region   = each.value.region
  engine   = "canary"
  interval = "5m"
  http     = { url = "https://example.com/${each.value.name}" }
  canary = {
    execution_role_arn = "arn:aws:iam::${each.value.account.id}:role/canary"
    artifact_bucket    = "reports-${each.value.account.id}"
  }
  alarm = { topic_arns = ["arn:aws:sns:${each.value.region}:${each.value.account.id}:bell"] }
}

resource "hinomi_cost_alert" "all" {
  for_each = local.alerts
  name     = each.value.name
  account  = { id = each.value.account.id, role_name = "hinomi", external_id = each.value.account.external_id }
  budget = {
    limit_usd  = 100
    topic_arns = ["arn:aws:sns:us-east-1:${each.value.account.id}:bell"]
    thresholds = { near = { percent = 80 } }
  }
}
"#;

/// A member account, and the external id without which its role can't be assumed.
struct Member {
    account: Account,
    external_id: String,
    seeded: BTreeSet<Object>,
}

impl Member {
    fn new(payer: &Account, number: usize) -> Result<Self> {
        let account = Account::new()?;
        account.transition_milliseconds(20)?;
        let external_id = format!("external-{number}-{}", account.id());
        account.seed_entrance(payer, "hinomi", Some(&external_id))?;
        account.seed_role("canary")?;
        account.seed_bucket(&format!("reports-{}", account.id()))?;
        account.seed_topic("bell")?;
        let seeded = account.objects()?;
        Ok(Self { account, external_id, seeded })
    }

    /// What exists beside the seeds, by kind and region.
    fn made(&self) -> Result<BTreeMap<(String, String), usize>> {
        let mut made = BTreeMap::new();
        for object in self.account.objects()?.difference(&self.seeded) {
            *made.entry((object.kind.clone(), object.region.clone())).or_default() += 1;
        }
        Ok(made)
    }

    fn counts(&self) -> Result<BTreeMap<String, u64>> {
        let mut counts = BTreeMap::new();
        for calls in self.account.all_calls()? {
            *counts.entry(format!("{}:{}", calls.service, calls.operation)).or_default() +=
                calls.count;
        }
        Ok(counts)
    }
}

/// The configuration for these accounts.
fn declare(members: &[Member]) -> String {
    let mut accounts = String::new();
    for (number, member) in members.iter().enumerate() {
        let (id, external_id) = (member.account.id(), &member.external_id);
        let _ = writeln!(
            accounts,
            "    m{number} = {{ id = \"{id}\", external_id = \"{external_id}\" }}"
        );
    }
    format!("locals {{\n  accounts = {{\n{accounts}  }}\n}}\n{CONFIGURATION}")
}

/// What one member has when everything is there.
fn whole() -> BTreeMap<(String, String), usize> {
    let mut whole =
        BTreeMap::from([(("budgets:budget".to_owned(), "global".to_owned()), NAMES.len())]);
    for region in REGIONS {
        for kind in ["synthetics:canary", "cloudwatch:alarm"] {
            whole.insert((kind.to_owned(), region.to_owned()), NAMES.len());
        }
    }
    whole
}

#[test]
fn one_provider_block_serves_an_organization() -> Result<()> {
    let payer = Account::new()?;
    let mut members = Vec::new();
    for number in 0..6 {
        members.push(Member::new(&payer, number)?);
    }
    let workspace = Workspace::new("organization")?.with_account(&payer);
    workspace.config(&declare(&members))?.apply()?.expect("36 added")?;
    for member in &members {
        let mut made = member.made()?;
        made.retain(|(kind, _), _| whole().keys().any(|(known, _)| known == kind));
        assert_eq!(made, whole(), "{}", member.account.id());
    }
    assert!(payer.objects()?.is_empty(), "nothing is made where the credentials are from");

    refresh_costs_no_call_per_resource(&workspace, &payer, &members)?;

    // An account leaves the configuration: the state knows the way into it.
    let gone = members.pop().expect("there are six");
    workspace.config(&declare(&members))?.apply()?.expect("6 destroyed")?;
    assert_eq!(gone.account.objects()?, gone.seeded, "nothing is left in the account that went");
    assert!(members.iter().all(|member| member.made().is_ok_and(|made| !made.is_empty())));
    workspace.expect_empty_plan()?;

    // All of them leave it, and nothing but the provider block stays.
    workspace.config("provider \"hinomi\" {}\n")?.apply()?.expect("30 destroyed")?;
    for member in &members {
        assert_eq!(member.account.objects()?, member.seeded, "{}", member.account.id());
    }
    Ok(())
}

/// Plans anew, and looks at what that asked of each account.
fn refresh_costs_no_call_per_resource(
    workspace: &Workspace,
    payer: &Account,
    members: &[Member],
) -> Result<()> {
    let before: Vec<_> = members.iter().map(Member::counts).collect::<Result<_>>()?;
    let assumed = payer.calls("sts", "AssumeRole")?;
    workspace.expect_empty_plan()?;
    assert_eq!(
        payer.calls("sts", "AssumeRole")? - assumed,
        members.len() as u64,
        "each role is assumed once, for all of its account's resources"
    );
    for (member, before) in members.iter().zip(before) {
        let mut made = member.counts()?;
        for (operation, count) in &mut made {
            *count -= before.get(operation).copied().unwrap_or_default();
        }
        made.retain(|_, count| *count > 0);
        // One list for each region, and two for the account's budgets.
        let regions = REGIONS.len() as u64;
        assert_eq!(made.get("synthetics:DescribeCanaries"), Some(&regions), "{made:?}");
        assert_eq!(made.get("cloudwatch:DescribeAlarms"), Some(&regions), "{made:?}");
        for list in ["DescribeBudgets", "DescribeBudgetNotificationsForAccount"] {
            assert_eq!(made.get(&format!("budgets:{list}")), Some(&1), "{made:?}");
        }
        for single in [
            "synthetics:GetCanary",
            "budgets:DescribeBudget",
            "budgets:DescribeNotificationsForBudget",
        ] {
            assert_eq!(made.get(single), None, "{made:?}");
        }
        assert_eq!(made.get("sts:GetCallerIdentity"), Some(&1), "{made:?}");
        // AWS lists neither the tags nor the subscribers of more than one budget.
        let alerts = NAMES.len() as u64;
        for listed_by_none in ["ListTagsForResource", "DescribeSubscribersForNotification"] {
            assert_eq!(made.get(&format!("budgets:{listed_by_none}")), Some(&alerts), "{made:?}");
        }
    }
    Ok(())
}

#[test]
fn a_role_without_its_external_id_is_refused_before_anything_is_written() -> Result<()> {
    let payer = Account::new()?;
    let mut member = Member::new(&payer, 0)?;
    member.external_id = "not-the-one".to_owned();
    let workspace = Workspace::new("organization-refused")?.with_account(&payer);
    workspace.config(&declare(std::slice::from_ref(&member)))?;
    let refusal = ["Unable to enter AWS account", member.account.id(), "sts:AssumeRole"];
    workspace.expect_error(Verb::Apply, &refusal)?;
    workspace.discard();
    assert_eq!(member.account.objects()?, member.seeded);
    Ok(())
}
