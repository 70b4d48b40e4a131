//! The engine `canary`: a CloudWatch Synthetics canary and its alarm.
//!
//! The canary comes first and goes last. Every operation looks at what exists before it acts, so
//! that one which was killed at any call is finished by the next.

pub(super) mod api;
pub(super) mod blueprint;
pub(super) mod create;
mod drive;
pub(super) mod read;
pub(super) mod runtime;
pub(super) mod settings;
pub(super) mod update;

use aws_sdk_synthetics::types::{Canary, CanaryState};
use framework::{Attr, Context, Error, Private, Result};
use tokio::time::Instant;

use super::model::Monitor;
use super::{THING, alarms, deadline, label};
use crate::aws::wait::Deadline;
use crate::aws::{Session, reads};
use crate::clients::Clients;
use crate::diagnose::Doing;
use drive::Work;

/// Private data: where AWS kept the code when we last sent it.
const CODE_SOURCE: &str = "code_source";

/// The monitor as it is; `None` when its canary is gone.
pub(super) async fn read(
    context: &Context<'_, Clients>,
    session: &Session,
    state: &Monitor,
) -> Result<Option<Monitor>> {
    let canary_name = state.canary_name.known("canary_name")?;
    let found = reads::canaries::find(session, canary_name).await;
    let Some(found) = found.doing("read", THING, &label(state))? else { return Ok(None) };
    let alarms = alarms::find(context.clients, session, state).await?;
    let now = as_found(context.clients, context.private, state, &found);
    Ok(Some(alarms::as_found(&now, &alarms)))
}

/// Deletes the monitor's objects.
pub(super) async fn delete(
    context: &Context<'_, Clients>,
    session: &Session,
    state: &Monitor,
) -> Result<()> {
    let name = label(state);
    let deadline = deadline(state, |limits| &limits.delete);
    let work = work(context, session, state, deadline)?;
    let found = work.drive(drive::Goal::Idle).await.doing("stop", THING, &name)?;
    alarms::delete(session, state).await?;
    let group = log_group(state, found.as_ref());
    // Before the canary: when this run ends between the two, a next one sees no canary any
    // more. And after it: a run that had just begun may have written once more.
    delete_log_group(session, group.as_deref(), &name).await?;
    work.remove().await.doing("delete", THING, &name)?;
    delete_log_group(session, group.as_deref(), &name).await
}

/// The log group of a canary that is there, or of the one that the state knows.
fn log_group(state: &Monitor, found: Option<&Canary>) -> Option<String> {
    let mut state = state.clone();
    if let Some(found) = found {
        read::identity(&mut state, found);
    }
    state.log_group_name.into_known()
}

async fn delete_log_group(session: &Session, group: Option<&str>, name: &str) -> Result<()> {
    let Some(group) = group else { return Ok(()) };
    let deleted = api::delete_log_group(session, group).await;
    deleted.doing("delete the log group of", THING, name)
}

/// What an operation works with. The lists of this run are never asked about the monitor again,
/// since it is about to change.
fn work<'a>(
    context: &'a Context<'_, Clients>,
    session: &'a Session,
    monitor: &'a Monitor,
    deadline: Deadline,
) -> Result<Work<'a>> {
    let name = monitor.canary_name.known("canary_name")?;
    reads::canaries::written(session, name);
    alarms::written(context.clients, session, monitor);
    Ok(Work { session, name, deadline, began: Instant::now(), cancel: &context.cancel })
}

/// A monitor as AWS shows its canary. The code's hash is dropped when the code is another one than
/// ours, and when the canary is broken: it is repaired by sending everything again.
fn as_found(clients: &Clients, private: &Private, state: &Monitor, canary: &Canary) -> Monitor {
    let mut now = read::with_canary(state, canary, &clients.defaults);
    let sent: Option<String> = private.value(CODE_SOURCE);
    let is_broken = api::state(canary) == CanaryState::Error;
    if sent.is_none() || sent != read::code_source(canary) || is_broken {
        now.code_hash = Attr::Null;
    }
    now
}

/// What is left of a monitor after a failure, as far as AWS can tell; nothing of what is not
/// certain, so that the next plan repairs it.
async fn remains(
    context: &Context<'_, Clients>,
    session: &Session,
    planned: &Monitor,
    code_hash: Attr<String>,
) -> Monitor {
    let mut left = planned.clone();
    left.code_hash = code_hash;
    let name = planned.canary_name.as_known().map(String::as_str).unwrap_or_default();
    let Ok(Some(canary)) = reads::canaries::direct(session, name).await else {
        left.alarm_arn = Attr::Null;
        return left;
    };
    let alarms = alarms::find(context.clients, session, planned).await.unwrap_or_default();
    let now = as_found(context.clients, context.private, &left, &canary);
    alarms::as_found(&now, &alarms)
}

/// Sets what only AWS knows, and keeps where the code is now.
fn finish(private: &mut Private, planned: Monitor, canary: &Canary) -> Result<Monitor> {
    let mut done = planned;
    read::identity(&mut done, canary);
    private.keep(CODE_SOURCE, &read::code_source(canary))?;
    Ok(done)
}

/// The canary that an import names, as far as a read needs it.
pub(super) async fn import(
    clients: &Clients,
    session: &Session,
    monitor: Monitor,
    name: &str,
) -> Result<Option<Monitor>> {
    let found = create::find_for_import(clients, session, name).await?;
    let Some(found) = found else { return Ok(None) };
    create::imported(clients, session, monitor, &found).await.map(Some)
}

/// What is told when a canary vanished under our hands.
fn vanished(verb: &str, name: &str, when: &str) -> Error {
    let summary = format!("Unable to {verb} {THING} `{name}`");
    Error::new(summary, format!("The canary was deleted while it was {when}."))
}
