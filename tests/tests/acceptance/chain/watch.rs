//! A monitor and its minutes: a shop that is watched from one location, while a test has the clock.

use std::time::{Duration, SystemTime};

use hinomi_tests::chain::{Change, eventually};
use hinomi_tests::{Account, Error, Result, Shop, Workspace};
use jiff::Timestamp;
use serde_json::Value;

use super::{LONG, invocations};

const MINUTE: Duration = Duration::from_mins(1);
/// The monitor's address.
pub(super) const MONITOR: &str = "hinomi_synthetic_monitor.checkout";
/// What the names of its alarms are or begin with.
const ALARM: &str = "hinomi-default/checkout";

/// A location and a monitor of a shop, with these attributes beside. `place` is their account
/// and region, `topics` what their alarms tell.
pub(super) fn declared(shop: &Shop, place: &str, topics: &str, attributes: &str) -> String {
    let url = shop.url();
    format!(
        r#"
resource "hinomi_monitor_location" "here" {{
  name = "here"
  {place}
  allowed_networks = ["127.0.0.0/8"]
}}

resource "hinomi_synthetic_monitor" "checkout" {{
  name      = "checkout"
  {place}
  engine    = "probe"
  locations = {{ here = hinomi_monitor_location.here.location }}
  http      = {{ url = "{url}" }}
  alarm     = {{ topic_arns = {topics} }}
  {attributes}
}}
"#
    )
}

/// The minutes of a monitor, one after the other.
pub(super) struct Watch<'a> {
    account: &'a Account,
    region: &'a str,
    shop: &'a Shop,
    group: String,
    schedule: String,
    start: SystemTime,
    passed: u32,
}

impl<'a> Watch<'a> {
    /// A monitor that was applied.
    pub(super) fn new(
        workspace: &Workspace,
        account: &'a Account,
        region: &'a str,
        shop: &'a Shop,
    ) -> Result<Self> {
        let stored = workspace.stored(MONITOR)?;
        let arn = stored["schedules"]["here"]["arn"].as_str();
        let parts = arn.and_then(|arn| arn.rsplit_once(":schedule/")?.1.split_once('/'));
        let missing = || Error::unexpected(format!("the monitor has no schedule: {stored}"));
        let (group, schedule) = parts.ok_or_else(missing)?;
        let (group, schedule) = (group.to_owned(), schedule.to_owned());
        Ok(Self { account, region, shop, group, schedule, start: SystemTime::now(), passed: 0 })
    }

    /// Lets a minute pass: the schedule fires, the check runs, the alarms look at it.
    pub(super) fn minute(&mut self, is_broken: bool) -> Result<Vec<(String, String)>> {
        self.shop.set_broken(is_broken);
        let (before, now) =
            (invocations(self.account, "probe")?.len(), self.start + MINUTE * self.passed);
        self.account.set_clock(now)?;
        let at = Timestamp::try_from(now).expect("a moment of these years");
        let time = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        self.account.run_schedule_for(self.region, &self.group, &self.schedule, &time)?;
        let run = eventually("the probe's run", LONG, || {
            Ok(invocations(self.account, "probe")?.into_iter().nth(before))
        })?;
        assert_eq!(run.error, None, "{}", run.log);
        let minute = at.strftime("%Y-%m-%dT%H:%M:00").to_string();
        eventually("its metrics", LONG, || {
            let metrics = self.account.metrics()?;
            let has = |metric: &&Value| {
                let data = metric["data"].as_array().into_iter().flatten();
                let mut times = data.filter_map(|datum| datum["at"].as_str());
                metric["namespace"] == "Hinomi" && times.any(|at| at.starts_with(&minute))
            };
            Ok((metrics.iter().filter(has).count() == 2).then_some(()))
        })?;
        self.passed += 1;
        self.account.set_clock(now + MINUTE)?;
        let changes = self.account.evaluate_alarms()?;
        let changes = changes.into_iter().map(|Change { alarm, to, .. }| (alarm, to));
        // The relay has an alarm of its own.
        Ok(changes.filter(|(alarm, _)| alarm.starts_with(ALARM)).collect())
    }

    /// Lets so many minutes pass in which nothing runs.
    pub(super) fn skip(&mut self, minutes: u32) {
        self.passed += minutes;
    }

    /// Lets it fail until its alarm rings.
    pub(super) fn breaks(&mut self) -> Result<()> {
        assert_eq!(self.minute(true)?, [], "one failure of two");
        assert_eq!(self.minute(true)?, [changed("ALARM")]);
        Ok(())
    }

    /// Lets it pass until its alarm is well.
    pub(super) fn heals(&mut self) -> Result<()> {
        assert_eq!(self.minute(false)?, [], "two failures of three");
        assert_eq!(self.minute(false)?, [changed("OK")]);
        Ok(())
    }
}

fn changed(to: &str) -> (String, String) {
    (ALARM.to_owned(), to.to_owned())
}
