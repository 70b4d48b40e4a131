//! A canary as AWS takes it: plain values that can be compared.

use std::collections::BTreeSet;

use contract::duration::Span;
use framework::Result;

use crate::resources::synthetic_monitor::lower::{span, texts};
use crate::resources::synthetic_monitor::model::Monitor;

/// Settings of a canary; its code and tags apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CanarySettings {
    pub(super) name: String,
    pub(super) role_arn: String,
    /// `rate(5 minutes)`.
    pub(super) schedule: String,
    pub(super) retries: i32,
    pub(super) timeout_seconds: i32,
    pub(super) memory_mb: i32,
    pub(super) active_tracing: bool,
    pub(super) success_retention_days: i32,
    pub(super) failure_retention_days: i32,
    pub(super) runtime: String,
    /// `s3://bucket/prefix`.
    pub(super) artifacts: String,
    pub(super) artifact_key: Option<String>,
    pub(super) subnets: BTreeSet<String>,
    pub(super) security_groups: BTreeSet<String>,
}

impl CanarySettings {
    /// The settings of a monitor whose inputs are known.
    pub(super) fn of(monitor: &Monitor) -> Result<Self> {
        let canary = monitor.canary.known("canary")?;
        let bucket = canary.artifact_bucket.known("canary.artifact_bucket")?;
        let vpc = canary.vpc.as_known().cloned().unwrap_or_default();
        Ok(Self {
            name: monitor.canary_name.known("canary_name")?.clone(),
            role_arn: canary.execution_role_arn.known("canary.execution_role_arn")?.clone(),
            schedule: schedule(monitor.interval.known("interval")?),
            retries: (*monitor.retries.known("retries")?).into(),
            timeout_seconds: seconds(span(&monitor.timeout)),
            memory_mb: (*canary.memory_mb.known("canary.memory_mb")?).into(),
            active_tracing: *canary.active_tracing.known("canary.active_tracing")?,
            success_retention_days: (*canary
                .success_retention_days
                .known("canary.success_retention_days")?)
            .into(),
            failure_retention_days: (*canary
                .failure_retention_days
                .known("canary.failure_retention_days")?)
            .into(),
            runtime: canary.runtime_version.known("canary.runtime_version")?.clone(),
            artifacts: artifacts(bucket, canary.artifact_prefix.as_known()),
            artifact_key: canary.artifact_kms_key_arn.as_known().cloned(),
            subnets: texts(&vpc.subnet_ids),
            security_groups: texts(&vpc.security_group_ids),
        })
    }
}

/// The expression of a schedule that runs once in every interval. What is no interval, such as a
/// schedule that somebody else gave to the canary, stays as it is.
///
/// AWS takes `minute`, `minutes` and `hour`, up to one hour
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html>).
pub(in super::super) fn schedule(interval: &str) -> String {
    match interval.parse::<Span>().map(|span| span.as_seconds() / 60) {
        Ok(60) => "rate(1 hour)".to_owned(),
        Ok(1) => "rate(1 minute)".to_owned(),
        Ok(minutes) => format!("rate({minutes} minutes)"),
        Err(_) => interval.to_owned(),
    }
}

/// The interval of a schedule; `None` for one that no interval can say.
pub(super) fn interval(schedule: &str) -> Option<Span> {
    let rate = schedule.strip_prefix("rate(")?.strip_suffix(')')?;
    let (count, unit) = rate.split_once(' ')?;
    let length = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3_600,
        _ => return None,
    };
    let seconds = count.parse::<u64>().ok()?.checked_mul(length)?;
    (seconds > 0).then_some(Span::from_seconds(seconds))
}

/// Where reports go, in the form of a request. AWS answers without the scheme.
pub(super) fn artifacts(bucket: &str, prefix: Option<&String>) -> String {
    match prefix {
        Some(prefix) => format!("s3://{bucket}/{prefix}"),
        None => format!("s3://{bucket}"),
    }
}

fn seconds(span: Option<Span>) -> i32 {
    span.and_then(|span| span.as_seconds().try_into().ok()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_and_schedules_say_the_same() {
        for (text, expression) in [
            ("1m", "rate(1 minute)"),
            ("60s", "rate(1 minute)"),
            ("5m", "rate(5 minutes)"),
            ("60m", "rate(1 hour)"),
            ("1h", "rate(1 hour)"),
        ] {
            assert_eq!(schedule(text), expression, "{text}");
            assert_eq!(interval(expression), text.parse().ok(), "{expression}");
        }
        for foreign in ["cron(0 * * * ? *)", "rate(0 minute)", "rate(5 days)", "rate(x minutes)"] {
            assert_eq!(interval(foreign), None, "{foreign}");
            assert_eq!(schedule(foreign), foreign);
        }
    }
}
