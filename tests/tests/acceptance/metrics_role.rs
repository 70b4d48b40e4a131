//! `hinomi_metrics_role` with the real `terraform` against the stand-in.

use std::time::Duration;

use hinomi_tests::chain::eventually;
use hinomi_tests::{Account, Result, Shop, Verb, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "hinomi_metrics_role.home";
const ROLE: &str = "hinomi-default_home-metrics";
/// Far beyond what a function needs to start on a busy machine.
const LONG: Duration = Duration::from_mins(1);

/// Names and values of a call.
type Parameters<'a> = &'a [(&'a str, &'a str)];

struct Scene {
    account: Account,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let account = Account::new()?;
        let workspace = Workspace::new(name)?.with_account(&account);
        Ok(Self { account, workspace })
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let fixed = [("Action", action), ("Version", "2010-05-08"), ("RoleName", ROLE)];
        self.account.query("iam", &[&fixed[..], parameters].concat())
    }

    fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{ROLE}", self.account.id())
    }

    /// The account's roles.
    fn roles(&self) -> Result<Vec<String>> {
        let objects = self.account.objects()?.into_iter();
        Ok(objects.filter(|one| one.kind == "iam:role").map(|one| one.name).collect())
    }
}

fn role(attributes: &str) -> String {
    format!("resource \"hinomi_metrics_role\" \"home\" {{\n name = \"home\"\n {attributes}\n}}\n")
}

fn of(accounts: &str) -> String {
    role(&format!("source_accounts = [{accounts}]"))
}

fn document(text: &Value) -> Value {
    serde_json::from_str(text.as_str().unwrap_or_default()).expect("a policy is JSON")
}

#[test]
fn a_role_lives_from_plan_to_destroy() -> Result<()> {
    let scene = Scene::new("metrics-life")?;
    let hcl = of("\"222222222222\"");
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    assert_eq!(change["after_unknown"].to_string().matches("true").count(), 0, "{change}");
    let planned = &change["after"];
    assert_eq!((&planned["arn"], &planned["role_name"]), (&json!(scene.arn()), &json!(ROLE)));
    assert_eq!(
        document(&planned["trust_policy_json"])["Statement"],
        json!([{
            "Sid": "Accounts", "Effect": "Allow", "Action": ["sts:AssumeRole"],
            "Principal": { "AWS": ["arn:aws:iam::222222222222:root"] },
            "Condition": { "ArnLike": { "aws:PrincipalArn": ["arn:aws:iam::*:role/hinomi-*"] } },
        }])
    );
    assert_eq!(
        document(&planned["policy_json"])["Statement"],
        json!([{
            "Sid": "Metrics", "Effect": "Allow", "Action": ["cloudwatch:PutMetricData"], "Resource": ["*"],
            "Condition": { "StringEquals": { "cloudwatch:namespace": ["Hinomi"] } },
        }])
    );
    scene.apply(&hcl)?;
    assert_eq!(scene.roles()?, [ROLE]);

    // Every attribute in place.
    for (what, attributes) in [
        ("another account", "source_accounts = [\"222222222222\", \"333333333333\"]"),
        ("roles alone", "source_role_arns = [\"arn:aws:iam::444444444444:role/own/probe\"]"),
        (
            "both, a boundary and a tag",
            "source_accounts = [\"222222222222\"]\n source_role_arns = [\"arn:aws:iam::444444444444:role/own/probe\"]\n permissions_boundary = \"arn:aws:iam::aws:policy/ReadOnlyAccess\"\n tags = { team = \"watch\" }",
        ),
        ("the first again", "source_accounts = [\"222222222222\"]"),
    ] {
        let hcl = role(attributes);
        scene.workspace.config(&hcl)?;
        assert_eq!(scene.workspace.planned(ADDRESS)?.0, ["update"], "{what}");
        scene.apply(&hcl)?;
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.roles()?, [""; 0]);
    Ok(())
}

