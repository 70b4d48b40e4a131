//! Taking an existing budget into the state.

use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::model::Alert;
use super::{THING, plan, session};
use crate::aws::{Arn, Session, reads, tags};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::import_id::ImportId;
use crate::model::place::{Place, Wanted, resolve_one};

/// What a read needs of the budget that an id names: `[role@]account/budget name`, or the name with
/// the provider's account.
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
    let mut alert = Alert {
        account: place.account,
        budget_name: Attr::Known(id.name.clone()),
        ..Alert::default()
    };
    let session = session(context, &alert).await?;
    let arn = Arn::budget(session.partition(), session.account(), &id.name);
    alert.arn = Attr::Known(arn.to_string());
    alert.name = Attr::Known(name(context.clients, &session, &id.name).await?);
    Ok(alert)
}

/// The name that a declaration gives the budget: what this stack's tags say, when it made the
/// budget; otherwise the budget's own.
async fn name(clients: &Clients, session: &Session, budget_name: &str) -> Result<String> {
    let found = reads::budgets::tags(session, budget_name).await;
    let found = found.doing("import", THING, budget_name)?.unwrap_or_default();
    let defaults = &clients.defaults;
    if let (Attr::Known(prefix), Attr::Known(stack), Some(name)) =
        (&defaults.name_prefix, &defaults.stack, found.get(tags::NAME))
        && tags::ownership(&found, stack, name) == tags::Ownership::Ours
        && plan::fitted(prefix, stack, name)? == budget_name
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
