//! Made, changed in place, imported and removed.

use hinomi_tests::{Result, Workspace, paths};
use serde_json::json;

use super::{ADDRESS, DATABASE, FUNCTION, QUERIES, ROLE, SCHEDULER_ROLE, Scene, document};

const EVENT: &str = r#"events = { autumn = { start = "2026-11-20", end = "2026-11-23" } }"#;

#[test]
fn a_report_is_made_shown_and_removed() -> Result<()> {
    let scene = Scene::new("report-basic")?;
    let id = scene.account.id().to_owned();
    scene.workspace.config(&scene.report(""))?;

    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    let unknown = change["after_unknown"].to_string();
    assert!(!unknown.contains("true"), "everything is known: {unknown}");
    let after = &change["after"];
    assert_eq!(
        after["function_arn"],
        json!(format!("arn:aws:lambda:us-east-1:{id}:function:{FUNCTION}"))
    );
    assert_eq!(after["execution_role_arn"], json!(format!("arn:aws:iam::{id}:role/{ROLE}")));
    assert_eq!(after["bucket_name"], json!(scene.bucket()));
    assert_eq!(
        (&after["database_name"], &after["table_name"]),
        (&json!(DATABASE), &json!("costs"))
    );
    assert_eq!(after["schedule_expression"], "cron(0 9 * * ? *)");
    assert_eq!(after["rules"]["baseline_weeks"], 9);
    assert_eq!((&after["runs_per_month"], &after["calls_per_month"]), (&json!(31), &json!(124)));
    assert_eq!(after["estimated_monthly_cost_usd"], json!(1.25));
    assert_eq!(after["condition"], "complete");
    assert_eq!(after["agent_version"], "1.0.0");
    assert_eq!(after["tags_all"]["hinomi:name"], "daily");
    assert_eq!(after["queries"], json!(QUERIES));
    let policy = document(&after["policy_json"]);
    assert_eq!(policy["Statement"].as_array().map(Vec::len), Some(6), "{policy}");

    scene.apply("")?;
    assert_eq!(scene.objects()?, scene.own(&[]));
    let configuration = &scene.function()?["Configuration"];
    assert_eq!(configuration["Timeout"], 900);
    assert_eq!(configuration["CodeSha256"], scene.attributes()?["agent_sha256"]);
    assert_eq!(configuration["Environment"]["Variables"], json!({}));
    let schedule = scene.schedule()?;
    assert_eq!(schedule["ScheduleExpressionTimezone"], "UTC");
    let retry = json!({ "MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185 });
    assert_eq!(schedule["Target"]["RetryPolicy"], retry);
    let input = scene.input()?;
    assert_eq!((&input["hinomi"], &input["settings"]["name"]), (&json!("report"), &json!("daily")));
    assert_eq!(input["scheduled_time"], "<aws.scheduler.scheduled-time>");
    assert_eq!(input["settings"]["history"]["bucket"], json!(scene.bucket()));
    let trust = scene.iam("GetRole", &[("RoleName", SCHEDULER_ROLE)])?;
    assert!(trust.contains("schedule-group") && trust.contains("aws%3ASourceAccount"), "{trust}");
    assert!(scene.s3("GET", "?versioning", "")?.contains("Enabled"));
    let lifecycle = scene.s3("GET", "?lifecycle", "")?;
    for part in ["query-results/", "<Days>30</Days>", "<NoncurrentDays>30</NoncurrentDays>"] {
        assert!(lifecycle.contains(part), "{lifecycle}");
    }
    let group = scene.athena("GetWorkGroup", &json!({ "WorkGroup": FUNCTION }))?;
    let results = &group["WorkGroup"]["Configuration"]["ResultConfiguration"]["OutputLocation"];
    assert_eq!(results, &json!(format!("s3://{}/query-results/", scene.bucket())));
    let table = scene.glue("GetTable", &json!({ "DatabaseName": DATABASE, "Name": "costs" }))?;
    let location = &table["Table"]["StorageDescriptor"]["Location"];
    assert_eq!(location, &json!(format!("s3://{}/costs/", scene.bucket())));

    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0], "nothing was recorded, so nothing is left");
    Ok(())
}

