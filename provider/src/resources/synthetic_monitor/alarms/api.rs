//! The calls that concern the alarms.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::{
    Dimension, Metric as MetricShape, MetricDataQuery, MetricStat, StateValue, Tag,
};
use jiff::Timestamp;

use super::figure::{Compared, Metric, Term, counting_from, without_time};
use super::settings::AlarmSettings;
use crate::aws::tags::{Ownership, TagChanges, ownership};
use crate::aws::{Failure, Kind, Session, reads};

/// The ARN of the alarm of this name if it is this monitor's, and nothing if there is none.
/// `PutMetricAlarm` replaces any alarm without a word, so this comes first.
///
/// # Errors
/// When there is an alarm of that name that is not ours.
pub(in super::super) async fn find_own(
    session: &Session,
    name: &str,
    stack: &str,
    monitor: &str,
) -> Result<Option<String>, Failure> {
    let found = reads::alarms::direct(session, &[name]).await?.remove(name);
    let arn = match found {
        None => return Ok(None),
        Some(reads::alarms::Alarm::Metric(alarm)) => alarm.alarm_arn,
        Some(reads::alarms::Alarm::Composite(_)) => None,
    };
    let tags = match &arn {
        Some(arn) => reads::alarms::tags(session, arn).await?.unwrap_or_default(),
        None => BTreeMap::new(),
    };
    if ownership(&tags, stack, monitor) == Ownership::Ours {
        return Ok(arn);
    }
    let problem = format!("an alarm named `{name}` exists already and is not this monitor's");
    Err(Failure::new(Kind::Conflict, problem)
        .advising("rename or delete the alarm, or give the monitor another `name`."))
}

/// The time that an alarm counts from: what is missing of before is no reason to ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CountsFrom {
    /// This moment.
    Now,
    /// The time that the alarm has already.
    Before,
}

/// Makes an alarm in silence, or silences one: it is OK, so that the first run that passes is no
/// recovery that anyone is told of, and its actions are off until [`put`] sets them.
///
/// It has no warm-up: during one an alarm stays in `INSUFFICIENT_DATA`
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_WarmUpConfiguration.html>),
/// and its end would be such a recovery.
pub(super) async fn put_silently(
    session: &Session,
    settings: &AlarmSettings,
    tags: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let silent = AlarmSettings { rings: false, ..settings.clone() };
    let tags = tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
    put_with(session, &silent, CountsFrom::Now, tags.collect()).await?;
    set_ok(session, &settings.name, "Made a moment ago; no run has failed yet.").await
}

/// Tells those whom a ringing alarm told that it is over, before they can't hear it any more: what is gone or has no
/// actions never says so. CloudWatch carries out the actions of a state that is set
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>).
pub(super) async fn tell_end(session: &Session, name: &str, reason: &str) -> Result<(), Failure> {
    if !is_in_alarm(session, name).await? {
        return Ok(());
    }
    match set_ok(session, name, reason).await {
        Err(failure) if failure.is_not_found() => Ok(()),
        answer => answer,
    }
}

async fn set_ok(session: &Session, name: &str, reason: &str) -> Result<(), Failure> {
    let asked = session.cloudwatch().set_alarm_state().alarm_name(name);
    let asked = asked.state_value(StateValue::Ok).state_reason(reason);
    asked.send().await.map(drop).map_err(session.failed("cloudwatch", "SetAlarmState"))
}

/// Whether an alarm is in the state `ALARM` now.
pub(super) async fn is_in_alarm(session: &Session, name: &str) -> Result<bool, Failure> {
    let found = reads::alarms::direct(session, &[name]).await?.remove(name);
    Ok(
        matches!(found, Some(reads::alarms::Alarm::Metric(alarm)) if alarm.state_value == Some(StateValue::Alarm)),
    )
}

/// Brings an alarm to these settings, whatever it was. Its state and tags stay.
pub(super) async fn put(
    session: &Session,
    settings: &AlarmSettings,
    from: CountsFrom,
) -> Result<(), Failure> {
    put_with(session, settings, from, Vec::new()).await
}

