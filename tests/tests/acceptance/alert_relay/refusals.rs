//! What is refused while planning, with the place and the rule, and what can't be known yet.

use hinomi_tests::{Account, Result, Verb, Workspace};

use super::{ADDRESS, Scene, declared};

#[test]
fn what_nobody_could_use_is_refused_at_plan() -> Result<()> {
    let scene = Scene::new("relay-refusals")?;
    let parameter = scene.parameter("ops");
    let foreign = "arn:aws:ssm:us-east-1:999999999999:parameter/x";
    let hub = "hub = { queue_arn = \"arn:aws:sqs:us-east-1:999999999999:q\" }";
    let with = |more: &str| scene.relay(more);
    let accounts: Vec<String> =
        (0..300).map(|number| format!("\"{}\"", 300_000_000_000_u64 + number)).collect();
    let accounts = accounts.join(", ");
    for (hcl, path, rule) in [
        (declared(""), "webhook_parameter_arn", "or `hub`"),
        (
            declared("webhook_parameter_arn = \"/hinomi/ops\""),
            "webhook_parameter_arn",
            "ARN of an SSM parameter",
        ),
        (
            declared(&format!("webhook_parameter_arn = \"{foreign}\"")),
            "webhook_parameter_arn",
            "account 999999999999",
        ),
        (with(hub), "webhook_parameter_arn", "belongs to the hub"),
        (declared(&format!("{hub}\n timezone = \"UTC\"")), "timezone", "belongs to the hub"),
        (declared("hub = { queue_arn = \"q\" }"), "hub.queue_arn", "standard SQS queue"),
        (with("regions = [\"eu-west-1\"]"), "regions", "`us-east-1` is missing"),
        (with("regions = [\"us-east-1\", \"cn-north-1\"]"), "regions", "another part of AWS"),
        (with("regions = [\"Tokyo\"]"), "regions", "looks like"),
        (with("thread_id = \"general\""), "thread_id", "17 to 20 digits"),
        (
            with("routes = { a = { thread_id = \"1310000000000000001\" } }"),
            "routes",
            "takes nothing",
        ),
        (with("routes = { a = { kinds = [\"budget\"] } }"), "routes", "nowhere else"),
        (
            with("routes = { a = { thread_id = \"1310000000000000001\", kinds = [\"bill\"] } }"),
            "kinds",
            "be one of",
        ),
        (with("mentions = { severe = { everyone = true } }"), "mentions", "is no impact"),
        (with("mentions = { high = {} }"), "mentions", "Nobody is called"),
        (with("mentions = { high = { roles = [\"oncall\"] } }"), "roles", "17 to 20 digits"),
        (with("language = \"fr\""), "language", "be one of"),
        (with("timezone = \"Tokyo\""), "timezone", "no time zone"),
        (with("accounts = { shop = { name = \"shop\" } }"), "accounts", "12 digits"),
        (with("source_accounts = [\"12\"]"), "source_accounts", "12 digits"),
        (with("emails = [\"ops\"]"), "emails", "no e-mail address"),
        (with("log_retention_days = 8"), "log_retention_days", "1, 3, 5"),
        (with("memory_mb = 64"), "memory_mb", "at least 128"),
        (
            with(
                "role_arn = \"arn:aws:iam::999999999999:role/x\"\n scheduler_role_arn = \"arn:aws:iam::999999999999:role/x\"",
            ),
            "role_arn",
            "account 999999999999",
        ),
        (
            with(&format!("role_arn = \"arn:aws:iam::{}:role/x\"", scene.account.id())),
            "scheduler_role_arn",
            "must be given as well",
        ),
        (
            with("permissions_boundary = \"arn:aws:iam::999999999999:policy/x\""),
            "permissions_boundary",
            "account 999999999999",
        ),
        (
            with(&format!("source_accounts = [{accounts}]")),
            "source_accounts",
            "room for 8192 bytes",
        ),
        (with("source_regions = [\"Milan\"]"), "source_regions", "looks like"),
        (with("tags = { \"aws:x\" = \"1\" }"), "tags", "set by AWS alone"),
        (with("").replace("\"ops\"\n", "\"o_p\"\n"), "name", "letters, digits"),
    ] {
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Plan, &[path, rule])?;
    }
    scene.workspace.discard();
    assert!(!parameter.is_empty() && scene.writes()?.is_empty());
    Ok(())
}

#[test]
fn a_relay_that_nobody_is_told_of_is_warned_of() -> Result<()> {
    let scene = Scene::new("relay-warned")?;
    scene.workspace.config(&scene.relay(""))?;
    scene.workspace.plan()?.expect("Nobody is told of messages that are not delivered")?;
    Ok(())
}

#[test]
fn values_that_are_not_known_yet_are_planned_around() -> Result<()> {
    let scene = Scene::new("relay-unknown")?;
    let parameter = scene.parameter("ops");
    let account = scene.account.id();
    let hcl = format!(
        r#"
resource "terraform_data" "later" {{
  input = {{ name = "ops", parameter = "{parameter}", region = "us-east-1", thread = "1310000000000000001", account = "{account}", mail = "a@example.com", days = 14, kind = "budget" }}
}}

locals {{
  later = terraform_data.later.output
}}

resource "hinomi_alert_relay" "ops" {{
  name                  = local.later.name
  account               = {{ id = local.later.account }}
  region                = local.later.region
  regions               = [local.later.region, "eu-west-1"]
  webhook_parameter_arn = local.later.parameter
  emails                = [local.later.mail]
  log_retention_days    = local.later.days
  routes                = {{ money = {{ thread_id = local.later.thread, kinds = [local.later.kind] }} }}
  accounts              = {{ "{account}" = {{ name = local.later.name }} }}
  tags                  = {{ team = local.later.name }}
}}
"#
    );
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    for attribute in ["topic_arns", "queue_arn", "policy_json", "function_name", "tags_all"] {
        assert_eq!(change["after_unknown"][attribute], true, "{attribute}: {change}");
    }
    scene.apply(&hcl)?;
    assert_eq!(scene.settings()?["routes"]["money"]["kinds"][0], "budget");
    scene.workspace.destroy()?;
    assert!(scene.account.objects()?.is_empty());
    Ok(())
}

#[test]
fn what_turns_out_wrong_when_it_is_known_is_refused_then() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("relay-late")?.with_account(&account);
    let foreign = "arn:aws:ssm:us-east-1:999999999999:parameter/x";
    let hcl = format!(
        "resource \"terraform_data\" \"later\" {{\n input = \"{foreign}\"\n}}\n{}",
        declared("webhook_parameter_arn = terraform_data.later.output")
    );
    workspace.config(&hcl)?.plan()?;
    workspace.expect_error(Verb::Apply, &["is in account 999999999999"])?;
    workspace.discard();
    Ok(())
}
