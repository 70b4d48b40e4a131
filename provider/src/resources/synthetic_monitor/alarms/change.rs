//! Bringing a monitor's alarms to what they shall be.

use std::collections::BTreeMap;

use contract::trailer::UNWATCHED;
use framework::Result;

use super::api::CountsFrom;
use super::settings::AlarmSettings;
use super::{Which, api};
use crate::aws::{Failure, Session};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::resources::synthetic_monitor::model::Monitor;
use crate::resources::synthetic_monitor::{THING, label, plain_tags};

/// What is to be done about an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Nothing,
    Make,
    Put,
    /// Put, and counting from now, so that it waits for its first results.
    Anew,
    Delete,
}

/// What differs between a monitor's alarms as they are and as they are planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Changes {
    pub(super) alarms: Vec<(Which, Change)>,
    pub(super) tags: bool,
}

impl Changes {
    /// What differs between a monitor and its plan.
    pub(in super::super) fn between(prior: &Monitor, planned: &Monitor) -> Result<Self> {
        let mut alarms = Vec::new();
        for which in Which::of(&[prior, planned]) {
            let change = change(&which, prior, planned)?;
            alarms.push((which, change));
        }
        Ok(Self { alarms, tags: plain_tags(prior)? != plain_tags(planned)? })
    }

    /// Whether all is as it shall be.
    pub(in super::super) fn is_nothing(&self) -> bool {
        !self.tags && self.alarms.iter().all(|(_, change)| *change == Change::Nothing)
    }
}

fn change(which: &Which, prior: &Monitor, planned: &Monitor) -> Result<Change> {
    let before = which.object(prior);
    let exists = !before.arn.is_null();
    Ok(match AlarmSettings::of(which, planned)? {
        None if exists || !before.name.is_null() => Change::Delete,
        None => Change::Nothing,
        Some(_) if !exists => Change::Make,
        // Of a monitor that was imported a moment ago not all is known: its alarms are written again.
        Some(after) => match AlarmSettings::of(which, prior).ok().flatten() {
            Some(known) if known == after && before.rule == which.object(planned).rule => {
                Change::Nothing
            }
            Some(known) if after.counts_anew(&known) => Change::Anew,
            _ => Change::Put,
        },
    })
}

