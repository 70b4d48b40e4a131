//! `hinomi_monitor_location`: a place that checks run from.
//!
//! `wanted` says what its objects shall be, `found` what exists, `apply` brings one to the other,
//! `read` and `drift` tell the difference.

mod apply;
mod drift;
mod found;
mod import;
mod model;
mod names;
mod plan;
mod policies;
mod read;
mod validate;
mod wanted;

use std::time::Duration;

use framework::{Applied, Attr, Context, Diagnostics, Plan, Resource, Result, path};

use self::apply::{Claims, Work};
use self::found::Found;
pub use self::model::MonitorLocation;
use self::names::{Names, Place};
use self::wanted::{Wanted, has_canaries};
use crate::aws::objects::{Patience, bucket};
use crate::aws::wait::Deadline;
use crate::aws::{Failure, Session};
use crate::claims::Object;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::timeouts::{self, Timeouts};
use crate::model::{place, place::target};

/// What messages call it.
const THING: &str = "monitor location";
/// Private data: the names of the objects.
const NAMES: &str = "names";
/// Longest waits where the user sets none. AWS takes some seconds; a function in a VPC a minute.
const LIMIT: Duration = Duration::from_mins(10);

/// The resource.
#[derive(Clone, Copy, Debug)]
pub struct Location;

impl Resource for Location {
    const NAME: &'static str = "monitor_location";
    type Model = MonitorLocation;
    type Clients = Clients;

    fn validate(config: &MonitorLocation, diagnostics: &mut Diagnostics) {
        validate::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<MonitorLocation>) -> Result<()> {
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: MonitorLocation,
        _: MonitorLocation,
    ) -> Result<Applied<MonitorLocation>> {
        let place = Entered::new(context, &planned).await?;
        let object = place.object();
        context.clients.claims.claim(&object)?;
        let created = Box::pin(create(context, &place, born(planned))).await;
        created.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(
        context: &mut Context<'_, Clients>,
        state: MonitorLocation,
    ) -> Result<Option<MonitorLocation>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let place = Entered::new(context, &state).await?;
        place.look(context.clients, &state).await
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: MonitorLocation,
        planned: MonitorLocation,
        _: MonitorLocation,
    ) -> Result<Applied<MonitorLocation>> {
        let place = Entered::new(context, &planned).await?;
        Box::pin(update(context, &place, &prior, planned)).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: MonitorLocation) -> Result<()> {
        let place = Entered::new(context, &state).await?;
        if context.clients.claims.keeps(&place.object(), context.warnings) {
            return Ok(());
        }
        let patience = patience(context, &state, |limits| &limits.delete);
        let with_content = state.force_destroy.as_known() == Some(&true);
        let removed = place.work(patience).remove(&state, with_content).await;
        removed.doing("delete", THING, label(&state))?;
        if state.vpc.as_known().is_some() {
            warn_of_interfaces(context, &state, "is gone");
        }
        Ok(())
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<MonitorLocation> {
        import::find(context, id).await
    }
}

/// The account and region of a location, entered, and the names of its objects there.
struct Entered {
    session: Session,
    place: Place,
    names: Names,
    iam_path: String,
}

impl Entered {
    async fn new(context: &Context<'_, Clients>, location: &MonitorLocation) -> Result<Self> {
        let target = target(&location.account, Some(&location.region))?;
        let session = context.clients.session(&target, &context.cancel).await?;
        let place = Place::new(session.account().clone(), session.region().clone());
        let defaults = &context.clients.defaults;
        let names = if let Some(names) = plan::kept(context.private) {
            names
        } else {
            let prefix = defaults.name_prefix.known("name_prefix")?;
            let stack = defaults.stack.known("stack")?;
            Names::of(prefix, stack, location.name.known("name")?, &place)?
        };
        let iam_path = defaults.iam_path.as_known().cloned();
        let iam_path = iam_path.unwrap_or_else(|| plan::IAM_PATH.to_owned());
        Ok(Self { session, place, names, iam_path })
    }

    fn object(&self) -> Object {
        Object::new(THING, &self.session, &self.names.function)
    }

    fn work<'a>(&'a self, patience: Patience<'a>) -> Work<'a> {
        Work { session: &self.session, patience, names: &self.names }
    }

    fn wanted(&self, location: &MonitorLocation) -> Result<Wanted> {
        Wanted::of(location, &self.place, &self.names, &self.iam_path)
    }

    /// Refuses objects that have our names and are not ours.
    async fn refuse_others(&self, claims: Claims, wanted: &Wanted) -> Result<(), Failure> {
        let found = Found::of(&self.session, &self.names, wanted).await?;
        found.check(claims, wanted)
    }

