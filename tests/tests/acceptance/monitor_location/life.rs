//! Made, changed in place, imported and removed.

use hinomi_tests::{Result, Verb, Workspace, paths};
use serde_json::json;

use super::{
    ADDRESS, CANARY_ROLE, FUNCTION, PROBE_ROLE, SCHEDULER_ROLE, Scene, document, location, own,
};

#[test]
fn a_location_is_made_shown_and_removed() -> Result<()> {
    let scene = Scene::new("location-basic")?;
    let id = scene.account.id().to_owned();
    scene.workspace.config(&location(""))?;

    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    let unknown = change["after_unknown"].to_string();
    assert_eq!(unknown.matches("true").count(), 1, "all but one is known: {unknown}");
    assert_eq!(change["after_unknown"]["location"], json!({ "made_at": true }));
    let after = &change["after"];
    let arn = format!("arn:aws:lambda:us-east-1:{id}:function:{FUNCTION}");
    let scheduler_role = format!("arn:aws:iam::{id}:role/{SCHEDULER_ROLE}");
    assert_eq!(after["function_arn"], json!(arn));
    assert_eq!(after["execution_role_arn"], json!(format!("arn:aws:iam::{id}:role/{PROBE_ROLE}")));
    assert_eq!(after["log_group_name"], json!(format!("/aws/lambda/{FUNCTION}")));
    assert_eq!(after["artifact_bucket"], json!(null));
    assert_eq!(after["tags_all"]["hinomi:name"], "here");
    assert!(after["agent_sha256"].is_string() && after["agent_version"].is_string(), "{after}");
    assert_eq!(
        after["location"],
        json!({
            "name": "here", "account_id": id, "role_name": null, "external_id": null,
            "region": "us-east-1", "function_arn": arn, "schedule_group_name": FUNCTION,
            "scheduler_role_arn": scheduler_role, "memory_mb": 128, "architecture": "x86_64",
        })
    );
    let probe = document(&after["policy_json"]);
    assert_eq!(
        probe["Statement"][0]["Action"],
        json!(["logs:CreateLogStream", "logs:PutLogEvents"])
    );
    let invoke = document(&after["scheduler_policy_json"]);
    assert_eq!(invoke["Statement"][0]["Resource"], json!([arn]));

    scene.apply(&location(""))?;
    assert_eq!(scene.objects()?, own());
    assert!(scene.attributes()?["location"]["made_at"].is_string());
    assert_eq!(scene.account.calls("lambda", "UpdateFunctionCode")?, 0);
    let function = scene.function()?;
    let configuration = &function["Configuration"];
    assert_eq!(configuration["Runtime"], "provided.al2023");
    assert_eq!(configuration["CodeSha256"], scene.attributes()?["agent_sha256"]);
    assert_eq!(configuration["LoggingConfig"]["LogGroup"], format!("/aws/lambda/{FUNCTION}"));
    assert_eq!(function["Tags"]["hinomi:stack"], "default");
    let groups = scene.logs("DescribeLogGroups", &json!({}))?;
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 30);
    let trust = scene.iam("GetRole", &[("RoleName", SCHEDULER_ROLE)])?;
    assert!(trust.contains("schedule-group") && trust.contains("aws%3ASourceAccount"), "{trust}");

    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0], "nothing is left");
    Ok(())
}

/// Every attribute but a VPC and roles of the user's own, which exclude others.
fn full(account: &str) -> String {
    location(&format!(
        r#"
        account                 = {{ id = "{account}" }}
        region                  = "us-east-1"
        canaries                = true
        allowed_networks        = ["10.0.0.0/8", "fd00:1::/32"]
        secret_arns             = ["arn:aws:secretsmanager:us-east-1:{account}:secret:token-AbCdEf"]
        assumable_role_arns     = ["arn:aws:iam::210987654321:role/metrics"]
        architecture            = "arm64"
        memory_mb               = 256
        log_retention_days      = 90
        artifact_retention_days = 14
        permissions_boundary    = "arn:aws:iam::{account}:policy/boundary"
        force_destroy           = true
        tags                    = {{ team = "watch" }}
        timeouts                = {{ create = "5m", update = "5m", delete = "5m" }}
        "#
    ))
}

