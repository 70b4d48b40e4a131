//! From what AWS shows to a monitor's attributes.
//!
//! What the user wrote stays where AWS means the same: `60s` for a minute, a set in another order.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_synthetics::types::{Canary, CanaryState};
use contract::duration::Span;
use framework::Attr;

use super::api::state;
use super::settings::{artifacts, interval, schedule};
use crate::clients::Defaults;
use crate::model::tags::{self, Tags};
use crate::resources::synthetic_monitor::model::{self, Engine, Monitor, Vpc};

/// A monitor as its canary is now.
pub(super) fn with_canary(monitor: &Monitor, found: &Canary, defaults: &Defaults) -> Monitor {
    let mut now = monitor.clone();
    now.engine = Attr::Known(Engine::Canary);
    identity(&mut now, found);
    schedule_of(&mut now, found);
    if let Some(enabled) = is_enabled(found) {
        now.enabled = Attr::Known(enabled);
    }
    let before = monitor.canary.as_known().cloned().unwrap_or_default();
    now.canary = Attr::Known(canary_of(&before, found));
    let found_tags: BTreeMap<_, _> = found.tags.clone().unwrap_or_default().into_iter().collect();
    now.tags = tags::own_of(&found_tags, &monitor.tags, &monitor.tags_all, defaults);
    now.tags_all = Attr::Known(known_tags(found_tags));
    now
}

/// Sets what only AWS can tell of a canary.
pub(super) fn identity(monitor: &mut Monitor, found: &Canary) {
    monitor.canary_id = found.id.clone().into();
    monitor.log_group_name = found.id.as_ref().map(|id| log_group(monitor, id)).into();
    monitor.function_arn = found.engine_arn.as_deref().map(without_version).into();
}

/// Where a canary's function logs to: AWS shortens the canary's name to 21 characters
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/synthetics_canaries_deletion.html>).
fn log_group(monitor: &Monitor, id: &str) -> String {
    let name = monitor.canary_name.as_known().map(String::as_str).unwrap_or_default();
    let name: String = name.chars().take(21).collect();
    format!("/aws/lambda/cwsyn-{name}-{id}")
}

/// A function's ARN ends with a version, which each change of the canary counts up.
fn without_version(arn: &str) -> String {
    match arn.rsplit_once(':') {
        Some((function, version)) if version.bytes().all(|byte| byte.is_ascii_digit()) => {
            function.to_owned()
        }
        _ => arn.to_owned(),
    }
}

/// Where AWS keeps the code: another place for each code that it is given.
pub(super) fn code_source(found: &Canary) -> Option<String> {
    found.code.as_ref()?.source_location_arn.clone()
}

/// Whether a canary is meant to run; `None` while that can't be seen.
fn is_enabled(found: &Canary) -> Option<bool> {
    let state = state(found);
    let runs = matches!(state, CanaryState::Running | CanaryState::Starting);
    let rests = matches!(
        state,
        CanaryState::Ready | CanaryState::Stopped | CanaryState::Stopping | CanaryState::Error
    );
    // Neither: it is made, changed or deleted, or in a state of the future.
    (runs || rests).then_some(runs)
}

fn schedule_of(now: &mut Monitor, found: &Canary) {
    let Some(found_schedule) = &found.schedule else { return };
    let expression = found_schedule.expression.clone().unwrap_or_default();
    let ends_after = found_schedule.duration_in_seconds.filter(|seconds| *seconds > 0);
    let expression = match ends_after {
        None => expression,
        Some(seconds) => format!("{expression} for {seconds} s"),
    };
    let found_interval = interval(&expression);
    let is_same = now.interval.as_known().is_some_and(|written| {
        schedule(written) == expression
            || (found_interval.is_some() && written.parse().ok() == found_interval)
    });
    if !is_same {
        now.interval = Attr::Known(found_interval.map_or(expression, |span| span.to_string()));
    }
    let retries = found_schedule.retry_config.as_ref().and_then(|retry| retry.max_retries);
    now.retries = Attr::Known(retries.unwrap_or_default().try_into().unwrap_or(u8::MAX));
    let run = found.run_config.as_ref();
    if let Some(seconds) = run.and_then(|run| run.timeout_in_seconds) {
        let span = Span::from_seconds(seconds.try_into().unwrap_or_default());
        if now.timeout.as_known().and_then(|text| text.parse().ok()) != Some(span) {
            now.timeout = Attr::Known(span.to_string());
        }
    }
}

fn canary_of(before: &model::Canary, found: &Canary) -> model::Canary {
    let run = found.run_config.as_ref();
    let location = found.artifact_s3_location.clone().unwrap_or_default();
    let (bucket, prefix) = artifact_parts(before, &location);
    let key = found.artifact_config.as_ref().and_then(|config| config.s3_encryption.as_ref());
    let days = |days: Option<i32>| number(days).or(Attr::Known(31));
    model::Canary {
        execution_role_arn: found.execution_role_arn.clone().into(),
        artifact_bucket: bucket,
        artifact_prefix: prefix,
        artifact_kms_key_arn: key.and_then(|encryption| encryption.kms_key_arn.clone()).into(),
        runtime_version: found.runtime_version.clone().into(),
        memory_mb: number(run.and_then(|run| run.memory_in_mb)),
        success_retention_days: days(found.success_retention_period_in_days),
        failure_retention_days: days(found.failure_retention_period_in_days),
        active_tracing: Attr::Known(run.and_then(|run| run.active_tracing).unwrap_or_default()),
        vpc: vpc_of(found),
    }
}

fn number(value: Option<i32>) -> Attr<u16> {
    value.map(|value| value.try_into().unwrap_or(u16::MAX)).into()
}

/// AWS shows the place of the reports without its scheme.
fn artifact_parts(before: &model::Canary, location: &str) -> (Attr<String>, Attr<String>) {
    let location = location.strip_prefix("s3://").unwrap_or(location).trim_end_matches('/');
    if let Some(bucket) = before.artifact_bucket.as_known()
        && artifacts(bucket, before.artifact_prefix.as_known()) == format!("s3://{location}")
    {
        return (before.artifact_bucket.clone(), before.artifact_prefix.clone());
    }
    match location.split_once('/') {
        Some((bucket, prefix)) => (bucket.to_owned().into(), prefix.to_owned().into()),
        None => (location.to_owned().into(), Attr::Null),
    }
}

fn vpc_of(found: &Canary) -> Attr<Vpc> {
    let Some(vpc) = found.vpc_config.as_ref() else { return Attr::Null };
    let subnets = vpc.subnet_ids.clone().unwrap_or_default();
    let groups = vpc.security_group_ids.clone().unwrap_or_default();
    if subnets.is_empty() && groups.is_empty() {
        return Attr::Null;
    }
    Attr::Known(Vpc { subnet_ids: set_of(subnets), security_group_ids: set_of(groups) })
}

fn set_of(texts: Vec<String>) -> Attr<BTreeSet<Attr<String>>> {
    Attr::Known(texts.into_iter().map(Attr::Known).collect())
}

fn known_tags(found: BTreeMap<String, String>) -> Tags {
    found.into_iter().map(|(key, value)| (key, Attr::Known(value))).collect()
}

#[cfg(test)]
mod tests;
