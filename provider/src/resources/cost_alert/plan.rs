//! What is known of an alert before it exists.

use framework::{Attr, Error, Plan, Result};

use super::model::Alert;
use super::rules;
use crate::aws::{AccountId, Arn, names};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::{place::WHOSE, tags};

/// Sets name, ARN and tags, and checks what depends on the account.
///
/// # Errors
/// When AWS must be asked whose the credentials are, and can't be.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Alert>) -> Result<()> {
    let budget_name = budget_name(clients, plan)?;
    let planned = &mut plan.planned;
    planned.budget_name = budget_name;
    planned.tags_all = tags::all(&planned.tags, &clients.defaults, &planned.name);
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    planned.arn = arn(clients, planned).await?;
    let account = planned.account.as_known().and_then(|account| account.id.as_known());
    if let Some(budget) = planned.budget.as_known() {
        rules::topics_in_account(budget, account, &mut plan.diagnostics);
    }
    Ok(())
}

/// The budget's name. One that exists keeps it, whatever becomes of prefix and stack.
fn budget_name(clients: &Clients, plan: &Plan<Alert>) -> Result<Attr<String>> {
    if let Some(prior) = &plan.prior {
        return Ok(prior.budget_name.clone());
    }
    let defaults = &clients.defaults;
    let parts = (&defaults.name_prefix, &defaults.stack, &plan.planned.name);
    let (Attr::Known(prefix), Attr::Known(stack), Attr::Known(name)) = parts else {
        return Ok(Attr::Unknown);
    };
    fitted(prefix, stack, name).map(Attr::Known)
}

/// The name of the budget that `stack` declares as `name`.
///
/// # Errors
/// When the prefix leaves no room, which the provider block's rules exclude.
pub(super) fn fitted(prefix: &str, stack: &str, name: &str) -> Result<String> {
    names::fit(names::BUDGET, prefix, stack, name).map_err(|problem| {
        Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
    })
}

/// The ARN, whose partition is that of the credentials.
async fn arn(clients: &Clients, planned: &Alert) -> Result<Attr<String>> {
    let account = planned.account.as_known().and_then(|account| account.id.as_known());
    let (Some(account), Some(name), true) =
        (account, planned.budget_name.as_known(), clients.aws_is_known())
    else {
        return Ok(Attr::Unknown);
    };
    let Ok(account) = account.parse::<AccountId>() else { return Ok(Attr::Unknown) };
    let caller = clients.aws()?.caller().await.attempting(WHOSE)?;
    Ok(Attr::Known(Arn::budget(caller.partition(), &account, name).to_string()))
}
