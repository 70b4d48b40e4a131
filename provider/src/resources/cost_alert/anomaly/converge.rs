//! Making an anomaly watch what it should be, whatever it is now.
//!
//! A name finds no object, so what was made is known by its ARN; where that was lost, by name and
//! tags together. Each step notes what it made before the next one begins.

use framework::{Context, Result};

use super::api::{self, Wanted};
use super::clear;
use super::look::{Known, Listed, tags};
use super::settings::Settings;
use super::watch::Watch;
use crate::aws::tags::TagChanges;
use crate::aws::{Failure, Kind, Session, names, wait};
use crate::clients::Clients;
use crate::resources::cost_alert::model::Alert;
use crate::resources::cost_alert::ownership::Owner;
use crate::resources::cost_alert::{SETTLES_IN, plan, wanted_tags};

/// What an alert asks for, all of it known; `None` without an anomaly watch.
///
/// # Errors
/// A bug of the provider's, when a value isn't known or was not found wrong before.
pub(in super::super) fn wanted(clients: &Clients, planned: &Alert) -> Result<Option<Wanted>> {
    if planned.anomaly.is_null() {
        return Ok(None);
    }
    let anomaly = planned.anomaly.known("anomaly")?;
    Ok(Some(Wanted {
        name: name(clients, planned)?,
        watch: Watch::of(anomaly)?,
        settings: Settings::of(anomaly)?,
        tags: wanted_tags(planned)?,
    }))
}

/// The name that a monitor or subscription of the alert gets.
///
/// # Errors
/// A bug of the provider's, when a part of it isn't known.
pub(in super::super) fn name(clients: &Clients, alert: &Alert) -> Result<String> {
    let prefix = clients.defaults.name_prefix.known("name_prefix")?;
    let stack = clients.defaults.stack.known("stack")?;
    plan::fitted(names::ANOMALY, prefix, stack, alert.name.known("name")?)
}

/// An apply at work on one watch.
pub(in super::super) struct Work<'a> {
    pub(in super::super) context: &'a Context<'a, Clients>,
    pub(in super::super) session: &'a Session,
    pub(in super::super) wanted: &'a Wanted,
    pub(in super::super) owner: &'a Owner<'a>,
}

