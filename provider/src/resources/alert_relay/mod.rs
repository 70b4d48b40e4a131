//! `hinomi_alert_relay`: what rings in an account, told on Discord; or a spoke of another relay.
//!
//! [`model`] holds the attributes, `rules` what is refused of them. `names`, `policies`, `settings`
//! and `blueprint` say what the relay's objects shall be; `converge` brings them to that, whatever
//! they are, and `clear` removes them. `look` reads them, and `read` makes attributes of that.
//!
//! Nothing but the names is remembered between runs: each apply looks at what exists, so one that was
//! cut short at any call is gone on with by the next.

mod admission;
mod blueprint;
mod clear;
mod converge;
mod import;
mod look;
pub mod model;
mod names;
mod plan;
mod policies;
mod read;
mod ring;
mod rules;
mod settings;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use framework::{Applied, Attr, Context, Diagnostics, Error, Plan, Resource, Result};

use self::blueprint::Blueprint;
use self::converge::Work;
use self::model::Relay;
use self::names::{Names, Place};
use crate::aws::objects::Patience;
use crate::aws::wait::Deadline;
use crate::aws::{Region, Session, Target};
use crate::claims::Object;
use crate::clients::Clients;
use crate::model::texts::known as texts;
use crate::model::timeouts::{self, Timeouts};
use crate::model::{place, place::target};

/// What a user calls the resource.
const THING: &str = "alert relay";
/// Private data: the names of the relay's objects.
const NAMES: &str = "names";
/// Private data: the drill of a new relay could not be sent.
const UNRUNG: &str = "unrung";
/// The condition of a relay that is as it is declared.
const COMPLETE: &str = "complete";
/// Longest waits where the user sets none.
const LIMIT: Duration = Duration::from_mins(10);

/// The resource `hinomi_alert_relay`.
#[derive(Clone, Copy, Debug)]
pub struct AlertRelay;

impl Resource for AlertRelay {
    const NAME: &'static str = "alert_relay";
    type Model = Relay;
    type Clients = Clients;

    fn validate(config: &Relay, diagnostics: &mut Diagnostics) {
        rules::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<Relay>) -> Result<()> {
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: Relay,
        _config: Relay,
    ) -> Result<Applied<Relay>> {
        let entered = Entered::of(context, &planned).await?;
        let object = entered.object();
        context.clients.claims.claim(&object)?;
        let created = Box::pin(create(context, &entered, planned)).await;
        created.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(context: &mut Context<'_, Clients>, state: Relay) -> Result<Option<Relay>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let entered = Entered::of(context, &state).await?;
        let read = Box::pin(read::read(context.clients, &entered, &state)).await?;
        let is_unrung = context.private.value(UNRUNG).unwrap_or(false);
        Ok(read.map(|relay| if is_unrung { Relay { ring: Attr::Null, ..relay } } else { relay }))
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Relay,
        planned: Relay,
        _config: Relay,
    ) -> Result<Applied<Relay>> {
        let entered = Entered::of(context, &planned).await?;
        Box::pin(update(context, &entered, prior, planned)).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Relay) -> Result<()> {
        let entered = Entered::of(context, &state).await?;
        if context.clients.claims.keeps(&entered.object(), context.warnings) {
            return Ok(());
        }
        let patience = patience(context, &state, |limits| &limits.delete);
        let cleared = Box::pin(clear::all(&entered, &state, patience)).await;
        crate::diagnose::Doing::doing(cleared, "delete", THING, shown(&state))
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Relay> {
        import::find(context, id).await
    }
}

/// A relay's place, entered: its sessions and the names of its objects.
struct Entered {
    place: Place,
    names: Names,
    home: Session,
    /// Sessions of its regions, the home region's too.
    regions: BTreeMap<Region, Session>,
}

impl Entered {
    async fn of(context: &mut Context<'_, Clients>, relay: &Relay) -> Result<Self> {
        let target = target(&relay.account, Some(&relay.region))?;
        let home = context.clients.session(&target, &context.cancel).await?;
        let names = match context.private.value(NAMES) {
            Some(names) => names,
            None => plan::named(context.clients, relay)?.ok_or_else(|| {
                Error::provider_bug("the names of the relay's objects are not known")
            })?,
        };
        context.private.keep(NAMES, &names)?;
        let mut entered = Self {
            place: Place {
                partition: home.partition().clone(),
                account: home.account().clone(),
                home: home.region().clone(),
                iam_path: plan::iam_path(context.clients),
            },
            names,
            regions: BTreeMap::from([(home.region().clone(), home.clone())]),
            home,
        };
        entered.enter(context, &target, &texts(&relay.regions)).await?;
        Ok(entered)
    }

    /// Opens sessions in more regions.
    async fn enter(
        &mut self,
        context: &Context<'_, Clients>,
        target: &Target,
        regions: &BTreeSet<String>,
    ) -> Result<()> {
        for region in regions.iter().filter_map(|region| region.parse::<Region>().ok()) {
            let target = Target { region: Some(region.clone()), ..target.clone() };
            let session = context.clients.session(&target, &context.cancel).await?;
            self.regions.insert(region, session);
        }
        Ok(())
    }

    fn object(&self) -> Object {
        Object::new(THING, &self.home, &self.names.topic)
    }

    fn blueprint(&self, clients: &Clients, relay: &Relay) -> Result<Blueprint> {
        let base_url = clients.defaults.discord_base_url.as_known().cloned();
        Blueprint::of(relay, self.names.clone(), self.place.clone(), base_url)
    }
}

/// The relay's name for messages.
fn shown(relay: &Relay) -> &str {
    relay.name.as_known().map_or("", String::as_str)
}

fn patience<'a>(
    context: &'a Context<'_, Clients>,
    relay: &Relay,
    which: impl Fn(&Timeouts) -> &Attr<String>,
) -> Patience<'a> {
    let limit = timeouts::limit(&relay.timeouts, which, LIMIT);
    Patience { deadline: Deadline::after(limit), cancel: &context.cancel }
}

