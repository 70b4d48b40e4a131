//! Saved queries of Athena. They have no tags, and their names need not be unique: one is ours when it asks
//! our database and has a name that we give.

use aws_sdk_athena::types::NamedQuery as Shown;
use history::NamedQuery;

use super::workgroup::or_absent;
use crate::aws::Session;
use crate::aws::error::Failure;

/// Most queries that one call reads
/// (<https://docs.aws.amazon.com/athena/latest/APIReference/API_BatchGetNamedQuery.html>).
const BATCH: usize = 50;

/// Where queries are saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The workgroup's name.
    pub workgroup: String,
    /// The database that they ask.
    pub database: String,
}

/// A saved query as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// The database that it asks.
    pub database: String,
    /// What it is.
    pub query: NamedQuery,
}

/// All queries of a workgroup, in the order of their names; `None` when there is no workgroup.
///
/// # Errors
/// What Athena refuses.
pub async fn list(session: &Session, workgroup: &str) -> Result<Option<Vec<Found>>, Failure> {
    let (mut ids, mut token) = (Vec::new(), None);
    loop {
        let call = session.athena().list_named_queries().work_group(workgroup);
        let asked = call.set_next_token(token).send().await;
        let asked = or_absent(asked.map_err(session.failed("athena", "ListNamedQueries")))?;
        let Some(answer) = asked else { return Ok(None) };
        ids.extend(answer.named_query_ids.unwrap_or_default());
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            break;
        }
    }
    let mut found = Vec::new();
    for ids in ids.chunks(BATCH) {
        let call = session.athena().batch_get_named_query().set_named_query_ids(Some(ids.to_vec()));
        // One that was deleted since it was listed is among the unprocessed.
        let answer = call.send().await.map_err(session.failed("athena", "BatchGetNamedQuery"))?;
        found.extend(answer.named_queries.unwrap_or_default().into_iter().map(lifted));
    }
    found.sort_by(|one, other| (&one.query.name, &one.id).cmp(&(&other.query.name, &other.id)));
    Ok(Some(found))
}

fn lifted(shown: Shown) -> Found {
    Found {
        id: shown.named_query_id.unwrap_or_default(),
        database: shown.database,
        query: NamedQuery {
            name: shown.name,
            description: shown.description.unwrap_or_default(),
            sql: shown.query_string,
        },
    }
}

/// Brings the queries that are ours to `wanted`: of those that ask the database, the ones whose names
/// `is_ours` takes.
///
/// # Errors
/// What Athena refuses.
pub async fn ensure(
    session: &Session,
    place: &Place,
    wanted: &[NamedQuery],
    is_ours: impl Fn(&str) -> bool,
) -> Result<(), Failure> {
    let all = list(session, &place.workgroup).await?.unwrap_or_default();
    let mut ours: Vec<Found> = all
        .into_iter()
        .filter(|found| found.database == place.database && is_ours(&found.query.name))
        .collect();
    for query in wanted {
        // The rest of the same name is what a run left whose first answer was lost.
        let of_name = ours.iter().position(|found| found.query.name == query.name);
        match of_name.map(|index| ours.remove(index)) {
            None => create(session, place, query).await?,
            Some(found) if found.query != *query => update(session, &found.id, query).await?,
            Some(_) => {}
        }
    }
    for unwanted in ours {
        delete(session, &unwanted.id).await?;
    }
    Ok(())
}

async fn create(session: &Session, place: &Place, wanted: &NamedQuery) -> Result<(), Failure> {
    let call = session
        .athena()
        .create_named_query()
        .work_group(&place.workgroup)
        .database(&place.database)
        .name(&wanted.name)
        .description(&wanted.description)
        .query_string(&wanted.sql);
    call.send().await.map_err(session.failed("athena", "CreateNamedQuery"))?;
    Ok(())
}

async fn update(session: &Session, id: &str, wanted: &NamedQuery) -> Result<(), Failure> {
    let call = session
        .athena()
        .update_named_query()
        .named_query_id(id)
        .name(&wanted.name)
        .description(&wanted.description)
        .query_string(&wanted.sql);
    call.send().await.map_err(session.failed("athena", "UpdateNamedQuery"))?;
    Ok(())
}

/// Removes a saved query. One that is gone is removed.
///
/// # Errors
/// What Athena refuses.
pub async fn delete(session: &Session, id: &str) -> Result<(), Failure> {
    let deleted = session.athena().delete_named_query().named_query_id(id).send().await;
    or_absent(deleted.map_err(session.failed("athena", "DeleteNamedQuery")))?;
    Ok(())
}