/// The time that an alarm of this name counts from, in seconds since 1970; without one it has
/// counted from the beginning.
async fn counts_from(session: &Session, name: &str) -> Result<i64, Failure> {
    let found = reads::alarms::direct(session, &[name]).await?.remove(name);
    let Some(reads::alarms::Alarm::Metric(alarm)) = found else { return Ok(0) };
    let mut expressions = alarm.metrics().iter().filter_map(|query| query.expression.as_deref());
    Ok(expressions.find_map(|expression| without_time(expression).0).unwrap_or_default())
}

async fn put_with(
    session: &Session,
    settings: &AlarmSettings,
    from: CountsFrom,
    tags: Vec<Tag>,
) -> Result<(), Failure> {
    let topics: Vec<_> = settings.topics.iter().cloned().collect();
    let recovery = if settings.tells_recovery { topics.clone() } else { Vec::new() };
    let from = match from {
        CountsFrom::Before if settings.compared.is_held() => {
            counts_from(session, &settings.name).await?
        }
        CountsFrom::Now | CountsFrom::Before => Timestamp::now().as_second(),
    };
    let asked = session
        .cloudwatch()
        .put_metric_alarm()
        .alarm_name(&settings.name)
        .alarm_description(&settings.description)
        .comparison_operator(settings.operator.clone())
        .threshold(settings.threshold)
        .evaluation_periods(settings.out_of)
        .datapoints_to_alarm(settings.failures)
        .treat_missing_data(settings.missing_data.as_aws())
        .actions_enabled(settings.rings)
        .set_alarm_actions(Some(topics))
        .set_ok_actions(Some(recovery))
        .set_tags((!tags.is_empty()).then_some(tags));
    let asked = match &settings.compared {
        Compared::Metric(metric) => asked
            .namespace(metric.namespace)
            .metric_name(metric.name)
            .set_dimensions(Some(dimensions(metric)))
            .statistic(metric.statistic.clone())
            .period(settings.period),
        Compared::Expression(terms) => {
            asked.set_metrics(Some(queries(terms, settings.period, from)))
        }
    };
    asked.send().await.map(drop).map_err(session.failed("cloudwatch", "PutMetricAlarm"))
}

fn dimensions(metric: &Metric) -> Vec<Dimension> {
    let one =
        |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    metric.dimensions.iter().map(one).collect()
}

/// The last term is what the alarm looks at.
fn queries(terms: &[(String, Term)], period: i32, from: i64) -> Vec<MetricDataQuery> {
    let last = terms.len().saturating_sub(1);
    let query = |(index, (id, term)): (usize, &(String, Term))| {
        let query = MetricDataQuery::builder().id(id).return_data(index == last);
        match term {
            Term::Math(expression) => query.expression(counting_from(expression, from)).build(),
            Term::Metric(metric) => {
                let shape = MetricShape::builder()
                    .namespace(metric.namespace)
                    .metric_name(metric.name)
                    .set_dimensions(Some(dimensions(metric)))
                    .build();
                let stat = MetricStat::builder()
                    .metric(shape)
                    .period(period)
                    .stat(metric.statistic.as_str())
                    .build();
                query.metric_stat(stat).build()
            }
        }
    };
    terms.iter().enumerate().map(query).collect()
}

/// Gives an alarm these tags and no others.
pub(super) async fn set_tags(
    session: &Session,
    arn: &str,
    wanted: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let found = reads::alarms::tags(session, arn).await?.unwrap_or_default();
    let changes = TagChanges::between(&found, wanted);
    let client = session.cloudwatch();
    if !changes.set.is_empty() {
        let tags =
            changes.set.iter().map(|(key, value)| Tag::builder().key(key).value(value).build());
        let asked = client.tag_resource().resource_arn(arn).set_tags(Some(tags.collect()));
        asked.send().await.map_err(session.failed("cloudwatch", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let asked = client.untag_resource().resource_arn(arn).set_tag_keys(Some(changes.remove));
        asked.send().await.map_err(session.failed("cloudwatch", "UntagResource"))?;
    }
    Ok(())
}

/// Deletes an alarm. One that is gone is deleted.
pub(super) async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let answer = session.cloudwatch().delete_alarms().alarm_names(name).send().await;
    match answer.map_err(session.failed("cloudwatch", "DeleteAlarms")) {
        Err(failure) if failure.is_not_found() => Ok(()),
        answer => answer.map(drop),
    }
}
