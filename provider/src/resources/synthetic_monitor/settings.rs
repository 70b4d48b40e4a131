//! A monitor's objects as AWS takes them: plain values that can be compared.

use std::collections::BTreeSet;

use contract::duration::Span;
use framework::{Attr, Result};

use super::lower::span;
use super::model::{self, MissingData, Monitor};

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
pub(super) fn schedule(interval: &str) -> String {
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

/// The texts of a set that are known.
pub(super) fn texts(set: &Attr<BTreeSet<Attr<String>>>) -> BTreeSet<String> {
    let set = set.as_known().into_iter().flatten();
    set.filter_map(|text| text.as_known().cloned()).collect()
}

/// Settings of an alarm; its tags apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AlarmSettings {
    pub(super) name: String,
    pub(super) canary: String,
    pub(super) description: String,
    pub(super) topics: BTreeSet<String>,
    pub(super) tells_recovery: bool,
    pub(super) period: i32,
    pub(super) failures: i32,
    pub(super) out_of: i32,
    pub(super) missing_data: MissingData,
    /// Whether the topics are told at all: not while the monitor doesn't run.
    pub(super) rings: bool,
}

impl AlarmSettings {
    /// The settings of a monitor's alarm; `None` for a monitor without one.
    pub(super) fn of(monitor: &Monitor) -> Result<Option<Self>> {
        let Some(alarm) = monitor.alarm.as_known() else { return Ok(None) };
        let name = monitor.alarm_name.known("alarm_name")?.clone();
        let canary = monitor.canary_name.known("canary_name")?.clone();
        let description = monitor.alarm_description.as_known().cloned().unwrap_or_default();
        Self::with(monitor, alarm, name, canary, description).map(Some)
    }

    /// The settings of a monitor's alarm with names and text that were worked out already.
    pub(super) fn with(
        monitor: &Monitor,
        alarm: &model::Alarm,
        name: String,
        canary: String,
        description: String,
    ) -> Result<Self> {
        Ok(Self {
            name,
            canary,
            description,
            topics: texts(&alarm.topic_arns),
            tells_recovery: *alarm.tell_recovery.known("alarm.tell_recovery")?,
            period: seconds(span(&monitor.interval)),
            failures: (*alarm.failures.known("alarm.failures")?).into(),
            out_of: (*alarm.out_of.known("alarm.out_of")?).into(),
            missing_data: *alarm.treat_missing_data.known("alarm.treat_missing_data")?,
            rings: *monitor.enabled.known("enabled")?,
        })
    }

    /// What the alarm compares, in one line, in the words of [`super::read::rule`].
    pub(super) fn rule(&self) -> String {
        rule_text(&RuleParts {
            metric: format!("CloudWatchSynthetics SuccessPercent CanaryName={}", self.canary),
            comparison: "Average LessThanThreshold 100".to_owned(),
            failures: self.failures,
            out_of: self.out_of,
            period: self.period,
            rings: self.rings,
        })
    }
}

/// What an alarm's rule consists of.
pub(super) struct RuleParts {
    pub(super) metric: String,
    pub(super) comparison: String,
    pub(super) failures: i32,
    pub(super) out_of: i32,
    pub(super) period: i32,
    pub(super) rings: bool,
}

/// The rule in one line.
pub(super) fn rule_text(parts: &RuleParts) -> String {
    let RuleParts { metric, comparison, failures, out_of, period, rings } = parts;
    let period = Span::from_seconds(u64::try_from(*period).unwrap_or_default());
    let actions = if *rings { "" } else { ", actions off" };
    format!("{metric} {comparison} in {failures} of {out_of} periods of {period}{actions}")
}

impl MissingData {
    /// The word that CloudWatch has for it.
    pub(super) fn as_aws(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Breaching => "breaching",
            Self::NotBreaching => "notBreaching",
            Self::Missing => "missing",
        }
    }

    /// What CloudWatch's word means; an alarm without the word treats missing data as missing.
    pub(super) fn from_aws(word: Option<&str>) -> Self {
        match word {
            Some("ignore") => Self::Ignore,
            Some("breaching") => Self::Breaching,
            Some("notBreaching") => Self::NotBreaching,
            _ => Self::Missing,
        }
    }
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

    #[test]
    fn words_for_missing_data_go_both_ways() {
        let all = [
            MissingData::Ignore,
            MissingData::Breaching,
            MissingData::NotBreaching,
            MissingData::Missing,
        ];
        for word in all {
            assert_eq!(MissingData::from_aws(Some(word.as_aws())), word);
        }
        assert_eq!(MissingData::from_aws(None), MissingData::Missing);
    }
}
