//! Making a monitor, taking over what a run that ended early left of it, and importing one.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_sdk_synthetics::types::{Canary, CanaryState};
use framework::{Applied, Attr, Context, Error, Result};

use super::api as canary;
use super::drive::{Goal, TRY_AGAIN, Work};
use super::settings::CanarySettings;
use super::update::code;
use super::{finish, remains, vanished, work};
use crate::aws::tags::{self, Ownership, TagChanges, ownership};
use crate::aws::{Failure, Kind, Session, names, reads};
use crate::clients::Clients;
use crate::diagnose::{Doing, aws_error};
use crate::resources::synthetic_monitor::model::{Engine, Monitor};
use crate::resources::synthetic_monitor::{
    THING, alarms, claim, deadline, enter, label, plain_tags,
};

/// Makes a monitor.
pub(in super::super) async fn create(
    context: &mut Context<'_, Clients>,
    planned: Monitor,
) -> Result<Applied<Monitor>> {
    let name = label(&planned);
    let session = enter(context, &planned).await?;
    let claimed = claim(context, &session, &planned)?;
    let deadline = deadline(&planned, |limits| &limits.create);
    let work = work(context, &session, &planned, deadline)?;
    let stack = context.clients.defaults.stack.known("stack")?;
    alarms::check_free(context.clients, &session, &planned)
        .await
        .inspect_err(|_| claimed.release(context))?;
    let making = Making { work: &work, stack, name: &name, planned: &planned };
    let problem = match Box::pin(making.canary()).await {
        Ok(()) => match making.complete(context.clients).await {
            Ok(canary) => return Ok(Applied::Done(finish(context.private, planned, &canary)?)),
            Err(problem) => problem,
        },
        Err(Ended { exists: false, problem }) => {
            claimed.release(context);
            return Err(problem);
        }
        Err(Ended { exists: true, problem }) => problem,
    };
    Ok(Applied::Partial(remains(context, &session, &planned, Attr::Null).await, problem))
}

/// Why no canary came about, and whether something is left of it.
struct Ended {
    exists: bool,
    problem: Error,
}

struct Making<'a> {
    work: &'a Work<'a>,
    stack: &'a str,
    name: &'a str,
    planned: &'a Monitor,
}

