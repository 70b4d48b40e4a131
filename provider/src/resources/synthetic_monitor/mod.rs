//! `hinomi_synthetic_monitor`: one service, watched from outside, and its alarm.
//!
//! The canary comes first and goes last. Every operation looks at what exists before it acts, so
//! that one which was killed at any call is finished by the next.

mod api;
mod blueprint;
mod create;
mod drive;
mod lower;
mod model;
mod plan;
mod read;
mod settings;
mod update;
mod validate;

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sdk_cloudwatch::types::MetricAlarm;
use aws_sdk_synthetics::types::{Canary, CanaryState};
use framework::{Applied, Attr, Context, Diagnostics, Error, Plan, Private, Resource, Result};
use tokio::time::Instant;

use crate::aws::reads::alarms::Alarm;
use crate::aws::wait::Deadline;
use crate::aws::{Session, reads};
use crate::claims::Object;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::import_id::ImportId;
use crate::model::timeouts::{self, Timeouts};
use crate::model::{account::Account, place, tags};

use drive::Work;
pub use model::Monitor;

/// What messages call it.
const THING: &str = "synthetic monitor";
/// Private data: where AWS kept the code when we last sent it.
const CODE_SOURCE: &str = "code_source";
/// Longest waits where the user sets none. AWS takes a minute or two for each; in a VPC longer.
const LIMIT: Duration = Duration::from_mins(10);

/// The resource.
#[derive(Clone, Copy, Debug)]
pub struct SyntheticMonitor;

impl Resource for SyntheticMonitor {
    const NAME: &'static str = "synthetic_monitor";
    type Model = Monitor;
    type Clients = Clients;

    fn validate(config: &Monitor, diagnostics: &mut Diagnostics) {
        validate::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<Monitor>) -> Result<()> {
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: Monitor,
        _: Monitor,
    ) -> Result<Applied<Monitor>> {
        Box::pin(create::create(context, planned)).await
    }

