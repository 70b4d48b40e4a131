//! What is refused while planning, with the place and the rule.

use hinomi_tests::{Account, Result, Verb};

use super::{ADDRESS, Scene};
use crate::release::{Release, archive};

#[test]
fn what_aws_or_discord_would_refuse_is_refused_at_plan() -> Result<()> {
    let scene = Scene::new("report-refusals")?;
    let event =
        |rest: &str| format!("events = {{ autumn = {{ start = \"2026-11-20\", {rest} }} }}");
    let cases = [
        ("time = \"9:00\"".to_owned(), "time", "time of day with two digits"),
        ("time = \"24:00\"".to_owned(), "time", "time of day with two digits"),
        ("timezone = \"Moon/Tycho\"".to_owned(), "timezone", "no time zone"),
        ("language = \"eo\"".to_owned(), "language", "be one of"),
        ("thread_id = \"general\"".to_owned(), "thread_id", "17 to 20 digits"),
        ("accounts = { shop = { name = \"x\" } }".to_owned(), "accounts[\"shop\"]", "12 digits"),
        ("purpose_from = {}".to_owned(), "purpose_from", "Name the `tag`"),
        ("sources = [{ role_arn = \"x\" }]".to_owned(), "sources[0].role_arn", "ARN"),
        ("sources = []".to_owned(), "sources", "at least 1"),
        (
            "currency = { code = \"yen\", per_usd = 1 }".to_owned(),
            "currency.code",
            "capital letters",
        ),
        (
            "currency = { code = \"JPY\", per_usd = 150 }".to_owned(),
            "currency.as_of",
            "day of the rate",
        ),
        (
            "currency = { code = \"JPY\", per_usd = -1, as_of = \"2026-11-01\" }".to_owned(),
            "currency.per_usd",
            "more than 0",
        ),
        ("rules = { baseline_weeks = 3 }".to_owned(), "rules.baseline_weeks", "at least 4"),
        ("rules = { deviations = 21 }".to_owned(), "rules.deviations", "at most 20"),
        (
            "budgets_usd = { \"222222222222\" = 0 }".to_owned(),
            "budgets_usd[\"222222222222\"]",
            "more than 0",
        ),
        ("budgets_usd = { shop = 1 }".to_owned(), "budgets_usd[\"shop\"]", "12 digits"),
        (event("end = \"2026-11-19\""), "events[\"autumn\"].end", "before its start"),
        (event("end = \"2026-11-31\""), "events[\"autumn\"].end", "2026-11-31"),
        (event("end = \"2026-11-23\", baseline_days = 6"), "baseline_days", "at least 7"),
        (event("end = \"2026-11-23\", accounts = [\"shop\"]"), "accounts", "12 digits"),
        ("weekly_digest = \"someday\"".to_owned(), "weekly_digest", "be one of"),
        ("monthly_digest = 29".to_owned(), "monthly_digest", "at most 28"),
        ("mentions = { everyone = false }".to_owned(), "mentions", "Nobody is called"),
        ("backfill_months = 14".to_owned(), "backfill_months", "at most 13"),
        ("max_calls = 1".to_owned(), "max_calls", "at least 2"),
        ("memory_mb = 128".to_owned(), "memory_mb", "at least 256"),
        ("architecture = \"mips\"".to_owned(), "architecture", "be one of"),
        ("log_retention_days = 31".to_owned(), "log_retention_days", "not for 31"),
        ("history = { bucket = \"My_Bucket\" }".to_owned(), "history.bucket", "3 to 63"),
        ("history = { prefix = \"costs\" }".to_owned(), "history.prefix", "end with `/`"),
        ("history = { database = \"My-Costs\" }".to_owned(), "history.database", "lower-case"),
        (
            "history = { workgroup = \"my group\" }".to_owned(),
            "history.workgroup",
            "letters, digits",
        ),
        (
            "role_arn = \"arn:aws:iam::999999999999:role/run\"".to_owned(),
            "role_arn",
            "999999999999",
        ),
        (
            "permissions_boundary = \"arn:aws:iam::999999999999:role/x\"".to_owned(),
            "permissions_boundary",
            "no ARN of an IAM policy",
        ),
        ("region = \"Tokyo\"".to_owned(), "region", "looks like `eu-central-1`"),
        ("tags = { \"hinomi:stack\" = \"x\" }".to_owned(), "tags", "set by it alone"),
        ("timeouts = { create = \"soon\" }".to_owned(), "timeouts.create", "whole number"),
        (
            "max_monthly_cost_usd = 1".to_owned(),
            "max_monthly_cost_usd",
            "it costs 1.25 USD, 1.24 of it",
        ),
    ];
    for (attributes, at, told) in cases {
        scene.workspace.config(&scene.report(&attributes))?;
        scene.workspace.expect_error(Verb::Plan, &[at, told])?;
    }
    let foreign = scene.report("").replace(scene.account.id(), "999999999999");
    scene.workspace.config(&foreign)?;
    scene.workspace.expect_error(Verb::Plan, &["webhook_parameter_arn", "account 999999999999"])?;
    scene.workspace.discard();
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn an_input_that_scheduler_has_no_room_for_is_refused_at_plan() -> Result<()> {
    let scene = Scene::new("report-long")?;
    let accounts: Vec<String> = (0..900_u64)
        .map(|number| {
            let id = 100_000_000_000 + number;
            let (name, purpose) = ("n".repeat(100), "p".repeat(200));
            format!("\"{id}\" = {{ name = \"{name}\", purpose = \"{purpose}\" }}")
        })
        .collect();
    scene
        .workspace
        .config(&scene.report(&format!("accounts = {{\n{}\n}}", accounts.join("\n"))))?;
    scene.workspace.expect_error(Verb::Plan, &["accounts", "262144 bytes"])?;
    scene.workspace.discard();
    Ok(())
}

#[test]
fn events_that_overlap_are_warned_of() -> Result<()> {
    let scene = Scene::new("report-overlap")?;
    let events = r#"events = {
        autumn = { start = "2026-11-20", end = "2026-11-23" }
        sale   = { start = "2026-11-23", end = "2026-11-30" }
    }"#;
    scene.workspace.config(&scene.report(events))?;
    scene.workspace.plan()?.expect("Events overlap")?;
    scene.workspace.discard();
    Ok(())
}

