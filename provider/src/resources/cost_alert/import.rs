//! Taking an existing budget or anomaly subscription into the state.

use std::collections::BTreeMap;

use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::anomaly::look;
use super::budget::settings::Settings;
use super::model::Alert;
use super::read::Found;
use super::{THING, plan, session, shown};
use crate::aws::{Arn, Session, names, reads, tags};
use crate::clients::Clients;
use crate::diagnose::{Doing, aws_error};
use crate::model::import_id::ImportId;
use crate::model::place::{Place, Wanted, resolve_one};

/// What a read needs of what an id names: `[role@]account/name`, or the name with the provider's
/// account. The name is that of a budget or of an anomaly subscription in AWS, or the one that a
/// declaration gives the alert. What has both is imported with both.
///
/// # Errors
/// When the id can't be read, the account not entered, or nothing has that name.
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
    let candidates = candidates(context.clients, &id.name)?;
    if let Some(budget_name) = budget_name(&session, &candidates, &id.name).await? {
        let arn = Arn::budget(session.partition(), session.account(), &budget_name);
        let found = reads::budgets::tags(&session, &budget_name).await;
        let found = found.doing("import", THING, &budget_name)?;
        alert.name = Attr::Known(name(context.clients, &found.unwrap_or_default(), &budget_name));
        alert.arn = Attr::Known(arn.to_string());
        alert.budget_name = Attr::Known(budget_name);
    }
    find_subscription(context, &session, &candidates, &mut alert).await?;
    if alert.name.is_null() {
        let looked_for = candidates.join("` or `");
        let account = session.account();
        let detail = format!(
            "Account {account} has no budget `{looked_for}`, and no anomaly subscription of that name."
        );
        return Err(Error::new(format!("Unable to import {THING} `{}`", id.name), detail).hint(
            "name the budget or subscription as AWS does: `[role@]account/name`, or its plain name in the provider's own account.",
        ));
    }
    Ok(alert)
}

/// The names that are looked for: the given one, and the one that this stack would make of it.
fn candidates(clients: &Clients, given: &str) -> Result<Vec<String>> {
    let mut candidates = vec![given.to_owned()];
    if let (Attr::Known(prefix), Attr::Known(stack)) =
        (&clients.defaults.name_prefix, &clients.defaults.stack)
    {
        // Rules that differ make the same name of what is plain and short.
        for rule in [names::BUDGET, names::ANOMALY] {
            let fitted = plan::fitted(rule, prefix, stack, given)?;
            if !candidates.contains(&fitted) {
                candidates.push(fitted);
            }
        }
    }
    Ok(candidates)
}

/// The first of these names that a budget has.
async fn budget_name(
    session: &Session,
    candidates: &[String],
    given: &str,
) -> Result<Option<String>> {
    for candidate in candidates {
        let found = reads::budgets::find(session, candidate).await;
        if found.doing("import", THING, given)?.is_some() {
            return Ok(Some(candidate.clone()));
        }
    }
    Ok(None)
}

/// Adds the subscription of one of these names. A budget is imported without one where Cost
/// Explorer can't be asked.
async fn find_subscription(
    context: &mut Context<'_, Clients>,
    session: &Session,
    candidates: &[String],
    alert: &mut Alert,
) -> Result<()> {
    let listed = match look::listed(session).await {
        Ok(listed) => listed,
        Err(failure) if alert.name.is_null() => {
            return Err(aws_error(&failure, "import", THING, &candidates[0]));
        }
        Err(failure) => {
            let detail = format!(
                "Whether there is an anomaly subscription of that name can't be told: {failure}."
            );
            let summary =
                format!("Cost alert `{}` is imported without an anomaly watch", shown(alert));
            context.warnings.warning(Path::root(), summary, detail);
            return Ok(());
        }
    };
    let Some(arn) = candidates.iter().find_map(|name| listed.named(name)) else { return Ok(()) };
    let found = reads::anomalies::tags(session, arn).await;
    let found = found.doing("import", THING, arn)?.unwrap_or_default();
    if alert.name.is_null() {
        let named = candidates.iter().find(|name| listed.named(name) == Some(arn));
        let named = named.map_or("", String::as_str);
        alert.name = Attr::Known(name(context.clients, &found, named));
    }
    alert.subscription_arn = Attr::Known(arn.to_owned());
    Ok(())
}

/// The name that a declaration gives the alert: what this stack's tags say, when it made the
/// object; otherwise the object's own.
fn name(clients: &Clients, found: &BTreeMap<String, String>, own: &str) -> String {
    if let (Attr::Known(stack), Some(name)) = (&clients.defaults.stack, found.get(tags::NAME))
        && tags::ownership(found, stack, name) == tags::Ownership::Ours
    {
        return name.clone();
    }
    own.to_owned()
}

/// Refuses what the attributes can't say: applying them would destroy what it has.
///
/// # Errors
/// When there is something of that kind.
pub(super) fn check_sayable(imported: &Alert, found: &Found) -> Result<()> {
    let budget = found.budget.as_ref().and_then(|found| Settings::found(&found.budget).err());
    let watch = found.watch.unsaid();
    let (part, attribute, unsaid) = match budget {
        Some(unsaid) => ("budget", "budget", unsaid),
        None if watch.is_empty() => return Ok(()),
        None => ("anomaly subscription", "anomaly", watch),
    };
    let detail = format!(
        "The {part} has {}. The attributes of `{attribute}` can't say that, and applying them would destroy it.",
        unsaid.join("; ")
    );
    Err(Error::new(format!("Unable to import {THING} `{}`", shown(imported)), detail).hint(
        "leave it as it is and declare a new alert beside it, or take away first what can't be said.",
    ))
}
