//! What was changed or removed outside Terraform.

use hinomi_tests::Result;
use serde_json::{Value, json};

use super::{ADDRESS, DATABASE, FUNCTION, FUNCTIONS, QUERIES, ROLE, SCHEDULER_ROLE, Scene};

const EVENT: &str = r#"events = { autumn = { start = "2026-11-20", end = "2026-11-23" } }"#;

/// Expects the plan to bring this back in place and to say so in `condition`, then an apply that does.
fn told_and_brought_back(scene: &Scene, told: &str) -> Result<()> {
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "{told}");
    let condition = change["before"]["condition"].to_string();
    assert!(condition.contains(told), "{told}: {condition}");
    assert_eq!(change["after"]["condition"], "complete");
    brought_back(scene)
}

/// Expects the plan to bring an attribute back in place, then an apply that does.
fn shown_and_brought_back(scene: &Scene, attribute: &str, found: &Value) -> Result<()> {
    let (actions, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"], "{attribute}");
    assert_eq!(&change["before"][attribute], found, "{attribute}");
    assert_ne!(&change["after"][attribute], found, "{attribute}");
    assert_eq!(change["before"]["condition"], "complete", "{attribute} says it");
    brought_back(scene)
}

fn brought_back(scene: &Scene) -> Result<()> {
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan().map(drop)
}

/// Changes the settings in the schedule's input past Terraform.
fn put_setting(scene: &Scene, change: impl FnOnce(&mut Value)) -> Result<()> {
    let mut input = scene.input()?;
    change(&mut input["settings"]);
    scene.put_schedule(|schedule| schedule["Target"]["Input"] = json!(input.to_string()))
}

#[test]
fn settings_that_were_changed_are_shown_and_brought_back() -> Result<()> {
    let scene = Scene::new("report-drift-settings")?;
    scene.apply(EVENT)?;
    put_setting(&scene, |it| it["language"] = json!("ja"))?;
    shown_and_brought_back(&scene, "language", &json!("ja"))?;
    put_setting(&scene, |it| it["budgets"] = json!({ "222222222222": 5.5 }))?;
    shown_and_brought_back(&scene, "budgets_usd", &json!({ "222222222222": 5.5 }))?;
    put_setting(&scene, |it| it["weekly_digest"] = json!("sunday"))?;
    shown_and_brought_back(&scene, "weekly_digest", &json!("sunday"))?;
    put_setting(&scene, |it| it["most_calls"] = json!(500))?;
    shown_and_brought_back(&scene, "max_calls", &json!(500))?;
    put_setting(&scene, |it| it["webhook"]["thread_id"] = json!("1310000000000000009"))?;
    shown_and_brought_back(&scene, "thread_id", &json!("1310000000000000009"))?;
    put_setting(&scene, |it| it["events"] = json!({}))?;
    shown_and_brought_back(&scene, "events", &json!(null))?;
    put_setting(&scene, |it| it["rules"]["at_least_usd"] = json!(1000.0))?;
    let (_, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(change["before"]["rules"]["at_least_usd"], json!(1000));
    brought_back(&scene)?;
    put_setting(&scene, |it| it["history"]["bucket"] = json!("theirs"))?;
    let (_, change) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(change["before"]["history"]["bucket"], "theirs");
    scene.workspace.apply()?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.input()?["settings"]["history"]["bucket"], json!(scene.bucket()));
    // What a newer version would write is none of this one's business.
    put_setting(&scene, |it| it["colour"] = json!("red"))?;
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_schedule_that_was_changed_is_brought_back() -> Result<()> {
    let scene = Scene::new("report-drift-schedule")?;
    scene.apply("")?;
    scene.put_schedule(|it| it["ScheduleExpression"] = json!("cron(30 6 * * ? *)"))?;
    shown_and_brought_back(&scene, "time", &json!("06:30"))?;
    scene.put_schedule(|it| it["ScheduleExpression"] = json!("rate(1 hour)"))?;
    shown_and_brought_back(&scene, "schedule_expression", &json!("rate(1 hour)"))?;
    scene.put_schedule(|it| it["ScheduleExpressionTimezone"] = json!("Asia/Tokyo"))?;
    shown_and_brought_back(&scene, "timezone", &json!("Asia/Tokyo"))?;
    scene.put_schedule(|it| it["State"] = json!("DISABLED"))?;
    told_and_brought_back(&scene, "the schedule has another state")?;
    scene.put_schedule(|it| it["Target"]["RetryPolicy"]["MaximumRetryAttempts"] = json!(0))?;
    told_and_brought_back(&scene, "the schedule has another retry policy")?;
    scene.put_schedule(|it| it["Target"]["Input"] = json!("{}"))?;
    told_and_brought_back(&scene, "the schedule has another input")?;
    assert_eq!(scene.schedule()?["State"], "ENABLED");
    scene.workspace.destroy().map(drop)
}

#[test]
fn function_log_and_roles_that_were_changed_are_brought_back() -> Result<()> {
    let scene = Scene::new("report-drift-function")?;
    scene.apply("")?;
    let configure = |change: Value| {
        let path = format!("{FUNCTIONS}/{FUNCTION}/configuration");
        scene.account.send("lambda", "PUT", &path, "application/json", &change.to_string())
    };
    configure(json!({ "MemorySize": 256 }))?;
    shown_and_brought_back(&scene, "memory_mb", &json!(256))?;
    configure(json!({ "Timeout": 3, "Environment": { "Variables": { "EXTRA": "y" } } }))?;
    told_and_brought_back(&scene, "the function has another timeout and set of variables")?;
    let retention =
        json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}"), "retentionInDays": 1 });
    scene.account.json("logs", "us-east-1", "Logs_20140328.PutRetentionPolicy", &retention)?;
    shown_and_brought_back(&scene, "log_retention_days", &json!(1))?;

    let everything =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let policy = [("PolicyName", "hinomi"), ("PolicyDocument", everything)];
    scene.iam("PutRolePolicy", &[&[("RoleName", ROLE)][..], &policy].concat())?;
    shown_and_brought_back(&scene, "policy_json", &json!(everything))?;
    let role = ("RoleName", SCHEDULER_ROLE);
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":"scheduler.amazonaws.com"}}]}"#;
    scene.iam("UpdateAssumeRolePolicy", &[role, ("PolicyDocument", trust)])?;
    told_and_brought_back(&scene, "the schedule's role has another trust policy")?;
    scene.iam("UntagRole", &[role, ("TagKeys.member.1", "hinomi:stack")])?;
    told_and_brought_back(&scene, "the schedule's role has another set of tags")?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn bucket_and_catalog_that_were_changed_are_brought_back() -> Result<()> {
    let scene = Scene::new("report-drift-catalog")?;
    scene.apply("")?;
    scene.s3("DELETE", "?lifecycle", "")?;
    told_and_brought_back(&scene, "the bucket has another lifecycle")?;
    let suspended = "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";
    scene.s3("PUT", "?versioning", suspended)?;
    told_and_brought_back(&scene, "the bucket has another versioning")?;
    scene.s3("DELETE", "?policy", "")?;
    told_and_brought_back(&scene, "the bucket has another policy")?;

    let database =
        json!({ "Name": DATABASE, "DatabaseInput": { "Name": DATABASE, "Description": "mine" } });
    scene.glue("UpdateDatabase", &database)?;
    told_and_brought_back(&scene, "the database has another description")?;
    let arn = format!("arn:aws:glue:us-east-1:{}:database/{DATABASE}", scene.account.id());
    scene.glue("UntagResource", &json!({ "ResourceArn": arn, "TagsToRemove": ["hinomi:name"] }))?;
    told_and_brought_back(&scene, "the database has another set of tags")?;
    let table = json!({ "DatabaseName": DATABASE, "TableInput": { "Name": "costs", "Description": "mine" } });
    scene.glue("UpdateTable", &table)?;
    told_and_brought_back(&scene, "the table has another type")?;
    let group = json!({ "WorkGroup": FUNCTION, "State": "DISABLED",
        "ConfigurationUpdates": { "EnforceWorkGroupConfiguration": false } });
    scene.athena("UpdateWorkGroup", &group)?;
    told_and_brought_back(&scene, "the workgroup has another place for results and state")?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn queries_that_were_changed_are_brought_back() -> Result<()> {
    let scene = Scene::new("report-drift-queries")?;
    scene.apply(EVENT)?;
    let name = "event-cost-autumn";
    let (id, sql) = scene.queries(FUNCTION)?[name].clone();
    let update = |name: &str, sql: &str, description: &str| {
        let body = json!({ "NamedQueryId": id, "Name": name, "QueryString": sql, "Description": description });
        scene.athena("UpdateNamedQuery", &body)
    };
    update(name, "SELECT 1", "x")?;
    told_and_brought_back(&scene, "the query event-cost-autumn has another text")?;
    assert_eq!(scene.queries(FUNCTION)?[name], (id.clone(), sql.clone()));
    let again =
        json!({ "Name": name, "Database": DATABASE, "QueryString": sql, "WorkGroup": FUNCTION });
    scene.athena("CreateNamedQuery", &again)?;
    told_and_brought_back(&scene, "the query event-cost-autumn is saved twice")?;
    scene
        .athena("DeleteNamedQuery", &json!({ "NamedQueryId": scene.queries(FUNCTION)?[name].0 }))?;
    shown_and_brought_back(&scene, "queries", &json!(QUERIES))?;
    scene.workspace.destroy().map(drop)
}

/// Everything of a report can go by itself, and comes back.
#[test]
fn what_disappears_is_made_again() -> Result<()> {
    let scene = Scene::new("report-disappears")?;
    scene.apply("")?;
    let own = scene.own(&[]);
    let lambda = format!("{FUNCTIONS}/{FUNCTION}");
    let rest = |service: &str, path: &str| {
        scene.account.send(service, "DELETE", path, "application/json", "").map(drop)
    };
    let delete_role = |role: &str| {
        let policy = [("RoleName", role), ("PolicyName", "hinomi")];
        scene.iam("DeleteRolePolicy", &policy)?;
        scene.iam("DeleteRole", &[("RoleName", role)]).map(drop)
    };
    let log_group = json!({ "logGroupName": format!("/aws/lambda/{FUNCTION}") });
    let steps: [(&str, &dyn Fn() -> Result<()>); 10] = [
        ("the function is gone", &|| rest("lambda", &lambda)),
        ("the log group is gone", &|| {
            let delete = "Logs_20140328.DeleteLogGroup";
            scene.account.json("logs", "us-east-1", delete, &log_group).map(drop)
        }),
        ("the schedule is gone", &|| {
            rest("scheduler", &format!("/schedules/morning?groupName={FUNCTION}"))
        }),
        ("the schedule group is gone", &|| {
            rest("scheduler", &format!("/schedule-groups/{FUNCTION}"))
        }),
        ("the role is gone", &|| delete_role(ROLE)),
        ("the schedule's role is gone", &|| delete_role(SCHEDULER_ROLE)),
        ("the table is gone", &|| {
            scene
                .glue("DeleteTable", &json!({ "DatabaseName": DATABASE, "Name": "costs" }))
                .map(drop)
        }),
        ("the database is gone", &|| {
            scene.glue("DeleteDatabase", &json!({ "Name": DATABASE })).map(drop)
        }),
        ("the workgroup is gone", &|| {
            let body = json!({ "WorkGroup": FUNCTION, "RecursiveDeleteOption": true });
            scene.athena("DeleteWorkGroup", &body).map(drop)
        }),
        ("the bucket is gone", &|| scene.s3("DELETE", "", "").map(drop)),
    ];
    for (told, delete) in steps {
        delete()?;
        told_and_brought_back(&scene, told)?;
        assert_eq!(scene.objects()?, own, "{told}");
    }
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_report_of_which_nothing_is_left_is_made_anew() -> Result<()> {
    let scene = Scene::new("report-vanished")?;
    scene.apply("")?;
    scene.account.reset()?;
    let (actions, _) = scene.workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["create"]);
    scene.apply("")?;
    assert_eq!(scene.objects()?, scene.own(&[]));
    scene.workspace.destroy().map(drop)
}
