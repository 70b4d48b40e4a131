//! What a bucket holds.

use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};

use super::or_absent;
use crate::aws::Session;
use crate::aws::error::{Failure, Kind, Operation};

const DELETE_OBJECTS: Operation = Operation { service: "s3", name: "DeleteObjects" };

/// One page of everything, versions and their deletions included: at most 1,000, as many as one
/// call deletes. `None` when there is no bucket.
async fn page(
    session: &Session,
    name: &str,
    at_most: i32,
) -> Result<Option<ListObjectVersionsOutput>, Failure> {
    let call = session.s3().list_object_versions().bucket(name).max_keys(at_most);
    or_absent(call.send().await.map_err(session.failed("s3", "ListObjectVersions")))
}

fn keys(page: ListObjectVersionsOutput) -> Vec<(String, Option<String>)> {
    let versions = page.versions.unwrap_or_default().into_iter();
    let versions = versions.map(|version| (version.key, version.version_id));
    let markers = page.delete_markers.unwrap_or_default().into_iter();
    let markers = markers.map(|marker| (marker.key, marker.version_id));
    versions.chain(markers).filter_map(|(key, version)| Some((key?, version))).collect()
}

/// Whether the bucket holds nothing, or is not there.
///
/// # Errors
/// What S3 refuses.
pub async fn is_empty(session: &Session, name: &str) -> Result<bool, Failure> {
    Ok(page(session, name, 1).await?.is_none_or(|page| keys(page).is_empty()))
}

/// Refuses a bucket that holds anything, and says what.
///
/// # Errors
/// [`Kind::Conflict`] with the first objects' names.
pub async fn refuse(session: &Session, name: &str) -> Result<(), Failure> {
    let Some(page) = page(session, name, 1_000).await? else { return Ok(()) };
    let has_more = page.is_truncated == Some(true);
    let keys = keys(page);
    let Some((first, _)) = keys.first() else { return Ok(()) };
    let count = keys.len();
    let more = if has_more { "more than " } else { "" };
    let message = format!("bucket `{name}` holds {more}{count} objects, such as `{first}`");
    Err(Failure::new(Kind::Conflict, message).advising(
        "set `force_destroy = true` and apply, if nobody needs them any more; or empty the bucket.",
    ))
}

/// Deletes everything that the bucket holds.
///
/// # Errors
/// What S3 refuses, the first object that can't be deleted included.
pub async fn empty(session: &Session, name: &str) -> Result<(), Failure> {
    loop {
        let keys = page(session, name, 1_000).await?.map(keys).unwrap_or_default();
        if keys.is_empty() {
            return Ok(());
        }
        delete(session, name, keys).await?;
    }
}

async fn delete(
    session: &Session,
    name: &str,
    keys: Vec<(String, Option<String>)>,
) -> Result<(), Failure> {
    let object = |(key, version)| {
        let object = ObjectIdentifier::builder().key(key).set_version_id(version);
        object.build().expect("the key is set")
    };
    let objects = keys.into_iter().map(object).collect();
    let objects = Delete::builder().set_objects(Some(objects)).quiet(true).build();
    let call = session.s3().delete_objects().bucket(name);
    let deleted = call.delete(objects.expect("the objects are set")).send().await;
    let answer = deleted.map_err(session.failed("s3", "DeleteObjects"))?;
    match answer.errors.unwrap_or_default().into_iter().next() {
        None => Ok(()),
        Some(refused) => {
            let why = refused.message.or(refused.code).unwrap_or_default();
            let key = refused.key.unwrap_or_default();
            let message = format!("object `{key}` of bucket `{name}` can't be deleted: {why}");
            Err(Failure::new(Kind::Denied, message).during(DELETE_OBJECTS))
        }
    }
}
