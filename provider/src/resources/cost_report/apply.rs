//! Making a report what it should be, whatever exists of it.
//!
//! Nothing is remembered between runs but names: each apply looks at what exists, so one that was
//! cut short at any call is gone on with by the next.

use std::sync::Arc;

use framework::{Error, Result};

use super::THING;
use super::holdings::Holdings;
use super::model::CostReport;
use super::names::Names;
use super::queries;
use super::wanted::{HistoryBucket, Wanted};
use crate::aws::objects::agent::{self, Build, Package};
use crate::aws::objects::{
    Claim, Patience, bucket, cost_table, database, function, log_group, role, saved_query,
    schedule, schedule_group, workgroup,
};
use crate::aws::{Failure, Kind, Session};

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
    pub(super) role: Claim,
    pub(super) scheduler_role: Claim,
    pub(super) bucket: Claim,
    pub(super) database: Claim,
    pub(super) workgroup: Claim,
}

impl Claims {
    /// Of a report that no state holds.
    pub(super) const NEW: Self = Self {
        base: Claim::ByTags,
        role: Claim::ByTags,
        scheduler_role: Claim::ByTags,
        bucket: Claim::ByTags,
        database: Claim::ByTags,
        workgroup: Claim::ByTags,
    };

    /// Of a report that the state holds.
    pub(super) fn of(prior: &CostReport, wanted: &Wanted) -> Self {
        let claim = |is_held| if is_held { Claim::ByState } else { Claim::ByTags };
        let has_own_bucket = prior.of_history(|history| &history.bucket).is_null();
        let has_own_workgroup = prior.of_history(|history| &history.workgroup).is_null();
        let database = prior.database_name.as_known();
        Self {
            base: Claim::ByState,
            role: claim(prior.role_arn.is_null()),
            scheduler_role: claim(prior.scheduler_role_arn.is_null()),
            bucket: claim(has_own_bucket),
            database: claim(database == Some(&wanted.database.name)),
            workgroup: claim(has_own_workgroup),
        }
    }
}