    /// The location as it is; `None` when nothing of it exists.
    async fn look(
        &self,
        clients: &Clients,
        state: &MonitorLocation,
    ) -> Result<Option<MonitorLocation>> {
        let wanted = self.wanted(state)?;
        let found = Found::of(&self.session, &self.names, &wanted).await;
        let found = found.doing("read", THING, label(state))?;
        if found.is_nothing() {
            return Ok(None);
        }
        let (place, names) = (&self.place, &self.names);
        Ok(Some(read::as_found(state, place, names, &wanted, &found, &clients.defaults)))
    }
}

async fn create(
    context: &mut Context<'_, Clients>,
    place: &Entered,
    planned: MonitorLocation,
) -> Result<Applied<MonitorLocation>> {
    let name = label(&planned).to_owned();
    let (wanted, package) = (place.wanted(&planned)?, apply::package(&planned)?);
    place.refuse_others(Claims::NEW, &wanted).await.doing("create", THING, &name)?;
    let patience = patience(context, &planned, |limits| &limits.create);
    let made = place.work(patience).make(Claims::NEW, &wanted, &package).await;
    let Err(error) = made.doing("create", THING, &name) else { return Ok(Applied::Done(planned)) };
    match place.look(context.clients, &planned).await {
        Ok(None) => Err(error),
        Ok(Some(left)) => Ok(Applied::Partial(left, error)),
        // What exists can't be told: the object is made anew, and finds whatever there is.
        Err(_) => Ok(Applied::Partial(planned, error)),
    }
}

async fn update(
    context: &mut Context<'_, Clients>,
    place: &Entered,
    prior: &MonitorLocation,
    planned: MonitorLocation,
) -> Result<Applied<MonitorLocation>> {
    let name = label(&planned).to_owned();
    let (wanted, package) = (place.wanted(&planned)?, apply::package(&planned)?);
    let with_content = planned.force_destroy.as_known() == Some(&true);
    if has_canaries(prior) && wanted.bucket.is_none() && !with_content {
        let refused = bucket::refuse(&place.session, &place.names.bucket).await;
        refused.doing("update", THING, &name)?;
    }
    let claims = Claims::of(prior);
    place.refuse_others(claims, &wanted).await.doing("update", THING, &name)?;
    let patience = patience(context, &planned, |limits| &limits.update);
    let work = place.work(patience);
    let made = match work.make(claims, &wanted, &package).await {
        Ok(()) => work.drop_unwanted(prior, &wanted, with_content).await,
        failed => failed,
    };
    let Err(error) = made.doing("update", THING, &name) else {
        if prior.vpc.as_known().is_some() && planned.vpc.is_null() {
            warn_of_interfaces(context, &planned, "has left its VPC");
        }
        return Ok(Applied::Done(planned));
    };
    let left = still_having(prior, planned);
    match place.look(context.clients, &left).await {
        Ok(None) => Err(error),
        Ok(Some(left)) => Ok(Applied::Partial(left, error)),
        // What exists can't be told: what was made must be in a state all the same, to be removed one day.
        Err(_) => Ok(Applied::Partial(left, error)),
    }
}

/// What was planned, but with the objects that were to be removed: the next plan removes them.
fn still_having(prior: &MonitorLocation, planned: MonitorLocation) -> MonitorLocation {
    let mut left = planned;
    if prior.role_arn.is_null() && !left.role_arn.is_null() {
        left.role_arn = Attr::Null;
        left.execution_role_arn = prior.execution_role_arn.clone();
    }
    if prior.scheduler_role_arn.is_null() && !left.scheduler_role_arn.is_null() {
        left.scheduler_role_arn = Attr::Null;
        left.scheduler_execution_role_arn = prior.scheduler_execution_role_arn.clone();
    }
    if has_canaries(prior) && !has_canaries(&left) {
        left.canaries = prior.canaries.clone();
        left.canary_role_arn = prior.canary_role_arn.clone();
        left.canary_policy_json = prior.canary_policy_json.clone();
    }
    left
}

/// The location with the time at which it is made.
fn born(mut planned: MonitorLocation) -> MonitorLocation {
    let now = Attr::Known(jiff::Timestamp::now().to_string());
    if let Some(offered) = planned.location.as_known_mut() {
        offered.made_at = now;
    }
    planned
}

/// Lambda removes the network interfaces of a function with the function's role, up to 20 minutes later,
/// and without the role not at all
/// (<https://repost.aws/knowledge-center/lambda-eni-find-delete>). Only EC2 could tell when it has.
fn warn_of_interfaces(context: &mut Context<'_, Clients>, location: &MonitorLocation, what: &str) {
    let detail = format!(
        "The function of the location `{}` {what}, and what its role allowed with it. Lambda removes the network interfaces that it had in the subnets with that role, up to 20 minutes later, so some may stay, and until they are gone neither subnets nor security groups can be destroyed. In 20 minutes look for interfaces whose description begins with `AWS Lambda VPC ENI-{}`, and delete those by hand.",
        label(location),
        location.function_name.as_known().map_or("", String::as_str),
    );
    let summary = "Network interfaces may stay in the VPC";
    context.warnings.warning(path!(MonitorLocation => vpc), summary, detail);
}

/// The location's name for messages.
fn label(location: &MonitorLocation) -> &str {
    location.name.as_known().map_or("", String::as_str)
}

fn patience<'a>(
    context: &'a Context<'_, Clients>,
    location: &MonitorLocation,
    which: impl Fn(&Timeouts) -> &Attr<String>,
) -> Patience<'a> {
    let limit = timeouts::limit(&location.timeouts, which, LIMIT);
    Patience { deadline: Deadline::after(limit), cancel: &context.cancel }
}