    async fn read(context: &mut Context<'_, Clients>, state: Monitor) -> Result<Option<Monitor>> {
        let name = label(&state);
        place::note_promise(context.private, &context.clients.defaults)?;
        let session = enter(context, &state).await?;
        let canary_name = state.canary_name.known("canary_name")?;
        let found =
            reads::canaries::find(&session, canary_name).await.doing("read", THING, &name)?;
        let Some(found) = found else { return Ok(None) };
        let alarm = find_alarm(context.clients, &session, &state).await?;
        Ok(Some(as_found(context.clients, context.private, &state, &found, alarm.as_ref())))
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Monitor,
        planned: Monitor,
        _: Monitor,
    ) -> Result<Applied<Monitor>> {
        Box::pin(update::update(context, &prior, planned)).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Monitor) -> Result<()> {
        let name = label(&state);
        let session = enter(context, &state).await?;
        let object = Object::new(THING, &session, state.canary_name.known("canary_name")?);
        if context.clients.claims.keeps(&object, context.warnings) {
            return Ok(());
        }
        let deadline = deadline(&state, |limits| &limits.delete);
        let work = work(context, &session, &state, deadline)?;
        let found = work.drive(drive::Goal::Idle).await.doing("stop", THING, &name)?;
        if let Some(alarm) = state.alarm_name.as_known() {
            api::alarm::delete(&session, alarm).await.doing("delete the alarm of", THING, &name)?;
        }
        let group = log_group(&state, found.as_ref());
        // Before the canary: when this run ends between the two, a next one sees no canary any
        // more. And after it: a run that had just begun may have written once more.
        delete_log_group(&session, group.as_deref(), &name).await?;
        work.remove().await.doing("delete", THING, &name)?;
        delete_log_group(&session, group.as_deref(), &name).await
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Monitor> {
        let ImportId { account, region, name } = ImportId::regional(id)?;
        import(context, account, region, name).await
    }
}

/// The name that messages call a monitor by.
fn label(monitor: &Monitor) -> String {
    monitor.name.as_known().or(monitor.canary_name.as_known()).cloned().unwrap_or_default()
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
    let deleted = api::canary::delete_log_group(session, group).await;
    deleted.doing("delete the log group of", THING, name)
}

/// A session where the monitor lives.
async fn enter(context: &Context<'_, Clients>, monitor: &Monitor) -> Result<Session> {
    let target = place::target(&monitor.account, Some(&monitor.region))?;
    context.clients.session(&target, &context.cancel).await
}

fn deadline(monitor: &Monitor, which: impl Fn(&Timeouts) -> &Attr<String>) -> Deadline {
    Deadline::after(timeouts::limit(&monitor.timeouts, which, LIMIT))
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
    if let Some(alarm) = monitor.alarm_name.as_known() {
        reads::alarms::written(session, prefix(context.clients), alarm);
    }
    Ok(Work { session, name, deadline, began: Instant::now(), cancel: &context.cancel })
}

/// What the names of all alarms of the provider begin with: one list holds them.
fn prefix(clients: &Clients) -> &str {
    clients.defaults.name_prefix.as_known().map(String::as_str).unwrap_or_default()
}

async fn find_alarm(
    clients: &Clients,
    session: &Session,
    monitor: &Monitor,
) -> Result<Option<MetricAlarm>> {
    let Some(name) = monitor.alarm_name.as_known() else { return Ok(None) };
    let found = reads::alarms::find(session, prefix(clients), name).await;
    Ok(match found.doing("read the alarm of", THING, &label(monitor))? {
        Some(Alarm::Metric(alarm)) => Some(*alarm),
        Some(Alarm::Composite(_)) | None => None,
    })
}

/// A monitor as AWS shows it. The code's hash is dropped when the code is another one than ours, and
/// when the canary is broken: it is repaired by sending everything again.
fn as_found(
    clients: &Clients,
    private: &Private,
    state: &Monitor,
    canary: &Canary,
    alarm: Option<&MetricAlarm>,
) -> Monitor {
    let mut now = read::with_canary(state, canary, &clients.defaults);
    if !state.alarm_name.is_null() {
        now = read::with_alarm(&now, alarm);
    }
    let sent: Option<String> = private.value(CODE_SOURCE);
    let is_broken = api::canary::state(canary) == CanaryState::Error;
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
    let alarm = find_alarm(context.clients, session, planned).await.unwrap_or_default();
    as_found(context.clients, context.private, &left, &canary, alarm.as_ref())
}

/// Sets what only AWS knows, and keeps where the code is now.
fn finish(private: &mut Private, planned: Monitor, canary: &Canary) -> Result<Monitor> {
    let mut done = planned;
    read::identity(&mut done, canary);
    private.keep(CODE_SOURCE, &read::code_source(canary))?;
    Ok(done)
}

fn plain_tags(monitor: &Monitor) -> Result<BTreeMap<String, String>> {
    let bug = || Error::provider_bug("a tag is not known while it must be");
    tags::plain(&monitor.tags_all).ok_or_else(bug)
}

async fn import(
    context: &Context<'_, Clients>,
    account: Attr<Account>,
    region: Attr<String>,
    name: String,
) -> Result<Monitor> {
    let clients = context.clients;
    let default = clients.defaults.account_parts();
    let given = account.into_known().unwrap_or_default();
    let account = Account {
        id: given.id.or(default.id),
        role_name: given.role_name.or(default.role_name),
        external_id: given.external_id.or(default.external_id),
    };
    let region = region.or(clients.defaults.region.clone());
    let mut monitor = Monitor { account: Attr::Known(account), region, ..Monitor::default() };
    let session = enter(context, &monitor).await?;
    if let Some(account) = monitor.account.as_known_mut() {
        account.id = Attr::Known(session.account().to_string());
    }
    monitor.region = Attr::Known(session.region().to_string());
    let found = create::find_for_import(clients, &session, &name).await?;
    create::imported(clients, &session, monitor, &found).await
}
