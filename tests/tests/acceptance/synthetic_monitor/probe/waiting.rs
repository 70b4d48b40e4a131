//! What alarms do while results are late, or not there yet. The results are those that the agent would
//! write, put at the time at which they come.

use std::time::{Duration, UNIX_EPOCH};

use hinomi_tests::Result;
use jiff::{SignedDuration, Timestamp};

use super::{SILENT, Scene, location, location_in, probe_at};

const DOWN: &str = "hinomi-default/web";
const MINUTE: i64 = 60;

/// The minute that it is, and those before and after.
struct Clock {
    now: Timestamp,
}

impl Clock {
    fn new() -> Self {
        let now = Timestamp::now().as_second();
        let now = Timestamp::from_second(now - now.rem_euclid(MINUTE)).expect("a minute");
        Self { now }
    }

    /// The minute that is so far away.
    fn at(&self, minutes: i64) -> Timestamp {
        self.now + SignedDuration::from_mins(minutes)
    }
}

impl Scene {
    /// A result that a location has for a minute.
    fn result(&self, location: &str, at: Timestamp, passed: bool) -> Result<()> {
        let parameters = [
            ("Namespace", "Hinomi"),
            ("MetricData.member.1.MetricName", "Success"),
            ("MetricData.member.1.Value", if passed { "1" } else { "0" }),
            ("MetricData.member.1.Timestamp", &at.to_string()),
            ("MetricData.member.1.Dimensions.member.1.Name", "Location"),
            ("MetricData.member.1.Dimensions.member.1.Value", location),
            ("MetricData.member.1.Dimensions.member.2.Name", "Monitor"),
            ("MetricData.member.1.Dimensions.member.2.Value", "web"),
        ];
        self.cloudwatch("PutMetricData", &parameters).map(drop)
    }

    /// What an evaluation a moment after the end of a minute changes: alarms and their new states.
    fn seen(&self, clock: &Clock, minutes: i64) -> Result<Vec<(String, String)>> {
        let moment = clock.at(minutes + 1) + SignedDuration::from_secs(3);
        let since_1970 =
            Duration::from_secs(u64::try_from(moment.as_second()).expect("after 1970"));
        self.account.set_clock(UNIX_EPOCH + since_1970)?;
        let changes = self.account.evaluate_alarms()?;
        Ok(changes.into_iter().map(|change| (change.alarm, change.to)).collect())
    }

    /// Lets an alarm count from long ago, as if it had been made then.
    fn let_count_from_long_ago(&self, name: &str, period: &str) -> Result<()> {
        let state = self.attributes()?;
        let description = state["no_data_alarms"]["here"]["description"].to_string();
        let description: String = serde_json::from_str(&description).unwrap_or_default();
        self.cloudwatch(
            "PutMetricAlarm",
            &[
                ("AlarmName", name),
                ("AlarmDescription", &description),
                ("AlarmActions.member.1", &self.topic),
                ("OKActions.member.1", &self.topic),
                ("ComparisonOperator", "LessThanThreshold"),
                ("Threshold", "1"),
                ("EvaluationPeriods", "3"),
                ("DatapointsToAlarm", "3"),
                ("TreatMissingData", "breaching"),
                ("Metrics.member.1.Id", "runs"),
                ("Metrics.member.1.ReturnData", "false"),
                ("Metrics.member.1.MetricStat.Period", period),
                ("Metrics.member.1.MetricStat.Stat", "SampleCount"),
                ("Metrics.member.1.MetricStat.Metric.Namespace", "Hinomi"),
                ("Metrics.member.1.MetricStat.Metric.MetricName", "Success"),
                ("Metrics.member.1.MetricStat.Metric.Dimensions.member.1.Name", "Location"),
                ("Metrics.member.1.MetricStat.Metric.Dimensions.member.1.Value", "here"),
                ("Metrics.member.1.MetricStat.Metric.Dimensions.member.2.Name", "Monitor"),
                ("Metrics.member.1.MetricStat.Metric.Dimensions.member.2.Value", "web"),
                ("Metrics.member.2.Id", "heard"),
                ("Metrics.member.2.ReturnData", "true"),
                ("Metrics.member.2.Expression", "IF(EPOCH(runs) < 1, 1, FILL(runs, 0))"),
            ],
        )
        .map(drop)
    }
}

fn at_both(scene: &Scene, attributes: &str) -> String {
    let locations = format!(
        "{}{}",
        location(&scene.account, "here"),
        location_in(&scene.account, "osaka", "us-east-1", "default")
    );
    probe_at(&locations, &format!("{}\n{attributes}", scene.alarm("")))
}

