//! Making a location what it should be, whatever exists of it.
//!
//! Nothing is remembered between runs but names: each apply looks at what exists, so one that was
//! cut short at any call is gone on with by the next.

use std::sync::Arc;

use framework::{Error, Result};

use super::THING;
use super::model::MonitorLocation;
use super::names::Names;
use super::wanted::{Wanted, has_canaries};
use crate::aws::objects::agent::{self, Build, Package};
use crate::aws::objects::{Claim, Patience, bucket, function, log_group, role, schedule_group};
use crate::aws::{Failure, Session};

/// Objects that are about to be made or changed.
pub(super) struct Work<'a> {
    pub(super) session: &'a Session,
    pub(super) patience: Patience<'a>,
    pub(super) names: &'a Names,
}

/// What makes an object ours, for each group of them that comes and goes on its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claims {
    pub(super) base: Claim,
    pub(super) probe_role: Claim,
    pub(super) scheduler_role: Claim,
    pub(super) canaries: Claim,
}

impl Claims {
    /// Of a location that no state holds.
    pub(super) const NEW: Self = Self {
        base: Claim::ByTags,
        probe_role: Claim::ByTags,
        scheduler_role: Claim::ByTags,
        canaries: Claim::ByTags,
    };

    /// Of a location that the state holds.
    pub(super) fn of(prior: &MonitorLocation) -> Self {
        let claim = |is_held| if is_held { Claim::ByState } else { Claim::ByTags };
        Self {
            base: Claim::ByState,
            probe_role: claim(prior.role_arn.is_null()),
            scheduler_role: claim(prior.scheduler_role_arn.is_null()),
            canaries: claim(has_canaries(prior)),
        }
    }
}

/// When the probe's role is brought to what it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RoleTurn {
    /// The function can't run without what is new of it.
    BeforeFunction,
    /// The function leaves its VPC, for which the role needs what it is about to lose.
    AfterFunction,
}

impl Work<'_> {
    /// Makes every object, or brings it to what it shall be. The log group comes before the function,
    /// which would make one that keeps everything for ever; what schedules need comes last.
    pub(super) async fn make(
        &self,
        claims: Claims,
        wanted: &Wanted,
        package: &Package,
    ) -> Result<(), Failure> {
        let Self { session, patience, .. } = self;
        log_group::ensure(session, claims.base, &wanted.log_group).await?;
        let turn = Box::pin(self.role_turn(claims, wanted)).await?;
        let probe_role = wanted.probe_role.as_ref();
        if turn == RoleTurn::BeforeFunction {
            self.role(claims.probe_role, probe_role).await?;
        }
        patience.unless_stopped()?;
        let made = function::ensure(session, *patience, claims.base, &wanted.function, package);
        Box::pin(made).await?;
        if turn == RoleTurn::AfterFunction {
            self.role(claims.probe_role, probe_role).await?;
        }
        patience.unless_stopped()?;
        schedule_group::ensure(session, *patience, claims.base, &wanted.schedule_group).await?;
        self.role(claims.scheduler_role, wanted.scheduler_role.as_ref()).await?;
        if let Some(wanted) = &wanted.bucket {
            patience.unless_stopped()?;
            bucket::ensure(session, *patience, claims.canaries, wanted).await?;
        }
        self.role(claims.canaries, wanted.canary_role.as_ref()).await
    }

    /// Whether the probe's role is brought to what it shall be before or after the function. A
    /// function whose role is gone goes as well.
    async fn role_turn(&self, claims: Claims, wanted: &Wanted) -> Result<RoleTurn, Failure> {
        let (session, own) = (self.session, &wanted.function);
        let Some(role) = &wanted.probe_role else { return Ok(RoleTurn::BeforeFunction) };
        function::delete_without_role(session, self.patience, claims.base, own, &role.name).await?;
        let Some(found) = function::find(session, &own.name).await? else {
            return Ok(RoleTurn::BeforeFunction);
        };
        let found = found.function;
        if found.role_arn != own.role_arn {
            return Ok(RoleTurn::BeforeFunction);
        }
        let leaves_vpc = found.vpc.is_some() && own.vpc.is_none();
        match role::find(session, &role.name).await? {
            Some(role) if leaves_vpc && role.arn == own.role_arn => Ok(RoleTurn::AfterFunction),
            Some(_) | None => Ok(RoleTurn::BeforeFunction),
        }
    }

    async fn role(&self, claim: Claim, wanted: Option<&role::Role>) -> Result<(), Failure> {
        let Some(wanted) = wanted else { return Ok(()) };
        self.patience.unless_stopped()?;
        role::ensure(self.session, claim, wanted).await
    }

    /// Removes what the location had and is not to have any more.
    pub(super) async fn drop_unwanted(
        &self,
        prior: &MonitorLocation,
        wanted: &Wanted,
        with_content: bool,
    ) -> Result<(), Failure> {
        if prior.role_arn.is_null() && wanted.probe_role.is_none() {
            role::delete(self.session, &self.names.probe_role).await?;
        }
        if prior.scheduler_role_arn.is_null() && wanted.scheduler_role.is_none() {
            role::delete(self.session, &self.names.scheduler_role).await?;
        }
        if has_canaries(prior) && wanted.bucket.is_none() {
            role::delete(self.session, &self.names.canary_role).await?;
            bucket::delete(self.session, &self.names.bucket, with_content).await?;
        }
        Ok(())
    }

    /// Removes everything that the location has. Schedules go first, so that none of them invokes
    /// what is going.
    pub(super) async fn remove(
        &self,
        state: &MonitorLocation,
        with_content: bool,
    ) -> Result<(), Failure> {
        let Self { session, patience, names } = self;
        if has_canaries(state) && !with_content {
            // Before anything is gone that the user would have to make again.
            bucket::refuse(session, &names.bucket).await?;
        }
        schedule_group::delete(session, *patience, &names.schedule_group).await?;
        function::delete(session, *patience, &names.function).await?;
        log_group::delete(session, &names.log_group()).await?;
        if state.scheduler_role_arn.is_null() {
            role::delete(session, &names.scheduler_role).await?;
        }
        if state.role_arn.is_null() {
            role::delete(session, &names.probe_role).await?;
        }
        if has_canaries(state) {
            role::delete(session, &names.canary_role).await?;
            bucket::delete(session, &names.bucket, with_content).await?;
        }
        Ok(())
    }
}

/// The agent that the plan was made with.
///
/// # Errors
/// When it is not there, or is another one: the plan was made elsewhere.
pub(super) fn package(planned: &MonitorLocation) -> Result<Arc<Package>> {
    let name = planned.name.known("name")?;
    let failed = |detail: String| {
        Error::new(format!("Unable to send the agent of {THING} `{name}`"), detail)
    };
    let architecture = (*planned.architecture.known("architecture")?).into();
    let package = agent::package(Build::Agent, architecture)
        .map_err(|problem| failed(format!("{problem}.")))?;
    if planned.agent_sha256.as_known().is_none_or(|sha256| *sha256 == package.sha256) {
        return Ok(package);
    }
    Err(failed("The plan was made with another build of the agent than the one here.".to_owned())
        .hint("plan again with this provider, or apply with the one that made the plan."))
}