#[test]
fn a_provider_without_the_reports_build_says_so_at_plan() -> Result<()> {
    let account = Account::new()?;
    let name = "hinomi-report-x86_64.zip";
    let release = Release::new("report-none")?;
    let release = release.with("hinomi-agent-x86_64.zip", &archive("hinomi-agent", "1.0.0"))?;
    let workspace = release.workspace("report-none", &account)?;
    let scene_less = format!(
        "resource \"hinomi_cost_report\" \"daily\" {{\n name = \"daily\"\n webhook_parameter_arn = \"arn:aws:ssm:us-east-1:{}:parameter/x\"\n}}\n",
        account.id()
    );
    workspace.config(&scene_less)?;
    let told = ["No agent for this cost report", "architecture", name, "cargo dev agent"];
    workspace.expect_error(Verb::Plan, &told)?;
    let release = release.with(name, &archive("hinomi-agent", "1.0.0"))?;
    workspace.expect_error(Verb::Plan, &["is not the agent's archive", "names no version"])?;
    workspace.discard();
    drop(release);
    Ok(())
}

#[test]
fn another_build_of_the_agent_is_an_update_in_place() -> Result<()> {
    let account = Account::new()?;
    account.transition_milliseconds(50)?;
    let name = "hinomi-report-x86_64.zip";
    let release = Release::new("report-new")?.with(name, &archive("hinomi-report", "1.0.0"))?;
    let workspace = release.workspace("report-new", &account)?;
    let hcl = format!(
        "resource \"hinomi_cost_report\" \"daily\" {{\n name = \"daily\"\n webhook_parameter_arn = \"arn:aws:ssm:us-east-1:{}:parameter/x\"\n}}\n",
        account.id()
    );
    workspace.config(&hcl)?.apply()?;
    let release = release.with(name, &archive("hinomi-report", "1.1.0"))?;
    let (actions, change) = workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(change["after"]["agent_version"], "1.1.0");
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    assert_eq!(account.calls("lambda", "UpdateFunctionCode")?, 1);
    workspace.destroy()?;
    drop(release);
    assert_eq!(account.objects()?.len(), 0);
    Ok(())
}
