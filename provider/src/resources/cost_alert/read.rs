//! The attributes of an alert as AWS has them now.

use std::collections::BTreeMap;

use framework::{Attr, Context, Path, Result, path};
use jiff::civil::Date;

use super::anomaly::lift as anomaly_lift;
use super::anomaly::look::{self, Known};
use super::budget::settings::Settings;
use super::budget::{self, calendar, lift};
use super::model::{Alert, Budget, Status};
use super::ownership::Owner;
use super::{THING, import, owner, shown};
use crate::aws::{Failure, Session};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::tags;

/// What there is of an alert; each part is `None` when it is gone, or was never there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) budget: Option<budget::Found>,
    pub(super) watch: look::Found,
}

impl Found {
    /// Whether all of it is gone.
    pub(super) fn is_nothing(&self) -> bool {
        self.budget.is_none() && self.watch.subscription.is_none() && self.watch.monitor.is_none()
    }
}

/// Reads an alert; `None` when all of it is really gone. One whose budget came to its end stays.
///
/// # Errors
/// When AWS can't be asked, and when an import finds what the attributes can't say.
pub(super) async fn read(
    context: &mut Context<'_, Clients>,
    session: &Session,
    state: &Alert,
) -> Result<Option<Alert>> {
    let owner = owner(context.clients, state);
    let found = listed(session, state, &owner).await.doing("read", THING, shown(state))?;
    if found.is_nothing() && !is_at_end(state, calendar::today()) {
        return Ok(None);
    }
    // An import knows of no tags yet.
    if state.tags_all.is_null() {
        import::check_sayable(state, &found)?;
    }
    warn(context, state, &found);
    assemble(context.clients, state, &found).map(Some)
}

/// What is there, from the account's lists where those have it.
async fn listed(session: &Session, state: &Alert, owner: &Owner<'_>) -> Result<Found, Failure> {
    let budget = match state.budget_name.as_known() {
        Some(name) => budget::api::listed(session, name).await?,
        None => None,
    };
    Ok(Found { budget, watch: watch(session, state, owner).await? })
}

/// What is there, each part asked for by itself.
pub(super) async fn direct(
    session: &Session,
    alert: &Alert,
    owner: &Owner<'_>,
) -> Result<Found, Failure> {
    let budget = match alert.budget_name.as_known() {
        Some(name) => budget::api::direct(session, name).await?,
        None => None,
    };
    Ok(Found { budget, watch: watch(session, alert, owner).await? })
}

async fn watch(
    session: &Session,
    alert: &Alert,
    owner: &Owner<'_>,
) -> Result<look::Found, Failure> {
    let known = Known::of(alert);
    if known.is_nothing() {
        return Ok(look::Found::default());
    }
    look::look(session, &known, owner).await
}

/// Whether the budget's end has come, after which AWS deletes it.
fn is_at_end(state: &Alert, today: Date) -> bool {
    let end = state.budget.as_known().and_then(|budget| budget.end.as_known());
    end.and_then(|end| calendar::day(end)).is_some_and(|end| end <= today)
}

/// The attributes that say what was found, `known` where that says the same.
///
/// # Errors
/// A bug of the provider's, when a value isn't known.
pub(super) fn assemble(clients: &Clients, known: &Alert, found: &Found) -> Result<Alert> {
    let today = calendar::today();
    let (budget, status) = match &found.budget {
        Some(budget) => (Attr::Known(lifted(known, budget, today)?), Status::Active),
        None if is_at_end(known, today) => (known.budget.clone(), Status::Expired),
        // A part that is gone shows as one that isn't declared, so that the next apply makes it.
        None => (Attr::Null, Status::Active),
    };
    let base = known.anomaly.as_known().cloned().unwrap_or_default();
    let subscription = found.watch.subscription.as_ref();
    let monitor = found.watch.monitor.as_ref();
    Ok(Alert {
        name: known.name.clone(),
        account: known.account.clone(),
        budget,
        anomaly: anomaly_lift::anomaly(&base, &found.watch)?.into(),
        tags_all: tags_of(known, found),
        tags: own_tags(clients, known, found),
        budget_name: known.budget_name.clone(),
        arn: known.arn.clone(),
        status: Attr::Known(status),
        monitor_arn: monitor.map(|monitor| monitor.arn.clone()).into(),
        monitor_owned: monitor.map(|monitor| monitor.owned).into(),
        subscription_arn: subscription.map(|subscription| subscription.arn.clone()).into(),
    })
}