/// Every attribute but roles, bucket and workgroup of the user's own.
fn full(account: &str) -> String {
    format!(
        r#"
        account      = {{ id = "{account}" }}
        region       = "us-east-1"
        thread_id    = "1310000000000000001"
        time         = "07:30"
        timezone     = "Asia/Tokyo"
        language     = "ja"
        accounts     = {{ "222222222222" = {{ name = "tickets", purpose = "production" }}, "333333333333" = {{ name = "stage" }} }}
        purpose_from = {{ unit = true }}
        currency     = {{ code = "JPY", per_usd = 151.25, as_of = "2026-11-01" }}
        rules        = {{ at_least_usd = 12.5, baseline_weeks = 8, excluded_services = ["Tax"] }}
        budgets_usd  = {{ "222222222222" = 2000.5 }}
        events = {{
          autumn = {{ start = "2026-11-20", end = "2026-11-23", baseline_days = 35, accounts = ["333333333333"], tags = {{ event = "autumn" }} }}
        }}
        weekly_digest         = "monday"
        monthly_digest        = 2
        mentions              = {{ roles = ["1310000000000000003"] }}
        backfill_months       = 12
        max_calls             = 10
        anomaly_feedback      = false
        history               = {{ prefix = "hinomi/" }}
        architecture          = "arm64"
        memory_mb             = 512
        log_retention_days    = 90
        permissions_boundary  = "arn:aws:iam::{account}:policy/boundary"
        max_monthly_cost_usd  = 3
        tags                  = {{ team = "watch" }}
        "#
    )
}

fn make_boundary(scene: &Scene) -> Result<()> {
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let parameters = [("PolicyName", "boundary"), ("PolicyDocument", policy)];
    scene.iam("CreatePolicy", &parameters).map(drop)
}

