//! Objects of a bucket, written only over what was read.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_sdk_s3::operation::put_object::PutObjectError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use bytes::Bytes;

use crate::error::{Error, Kind};

/// A bucket of S3.
#[derive(Clone, Debug)]
pub struct Bucket {
    client: Client,
    name: String,
}

/// Which writing of an object was read: none if there was no object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version(Option<String>);

/// An object as it was read: its bytes and its version; no bytes where there is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it holds.
    pub bytes: Option<Bytes>,
    /// Over which a writing goes.
    pub version: Version,
}

/// What became of a writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is written, and this is its version.
    Done(Version),
    /// Somebody else wrote the object meanwhile. Nothing was written.
    Lost,
}

impl Bucket {
    /// A bucket by its name. The client is of the bucket's region.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self { client, name: name.into() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads an object. Only when S3 says that there is none it is absent: whoever may not list the
    /// bucket is told that it is forbidden (Amazon S3 API Reference, "`GetObject`", Permissions).
    pub async fn get(&self, key: &str) -> Result<Kept, Error> {
        let asked = self.client.get_object().bucket(&self.name).key(key).send().await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(error) if is_absent(&error) => {
                return Ok(Kept { bytes: None, version: Version::default() });
            }
            Err(error) => return Err(Error::of("GetObject", &error)),
        };
        let version = Version(answer.e_tag.clone());
        let body = answer.body.collect().await.map_err(|problem| {
            Error::local(Kind::Unavailable, "GetObject", format!("{key} broke off: {problem}"))
        })?;
        if version.0.is_none() {
            let message = format!("S3 gave {key} without an ETag");
            return Err(Error::local(Kind::Unreadable, "GetObject", message));
        }
        Ok(Kept { bytes: Some(body.into_bytes()), version })
    }

    /// Writes an object over the version that was read.
    ///
    /// Source: Amazon S3 User Guide, "How to prevent object overwrites with conditional writes": a 412
    /// where the object isn't what it was, a 409 where somebody else writes at the same time, a 404 where
    /// it was deleted.
    pub async fn put(
        &self,
        key: &str,
        bytes: Bytes,
        content_type: &str,
        over: &Version,
    ) -> Result<Written, Error> {
        let call = self.client.put_object().bucket(&self.name).key(key);
        let call = call.content_type(content_type).body(bytes.into());
        let call = match &over.0 {
            Some(tag) => call.if_match(tag),
            None => call.if_none_match("*"),
        };
        match call.send().await {
            Ok(answer) => Ok(Written::Done(Version(answer.e_tag))),
            Err(error) if is_lost(&error, over) => Ok(Written::Lost),
            Err(error) => Err(Error::of("PutObject", &error)),
        }
    }

    /// The keys of all objects that begin with a prefix, as far as `keep` wants them.
    pub(crate) async fn list<T: Ord>(
        &self,
        prefix: &str,
        keep: impl Fn(&str) -> Option<T>,
    ) -> Result<BTreeSet<T>, Error> {
        let mut found = BTreeSet::new();
        let mut token = None;
        loop {
            let call = self.client.list_objects_v2().bucket(&self.name).prefix(prefix);
            let page = call.set_continuation_token(token).send().await;
            let page = page.map_err(|error| Error::of("ListObjectsV2", &error))?;
            let keys = page.contents.unwrap_or_default();
            found.extend(keys.into_iter().filter_map(|object| keep(&object.key?)));
            token = page.next_continuation_token.filter(|_| page.is_truncated == Some(true));
            if token.is_none() {
                return Ok(found);
            }
        }
    }
}

/// A bucket that isn't there is a 404 too, and no absent object.
fn is_absent(error: &SdkError<GetObjectError, HttpResponse>) -> bool {
    error.as_service_error().is_some_and(GetObjectError::is_no_such_key)
}

fn is_lost(error: &SdkError<PutObjectError, HttpResponse>, over: &Version) -> bool {
    let Some(status) = error.raw_response().map(|answer| answer.status().as_u16()) else {
        return false;
    };
    let code = error.as_service_error().and_then(|error| error.meta().code());
    match status {
        412 => true,
        409 => code == Some("ConditionalRequestConflict"),
        404 => over.0.is_some() && code == Some("NoSuchKey"),
        _ => false,
    }
}
