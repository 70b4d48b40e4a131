//! A monitor at home in one account, and a location in another.

use hinomi_tests::{Account, Result, Verb};
use serde_json::json;

use super::{GROUP, Scene, input, location, probe_at, seed_group, seed_scheduler_role};

/// An account that the scene's credentials may enter.
fn neighbour(scene: &Scene) -> Result<Account> {
    let account = Account::new()?;
    account.seed_entrance(&scene.account, "hinomi", Some("watch"))?;
    seed_scheduler_role(&account)?;
    seed_group(&account)?;
    Ok(account)
}

#[test]
fn a_location_of_another_account_writes_through_a_role() -> Result<()> {
    let scene = Scene::with_location("probe-accounts")?;
    let other = neighbour(&scene)?;
    let entrance = "role_name = \"hinomi\"\n    external_id = \"watch\"\n    schedule_group_name";
    let there = location(&other, "there").replace("schedule_group_name", entrance);
    let locations = format!("{}{there}", location(&scene.account, "here"));
    let alarm = scene.alarm("");

    scene.workspace.config(&probe_at(&locations, &alarm))?;
    let told = ["No way to write the metrics", "set `metrics_role_arn`"];
    scene.workspace.expect_error(Verb::Plan, &told)?;

    let role = format!("arn:aws:iam::{}:role/metrics", scene.account.id());
    let hcl = probe_at(&locations, &format!("{alarm}\n metrics_role_arn = \"{role}\""));
    scene.apply(&hcl)?;
    let name = scene.schedule_name();
    let path = format!("/schedules/{name}?groupName={GROUP}");
    let answer = other.send("scheduler", "GET", &path, "application/json", "")?;
    let run = input(&serde_json::from_str(&answer).expect("JSON"));
    assert_eq!(
        run["home"],
        json!({ "account": scene.account.id(), "region": "us-east-1", "metrics_role_arn": role })
    );
    assert_eq!(
        input(&scene.schedule()?)["home"],
        json!({ "account": scene.account.id(), "region": "us-east-1" }),
        "at home no role is needed"
    );
    let state = scene.attributes()?;
    assert_eq!(state["cost_breakdown"]["api"], 0.0876, "each run there is a call");
    let alarms = scene.made()?.into_iter().filter(|made| made.starts_with("cloudwatch")).count();
    assert_eq!(alarms, 3, "all alarms are at home");

    // Removed there, and read through the role.
    other.send("scheduler", "DELETE", &path, "application/json", "")?;
    assert_eq!(scene.planned()?.0, ["update"]);
    assert_eq!(scene.writes_of(&hcl)?, [""; 0], "nothing is written at home");
    other.send("scheduler", "GET", &path, "application/json", "")?;

    scene.workspace.destroy()?;
    assert_eq!(scene.made()?, [""; 0]);
    let left = other.objects()?.into_iter().filter(|object| object.kind == "scheduler:schedule");
    assert_eq!(left.count(), 0);
    Ok(())
}
