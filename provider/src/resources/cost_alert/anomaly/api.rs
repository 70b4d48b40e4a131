//! Calls of Cost Anomaly Detection for one monitor and one subscription.

use std::collections::BTreeMap;

use aws_sdk_costexplorer::error::BuildError;
use aws_sdk_costexplorer::types;

use super::settings::Settings;
use super::watch::Watch;
use crate::aws::tags::TagChanges;
use crate::aws::{Failure, Kind, Session, reads};

/// Prefix of Cost Explorer's IAM actions.
const SERVICE: &str = "ce";

/// An anomaly watch as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Wanted {
    /// The name of both objects, where they are made.
    pub(in super::super) name: String,
    pub(in super::super) watch: Watch,
    pub(in super::super) settings: Settings,
    pub(in super::super) tags: BTreeMap<String, String>,
}

/// Makes the monitor and returns its ARN.
pub(super) async fn create_monitor(session: &Session, wanted: &Wanted) -> Result<String, Failure> {
    let monitor = wanted.watch.monitor(&wanted.name).map_err(|problem| unbuilt(&problem))?;
    let sent = session
        .cost_explorer()
        .create_anomaly_monitor()
        .anomaly_monitor(monitor)
        .set_resource_tags(Some(resource_tags(&wanted.tags)?))
        .send()
        .await;
    let made = sent.map_err(session.failed(SERVICE, "CreateAnomalyMonitor"))?;
    reads::anomalies::written(session, &made.monitor_arn);
    Ok(made.monitor_arn)
}

/// Makes the subscription to a monitor and returns its ARN.
pub(super) async fn create_subscription(
    session: &Session,
    wanted: &Wanted,
    monitor: &str,
) -> Result<String, Failure> {
    let settings = &wanted.settings;
    let subscription = types::AnomalySubscription::builder()
        .subscription_name(&wanted.name)
        .monitor_arn_list(monitor)
        .frequency(settings.frequency())
        .set_subscribers(Some(settings.subscribers()))
        .threshold_expression(settings.threshold_expression())
        .build()
        .map_err(|problem| unbuilt(&problem))?;
    let sent = session
        .cost_explorer()
        .create_anomaly_subscription()
        .anomaly_subscription(subscription)
        .set_resource_tags(Some(resource_tags(&wanted.tags)?))
        .send()
        .await;
    let made = sent.map_err(session.failed(SERVICE, "CreateAnomalySubscription"))?;
    reads::anomalies::written(session, &made.subscription_arn);
    Ok(made.subscription_arn)
}

/// Gives the subscription other settings, and lets it listen to this monitor alone.
pub(super) async fn update_subscription(
    session: &Session,
    arn: &str,
    settings: &Settings,
    monitor: &str,
) -> Result<(), Failure> {
    let sent = session
        .cost_explorer()
        .update_anomaly_subscription()
        .subscription_arn(arn)
        .monitor_arn_list(monitor)
        .frequency(settings.frequency())
        .set_subscribers(Some(settings.subscribers()))
        .threshold_expression(settings.threshold_expression())
        .send()
        .await;
    reads::anomalies::written(session, arn);
    sent.map(drop).map_err(session.failed(SERVICE, "UpdateAnomalySubscription"))
}

/// Deletes the subscription. One that is gone is deleted.
pub(super) async fn delete_subscription(session: &Session, arn: &str) -> Result<(), Failure> {
    let asked = session.cost_explorer().delete_anomaly_subscription().subscription_arn(arn);
    let sent = asked.send().await;
    reads::anomalies::written(session, arn);
    gone(sent.map(drop).map_err(session.failed(SERVICE, "DeleteAnomalySubscription")))
}

/// Deletes the monitor. One that is gone is deleted.
pub(super) async fn delete_monitor(session: &Session, arn: &str) -> Result<(), Failure> {
    let sent = session.cost_explorer().delete_anomaly_monitor().monitor_arn(arn).send().await;
    reads::anomalies::written(session, arn);
    gone(sent.map(drop).map_err(session.failed(SERVICE, "DeleteAnomalyMonitor")))
}

/// Changes the tags of a monitor or subscription.
pub(super) async fn tag(session: &Session, arn: &str, changes: &TagChanges) -> Result<(), Failure> {
    if !changes.set.is_empty() {
        let sent = session
            .cost_explorer()
            .tag_resource()
            .resource_arn(arn)
            .set_resource_tags(Some(resource_tags(&changes.set)?))
            .send()
            .await;
        sent.map_err(session.failed(SERVICE, "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let sent = session
            .cost_explorer()
            .untag_resource()
            .resource_arn(arn)
            .set_resource_tag_keys(Some(changes.remove.clone()))
            .send()
            .await;
        sent.map_err(session.failed(SERVICE, "UntagResource"))?;
    }
    Ok(())
}

fn gone(sent: Result<(), Failure>) -> Result<(), Failure> {
    match sent {
        Err(failure) if !failure.is_not_found() => Err(failure),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn unbuilt(problem: &BuildError) -> Failure {
    Failure::new(Kind::Invalid, format!("the request can't be made: {problem}"))
}

fn resource_tags(tags: &BTreeMap<String, String>) -> Result<Vec<types::ResourceTag>, Failure> {
    let tag = |(key, value)| types::ResourceTag::builder().key(key).value(value).build();
    tags.iter().map(tag).collect::<Result<_, _>>().map_err(|problem| unbuilt(&problem))
}
