//! The monitor and the subscription of an alert, as they are.

use std::collections::BTreeMap;

use aws_sdk_costexplorer::types::{AnomalyMonitor, AnomalySubscription};
use framework::Attr;

use super::settings::Settings;
use super::watch::Watch;
use crate::aws::{Failure, Session, reads};
use crate::resources::cost_alert::model::Alert;
use crate::resources::cost_alert::ownership::Owner;

/// What is known of both objects, from the state or from the apply that makes them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Known {
    pub(in super::super) subscription: Option<String>,
    pub(in super::super) monitor: Option<String>,
    /// Whether this alert made the monitor; `None` while its tags have to be asked.
    pub(in super::super) owned: Option<bool>,
}

/// Both objects as they are; each is `None` when it is gone.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Found {
    pub(in super::super) subscription: Option<Subscription>,
    pub(in super::super) monitor: Option<Monitor>,
}

/// A subscription with its tags.
#[derive(Clone, Debug)]
pub(in super::super) struct Subscription {
    pub(in super::super) arn: String,
    pub(in super::super) found: AnomalySubscription,
    pub(in super::super) tags: BTreeMap<String, String>,
}

/// A monitor. Its tags are there where this alert made it.
#[derive(Clone, Debug)]
pub(in super::super) struct Monitor {
    pub(in super::super) arn: String,
    /// What it watches; `None` where the attributes can't say it.
    pub(in super::super) watch: Option<Watch>,
    pub(in super::super) owned: bool,
    pub(in super::super) tags: Option<BTreeMap<String, String>>,
}

impl Known {
    /// What a state or plan holds.
    pub(in super::super) fn of(alert: &Alert) -> Self {
        let text = |attribute: &Attr<String>| attribute.as_known().cloned();
        Self {
            subscription: text(&alert.subscription_arn),
            monitor: text(&alert.monitor_arn),
            owned: alert.monitor_owned.as_known().copied(),
        }
    }

    /// Whether there is nothing to look for.
    pub(in super::super) fn is_nothing(&self) -> bool {
        self.subscription.is_none() && self.monitor.is_none()
    }
}

impl Found {
    /// What of both objects the attributes can't say, in words that go on after "It has ".
    pub(in super::super) fn unsaid(&self) -> Vec<String> {
        let Some(Subscription { found, .. }) = &self.subscription else { return Vec::new() };
        let mut unsaid = Settings::found(found).err().unwrap_or_default();
        if found.monitor_arn_list.len() > 1 {
            unsaid.push(format!("{} monitors", found.monitor_arn_list.len()));
        }
        if self.monitor.as_ref().is_some_and(|monitor| monitor.watch.is_none()) {
            unsaid.push("a monitor of another kind".to_owned());
        }
        unsaid
    }
}

/// Both objects, from the account's lists where those have them.
pub(in super::super) async fn look(
    session: &Session,
    known: &Known,
    owner: &Owner<'_>,
) -> Result<Found, Failure> {
    let subscription = match &known.subscription {
        Some(arn) => subscription(session, arn).await?,
        None => None,
    };
    // Somebody may have it listen to another monitor than the known one.
    let listened = subscription.as_ref().map(|listening| &listening.found.monitor_arn_list);
    let arn = match listened.map(Vec::as_slice) {
        Some([one]) => Some(one.clone()),
        Some([]) => None,
        Some([first, ..]) => known.monitor.clone().or_else(|| Some(first.clone())),
        None => known.monitor.clone(),
    };
    let monitor = match arn {
        Some(arn) => {
            let is_known = known.monitor.as_ref() == Some(&arn);
            monitor(session, arn, known.owned.filter(|_| is_known), owner).await?
        }
        None => None,
    };
    Ok(Found { subscription, monitor })
}

async fn subscription(session: &Session, arn: &str) -> Result<Option<Subscription>, Failure> {
    let Some(found) = reads::anomalies::subscription(session, arn).await? else { return Ok(None) };
    let Some(tags) = tags(session, arn).await? else { return Ok(None) };
    Ok(Some(Subscription { arn: arn.to_owned(), found, tags }))
}

async fn monitor(
    session: &Session,
    arn: String,
    is_owned: Option<bool>,
    owner: &Owner<'_>,
) -> Result<Option<Monitor>, Failure> {
    let Some(found) = reads::anomalies::monitor(session, &arn).await? else { return Ok(None) };
    let watch = Watch::found(&found);
    if is_owned == Some(false) {
        return Ok(Some(Monitor { arn, watch, owned: false, tags: None }));
    }
    let Some(tags) = tags(session, &arn).await? else { return Ok(None) };
    let is_owned = is_owned.unwrap_or_else(|| owner.made(&tags));
    Ok(Some(Monitor { arn, watch, owned: is_owned, tags: is_owned.then_some(tags) }))
}