impl Making<'_> {
    /// Makes the canary, or takes it over, until it is ready.
    async fn canary(&self) -> Result<(), Ended> {
        let nothing = |problem| Ended { exists: false, problem };
        let settings = CanarySettings::of(self.planned).map_err(nothing)?;
        let tags = plain_tags(self.planned).map_err(nothing)?;
        let exists = Mutex::new(false);
        let note = |now: bool| *exists.lock().unwrap_or_else(PoisonError::into_inner) = now;
        let made = self.work.again(|| self.attempt(&settings, &tags, &note));
        let Err(failure) = Box::pin(made).await else { return Ok(()) };
        // Whether AWS did it before the connection broke or the run was stopped, only it can tell.
        let is_uncertain = matches!(failure.kind(), Kind::Cancelled | Kind::Unavailable);
        let exists = exists.into_inner().unwrap_or_else(PoisonError::into_inner)
            || (is_uncertain && self.is_there().await);
        let problem = aws_error(&failure, "create", THING, self.name);
        Err(Ended { exists, problem })
    }

    /// One attempt; `note` is told whether a canary exists from now on.
    async fn attempt(
        &self,
        settings: &CanarySettings,
        tags: &BTreeMap<String, String>,
        note: &impl Fn(bool),
    ) -> Result<(), Failure> {
        let code =
            code(self.planned).map_err(|problem| Failure::new(Kind::Other, problem.to_string()))?;
        match canary::create(self.work.session, settings, &code, tags).await {
            Err(conflict) if conflict.kind() == Kind::Conflict => {
                self.take_over(conflict, settings, tags, note).await
            }
            Err(failure) => Err(self.work.retried(failure)),
            Ok(()) => {
                note(true);
                self.until_ready(note).await
            }
        }
    }

    async fn is_there(&self) -> bool {
        let found = reads::canaries::direct(self.work.session, self.work.name).await;
        matches!(found, Ok(Some(canary)) if self.owner(&canary) == Ownership::Ours)
    }

    fn owner(&self, canary: &Canary) -> Ownership {
        let tags = canary.tags.clone().unwrap_or_default().into_iter().collect();
        ownership(&tags, self.stack, self.name)
    }

    /// Waits for a new canary. AWS finds out only now whether the role can be used; a canary that
    /// broke for that is removed, since it can be made only once.
    async fn until_ready(&self, note: &impl Fn(bool)) -> Result<(), Failure> {
        let Some(found) = self.work.drive(Goal::Idle).await? else {
            note(false);
            return Err(Failure::new(Kind::NotFound, "the canary was deleted while it was made"));
        };
        if canary::state(&found) != CanaryState::Error {
            return Ok(());
        }
        let told = format!("the canary did not come about ({})", canary::state_in_words(&found));
        let broken = self.work.retried(Failure::new(Kind::Invalid, told));
        if broken.message() == TRY_AGAIN {
            self.work.remove().await?;
            note(false);
        }
        Err(broken)
    }

    /// Goes on with a canary that exists already, if it is what a run that was killed left.
    async fn take_over(
        &self,
        conflict: Failure,
        settings: &CanarySettings,
        tags: &BTreeMap<String, String>,
        note: &impl Fn(bool),
    ) -> Result<(), Failure> {
        let Some(found) = reads::canaries::direct(self.work.session, self.work.name).await? else {
            // What was deleted a moment ago keeps its name for a while.
            return Err(self.work.retried_for("the canary's name to be free", conflict));
        };
        match self.owner(&found) {
            Ownership::Ours => {}
            owner @ (Ownership::OtherStack { .. } | Ownership::Foreign) => {
                return Err(self.refusal(conflict, &owner));
            }
        }
        note(true);
        let found = self.work.drive(Goal::Idle).await?;
        if found.as_ref().is_none_or(|found| canary::state(found) == CanaryState::Error) {
            self.work.remove().await?;
            note(false);
            return Err(Failure::new(Kind::Conflict, TRY_AGAIN));
        }
        let code =
            code(self.planned).map_err(|problem| Failure::new(Kind::Other, problem.to_string()))?;
        self.work.update(settings, &code, true).await?;
        let before = found.and_then(|found| found.tags).unwrap_or_default().into_iter().collect();
        let changes = TagChanges::between(&before, tags);
        let arn = self.planned.canary_arn.as_known().map(String::as_str).unwrap_or_default();
        canary::change_tags(self.work.session, self.work.name, arn, &changes).await
    }

    fn refusal(&self, conflict: Failure, owner: &Ownership) -> Failure {
        let canary = self.work.name;
        let whose = match owner {
            Ownership::OtherStack { stack, name } => {
                format!("it belongs to `{name}` of the stack `{stack}`")
            }
            Ownership::Foreign | Ownership::Ours => "Hinomi did not make it".to_owned(),
        };
        let session = self.work.session;
        let id = format!("{}/{}/{canary}", session.account(), session.region());
        conflict.noting(&format!("canary `{canary}` exists already and {whose}")).advising(format!(
            "give the monitor another `name`, or take the canary over with `terraform import hinomi_synthetic_monitor.<name> {id}`."
        ))
    }

    /// Makes the alarm, starts the canary, and only then lets the alarm ring.
    async fn complete(&self, clients: &Clients) -> Result<Canary> {
        alarms::make(clients, self.work.session, self.planned).await?;
        let runs = self.planned.enabled.as_known() != Some(&false);
        let goal = if runs { Goal::Running } else { Goal::Idle };
        let started = self.work.drive(goal).await.doing("start", THING, self.name)?;
        let started = started.ok_or_else(|| vanished("create", self.name, "made"))?;
        alarms::ring(self.work.session, self.planned).await?;
        Ok(started)
    }
}

/// The canary that an import names: by its name in AWS, or by the monitor's name; `None` when there
/// is none.
pub(super) async fn find_for_import(
    clients: &Clients,
    session: &Session,
    name: &str,
) -> Result<Option<Canary>> {
    let ours = match (clients.defaults.name_prefix.as_known(), clients.defaults.stack.as_known()) {
        (Some(prefix), Some(stack)) => names::fit(names::CANARY, prefix, stack, name).ok(),
        _ => None,
    };
    for candidate in [Some(name.to_owned()), ours].into_iter().flatten() {
        let found = reads::canaries::find(session, &candidate).await;
        if let Some(found) = found.doing("import", THING, name)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What a read needs of an imported monitor. A canary that Hinomi made goes by the name in its
/// tags, any other by its own.
pub(super) async fn imported(
    clients: &Clients,
    session: &Session,
    monitor: Monitor,
    found: &Canary,
) -> Result<Monitor> {
    let canary_name = found.name.clone().unwrap_or_default();
    let found_tags = found.tags.clone().unwrap_or_default();
    let name = found_tags.get(tags::NAME).cloned().unwrap_or_else(|| canary_name.clone());
    let mut monitor = Monitor {
        engine: Attr::Known(Engine::Canary),
        name: Attr::Known(name.clone()),
        canary_name: Attr::Known(canary_name),
        canary_arn: Attr::Known(format!(
            "arn:{}:synthetics:{}:{}:canary:{}",
            session.partition(),
            session.region(),
            session.account(),
            found.name.as_deref().unwrap_or_default()
        )),
        ..monitor
    };
    let stack = found_tags.get(tags::STACK).or(clients.defaults.stack.as_known());
    if let (Some(prefix), Some(stack)) = (clients.defaults.name_prefix.as_known(), stack)
        && let Ok(alarm) = names::fit(names::ALARM, prefix, stack, &name)
    {
        monitor.alarm_name = Attr::Known(alarm);
        if alarms::find(clients, session, &monitor).await?.is_empty() {
            monitor.alarm_name = Attr::Null;
        }
    }
    Ok(monitor)
}