#[test]
fn what_somebody_changes_is_seen_and_taken_back() -> Result<()> {
    let scene = Scene::new("metrics-drift")?;
    let hcl = of("\"222222222222\"");
    scene.apply(&hcl)?;
    let anybody = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::999999999999:root" }, "Action": "sts:AssumeRole",
    }] })
    .to_string();
    let everything = json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "*", "Resource": "*",
    }] })
    .to_string();
    let changes: [(&str, Parameters<'_>, &str); 6] = [
        ("UpdateAssumeRolePolicy", &[("PolicyDocument", &anybody)], "trust_policy_json"),
        (
            "PutRolePolicy",
            &[("PolicyName", "hinomi"), ("PolicyDocument", &everything)],
            "policy_json",
        ),
        ("DeleteRolePolicy", &[("PolicyName", "hinomi")], "policy_json"),
        ("UpdateRole", &[("Description", "Mine.")], "drift"),
        (
            "PutRolePermissionsBoundary",
            &[("PermissionsBoundary", "arn:aws:iam::aws:policy/ReadOnlyAccess")],
            "permissions_boundary",
        ),
        ("TagRole", &[("Tags.member.1.Key", "who"), ("Tags.member.1.Value", "me")], "tags"),
    ];
    for (action, parameters, attribute) in changes {
        scene.iam(action, parameters)?;
        let (actions, change) = scene.workspace.planned(ADDRESS)?;
        assert_eq!(actions, ["update"], "{action}");
        assert_ne!(change["before"][attribute], change["after"][attribute], "{action}: {change}");
        scene.apply(&hcl)?;
    }
    // Gone altogether.
    scene.iam("DeleteRolePolicy", &[("PolicyName", "hinomi")])?;
    scene.iam("DeleteRole", &[])?;
    assert_eq!(scene.workspace.planned(ADDRESS)?.0, ["create"]);
    scene.apply(&hcl)?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_role_is_imported_by_either_name() -> Result<()> {
    let scene = Scene::new("metrics-import")?;
    let hcl = role(
        "source_accounts = [\"222222222222\"]\n source_role_arns = [\"arn:aws:iam::444444444444:role/own/probe\"]\n tags = { team = \"watch\" }",
    );
    scene.apply(&hcl)?;
    for id in ["home".to_owned(), ROLE.to_owned(), format!("{}/home", scene.account.id())] {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &id)?;
        scene.workspace.expect_empty_plan()?;
    }
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    let told = ["Unable to import metrics role `nobody`", "has no role"];
    let refused = scene.workspace.import(ADDRESS, "nobody").expect_err("there is none").to_string();
    assert!(told.iter().all(|part| refused.contains(part)), "{refused}");
    scene.account.seed_role("stranger")?;
    let refused = scene.workspace.import(ADDRESS, "stranger").expect_err("not ours").to_string();
    assert!(refused.contains("is not a metrics role of Hinomi's stack"), "{refused}");
    Ok(())
}

#[test]
fn what_can_t_be_is_refused_by_the_plan() -> Result<()> {
    let scene = Scene::new("metrics-refusals")?;
    let own = scene.account.id();
    let many: Vec<String> = (0..40).map(|index| format!("\"{:012}\"", 222_222 + index)).collect();
    let roles: Vec<String> = (0..20)
        .map(|index| format!("\"arn:aws:iam::{:012}:role/own/probe\"", 333_333 + index))
        .collect();
    for (attributes, told) in [
        (String::new(), ["Nobody may take the role on", "source_accounts"]),
        ("source_accounts = []".to_owned(), ["source_accounts", "at least 1"]),
        ("source_accounts = [\"12\"]".to_owned(), ["source_accounts", "12"]),
        (format!("source_accounts = [\"{own}\"]"), ["The role's own account", "name other accounts"]),
        (
            format!("source_accounts = [{}]\n source_role_arns = [{}]", many.join(", "), roles.join(", ")),
            ["Too many sources", "2048 characters"],
        ),
        (
            format!("source_role_arns = [\"arn:aws:iam::{own}:role/probe\"]"),
            ["source_role_arns", "name other accounts"],
        ),
        (
            "source_role_arns = [\"arn:aws:iam:::role/probe\"]".to_owned(),
            ["source_role_arns", "names no account"],
        ),
        (
            "source_role_arns = [\"arn:aws-cn:iam::222222222222:role/probe\"]".to_owned(),
            ["source_role_arns", "another part of AWS"],
        ),
        (
            "source_role_arns = [\"arn:aws:iam::222222222222:role/*\"]".to_owned(),
            ["source_role_arns", "wildcard"],
        ),
        (
            "source_role_arns = [\"arn:aws:iam::222222222222:user/me\"]".to_owned(),
            ["source_role_arns", "no ARN of an IAM role"],
        ),
        (
            "source_accounts = [\"222222222222\"]\n permissions_boundary = \"bound\"".to_owned(),
            ["permissions_boundary", "an ARN reads"],
        ),
        (
            "source_accounts = [\"222222222222\"]\n permissions_boundary = \"arn:aws:iam::222222222222:policy/bound\""
                .to_owned(),
            ["permissions_boundary", "belongs to account 222222222222"],
        ),
    ] {
        scene.workspace.config(&role(&attributes))?;
        scene.workspace.expect_error(Verb::Plan, &told)?;
    }
    // A role of that name that is somebody else's stays as it is.
    scene.account.seed_role(ROLE)?;
    scene.workspace.config(&of("\"222222222222\""))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to create metrics role `home`"])?;
    assert!(scene.iam("GetRole", &[])?.contains("lambda.amazonaws.com"));
    Ok(())
}

#[test]
fn accounts_that_something_else_makes_are_waited_for() -> Result<()> {
    let scene = Scene::new("metrics-later")?;
    let hcl = format!(
        "{}resource \"terraform_data\" \"account\" {{\n input = \"222222222222\"\n}}\n",
        of("terraform_data.account.output")
    );
    scene.workspace.config(&hcl)?;
    let change = scene.workspace.planned(ADDRESS)?.1;
    assert_eq!(change["after_unknown"]["trust_policy_json"], true);
    assert_eq!(change["after"]["arn"], scene.arn(), "monitors can be planned with it");
    scene.apply(&hcl)?;
    let trust = scene.workspace.stored(ADDRESS)?["trust_policy_json"].clone();
    assert!(trust.to_string().contains("222222222222"), "{trust}");
    Ok(())
}

