//! `hinomi_cost_report`: what all accounts cost, told each morning and recorded.
//!
//! [`model`] holds the attributes, `rules` what is refused of them, `plan` and `price` what is known of
//! them beforehand. `settings` and `wanted` say what its objects shall be, `found` what exists, `apply`
//! brings one to the other, and `read` makes attributes of that.

mod apply;
mod condition;
mod found;
mod holdings;
mod import;
pub mod model;
mod names;
mod plan;
mod policies;
mod price;
mod queries;
mod read;
mod rules;
mod settings;
mod wanted;

use std::time::Duration;

use framework::{Applied, Attr, Context, Diagnostics, Plan, Resource, Result, path};

use self::apply::{Claims, Work};
use self::found::Found;
use self::holdings::Holdings;
pub use self::model::CostReport;
use self::names::{Names, Place};
use self::wanted::Wanted;
use crate::aws::objects::{Patience, bucket};
use crate::aws::wait::Deadline;
use crate::aws::{Failure, Session};
use crate::claims::Object;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::timeouts::{self, Timeouts};
use crate::model::{place, place::target};

/// What messages call it.
const THING: &str = "cost report";
/// Private data: the names of the objects.
const NAMES: &str = "names";
/// Private data: the objects of the history that may exist.
const HOLDINGS: &str = "holdings";
/// The condition of a report that is as it is declared.
const COMPLETE: &str = "complete";
/// The condition of a report that is half made.
const CUT_SHORT: &str = "an apply was cut short";
/// Longest waits where the user sets none. AWS takes some seconds; a history of many versions takes longer to
/// delete.
const LIMIT: Duration = Duration::from_mins(10);

/// The resource.
#[derive(Clone, Copy, Debug)]
pub struct Report;

impl Resource for Report {
    const NAME: &'static str = "cost_report";
    type Model = CostReport;
    type Clients = Clients;

