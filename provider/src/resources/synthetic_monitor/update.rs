//! Changing a monitor in place: only what differs, and nothing when nothing in AWS does.

use framework::{Applied, Attr, Context, Error, Result};

use super::api::{alarm, canary};
use super::blueprint::Code;
use super::drive::{Goal, Work};
use super::model::Monitor;
use super::settings::{AlarmSettings, CanarySettings};
use super::{THING, deadline, enter, finish, label, lower, plain_tags, remains, work};
use crate::aws::tags::TagChanges;
use crate::clients::Clients;
use crate::diagnose::Doing;

/// What differs between a monitor as it is and as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Changes {
    canary: CanaryChange,
    enabled: bool,
    tags: bool,
    alarm: AlarmChange,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CanaryChange {
    Nothing,
    Settings,
    /// The code, and maybe settings with it.
    Code,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AlarmChange {
    Nothing,
    Make,
    Put,
    Delete,
}

impl Changes {
    fn between(prior: &Monitor, planned: &Monitor) -> Result<Self> {
        let (before, after) = (CanarySettings::of(prior)?, CanarySettings::of(planned)?);
        // AWS asks for the code again whenever the runtime changes.
        let canary = if prior.code_hash != planned.code_hash || before.runtime != after.runtime {
            CanaryChange::Code
        } else if before != after {
            CanaryChange::Settings
        } else {
            CanaryChange::Nothing
        };
        Ok(Self {
            canary,
            enabled: prior.enabled != planned.enabled,
            tags: plain_tags(prior)? != plain_tags(planned)?,
            alarm: Self::of_alarm(prior, planned)?,
        })
    }

    fn of_alarm(prior: &Monitor, planned: &Monitor) -> Result<AlarmChange> {
        let exists = !prior.alarm_arn.is_null();
        Ok(match AlarmSettings::of(planned)? {
            None if exists || !prior.alarm_name.is_null() => AlarmChange::Delete,
            None => AlarmChange::Nothing,
            Some(_) if !exists => AlarmChange::Make,
            Some(after) => {
                let is_same = AlarmSettings::of(prior)?.as_ref() == Some(&after)
                    && prior.alarm_rule == planned.alarm_rule;
                if is_same { AlarmChange::Nothing } else { AlarmChange::Put }
            }
        })
    }

    fn touches_canary(&self) -> bool {
        self.canary != CanaryChange::Nothing || self.enabled
    }

    fn is_nothing(&self) -> bool {
        !self.touches_canary() && !self.tags && self.alarm == AlarmChange::Nothing
    }
}

/// Changes a monitor.
pub(super) async fn update(
    context: &mut Context<'_, Clients>,
    prior: &Monitor,
    planned: Monitor,
) -> Result<Applied<Monitor>> {
    let changes = Changes::between(prior, &planned)?;
    if changes.is_nothing() {
        if prior.account != planned.account {
            // A way into the account that doesn't lead there must not reach the state.
            enter(context, &planned).await?;
        }
        return Ok(Applied::Done(planned));
    }
    let session = enter(context, &planned).await?;
    let deadline = deadline(&planned, |limits| &limits.update);
    let work = work(context, &session, &planned, deadline)?;
    let applied = apply(context.clients, &work, prior, &planned, &changes).await;
    match applied {
        Ok(None) => Ok(Applied::Done(planned)),
        Ok(Some(canary)) => Ok(Applied::Done(finish(context.private, planned, &canary)?)),
        Err(problem) => {
            let problem = restarted(&work, prior, &changes, problem).await;
            // Whether AWS took the new code is not known then.
            let is_uncertain = changes.canary == CanaryChange::Code;
            let hash = if is_uncertain { Attr::Null } else { prior.code_hash.clone() };
            Ok(Applied::Partial(remains(context, &session, &planned, hash).await, problem))
        }
    }
}

/// A change that failed must not leave a service unwatched: what ran before it runs again.
async fn restarted(work: &Work<'_>, prior: &Monitor, changes: &Changes, problem: Error) -> Error {
    let ran = prior.enabled.as_known() != Some(&false);
    if !ran || !changes.touches_canary() || work.drive(Goal::Running).await.is_ok() {
        return problem;
    }
    problem
        .hint("the monitor stands still since this change failed; the next apply starts it again.")
}

/// Makes the changes; returns the canary as it is after them, if they touched it.
async fn apply(
    clients: &Clients,
    work: &Work<'_>,
    prior: &Monitor,
    planned: &Monitor,
    changes: &Changes,
) -> Result<Option<aws_sdk_synthetics::types::Canary>> {
    let name = label(planned);
    if changes.canary != CanaryChange::Nothing {
        let settings = CanarySettings::of(planned)?;
        let sends_code = changes.canary == CanaryChange::Code;
        let updated = work.update(&settings, &code(planned)?, sends_code).await;
        updated.doing("update", THING, &name)?;
    }
    if changes.tags {
        let arn = planned.canary_arn.known("canary_arn")?;
        let between = TagChanges::between(&plain_tags(prior)?, &plain_tags(planned)?);
        let tagged = canary::change_tags(work.session, work.name, arn, &between).await;
        tagged.doing("tag", THING, &name)?;
    }
    change_alarm(clients, work, prior, planned, changes).await?;
    if !changes.touches_canary() {
        return Ok(None);
    }
    let goal = if planned.enabled.as_known() == Some(&false) { Goal::Idle } else { Goal::Running };
    let reached = work.drive(goal).await.doing("start", THING, &name)?;
    reached.map(Some).ok_or_else(|| {
        let summary = format!("Unable to update {THING} `{name}`");
        Error::new(summary, "The canary was deleted while it was changed.")
    })
}

async fn change_alarm(
    clients: &Clients,
    work: &Work<'_>,
    prior: &Monitor,
    planned: &Monitor,
    changes: &Changes,
) -> Result<()> {
    let name = label(planned);
    let session = work.session;
    match (changes.alarm, AlarmSettings::of(planned)?) {
        (AlarmChange::Make, Some(settings)) => {
            make_alarm(clients, work, planned, &settings).await?;
            alarm::put(session, &settings).await.doing("make the alarm of", THING, &name)?;
            return Ok(());
        }
        (AlarmChange::Put, Some(settings)) => {
            alarm::put(session, &settings).await.doing("update the alarm of", THING, &name)?;
        }
        (AlarmChange::Delete, _) => {
            if let Some(alarm) = prior.alarm_name.as_known() {
                let deleted = alarm::delete(session, alarm).await;
                deleted.doing("delete the alarm of", THING, &name)?;
            }
            return Ok(());
        }
        (AlarmChange::Nothing | AlarmChange::Make | AlarmChange::Put, _) => {}
    }
    if changes.tags
        && let Some(arn) = planned.alarm_arn.as_known()
    {
        let tagged = alarm::set_tags(session, arn, &plain_tags(planned)?).await;
        tagged.doing("tag the alarm of", THING, &name)?;
    }
    Ok(())
}

/// Makes a monitor's alarm, silent for now, unless it is there. One of its name that is not ours is
/// left alone.
pub(super) async fn make_alarm(
    clients: &Clients,
    work: &Work<'_>,
    planned: &Monitor,
    settings: &AlarmSettings,
) -> Result<()> {
    let name = label(planned);
    let stack = clients.defaults.stack.known("stack")?;
    let tags = plain_tags(planned)?;
    let found = alarm::find_own(work.session, &settings.name, stack, &name).await;
    let made = match found.doing("make the alarm of", THING, &name)? {
        // Left by a run that ended early: its tags may be those of another plan.
        Some(arn) => alarm::set_tags(work.session, &arn, &tags).await,
        None => alarm::make_silently(work.session, settings, &tags).await,
    };
    made.doing("make the alarm of", THING, &name)
}

/// The code that a monitor's check becomes.
pub(super) fn code(monitor: &Monitor) -> Result<Code> {
    let check = lower::check(monitor).ok().flatten();
    let code = check.and_then(|check| Code::of(&check).ok());
    code.ok_or_else(|| Error::provider_bug("a check that was planned can't be written"))
}

#[cfg(test)]
mod tests;
