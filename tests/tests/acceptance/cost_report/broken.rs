//! Runs that were cut short, calls that fail, and objects that are somebody else's.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{ADDRESS, DATABASE, FUNCTION, ROLE, Scene};

/// More often than any client tries again.
const ALWAYS: u64 = 50;

/// Every call that makes something, in the order in which they come.
const MAKING: [(&str, &str); 14] = [
    ("logs", "CreateLogGroup"),
    ("s3", "CreateBucket"),
    ("s3", "PutBucketTagging"),
    ("s3", "PutBucketVersioning"),
    ("s3", "PutBucketLifecycleConfiguration"),
    ("iam", "CreateRole"),
    ("iam", "PutRolePolicy"),
    ("lambda", "CreateFunction"),
    ("glue", "CreateDatabase"),
    ("glue", "CreateTable"),
    ("athena", "CreateWorkGroup"),
    ("athena", "CreateNamedQuery"),
    ("scheduler", "CreateScheduleGroup"),
    ("scheduler", "CreateSchedule"),
];

fn denied() -> Value {
    json!({ "error": { "code": "AccessDeniedException", "message": "not allowed here", "status": 403 } })
}

#[test]
fn what_a_killed_run_left_is_taken_over() -> Result<()> {
    // At once, since each spends most of its time with the pauses of lost calls.
    std::thread::scope(|scope| {
        // That a workgroup is there is found out although its answer is lost.
        let calls = MAKING.into_iter().filter(|(_, operation)| *operation != "CreateWorkGroup");
        let runs = calls.map(|(service, operation)| {
            scope.spawn(move || killed_at(service, operation).map_err(|error| (operation, error)))
        });
        let runs: Vec<_> = runs.collect();
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
    let scene = Scene::new(&format!("report-killed-{}", operation.to_lowercase()))?;
    scene.fault(service, operation, ALWAYS, &json!("drop_after"))?;
    scene.workspace.config(&scene.report(""))?;
    scene.workspace.expect_error(Verb::Apply, &["Unable to create cost report `daily`"])?;
    scene.workspace.discard();
    let _ = std::fs::remove_file(scene.workspace.folder().join("terraform.tfstate"));
    scene.account.clear_faults()?;

    scene.apply("memory_mb = 512")?;
    assert_eq!(scene.objects()?, scene.own(&[]), "{operation}");
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0], "{operation}");
    Ok(())
}

