//! Locations that are made anew, and names that were in use a moment ago.

use hinomi_tests::{Result, Verb};
use serde_json::json;

use super::{ADDRESS, FUNCTION, Scene, location};

const MONITOR: &str = r#"
resource "hinomi_synthetic_monitor" "web" {
  name      = "web"
  engine    = "probe"
  interval  = "5m"
  locations = { here = hinomi_monitor_location.here.location }
  http      = { url = "https://example.com/" }
}
"#;

fn schedules(scene: &Scene) -> Result<Vec<String>> {
    let objects = scene.objects()?.into_iter();
    Ok(objects.filter(|object| object.starts_with("scheduler:schedule ")).collect())
}

/// Its schedule group goes with all schedules in it, and nothing that they say changes.
#[test]
fn monitors_make_their_schedules_again_where_a_location_was_made_anew() -> Result<()> {
    let scene = Scene::new("location-renewed")?;
    let hcl = format!("{}{MONITOR}", location(""));
    scene.apply(&hcl)?;
    let before = schedules(&scene)?;
    assert_eq!(before.len(), 1, "{before:?}");
    let made_at = scene.attributes()?["location"]["made_at"].clone();

    let replace = format!("-replace={ADDRESS}");
    scene.workspace.terraform(&["apply", "-auto-approve", "-input=false", &replace])?;
    assert_eq!(schedules(&scene)?, before);
    assert_ne!(scene.attributes()?["location"]["made_at"], made_at);
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

/// S3 takes a while to be done with a bucket, and to tell all of itself of a new one.
#[test]
fn a_bucket_that_s3_is_not_done_with_is_waited_for() -> Result<()> {
    let scene = Scene::new("location-bucket-again")?;
    scene.settings(&json!({ "bucket_refusals": 3 }))?;
    scene.apply(&location("canaries = true"))?;
    scene.apply(&location(""))?;
    let late = json!({ "error": { "code": "NoSuchBucket", "status": 404, "message": "not yet" } });
    scene.fault("s3", "PutBucketTagging", 1, &late)?;
    scene.fault(
        "s3",
        "PutBucketPolicy",
        1,
        &json!({ "error": { "code": "OperationAborted", "status": 409 } }),
    )?;
    scene.apply(&location("canaries = true"))?;
    assert_eq!(scene.objects()?, scene.own_with_canaries());
    scene.workspace.destroy()?;
    assert_eq!(scene.objects()?, [""; 0]);
    Ok(())
}

#[test]
fn a_bucket_of_another_account_is_told_as_one() -> Result<()> {
    let scene = Scene::new("location-bucket-theirs")?;
    let other = hinomi_tests::Account::new()?;
    other.seed_bucket(&scene.bucket())?;
    scene.workspace.config(&location("canaries = true"))?;
    let told = ["s3:HeadBucket", "`s3:ListBucket`", "is of another account", "another `name`"];
    scene.workspace.expect_error(Verb::Apply, &told)?;
    scene.workspace.discard();
    assert!(!scene.objects()?.iter().any(|object| object.contains(FUNCTION)), "nothing was made");
    Ok(())
}