/// One location's result is there in its minute, the other one's after the end of it: each look of the
/// alarm but the first sees half of the latest results.
#[test]
fn a_result_that_is_late_neither_hides_an_outage_nor_ends_it() -> Result<()> {
    for (attributes, every, first) in [("impact = \"critical\"", 1, 0), ("impact = \"high\"", 5, 2)]
    {
        let scene = Scene::with_location("probe-late")?;
        scene.apply(&at_both(&scene, attributes))?;
        let clock = Clock::new();
        let outage = (4 * every)..(12 * every);
        let mut seen = Vec::new();
        for minute in 0..(20 * every) {
            let passed = |minute: i64| !outage.contains(&minute);
            if minute % every == first {
                scene.result("here", clock.at(minute), passed(minute))?;
            }
            if minute % every == (first + 1) % every && minute > 0 {
                scene.result("osaka", clock.at(minute - 1), passed(minute - 1))?;
            }
            let changes = scene.seen(&clock, minute)?;
            seen.extend(changes.into_iter().map(|(alarm, state)| (minute, alarm, state)));
        }
        let states: Vec<_> =
            seen.iter().map(|(_, alarm, state)| (alarm.as_str(), state.as_str())).collect();
        assert_eq!(states, [(DOWN, "ALARM"), (DOWN, "OK")], "{attributes}: {seen:?}");
        let told: Vec<_> = seen.iter().map(|(minute, ..)| *minute).collect();
        assert!(told[0] <= outage.start + 3 * every, "{attributes}: {seen:?}");
        assert!(told[1] <= outage.end + 3 * every, "{attributes}: {seen:?}");
    }
    Ok(())
}

/// In every reading of missing data: nobody is told of a beginning.
#[test]
fn a_new_monitor_tells_nobody_before_something_happens() -> Result<()> {
    for missing in ["ignore", "breaching", "missing", "not_breaching"] {
        let scene = Scene::with_location("probe-begins")?;
        let more = format!("treat_missing_data = \"{missing}\"");
        let hcl = at_both(&scene, "interval = \"5m\"\n failing_locations = 2");
        let alarm = scene.alarm("");
        let hcl = hcl.replace(&alarm, &scene.alarm(&more));
        scene.apply(&hcl)?;
        let clock = Clock::new();
        for minute in 0..30 {
            // The first results come a while later, and then on time.
            if minute % 5 == 3 {
                scene.result("here", clock.at(minute), true)?;
                scene.result("osaka", clock.at(minute), true)?;
            }
            assert_eq!(scene.seen(&clock, minute)?, [], "{missing}, minute {minute}");
        }
    }
    Ok(())
}

/// What `breaching` and `missing` are for holds once the monitor has begun.
#[test]
fn missing_results_mean_what_was_asked_for() -> Result<()> {
    for (missing, state) in [("breaching", "ALARM"), ("missing", "INSUFFICIENT_DATA")] {
        let scene = Scene::with_location("probe-missing")?;
        let more = format!("treat_missing_data = \"{missing}\"");
        scene.apply(&scene.probe(&scene.alarm(&more)))?;
        let clock = Clock::new();
        scene.result("here", clock.at(3), true)?;
        let mut seen = Vec::new();
        for minute in 0..40 {
            let changes = scene.seen(&clock, minute)?;
            seen.extend(changes.into_iter().filter(|(alarm, _)| alarm == DOWN));
        }
        assert_eq!(seen, [(DOWN.to_owned(), state.to_owned())], "{missing}");
    }
    Ok(())
}

/// A shorter interval looks at less than the last result is old; a pause leaves none at all.
#[test]
fn an_alarm_for_missing_data_waits_again_after_a_change() -> Result<()> {
    let scene = Scene::with_location("probe-waits")?;
    let alarm = scene.alarm("");
    let of = |more: &str| scene.probe(&format!("{alarm}\n{more}"));
    let rings = || vec![(SILENT.to_owned(), "ALARM".to_owned())];
    scene.apply(&of("interval = \"1h\""))?;
    scene.let_count_from_long_ago(SILENT, "3600")?;
    let clock = Clock::new();
    scene.result("here", clock.at(-40), true)?;
    assert_eq!(scene.seen(&clock, 0)?, [], "a result came within the hour");
    scene.workspace.expect_empty_plan()?;
    scene.apply(&of("interval = \"5m\""))?;
    let clock = Clock::new();
    assert_eq!(scene.seen(&clock, 14)?, [], "the first result of the new interval is waited for");
    assert_eq!(scene.seen(&clock, 16)?, rings(), "and told when it doesn't come");

    // One that rings goes on: those whom it told wait for its end.
    scene.apply(&of("interval = \"1m\""))?;
    assert!(scene.described(SILENT)?.contains("<StateValue>ALARM</StateValue>"));
    assert_eq!(scene.seen(&clock, 17)?, []);
    scene.apply(&of("interval = \"1m\"\n enabled = false"))?;
    scene.apply(&of("interval = \"1m\""))?;
    let clock = Clock::new();
    assert_eq!(scene.seen(&clock, 1)?, [], "after a pause it waits again");
    assert_eq!(scene.seen(&clock, 4)?, rings());
    Ok(())
}
