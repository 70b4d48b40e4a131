//! What a run leaves behind: one line in the log, and two metrics.

use std::future::Future;
use std::io::{self, Write};

use contract::probe::{
    DURATION, Home, LOCATION_DIMENSION, MONITOR_DIMENSION, NAMESPACE, Run, SUCCESS,
};
use contract::rhythm::Rhythm;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::attempt::Phases;
use super::{Outcome, Verdict};

/// How far a scheduled time may be from now for the metrics to carry it: `CloudWatch` takes none
/// that is more than two hours ahead (`API_MetricDatum`, `Timestamp`), and no alarm looks at one of
/// long ago.
const FARTHEST: SignedDuration = SignedDuration::from_hours(2);
/// What keeps a metric by the second; without it, it is kept by the minute (`API_MetricDatum` and
/// "Specification: Embedded metric format", `StorageResolution`).
pub(super) const BY_THE_SECOND: i32 = 1;

/// The metrics of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The monitor's name.
    pub monitor: String,
    /// The location's name.
    pub location: String,
    /// The beginning of the period that the run was for.
    pub time: Timestamp,
    /// Whether the period is shorter than a minute, so that the metrics must be kept by the second.
    pub by_the_second: bool,
    /// Whether the target is as it should be.
    pub success: bool,
    /// How long the last attempt took, in milliseconds.
    pub duration: f64,
}

/// A store of metrics in another account or region.
pub trait Metrics: Sync {
    /// Adds a run's metrics to those of its monitor's home. The error is one sentence without a
    /// full stop.
    fn put(&self, home: &Home, sample: &Sample) -> impl Future<Output = Result<(), String>> + Send;
}

/// The account and region that the function is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// Id of the account.
    pub account: String,
    /// The region's code.
    pub region: String,
}

/// Why a run left nothing behind, or not all.
#[derive(Debug, thiserror::Error)]
pub enum NotRecorded {
    /// The check was not made: nothing is known of its target, so no metric is written, and the
    /// alarm for missing data tells when this goes on.
    #[error("the check of `{monitor}` was not made: {why}")]
    NotMade {
        /// The monitor.
        monitor: String,
        /// What stood in the way.
        why: String,
    },
    /// The check was made, and its metrics could not be written.
    #[error("the metrics of `{monitor}` could not be written: {why}")]
    NotWritten {
        /// The monitor.
        monitor: String,
        /// What stood in the way.
        why: String,
    },
}

/// Writes the line, and the metrics: at home within the line, elsewhere by a call.
///
/// An error makes the whole invocation fail, so that Lambda makes it again and no metric is lost
/// in silence: the second try carries the same time.
pub(super) async fn record(
    run: &Run,
    outcome: &Outcome,
    here: &Here,
    metrics: &impl Metrics,
    out: &mut (impl Write + Send),
    now: Timestamp,
) -> Result<(), NotRecorded> {
    let monitor = || run.monitor.clone();
    let is_home = here.account == run.home.account && here.region == run.home.region;
    // The function's own role writes into its own account, whatever account is meant.
    let is_abroad = here.account != run.home.account && run.home.metrics_role_arn.is_none();
    let sample = sample(run, outcome, now);
    let embedded = sample.as_ref().filter(|_| is_home);
    write_line(&Line::of(run, outcome, embedded), out).map_err(|problem| {
        NotRecorded::NotWritten { monitor: monitor(), why: problem.to_string() }
    })?;
    match (&outcome.verdict, sample) {
        (Verdict::NotMade(why), _) => {
            Err(NotRecorded::NotMade { monitor: monitor(), why: why.clone() })
        }
        (Verdict::Passed | Verdict::Failed(_), Some(_)) if is_abroad => {
            let account = &run.home.account;
            let why = format!("they belong to account {account}, and there is no role for it");
            Err(NotRecorded::NotWritten { monitor: monitor(), why })
        }
        (Verdict::Passed | Verdict::Failed(_), Some(sample)) if !is_home => metrics
            .put(&run.home, &sample)
            .await
            .map_err(|why| NotRecorded::NotWritten { monitor: monitor(), why }),
        (Verdict::Passed | Verdict::Failed(_), _) => Ok(()),
    }
}

