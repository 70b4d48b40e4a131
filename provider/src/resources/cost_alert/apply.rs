//! Bringing budget and anomaly watch to what is planned, and what is kept when that fails half-way.

use framework::{Applied, Attr, Context, Error, Result};

use super::anomaly::clear;
use super::anomaly::converge::{self as watching, Work};
use super::anomaly::look::{self, Known};
use super::budget::{api, converge as budgeting};
use super::model::{Alert, Status};
use super::stop::Stop;
use super::{THING, owner, read, shown};
use crate::aws::Session;
use crate::clients::Clients;
use crate::diagnose::{Doing, aws_error};

/// Makes what the alert declares.
///
/// # Errors
/// When nothing was made.
pub(super) async fn create(
    context: &mut Context<'_, Clients>,
    session: &Session,
    planned: Alert,
) -> Result<Applied<Alert>> {
    let mut known = Known::default();
    match converge(context, session, None, &planned, &mut known).await {
        Ok(()) => Ok(Applied::Done(made(planned, &known))),
        Err(Stop::Untouched(error)) => Err(error),
        Err(Stop::AtOnce(failure)) => Err(aws_error(&failure, "create", THING, shown(&planned))),
        Err(Stop::HalfWay(failure)) => {
            let error = aws_error(&failure, "create", THING, shown(&planned));
            partial(context, session, made(planned, &known), known, error).await
        }
    }
}

/// Changes the alert in place.
///
/// # Errors
/// When nothing was changed.
pub(super) async fn update(
    context: &mut Context<'_, Clients>,
    session: &Session,
    prior: Alert,
    planned: Alert,
) -> Result<Applied<Alert>> {
    let mut known = Known::of(&prior);
    match converge(context, session, Some(&prior), &planned, &mut known).await {
        Ok(()) => Ok(Applied::Done(made(planned, &known))),
        Err(Stop::Untouched(error)) => Err(error),
        Err(Stop::AtOnce(failure) | Stop::HalfWay(failure)) => {
            let error = aws_error(&failure, "update", THING, shown(&planned));
            // What came to be belongs to the alert, also where the state had no word of it.
            let budget_name = prior.budget_name.clone().or(planned.budget_name);
            let before = Alert { budget_name, ..prior };
            partial(context, session, made(before, &known), known, error).await
        }
    }
}

/// Removes budget, subscription and, where it is ours to remove, monitor.
///
/// # Errors
/// When one of them can't be removed.
pub(super) async fn delete(
    context: &mut Context<'_, Clients>,
    session: &Session,
    state: &Alert,
) -> Result<()> {
    if let Some(name) = state.budget_name.as_known() {
        api::delete(session, name).await.doing("delete", THING, shown(state))?;
    }
    let known = Known::of(state);
    if known.is_nothing() {
        return Ok(());
    }
    let name = watching::name(context.clients, state)?;
    let owner = owner(context.clients, state);
    let cleared = clear::all(session, &known, &name, &owner).await;
    let stays = cleared.doing("delete", THING, shown(state))?;
    if stays {
        warn_of_listeners(context, state, &known);
    }
    Ok(())
}

/// Brings both parts to what is planned, the budget first. `known` says what there is of the
/// anomaly watch, also after a failure.
async fn converge(
    context: &mut Context<'_, Clients>,
    session: &Session,
    prior: Option<&Alert>,
    planned: &Alert,
    known: &mut Known,
) -> Result<(), Stop> {
    let had_budget = prior.and_then(|prior| prior.budget_name.as_known());
    let wanted = budgeting::wanted(planned).map_err(Stop::Untouched)?;
    let watch = watching::wanted(context.clients, planned).map_err(Stop::Untouched)?;
    let owner = owner(context.clients, planned);
    let is_expired = planned.status == Attr::Known(Status::Expired);
    match (&wanted, had_budget) {
        (Some(_), _) if is_expired => {}
        (Some(wanted), had) => {
            budgeting::converge(context, session, wanted, &owner, had.is_some()).await?;
        }
        (None, Some(name)) => api::delete(session, name).await?,
        (None, None) => {}
    }
    match &watch {
        Some(_) if prior.is_some_and(|prior| is_unchanged(prior, planned)) => Ok(()),
        Some(wanted) => {
            let work = Work { context, session, wanted, owner: &owner };
            work.converge(known).await.map_err(Stop::half_way)
        }
        None => {
            let name = watching::name(context.clients, planned).map_err(Stop::Untouched)?;
            let cleared = clear::all(session, known, &name, &owner).await;
            if cleared.map_err(Stop::half_way)? {
                warn_of_listeners(context, planned, known);
            }
            *known = Known::default();
            Ok(())
        }
    }
}

/// Whether the anomaly watch needs no call.
fn is_unchanged(prior: &Alert, planned: &Alert) -> bool {
    prior.anomaly == planned.anomaly
        && prior.tags_all == planned.tags_all
        && !prior.subscription_arn.is_null()
        && !prior.monitor_arn.is_null()
}

/// The alert with what only AWS could say.
fn made(planned: Alert, known: &Known) -> Alert {
    let Known { subscription, monitor, owned } = known.clone();
    Alert {
        monitor_owned: if monitor.is_some() { owned.into() } else { Attr::Null },
        monitor_arn: monitor.into(),
        subscription_arn: subscription.into(),
        ..planned
    }
}

/// What exists after a failure. When that can't be read either, it is taken to be `otherwise`.
async fn partial(
    context: &Context<'_, Clients>,
    session: &Session,
    otherwise: Alert,
    known: Known,
    error: Error,
) -> Result<Applied<Alert>> {
    let identity = otherwise.clone();
    let owner = owner(context.clients, &identity);
    let mut known = known;
    if (known.subscription.is_none() || known.monitor.is_none()) && !otherwise.anomaly.is_null() {
        // A call whose answer was lost may have made what we have no ARN of.
        let name = watching::name(context.clients, &otherwise)?;
        if let Ok(lost) = look::lost(session, &name, &owner).await {
            known.subscription = known.subscription.or(lost.subscription);
            if known.monitor.is_none() {
                (known.monitor, known.owned) = (lost.monitor, lost.owned);
            }
        }
    }
    let otherwise = made(otherwise, &known);
    let model = match read::direct(session, &otherwise, &owner).await {
        Ok(found) if found.is_nothing() => return Err(error),
        Ok(found) => read::assemble(context.clients, &otherwise, &found)?,
        Err(_) => otherwise,
    };
    Ok(Applied::Partial(model, error))
}

fn warn_of_listeners(context: &mut Context<'_, Clients>, alert: &Alert, known: &Known) {
    let monitor = known.monitor.as_deref().unwrap_or_default();
    context.warnings.warning(
        framework::Path::root(),
        format!("The anomaly monitor of cost alert `{}` stays", shown(alert)),
        format!("Other subscriptions listen to it: {monitor}. It goes with the last alert of Hinomi's that does."),
    );
}
