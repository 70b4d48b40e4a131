//! What is known of an alert before it exists.

use std::time::Duration;

use framework::{Attr, Error, Plan, Result, path};
use jiff::civil::Date;
use tokio_util::sync::CancellationToken;

use super::anomaly::Watch;
use super::anomaly::converge::NOT_HERE;
use super::budget::calendar;
use super::model::{Alert, Anomaly, Budget, Status};
use super::rules;
use crate::aws::names::NameRule;
use crate::aws::{AccountId, Arn, Session, names, reads};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::place::{WHOSE, target};
use crate::model::tags;

/// The longest that a plan waits to hear which account manages the organization: it does without.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sets names, ARNs, status and tags, and checks what depends on the account or the day.
///
/// # Errors
/// When AWS must be asked whose the credentials are, and can't be.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Alert>) -> Result<()> {
    let today = calendar::today();
    let budget_name = budget_name(clients, plan)?;
    let planned = &mut plan.planned;
    planned.budget_name = budget_name;
    planned.tags_all = tags::all(&planned.tags, &clients.defaults, &planned.name);
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    planned.arn = arn(clients, planned).await?;
    planned.status = status(plan.prior.as_ref(), planned, today);
    refine_watch(plan.prior.as_ref(), planned);
    let account = planned.account.as_known().and_then(|account| account.id.as_known());
    rules::topics_in_account(planned, account, &mut plan.diagnostics);
    if clients.aws_is_known() {
        let caller = clients.aws()?.caller().await.attempting(WHOSE)?;
        rules::topics_in_partition(planned, caller.partition(), &mut plan.diagnostics);
    }
    rules::days(plan.prior.as_ref(), planned, today, &mut plan.diagnostics);
    Box::pin(check_management_account(clients, plan)).await;
    Ok(())
}

/// The budget's name. One that exists keeps it, whatever becomes of prefix and stack.
fn budget_name(clients: &Clients, plan: &Plan<Alert>) -> Result<Attr<String>> {
    if plan.planned.budget.is_null() {
        return Ok(Attr::Null);
    }
    let prior = plan.prior.as_ref().map(|prior| &prior.budget_name);
    if let Some(Attr::Known(name)) = prior {
        return Ok(Attr::Known(name.clone()));
    }
    let defaults = &clients.defaults;
    let parts = (&defaults.name_prefix, &defaults.stack, &plan.planned.name);
    let (Attr::Known(prefix), Attr::Known(stack), Attr::Known(name)) = parts else {
        return Ok(Attr::Unknown);
    };
    // Whether there is a budget at all is open.
    if plan.planned.budget.is_unknown() {
        return Ok(Attr::Unknown);
    }
    fitted(names::BUDGET, prefix, stack, name).map(Attr::Known)
}

/// The name of what `stack` declares as `name`.
///
/// # Errors
/// When the prefix leaves no room, which the provider block's rules exclude.
pub(super) fn fitted(rule: NameRule, prefix: &str, stack: &str, name: &str) -> Result<String> {
    names::fit(rule, prefix, stack, name).map_err(|problem| {
        Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
    })
}