async fn create(
    context: &mut Context<'_, Clients>,
    entered: &Entered,
    planned: Relay,
) -> Result<Applied<Relay>> {
    let blueprint = entered.blueprint(context.clients, &planned)?;
    let subscribers = converge::subscribers(context, entered, &planned).await?;
    let at_queue = converge::queue_session(context, entered, &planned).await?;
    let patience = patience(context, &planned, |limits| &limits.create);
    let blueprint = &blueprint;
    let work = Work { entered, blueprint, subscribers, at_queue, patience, known: None };
    // Before anything exists that a destroy would take for the relay's.
    let free = work.refuse_others().await;
    crate::diagnose::Doing::doing(free, "create", THING, shown(&planned))?;
    if let Err(failure) = work.converge().await {
        let error = crate::diagnose::aws_error(&failure, "create", THING, shown(&planned));
        let left = Relay { condition: incomplete(), ..planned };
        return Ok(Applied::Partial(left, error));
    }
    if let Err(failure) = ring::first(entered, &planned).await {
        // An error would taint the relay, and the next apply would make all of it anew.
        ring::warn(context, &planned, &failure);
        context.private.keep(UNRUNG, &true)?;
    }
    Ok(Applied::Done(planned))
}

async fn update(
    context: &mut Context<'_, Clients>,
    entered: &Entered,
    prior: Relay,
    planned: Relay,
) -> Result<Applied<Relay>> {
    let blueprint = entered.blueprint(context.clients, &planned)?;
    let subscribers = converge::subscribers(context, entered, &planned).await?;
    let at_queue = converge::queue_session(context, entered, &planned).await?;
    let leaving = leaving(context, &prior, &planned).await?;
    let patience = patience(context, &planned, |limits| &limits.update);
    let (blueprint, known) = (&blueprint, Some(&prior));
    let work = Work { entered, blueprint, subscribers, at_queue, patience, known };
    let free = work.refuse_others().await;
    crate::diagnose::Doing::doing(free, "update", THING, shown(&planned))?;
    let mut changed = work.converge().await;
    if changed.is_ok() {
        changed = clear::what_left(&work, &leaving, &prior).await;
    }
    if let Err(failure) = changed {
        let error = crate::diagnose::aws_error(&failure, "update", THING, shown(&planned));
        return Ok(Applied::Partial(half_way(prior, &planned), error));
    }
    if prior.ring != planned.ring || context.private.value(UNRUNG).unwrap_or(false) {
        if let Err(failure) = ring::first(entered, &planned).await {
            let error = ring::error(&planned, &failure);
            return Ok(Applied::Partial(Relay { ring: prior.ring, ..planned }, error));
        }
        context.private.forget(UNRUNG);
    }
    Ok(Applied::Done(planned))
}

/// Sessions in the regions that leave the relay.
async fn leaving(
    context: &Context<'_, Clients>,
    prior: &Relay,
    planned: &Relay,
) -> Result<Vec<Session>> {
    let account = target(&prior.account, Some(&prior.region))?;
    let mut sessions = Vec::new();
    for region in texts(&prior.regions).difference(&texts(&planned.regions)) {
        let Ok(region) = region.parse() else { continue };
        let target = Target { region: Some(region), ..account.clone() };
        sessions.push(context.clients.session(&target, &context.cancel).await?);
    }
    Ok(sessions)
}

/// What a relay is after an update that failed: what it was, with all that it may have come to own.
/// The next read finds out the rest.
fn half_way(prior: Relay, planned: &Relay) -> Relay {
    let regions =
        texts(&prior.regions).union(&texts(&planned.regions)).cloned().map(Attr::Known).collect();
    let health =
        Attr::Known(prior.health != Attr::Known(false) || planned.health != Attr::Known(false));
    let left = Relay { regions: Attr::Known(regions), health, condition: incomplete(), ..prior };
    if left.role_arn.is_null() || !planned.role_arn.is_null() {
        return left;
    }
    // Roles may have been made in place of the given ones: with those in the state nobody would ever
    // remove them.
    Relay {
        role_arn: Attr::Null,
        scheduler_role_arn: Attr::Null,
        execution_role_arn: planned.execution_role_arn.clone(),
        scheduler_execution_role_arn: planned.scheduler_execution_role_arn.clone(),
        permissions_boundary: planned.permissions_boundary.clone(),
        ..left
    }
}

fn incomplete() -> Attr<String> {
    Attr::Known("an apply was cut short".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_way_to_roles_of_its_own_a_relay_may_have_them() {
        let known = |text: &str| Attr::Known(text.to_owned());
        let given = || Relay {
            role_arn: known("given"),
            scheduler_role_arn: known("given"),
            execution_role_arn: known("given"),
            ..Relay::default()
        };
        let made = || Relay { execution_role_arn: known("made"), ..Relay::default() };
        for (prior, planned, role, execution) in [
            (given(), made(), Attr::Null, "made"),
            (made(), given(), Attr::Null, "made"),
            (given(), given(), known("given"), "given"),
        ] {
            let left = half_way(prior, &planned);
            assert_eq!((&left.role_arn, &left.scheduler_role_arn), (&role, &role));
            assert_eq!(left.execution_role_arn, known(execution));
        }
    }
}
