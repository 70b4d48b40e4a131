//! Databases of Glue's data catalog, which Athena queries tables in. Deleting one deletes its tables.

use aws_sdk_glue::types::DatabaseInput;

use super::{Claim, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Partition, Region, Session};

/// What a database shall be.
#[derive(Clone, Debug)]
pub struct Database {
    /// Its name, 1 to 255 of small letters, digits and `_`, which is what Athena takes.
    pub name: String,
    /// What it is for, up to 2,048 bytes.
    pub description: String,
    /// All of its tags.
    pub tags: Tags,
}

/// A database as it is.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What it says to be for.
    pub description: String,
    /// All of its tags.
    pub tags: Tags,
}

/// The ARN of a database.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:glue:{region}:{account}:database/{name}")
}

fn own_arn(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// The database; `None` when there is none.
///
/// # Errors
/// What Glue refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.glue().get_database().name(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("glue", "GetDatabase")))?;
    let Some(database) = answer.and_then(|answer| answer.database) else { return Ok(None) };
    let asked = session.glue().get_tags().resource_arn(own_arn(session, name)).send().await;
    let tags = or_absent(asked.map_err(session.failed("glue", "GetTags")))?;
    let tags = tags.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(Some(Found {
        description: database.description.unwrap_or_default(),
        tags: tags.into_iter().collect(),
    }))
}

/// Makes the database, or brings it to what it shall be.
///
/// # Errors
/// What Glue refuses; [`Kind::Conflict`] for a database that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &Database) -> Result<(), Failure> {
    let found = match find(session, &wanted.name).await? {
        Some(found) => found,
        None => match create(session, wanted).await {
            Ok(()) => return Ok(()),
            // Also the answer to a call whose first answer was lost, and which the SDK sent again.
            Err(taken) if taken.kind() == Kind::Conflict => {
                find(session, &wanted.name).await?.ok_or(taken)?
            }
            Err(failure) => return Err(failure),
        },
    };
    claim.check("database", &wanted.name, &found.tags, &wanted.tags)?;
    if found.description != wanted.description {
        let call = session.glue().update_database().name(&wanted.name);
        let call = call.database_input(input(wanted)).send();
        call.await.map_err(session.failed("glue", "UpdateDatabase"))?;
    }
    change_tags(session, &wanted.name, &TagChanges::between(&found.tags, &wanted.tags)).await
}

fn input(wanted: &Database) -> DatabaseInput {
    let input = DatabaseInput::builder().name(&wanted.name).description(&wanted.description);
    input.build().expect("the name is set")
}

async fn create(session: &Session, wanted: &Database) -> Result<(), Failure> {
    let tags = wanted.tags.clone().into_iter().collect();
    let call = session.glue().create_database().database_input(input(wanted)).set_tags(Some(tags));
    call.send().await.map_err(session.failed("glue", "CreateDatabase"))?;
    Ok(())
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let (glue, arn) = (session.glue(), own_arn(session, name));
    if !changes.set.is_empty() {
        let tags = changes.set.clone().into_iter().collect();
        let call = glue.tag_resource().resource_arn(&arn).set_tags_to_add(Some(tags));
        call.send().await.map_err(session.failed("glue", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = changes.remove.clone();
        let call = glue.untag_resource().resource_arn(&arn).set_tags_to_remove(Some(keys));
        call.send().await.map_err(session.failed("glue", "UntagResource"))?;
    }
    Ok(())
}

/// The names of the tables and views in a database; none when there is no database.
///
/// # Errors
/// What Glue refuses.
pub async fn tables(session: &Session, name: &str) -> Result<Vec<String>, Failure> {
    let (mut names, mut token) = (Vec::new(), None);
    loop {
        let call = session.glue().get_tables().database_name(name).set_next_token(token);
        let asked = or_absent(call.send().await.map_err(session.failed("glue", "GetTables")))?;
        let Some(answer) = asked else { return Ok(names) };
        let tables = answer.table_list.unwrap_or_default();
        names.extend(tables.into_iter().map(|table| table.name));
        token = answer.next_token.filter(|token| !token.is_empty());
        if token.is_none() {
            return Ok(names);
        }
    }
}

/// Removes the database with its tables.
///
/// # Errors
/// What Glue refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let call = session.glue().delete_database().name(name);
    or_absent(call.send().await.map_err(session.failed("glue", "DeleteDatabase")))?;
    Ok(())
}