#[test]
fn every_attribute_reaches_aws_and_is_imported_from_there() -> Result<()> {
    let scene = Scene::new("report-full")?;
    make_boundary(&scene)?;
    let attributes = full(scene.account.id());
    scene.apply(&attributes)?;

    let settings = scene.input()?["settings"].clone();
    for (key, value) in [
        ("language", json!("ja")),
        ("purpose_from", json!("unit")),
        ("budgets", json!({ "222222222222": 2000.5 })),
        ("weekly_digest", json!("monday")),
        ("monthly_digest", json!(2)),
        ("backfill_months", json!(12)),
        ("most_calls", json!(10)),
        ("anomaly_feedback", json!(false)),
        ("currency", json!({ "code": "JPY", "per_usd": 151.25, "as_of": "2026-11-01" })),
    ] {
        assert_eq!(settings[key], value, "{key}");
    }
    assert_eq!(settings["rules"]["baseline_weeks"], 8);
    assert_eq!(settings["events"]["autumn"]["tags"]["event"], "autumn");
    assert_eq!(settings["accounts"]["333333333333"]["name"], "stage");
    let schedule = scene.schedule()?;
    assert_eq!(schedule["ScheduleExpression"], "cron(30 7 * * ? *)");
    assert_eq!(schedule["ScheduleExpressionTimezone"], "Asia/Tokyo");
    let configuration = &scene.function()?["Configuration"];
    assert_eq!(configuration["Architectures"], json!(["arm64"]));
    assert_eq!(configuration["MemorySize"], 512);
    let role = scene.iam("GetRole", &[("RoleName", ROLE)])?;
    assert!(role.contains(":policy/boundary") && role.contains("<Key>team</Key>"), "{role}");
    let query = &scene.queries(FUNCTION)?["event-cost-autumn"].1;
    assert!(query.contains("333333333333") && query.contains(DATABASE), "{query}");
    assert!(scene.s3("GET", "?lifecycle", "")?.contains("hinomi/query-results/"));

    for id in
        ["daily".to_owned(), FUNCTION.to_owned(), format!("{}/us-east-1/daily", scene.account.id())]
    {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &id)?;
        // What only the declaration says: the most that it may cost.
        let (_, change) = scene.workspace.planned(ADDRESS)?;
        let before = change["before"].as_object().cloned().unwrap_or_default();
        let changed: Vec<&String> = before
            .iter()
            .filter(|(name, value)| change["after"][name.as_str()] != **value)
            .map(|(name, _)| name)
            .collect();
        assert_eq!(changed, ["max_monthly_cost_usd"], "{change}");
        scene.apply(&attributes)?;
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn each_attribute_changes_in_place_with_its_own_calls() -> Result<()> {
    let scene = Scene::new("report-update")?;
    make_boundary(&scene)?;
    let boundary =
        format!("permissions_boundary = \"arn:aws:iam::{}:policy/boundary\"", scene.account.id());
    scene.apply("")?;
    let schedule = &["scheduler UpdateSchedule"][..];
    let event_calls = &["athena CreateNamedQuery", "iam PutRolePolicy", "scheduler UpdateSchedule"];
    let tag = ["athena", "glue", "iam", "lambda", "logs", "s3", "scheduler"];
    let tagging = |word: &str| -> Vec<String> {
        tag.into_iter()
            .map(|service| match (service, word) {
                ("s3", _) => "s3 PutBucketTagging".to_owned(),
                ("iam", _) => format!("iam {word}Role"),
                _ => format!("{service} {word}Resource"),
            })
            .collect()
    };
    for (what, attributes, expected) in [
        ("nothing", "force_destroy = true", &[][..]),
        ("nothing", "max_monthly_cost_usd = 50", &[]),
        ("time", "time = \"10:15\"", schedule),
        ("timezone", "timezone = \"Europe/Berlin\"", schedule),
        ("language", "language = \"ja\"", schedule),
        ("thread", "thread_id = \"1310000000000000001\"", schedule),
        ("accounts", "accounts = { \"222222222222\" = { name = \"x\" } }", schedule),
        (
            "purpose",
            "purpose_from = { tag = \"purpose\" }",
            &["iam PutRolePolicy", "scheduler UpdateSchedule"],
        ),
        ("and back", "", &["iam PutRolePolicy", "scheduler UpdateSchedule"]),
        (
            "currency",
            "currency = { code = \"EUR\", per_usd = 0.9, as_of = \"2026-11-01\" }",
            schedule,
        ),
        ("rules", "rules = { deviations = 4 }", schedule),
        ("budgets", "budgets_usd = { \"222222222222\" = 10 }", schedule),
        ("digest", "weekly_digest = \"friday\"", schedule),
        ("digest", "monthly_digest = 3", schedule),
        ("mentions", "mentions = { everyone = true }", schedule),
        ("backfill", "backfill_months = 2", schedule),
        ("calls", "max_calls = 30", schedule),
        ("and back", "", schedule),
        ("an event", EVENT, event_calls),
        (
            "no event",
            "",
            &["athena DeleteNamedQuery", "iam PutRolePolicy", "scheduler UpdateSchedule"],
        ),
        ("memory", "memory_mb = 512", &["lambda UpdateFunctionConfiguration"]),
        ("processor", "memory_mb = 512\n architecture = \"arm64\"", &["lambda UpdateFunctionCode"]),
        ("and back", "", &["lambda UpdateFunctionCode", "lambda UpdateFunctionConfiguration"]),
        ("days", "log_retention_days = 7", &["logs PutRetentionPolicy"]),
        ("and back", "", &["logs PutRetentionPolicy"]),
        ("boundary", &boundary, &["iam PutRolePermissionsBoundary"]),
        ("no boundary", "", &["iam DeleteRolePermissionsBoundary"]),
        (
            "sources",
            "sources = [{ role_arn = \"arn:aws:iam::222222222222:role/costs\" }]",
            &["iam PutRolePolicy", "scheduler UpdateSchedule"],
        ),
        ("no sources", "", &["iam PutRolePolicy", "scheduler UpdateSchedule"]),
        (
            "prefix",
            "history = { prefix = \"hinomi/\" }",
            &[
                "athena UpdateWorkGroup",
                "glue UpdateTable",
                "iam PutRolePolicy",
                "s3 PutBucketLifecycleConfiguration",
                "scheduler UpdateSchedule",
            ],
        ),
        (
            "no prefix",
            "",
            &[
                "athena UpdateWorkGroup",
                "glue UpdateTable",
                "iam PutRolePolicy",
                "s3 PutBucketLifecycleConfiguration",
                "scheduler UpdateSchedule",
            ],
        ),
    ] {
        assert_eq!(scene.writes_of(attributes)?, expected, "{what}: {attributes}");
    }
    assert_eq!(scene.writes_of("tags = { team = \"watch\" }")?, tagging("Tag"));
    assert_eq!(scene.writes_of("")?, tagging("Untag"));
    scene.workspace.destroy()?;
    Ok(())
}

#[test]
fn own_roles_take_the_place_of_those_that_are_made() -> Result<()> {
    let scene = Scene::new("report-roles")?;
    let run = scene.account.seed_role("run")?;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"scheduler.amazonaws.com"}}]}"#;
    scene.iam("CreateRole", &[("RoleName", "start"), ("AssumeRolePolicyDocument", trust)])?;
    let start = format!("arn:aws:iam::{}:role/start", scene.account.id());
    let own = format!("role_arn = \"{run}\"\n scheduler_role_arn = \"{start}\"");
    let is_made =
        |name: &str| -> Result<bool> { Ok(scene.objects()?.contains(&format!("iam:role {name}"))) };
    scene.apply(&own)?;
    assert!(!is_made(ROLE)? && !is_made(SCHEDULER_ROLE)?);
    let attributes = scene.attributes()?;
    assert_eq!(attributes["execution_role_arn"], json!(run));
    assert!(attributes["policy_json"].is_string(), "it says what the role needs");

    scene.apply("")?;
    assert!(is_made(ROLE)? && is_made(SCHEDULER_ROLE)?);
    scene.apply(&own)?;
    assert!(!is_made(ROLE)? && !is_made(SCHEDULER_ROLE)?);
    assert_eq!(scene.function()?["Configuration"]["Role"], json!(run));
    assert_eq!(scene.schedule()?["Target"]["RoleArn"], json!(start));
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, ["iam:role run", "iam:role start"], "they are the user's");
    Ok(())
}

