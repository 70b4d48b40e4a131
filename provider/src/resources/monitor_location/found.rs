//! What exists of a location's objects.

use tokio::try_join;

use super::apply::Claims;
use super::names::Names;
use super::wanted::Wanted;
use crate::aws::objects::{bucket, function, log_group, role, schedule_group};
use crate::aws::{Failure, Session};

/// A location's objects as AWS has them.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) log_group: Option<log_group::Found>,
    pub(super) probe_role: Option<role::Found>,
    pub(super) function: Option<function::Found>,
    pub(super) schedule_group: Option<schedule_group::Found>,
    pub(super) scheduler_role: Option<role::Found>,
    pub(super) canary_role: Option<role::Found>,
    pub(super) bucket: Option<bucket::Found>,
}

impl Found {
    /// Looks for all of them at once; for those that the user brings along, not at all.
    ///
    /// # Errors
    /// What AWS refuses.
    pub(super) async fn of(
        session: &Session,
        names: &Names,
        wanted: &Wanted,
    ) -> Result<Self, Failure> {
        let log_group_name = names.log_group();
        let looking = async {
            try_join!(
                log_group::find(session, &log_group_name),
                find_role(session, wanted.probe_role.as_ref()),
                function::find(session, &names.function),
                schedule_group::find(session, &names.schedule_group),
                find_role(session, wanted.scheduler_role.as_ref()),
                find_role(session, wanted.canary_role.as_ref()),
                find_bucket(session, wanted.bucket.as_ref()),
            )
        };
        let (log_group, probe_role, function, schedule_group, scheduler_role, canary_role, bucket) =
            Box::pin(looking).await?;
        Ok(Self {
            log_group,
            probe_role,
            function,
            schedule_group,
            scheduler_role,
            canary_role,
            bucket,
        })
    }

    /// Whether nothing exists.
    pub(super) fn is_nothing(&self) -> bool {
        self.log_group.is_none()
            && self.probe_role.is_none()
            && self.function.is_none()
            && self.schedule_group.is_none()
            && self.scheduler_role.is_none()
            && self.canary_role.is_none()
            && self.bucket.is_none()
    }

    /// Refuses objects that have our names and are not ours. It comes before all writes: what a failed
    /// apply leaves is removed by name.
    ///
    /// # Errors
    /// The first of them, with what to do.
    pub(super) fn check(&self, claims: Claims, wanted: &Wanted) -> Result<(), Failure> {
        let own = &wanted.function.tags;
        let all = [
            ("function", &wanted.function.name, self.function.as_ref().map(|f| &f.function.tags)),
            ("log group", &wanted.log_group.name, self.log_group.as_ref().map(|g| &g.tags)),
            (
                "schedule group",
                &wanted.schedule_group.name,
                self.schedule_group.as_ref().map(|group| &group.tags),
            ),
        ];
        for (thing, name, tags) in all {
            if let Some(tags) = tags {
                claims.base.check(thing, name, tags, own)?;
            }
        }
        let roles = [
            (claims.probe_role, &wanted.probe_role, &self.probe_role),
            (claims.scheduler_role, &wanted.scheduler_role, &self.scheduler_role),
            (claims.canaries, &wanted.canary_role, &self.canary_role),
        ];
        for (claim, wanted, found) in roles {
            if let (Some(wanted), Some(found)) = (wanted, found) {
                claim.check("role", &wanted.name, &found.tags, own)?;
            }
        }
        // A bucket without tags may be what a run that was killed left: making it decides.
        if let (Some(wanted), Some(found)) = (&wanted.bucket, &self.bucket)
            && !found.tags.is_empty()
        {
            claims.canaries.check("bucket", &wanted.name, &found.tags, own)?;
        }
        Ok(())
    }
}

async fn find_role(
    session: &Session,
    wanted: Option<&role::Role>,
) -> Result<Option<role::Found>, Failure> {
    match wanted {
        Some(wanted) => role::find(session, &wanted.name).await,
        None => Ok(None),
    }
}

async fn find_bucket(
    session: &Session,
    wanted: Option<&bucket::Bucket>,
) -> Result<Option<bucket::Found>, Failure> {
    match wanted {
        Some(wanted) => bucket::find(session, &wanted.name).await,
        None => Ok(None),
    }
}