/// Locations that exist keep the names of their roles, and their way in.
#[test]
fn another_prefix_shuts_nobody_out() -> Result<()> {
    let scene = Scene::new("metrics-prefix")?;
    let hcl = of("\"222222222222\"");
    scene.apply(&hcl)?;
    let renamed = format!("provider \"hinomi\" {{\n name_prefix = \"corp-\"\n}}\n{hcl}");
    scene.apply(&renamed)?;
    let trust = scene.workspace.stored(ADDRESS)?["trust_policy_json"].clone();
    for pattern in ["role/hinomi-*", "role/corp-*"] {
        assert!(trust.to_string().contains(pattern), "{trust}");
    }
    // A read needs no prefix.
    let later = format!(
        "provider \"hinomi\" {{\n name_prefix = terraform_data.prefix.output\n}}\nresource \"terraform_data\" \"prefix\" {{\n input = \"corp-\"\n}}\n{hcl}"
    );
    scene.workspace.config(&later)?;
    scene.workspace.plan()?;
    Ok(())
}

/// A role that is made but has no policy yet stays in the state, and the next apply goes on.
#[test]
fn an_apply_that_broke_is_finished_by_the_next() -> Result<()> {
    let scene = Scene::new("metrics-broken")?;
    scene.account.fault(json!({
        "service": "iam", "operation": "PutRolePolicy", "times": 1,
        "action": { "error": { "code": "AccessDenied", "message": "no" } },
    }))?;
    scene.workspace.config(&of("\"222222222222\""))?;
    scene
        .workspace
        .expect_error(Verb::Apply, &["Unable to create metrics role `home`", "AccessDenied"])?;
    assert_eq!(scene.workspace.stored(ADDRESS)?["role_name"], ROLE, "it is in the state");
    scene.apply(&of("\"222222222222\""))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.roles()?, [""; 0]);
    Ok(())
}

/// Two accounts that watch each other: each has a role for the other, and neither waits for the
/// other's location. The real agent in one writes into the other.
#[test]
fn a_location_of_another_account_writes_through_it() -> Result<()> {
    let (home, other, shop) = (Scene::new("metrics-chain")?, Account::new()?, Shop::open()?);
    for account in [&home.account, &other] {
        account.transition_milliseconds(20)?;
        account.refuse_new_roles(0)?;
        account.fire_schedules_by_hand()?;
        account.evaluate_alarms_by_hand()?;
    }
    other.seed_entrance(&home.account, "hinomi", None)?;
    let there = format!("account = {{ id = \"{}\", role_name = \"hinomi\" }}", other.id());
    let hcl = format!(
        r#"
resource "hinomi_metrics_role" "home" {{
  name            = "home"
  source_accounts = ["{other}"]
}}
resource "hinomi_metrics_role" "there" {{
  name            = "there"
  {there}
  source_accounts = ["{own}"]
}}
resource "hinomi_monitor_location" "home" {{
  name                = "home"
  assumable_role_arns = [hinomi_metrics_role.there.arn]
}}
resource "hinomi_monitor_location" "there" {{
  name                = "there"
  {there}
  assumable_role_arns = [hinomi_metrics_role.home.arn]
  allowed_networks    = ["127.0.0.0/8"]
}}
resource "hinomi_synthetic_monitor" "web" {{
  name             = "web"
  engine           = "probe"
  interval         = "5m"
  http             = {{ url = "{url}" }}
  locations        = {{ there = hinomi_monitor_location.there.location }}
  metrics_role_arn = hinomi_metrics_role.home.arn
}}
"#,
        own = home.account.id(),
        other = other.id(),
        url = shop.url(),
    );
    home.apply(&hcl)?;
    let state = home.workspace.stored("hinomi_synthetic_monitor.web")?;
    let arn = state["schedules"]["there"]["arn"].as_str().unwrap_or_default().to_owned();
    let (_, schedule) = arn.rsplit_once(":schedule/").unwrap_or_default();
    let (group, name) = schedule.split_once('/').unwrap_or_default();
    other.run_schedule("us-east-1", group, name)?;
    let run = eventually("a run of the check", LONG, || Ok(other.invocations()?.pop()))?;
    assert_eq!((run.kind.as_str(), run.error.as_deref()), ("probe", None), "{}", run.log);
    eventually("its metrics at home", LONG, || {
        let metrics = home.account.metrics()?;
        let ours = metrics.iter().filter(|metric| metric["namespace"] == "Hinomi").count();
        Ok((ours == 2).then_some(()))
    })?;
    assert!(other.metrics()?.iter().all(|metric| metric["namespace"] != "Hinomi"));
    home.workspace.destroy()?;
    assert_eq!(home.roles()?, [""; 0]);
    Ok(())
}
