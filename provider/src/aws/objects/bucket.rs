//! Buckets for what a user may want to look at: private, encrypted, reached over TLS alone, and
//! emptied by time where that is wanted.

mod content;
mod lifecycle;
mod settings;

pub use content::{empty, is_empty, refuse};
pub use lifecycle::{Lifetime, Passing};
pub use settings::Settings;

use std::time::Duration;

use aws_sdk_s3::types::{
    BucketLocationConstraint, CreateBucketConfiguration, ObjectOwnership, Tag, Tagging,
};

use super::{Claim, Patience, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::wait::{Settling, eventually};
use crate::aws::{Partition, Session};

/// The one region that has no location constraint
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html>).
const WITHOUT_CONSTRAINT: &str = "us-east-1";

/// A bucket's name, while S3 has not done with the deletion of the one that had it
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>, `OperationAborted`). In the same
/// account and region that takes minutes at most.
const JUST_DELETED: Settling = Settling {
    what: "the name of the deleted bucket to be free",
    limit: Duration::from_mins(5),
    passes: |failure| failure.code() == Some(ABORTED),
};

/// A bucket that was made or changed a moment ago, which not all of S3 knows of yet.
const JUST_CHANGED: Settling = Settling {
    what: "the bucket to be known everywhere",
    limit: Duration::from_mins(1),
    passes: |failure| failure.code() == Some(ABORTED) || failure.kind() == Kind::NotFound,
};

/// What S3 says while another change of the same bucket is under way.
const ABORTED: &str = "OperationAborted";
/// What S3 says of a name that somebody else's bucket has.
const TAKEN: &str = "BucketAlreadyExists";

/// What a bucket shall be. That it is private and encrypted goes without saying.
#[derive(Clone, Debug)]
pub struct Bucket {
    /// Its name, 3 to 63 characters.
    pub name: String,
    /// What becomes of its objects by time.
    pub lifetime: Lifetime,
    /// All of its tags.
    pub tags: Tags,
}

/// A bucket as it is.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its settings.
    pub settings: Settings,
    /// All of its tags.
    pub tags: Tags,
}

impl Found {
    /// What differs from what it shall be, in words for a user; tags apart.
    pub fn differences(&self, partition: &Partition, wanted: &Bucket) -> Vec<&'static str> {
        self.settings.differences(partition, wanted)
    }
}

/// The ARN of a bucket.
pub fn arn(partition: &Partition, name: &str) -> String {
    format!("arn:{partition}:s3:::{name}")
}

/// The bucket with its settings; `None` when this account has none of that name.
///
/// # Errors
/// What S3 refuses; [`Kind::Denied`] for a bucket of another account.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    if !exists(session, name).await? {
        return Ok(None);
    }
    let Some(tags) = find_tags(session, name).await? else { return Ok(None) };
    Ok(Some(Found { settings: settings::find(session, name).await?, tags }))
}

/// Refuses a bucket of the user's that objects can't be written to from here: there is none of that name, or
/// it is in another region. One of another account need not let this one look at it.
///
/// # Errors
/// [`Kind::NotFound`] or [`Kind::Invalid`] with what is wrong.
pub async fn check_given(session: &Session, name: &str) -> Result<(), Failure> {
    let asked = session.s3().head_bucket().bucket(name).send().await;
    let answer = match asked.map_err(session.failed("s3", "HeadBucket")) {
        Ok(answer) => answer,
        Err(failure) if failure.kind() == Kind::Denied => return Ok(()),
        Err(failure) if failure.kind() == Kind::NotFound => {
            let message = format!("there is no bucket `{name}`");
            return Err(Failure::new(Kind::NotFound, message)
                .advising("name a bucket that exists, or none: then one is made."));
        }
        Err(failure) => return Err(failure),
    };
    let (here, there) = (session.region().as_str(), answer.bucket_region);
    match there {
        Some(there) if there != here => {
            let message = format!("the bucket `{name}` is in {there}, and this in {here}");
            Err(Failure::new(Kind::Invalid, message).advising("name a bucket of the same region."))
        }
        Some(_) | None => Ok(()),
    }
}

/// Whether this account has a bucket of this name. S3 says no more than "403" both where the caller may
/// not know and where the bucket is somebody else's.
async fn exists(session: &Session, name: &str) -> Result<bool, Failure> {
    let asked = session.s3().head_bucket().bucket(name);
    let asked = asked.expected_bucket_owner(session.account().as_str()).send().await;
    let found = or_absent(asked.map_err(session.failed("s3", "HeadBucket")));
    found.map(|found| found.is_some()).map_err(|failure| {
        if failure.kind() != Kind::Denied {
            return failure;
        }
        let usual = failure.hint().unwrap_or_default();
        failure.advising(format!(
            "{usual} Or the bucket `{name}` is of another account, as all accounts share the names of buckets: then give the resource another `name`."
        ))
    })
}