impl Work<'_> {
    /// Refuses what of the user's own can't be used as it is. It comes before all writes.
    pub(super) async fn check_given(&self, wanted: &Wanted) -> Result<(), Failure> {
        if let HistoryBucket::Given(name) = &wanted.bucket {
            bucket::check_given(self.session, name).await?;
        }
        if wanted.workgroup.is_none() {
            let name = &wanted.query_place.workgroup;
            if workgroup::find(self.session, name).await?.is_none() {
                let message = format!("there is no workgroup `{name}`");
                return Err(Failure::new(Kind::NotFound, message)
                    .advising("name a workgroup that exists, or none: then one is made."));
            }
        }
        Ok(())
    }

    /// Makes every object, or brings it to what it shall be. The log group comes before the function,
    /// which would make one that keeps everything for ever; the schedule comes last, when all that it
    /// starts works.
    pub(super) async fn make(
        &self,
        claims: Claims,
        wanted: &Wanted,
        package: &Package,
    ) -> Result<(), Failure> {
        let Self { session, patience, .. } = self;
        log_group::ensure(session, claims.base, &wanted.log_group).await?;
        if let Some(wanted) = wanted.bucket.own() {
            patience.unless_stopped()?;
            Box::pin(bucket::ensure(session, *patience, claims.bucket, wanted)).await?;
        }
        if let Some(role) = &wanted.role {
            let own = &wanted.function;
            function::delete_without_role(session, *patience, claims.base, own, &role.name).await?;
        }
        self.role(claims.role, wanted.role.as_ref()).await?;
        patience.unless_stopped()?;
        let made = function::ensure(session, *patience, claims.base, &wanted.function, package);
        Box::pin(made).await?;
        patience.unless_stopped()?;
        Box::pin(self.catalog(claims, wanted)).await?;
        patience.unless_stopped()?;
        schedule_group::ensure(session, *patience, claims.base, &wanted.schedule_group).await?;
        self.role(claims.scheduler_role, wanted.scheduler_role.as_ref()).await?;
        patience.unless_stopped()?;
        Box::pin(self.schedule(wanted)).await
    }

    async fn role(&self, claim: Claim, wanted: Option<&role::Role>) -> Result<(), Failure> {
        let Some(wanted) = wanted else { return Ok(()) };
        self.patience.unless_stopped()?;
        role::ensure(self.session, claim, wanted).await
    }

    /// What Athena needs.
    async fn catalog(&self, claims: Claims, wanted: &Wanted) -> Result<(), Failure> {
        let session = self.session;
        database::ensure(session, claims.database, &wanted.database).await?;
        cost_table::ensure(session, &wanted.table_name, &wanted.table).await?;
        if let Some(wanted) = &wanted.workgroup {
            self.patience.unless_stopped()?;
            workgroup::ensure(session, claims.workgroup, wanted).await?;
        }
        self.patience.unless_stopped()?;
        let place = &wanted.query_place;
        saved_query::ensure(session, place, &wanted.queries, queries::is_ours).await
    }

    /// The group is ours, and so is what is in it.
    async fn schedule(&self, wanted: &Wanted) -> Result<(), Failure> {
        let (session, cancel) = (self.session, self.patience.cancel);
        let wanted = &wanted.schedule;
        match schedule::find(session, &wanted.group, &wanted.name).await? {
            Some(found) if found == *wanted => Ok(()),
            Some(_) => schedule::put(session, cancel, wanted).await,
            None => schedule::ensure(session, cancel, wanted, |_| true).await,
        }
    }

    /// Removes the roles that others took the place of.
    pub(super) async fn drop_roles(
        &self,
        prior: &CostReport,
        wanted: &Wanted,
    ) -> Result<(), Failure> {
        if prior.role_arn.is_null() && wanted.role.is_none() {
            role::delete(self.session, &self.names.role).await?;
        }
        if prior.scheduler_role_arn.is_null() && wanted.scheduler_role.is_none() {
            role::delete(self.session, &self.names.scheduler_role).await?;
        }
        Ok(())
    }

    /// Removes everything that the report has; of buckets, those that may go. The schedule goes first, so
    /// that it invokes nothing that is going. Returns the buckets that stay, since they hold something.
    pub(super) async fn remove(
        &self,
        state: &CostReport,
        held: &[Holdings],
        with_content: bool,
    ) -> Result<Vec<String>, Failure> {
        let Self { session, patience, names } = self;
        // Before anything is gone that the user would have to make again.
        for one in held.iter().filter(|_| !with_content) {
            one.refuse_others(session, None, held).await?;
        }
        schedule_group::delete(session, *patience, &names.schedule_group).await?;
        function::delete(session, *patience, &names.function).await?;
        log_group::delete(session, &names.log_group()).await?;
        if state.scheduler_role_arn.is_null() {
            role::delete(session, &names.scheduler_role).await?;
        }
        if state.role_arn.is_null() {
            role::delete(session, &names.role).await?;
        }
        let mut kept = Vec::new();
        for held in held {
            kept.extend(held.remove(session, None, with_content).await?);
        }
        Ok(kept)
    }
}

/// The agent that the plan was made with.
///
/// # Errors
/// When it is not there, or is another one: the plan was made elsewhere.
pub(super) fn package(planned: &CostReport) -> Result<Arc<Package>> {
    let name = planned.name.known("name")?;
    let failed = |detail: String| {
        Error::new(format!("Unable to send the agent of {THING} `{name}`"), detail)
    };
    let architecture = (*planned.architecture.known("architecture")?).into();
    let package = agent::package(Build::Report, architecture);
    let package = package.map_err(|problem| failed(format!("{problem}.")))?;
    if planned.agent_sha256.as_known().is_none_or(|sha256| *sha256 == package.sha256) {
        return Ok(package);
    }
    Err(failed("The plan was made with another build of the agent than the one here.".to_owned())
        .hint("plan again with this provider, or apply with the one that made the plan."))
}
