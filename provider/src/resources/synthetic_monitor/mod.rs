//! `hinomi_synthetic_monitor`: one service, watched from outside, and its alarms.
//!
//! `canary` and `probe` are the two engines; `alarms` is the same for both. `lower` turns
//! attributes into the check that they declare, `plan` works out all that can be known before an
//! apply.

mod alarms;
mod canary;
mod lower;
mod model;
mod plan;
mod probe;
mod validate;

use std::collections::BTreeMap;
use std::time::Duration;

use framework::{Applied, Attr, Context, Diagnostics, Error, Plan, Resource, Result};

use crate::aws::Session;
use crate::aws::wait::Deadline;
use crate::claims::Object;
use crate::clients::Clients;
use crate::model::import_id::ImportId;
use crate::model::timeouts::{self, Timeouts};
use crate::model::{account::Account, place, tags};

use model::Engine;
pub use model::Monitor;

/// What messages call it.
const THING: &str = "synthetic monitor";
/// What messages call one of its alarms.
const ALARM: &str = "alarm";
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
        match engine(&planned)? {
            Engine::Canary => Box::pin(canary::create::create(context, planned)).await,
            Engine::Probe => Box::pin(probe::create(context, planned)).await,
        }
    }

    async fn read(context: &mut Context<'_, Clients>, state: Monitor) -> Result<Option<Monitor>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let session = enter(context, &state).await?;
        match engine(&state)? {
            Engine::Canary => canary::read(context, &session, &state).await,
            Engine::Probe => probe::read(context, &session, &state).await,
        }
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Monitor,
        planned: Monitor,
        _: Monitor,
    ) -> Result<Applied<Monitor>> {
        match engine(&planned)? {
            Engine::Canary => Box::pin(canary::update::update(context, &prior, planned)).await,
            Engine::Probe => Box::pin(probe::update(context, &prior, planned)).await,
        }
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Monitor) -> Result<()> {
        let session = enter(context, &state).await?;
        let claims = &context.clients.claims;
        if claims.keeps(&object(&session, &state)?, context.warnings) {
            return Ok(());
        }
        // A monitor of the other engine may have taken over the alarms of its name.
        let state = alarms::without(state, |name| {
            claims.keeps(&Object::new(ALARM, &session, name), context.warnings)
        });
        match engine(&state)? {
            Engine::Canary => canary::delete(context, &session, &state).await,
            Engine::Probe => probe::delete(context, &session, &state).await,
        }
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Monitor> {
        let ImportId { account, region, name } = ImportId::regional(id)?;
        Box::pin(import(context, account, region, name)).await
    }
}

fn engine(monitor: &Monitor) -> Result<Engine> {
    monitor.engine.known("engine").copied()
}

/// Takes what a monitor is about to make: what its engine runs, and its alarms, whose names both engines
/// share.
fn claim(context: &Context<'_, Clients>, session: &Session, planned: &Monitor) -> Result<Claimed> {
    let alarms = alarms::names(planned).into_iter();
    let alarms = alarms.map(|name| Object::new(ALARM, session, &name));
    let objects: Vec<_> = std::iter::once(object(session, planned)?).chain(alarms).collect();
    context.clients.claims.claim_all(&objects)?;
    Ok(Claimed(objects))
}

/// What a monitor has taken.
struct Claimed(Vec<Object>);

impl Claimed {
    /// Gives it back when nothing came about.
    fn release(&self, context: &Context<'_, Clients>) {
        self.0.iter().for_each(|object| context.clients.claims.release(object));
    }
}

/// The object that two monitors of one engine can't both have.
fn object(session: &Session, monitor: &Monitor) -> Result<Object> {
    let name = match engine(monitor)? {
        Engine::Canary => monitor.canary_name.known("canary_name")?,
        Engine::Probe => monitor.monitor_key.known("monitor_key")?,
    };
    Ok(Object::new(THING, session, name))
}

/// The name that messages call a monitor by.
fn label(monitor: &Monitor) -> String {
    let names = [&monitor.name, &monitor.canary_name, &monitor.monitor_key];
    names.into_iter().find_map(Attr::as_known).cloned().unwrap_or_default()
}

/// A session where the monitor lives.
async fn enter(context: &Context<'_, Clients>, monitor: &Monitor) -> Result<Session> {
    let target = place::target(&monitor.account, Some(&monitor.region))?;
    context.clients.session(&target, &context.cancel).await
}

fn deadline(monitor: &Monitor, which: impl Fn(&Timeouts) -> &Attr<String>) -> Deadline {
    Deadline::after(timeouts::limit(&monitor.timeouts, which, LIMIT))
}

/// What the names of all alarms of the provider begin with: one list holds them.
fn prefix(clients: &Clients) -> &str {
    clients.defaults.name_prefix.as_known().map(String::as_str).unwrap_or_default()
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
    if let Some(found) = canary::import(clients, &session, monitor.clone(), &name).await? {
        return Ok(found);
    }
    if let Some(found) = probe::import(clients, &session, monitor, &name).await? {
        return Ok(found);
    }
    let (account, region) = (session.account(), session.region());
    let detail = format!(
        "In account {account}, region {region}, there is no canary `{name}`, and no monitor of that name in this provider's `stack`."
    );
    Err(Error::new(format!("Unable to import {THING} `{name}`"), detail)
        .hint("the id reads `[role@]account/region/name`, or `name` where the provider's account and region are meant."))
}
