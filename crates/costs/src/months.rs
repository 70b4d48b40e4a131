//! The months of the history in S3.

use std::collections::BTreeSet;

use history::{Month, Record, decode, encode, month_of, object_key};

use crate::bucket::{Bucket, Version, Written};
use crate::error::{Error, Kind};

/// The months of a history: a bucket, and what its keys begin with.
#[derive(Clone, Debug)]
pub struct Months {
    bucket: Bucket,
    prefix: String,
}

impl Months {
    /// The history in a bucket. The prefix is empty, or ends with a slash.
    pub fn new(bucket: Bucket, prefix: impl Into<String>) -> Self {
        Self { bucket, prefix: prefix.into() }
    }

    /// Where they are.
    pub fn bucket(&self) -> &Bucket {
        &self.bucket
    }

    /// The months that have an object.
    pub async fn list(&self) -> Result<BTreeSet<Month>, Error> {
        // The part of the keys that all months share.
        let key = object_key(&self.prefix, Month::FIRST);
        let shared = key.split(&Month::FIRST.to_string()).next().unwrap_or_default();
        self.bucket.list(shared, |key| month_of(&self.prefix, key)).await
    }

    /// Reads a month: its records, and what a writing goes over. A month without an object has none.
    pub async fn read(&self, month: Month) -> Result<(Vec<Record>, Version), Error> {
        let key = object_key(&self.prefix, month);
        let kept = self.bucket.get(&key).await?;
        let Some(bytes) = kept.bytes else { return Ok((Vec::new(), kept.version)) };
        let place = format!("s3://{}/{key}", self.bucket.name());
        let records = decode(&place, month, bytes)
            .map_err(|problem| Error::local(Kind::Unreadable, "GetObject", problem.to_string()))?;
        Ok((records, kept.version))
    }

    /// Writes a month over the version that was read.
    pub async fn write(
        &self,
        month: Month,
        records: &[Record],
        over: &Version,
    ) -> Result<Written, Error> {
        let bytes = encode(month, records)
            .map_err(|problem| Error::local(Kind::Unreadable, "PutObject", problem.to_string()))?;
        let key = object_key(&self.prefix, month);
        self.bucket.put(&key, bytes, "application/vnd.apache.parquet", over).await
    }
}
