//! What is refused while planning, with the place and the rule, and what can't be known yet.

use hinomi_tests::{Account, Result, Verb, Workspace};

use super::Scene;

/// One valid threshold, to be broken.
const NEAR: &str = "near = { percent = 80, emails = [\"a@example.com\"] }";

#[test]
fn what_aws_would_refuse_is_refused_at_plan() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("cost-refusals")?.with_account(&account);
    let emails = |count: usize| {
        let addresses = (0..count).map(|number| format!("\"a{number}@example.com\""));
        addresses.collect::<Vec<_>>().join(", ")
    };
    let six = (0..6)
        .map(|number| format!("t{number} = {{ percent = {number}, emails = [\"a@example.com\"] }}"))
        .collect::<Vec<_>>()
        .join("\n");
    let arn = |name: &str| format!("arn:aws:sns:us-east-1:{}:{name}", account.id());
    let foreign = "arn:aws:sns:us-east-1:999999999999:bell";
    let threshold = |inner: &str| budget(100, &format!("near = {{ {inner} }}"), "");
    let settings = |more: &str| budget(100, NEAR, more);
    let filtered = |inner: &str| settings(&format!("filters = {{ {inner} }}"));
    let cases = [
        (budget(0, NEAR, ""), "budget.limit_usd", "at least 0.01"),
        (settings("period = \"weekly\""), "budget.period", "be one of"),
        (settings("metric = \"net\""), "budget.metric", "be one of"),
        (settings("excluded_charges = [\"tips\"]"), "budget.excluded_charges", "be one of"),
        (budget(100, "", ""), "budget.thresholds", "at least 1 element"),
        (budget(100, &six, ""), "budget.thresholds", "at most 5 elements"),
        (
            threshold("emails = [\"a@example.com\"]"),
            "thresholds",
            "Either `percent` or `usd` must be set",
        ),
        (threshold("percent = 80, usd = 1, emails = [\"a@example.com\"]"), "usd", "not both"),
        (threshold("percent = -1, emails = [\"a@example.com\"]"), "percent", "at least 0"),
        (
            threshold("percent = 1000001, emails = [\"a@example.com\"]"),
            "percent",
            "at most 1000000",
        ),
        (threshold("percent = 80"), "thresholds", "Nobody is told"),
        (threshold("percent = 80, emails = []"), "thresholds", "Nobody is told"),
        (
            threshold(&format!("percent = 80, emails = [{}]", emails(11))),
            "emails",
            "at most 10 elements",
        ),
        (threshold("percent = 80, emails = [\"nobody\"]"), "emails", "no e-mail address"),
        (
            threshold("percent = 80, basis = \"maybe\", emails = [\"a@example.com\"]"),
            "basis",
            "be one of",
        ),
        (
            threshold(&format!("percent = 80, topic_arns = [\"{}\", \"{}\"]", arn("a"), arn("b"))),
            "topic_arns",
            "at most 1 element",
        ),
        (threshold("percent = 80, topic_arns = [\"bell\"]"), "topic_arns", "an ARN reads"),
        (
            threshold(&format!("percent = 80, topic_arns = [\"{foreign}\"]")),
            "topic_arns",
            "999999999999",
        ),
        (
            budget(
                100,
                &format!("{NEAR}\n again = {{ percent = 80.0, emails = [\"b@example.com\"] }}"),
                "",
            ),
            "thresholds",
            "same point as",
        ),
        (
            budget(
                100,
                &NEAR.replace("percent = 80", "percent = 80, basis = \"forecast\""),
                "period = \"daily\"",
            ),
            "basis",
            "no forecast for daily budgets",
        ),
        (filtered("regions = []"), "budget.filters.regions", "at least 1 element"),
        (filtered("tags = {}"), "budget.filters.tags", "at least 1 element"),
        (filtered("tags = { Team = [] }"), "tags", "At least one value"),
        (filtered("tags = { \"user:Team\" = [\"a\"] }"), "tags", "`user:` is added"),
        (filtered("linked_accounts = [\"12\"]"), "linked_accounts", "12 digits"),
    ];
    for (budget, path, rule) in cases {
        workspace.config(&Scene::alert(&budget))?;
        workspace.expect_error(Verb::Plan, &[path, rule])?;
    }
    workspace.discard();
    assert_eq!(account.calls("budgets", "CreateBudget")?, 0);
    Ok(())
}

