//! Alarms on a queue: that it is not empty, or that its messages grow old.

use aws_sdk_cloudwatch::types::{ComparisonOperator, Dimension, MetricAlarm, Statistic, Tag};

use super::{Claim, Tags};
use crate::aws::error::{Failure, Kind};
use crate::aws::reads::alarms::{self, Alarm};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Partition, Region, Session};

const NAMESPACE: &str = "AWS/SQS";
/// A period of the alarms, in seconds.
const PERIOD: i32 = 60;

/// What an alarm rings for
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rings {
    /// A message waits in a queue that should be empty.
    ForAny,
    /// A message is older than this, in seconds. Messages that were received three times don't count.
    ForOlderThan(u32),
}

impl Rings {
    fn metric(self) -> &'static str {
        match self {
            Self::ForAny => "ApproximateNumberOfMessagesVisible",
            Self::ForOlderThan(_) => "ApproximateAgeOfOldestMessage",
        }
    }

    fn threshold(self) -> f64 {
        match self {
            Self::ForAny => 0.0,
            Self::ForOlderThan(seconds) => f64::from(seconds),
        }
    }
}

/// What an alarm on a queue shall be.
#[derive(Clone, Debug)]
pub struct QueueAlarm {
    /// Its name, 1 to 255 characters.
    pub name: String,
    /// What it means and what to do, at most 1,024 characters.
    pub description: String,
    /// Name of the queue.
    pub queue: String,
    /// What it rings for.
    pub rings: Rings,
    /// ARN of the topic that it tells.
    pub topic_arn: String,
    /// All of its tags.
    pub tags: Tags,
}

/// The ARN of the alarm of this name.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}")
}

fn arn_in(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// The alarm; `None` when there is none of that name on a metric.
///
/// # Errors
/// What `CloudWatch` refuses; [`Kind::Conflict`] for one on other alarms.
pub async fn find(session: &Session, name: &str) -> Result<Option<MetricAlarm>, Failure> {
    match alarms::direct(session, &[name]).await?.remove(name) {
        None => Ok(None),
        Some(Alarm::Metric(alarm)) => Ok(Some(*alarm)),
        Some(Alarm::Composite(_)) => {
            let message = format!("a composite alarm named `{name}` exists already");
            Err(Failure::new(Kind::Conflict, message).advising("rename or delete that alarm."))
        }
    }
}

/// The tags of the alarm; none when there is none.
///
/// # Errors
/// What `CloudWatch` refuses.
pub async fn tags(session: &Session, name: &str) -> Result<Tags, Failure> {
    Ok(alarms::tags(session, &arn_in(session, name)).await?.unwrap_or_default())
}

/// Whether an alarm is what it shall be, tags apart.
pub fn is_same(found: &MetricAlarm, wanted: &QueueAlarm) -> bool {
    let dimension = Dimension::builder().name("QueueName").value(&wanted.queue).build();
    let threshold = wanted.rings.threshold();
    (found.namespace.as_deref(), found.metric_name.as_deref())
        == (Some(NAMESPACE), Some(wanted.rings.metric()))
        && found.dimensions() == [dimension]
        && found.statistic == Some(Statistic::Maximum)
        && found.comparison_operator == Some(ComparisonOperator::GreaterThanThreshold)
        && found.threshold == Some(threshold)
        && found.period == Some(PERIOD)
        && found.evaluation_periods == Some(1)
        && found.treat_missing_data.as_deref() == Some("notBreaching")
        && found.alarm_description.as_deref() == Some(wanted.description.as_str())
        && found.actions_enabled != Some(false)
        && found.alarm_actions() == [wanted.topic_arn.clone()]
}

/// Makes the alarm, or brings it to what it shall be.
///
/// # Errors
/// What `CloudWatch` refuses; [`Kind::Conflict`] for an alarm that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &QueueAlarm) -> Result<(), Failure> {
    // PutMetricAlarm replaces any alarm without a word.
    let Some(found) = find(session, &wanted.name).await? else {
        return put(session, wanted, sent(&wanted.tags)).await;
    };
    let tags = tags(session, &wanted.name).await?;
    claim.check("alarm", &wanted.name, &tags, &wanted.tags)?;
    if !is_same(&found, wanted) {
        put(session, wanted, Vec::new()).await?;
    }
    change_tags(session, &wanted.name, &TagChanges::between(&tags, &wanted.tags)).await
}

async fn put(session: &Session, wanted: &QueueAlarm, tags: Vec<Tag>) -> Result<(), Failure> {
    let put = session
        .cloudwatch()
        .put_metric_alarm()
        .alarm_name(&wanted.name)
        .alarm_description(&wanted.description)
        .namespace(NAMESPACE)
        .metric_name(wanted.rings.metric())
        .dimensions(Dimension::builder().name("QueueName").value(&wanted.queue).build())
        .statistic(Statistic::Maximum)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
        .threshold(wanted.rings.threshold())
        .period(PERIOD)
        .evaluation_periods(1)
        .treat_missing_data("notBreaching")
        .actions_enabled(true)
        .alarm_actions(&wanted.topic_arn)
        .set_tags((!tags.is_empty()).then_some(tags))
        .send()
        .await;
    put.map(drop).map_err(session.failed("cloudwatch", "PutMetricAlarm"))
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let (client, arn) = (session.cloudwatch(), arn_in(session, name));
    if !changes.set.is_empty() {
        let call = client.tag_resource().resource_arn(&arn).set_tags(Some(sent(&changes.set)));
        call.send().await.map_err(session.failed("cloudwatch", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let call = client.untag_resource().resource_arn(&arn).set_tag_keys(keys);
        call.send().await.map_err(session.failed("cloudwatch", "UntagResource"))?;
    }
    Ok(())
}

fn sent(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag::builder().key(key).value(value).build()).collect()
}

/// Deletes the alarm.
///
/// # Errors
/// What `CloudWatch` refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let deleted = session.cloudwatch().delete_alarms().alarm_names(name).send().await;
    super::or_absent(deleted.map_err(session.failed("cloudwatch", "DeleteAlarms"))).map(drop)
}