#[test]
fn what_is_not_there_or_not_ours_is_not_imported() -> Result<()> {
    let scene = Scene::new("report-no-import")?;
    scene.workspace.config(&scene.report(""))?;
    let refused = scene.workspace.import(ADDRESS, "nowhere");
    let told = refused.expect_err("there is nothing").to_string();
    assert!(told.contains("there is no function"), "{told}");
    scene.apply("")?;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    let other = format!("provider \"hinomi\" {{\n stack = \"shop\"\n}}\n{}", scene.report(""));
    scene.workspace.config(&other)?;
    let refused = scene.workspace.import(ADDRESS, FUNCTION);
    let told = refused.expect_err("it belongs to another stack").to_string();
    assert!(told.contains("is no report of"), "{told}");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn what_is_not_known_yet_is_known_after_the_apply() -> Result<()> {
    let scene = Scene::new("report-unknown")?;
    let hcl = |days: u32, end: &str, budget: u32| {
        let output = "terraform_data.later.output";
        format!(
            "resource \"terraform_data\" \"later\" {{\n input = {{ days = {days}, end = \"{end}\", budget = {budget}, role = \"arn:aws:iam::222222222222:role/costs\" }}\n}}\n{}",
            scene.report(&format!(
                "log_retention_days = {output}.days\n budgets_usd = {{ \"222222222222\" = {output}.budget }}\n events = {{ autumn = {{ start = \"2026-11-20\", end = {output}.end }} }}\n sources = [{{ role_arn = {output}.role }}]"
            ))
        )
    };
    scene.workspace.config(&hcl(7, "2026-11-23", 100))?;
    let (_, change) = scene.workspace.planned(ADDRESS)?;
    for attribute in ["policy_json", "queries", "calls_per_month"] {
        assert_eq!(change["after_unknown"][attribute], json!(true), "{attribute}");
    }
    assert_eq!(change["after"]["function_name"], FUNCTION, "that much is known");
    scene.apply_all(&hcl(7, "2026-11-23", 100))?;
    assert_eq!(scene.input()?["settings"]["events"]["autumn"]["end"], "2026-11-23");
    assert!(scene.attributes()?["policy_json"].to_string().contains("role/costs"));
    scene.apply_all(&hcl(14, "2026-11-24", 200))?;
    assert_eq!(scene.input()?["settings"]["budgets"]["222222222222"], json!(200.0));
    scene.workspace.destroy().map(drop)
}

#[test]
fn the_example_is_valid() -> Result<()> {
    let folder = "examples/resources/hinomi_cost_report";
    let provider = paths::provider();
    let workspace = Workspace::from_repository("report-example", folder, &provider)?;
    workspace.validate().map(drop)
}
