//! One run of a check, as a schedule asks the probe for it.
//!
//! A [`Run`] is the input of an `EventBridge` schedule: the provider writes it at apply, and the
//! probe reads it at every run, in an agent that may be older or newer than the provider. Keys of
//! the run itself that an agent doesn't know are ignored; those of its [`Check`] are not.

use serde::{Deserialize, Serialize};

use crate::check::Check;
use crate::duration::Span;
use crate::rhythm::Rhythm;

/// Namespace of the metrics that a run writes.
pub const NAMESPACE: &str = "Hinomi";
/// The metric that is 1 for a run that passed and 0 for one that failed.
pub const SUCCESS: &str = "Success";
/// The metric of how long a run's last attempt took, in milliseconds.
pub const DURATION: &str = "Duration";
/// The dimension with the monitor's name.
pub const MONITOR_DIMENSION: &str = "Monitor";
/// The dimension with the location's name.
pub const LOCATION_DIMENSION: &str = "Location";

/// What `EventBridge` Scheduler replaces, in a schedule's input, by the time that a run is for
/// (EventBridge Scheduler user guide, "Adding context attributes").
pub const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// What the function is asked to do. An event of another purpose is no [`Run`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To run one check.
    #[default]
    Probe,
}

/// One check to run now, and where its result goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Tells this event from the function's others.
    pub hinomi: Purpose,
    /// The monitor's name: the metrics' dimension `Monitor`.
    pub monitor: String,
    /// The location's name: the metrics' dimension `Location`.
    pub location: String,
    /// What to check.
    pub check: Check,
    /// How long the whole run may take, with all its attempts, in milliseconds. The check has a
    /// limit of its own for one attempt: the one that ends first holds.
    pub timeout_milliseconds: u64,
    /// How many more attempts a failed one is followed by, at once.
    pub retries: u8,
    /// Seconds from one run to the next. Below a minute one start makes several: see [`Run::rhythm`].
    /// An agent that doesn't know of such intervals makes one.
    pub interval_seconds: u64,
    /// Where the monitor's metrics and alarms are.
    pub home: Home,
    /// The time that this run is for, in RFC 3339; in the schedule's input [`SCHEDULED_TIME`]. The
    /// metrics carry it, so that a run that was started twice counts once; those of several rounds carry
    /// the period that each was made in.
    pub scheduled_time: String,
}

/// The account and region with a monitor's metrics and alarms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Id of the account.
    pub account: String,
    /// The region's code.
    pub region: String,
    /// The role that is assumed to write metrics there, where the location is in another account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metrics_role_arn: Option<String>,
}

impl Run {
    /// What follows from its interval.
    pub const fn rhythm(&self) -> Rhythm {
        Rhythm::of(Span::from_seconds(self.interval_seconds))
    }

    /// The JSON of a schedule's input: the same bytes for the same run.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and numbers are JSON")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::check::TcpCheck;

    fn run() -> Run {
        Run {
            hinomi: Purpose::Probe,
            monitor: "checkout".to_owned(),
            location: "tokyo".to_owned(),
            check: Check::Tcp(TcpCheck {
                host: "example.com".to_owned(),
                port: 443,
                send: None,
                expect: None,
                timeout_milliseconds: 5_000,
            }),
            timeout_milliseconds: 10_000,
            retries: 1,
            interval_seconds: 60,
            home: Home {
                account: "111122223333".to_owned(),
                region: "ap-northeast-1".to_owned(),
                metrics_role_arn: None,
            },
            scheduled_time: SCHEDULED_TIME.to_owned(),
        }
    }

    #[test]
    fn a_run_survives_json() {
        let home = Home {
            metrics_role_arn: Some("arn:aws:iam::111122223333:role/metrics".to_owned()),
            ..run().home
        };
        for run in [run(), Run { home, ..run() }] {
            assert_eq!(serde_json::from_str::<Run>(&run.to_json()).expect("a run"), run);
        }
    }

    /// These are the keys that agents in the field read: one that is renamed stops every monitor.
    #[test]
    fn the_keys_stay_as_they_are() {
        let expected = json!({
            "hinomi": "probe",
            "monitor": "checkout",
            "location": "tokyo",
            "check": { "tcp": { "host": "example.com", "port": 443, "timeout_milliseconds": 5000 } },
            "timeout_milliseconds": 10000,
            "retries": 1,
            "interval_seconds": 60,
            "home": { "account": "111122223333", "region": "ap-northeast-1" },
            "scheduled_time": "<aws.scheduler.scheduled-time>",
        });
        let written: Value = serde_json::from_str(&run().to_json()).expect("JSON");
        assert_eq!(written, expected);
    }

    #[test]
    fn keys_of_a_newer_provider_are_ignored_around_the_check_alone() {
        let mut value = serde_json::to_value(run()).expect("JSON");
        value["season"] = json!("summer");
        value["home"]["continent"] = json!("Asia");
        assert_eq!(serde_json::from_value::<Run>(value.clone()).expect("a run"), run());
        value["check"]["tcp"]["banner"] = json!("220");
        let refused = serde_json::from_value::<Run>(value).expect_err("a check in new words");
        assert!(refused.to_string().contains("banner"), "{refused}");
    }

    #[test]
    fn another_purpose_is_no_run() {
        let text = run().to_json().replace("\"probe\"", "\"reminder\"");
        assert!(serde_json::from_str::<Run>(&text).is_err());
    }
}