#[test]
fn a_lost_answer_is_no_failure() -> Result<()> {
    let scene = Scene::new("report-lost")?;
    let changing = [
        ("lambda", "UpdateFunctionConfiguration"),
        ("scheduler", "UpdateSchedule"),
        ("glue", "UpdateTable"),
        ("athena", "UpdateWorkGroup"),
        ("athena", "UpdateNamedQuery"),
        ("lambda", "DeleteFunction"),
        ("scheduler", "DeleteScheduleGroup"),
        ("logs", "DeleteLogGroup"),
        ("iam", "DeleteRole"),
        ("glue", "DeleteDatabase"),
        ("athena", "DeleteWorkGroup"),
        ("s3", "DeleteBucket"),
    ];
    for (service, operation) in MAKING.into_iter().chain(changing) {
        scene.fault(service, operation, 1, &json!("drop_after"))?;
    }
    let event = |end: &str| {
        format!("events = {{ autumn = {{ start = \"2026-11-20\", end = \"{end}\" }} }}")
    };
    scene.apply(&event("2026-11-23"))?;
    assert_eq!(scene.objects()?, scene.own(&["autumn"]));
    let changed =
        format!("memory_mb = 512\n history = {{ prefix = \"x/\" }}\n {}", event("2026-11-24"));
    scene.apply(&changed)?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_half_made_report_is_kept_as_tainted() -> Result<()> {
    let scene = Scene::new("report-tainted")?;
    scene.fault("glue", "CreateTable", ALWAYS, &denied())?;
    scene.workspace.config(&scene.report(""))?;
    let told = ["Unable to create cost report `daily`", "glue:CreateTable"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    let instance = &state["resources"][0]["instances"][0];
    assert_eq!(instance["status"], "tainted", "{state}");
    let condition = instance["attributes"]["condition"].to_string();
    assert!(condition.contains("the table is gone"), "{condition}");

    scene.account.clear_faults()?;
    scene.workspace.plan()?.expect("is tainted, so must be replaced")?;
    scene.apply("")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn nothing_made_is_nothing_in_the_state() -> Result<()> {
    let scene = Scene::new("report-nothing")?;
    scene.fault("logs", "CreateLogGroup", ALWAYS, &denied())?;
    scene.workspace.config(&scene.report(""))?;
    scene.workspace.expect_error(Verb::Apply, &["logs:CreateLogGroup", "not allowed here"])?;
    scene.workspace.discard();
    let state = scene.workspace.state()?;
    assert_eq!(state["resources"], json!([]), "{state}");
    Ok(())
}

#[test]
fn a_failed_change_keeps_what_is_true() -> Result<()> {
    let scene = Scene::new("report-half")?;
    scene.apply("")?;
    scene.fault("scheduler", "UpdateSchedule", ALWAYS, &denied())?;
    let attributes = "log_retention_days = 7\n time = \"10:00\"\n language = \"ja\"";
    scene.workspace.config(&scene.report(attributes))?;
    let told = ["Unable to update cost report `daily`", "scheduler:UpdateSchedule"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    let found = scene.attributes()?;
    assert_eq!(found["log_retention_days"], 7, "that was done before");
    assert_eq!((&found["time"], &found["language"]), (&json!("09:00"), &json!("en")), "not those");

    scene.account.clear_faults()?;
    scene.apply(attributes)?;
    assert_eq!(scene.schedule()?["ScheduleExpression"], "cron(0 10 * * ? *)");
    scene.workspace.destroy().map(drop)
}

/// A database of another name is made before the one of before goes; both are known until it has.
#[test]
fn a_rename_that_was_cut_short_leaves_nothing_behind() -> Result<()> {
    for goes_on in [true, false] {
        let scene = Scene::new(&format!("report-renamed-{goes_on}"))?;
        scene.apply("")?;
        scene.fault("glue", "DeleteDatabase", ALWAYS, &denied())?;
        let renamed = "history = { database = \"company_costs\" }";
        scene.workspace.config(&scene.report(renamed))?;
        let told = ["Unable to update cost report `daily`", "glue:DeleteDatabase"];
        scene.workspace.expect_error(Verb::Apply, &told)?;
        scene.workspace.discard();
        let both = scene.objects()?;
        assert!(both.contains(&format!("glue:database {DATABASE}")), "{both:?}");
        assert!(both.contains(&"glue:database company_costs".to_owned()), "{both:?}");

        scene.account.clear_faults()?;
        if goes_on {
            scene.apply(renamed)?;
            let objects = scene.objects()?;
            assert!(!objects.contains(&format!("glue:database {DATABASE}")), "{objects:?}");
            assert!(objects.contains(&"glue:database company_costs".to_owned()), "{objects:?}");
        }
        scene.workspace.destroy()?;
        assert_eq!(scene.objects()?, [""; 0]);
    }
    Ok(())
}

#[test]
fn a_failed_delete_keeps_the_report() -> Result<()> {
    let scene = Scene::new("report-undeleted")?;
    scene.apply("")?;
    scene.fault("lambda", "DeleteFunction", ALWAYS, &denied())?;
    let told = ["Unable to delete cost report `daily`"];
    scene.workspace.expect_error(Verb::Destroy, &told)?;
    scene.workspace.discard();
    scene.account.clear_faults()?;
    let (actions, _) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "its schedule is gone already");
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn somebody_elses_objects_are_refused() -> Result<()> {
    let scene = Scene::new("report-foreign")?;
    scene.account.seed_role(ROLE)?;
    scene.workspace.config(&scene.report(""))?;
    let told = [ROLE, "exists already and Hinomi did not make it", "another `name`"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    assert_eq!(scene.objects()?, [format!("iam:role {ROLE}")], "nothing was made");
    scene.iam("DeleteRole", &[("RoleName", ROLE)])?;

    scene.glue("CreateDatabase", &json!({ "DatabaseInput": { "Name": DATABASE } }))?;
    scene.workspace.expect_error(Verb::Apply, &["database", DATABASE, "Hinomi did not make it"])?;
    scene.glue("DeleteDatabase", &json!({ "Name": DATABASE }))?;

    scene.athena("CreateWorkGroup", &json!({ "Name": FUNCTION }))?;
    scene.workspace.expect_error(Verb::Apply, &["workgroup", "Hinomi did not make it"])?;
    scene.athena("DeleteWorkGroup", &json!({ "WorkGroup": FUNCTION }))?;
    assert_eq!(scene.objects()?, [""; 0]);

    scene.apply("")?;
    scene.glue("CreateDatabase", &json!({ "DatabaseInput": { "Name": "theirs" } }))?;
    scene.workspace.config(&scene.report("history = { database = \"theirs\" }"))?;
    let told = ["Unable to update cost report `daily`", "theirs", "Hinomi did not make it"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, ["glue:database theirs"]);
    Ok(())
}