/// All tags of an object but AWS's own; `None` when it is gone.
pub(super) async fn tags(
    session: &Session,
    arn: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let mut tags = reads::anomalies::tags(session, arn).await?;
    if let Some(tags) = &mut tags {
        tags.retain(|key, _| !key.starts_with("aws:"));
    }
    Ok(tags)
}

/// Everything that the account has of both kinds, as it is now.
#[derive(Clone, Debug)]
pub(in super::super) struct Listed {
    pub(super) monitors: Vec<(String, AnomalyMonitor)>,
    pub(super) subscriptions: Vec<(String, AnomalySubscription)>,
}

impl Listed {
    pub(super) async fn now(session: &Session) -> Result<Self, Failure> {
        let monitors = reads::anomalies::monitors(session).await?.into_iter();
        let mut monitors: Vec<_> =
            monitors.filter_map(|one| Some((one.monitor_arn.clone()?, one))).collect();
        let subscriptions = reads::anomalies::subscriptions(session).await?.into_iter();
        let mut subscriptions: Vec<_> =
            subscriptions.filter_map(|one| Some((one.subscription_arn.clone()?, one))).collect();
        // So that whoever looks finds the same one first.
        monitors.sort_by(|one, other| one.0.cmp(&other.0));
        subscriptions.sort_by(|one, other| one.0.cmp(&other.0));
        Ok(Self { monitors, subscriptions })
    }

    /// The monitor, if it is there.
    pub(super) fn monitor(&self, arn: &str) -> Option<&AnomalyMonitor> {
        self.monitors.iter().find(|(one, _)| one == arn).map(|(_, monitor)| monitor)
    }

    /// The subscription, if it is there.
    pub(super) fn subscription(&self, arn: &str) -> Option<&AnomalySubscription> {
        self.subscriptions.iter().find(|(one, _)| one == arn).map(|(_, found)| found)
    }

    /// The monitors of this name that the declaration made, without `but`.
    pub(super) async fn own_monitors(
        &self,
        session: &Session,
        name: &str,
        owner: &Owner<'_>,
        but: Option<&str>,
    ) -> Result<Vec<String>, Failure> {
        let named = self.monitors.iter().filter(|(_, one)| one.monitor_name == name);
        made(session, named.map(|(arn, _)| arn), owner, but).await
    }

    /// The subscriptions of this name that the declaration made, without `but`.
    pub(super) async fn own_subscriptions(
        &self,
        session: &Session,
        name: &str,
        owner: &Owner<'_>,
        but: Option<&str>,
    ) -> Result<Vec<String>, Failure> {
        let named = self.subscriptions.iter().filter(|(_, one)| one.subscription_name == name);
        made(session, named.map(|(arn, _)| arn), owner, but).await
    }

    /// The first subscription of this name.
    pub(in super::super) fn named(&self, name: &str) -> Option<&str> {
        let found = self.subscriptions.iter().find(|(_, one)| one.subscription_name == name);
        found.map(|(arn, _)| arn.as_str())
    }
}

async fn made(
    session: &Session,
    arns: impl Iterator<Item = &String>,
    owner: &Owner<'_>,
    but: Option<&str>,
) -> Result<Vec<String>, Failure> {
    let mut own = Vec::new();
    for arn in arns.filter(|arn| Some(arn.as_str()) != but) {
        if tags(session, arn).await?.is_some_and(|tags| owner.made(&tags)) {
            own.push(arn.clone());
        }
    }
    Ok(own)
}

/// What the declaration made in runs whose answers were lost, by name and tags.
pub(in super::super) async fn lost(
    session: &Session,
    name: &str,
    owner: &Owner<'_>,
) -> Result<Known, Failure> {
    let listed = Listed::now(session).await?;
    let monitor = listed.own_monitors(session, name, owner, None).await?.into_iter().next();
    let subscription =
        listed.own_subscriptions(session, name, owner, None).await?.into_iter().next();
    Ok(Known { subscription, owned: monitor.is_some().then_some(true), monitor })
}

/// All subscriptions and monitors, for an import.
pub(in super::super) async fn listed(session: &Session) -> Result<Listed, Failure> {
    Listed::now(session).await
}
