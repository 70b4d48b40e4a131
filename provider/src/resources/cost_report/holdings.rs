//! The objects of a report's history, by names that may change while the report stays.
//!
//! An update that was cut short may leave those of before and those that were wanted, so all that an apply
//! began is kept with the state until what is not wanted is gone.

use serde::{Deserialize, Serialize};

use super::names::TABLE;
use super::queries;
use super::wanted::Wanted;
use crate::aws::objects::{bucket, database, saved_query, workgroup};
use crate::aws::{Failure, Kind, Session};

/// The names of a history's objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holdings {
    /// The bucket, where the report makes it.
    bucket: Option<String>,
    database: String,
    /// Where its queries are saved.
    workgroup: String,
    /// Whether the report makes that workgroup.
    owns_workgroup: bool,
}

impl Holdings {
    pub(super) fn of(wanted: &Wanted) -> Self {
        Self {
            bucket: wanted.bucket.own().map(|bucket| bucket.name.clone()),
            database: wanted.database.name.clone(),
            workgroup: wanted.query_place.workgroup.clone(),
            owns_workgroup: wanted.workgroup.is_some(),
        }
    }

    /// Of those that may exist, the ones that aren't wanted.
    pub(super) fn leaving(all: &[Self], wanted: &Self) -> Vec<Self> {
        all.iter().filter(|held| *held != wanted).cloned().collect()
    }

    /// Those that may exist while others are made.
    pub(super) fn with(mut all: Vec<Self>, wanted: &Self) -> Vec<Self> {
        if !all.contains(wanted) {
            all.push(wanted.clone());
        }
        all
    }

    /// Refuses to remove what others saved in a database or a workgroup that is not among `wanted`, and says
    /// what. Whatever asks the database of one of `all` is ours.
    ///
    /// # Errors
    /// [`Kind::Conflict`] with the first of them.
    pub(super) async fn refuse_others(
        &self,
        session: &Session,
        wanted: Option<&Self>,
        all: &[Self],
    ) -> Result<(), Failure> {
        let mut tables = Vec::new();
        if wanted.is_none_or(|wanted| wanted.database != self.database) {
            tables = database::tables(session, &self.database).await?;
        }
        if let Some(table) = tables.iter().find(|table| *table != TABLE) {
            return Err(refusal(
                &format!("the table or view `{table}`"),
                "database",
                &self.database,
            ));
        }
        let drops_workgroup = wanted.is_none_or(|wanted| wanted.workgroup != self.workgroup);
        if self.owns_workgroup && drops_workgroup {
            let listed = saved_query::list(session, &self.workgroup).await?.unwrap_or_default();
            let is_others = |found: &&saved_query::Found| {
                !wanted.into_iter().chain(all).any(|held| held.has(found))
            };
            if let Some(found) = listed.iter().find(is_others) {
                let name = &found.query.name;
                let what = format!("the saved query `{name}`");
                return Err(refusal(&what, "workgroup", &self.workgroup));
            }
        }
        Ok(())
    }

    fn has(&self, found: &saved_query::Found) -> bool {
        found.database == self.database && queries::is_ours(&found.query.name)
    }

    /// Removes what is not among `wanted`. Returns the bucket when it stays, since it holds something.
    ///
    /// # Errors
    /// What AWS refuses.
    pub(super) async fn remove(
        &self,
        session: &Session,
        wanted: Option<&Self>,
        with_content: bool,
    ) -> Result<Option<String>, Failure> {
        let is_same_place = wanted.is_some_and(|wanted| {
            (&wanted.workgroup, &wanted.database) == (&self.workgroup, &self.database)
        });
        let keeps_workgroup = wanted.is_some_and(|wanted| wanted.workgroup == self.workgroup);
        if self.owns_workgroup && !keeps_workgroup {
            workgroup::delete(session, &self.workgroup).await?;
        } else if !is_same_place {
            let listed = saved_query::list(session, &self.workgroup).await?.unwrap_or_default();
            for found in listed.iter().filter(|found| self.has(found)) {
                saved_query::delete(session, &found.id).await?;
            }
        }
        if wanted.is_none_or(|wanted| wanted.database != self.database) {
            database::delete(session, &self.database).await?;
        }
        let own = self.bucket.as_ref();
        let unwanted = own.filter(|_| wanted.is_none_or(|wanted| wanted.bucket != self.bucket));
        let Some(name) = unwanted else { return Ok(None) };
        if with_content || bucket::is_empty(session, name).await? {
            bucket::delete(session, name, with_content).await?;
            return Ok(None);
        }
        Ok(Some(name.clone()))
    }
}

fn refusal(what: &str, kind: &str, name: &str) -> Failure {
    let message = format!("{kind} `{name}` holds {what}, which the report did not make");
    Failure::new(Kind::Conflict, message).advising(
        "remove it, or save it elsewhere; or set `force_destroy = true` and apply, if nobody needs it any more.",
    )
}
