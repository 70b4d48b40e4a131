//! What was recorded: kept, taken over again, removed on demand; and places of the user's own.

use hinomi_tests::{Result, Verb};
use serde_json::json;

use super::{DATABASE, FUNCTION, QUERIES, Scene};

#[test]
fn what_was_recorded_stays_and_is_taken_up_again() -> Result<()> {
    let scene = Scene::new("report-kept")?;
    scene.apply("")?;
    scene.record()?;
    let ended = scene.workspace.destroy()?;
    ended.expect("The recorded costs are kept")?;
    assert_eq!(scene.objects()?, [format!("s3:bucket {}", scene.bucket())]);
    assert!(scene.s3("GET", "/costs/month=2026-11/costs.parquet", "")?.contains("figures"));

    scene.apply("")?;
    assert_eq!(scene.objects()?, scene.own(&[]));
    assert!(scene.s3("GET", "/costs/month=2026-11/costs.parquet", "")?.contains("figures"));
    scene.workspace.destroy().map(drop)
}

#[test]
fn all_versions_go_where_that_is_wanted() -> Result<()> {
    let scene = Scene::new("report-force")?;
    scene.apply("force_destroy = true")?;
    scene.record()?;
    scene.record()?;
    scene.s3("PUT", "/report/daily.json", "{}")?;
    scene.s3("DELETE", "/report/daily.json", "")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_bucket_of_another_stack_is_not_taken_over() -> Result<()> {
    let scene = Scene::new("report-foreign-bucket")?;
    scene.account.seed_bucket(&scene.bucket())?;
    scene.record()?;
    scene.workspace.config(&scene.report(""))?;
    let told = [scene.bucket(), "Hinomi did not make it".to_owned()];
    scene.workspace.expect_error(Verb::Apply, &told.each_ref().map(String::as_str))?;
    scene.workspace.discard();
    assert_eq!(scene.objects()?, [format!("s3:bucket {}", scene.bucket())], "nothing was made");
    Ok(())
}

#[test]
fn a_bucket_and_a_workgroup_of_the_users_own_are_used_as_they_are() -> Result<()> {
    let scene = Scene::new("report-given")?;
    let bucket = scene.account.seed_bucket(&format!("company-{}", scene.account.id()))?;
    scene.athena("CreateWorkGroup", &json!({ "Name": "analysts" }))?;
    let query = json!({ "Name": "mine", "Database": "other", "QueryString": "SELECT 1", "WorkGroup": "analysts" });
    scene.athena("CreateNamedQuery", &query)?;
    let before = scene.objects()?;
    let given = format!(
        "history = {{ bucket = \"{bucket}\", prefix = \"costs/daily/\", workgroup = \"analysts\", database = \"company_costs\" }}"
    );
    scene.apply(&given)?;
    let objects = scene.objects()?;
    assert!(!objects.contains(&format!("s3:bucket {}", scene.bucket())), "{objects:?}");
    assert!(objects.contains(&"glue:table company_costs/costs".to_owned()), "{objects:?}");
    assert_eq!(scene.queries("analysts")?.len(), QUERIES.len() + 1);
    let attributes = scene.attributes()?;
    assert_eq!(attributes["bucket_name"], json!(bucket));
    assert_eq!(attributes["workgroup_name"], "analysts");
    let policy = attributes["policy_json"].to_string();
    assert!(policy.contains(&format!("arn:aws:s3:::{bucket}/costs/daily/costs/*")), "{policy}");

    // Back to places of its own, and nothing of the others is touched.
    scene.apply("")?;
    assert_eq!(scene.queries("analysts")?.len(), 1, "mine");
    let mut all = [scene.own(&[]), before.clone()].concat();
    all.sort();
    assert_eq!(scene.objects()?, all);
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, before);
    Ok(())
}

#[test]
fn a_history_that_moves_leaves_what_was_recorded() -> Result<()> {
    let scene = Scene::new("report-moves")?;
    let bucket = scene.account.seed_bucket(&format!("company-{}", scene.account.id()))?;
    scene.apply("force_destroy = true")?;
    scene.record()?;
    let given = format!("force_destroy = true\n history = {{ bucket = \"{bucket}\" }}");
    scene.workspace.config(&scene.report(&given))?;
    scene.workspace.apply()?.expect("The recorded costs are kept")?;
    scene.workspace.expect_empty_plan()?;
    assert!(scene.objects()?.contains(&format!("s3:bucket {}", scene.bucket())));
    let table = scene.glue("GetTable", &json!({ "DatabaseName": DATABASE, "Name": "costs" }))?;
    let location = &table["Table"]["StorageDescriptor"]["Location"];
    assert_eq!(location, &json!(format!("s3://{bucket}/costs/")));
    scene.workspace.destroy().map(drop)
}

#[test]
fn places_that_are_not_there_are_refused_before_anything_is_made() -> Result<()> {
    let scene = Scene::new("report-nowhere")?;
    for (history, told) in [
        (
            "bucket = \"no-such-bucket-anywhere-at-all\"",
            "is no bucket `no-such-bucket-anywhere-at-all`",
        ),
        ("workgroup = \"nobodys\"", "is no workgroup `nobodys`"),
    ] {
        scene.workspace.config(&scene.report(&format!("history = {{ {history} }}")))?;
        let summary = "Unable to create cost report `daily`";
        scene.workspace.expect_error(Verb::Apply, &[summary, told])?;
    }
    scene.workspace.discard();
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn what_people_saved_keeps_a_report_from_being_destroyed() -> Result<()> {
    let scene = Scene::new("report-saved")?;
    scene.apply("")?;
    let query = json!({ "Name": "mine", "Database": DATABASE, "QueryString": "SELECT 1", "WorkGroup": FUNCTION });
    let saved = scene.athena("CreateNamedQuery", &query)?;
    scene.workspace.expect_empty_plan()?;
    let own = scene.objects()?;
    let refusal =
        ["Unable to delete cost report `daily`", "the saved query `mine`", "force_destroy"];
    scene.workspace.expect_error(Verb::Destroy, &refusal)?;
    assert_eq!(scene.objects()?, own, "nothing was touched");
    scene.athena("DeleteNamedQuery", &saved)?;

    let view = json!({ "DatabaseName": DATABASE, "TableInput": { "Name": "my_view", "TableType": "VIRTUAL_VIEW" } });
    scene.glue("CreateTable", &view)?;
    scene.workspace.expect_error(Verb::Destroy, &["the table or view `my_view`"])?;
    scene.workspace.discard();
    scene.apply("force_destroy = true")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn queries_of_events_come_and_go_with_them() -> Result<()> {
    let scene = Scene::new("report-events")?;
    let event = |name: &str, end: &str| {
        format!("events = {{ {name} = {{ start = \"2026-11-20\", end = \"{end}\" }} }}")
    };
    scene.apply(&event("autumn", "2026-11-23"))?;
    assert_eq!(scene.objects()?, scene.own(&["autumn"]));
    let before = scene.queries(FUNCTION)?["event-cost-autumn"].clone();
    scene.apply(&event("autumn", "2026-11-24"))?;
    let after = scene.queries(FUNCTION)?["event-cost-autumn"].clone();
    assert_eq!(before.0, after.0, "the same query, with another text");
    assert!(after.1.contains("2026-11-24") && before.1 != after.1);
    scene.apply(&event("winter", "2026-11-24"))?;
    assert_eq!(scene.objects()?, scene.own(&["winter"]));
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}