fn lifted(known: &Alert, found: &budget::Found, today: Date) -> Result<Budget> {
    let empty = Budget::default();
    let base = known.budget.as_known().unwrap_or(&empty);
    let settings = Settings::found(&found.budget).ok();
    lift::budget(base, settings.as_ref(), &found.triggers, today)
}

/// The tags of the first part that has other ones than the state; all parts should have the same.
fn found_tags<'a>(known: &Alert, found: &'a Found) -> Option<&'a BTreeMap<String, String>> {
    let applied = tags::plain(&known.tags_all);
    let budget = found.budget.as_ref().map(|budget| &budget.tags);
    let subscription = found.watch.subscription.as_ref().map(|subscription| &subscription.tags);
    let monitor = found.watch.monitor.as_ref().and_then(|monitor| monitor.tags.as_ref());
    let all: Vec<_> = [budget, subscription, monitor].into_iter().flatten().collect();
    let other = all.iter().find(|tags| applied.as_ref() != Some(tags));
    other.or(all.first()).copied()
}

fn tags_of(known: &Alert, found: &Found) -> Attr<tags::Tags> {
    match found_tags(known, found) {
        Some(tags) => Attr::Known(
            tags.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect(),
        ),
        None => known.tags_all.clone(),
    }
}

fn own_tags(clients: &Clients, known: &Alert, found: &Found) -> Attr<tags::Tags> {
    match found_tags(known, found) {
        Some(tags) => tags::own_of(tags, &known.tags, &known.tags_all, &clients.defaults),
        None => known.tags.clone(),
    }
}

fn warn(context: &mut Context<'_, Clients>, state: &Alert, found: &Found) {
    if let Some(budget) = &found.budget {
        if let Err(unsaid) = Settings::found(&budget.budget) {
            warn_of_unsaid(context, state, path!(Alert => budget), "budget", &unsaid);
        }
        warn_of_others(context, state, budget);
    }
    let unsaid = found.watch.unsaid();
    if !unsaid.is_empty() {
        warn_of_unsaid(context, state, path!(Alert => anomaly), "anomaly subscription", &unsaid);
    }
}

/// An apply would put something else in the place of what somebody chose, so nothing is touched.
fn warn_of_unsaid(
    context: &mut Context<'_, Clients>,
    state: &Alert,
    at: Path,
    part: &str,
    unsaid: &[String],
) {
    let detail = format!(
        "Outside Terraform the {part} was given {}. The attributes of `{at}` can't say that, so they show what was applied last. The provider won't overwrite it: take it away in AWS, or take the alert out of the state with `terraform state rm`.",
        unsaid.join("; ")
    );
    let summary =
        format!("The {part} of cost alert `{}` was changed beyond what it can say", shown(state));
    context.warnings.warning(at, summary, detail);
}

/// Notifications that ring below a point or at it are nothing that Hinomi makes.
fn warn_of_others(context: &mut Context<'_, Clients>, state: &Alert, found: &budget::Found) {
    if found.others.is_empty() {
        return;
    }
    let detail = format!(
        "They were made outside Terraform: {}. They stay as they are, count towards the five that AWS allows, and go with the budget.",
        found.others.join("; ")
    );
    let summary =
        format!("The budget of cost alert `{}` has notifications of another kind", shown(state));
    context.warnings.warning(path!(Alert => budget), summary, detail);
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_budget_is_at_its_end_from_that_day_on() {
        let alert = |end: Attr<String>| Alert {
            budget: Attr::Known(Budget { end, ..Budget::default() }),
            ..Alert::default()
        };
        let ended = |end: Attr<String>, day| is_at_end(&alert(end), day);
        let end = || Attr::Known("2027-01-31".to_owned());
        assert!(!ended(end(), date(2027, 1, 30)));
        assert!(ended(end(), date(2027, 1, 31)));
        assert!(!ended(Attr::Null, date(2087, 1, 1)));
        assert!(!is_at_end(&Alert::default(), date(2087, 1, 1)), "no budget");
    }
}