#[test]
fn names_and_tags_that_aws_refuses_are_refused_at_plan() -> Result<()> {
    let workspace = Workspace::new("cost-names")?.with_account(&Account::new()?);
    let sound = budget(100, NEAR, "");
    let named = |name: &str| {
        Scene::alert(&sound).replace("name = \"month\"", &format!("name = \"{name}\""))
    };
    for (name, rule) in [
        (String::new(), "at least 1 character"),
        ("x".repeat(101), "at most 100 characters"),
        ("a:b".to_owned(), "no `:`"),
        ("a/action/b".to_owned(), "/action/"),
    ] {
        workspace.config(&named(&name))?;
        workspace.expect_error(Verb::Plan, &["name", rule])?;
    }
    let tagged = Scene::alert_with(&sound, "tags = { \"aws:x\" = \"1\" }");
    workspace.config(&tagged)?;
    workspace.expect_error(Verb::Plan, &["set by AWS alone"])?;
    workspace.discard();
    Ok(())
}

fn budget(limit: u32, thresholds: &str, more: &str) -> String {
    format!("limit_usd = {limit}\n {more}\n thresholds = {{\n {thresholds}\n }}")
}

#[test]
fn a_path_names_the_attribute() -> Result<()> {
    let workspace = Workspace::new("cost-path")?.with_account(&Account::new()?);
    workspace.config(&Scene::alert(&budget(0, NEAR, "")))?;
    let rule = "`budget.limit_usd` must be at least 0.01, not 0.";
    workspace.expect_error(Verb::Validate, &["with hinomi_cost_alert.month", rule])?;
    workspace.discard();
    Ok(())
}

#[test]
fn values_that_are_not_known_yet_are_planned_around() -> Result<()> {
    let scene = Scene::new("cost-unknown")?;
    let topic = &scene.topic;
    let hcl = format!(
        r#"
resource "terraform_data" "later" {{
  input = {{ name = "month", limit = 100, topic = "{topic}", mail = "a@example.com", period = "daily", account = "{}" }}
}}

locals {{
  later = terraform_data.later.output
}}

resource "hinomi_cost_alert" "month" {{
  name    = local.later.name
  account = {{ id = local.later.account }}
  tags    = {{ team = local.later.name }}
  budget = {{
    limit_usd = local.later.limit
    period    = local.later.period
    filters   = {{ regions = [local.later.name], tags = {{ Team = [local.later.name] }} }}
    emails    = toset([local.later.mail])
    thresholds = {{
      near = {{ percent = local.later.limit, topic_arns = [local.later.topic] }}
      over = {{ usd = local.later.limit, emails = [] , topic_arns = toset([local.later.topic]) }}
    }}
  }}
}}
"#,
        scene.account.id()
    );
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"]["budget_name"], true, "{change}");
    assert_eq!(change["after_unknown"]["arn"], true);
    scene.apply(&hcl)?;
    assert_eq!(scene.budget()?["TimeUnit"], "DAILY");
    assert_eq!(scene.told()?.len(), 2);
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_turns_out_wrong_when_it_is_known_is_refused_then() -> Result<()> {
    let scene = Scene::new("cost-late")?;
    let foreign = "arn:aws:sns:us-east-1:999999999999:bell";
    let hcl = format!(
        "resource \"terraform_data\" \"later\" {{\n input = \"{foreign}\"\n}}\n{}",
        Scene::alert(
            "limit_usd = 1\n topic_arns = [terraform_data.later.output]\n thresholds = { a = { percent = 1 } }"
        )
    );
    scene.workspace.config(&hcl)?.plan()?;
    scene
        .workspace
        .expect_error(Verb::Apply, &["999999999999", "only topics of its own account"])?;
    scene.workspace.discard();
    assert!(scene.budgets()?.is_empty());
    Ok(())
}
