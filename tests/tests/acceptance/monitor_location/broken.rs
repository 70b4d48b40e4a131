//! Runs that were cut short, calls that fail, and objects that are somebody else's.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{ADDRESS, CANARY_ROLE, FUNCTION, PROBE_ROLE, Scene, location};

/// More often than any client tries again.
const ALWAYS: u64 = 50;

/// Every call that makes something, in the order in which they come.
const MAKING: [(&str, &str); 8] = [
    ("logs", "CreateLogGroup"),
    ("logs", "PutRetentionPolicy"),
    ("iam", "CreateRole"),
    ("iam", "PutRolePolicy"),
    ("lambda", "CreateFunction"),
    ("scheduler", "CreateScheduleGroup"),
    ("s3", "CreateBucket"),
    ("s3", "PutBucketPolicy"),
];

fn denied() -> Value {
    json!({ "error": { "code": "AccessDeniedException", "message": "not allowed here", "status": 403 } })
}

#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    // At once, since each spends most of its time with the pauses of lost calls.
    std::thread::scope(|scope| {
        let runs = MAKING.map(|(service, operation)| {
            scope.spawn(move || killed_at(service, operation).map_err(|error| (operation, error)))
        });
        for run in runs {
            let ended = run.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            ended.map_err(|(operation, error)| {
                hinomi_tests::Error::unexpected(format!("{operation}: {error}"))
            })?;
        }
        Ok(())
    })
}

/// A run whose calls have no answer from this operation on, and whose state is lost; then another.
fn killed_at(service: &str, operation: &str) -> Result<()> {
    let scene = Scene::new("location-killed")?;
    scene.fault(service, operation, ALWAYS, &json!("drop_after"))?;
    scene.workspace.config(&location("canaries = true"))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to create monitor location `here`"])?;
    scene.workspace.discard();
    let _ = std::fs::remove_file(scene.workspace.folder().join("terraform.tfstate"));
    scene.account.clear_faults()?;

    scene.apply(&location("canaries = true\n memory_mb = 256"))?;
    assert_eq!(scene.objects()?, scene.own_with_canaries(), "{operation}");
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0], "{operation}");
    Ok(())
}

