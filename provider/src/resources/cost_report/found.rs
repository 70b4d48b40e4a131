//! What exists of a report's objects.

use tokio::try_join;

use super::apply::Claims;
use super::names::{Names, SCHEDULE};
use super::queries;
use super::wanted::Wanted;
use crate::aws::objects::schedule::Schedule;
use crate::aws::objects::{
    Tags, bucket, cost_table, database, function, log_group, role, saved_query, schedule,
    schedule_group, workgroup,
};
use crate::aws::{Failure, Session};

/// A report's objects as AWS has them.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) log_group: Option<log_group::Found>,
    pub(super) role: Option<role::Found>,
    pub(super) function: Option<function::Found>,
    pub(super) schedule_group: Option<schedule_group::Found>,
    pub(super) schedule: Option<Schedule>,
    pub(super) scheduler_role: Option<role::Found>,
    pub(super) bucket: Option<bucket::Found>,
    pub(super) database: Option<database::Found>,
    pub(super) table: Option<cost_table::Found>,
    pub(super) workgroup: Option<workgroup::Found>,
    /// Those of the saved queries that are ours.
    pub(super) queries: Vec<saved_query::Found>,
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
        let running = Box::pin(async {
            try_join!(
                log_group::find(session, &log_group_name),
                find_role(session, wanted.role.as_ref()),
                function::find(session, &names.function),
                schedule_group::find(session, &names.schedule_group),
                schedule::find(session, &names.schedule_group, SCHEDULE),
                find_role(session, wanted.scheduler_role.as_ref()),
            )
        });
        let recorded = Box::pin(async {
            try_join!(
                find_bucket(session, wanted),
                database::find(session, &wanted.database.name),
                cost_table::find(session, &wanted.table_name),
                find_workgroup(session, wanted),
                find_queries(session, wanted),
            )
        });
        let (running, recorded) = try_join!(running, recorded)?;
        let (log_group, role, function, schedule_group, schedule, scheduler_role) = running;
        let (bucket, database, table, workgroup, queries) = recorded;
        Ok(Self {
            log_group,
            role,
            function,
            schedule_group,
            schedule,
            scheduler_role,
            bucket,
            database,
            table,
            workgroup,
            queries,
        })
    }

    /// Whether nothing exists. All fields are named, so that none is forgotten.
    pub(super) fn is_nothing(&self) -> bool {
        let Self {
            log_group,
            role,
            function,
            schedule_group,
            schedule,
            scheduler_role,
            bucket,
            database,
            table,
            workgroup,
            queries,
        } = self;
        log_group.is_none()
            && role.is_none()
            && function.is_none()
            && schedule_group.is_none()
            && schedule.is_none()
            && scheduler_role.is_none()
            && bucket.is_none()
            && database.is_none()
            && table.is_none()
            && workgroup.is_none()
            && queries.is_empty()
    }

    /// Refuses objects that have our names and are not ours. It comes before all writes: what a failed
    /// apply leaves is removed by name.
    ///
    /// # Errors
    /// The first of them, with what to do.
    pub(super) fn check(&self, claims: Claims, wanted: &Wanted) -> Result<(), Failure> {
        let own = &wanted.tags;
        let function = self.function.as_ref().map(|found| &found.function.tags);
        let log_group = self.log_group.as_ref().map(|found| &found.tags);
        let group = self.schedule_group.as_ref().map(|found| &found.tags);
        let database = self.database.as_ref().map(|found| &found.tags);
        let role = |found: &'_ Option<role::Found>| found.as_ref().map(|found| found.tags.clone());
        let (role, scheduler_role) = (role(&self.role), role(&self.scheduler_role));
        let name = |wanted: &Option<role::Role>| {
            wanted.as_ref().map_or_else(String::new, |role| role.name.clone())
        };
        let (role_name, scheduler_role_name) = (name(&wanted.role), name(&wanted.scheduler_role));
        // A bucket without tags may be what a run that was killed left: what it holds decides.
        let bucket = self.bucket.as_ref().map(|found| &found.tags).filter(|tags| !tags.is_empty());
        let workgroup = self.workgroup.as_ref().map(|found| &found.tags);
        let all: [(_, _, &str, Option<&Tags>); 8] = [
            (claims.base, "function", &wanted.function.name, function),
            (claims.base, "log group", &wanted.log_group.name, log_group),
            (claims.base, "schedule group", &wanted.schedule_group.name, group),
            (claims.role, "role", &role_name, role.as_ref()),
            (claims.scheduler_role, "role", &scheduler_role_name, scheduler_role.as_ref()),
            (claims.bucket, "bucket", wanted.bucket.name(), bucket),
            (claims.database, "database", &wanted.database.name, database),
            (claims.workgroup, "workgroup", &wanted.query_place.workgroup, workgroup),
        ];
        for (claim, thing, name, tags) in all {
            if let Some(tags) = tags {
                claim.check(thing, name, tags, own)?;
            }
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

async fn find_bucket(session: &Session, wanted: &Wanted) -> Result<Option<bucket::Found>, Failure> {
    match wanted.bucket.own() {
        Some(wanted) => bucket::find(session, &wanted.name).await,
        None => Ok(None),
    }
}

async fn find_workgroup(
    session: &Session,
    wanted: &Wanted,
) -> Result<Option<workgroup::Found>, Failure> {
    match &wanted.workgroup {
        Some(wanted) => workgroup::find(session, &wanted.name).await,
        None => Ok(None),
    }
}

async fn find_queries(
    session: &Session,
    wanted: &Wanted,
) -> Result<Vec<saved_query::Found>, Failure> {
    let place = &wanted.query_place;
    let listed = saved_query::list(session, &place.workgroup).await?.unwrap_or_default();
    let ours = |found: &saved_query::Found| {
        found.database == place.database && queries::is_ours(&found.query.name)
    };
    Ok(listed.into_iter().filter(ours).collect())
}
