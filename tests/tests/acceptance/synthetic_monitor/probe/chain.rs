//! The whole chain with the real agent: a schedule's own input runs the check, the check's metric
//! turns the alarm.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hinomi_tests::chain::{Change, eventually};
use hinomi_tests::{Aws, Error, Result};
use serde_json::{Value, json};

use super::{SILENT, Scene};

/// Far beyond what a function needs to start on a busy machine.
const LONG: Duration = Duration::from_mins(1);
const MINUTE: u64 = 60;

impl Scene {
    /// Fires the schedule as if it were so many minutes after the epoch, and waits for its run.
    fn run_at(&self, group: &str, minute: u64) -> Result<()> {
        let before = self.account.invocations()?.len();
        let at = jiff::Timestamp::from_second(i64::try_from(minute * MINUTE).unwrap_or_default())
            .expect("a moment of these years");
        let asked = json!({
            "account": self.account.id(), "region": "us-east-1", "group": group,
            "name": self.schedule_name(), "scheduled_time": at.to_string(),
        });
        let fired = Aws::shared()?.control("POST", "/_schedules/run", &asked)?;
        assert_eq!(fired["delivered"], true, "{fired}");
        let run = eventually("a run of the check", LONG, || {
            Ok(self.account.invocations()?.into_iter().nth(before))
        })?;
        assert_eq!((run.kind.as_str(), run.error.as_deref()), ("probe", None), "{}", run.log);
        // Two metrics of each run, and of that minute.
        eventually("its metrics", LONG, || {
            let time = at.strftime("%Y-%m-%dT%H:%M:00").to_string();
            let metrics = self.account.metrics()?;
            let has = |metric: &&Value| {
                let data = metric["data"].as_array().into_iter().flatten();
                metric["namespace"] == "Hinomi"
                    && data.filter_map(|datum| datum["at"].as_str()).any(|at| at.starts_with(&time))
            };
            if metrics.iter().filter(has).count() == 2 {
                return Ok(Some(()));
            }
            Err(Error::unexpected(format!("{time} is not in {metrics:?}; {}", run.log)))
        })
    }

    fn changes(&self) -> Result<Vec<(String, String)>> {
        let changes = self.account.evaluate_alarms()?;
        Ok(changes.into_iter().map(|Change { alarm, to, .. }| (alarm, to)).collect())
    }
}

#[test]
fn a_server_that_fails_rings_and_one_that_heals_is_told() -> Result<()> {
    let (scene, shop, group) = Scene::of_a_shop("probe-chain", "impact = \"critical\"")?;
    let group = group.as_str();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs() / MINUTE;
    // The clock stands where the test says, however long the machine takes.
    let set_clock = |minute: u64| {
        scene.account.set_clock(UNIX_EPOCH + Duration::from_secs((now + minute) * MINUTE))
    };
    set_clock(0)?;

    scene.run_at(group, now - 3)?;
    assert_eq!(scene.changes()?, [], "it passes, and nobody is told");
    shop.set_broken(true);
    scene.run_at(group, now - 2)?;
    assert_eq!(scene.changes()?, [], "one failure of two");
    scene.run_at(group, now - 1)?;
    let down = |state: &str| vec![("hinomi-default/web".to_owned(), state.to_owned())];
    assert_eq!(scene.changes()?, down("ALARM"));
    let log = scene.account.invocations()?.pop().map(|run| run.log).unwrap_or_default();
    assert!(log.contains("503"), "the log says why: {log}");

    shop.set_broken(false);
    scene.run_at(group, now)?;
    set_clock(1)?;
    assert_eq!(scene.changes()?, [], "two failures of three");
    scene.run_at(group, now + 1)?;
    set_clock(2)?;
    assert_eq!(scene.changes()?, down("OK"));

    // Nothing comes any more: after three intervals that is told, and once more when it comes again.
    set_clock(10)?;
    assert_eq!(scene.changes()?, [(SILENT.to_owned(), "ALARM".to_owned())]);
    scene.run_at(group, now + 9)?;
    assert_eq!(scene.changes()?, [(SILENT.to_owned(), "OK".to_owned())]);

    scene.workspace.destroy()?;
    let left: Vec<_> =
        scene.made()?.into_iter().filter(|made| !made.starts_with("logs:")).collect();
    assert_eq!(left, [""; 0]);
    Ok(())
}