impl Work<'_> {
    /// Makes or changes both objects. `known` says what there is, also after a failure.
    pub(in super::super) async fn converge(&self, known: &mut Known) -> Result<(), Failure> {
        let before = known.clone();
        let listed = Listed::now(self.session).await?;
        let monitor = self.monitor(&listed, known).await?;
        self.check_cancelled()?;
        self.subscription(&listed, &monitor, &before, known).await?;
        if known.owned == Some(true) && listed.monitor(&monitor).is_some() {
            self.tag(&monitor).await?;
        }
        let settled = self.settled(&monitor, known).await?;
        self.remove_others(&settled, &monitor, &before, known).await
    }

    /// The monitor to listen to: the one that is known, or there already, or a new one.
    async fn monitor(&self, listed: &Listed, known: &mut Known) -> Result<String, Failure> {
        let fits = |arn: &String| {
            listed.monitor(arn).and_then(Watch::found).as_ref() == Some(&self.wanted.watch)
        };
        if let Some(arn) = known.monitor.clone().filter(fits) {
            return Ok(arn);
        }
        if let Some((arn, owned)) = self.existing(listed).await? {
            (known.monitor, known.owned) = (Some(arn.clone()), Some(owned));
            return Ok(arn);
        }
        let arn = match api::create_monitor(self.session, self.wanted).await {
            Ok(arn) => arn,
            Err(failure) => return self.made_meanwhile(failure, known).await,
        };
        (known.monitor, known.owned) = (Some(arn.clone()), Some(true));
        Ok(arn)
    }

    /// A monitor that watches the same: anybody's where AWS has one of a kind, else one that a run
    /// of this declaration left. With whether this declaration made it.
    async fn existing(&self, listed: &Listed) -> Result<Option<(String, bool)>, Failure> {
        let watch = &self.wanted.watch;
        let same =
            listed.monitors.iter().filter(|(_, one)| Watch::found(one).as_ref() == Some(watch));
        for (arn, monitor) in same {
            if !watch.is_managed() && monitor.monitor_name != self.wanted.name {
                continue;
            }
            let Some(tags) = tags(self.session, arn).await? else { continue };
            let owned = self.owner.made(&tags);
            if owned || watch.is_managed() {
                return Ok(Some((arn.clone(), owned)));
            }
        }
        Ok(None)
    }

    /// The monitor that another alert made between our look and our call, when AWS refuses a second one.
    async fn made_meanwhile(&self, failure: Failure, known: &mut Known) -> Result<String, Failure> {
        let is_refusal = matches!(failure.kind(), Kind::Conflict | Kind::Invalid | Kind::Quota);
        if is_refusal && self.wanted.watch.is_managed() {
            let listed = Listed::now(self.session).await?;
            if let Some((arn, owned)) = self.existing(&listed).await? {
                (known.monitor, known.owned) = (Some(arn.clone()), Some(owned));
                return Ok(arn);
            }
        }
        if failure.kind() == Kind::Denied && self.wanted.watch.needs_management_account() {
            return Err(failure.advising(NOT_HERE));
        }
        Err(failure)
    }

    /// The subscription: the one that is known, or that a run of this declaration left, or a new one.
    async fn subscription(
        &self,
        listed: &Listed,
        monitor: &str,
        before: &Known,
        known: &mut Known,
    ) -> Result<(), Failure> {
        let is_listed = |arn: &String| listed.subscription(arn).is_some();
        let mut existing = known.subscription.clone().filter(is_listed);
        if existing.is_none() {
            let (session, name) = (self.session, &self.wanted.name);
            let own = listed.own_subscriptions(session, name, self.owner, None).await?;
            existing = own.into_iter().next();
        }
        let found = existing.as_ref().and_then(|arn| Some((arn, listed.subscription(arn)?)));
        let Some((arn, found)) = found else {
            let made = api::create_subscription(self.session, self.wanted, monitor).await?;
            known.subscription = Some(made);
            return Ok(());
        };
        known.subscription = Some(arn.clone());
        let settings = Settings::found(found).map_err(|unsaid| lost(&unsaid))?;
        let listens = &found.monitor_arn_list;
        let is_ours = |one: &String| one == monitor || before.monitor.as_ref() == Some(one);
        if listens.len() > 1 && !listens.iter().all(is_ours) {
            return Err(lost(&["more than one monitor".to_owned()]));
        }
        if settings != self.wanted.settings || listens.as_slice() != [monitor] {
            api::update_subscription(self.session, arn, &self.wanted.settings, monitor).await?;
        }
        self.tag(arn).await
    }

    async fn tag(&self, arn: &str) -> Result<(), Failure> {
        let found = tags(self.session, arn).await?.unwrap_or_default();
        let changes = TagChanges::between(&found, &self.wanted.tags);
        api::tag(self.session, arn, &changes).await
    }

    fn check_cancelled(&self) -> Result<(), Failure> {
        if self.context.cancel.is_cancelled() {
            return Err(Failure::new(Kind::Cancelled, "Terraform asked to stop"));
        }
        Ok(())
    }

    /// Reads until AWS shows what was sent.
    async fn settled(&self, monitor: &str, known: &Known) -> Result<Listed, Failure> {
        let what = format!("anomaly subscription `{}` to show what was sent", self.wanted.name);
        let deadline = wait::Deadline::after(SETTLES_IN);
        let pauses = wait::Pauses::default();
        let arn = known.subscription.as_deref().unwrap_or_default();
        wait::until(&what, deadline, pauses, &self.context.cancel, || async {
            let listed = Listed::now(self.session).await?;
            Ok(match (listed.monitor(monitor), listed.subscription(arn)) {
                (None, _) => wait::Seen::Pending("no monitor".to_owned()),
                (_, None) => wait::Seen::Pending("no subscription".to_owned()),
                (Some(_), Some(found)) => {
                    let is_same = Settings::found(found).as_ref() == Ok(&self.wanted.settings)
                        && found.monitor_arn_list.as_slice() == [monitor];
                    if is_same {
                        wait::Seen::Ready(listed)
                    } else {
                        wait::Seen::Pending("other settings".to_owned())
                    }
                }
            })
        })
        .await
    }

    /// Removes the monitor that was listened to before, and what calls left that were carried out
    /// twice because their first answer was lost.
    async fn remove_others(
        &self,
        listed: &Listed,
        monitor: &str,
        before: &Known,
        known: &Known,
    ) -> Result<(), Failure> {
        let (session, name) = (self.session, &self.wanted.name);
        for arn in listed
            .own_subscriptions(session, name, self.owner, known.subscription.as_deref())
            .await?
        {
            api::delete_subscription(session, &arn).await?;
        }
        let mut others = listed.own_monitors(session, name, self.owner, Some(monitor)).await?;
        if let Some(former) = before.monitor.clone().filter(|arn| arn != monitor)
            && !others.contains(&former)
            && listed.monitor(&former).is_some()
        {
            others.push(former);
        }
        for arn in others {
            let owned = before.owned == Some(true) && before.monitor.as_ref() == Some(&arn);
            clear::monitor(session, &arn, owned).await?;
        }
        Ok(())
    }
}

/// What an account can do that may not watch this.
pub(in super::super) const NOT_HERE: &str = "AWS watches member accounts, tags and cost categories from the organization's management account alone: declare this alert there, or watch `by = \"service\"` here.";

fn lost(unsaid: &[String]) -> Failure {
    let message = format!("the subscription has {}, which would be lost", unsaid.join("; "));
    Failure::new(Kind::Conflict, message).advising(
        "take that away in AWS, or take the alert out of the state with `terraform state rm`",
    )
}
