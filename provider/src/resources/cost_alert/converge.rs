//! Making a budget what it should be, whatever it is now.
//!
//! Nothing is remembered between runs: each apply looks at what exists, so one that was cut short at
//! any call is gone on with by the next.

use std::time::Duration;

use framework::{Applied, Attr, Context, Error, Result};

use super::api::{self, Found, Wanted};
use super::model::{Alert, Period};
use super::settings::Settings;
use super::{THING, lift, read_back, shown, triggers};
use crate::aws::tags::{self, Ownership, TagChanges};
use crate::aws::{Failure, Kind, Session, wait};
use crate::clients::Clients;
use crate::diagnose::{Doing, aws_error};
use crate::model::tags::plain;

/// How long AWS may go on showing what was before a write.
const SETTLES_IN: Duration = Duration::from_mins(1);

/// Makes the budget. One that has its name already is taken over when a run that was cut short has
/// left it, and else refused.
///
/// # Errors
/// When nothing was made.
pub(super) async fn create(
    context: &mut Context<'_, Clients>,
    session: &Session,
    planned: Alert,
) -> Result<Applied<Alert>> {
    let wanted = wanted(&planned)?;
    match api::create(session, &wanted).await {
        Ok(()) => {}
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(failure) if failure.kind() == Kind::Conflict => {
            let found = api::direct(session, &wanted.name).await;
            let Some(found) = found.doing("create", THING, shown(&planned))? else {
                return Err(failure).doing("create", THING, shown(&planned));
            };
            refuse_if_foreign(context.clients, session, &planned, &found)?;
            if let Err(failure) = change(context, session, &wanted, &found).await {
                let error = aws_error(&failure, "create", THING, shown(&planned));
                return partial(context, session, planned, error).await;
            }
        }
        Err(failure) => return Err(failure).doing("create", THING, shown(&planned)),
    }
    finish(context, session, "create", &wanted, planned).await
}

/// Changes the budget in place.
///
/// # Errors
/// When nothing was changed.
pub(super) async fn update(
    context: &mut Context<'_, Clients>,
    session: &Session,
    prior: &Alert,
    planned: Alert,
) -> Result<Applied<Alert>> {
    let wanted = wanted(&planned)?;
    let found = api::direct(session, &wanted.name).await;
    let Some(found) = found.doing("update", THING, shown(&planned))? else {
        return Err(Error::new(
            format!("Unable to update {THING} `{}`", shown(&planned)),
            format!("The budget `{}` is gone.", wanted.name),
        )
        .hint("plan again: what is gone is made anew."));
    };
    if let Err(failure) = change(context, session, &wanted, &found).await {
        let error = aws_error(&failure, "update", THING, shown(&planned));
        return partial(context, session, prior.clone(), error).await;
    }
    finish(context, session, "update", &wanted, planned).await
}

/// What an alert asks for, all of it known.
fn wanted(planned: &Alert) -> Result<Wanted> {
    let budget = planned.budget.known("budget")?;
    let tags = plain(&planned.tags_all)
        .ok_or_else(|| Error::provider_bug("a tag has no value where it must have one"))?;
    Ok(Wanted {
        name: planned.budget_name.known("budget_name")?.clone(),
        settings: Settings::of(budget)?,
        triggers: lift::triggers(budget)?,
        tags,
    })
}

fn refuse_if_foreign(
    clients: &Clients,
    session: &Session,
    planned: &Alert,
    found: &Found,
) -> Result<()> {
    let stack = clients.defaults.stack.known("stack")?;
    let name = planned.name.known("name")?;
    let owner = match tags::ownership(&found.tags, stack, name) {
        Ownership::Ours => return Ok(()),
        Ownership::Foreign => "something else than Hinomi made it".to_owned(),
        Ownership::OtherStack { stack, name } => {
            format!("it belongs to `{name}` of the stack `{stack}`")
        }
    };
    let budget = &found.budget.budget_name;
    let account = session.account();
    let detail = format!("Account {account} has a budget `{budget}` already, and {owner}.");
    Err(Error::new(format!("Unable to create {THING} `{name}`"), detail).hint(format!(
        "to manage that budget here, import it by the id `{account}/{budget}`; else choose another `name`."
    )))
}