/// The bucket's tags; `None` when there is no bucket.
async fn find_tags(session: &Session, name: &str) -> Result<Option<Tags>, Failure> {
    let asked = session.s3().get_bucket_tagging().bucket(name).send().await;
    match asked.map_err(session.failed("s3", "GetBucketTagging")) {
        Ok(answer) => {
            Ok(Some(answer.tag_set.into_iter().map(|tag| (tag.key, tag.value)).collect()))
        }
        Err(failure) if failure.code() == Some("NoSuchTagSet") => Ok(Some(Tags::new())),
        Err(failure) if failure.kind() == Kind::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Makes the bucket, or brings it to what it shall be.
///
/// # Errors
/// What S3 refuses; [`Kind::Conflict`] for a bucket that is not ours.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &Bucket,
) -> Result<(), Failure> {
    if let Some(found) = find(session, &wanted.name).await? {
        return bring(session, claim, wanted, &found).await;
    }
    match eventually(JUST_DELETED, patience.cancel, || create(session, wanted)).await {
        Ok(()) => {}
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(taken) if taken.code() == Some("BucketAlreadyOwnedByYou") => {}
        Err(taken) if taken.code() == Some(TAKEN) => {
            return Err(taken.advising(
                "all accounts share the names of buckets: give the resource another `name`.",
            ));
        }
        Err(aborted) if aborted.code() == Some(ABORTED) => {
            return Err(aborted.advising(
                "a bucket of this name was deleted a short time ago, and S3 has not done with it: apply again later.",
            ));
        }
        Err(failure) => return Err(failure),
    }
    let attempt = || async {
        let Some(found) = find(session, &wanted.name).await? else {
            let message = format!("bucket `{}` is not there", wanted.name);
            return Err(Failure::new(Kind::NotFound, message));
        };
        bring(session, Claim::ByTags, wanted, &found).await
    };
    Box::pin(eventually(JUST_CHANGED, patience.cancel, attempt)).await
}

/// Brings a bucket that exists to what it shall be.
async fn bring(
    session: &Session,
    claim: Claim,
    wanted: &Bucket,
    found: &Found,
) -> Result<(), Failure> {
    check(session, claim, wanted, found).await?;
    change(session, found, wanted).await
}

/// A bucket gets its tags after it was made, so one without any and without content is what a run
/// that was killed left: account, region, stack and name are all in its name.
async fn check(
    session: &Session,
    claim: Claim,
    wanted: &Bucket,
    found: &Found,
) -> Result<(), Failure> {
    if found.tags.is_empty() && is_empty(session, &wanted.name).await? {
        return Ok(());
    }
    claim.check("bucket", &wanted.name, &found.tags, &wanted.tags)
}

async fn create(session: &Session, wanted: &Bucket) -> Result<(), Failure> {
    let region = session.region().as_str();
    let place = (region != WITHOUT_CONSTRAINT).then(|| {
        let place = BucketLocationConstraint::from(region);
        CreateBucketConfiguration::builder().location_constraint(place).build()
    });
    let created = session
        .s3()
        .create_bucket()
        .bucket(&wanted.name)
        .set_create_bucket_configuration(place)
        .object_ownership(ObjectOwnership::BucketOwnerEnforced)
        .send()
        .await;
    created.map_err(session.failed("s3", "CreateBucket"))?;
    Ok(())
}

/// Tags come first: they say whose the bucket is.
async fn change(session: &Session, found: &Found, wanted: &Bucket) -> Result<(), Failure> {
    if !TagChanges::between(&found.tags, &wanted.tags).is_empty() {
        put_tags(session, wanted).await?;
    }
    settings::change(session, &found.settings, wanted).await
}

async fn put_tags(session: &Session, wanted: &Bucket) -> Result<(), Failure> {
    let tag =
        |(key, value)| Tag::builder().key(key).value(value).build().expect("key and value are set");
    let tags = wanted.tags.iter().map(tag).collect();
    let tagging = Tagging::builder().set_tag_set(Some(tags)).build().expect("the tags are set");
    let put = session.s3().put_bucket_tagging().bucket(&wanted.name).tagging(tagging).send().await;
    put.map_err(session.failed("s3", "PutBucketTagging"))?;
    Ok(())
}

/// Removes the bucket. One that holds anything stays, unless `with_content`.
///
/// # Errors
/// What S3 refuses; [`Kind::Conflict`] with what the bucket holds.
pub async fn delete(session: &Session, name: &str, with_content: bool) -> Result<(), Failure> {
    if !exists(session, name).await? {
        return Ok(());
    }
    if with_content {
        empty(session, name).await?;
    } else {
        refuse(session, name).await?;
    }
    let deleted = session.s3().delete_bucket().bucket(name).send().await;
    or_absent(deleted.map_err(session.failed("s3", "DeleteBucket")))?;
    Ok(())
}
