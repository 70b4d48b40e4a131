//! What happens in an account by itself: schedules fire, functions run, alarms change. A test makes
//! it happen now, and waits for what follows.

use std::{
    thread,
    time::{Duration, Instant, SystemTime},
};

use serde_json::{Value, json};

use crate::{Account, Error, Result, aws::control, secrets};

/// Between two looks. Short beside what is waited for, and long beside one look.
const BETWEEN: Duration = Duration::from_millis(50);

/// What a function did with one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Invocation {
    /// Region of the function.
    pub region: String,
    /// The function's name.
    pub function: String,
    /// Where the event came from: `aws:sqs`, or what it says of itself, as in `probe`.
    pub kind: String,
    /// The beginning of the event, as JSON.
    pub event: String,
    /// The function's answer; null after an error.
    pub result: Value,
    /// Type and message of the function's error.
    pub error: Option<String>,
    /// The end of what it wrote.
    pub log: String,
}

/// An alarm that changed its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Region of the alarm.
    pub region: String,
    /// The alarm's name.
    pub alarm: String,
    /// The state before, as in `OK`.
    pub from: String,
    /// The state after.
    pub to: String,
}

/// Looks until it finds something; fails with the last reason when it hasn't within `limit`.
///
/// `look` answers `Err` or `Ok(None)` for "not yet".
pub fn eventually<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        let seen = look();
        if let Ok(Some(found)) = seen {
            return Ok(found);
        }
        if Instant::now() >= end {
            let reason = seen.err().map(|error| format!(": {error}")).unwrap_or_default();
            return Err(Error::unexpected(format!(
                "{what} did not happen within {limit:?}{reason}"
            )));
        }
        thread::sleep(BETWEEN);
    }
}

impl Account {
    /// Fires a schedule now, as `EventBridge` Scheduler would at its time; returns the input that its
    /// target was given, with the context attributes filled. Fails when it could not be delivered.
    pub fn run_schedule(&self, region: &str, group: &str, name: &str) -> Result<String> {
        let asked = json!({ "account": self.id(), "region": region, "group": group, "name": name });
        self.fire(name, &asked)
    }

    /// The same for a time of one's own, in RFC 3339: the run is told that it is for that time.
    pub fn run_schedule_for(
        &self,
        region: &str,
        group: &str,
        name: &str,
        time: &str,
    ) -> Result<String> {
        let asked = json!({
            "account": self.id(), "region": region, "group": group, "name": name, "scheduled_time": time,
        });
        self.fire(name, &asked)
    }

    fn fire(&self, name: &str, asked: &Value) -> Result<String> {
        let answer = control(self.endpoint(), "POST", "/_schedules/run", asked)?;
        if answer["delivered"] == true {
            return Ok(text(&answer, "input"));
        }
        Err(Error::unexpected(format!(
            "the schedule {name} was not delivered: {}",
            answer["error"]
        )))
    }

    /// From now on, the account's schedules fire only when a test says so.
    pub fn fire_schedules_by_hand(&self) -> Result<()> {
        self.set("schedules", "manual".into())
    }

    /// From now on, the account's alarms are evaluated only when a test says so.
    pub fn evaluate_alarms_by_hand(&self) -> Result<()> {
        self.set("alarms", "manual".into())
    }

    /// From now on, schedules fire and alarms are evaluated at their times, by the machine's clock: as
    /// in an account that no test has touched.
    pub fn run_by_itself(&self) -> Result<()> {
        self.set("clock_offset_seconds", 0.into())?;
        self.set("schedules", "automatic".into())?;
        self.set("alarms", "automatic".into())
    }

    /// How many uses of a role fail that was made just now, as they do until IAM has told everybody.
    pub fn refuse_new_roles(&self, times: u64) -> Result<()> {
        self.set("role_refusals", times.into())
    }

    /// Sets the account's clock ahead of the machine's, for alarms that look at a time that a test
    /// can't wait for.
    pub fn set_clock_ahead(&self, time: Duration) -> Result<()> {
        self.set("clock_offset_seconds", time.as_secs().into())
    }