fn make_boundary(scene: &Scene) -> Result<()> {
    let policy =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let parameters = [("PolicyName", "boundary"), ("PolicyDocument", policy)];
    scene.iam("CreatePolicy", &parameters).map(drop)
}

#[test]
fn every_attribute_reaches_aws() -> Result<()> {
    let scene = Scene::for_both_processors("location-full")?;
    make_boundary(&scene)?;
    let before = scene.objects()?;
    scene.apply(&full(scene.account.id()))?;

    let function = scene.function()?;
    let configuration = &function["Configuration"];
    assert_eq!(configuration["Architectures"], json!(["arm64"]));
    assert_eq!(configuration["MemorySize"], 256);
    let networks = &configuration["Environment"]["Variables"]["HINOMI_LOCATION_NETWORKS"];
    assert_eq!(networks, "10.0.0.0/8,fd00:1::/32");
    assert_eq!(function["Tags"]["team"], "watch");
    let role = scene.iam("GetRole", &[("RoleName", CANARY_ROLE)])?;
    assert!(role.contains(":policy/boundary") && role.contains("<Key>team</Key>"), "{role}");
    let policy =
        scene.iam("GetRolePolicy", &[("RoleName", PROBE_ROLE), ("PolicyName", "hinomi")])?;
    assert!(policy.contains("GetSecretValue") && policy.contains("role%2Fmetrics"), "{policy}");
    assert!(scene.s3("GET", "?encryption", "")?.contains("AES256"));
    assert!(scene.s3("GET", "?lifecycle", "")?.contains("<Days>14</Days>"));
    assert!(scene.s3("GET", "?policy", "")?.contains("aws:SecureTransport"));
    assert_eq!(scene.s3("GET", "?publicAccessBlock", "")?.matches(">true<").count(), 4);
    assert!(scene.s3("GET", "?ownershipControls", "")?.contains("BucketOwnerEnforced"));
    assert!(scene.s3("GET", "?tagging", "")?.contains("hinomi:stack"));
    let attributes = scene.attributes()?;
    assert_eq!(attributes["artifact_bucket"], json!(scene.bucket()));
    assert!(document(&attributes["canary_policy_json"])["Statement"].is_array());

    scene.s3("PUT", "/canary/report.json", "{}")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, before, "the reports are gone as well");
    Ok(())
}

#[test]
fn each_attribute_changes_in_place_with_its_own_calls() -> Result<()> {
    let scene = Scene::for_both_processors("location-update")?;
    make_boundary(&scene)?;
    let account = scene.account.id();
    scene.apply(&location(""))?;
    let boundary = format!("permissions_boundary = \"arn:aws:iam::{account}:policy/boundary\"");
    for (what, attributes, expected) in [
        ("nothing", "force_destroy = true", &[][..]),
        ("memory", "memory_mb = 512", &["lambda UpdateFunctionConfiguration"]),
        (
            "networks",
            "allowed_networks = [\"10.0.0.0/8\"]",
            &["lambda UpdateFunctionConfiguration"],
        ),
        ("no networks", "", &["lambda UpdateFunctionConfiguration"]),
        ("processor", "architecture = \"arm64\"", &["lambda UpdateFunctionCode"]),
        ("and back", "", &["lambda UpdateFunctionCode"]),
        ("days", "log_retention_days = 7", &["logs PutRetentionPolicy"]),
        ("and back", "", &["logs PutRetentionPolicy"]),
        (
            "secrets",
            "secret_arns = [\"arn:aws:secretsmanager:us-east-1:210987654321:secret:a-AbCdEf\"]",
            &["iam PutRolePolicy"],
        ),
        ("no secrets", "", &["iam PutRolePolicy"]),
        ("boundary", &boundary, &["iam PutRolePermissionsBoundary"]),
        ("no boundary", "", &["iam DeleteRolePermissionsBoundary"]),
        (
            "tags",
            "tags = { team = \"watch\" }",
            &["iam TagRole", "lambda TagResource", "logs TagResource", "scheduler TagResource"],
        ),
        (
            "no tags",
            "",
            &[
                "iam UntagRole",
                "lambda UntagResource",
                "logs UntagResource",
                "scheduler UntagResource",
            ],
        ),
    ] {
        let writes = scene.writes_of(&location(attributes))?;
        assert_eq!(writes, expected, "{what}");
    }
    scene.workspace.destroy()?;
    Ok(())
}