/// The budget's ARN, whose partition is that of the credentials.
async fn arn(clients: &Clients, planned: &Alert) -> Result<Attr<String>> {
    if planned.budget_name.is_null() {
        return Ok(Attr::Null);
    }
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

/// Whether the alert will watch. A budget that AWS has deleted stays so until its end lies ahead.
fn status(prior: Option<&Alert>, planned: &Alert, today: Date) -> Attr<Status> {
    if prior.is_none_or(|prior| prior.status != Attr::Known(Status::Expired)) {
        return Attr::Known(Status::Active);
    }
    match &planned.budget {
        Attr::Null => Attr::Known(Status::Active),
        Attr::Unknown | Attr::Known(Budget { end: Attr::Unknown, .. }) => Attr::Unknown,
        Attr::Known(budget) => {
            let end = budget.end.as_known().and_then(|end| calendar::day(end));
            let is_over = end.is_some_and(|end| end <= today);
            Attr::Known(if is_over { Status::Expired } else { Status::Active })
        }
    }
}

/// What is known of monitor and subscription: both stay as long as the same is watched.
fn refine_watch(prior: Option<&Alert>, planned: &mut Alert) {
    let before = prior.and_then(|prior| Some((prior, prior.anomaly.as_known()?)));
    let (monitor, owned, subscription) = match (&planned.anomaly, before) {
        (Attr::Null, _) => (Attr::Null, Attr::Null, Attr::Null),
        (Attr::Known(anomaly), Some((prior, before))) if is_same_watch(anomaly, before) => {
            (prior.monitor_arn.clone(), prior.monitor_owned.clone(), prior.subscription_arn.clone())
        }
        (Attr::Known(_), Some((prior, _))) => {
            (Attr::Unknown, Attr::Unknown, prior.subscription_arn.clone())
        }
        (Attr::Known(_), None) | (Attr::Unknown, _) => {
            (Attr::Unknown, Attr::Unknown, Attr::Unknown)
        }
    };
    let or_unknown = |arn: Attr<String>| {
        if planned.anomaly.is_null() { arn } else { arn.or(Attr::Unknown) }
    };
    (planned.monitor_arn, planned.subscription_arn) =
        (or_unknown(monitor), or_unknown(subscription));
    planned.monitor_owned = if planned.anomaly.is_null() { owned } else { owned.or(Attr::Unknown) };
}

fn is_same_watch(one: &Anomaly, other: &Anomaly) -> bool {
    one.by == other.by && one.key == other.key && one.filter == other.filter
}

/// Refuses a watch that AWS has in an organization's management account alone, in any other one.
/// Where nobody can say which that is, an apply will find out.
async fn check_management_account(clients: &Clients, plan: &mut Plan<Alert>) {
    let Some(anomaly) = plan.planned.anomaly.as_known() else { return };
    let before = plan.prior.as_ref().and_then(|prior| prior.anomaly.as_known());
    let is_new = before.is_none_or(|before| !is_same_watch(before, anomaly));
    let needs_it = Watch::of(anomaly).is_ok_and(|watch| watch.needs_management_account());
    if !needs_it || !is_new {
        return;
    }
    let Some((account, management)) = ask_management(clients, &plan.planned).await else { return };
    if account == management {
        return;
    }
    let at = path!(Alert => anomaly.by);
    let detail = format!(
        "`{at}`: account {account} belongs to an organization that account {management} manages. {NOT_HERE}"
    );
    plan.diagnostics.error(at, "Only the management account can watch this", detail);
}

/// The alert's account, and the one that manages its organization.
async fn ask_management(clients: &Clients, planned: &Alert) -> Option<(AccountId, AccountId)> {
    let account = planned.account.as_known()?;
    let parts = [&account.id, &account.role_name, &account.external_id];
    if !clients.aws_is_known() || parts.iter().any(|part| part.is_unknown()) {
        return None;
    }
    let target = target(&planned.account, None).ok()?;
    let asking = async {
        let session: Session = clients
            .global_session(&target, &CancellationToken::new())
            .await
            .map_err(|problem| problem.to_string())?;
        let found = reads::organization::management_account(&session).await;
        Ok((session.account().clone(), found.map_err(|failure| failure.to_string())?))
    };
    let asked = tokio::time::timeout(PATIENCE, Box::pin(asking)).await;
    match asked.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
        // An account without an organization manages itself.
        Ok((account, management)) => Some((account, management?)),
        Err(reason) => {
            tracing::debug!(reason, "The organization's management account can't be asked for.");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn ending(end: Attr<String>, status: Status) -> Alert {
        Alert {
            budget: Attr::Known(Budget { end, ..Budget::default() }),
            status: Attr::Known(status),
            ..Alert::default()
        }
    }

    #[test]
    fn an_alert_expires_when_it_was_read_so_and_not_by_the_calendar() {
        let day = |text: &str| Attr::Known(text.to_owned());
        let today = date(2027, 1, 31);
        let past = day("2027-01-31");
        let planned = ending(past.clone(), Status::Active);
        assert_eq!(status(None, &planned, today), Attr::Known(Status::Active));
        let active = ending(past.clone(), Status::Active);
        assert_eq!(status(Some(&active), &planned, today), Attr::Known(Status::Active));
        let expired = ending(past, Status::Expired);
        assert_eq!(status(Some(&expired), &planned, today), Attr::Known(Status::Expired));
        for (end, wanted) in [
            (day("2027-02-01"), Attr::Known(Status::Active)),
            (Attr::Null, Attr::Known(Status::Active)),
            (Attr::Unknown, Attr::Unknown),
        ] {
            let planned = ending(end, Status::Active);
            assert_eq!(status(Some(&expired), &planned, today), wanted);
        }
        let without = Alert::default();
        assert_eq!(status(Some(&expired), &without, today), Attr::Known(Status::Active));
    }

    #[test]
    fn what_is_watched_keeps_its_monitor_and_another_watch_gets_another() {
        let known = |text: &str| Attr::Known(text.to_owned());
        let anomaly = |key: &str| Attr::Known(Anomaly { key: known(key), ..Anomaly::default() });
        let prior = Alert {
            anomaly: anomaly("team"),
            monitor_arn: known("m"),
            monitor_owned: Attr::Known(true),
            subscription_arn: known("s"),
            ..Alert::default()
        };
        let refined = |prior: Option<&Alert>, anomaly| {
            let mut planned = Alert { anomaly, ..Alert::default() };
            refine_watch(prior, &mut planned);
            (planned.monitor_arn, planned.monitor_owned, planned.subscription_arn)
        };
        let unknown = || (Attr::Unknown, Attr::Unknown, Attr::Unknown);
        let nothing = || (Attr::Null, Attr::Null, Attr::Null);
        assert_eq!(refined(None, anomaly("team")), unknown());
        assert_eq!(refined(None, Attr::Null), nothing());
        assert_eq!(refined(Some(&prior), Attr::Null), nothing());
        assert_eq!(refined(Some(&prior), Attr::Unknown), unknown());
        let same = (known("m"), Attr::Known(true), known("s"));
        assert_eq!(refined(Some(&prior), anomaly("team")), same);
        let other = (Attr::Unknown, Attr::Unknown, known("s"));
        assert_eq!(refined(Some(&prior), anomaly("env")), other);
        let gone = Alert { anomaly: Attr::Null, ..prior };
        assert_eq!(refined(Some(&gone), anomaly("team")), unknown());
    }
}
