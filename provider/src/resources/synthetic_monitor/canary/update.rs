//! Changing a monitor in place: only what differs, and nothing when nothing in AWS does.

use framework::{Applied, Attr, Context, Error, Result};

use super::api as canary;
use super::blueprint::Code;
use super::drive::{Goal, Work};
use super::settings::CanarySettings;
use super::{finish, remains, vanished, work};
use crate::aws::tags::TagChanges;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::resources::synthetic_monitor::model::Monitor;
use crate::resources::synthetic_monitor::{
    THING, alarms, deadline, enter, label, lower, plain_tags,
};

/// What differs between a monitor as it is and as it is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Changes {
    canary: CanaryChange,
    enabled: bool,
    tags: bool,
    alarms: alarms::Changes,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CanaryChange {
    Nothing,
    Settings,
    /// The code, and maybe settings with it.
    Code,
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
            alarms: alarms::Changes::between(prior, planned)?,
        })
    }

    fn touches_canary(&self) -> bool {
        self.canary != CanaryChange::Nothing || self.enabled
    }

    fn is_nothing(&self) -> bool {
        !self.touches_canary() && !self.tags && self.alarms.is_nothing()
    }
}

/// Changes a monitor.
pub(in super::super) async fn update(
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
    alarms::apply(clients, work.session, prior, planned, &changes.alarms).await?;
    if !changes.touches_canary() {
        return Ok(None);
    }
    let goal = if planned.enabled.as_known() == Some(&false) { Goal::Idle } else { Goal::Running };
    let reached = work.drive(goal).await.doing("start", THING, &name)?;
    reached.map(Some).ok_or_else(|| vanished("update", &name, "changed"))
}

/// The code that a monitor's check becomes.
pub(super) fn code(monitor: &Monitor) -> Result<Code> {
    let check = lower::check(monitor).ok().flatten();
    let code = check.and_then(|check| Code::of(&check).ok());
    code.ok_or_else(|| Error::provider_bug("a check that was planned can't be written"))
}

#[cfg(test)]
mod tests;
