//! `CloudWatch` alarms.
//!
//! The list shows all settings of an alarm and its state. It lacks the tags, which
//! `ListTagsForResource` gives for one alarm at a time: [`tags`].

use std::collections::{BTreeMap, HashMap};

use aws_sdk_cloudwatch::operation::describe_alarms::DescribeAlarmsOutput;
use aws_sdk_cloudwatch::types::{AlarmType, CompositeAlarm, MetricAlarm};

use crate::aws::{Failure, Session};

/// Alarms that one page may hold, and names that one call may ask for
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>).
const PAGE: usize = 100;

/// An alarm of either type.
#[derive(Clone, Debug, PartialEq)]
pub enum Alarm {
    /// On a metric or an expression over metrics.
    Metric(Box<MetricAlarm>),
    /// On other alarms.
    Composite(Box<CompositeAlarm>),
}

/// The alarm, from the list of alarms whose names begin with `prefix` if that shows it; `None`
/// when it is gone.
///
/// # Errors
/// What `DescribeAlarms` fails with.
pub async fn find(session: &Session, prefix: &str, name: &str) -> Result<Option<Alarm>, Failure> {
    if name.starts_with(prefix) {
        let listed = session.listings().alarms(prefix);
        if let Some(alarm) = listed.find(name, list(session, prefix)).await? {
            return Ok(Some(alarm));
        }
    }
    Ok(direct(session, &[name]).await?.remove(name))
}

/// The alarms with these names, asked for by name. Those that are gone are not in the answer.
///
/// # Errors
/// What `DescribeAlarms` fails with.
pub async fn direct(session: &Session, names: &[&str]) -> Result<HashMap<String, Alarm>, Failure> {
    let mut all = HashMap::new();
    for names in names.chunks(PAGE) {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        let asked = session
            .cloudwatch()
            .describe_alarms()
            .set_alarm_names(Some(names))
            .alarm_types(AlarmType::MetricAlarm)
            .alarm_types(AlarmType::CompositeAlarm)
            .max_records(page_size());
        let answer = asked.send().await.map_err(session.failed("cloudwatch", "DescribeAlarms"))?;
        all.extend(by_name(answer));
    }
    Ok(all)
}

/// The tags of the alarm with this ARN; `None` when it is gone.
///
/// # Errors
/// What `ListTagsForResource` fails with.
pub async fn tags(
    session: &Session,
    arn: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let asked = session.cloudwatch().list_tags_for_resource().resource_arn(arn);
    match asked.send().await.map_err(session.failed("cloudwatch", "ListTagsForResource")) {
        Ok(answer) => {
            let pairs = answer.tags.unwrap_or_default().into_iter();
            Ok(Some(pairs.filter_map(|tag| Some((tag.key?, tag.value?))).collect()))
        }
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to the alarm; with the prefix that [`find`] is called with.
pub fn written(session: &Session, prefix: &str, name: &str) {
    session.listings().alarms(prefix).forget(name);
}

async fn list(session: &Session, prefix: &str) -> Result<HashMap<String, Alarm>, Failure> {
    let asked = session
        .cloudwatch()
        .describe_alarms()
        .alarm_name_prefix(prefix)
        .alarm_types(AlarmType::MetricAlarm)
        .alarm_types(AlarmType::CompositeAlarm);
    let mut pages = asked.into_paginator().page_size(page_size()).send();
    let mut all = HashMap::new();
    while let Some(page) = pages.next().await {
        all.extend(by_name(page.map_err(session.failed("cloudwatch", "DescribeAlarms"))?));
    }
    Ok(all)
}

fn page_size() -> i32 {
    i32::try_from(PAGE).expect("a page is small")
}

fn by_name(answer: DescribeAlarmsOutput) -> impl Iterator<Item = (String, Alarm)> {
    let metric = answer.metric_alarms.unwrap_or_default().into_iter();
    let composite = answer.composite_alarms.unwrap_or_default().into_iter();
    let metric = metric
        .filter_map(|alarm| Some((alarm.alarm_name.clone()?, Alarm::Metric(Box::new(alarm)))));
    let composite = composite
        .filter_map(|alarm| Some((alarm.alarm_name.clone()?, Alarm::Composite(Box::new(alarm)))));
    metric.chain(composite)
}