fn sample(run: &Run, outcome: &Outcome, now: Timestamp) -> Option<Sample> {
    let success = match outcome.verdict {
        Verdict::Passed => true,
        Verdict::Failed(_) => false,
        Verdict::NotMade(_) => return None,
    };
    Some(Sample {
        monitor: run.monitor.clone(),
        location: run.location.clone(),
        time: period(run, now),
        by_the_second: run.rhythm().is_below_a_minute(),
        success,
        duration: outcome.phases.total,
    })
}

/// The period that a run is for: the scheduled one where it can be read and is near, else this one.
fn period(run: &Run, now: Timestamp) -> Timestamp {
    let scheduled = run.scheduled_time.parse::<Timestamp>().ok();
    let near = scheduled.filter(|time| time.duration_since(now).abs() <= FARTHEST);
    beginning(run.rhythm(), near.unwrap_or(now))
}

/// When the period began that a time is in.
pub(super) fn beginning(rhythm: Rhythm, time: Timestamp) -> Timestamp {
    let seconds = time.as_second();
    let length = i64::try_from(rhythm.period_seconds()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds - seconds.rem_euclid(length)).unwrap_or(time)
}

/// One write, so that lines of several writers are never mixed.
fn write_line(line: &Line<'_>, out: &mut impl Write) -> io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    out.write_all(&bytes)?;
    out.flush()
}

/// The line of a run. With `_aws` it is in the embedded metric format, of which `CloudWatch` makes
/// metrics (`CloudWatch` user guide, "Specification: Embedded metric format").
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "_aws", skip_serializing_if = "Option::is_none")]
    embedded: Option<Embedded>,
    #[serde(rename = "Monitor")]
    monitor: &'a str,
    #[serde(rename = "Location")]
    location: &'a str,
    #[serde(rename = "Success", skip_serializing_if = "Option::is_none")]
    success: Option<u8>,
    #[serde(rename = "Duration", skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    phases: Phases,
    attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tls_days_left: Option<i64>,
    scheduled_time: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Embedded {
    timestamp: i64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 2]; 1],
    metrics: [Definition; 2],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definition {
    name: &'static str,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    storage_resolution: Option<i32>,
}

impl<'a> Line<'a> {
    fn of(run: &'a Run, outcome: &'a Outcome, embedded: Option<&Sample>) -> Self {
        let (word, success, why) = match &outcome.verdict {
            Verdict::Passed => ("passed", Some(1), None),
            Verdict::Failed(why) => ("failed", Some(0), Some(why.as_str())),
            Verdict::NotMade(why) => ("not_made", None, Some(why.as_str())),
        };
        Self {
            embedded: embedded.map(Embedded::of),
            monitor: &run.monitor,
            location: &run.location,
            success,
            duration: success.map(|_| outcome.phases.total),
            outcome: word,
            why,
            phases: outcome.phases,
            attempts: outcome.attempts,
            remote: outcome.remote.map(|address| address.to_string()),
            status: outcome.status,
            tls_days_left: outcome.tls_days_left,
            scheduled_time: &run.scheduled_time,
        }
    }
}

impl Embedded {
    fn of(sample: &Sample) -> Self {
        let storage_resolution = sample.by_the_second.then_some(BY_THE_SECOND);
        let definition = |name, unit| Definition { name, unit, storage_resolution };
        Self {
            timestamp: sample.time.as_millisecond(),
            cloud_watch_metrics: [Directive {
                namespace: NAMESPACE,
                dimensions: [[MONITOR_DIMENSION, LOCATION_DIMENSION]],
                metrics: [definition(SUCCESS, "Count"), definition(DURATION, "Milliseconds")],
            }],
        }
    }
}

#[cfg(test)]
mod tests;