#[test]
fn a_lost_answer_is_no_failure() -> Result<()> {
    let scene = Scene::for_both_processors("location-lost")?;
    let changing = [
        ("lambda", "UpdateFunctionConfiguration"),
        ("lambda", "UpdateFunctionCode"),
        ("lambda", "DeleteFunction"),
        ("scheduler", "DeleteScheduleGroup"),
        ("logs", "DeleteLogGroup"),
        ("iam", "DeleteRolePolicy"),
        ("iam", "DeleteRole"),
        ("s3", "DeleteBucket"),
    ];
    for (service, operation) in MAKING.into_iter().chain(changing) {
        scene.fault(service, operation, 1, &json!("drop_after"))?;
    }
    scene.apply(&location("canaries = true"))?;
    assert_eq!(scene.objects()?, scene.own_with_canaries());
    scene.apply(&location("canaries = true\n memory_mb = 256\n architecture = \"arm64\""))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn throttling_is_waited_out() -> Result<()> {
    let scene = Scene::new("location-throttled")?;
    for (service, operation) in [("iam", "CreateRole"), ("lambda", "CreateFunction")] {
        scene.fault(service, operation, 1, &json!("throttle"))?;
    }
    scene.apply(&location(""))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_half_made_location_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("location-tainted")?;
    scene.fault("scheduler", "CreateScheduleGroup", ALWAYS, &denied())?;
    scene.workspace.config(&location(""))?;
    let told = ["Unable to create monitor location `here`", "scheduler:CreateScheduleGroup"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    let drift = instance["attributes"]["drift"].to_string();
    assert!(drift.contains("schedule group"), "{drift}");

    scene.account.clear_faults()?;
    scene.workspace.plan()?.expect("is tainted, so must be replaced")?;
    scene.apply(&location(""))?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn nothing_made_is_nothing_in_the_state() -> Result<()> {
    let scene = Scene::new("location-nothing")?;
    scene.fault("logs", "CreateLogGroup", ALWAYS, &denied())?;
    scene.workspace.config(&location(""))?;
    scene.workspace.expect_error(Verb::Apply, &["logs:CreateLogGroup", "not allowed here"])?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    assert_eq!(state["resources"], json!([]), "{state}");
    Ok(())
}

#[test]
fn a_failed_change_keeps_what_is_true() -> Result<()> {
    let scene = Scene::new("location-half")?;
    scene.apply(&location(""))?;
    scene.fault("lambda", "UpdateFunctionConfiguration", ALWAYS, &denied())?;
    let hcl = location("log_retention_days = 7\n memory_mb = 256\n canaries = true");
    scene.workspace.config(&hcl)?;
    let told = ["Unable to update monitor location `here`", "lambda:UpdateFunctionConfiguration"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    let attributes = scene.attributes()?;
    assert_eq!(attributes["log_retention_days"], 7, "that was done before");
    assert_eq!(attributes["memory_mb"], 128, "but not that");

    scene.account.clear_faults()?;
    scene.apply(&hcl)?;
    assert_eq!(scene.function()?["Configuration"]["MemorySize"], 256);
    assert_eq!(scene.objects()?, scene.own_with_canaries());
    scene.workspace.destroy().map(drop)
}

/// Neither taken over by the next apply nor removed by a destroy.
#[test]
fn somebody_elses_role_is_refused_where_an_update_would_need_its_name() -> Result<()> {
    let scene = Scene::new("location-foreign-later")?;
    scene.apply(&location(""))?;
    scene.account.seed_role(CANARY_ROLE)?;
    scene.workspace.config(&location("canaries = true"))?;
    let told = ["Unable to update monitor location `here`", CANARY_ROLE, "Hinomi did not make it"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    assert_eq!(scene.attributes()?["canaries"], false);
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [format!("iam:role {CANARY_ROLE}")]);
    Ok(())
}

#[test]
fn a_failed_delete_keeps_the_location() -> Result<()> {
    let scene = Scene::new("location-undeleted")?;
    scene.apply(&location(""))?;
    scene.fault("lambda", "DeleteFunction", ALWAYS, &denied())?;
    let told = ["Unable to delete monitor location `here`"];
    scene.workspace.expect_error(Verb::Destroy, &told)?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    let (actions, _) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "its schedule group is gone already");
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn somebody_elses_objects_are_refused() -> Result<()> {
    let scene = Scene::new("location-foreign")?;
    scene.account.seed_role(PROBE_ROLE)?;
    let before = scene.objects()?;
    scene.workspace.config(&location(""))?;
    let told = [PROBE_ROLE, "exists already and Hinomi did not make it", "another `name`"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert_eq!(scene.objects()?, before, "nothing was made");

    let tags = [
        ("RoleName", PROBE_ROLE),
        ("Tags.member.1.Key", "hinomi:managed"),
        ("Tags.member.1.Value", "true"),
        ("Tags.member.2.Key", "hinomi:stack"),
        ("Tags.member.2.Value", "other"),
        ("Tags.member.3.Key", "hinomi:name"),
        ("Tags.member.3.Value", "here"),
    ];
    scene.iam("TagRole", &tags)?;
    scene.workspace.expect_error(Verb::Apply, &["`here` of the stack `other`"])?;
    scene.iam("DeleteRole", &[("RoleName", PROBE_ROLE)])?;

    let group = json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}") });
    scene.logs("CreateLogGroup", &group)?;
    let name = format!("/aws/lambda/{FUNCTION}");
    scene.workspace.expect_error(Verb::Apply, &[&name, "Hinomi did not make it"])?;
    scene.logs("DeleteLogGroup", &group)?;

    scene.account.seed_bucket(&scene.bucket())?;
    scene.s3("PUT", "/theirs.txt", "x")?;
    scene.workspace.config(&location("canaries = true"))?;
    scene.workspace.expect_error(Verb::Apply, &[&scene.bucket(), "Hinomi did not make it"])?;
    scene.workspace.discard();
    assert!(scene.s3("GET", "/theirs.txt", "")?.contains('x'));
    Ok(())
}
