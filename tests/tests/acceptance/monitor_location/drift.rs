//! What was changed or removed outside Terraform.

use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{ADDRESS, CANARY_ROLE, FUNCTION, PROBE_ROLE, SCHEDULER_ROLE, Scene, location, own};

/// Expects the plan to bring this back in place and to say so in `drift`, then an apply that does.
fn told_and_brought_back(scene: &Scene, told: &str) -> Result<()> {
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "{told}");
    assert!(change["before"]["drift"].to_string().contains(told), "{told}: {}", change["before"]);
    assert_eq!(change["after"]["drift"], json!([]));
    brought_back(scene)
}

/// Expects the plan to bring an attribute back in place, then an apply that does.
fn shown_and_brought_back(scene: &Scene, attribute: &str, found: &Value) -> Result<()> {
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "{attribute}");
    assert_eq!(&change["before"][attribute], found, "{attribute}");
    assert_ne!(&change["after"][attribute], found, "{attribute}");
    brought_back(scene)
}

fn brought_back(scene: &Scene) -> Result<()> {
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan().map(drop)
}

#[test]
fn a_function_that_was_changed_is_brought_back() -> Result<()> {
    let scene = Scene::new("location-function")?;
    scene.apply(&location("allowed_networks = [\"10.0.0.0/8\"]"))?;
    scene.configure(&json!({ "MemorySize": 1024 }))?;
    shown_and_brought_back(&scene, "memory_mb", &json!(1024))?;
    let variables = json!({ "HINOMI_LOCATION_NETWORKS": "0.0.0.0/0" });
    scene.configure(&json!({ "Environment": { "Variables": variables } }))?;
    shown_and_brought_back(&scene, "allowed_networks", &json!(["0.0.0.0/0"]))?;
    let variables = json!({ "HINOMI_LOCATION_NETWORKS": "10.0.0.0/8", "MORE": "x" });
    scene.configure(&json!({ "Environment": { "Variables": variables } }))?;
    told_and_brought_back(&scene, "has another set of variables")?;
    scene.configure(&json!({ "Timeout": 3, "Description": "mine" }))?;
    told_and_brought_back(&scene, "has another timeout")?;
    assert_eq!(scene.function()?["Configuration"]["Timeout"], 300);
    let variables = &scene.function()?["Configuration"]["Environment"]["Variables"];
    assert_eq!(variables, &json!({ "HINOMI_LOCATION_NETWORKS": "10.0.0.0/8" }));
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_role_that_was_changed_is_brought_back() -> Result<()> {
    let scene = Scene::new("location-role")?;
    scene.apply(&location("canaries = true"))?;
    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let put = |role: &str| {
        let policy = [("PolicyName", "hinomi"), ("PolicyDocument", everything)];
        scene.iam("PutRolePolicy", &[&[("RoleName", role)][..], &policy].concat())
    };
    put(PROBE_ROLE)?;
    shown_and_brought_back(&scene, "policy_json", &json!(everything))?;
    put(CANARY_ROLE)?;
    shown_and_brought_back(&scene, "canary_policy_json", &json!(everything))?;

    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"scheduler.amazonaws.com"}}]}"#;
    let role = ("RoleName", SCHEDULER_ROLE);
    scene.iam("UpdateAssumeRolePolicy", &[role, ("PolicyDocument", trust)])?;
    told_and_brought_back(&scene, "has another trust policy")?;
    assert!(scene.iam("GetRole", &[role])?.contains("aws%3ASourceArn"));
    scene.iam("UntagRole", &[role, ("TagKeys.member.1", "hinomi:stack")])?;
    told_and_brought_back(&scene, "has another set of tags")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn settings_of_log_group_and_bucket_are_brought_back() -> Result<()> {
    let scene = Scene::new("location-settings")?;
    scene.apply(&location("canaries = true"))?;
    let group = json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}") });
    scene.logs("DeleteRetentionPolicy", &group)?;
    shown_and_brought_back(&scene, "log_retention_days", &json!(null))?;
    scene.s3("DELETE", "?lifecycle", "")?;
    shown_and_brought_back(&scene, "artifact_retention_days", &json!(null))?;
    for (part, told) in [
        ("publicAccessBlock", "public access block"),
        ("policy", "policy"),
        ("ownershipControls", "object ownership"),
    ] {
        scene.s3("DELETE", &format!("?{part}"), "")?;
        told_and_brought_back(&scene, &format!("has another {told}"))?;
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn each_object_that_was_removed_is_made_again() -> Result<()> {
    let scene = Scene::new("location-gone")?;
    scene.apply(&location("canaries = true"))?;
    scene.delete_function()?;
    told_and_brought_back(&scene, "function hinomi-default_here-location is gone")?;
    scene.delete_schedule_group()?;
    told_and_brought_back(&scene, "schedule group hinomi-default_here-location is gone")?;
    scene.logs("DeleteLogGroup", &json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}") }))?;
    told_and_brought_back(&scene, "log group /aws/lambda/hinomi-default_here-location is gone")?;
    let role = ("RoleName", SCHEDULER_ROLE);
    scene.iam("DeleteRolePolicy", &[role, ("PolicyName", "hinomi")])?;
    scene.iam("DeleteRole", &[role])?;
    told_and_brought_back(&scene, "schedule is gone")?;
    scene.s3("DELETE", "", "")?;
    told_and_brought_back(&scene, "bucket")?;
    assert_eq!(scene.objects()?, scene.own_with_canaries());
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_location_that_is_gone_is_made_anew() -> Result<()> {
    let scene = Scene::new("location-all-gone")?;
    scene.apply(&location(""))?;
    scene.account.reset()?;
    let (actions, _) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    brought_back(&scene)?;
    assert_eq!(scene.objects()?, own());
    scene.workspace.destroy()?;
    // What is gone already is removed.
    scene.apply(&location(""))?;
    scene.account.reset()?;
    scene.workspace.destroy().map(drop)
}

/// The key's grant names the role that was, so Lambda could not decrypt the environment for another.
#[test]
fn a_function_with_an_environment_is_made_anew_with_its_role() -> Result<()> {
    let scene = Scene::new("location-role-gone")?;
    let hcl = location("allowed_networks = [\"10.0.0.0/8\"]");
    scene.apply(&hcl)?;
    let role = ("RoleName", PROBE_ROLE);
    scene.iam("DeleteRolePolicy", &[role, ("PolicyName", "hinomi")])?;
    scene.iam("DeleteRole", &[role])?;
    let writes = scene.writes_of(&hcl)?;
    for write in ["lambda DeleteFunction", "iam CreateRole", "lambda CreateFunction"] {
        assert!(writes.iter().any(|made| made == write), "{write}: {writes:?}");
    }
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}