fn wanted(monitor: &Monitor) -> Result<Vec<AlarmSettings>> {
    let all = Which::of(&[monitor]).into_iter().map(|which| AlarmSettings::of(&which, monitor));
    Ok(all.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

/// Refuses a monitor that would take another's alarms, before anything exists that would have to be
/// undone.
pub(in super::super) async fn check_free(
    clients: &Clients,
    session: &Session,
    planned: &Monitor,
) -> Result<()> {
    let (name, stack) = (label(planned), clients.defaults.stack.known("stack")?);
    for settings in wanted(planned)? {
        let found = api::find_own(session, &settings.name, stack, &name).await;
        found.doing("create", THING, &name)?;
    }
    Ok(())
}

/// Makes a monitor's alarms, silent for now, unless they are there.
pub(in super::super) async fn make(
    clients: &Clients,
    session: &Session,
    planned: &Monitor,
) -> Result<()> {
    for settings in wanted(planned)? {
        make_one(clients, session, planned, &settings).await?;
    }
    Ok(())
}

/// Lets a monitor's alarms ring.
pub(in super::super) async fn ring(session: &Session, planned: &Monitor) -> Result<()> {
    let name = label(planned);
    for settings in wanted(planned)? {
        let doing = format!("make {}", settings.which.thing());
        api::put(session, &settings, CountsFrom::Now).await.doing(&doing, THING, &name)?;
    }
    Ok(())
}

/// Makes an alarm, silent for now, unless it is there. One of its name that is not ours is left
/// alone.
async fn make_one(
    clients: &Clients,
    session: &Session,
    planned: &Monitor,
    settings: &AlarmSettings,
) -> Result<()> {
    let (name, stack) = (label(planned), clients.defaults.stack.known("stack")?);
    let tags = plain_tags(planned)?;
    let doing = format!("make {}", settings.which.thing());
    let found = api::find_own(session, &settings.name, stack, &name).await;
    let made = match found.doing(&doing, THING, &name)? {
        // Left by a run that ended early: its tags may be those of another plan.
        Some(arn) => api::set_tags(session, &arn, &tags).await,
        None => api::put_silently(session, settings, &tags).await,
    };
    made.doing(&doing, THING, &name)
}

/// Makes these changes.
pub(in super::super) async fn apply(
    clients: &Clients,
    session: &Session,
    prior: &Monitor,
    planned: &Monitor,
    changes: &Changes,
) -> Result<()> {
    let name = label(planned);
    for (which, change) in &changes.alarms {
        let settings = AlarmSettings::of(which, planned)?;
        match (change, settings) {
            (Change::Make, Some(settings)) => {
                make_one(clients, session, planned, &settings).await?;
                let doing = format!("make {}", which.thing());
                let put = api::put(session, &settings, CountsFrom::Now).await;
                put.doing(&doing, THING, &name)?;
                continue;
            }
            (Change::Put, Some(settings)) => {
                if !settings.rings {
                    tell_end(which, session, prior, End::Unwatched).await?;
                }
                let put = api::put(session, &settings, CountsFrom::Before).await;
                put.doing(&format!("update {}", which.thing()), THING, &name)?;
            }
            (Change::Anew, Some(settings)) => {
                let put = put_anew(session, prior, &settings).await;
                put.doing(&format!("update {}", which.thing()), THING, &name)?;
            }
            (Change::Delete, _) => {
                let is_location = *which != Which::Down && !planned.alarm_name.is_null();
                let end = if is_location { End::Location } else { End::Unwatched };
                delete_one(which, session, prior, end).await?;
                continue;
            }
            (Change::Nothing | Change::Make | Change::Put | Change::Anew, _) => {}
        }
        if changes.tags
            && let Some(arn) = which.object(planned).arn.as_known()
        {
            let tagged = api::set_tags(session, arn, &plain_tags(planned)?).await;
            tagged.doing(&format!("tag {}", which.thing()), THING, &name)?;
        }
    }
    Ok(())
}

/// Lets an alarm wait for its first results, in silence; but one that rings goes on, so that those
/// whom it told are told of its end.
async fn put_anew(
    session: &Session,
    prior: &Monitor,
    settings: &AlarmSettings,
) -> Result<(), Failure> {
    let is_told = prior.enabled.as_known() == Some(&true);
    if is_told && api::is_in_alarm(session, &settings.name).await? {
        return api::put(session, settings, CountsFrom::Before).await;
    }
    api::put_silently(session, settings, &BTreeMap::new()).await?;
    api::put(session, settings, CountsFrom::Now).await
}

/// Deletes a monitor's alarms. Those that are gone are deleted.
pub(in super::super) async fn delete(session: &Session, state: &Monitor) -> Result<()> {
    for which in Which::of(&[state]) {
        delete_one(&which, session, state, End::Unwatched).await?;
    }
    Ok(())
}

/// Why an alarm rings no more though nothing got well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The monitor is paused, has no alarm any more, or is gone.
    Unwatched,
    /// The monitor goes on without the location that is silent.
    Location,
}

impl End {
    fn reason(self) -> String {
        match self {
            Self::Unwatched => format!("{UNWATCHED}: the monitor was paused or taken away."),
            Self::Location => "The location is not one of the monitor's any more.".to_owned(),
        }
    }
}

/// Tells whom an alarm told that it rings no more, if it rings now.
async fn tell_end(which: &Which, session: &Session, prior: &Monitor, end: End) -> Result<()> {
    let Ok(Some(before)) = AlarmSettings::of(which, prior) else { return Ok(()) };
    if !before.rings || !before.tells_recovery || before.topics.is_empty() {
        return Ok(());
    }
    let told = api::tell_end(session, &before.name, &end.reason()).await;
    told.doing(&format!("tell the end of {}", which.thing()), THING, &label(prior))
}

async fn delete_one(which: &Which, session: &Session, state: &Monitor, end: End) -> Result<()> {
    let Some(name) = which.object(state).name.into_known() else { return Ok(()) };
    tell_end(which, session, state, end).await?;
    let deleted = api::delete(session, &name).await;
    deleted.doing(&format!("delete {}", which.thing()), THING, &label(state))
}