    fn validate(config: &CostReport, diagnostics: &mut Diagnostics) {
        rules::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<CostReport>) -> Result<()> {
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: CostReport,
        _: CostReport,
    ) -> Result<Applied<CostReport>> {
        let entered = Entered::new(context, &planned).await?;
        let object = entered.object();
        context.clients.claims.claim(&object)?;
        let created = Box::pin(create(context, &entered, planned)).await;
        created.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(
        context: &mut Context<'_, Clients>,
        state: CostReport,
    ) -> Result<Option<CostReport>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let entered = Entered::new(context, &state).await?;
        let is_whole = held(context).len() < 2;
        let read = Box::pin(entered.look(context.clients, &state)).await?;
        Ok(read.map(|report| match &report.condition {
            Attr::Known(condition) if condition == COMPLETE && !is_whole => {
                CostReport { condition: Attr::Known(CUT_SHORT.to_owned()), ..report }
            }
            Attr::Known(_) | Attr::Null | Attr::Unknown => report,
        }))
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: CostReport,
        planned: CostReport,
        _: CostReport,
    ) -> Result<Applied<CostReport>> {
        let entered = Entered::new(context, &planned).await?;
        Box::pin(update(context, &entered, &prior, planned)).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: CostReport) -> Result<()> {
        let entered = Entered::new(context, &state).await?;
        if context.clients.claims.keeps(&entered.object(), context.warnings) {
            return Ok(());
        }
        let patience = patience(context, &state, |limits| &limits.delete);
        let with_content = state.force_destroy.as_known() == Some(&true);
        let wanted = Holdings::of(&entered.wanted(context.clients, &state)?);
        let held = Holdings::with(held(context), &wanted);
        let removed = Box::pin(entered.work(patience).remove(&state, &held, with_content)).await;
        let kept = removed.doing("delete", THING, shown(&state))?;
        warn_of_kept(context, &state, &kept);
        Ok(())
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<CostReport> {
        import::find(context, id).await
    }
}

/// The account and region of a report, entered, and the names of its objects there.
struct Entered {
    session: Session,
    place: Place,
    names: Names,
    iam_path: String,
}

impl Entered {
    async fn new(context: &Context<'_, Clients>, report: &CostReport) -> Result<Self> {
        let target = target(&report.account, Some(&report.region))?;
        let session = context.clients.session(&target, &context.cancel).await?;
        let place = Place::new(session.account().clone(), session.region().clone());
        let defaults = &context.clients.defaults;
        let names = if let Some(names) = context.private.value(NAMES) {
            names
        } else {
            let prefix = defaults.name_prefix.known("name_prefix")?;
            let stack = defaults.stack.known("stack")?;
            Names::of(prefix, stack, report.name.known("name")?, &place)?
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

    fn wanted(&self, clients: &Clients, report: &CostReport) -> Result<Wanted> {
        let base_url = clients.defaults.discord_base_url.as_known().cloned();
        Wanted::of(report, &self.place, &self.names, &self.iam_path, base_url)
    }

    /// Refuses objects that have our names and are not ours, and what of the user's own can't be used.
    async fn refuse_others(
        &self,
        work: &Work<'_>,
        claims: Claims,
        wanted: &Wanted,
    ) -> Result<(), Failure> {
        work.check_given(wanted).await?;
        let found = Found::of(&self.session, &self.names, wanted).await?;
        found.check(claims, wanted)?;
        // A bucket without tags may be what a run that was killed left; then it holds nothing.
        let bucket = found.bucket.filter(|bucket| bucket.tags.is_empty());
        let Some(bucket) = bucket else { return Ok(()) };
        let name = wanted.bucket.name();
        if bucket::is_empty(&self.session, name).await? {
            return Ok(());
        }
        claims.bucket.check("bucket", name, &bucket.tags, &wanted.tags)
    }

    /// The report as it is; `None` when nothing of it exists.
    async fn look(&self, clients: &Clients, state: &CostReport) -> Result<Option<CostReport>> {
        let wanted = self.wanted(clients, state)?;
        let found = Found::of(&self.session, &self.names, &wanted).await;
        let found = found.doing("read", THING, shown(state))?;
        if found.is_nothing() {
            return Ok(None);
        }
        read::as_found(self, clients, state, &found).map(Some)
    }
}

async fn create(
    context: &mut Context<'_, Clients>,
    entered: &Entered,
    planned: CostReport,
) -> Result<Applied<CostReport>> {
    let name = shown(&planned).to_owned();
    let (wanted, package) = (entered.wanted(context.clients, &planned)?, apply::package(&planned)?);
    context.private.keep(HOLDINGS, &[Holdings::of(&wanted)])?;
    let patience = patience(context, &planned, |limits| &limits.create);
    let work = entered.work(patience);
    let free = Box::pin(entered.refuse_others(&work, Claims::NEW, &wanted)).await;
    free.doing("create", THING, &name)?;
    let made = Box::pin(work.make(Claims::NEW, &wanted, &package)).await;
    let Err(error) = made.doing("create", THING, &name) else { return Ok(Applied::Done(planned)) };
    match Box::pin(entered.look(context.clients, &planned)).await {
        Ok(None) => Err(error),
        Ok(Some(left)) => Ok(Applied::Partial(left, error)),
        // What exists can't be told: the object is made anew, and finds whatever there is.
        Err(_) => Ok(Applied::Partial(cut_short(planned), error)),
    }
}

async fn update(
    context: &mut Context<'_, Clients>,
    entered: &Entered,
    prior: &CostReport,
    planned: CostReport,
) -> Result<Applied<CostReport>> {
    let name = shown(&planned).to_owned();
    let (wanted, package) = (entered.wanted(context.clients, &planned)?, apply::package(&planned)?);
    let before = Holdings::of(&entered.wanted(context.clients, prior)?);
    let wanted_holdings = Holdings::of(&wanted);
    let held = Holdings::with(held(context), &before);
    let leaving = Holdings::leaving(&held, &wanted_holdings);
    let claims = Claims::of(prior, &wanted);
    let changed = {
        let work = entered.work(patience(context, &planned, |limits| &limits.update));
        let with_content = planned.force_destroy.as_known() == Some(&true);
        let free = Box::pin(async {
            for left in leaving.iter().filter(|_| !with_content) {
                left.refuse_others(&entered.session, Some(&wanted_holdings), &held).await?;
            }
            entered.refuse_others(&work, claims, &wanted).await
        });
        free.await.doing("update", THING, &name)?;
        Box::pin(change(&work, prior, &wanted, claims, &package, &leaving)).await
    };
    match changed.doing("update", THING, &name) {
        Ok(kept) => {
            context.private.keep(HOLDINGS, &[wanted_holdings])?;
            warn_of_kept(context, &planned, &kept);
            Ok(Applied::Done(planned))
        }
        Err(error) => {
            context.private.keep(HOLDINGS, &Holdings::with(held, &wanted_holdings))?;
            let left = still_having(prior, planned);
            match Box::pin(entered.look(context.clients, &left)).await {
                Ok(None) => Err(error),
                Ok(Some(left)) => Ok(Applied::Partial(left, error)),
                // What was made must be in a state all the same, to be removed one day.
                Err(_) => Ok(Applied::Partial(cut_short(left), error)),
            }
        }
    }
}

/// Makes what is wanted, and removes what is so no longer. Returns the buckets that stay, since they hold
/// something: what was recorded is nobody's to delete because it is recorded elsewhere now.
async fn change(
    work: &Work<'_>,
    prior: &CostReport,
    wanted: &Wanted,
    claims: Claims,
    package: &crate::aws::objects::agent::Package,
    leaving: &[Holdings],
) -> Result<Vec<String>, Failure> {
    work.make(claims, wanted, package).await?;
    work.drop_roles(prior, wanted).await?;
    let (mut kept, wanted) = (Vec::new(), Holdings::of(wanted));
    for held in leaving {
        kept.extend(held.remove(work.session, Some(&wanted), false).await?);
    }
    Ok(kept)
}

fn cut_short(report: CostReport) -> CostReport {
    CostReport { condition: Attr::Known(CUT_SHORT.to_owned()), ..report }
}

/// What was planned, but with the roles that were to be removed: the next plan removes them.
fn still_having(prior: &CostReport, planned: CostReport) -> CostReport {
    let mut left = planned;
    if prior.role_arn.is_null() && !left.role_arn.is_null() {
        left.role_arn = Attr::Null;
        left.execution_role_arn = prior.execution_role_arn.clone();
    }
    if prior.scheduler_role_arn.is_null() && !left.scheduler_role_arn.is_null() {
        left.scheduler_role_arn = Attr::Null;
        left.scheduler_execution_role_arn = prior.scheduler_execution_role_arn.clone();
    }
    left
}

/// Says where what was recorded stays.
fn warn_of_kept(context: &mut Context<'_, Clients>, report: &CostReport, kept: &[String]) {
    for bucket in kept {
        let detail = format!(
            "The costs that the report `{}` recorded stay in the bucket `{bucket}`. A report of the same name, stack, account and region takes it up again. To remove it, empty and delete it by hand, or set `force_destroy = true` and apply before the next destroy.",
            shown(report),
        );
        let at = path!(CostReport => force_destroy);
        context.warnings.warning(at, "The recorded costs are kept", detail);
    }
}

/// The objects of the history that may exist.
fn held(context: &Context<'_, Clients>) -> Vec<Holdings> {
    context.private.value(HOLDINGS).unwrap_or_default()
}

/// The report's name for messages.
fn shown(report: &CostReport) -> &str {
    report.name.as_known().map_or("", String::as_str)
}

fn patience<'a>(
    context: &'a Context<'_, Clients>,
    report: &CostReport,
    which: impl Fn(&Timeouts) -> &Attr<String>,
) -> Patience<'a> {
    let limit = timeouts::limit(&report.timeouts, which, LIMIT);
    Patience { deadline: Deadline::after(limit), cancel: &context.cancel }
}
