//! Taking an existing budget into the state.

use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::model::Alert;
use super::{THING, plan, session};
use crate::aws::{Arn, Session, reads, tags};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::import_id::ImportId;
use crate::model::place::{Place, Wanted, resolve_one};

/// What a read needs of the budget that an id names: `[role@]account/name`, or the name with the
/// provider's account. The name is the budget's own, or the one that a declaration gives it.
///
/// # Errors
/// When the id can't be read or the account not entered.
pub(super) async fn find(context: &mut Context<'_, Clients>, id: &str) -> Result<Alert> {
    let id = ImportId::global(id)?;
    let wanted = Wanted {
        config: Place { account: id.account, region: None },
        prior: None,
        at: Path::root(),
        thing: THING,
        is_promised: false,
    };
    let place = resolve_one(context.clients, &wanted, &mut Diagnostics::new()).await?;
    let mut alert = Alert { account: place.account, ..Alert::default() };
    let session = session(context, &alert).await?;
    let budget_name = budget_name(context.clients, &session, &id.name).await?;
    let arn = Arn::budget(session.partition(), session.account(), &budget_name);
    alert.arn = Attr::Known(arn.to_string());
    alert.name = Attr::Known(name(context.clients, &session, &budget_name).await?);
    alert.budget_name = Attr::Known(budget_name);
    Ok(alert)
}

/// The budget that is called so in AWS, else the one that this stack would call so.
async fn budget_name(clients: &Clients, session: &Session, given: &str) -> Result<String> {
    let mut candidates = vec![given.to_owned()];
    if let (Attr::Known(prefix), Attr::Known(stack)) =
        (&clients.defaults.name_prefix, &clients.defaults.stack)
    {
        candidates.push(plan::fitted(prefix, stack, given)?);
    }
    for candidate in &candidates {
        let found = reads::budgets::find(session, candidate).await;
        if found.doing("import", THING, given)?.is_some() {
            return Ok(candidate.clone());
        }
    }
    let looked_for = candidates.join("` or `");
    let account = session.account();
    let detail = format!("Account {account} has no budget `{looked_for}`.");
    Err(Error::new(format!("Unable to import {THING} `{given}`"), detail).hint(
        "name the budget as AWS does: `[role@]account/budget name`, or its plain name in the provider's own account.",
    ))
}

/// The name that a declaration gives the budget: what this stack's tags say, when it made the
/// budget; otherwise the budget's own.
async fn name(clients: &Clients, session: &Session, budget_name: &str) -> Result<String> {
    let found = reads::budgets::tags(session, budget_name).await;
    let found = found.doing("import", THING, budget_name)?.unwrap_or_default();
    if let (Attr::Known(stack), Some(name)) = (&clients.defaults.stack, found.get(tags::NAME))
        && tags::ownership(&found, stack, name) == tags::Ownership::Ours
    {
        return Ok(name.clone());
    }
    Ok(budget_name.to_owned())
}

/// The refusal of a budget that the attributes can't say: applying them would destroy what it has.
pub(super) fn unsayable(budget_name: &str, unsaid: &[String]) -> Error {
    Error::new(
        format!("Unable to import {THING} `{budget_name}`"),
        format!(
            "The budget has {}. The attributes of `budget` can't say that, and applying them would destroy it.",
            unsaid.join("; ")
        ),
    )
    .hint("leave the budget as it is and declare a new alert beside it, or give it a fixed limit of costs and plain filters first.")
}
