//! Anomaly monitors and the subscriptions to them.
//!
//! Their names say nothing to AWS: an ARN finds them. Both have a list of all that the account has;
//! tags have none, and are a call for each object. Cost Explorer may bill each answered request, so
//! that none of this is asked for an alert that watches no anomalies.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_costexplorer::types::{AnomalyMonitor, AnomalySubscription};

use crate::aws::{Failure, Session};

/// Prefix of Cost Explorer's IAM actions.
const SERVICE: &str = "ce";

/// Objects that are asked for in one page. The API reference names no limit
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetAnomalyMonitors.html>).
const PAGE: i32 = 100;

/// The monitor, from the account's list if that shows it; `None` when it is gone.
///
/// # Errors
/// What `GetAnomalyMonitors` fails with.
pub async fn monitor(session: &Session, arn: &str) -> Result<Option<AnomalyMonitor>, Failure> {
    let arn_of = |one: &AnomalyMonitor| one.monitor_arn.clone();
    let list = async { monitors(session).await.map(by_arn(arn_of)) };
    if let Some(found) = session.listings().global.monitors.find(arn, list).await? {
        return Ok(Some(found));
    }
    let asked = session.cost_explorer().get_anomaly_monitors().monitor_arn_list(arn);
    match asked.send().await.map_err(session.failed(SERVICE, "GetAnomalyMonitors")) {
        Ok(answer) => Ok(answer.anomaly_monitors.into_iter().next()),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The subscription, from the account's list if that shows it; `None` when it is gone.
///
/// # Errors
/// What `GetAnomalySubscriptions` fails with.
pub async fn subscription(
    session: &Session,
    arn: &str,
) -> Result<Option<AnomalySubscription>, Failure> {
    let arn_of = |one: &AnomalySubscription| one.subscription_arn.clone();
    let list = async { subscriptions(session).await.map(by_arn(arn_of)) };
    if let Some(found) = session.listings().global.subscriptions.find(arn, list).await? {
        return Ok(Some(found));
    }
    let asked = session.cost_explorer().get_anomaly_subscriptions().subscription_arn_list(arn);
    match asked.send().await.map_err(session.failed(SERVICE, "GetAnomalySubscriptions")) {
        Ok(answer) => Ok(answer.anomaly_subscriptions.into_iter().next()),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// All monitors of the account, asked for now.
///
/// # Errors
/// What `GetAnomalyMonitors` fails with.
pub async fn monitors(session: &Session) -> Result<Vec<AnomalyMonitor>, Failure> {
    let asked = session.cost_explorer().get_anomaly_monitors();
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed(SERVICE, "GetAnomalyMonitors"))?;
        all.extend(page.anomaly_monitors);
    }
    Ok(all)
}

/// All subscriptions of the account, asked for now.
///
/// # Errors
/// What `GetAnomalySubscriptions` fails with.
pub async fn subscriptions(session: &Session) -> Result<Vec<AnomalySubscription>, Failure> {
    let asked = session.cost_explorer().get_anomaly_subscriptions();
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed(SERVICE, "GetAnomalySubscriptions"))?;
        all.extend(page.anomaly_subscriptions);
    }
    Ok(all)
}

/// Whether any subscription listens to a monitor, asked for now.
///
/// # Errors
/// What `GetAnomalySubscriptions` fails with.
pub async fn is_listened_to(session: &Session, monitor: &str) -> Result<bool, Failure> {
    let asked = session.cost_explorer().get_anomaly_subscriptions().monitor_arn(monitor);
    let answer = asked.send().await.map_err(session.failed(SERVICE, "GetAnomalySubscriptions"))?;
    Ok(!answer.anomaly_subscriptions.is_empty())
}

/// The tags of a monitor or subscription; `None` when it is gone.
///
/// # Errors
/// What `ListTagsForResource` fails with.
pub async fn tags(
    session: &Session,
    arn: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let asked = session.cost_explorer().list_tags_for_resource().resource_arn(arn);
    match asked.send().await.map_err(session.failed(SERVICE, "ListTagsForResource")) {
        Ok(answer) => {
            let pairs = answer.resource_tags.unwrap_or_default().into_iter();
            Ok(Some(pairs.map(|tag| (tag.key, tag.value)).collect()))
        }
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to a monitor or subscription.
pub fn written(session: &Session, arn: &str) {
    let global = &session.listings().global;
    global.monitors.forget(arn);
    global.subscriptions.forget(arn);
}

fn by_arn<T>(arn: impl Fn(&T) -> Option<String>) -> impl Fn(Vec<T>) -> HashMap<String, T> {
    move |all| all.into_iter().filter_map(|one| Some((arn(&one)?, one))).collect()
}
