//! Making a budget what it should be, whatever it is now.
//!
//! Nothing is remembered between runs: each apply looks at what exists, so one that was cut short at
//! any call is gone on with by the next.

use framework::{Context, Result};
use jiff::civil::Date;

use super::api::{self, Found, Wanted};
use super::settings::Settings;
use super::{calendar, lift, triggers};
use crate::aws::tags::TagChanges;
use crate::aws::{Failure, Kind, Session, wait};
use crate::clients::Clients;
use crate::resources::cost_alert::model::{Alert, Period};
use crate::resources::cost_alert::ownership::{self, Owner};
use crate::resources::cost_alert::stop::Stop;
use crate::resources::cost_alert::{SETTLES_IN, wanted_tags};

/// What an alert asks for, all of it known; `None` without a budget.
///
/// # Errors
/// A bug of the provider's, when a value isn't known or was not found wrong before.
pub(in super::super) fn wanted(planned: &Alert) -> Result<Option<Wanted>> {
    if planned.budget.is_null() {
        return Ok(None);
    }
    let budget = planned.budget.known("budget")?;
    Ok(Some(Wanted {
        name: planned.budget_name.known("budget_name")?.clone(),
        settings: Settings::of(budget)?,
        triggers: lift::triggers(budget)?,
        tags: wanted_tags(planned)?,
    }))
}

/// Makes the budget, or changes the one that is there. One that has its name already and isn't
/// `known` to be the alert's is taken over when a run that was cut short has left it, and else refused.
///
/// # Errors
/// With what is half-way then, if anything is.
pub(in super::super) async fn converge(
    context: &Context<'_, Clients>,
    session: &Session,
    wanted: &Wanted,
    owner: &Owner<'_>,
    is_known: bool,
) -> Result<(), Stop> {
    let today = calendar::today();
    let existing = if is_known { api::direct(session, &wanted.name).await? } else { None };
    match existing {
        Some(found) => change(context, session, wanted, &found, today).await?,
        None => create(context, session, wanted, owner, today).await?,
    }
    settled(context, session, wanted).await.map_err(Stop::half_way)
}

async fn create(
    context: &Context<'_, Clients>,
    session: &Session,
    wanted: &Wanted,
    owner: &Owner<'_>,
    today: Date,
) -> Result<(), Stop> {
    let failure = match api::create(session, wanted, today).await {
        Ok(()) => return Ok(()),
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(failure) if failure.kind() == Kind::Conflict => failure,
        Err(failure) => return Err(failure.into()),
    };
    let Some(found) = api::direct(session, &wanted.name).await? else {
        return Err(failure.into());
    };
    let budget = &found.budget.budget_name;
    ownership::refuse_if_foreign(owner, session, budget, &found.tags).map_err(Stop::Untouched)?;
    change(context, session, wanted, &found, today).await.map_err(Stop::half_way)
}

/// Sends what differs, and nothing else: a budget that is updated begins to count anew.
async fn change(
    context: &Context<'_, Clients>,
    session: &Session,
    wanted: &Wanted,
    found: &Found,
    today: Date,
) -> Result<(), Failure> {
    let settings = Settings::found(&found.budget).map_err(|unsaid| {
        let message = format!("the budget has {}, which would be lost", unsaid.join("; "));
        Failure::new(Kind::Conflict, message).advising(
            "take that away in AWS, or take the alert out of the state with `terraform state rm`",
        )
    })?;
    let changed = !wanted.settings.is_met_by(&settings, today);
    // A daily budget may have no forecast, so they go before it comes, and come when it is gone.
    let budget_first = wanted.settings.period != Period::Daily;
    if changed && budget_first {
        api::update(session, &wanted.settings, &found.budget, today).await?;
    }
    for step in triggers::steps(&found.triggers, &wanted.triggers) {
        if context.cancel.is_cancelled() {
            return Err(Failure::new(Kind::Cancelled, "Terraform asked to stop"));
        }
        api::take(session, &wanted.name, &step).await?;
    }
    if changed && !budget_first {
        api::update(session, &wanted.settings, &found.budget, today).await?;
    }
    let tags = TagChanges::between(&found.tags, &wanted.tags);
    api::tag(session, &wanted.name, &tags).await
}

/// Reads until AWS shows what was sent.
async fn settled(
    context: &Context<'_, Clients>,
    session: &Session,
    wanted: &Wanted,
) -> Result<(), Failure> {
    let what = format!("budget `{}` to show what was sent", wanted.name);
    let deadline = wait::Deadline::after(SETTLES_IN);
    let pauses = wait::Pauses::default();
    wait::until(&what, deadline, pauses, &context.cancel, || async {
        let found = api::direct(session, &wanted.name).await?;
        Ok(match found.map(|found| differences(wanted, &found)) {
            None => wait::Seen::Pending("it doesn't exist".to_owned()),
            Some(differences) if differences.is_empty() => wait::Seen::Ready(()),
            Some(differences) => wait::Seen::Pending(format!("other {}", differences.join(", "))),
        })
    })
    .await
}

/// What AWS shows otherwise.
fn differences(wanted: &Wanted, found: &Found) -> Vec<&'static str> {
    let settings = Settings::found(&found.budget);
    let is_met = settings.is_ok_and(|found| wanted.settings.is_met_by(&found, calendar::today()));
    [
        ("settings", is_met),
        ("notifications", found.triggers == wanted.triggers),
        ("tags", found.tags == wanted.tags),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(what, _)| what)
    .collect()
}