    /// Sets the account's clock to a time, from which it goes on as the machine's does. A play whose minutes are set one after the
    /// other doesn't depend on how long the machine took for them.
    pub fn set_clock(&self, time: SystemTime) -> Result<()> {
        let now = SystemTime::now();
        let offset = match time.duration_since(now) {
            Ok(ahead) => ahead.as_secs_f64(),
            Err(behind) => -behind.duration().as_secs_f64(),
        };
        self.set("clock_offset_seconds", offset.into())
    }

    /// Evaluates every alarm now, and returns once what changed is published.
    pub fn evaluate_alarms(&self) -> Result<Vec<Change>> {
        let asked = json!({ "account": self.id() });
        let answer = control(self.endpoint(), "POST", "/_alarms/evaluate", &asked)?;
        let changes = list(&answer, "changes")?.iter().map(|change| Change {
            region: text(change, "region"),
            alarm: text(change, "alarm"),
            from: text(change, "from"),
            to: text(change, "to"),
        });
        Ok(changes.collect())
    }

    /// What the account's functions did so far, oldest first.
    pub fn invocations(&self) -> Result<Vec<Invocation>> {
        let target = format!("/_functions/invocations?account={}", self.id());
        let answer = control(self.endpoint(), "GET", &target, &Value::Null)?;
        let invocations = list(&answer, "invocations")?.iter().map(|entry| Invocation {
            region: text(entry, "region"),
            function: text(entry, "function"),
            kind: text(entry, "kind"),
            event: text(entry, "event"),
            result: entry["result"].clone(),
            error: entry["error"].as_str().map(str::to_owned),
            log: text(entry, "log"),
        });
        Ok(invocations.collect())
    }

    /// Metrics of the account with their data, as the stand-in keeps them: `namespace`, `name`,
    /// `dimensions`, `region` and `data`.
    pub fn metrics(&self) -> Result<Vec<Value>> {
        let target = format!("/_metrics?account={}", self.id());
        let answer = control(self.endpoint(), "GET", &target, &Value::Null)?;
        Ok(list(&answer, "metrics")?.clone())
    }

    /// Fails when a secret is in what the account's functions were given, answered or wrote.
    pub fn expect_no_secret_in_functions(&self, wanted: &[&str]) -> Result<()> {
        let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
        for (index, one) in self.invocations()?.iter().enumerate() {
            let path = folder.path().join(format!("{index}-{}", one.function));
            let error = one.error.as_deref().unwrap_or_default();
            let kept = [one.event.as_str(), &one.result.to_string(), error, &one.log].join("\n");
            std::fs::write(path, kept).map_err(Error::io("keep what a function wrote"))?;
        }
        secrets::expect_none(folder.path(), wanted.iter().copied())
    }

    fn set(&self, name: &str, value: Value) -> Result<()> {
        let mut settings = json!({ "account": self.id() });
        settings[name] = value;
        control(self.endpoint(), "POST", "/_settings", &settings).map(drop)
    }
}

fn text(entry: &Value, key: &str) -> String {
    entry[key].as_str().unwrap_or_default().to_owned()
}

fn list<'a>(answer: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    let unreadable = || Error::unexpected(format!("the AWS stand-in listed no {key}: {answer}"));
    answer[key].as_array().ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happens_later_is_waited_for() {
        let mut looks = 0;
        let seen = eventually("the third look", Duration::from_secs(10), || {
            looks += 1;
            match looks {
                1 => Err(Error::unexpected("not there")),
                2 => Ok(None),
                _ => Ok(Some(looks)),
            }
        });
        assert_eq!(seen.expect("seen"), 3);
    }

    #[test]
    fn what_does_not_happen_is_said_with_the_last_reason() {
        let look = || -> Result<Option<()>> { Err(Error::unexpected("the door is shut")) };
        let error = eventually("the visit", Duration::from_millis(120), look).expect_err("never");
        let told = error.to_string();
        assert!(told.contains("the visit") && told.contains("the door is shut"), "{told}");
    }
}
