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
        (filtered("tags = { \"user:Team\" = [\"a\"] }"), "tags", "without the prefix `user:`"),
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
fn limits_periods_and_counting_that_aws_refuses_are_refused_at_plan() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("cost-limits-refused")?.with_account(&account);
    let with = |limit: &str| format!("{limit}\n thresholds = {{\n {NEAR}\n }}");
    let plan = |period: &str, limits: &str| {
        with(&format!("period = \"{period}\"\n planned_limits_usd = {{ {limits} }}"))
    };
    let adjust = |period: &str, inner: &str| {
        with(&format!("period = \"{period}\"\n auto_adjust = {{ {inner} }}"))
    };
    let span = |inner: &str| budget(100, NEAR, inner);
    let cases = [
        (with(""), "budget.limit_usd", "must be set"),
        (
            with("limit_usd = 1\n auto_adjust = { basis = \"forecast\" }"),
            "budget.auto_adjust",
            "one limit",
        ),
        (plan("daily", "\"2020-01\" = 1"), "planned_limits_usd", "monthly and quarterly"),
        (plan("monthly", "\"January\" = 1"), "planned_limits_usd", "a month such as"),
        (plan("monthly", "\"2020-01\" = 0"), "planned_limits_usd", "at least 0.01"),
        (plan("monthly", "\"2080-01\" = 1"), "planned_limits_usd", "the limits begin with 2080-01"),
        (plan("quarterly", "\"2020-02\" = 1"), "planned_limits_usd", "first month of a quarter"),
        (plan("monthly", ""), "planned_limits_usd", "at least 1 element"),
        (adjust("monthly", "basis = \"historical\""), "lookback", "how many periods"),
        (
            adjust("monthly", "basis = \"historical\", lookback = 13"),
            "lookback",
            "at most 12 months",
        ),
        (adjust("annually", "basis = \"historical\", lookback = 2"), "lookback", "at most 1 year"),
        (
            adjust("monthly", "basis = \"forecast\", lookback = 1"),
            "lookback",
            "leave `lookback` out",
        ),
        (adjust("monthly", "basis = \"guess\""), "basis", "be one of"),
        (span("period = \"custom\""), "budget.start", "needs a `start` and an `end`"),
        (span("end = \"31 January\""), "budget.end", "be a date"),
        (span("end = \"2087-02-30\""), "budget.end", "no such day"),
        (span("end = \"2026-01-01\""), "budget.end", "The end is over"),
        (span("start = \"2080-01-02\"\n end = \"2080-01-02\""), "budget.end", "after the start"),
        (span("end = \"2087-06-15\""), "budget.end", "before 2087-06-15"),
        (
            span("metric = \"net_unblended\"\n excluded_charges = [\"taxes\"]"),
            "excluded_charges",
            "RECORD_TYPE",
        ),
        (
            span("expression = \"{}\"\n excluded_charges = [\"taxes\"]"),
            "excluded_charges",
            "let the expression",
        ),
        (span("expression = \"{}\""), "budget.expression", "here is none"),
        (
            span(
                "expression = jsonencode({ Dimensions = { Key = \"Service\", Values = [\"a\"] } })",
            ),
            "budget.expression",
            "no dimension `Service`",
        ),
        (
            span(
                "expression = jsonencode({ Dimensions = { Key = \"AZ\", MatchOptions = [\"ABSENT\"] } })",
            ),
            "budget.expression",
            "no `Values`",
        ),
        (
            span("expression = \"x\"\n filters = { regions = [\"a\"] }"),
            "budget.expression",
            "not both",
        ),
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
fn anomaly_watches_that_aws_refuses_are_refused_at_plan() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("anomaly-refusals")?.with_account(&account);
    let arn = |name: &str| format!("arn:aws:sns:us-east-1:{}:{name}", account.id());
    let topic = format!("topic_arns = [\"{}\"]", arn("bell"));
    let topic = topic.as_str();
    let foreign = "topic_arns = [\"arn:aws:sns:us-east-1:999999999999:bell\"]";
    let china = format!("topic_arns = [\"arn:aws-cn:sns:cn-north-1:{}:bell\"]", account.id());
    let mail = "emails = [\"a@example.com\"]";
    let sum = |inner: &str| format!("by = \"filter\"\n filter = {{ {inner} }}\n {topic}");
    let values = (0..11).map(|number| format!("\"v{number}\"")).collect::<Vec<_>>().join(", ");
    let usd = "at_least_usd = 1";
    let cases = [
        (topic.to_owned(), "anomaly.at_least_usd", "must be set"),
        (format!("at_least_usd = -1\n {topic}"), "anomaly.at_least_usd", "at least 0"),
        (
            format!("at_least_percent = 10000000001\n {topic}"),
            "anomaly.at_least_percent",
            "at most 10000000000",
        ),
        (format!("{usd}\n match = \"any\"\n {topic}"), "anomaly.match", "there is one"),
        (format!("{usd}\n match = \"most\"\n {topic}"), "anomaly.match", "be one of"),
        (format!("{usd}\n by = \"region\"\n {topic}"), "anomaly.by", "be one of"),
        (format!("{usd}\n by = \"tag\"\n {topic}"), "anomaly.key", "needs the tag's key"),
        (format!("{usd}\n key = \"team\"\n {topic}"), "anomaly.key", "have a key"),
        (format!("{usd}\n by = \"filter\"\n {topic}"), "anomaly.filter", "needs to know"),
        (format!("{usd}\n {}", sum("")), "anomaly.filter", "must be set"),
        (
            format!("{usd}\n {}", sum(&format!("tags = {{ team = [{values}] }}"))),
            "anomaly.filter.tags",
            "at most 10 values",
        ),
        (
            format!("{usd}\n {}", sum("tags = { a = [\"x\"], b = [\"y\"] }")),
            "anomaly.filter.tags",
            "at most 1 element",
        ),
        (
            format!("{usd}\n {}", sum("cost_categories = { a = [\"x\", \"y\"] }")),
            "cost_categories",
            "at most 1 value",
        ),
        (usd.to_owned(), "anomaly.topic_arns", "Nobody is told"),
        (format!("{usd}\n {topic}\n {mail}"), "anomaly.emails", "no address immediately"),
        (
            format!("{usd}\n frequency = \"daily\"\n {topic}\n {mail}"),
            "anomaly.topic_arns",
            "no topic daily",
        ),
        (format!("{usd}\n frequency = \"weekly\"\n {topic}"), "anomaly.emails", "Nobody is told"),
        (format!("{usd}\n frequency = \"hourly\"\n {topic}"), "anomaly.frequency", "be one of"),
        (
            format!("{usd}\n topic_arns = [\"{}\", \"{}\"]", arn("a"), arn("b")),
            "anomaly.topic_arns",
            "at most 1 element",
        ),
        (format!("{usd}\n {foreign}"), "anomaly.topic_arns", "only topics of its own account"),
        (format!("{usd}\n {china}"), "anomaly.topic_arns", "can't reach"),
    ];
    for (anomaly, path, rule) in cases {
        workspace.config(&Scene::watch(&anomaly))?;
        workspace.expect_error(Verb::Plan, &[path, rule])?;
    }
    workspace.config("resource \"hinomi_cost_alert\" \"none\" {\n name = \"none\"\n}\n")?;
    workspace.expect_error(Verb::Validate, &["The alert watches nothing"])?;
    workspace.discard();
    let asked = account.all_calls()?.into_iter().filter(|calls| calls.service == "ce").count();
    assert_eq!(asked, 0, "all of it is found without a call");
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

#[test]
fn what_of_a_watch_is_not_known_yet_is_planned_around() -> Result<()> {
    let scene = Scene::new("anomaly-unknown")?;
    let topic = &scene.topic;
    let hcl = format!(
        r#"
resource "terraform_data" "later" {{
  input = {{ by = "service", usd = 100, topic = "{topic}", end = "2086-01-01", limit = 7, month = "2020-01" }}
}}

locals {{
  later = terraform_data.later.output
}}

resource "hinomi_cost_alert" "month" {{
  name = "month"
  budget = {{
    planned_limits_usd = {{ "2020-01" = local.later.limit }}
    end                = local.later.end
    expression         = jsonencode({{ Tags = {{ Key = "team", Values = [local.later.month] }} }})
    thresholds         = {{ over = {{ percent = 100, topic_arns = [local.later.topic] }} }}
  }}
  anomaly = {{
    by           = local.later.by
    at_least_usd = local.later.usd
    topic_arns   = [local.later.topic]
  }}
}}
"#
    );
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"]["subscription_arn"], true, "{change}");
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["monitor_owned"], false);
    assert_eq!(
        scene.budget()?["PlannedBudgetLimits"].as_object().map(serde_json::Map::len),
        Some(12)
    );

    // The watch as a whole may be unknown too.
    let whole = hcl.replace("anomaly = {", "anomaly = local.later.by == \"none\" ? null : {");
    scene.apply(&whole)?;
    scene.workspace.destroy().map(drop)
}