#[test]
fn canaries_come_and_go() -> Result<()> {
    let scene = Scene::new("location-canaries")?;
    scene.apply(&location(""))?;
    scene.apply(&location("canaries = true"))?;
    assert_eq!(scene.objects()?, scene.own_with_canaries());

    scene.s3("PUT", "/canary/report.json", "{}")?;
    scene.workspace.config(&location(""))?;
    let refusal =
        ["Unable to update monitor location `here`", "canary/report.json", "force_destroy"];
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.expect_error(Verb::Apply, &refusal)?;
    scene.workspace.discard();
    assert_eq!(scene.objects()?, scene.own_with_canaries(), "nothing was touched");

    scene.s3("DELETE", "/canary/report.json", "")?;
    scene.apply(&location(""))?;
    assert_eq!(scene.objects()?, own());
    assert_eq!(scene.attributes()?["artifact_bucket"], json!(null));
    scene.workspace.destroy().map(drop)
}

#[test]
fn reports_keep_a_location_from_being_destroyed() -> Result<()> {
    let scene = Scene::new("location-reports")?;
    scene.apply(&location("canaries = true"))?;
    scene.s3("PUT", "/canary/report.json", "{}")?;
    let refusal = ["Unable to delete monitor location `here`", "holds 1 objects", "force_destroy"];
    scene.workspace.expect_error(Verb::Destroy, &refusal)?;
    scene.workspace.discard();
    assert_eq!(scene.objects()?, scene.own_with_canaries(), "nothing was touched");
    scene.workspace.expect_empty_plan()?;
    scene.apply(&location("canaries = true\n force_destroy = true"))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn own_roles_take_the_place_of_those_that_are_made() -> Result<()> {
    let scene = Scene::new("location-roles")?;
    let (run, start) = (scene.account.seed_role("run")?, scene.account.seed_role("start")?);
    let own = format!("role_arn = \"{run}\"\n scheduler_role_arn = \"{start}\"");
    let is_made =
        |name: &str| -> Result<bool> { Ok(scene.objects()?.contains(&format!("iam:role {name}"))) };
    scene.apply(&location(&own))?;
    assert!(!is_made(PROBE_ROLE)? && !is_made(SCHEDULER_ROLE)?);
    let attributes = scene.attributes()?;
    assert_eq!(attributes["location"]["scheduler_role_arn"], json!(start));
    assert_eq!(attributes["execution_role_arn"], json!(run));
    assert!(attributes["policy_json"].is_string(), "it says what the role needs");

    scene.apply(&location(""))?;
    assert!(is_made(PROBE_ROLE)? && is_made(SCHEDULER_ROLE)?);
    scene.apply(&location(&own))?;
    assert!(!is_made(PROBE_ROLE)? && !is_made(SCHEDULER_ROLE)?);
    assert_eq!(scene.function()?["Configuration"]["Role"], json!(run));
    scene.workspace.destroy()?;
    assert!(scene.objects()?.contains(&"iam:role run".to_owned()), "it is the user's");
    Ok(())
}

#[test]
fn an_imported_location_has_an_empty_plan() -> Result<()> {
    let scene = Scene::for_both_processors("location-import")?;
    make_boundary(&scene)?;
    let hcl = full(scene.account.id()).replace("force_destroy           = true", "");
    let hcl = hcl.lines().filter(|line| !line.contains("timeouts")).collect::<Vec<_>>().join("\n");
    scene.apply(&hcl)?;
    for id in
        ["here".to_owned(), FUNCTION.to_owned(), format!("{}/us-east-1/here", scene.account.id())]
    {
        scene.workspace.terraform(&["state", "rm", ADDRESS])?;
        scene.workspace.import(ADDRESS, &id)?;
        scene.workspace.expect_empty_plan()?;
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_is_not_there_or_not_ours_is_not_imported() -> Result<()> {
    let scene = Scene::new("location-no-import")?;
    scene.workspace.config(&location(""))?;
    let refused = scene.workspace.import(ADDRESS, "nowhere");
    let told = refused.expect_err("there is nothing").to_string();
    assert!(told.contains("there is no function"), "{told}");
    scene.apply(&location(""))?;
    scene.workspace.terraform(&["state", "rm", ADDRESS])?;
    let other = format!("provider \"hinomi\" {{\n stack = \"shop\"\n}}\n{}", location(""));
    scene.workspace.config(&other)?;
    let refused = scene.workspace.import(ADDRESS, FUNCTION);
    let told = refused.expect_err("it belongs to another stack").to_string();
    assert!(told.contains("belongs to the stack"), "{told}");
    scene.workspace.discard();
    Ok(())
}

#[test]
fn what_is_not_known_yet_is_known_after_the_apply() -> Result<()> {
    let scene = Scene::new("location-unknown")?;
    let hcl = |days: u32, secret: &str| {
        format!(
            "resource \"terraform_data\" \"later\" {{\n input = {{ days = {days}, secret = \"{secret}\" }}\n}}\n{}",
            location(
                "log_retention_days = terraform_data.later.output.days\n secret_arns = [terraform_data.later.output.secret]"
            )
        )
    };
    let secret = "arn:aws:secretsmanager:us-east-1:210987654321:secret:a-AbCdEf";
    scene.workspace.config(&hcl(7, secret))?;
    let (_, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(change["after_unknown"]["policy_json"], json!(true));
    assert_eq!(change["after"]["function_name"], FUNCTION, "that much is known");
    scene.apply(&hcl(7, secret))?;
    let policy = scene.attributes()?["policy_json"].to_string();
    assert!(policy.contains(secret), "{policy}");
    scene.apply(&hcl(14, secret))?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn the_provider_block_names_paths_prefixes_and_boundaries() -> Result<()> {
    let scene = Scene::new("location-provider")?;
    make_boundary(&scene)?;
    let account = scene.account.id();
    // By its name, as one provider may serve many accounts.
    let block = |path: &str| {
        format!(
            "provider \"hinomi\" {{\n name_prefix = \"corp-\"\n stack = \"shop\"\n iam_path = \"{path}\"\n permissions_boundary = \"boundary\"\n}}\n{}",
            location("")
        )
    };
    scene.apply(&block("/watch/"))?;
    let attributes = scene.attributes()?;
    let role = format!("arn:aws:iam::{account}:role/watch/corp-shop_here-us-east-1-probe");
    assert_eq!(attributes["execution_role_arn"], json!(role));
    let boundary = format!("arn:aws:iam::{account}:policy/boundary");
    assert_eq!(attributes["permissions_boundary"], json!(boundary));

    scene.apply(&block("/other/"))?;
    let role = role.replace("/watch/", "/other/");
    assert_eq!(scene.attributes()?["execution_role_arn"], json!(role));
    let function = scene.function_named("corp-shop_here-location")?;
    assert_eq!(function["Configuration"]["Role"], json!(role));
    scene.workspace.destroy().map(drop)
}

#[test]
fn the_example_is_valid() -> Result<()> {
    let folder = "examples/resources/hinomi_monitor_location";
    let provider = paths::provider();
    let workspace = Workspace::from_repository("location-example", folder, &provider)?;
    workspace.validate().map(drop)
}