/// Sends what differs, and nothing else: a budget that is updated begins to count anew.
async fn change(
    context: &Context<'_, Clients>,
    session: &Session,
    wanted: &Wanted,
    found: &Found,
) -> Result<(), Failure> {
    let settings = Settings::found(&found.budget).map_err(|unsaid| {
        let message = format!("the budget has {}, which would be lost", unsaid.join("; "));
        Failure::new(Kind::Conflict, message).advising(
            "take that away in AWS, or take the alert out of the state with `terraform state rm`",
        )
    })?;
    let changed = settings != wanted.settings;
    // A daily budget may have no forecast, so they go before it comes, and come when it is gone.
    let budget_first = wanted.settings.period != Period::Daily;
    if changed && budget_first {
        api::update(session, &wanted.settings, &found.budget).await?;
    }
    for step in triggers::steps(&found.triggers, &wanted.triggers) {
        if context.cancel.is_cancelled() {
            return Err(Failure::new(Kind::Cancelled, "Terraform asked to stop"));
        }
        api::take(session, &wanted.name, &step).await?;
    }
    if changed && !budget_first {
        api::update(session, &wanted.settings, &found.budget).await?;
    }
    let tags = TagChanges::between(&found.tags, &wanted.tags);
    api::tag(session, &wanted.name, &tags).await
}

/// Reads until AWS shows what was sent.
async fn finish(
    context: &mut Context<'_, Clients>,
    session: &Session,
    verb: &str,
    wanted: &Wanted,
    planned: Alert,
) -> Result<Applied<Alert>> {
    let what = format!("budget `{}` to show what was sent", wanted.name);
    let deadline = wait::Deadline::after(SETTLES_IN);
    let pauses = wait::Pauses::default();
    let settled = wait::until(&what, deadline, pauses, &context.cancel, || async {
        let found = api::direct(session, &wanted.name).await?;
        Ok(match found.map(|found| differences(wanted, &found)) {
            None => wait::Seen::Pending("it doesn't exist".to_owned()),
            Some(differences) if differences.is_empty() => wait::Seen::Ready(()),
            Some(differences) => wait::Seen::Pending(format!("other {}", differences.join(", "))),
        })
    });
    match settled.await {
        Ok(()) => Ok(Applied::Done(planned)),
        Err(failure) => {
            let error = aws_error(&failure, verb, THING, shown(&planned));
            partial(context, session, planned, error).await
        }
    }
}

/// What AWS shows otherwise.
fn differences(wanted: &Wanted, found: &Found) -> Vec<&'static str> {
    [
        ("settings", Settings::found(&found.budget).as_ref() == Ok(&wanted.settings)),
        ("notifications", found.triggers == wanted.triggers),
        ("tags", found.tags == wanted.tags),
    ]
    .into_iter()
    .filter(|(_, same)| !same)
    .map(|(what, _)| what)
    .collect()
}

/// What exists after a failure. When that can't be read either, it is taken to be `otherwise`.
async fn partial(
    context: &Context<'_, Clients>,
    session: &Session,
    otherwise: Alert,
    error: Error,
) -> Result<Applied<Alert>> {
    let Attr::Known(name) = &otherwise.budget_name else { return Err(error) };
    let model = match api::direct(session, name).await {
        Ok(Some(found)) => {
            let settings = Settings::found(&found.budget).ok();
            read_back(context.clients, &otherwise, &found, settings.as_ref())?
        }
        Ok(None) => return Err(error),
        Err(_) => otherwise,
    };
    Ok(Applied::Partial(model, error))
}
