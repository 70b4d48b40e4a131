//! The settings of a bucket, each with calls of its own.

use aws_sdk_s3::types::{
    BucketVersioningStatus, ObjectOwnership, OwnershipControls, OwnershipControlsRule,
    PublicAccessBlockConfiguration, ServerSideEncryption, ServerSideEncryptionByDefault,
    ServerSideEncryptionConfiguration, ServerSideEncryptionRule, VersioningConfiguration,
};

use super::lifecycle::Rule;
use super::{Bucket, arn, lifecycle, or_absent};
use crate::aws::error::Failure;
use crate::aws::objects::policy::{Policy, Statement};
use crate::aws::{Partition, Session};

/// The settings of a bucket as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of S3's own")]
pub struct Settings {
    /// Objects are encrypted with S3's own keys.
    pub is_encrypted: bool,
    /// Nothing can make it public.
    pub is_private: bool,
    /// Objects belong to the bucket's owner, whoever wrote them, and there are no access lists.
    pub is_owner_enforced: bool,
    /// Its policy, as JSON.
    pub policy: Option<String>,
    /// What is replaced or deleted is kept as a version.
    pub is_versioned: bool,
    /// Its lifecycle rules; `None` where one of them is of another kind than ours.
    pub rules: Option<Vec<Rule>>,
}

impl Settings {
    /// After how many days each object is deleted; `None` where no such rule stands alone.
    pub fn expiration_days(&self) -> Option<i32> {
        match self.rules.as_deref() {
            Some([Rule { prefix, days, superseded_days: None }]) if prefix.is_empty() => *days,
            _ => None,
        }
    }

    /// What differs from what it shall be, in words for a user; the days of [`super::Lifetime::Days`] apart.
    pub(super) fn differences(&self, partition: &Partition, wanted: &Bucket) -> Vec<&'static str> {
        let policy = self.policy.as_deref().unwrap_or_default();
        let is_kept = wanted.lifetime.is_versioned();
        [
            ("encryption", self.is_encrypted),
            ("public access block", self.is_private),
            ("object ownership", self.is_owner_enforced),
            ("policy", tls_only(partition, &wanted.name).is_said_by(policy)),
            ("versioning", self.is_versioned || !is_kept),
            ("lifecycle", self.has_rules_of(wanted) || !is_kept),
        ]
        .into_iter()
        .filter(|(_, is_same)| !is_same)
        .map(|(what, _)| what)
        .collect()
    }

    fn has_rules_of(&self, wanted: &Bucket) -> bool {
        self.rules.as_ref() == Some(&wanted.lifetime.rules())
    }
}

/// Denies everything that doesn't come over TLS
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html>).
fn tls_only(partition: &Partition, name: &str) -> Policy {
    let bucket = arn(partition, name);
    let deny = Statement::deny("TlsOnly", ["s3:*"])
        .by(["*"])
        .on([format!("{bucket}/*"), bucket])
        .only_if("Bool", "aws:SecureTransport", ["false"]);
    Policy::of([deny])
}

pub(super) async fn find(session: &Session, name: &str) -> Result<Settings, Failure> {
    Ok(Settings {
        is_encrypted: is_encrypted(session, name).await?,
        is_private: is_private(session, name).await?,
        is_owner_enforced: is_owner_enforced(session, name).await?,
        policy: policy(session, name).await?,
        is_versioned: is_versioned(session, name).await?,
        rules: lifecycle::find(session, name).await?,
    })
}

async fn is_encrypted(session: &Session, name: &str) -> Result<bool, Failure> {
    let asked = session.s3().get_bucket_encryption().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetBucketEncryption")))?;
    let rules = answer.and_then(|answer| answer.server_side_encryption_configuration);
    let defaults = rules.into_iter().flat_map(|rules| rules.rules);
    let algorithms = defaults.filter_map(|rule| rule.apply_server_side_encryption_by_default);
    let mut algorithms = algorithms.map(|default| default.sse_algorithm);
    Ok(algorithms.next() == Some(ServerSideEncryption::Aes256))
}

async fn is_private(session: &Session, name: &str) -> Result<bool, Failure> {
    let asked = session.s3().get_public_access_block().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetPublicAccessBlock")))?;
    let block = answer.and_then(|answer| answer.public_access_block_configuration);
    Ok(block.is_some_and(|block| {
        [
            block.block_public_acls,
            block.ignore_public_acls,
            block.block_public_policy,
            block.restrict_public_buckets,
        ]
        .into_iter()
        .all(|part| part == Some(true))
    }))
}

async fn is_owner_enforced(session: &Session, name: &str) -> Result<bool, Failure> {
    let asked = session.s3().get_bucket_ownership_controls().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetBucketOwnershipControls")))?;
    let controls = answer.and_then(|answer| answer.ownership_controls);
    let mut rules = controls.into_iter().flat_map(|controls| controls.rules);
    Ok(rules.any(|rule| rule.object_ownership == ObjectOwnership::BucketOwnerEnforced))
}

async fn policy(session: &Session, name: &str) -> Result<Option<String>, Failure> {
    let asked = session.s3().get_bucket_policy().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetBucketPolicy")))?;
    Ok(answer.and_then(|answer| answer.policy))
}

async fn is_versioned(session: &Session, name: &str) -> Result<bool, Failure> {
    let asked = session.s3().get_bucket_versioning().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetBucketVersioning")))?;
    Ok(answer.and_then(|answer| answer.status) == Some(BucketVersioningStatus::Enabled))
}

/// Sends what differs.
pub(super) async fn change(
    session: &Session,
    found: &Settings,
    wanted: &Bucket,
) -> Result<(), Failure> {
    let name = &wanted.name;
    let differences = found.differences(session.partition(), wanted);
    if !found.is_private {
        make_private(session, name).await?;
    }
    if !found.is_owner_enforced {
        enforce_owner(session, name).await?;
    }
    if !found.is_encrypted {
        encrypt(session, name).await?;
    }
    if differences.contains(&"policy") {
        let policy = tls_only(session.partition(), name).to_json();
        let put = session.s3().put_bucket_policy().bucket(name).policy(policy).send().await;
        put.map_err(session.failed("s3", "PutBucketPolicy"))?;
    }
    if differences.contains(&"versioning") {
        keep_versions(session, name).await?;
    }
    if !found.has_rules_of(wanted) {
        lifecycle::put(session, wanted).await?;
    }
    Ok(())
}

async fn make_private(session: &Session, name: &str) -> Result<(), Failure> {
    let block = PublicAccessBlockConfiguration::builder()
        .block_public_acls(true)
        .ignore_public_acls(true)
        .block_public_policy(true)
        .restrict_public_buckets(true)
        .build();
    let call = session.s3().put_public_access_block().bucket(name);
    let put = call.public_access_block_configuration(block).send().await;
    put.map_err(session.failed("s3", "PutPublicAccessBlock"))?;
    Ok(())
}

async fn enforce_owner(session: &Session, name: &str) -> Result<(), Failure> {
    let rule = OwnershipControlsRule::builder()
        .object_ownership(ObjectOwnership::BucketOwnerEnforced)
        .build()
        .expect("the ownership is set");
    let controls = OwnershipControls::builder().rules(rule).build().expect("a rule is set");
    let call = session.s3().put_bucket_ownership_controls().bucket(name);
    let put = call.ownership_controls(controls).send().await;
    put.map_err(session.failed("s3", "PutBucketOwnershipControls"))?;
    Ok(())
}

async fn encrypt(session: &Session, name: &str) -> Result<(), Failure> {
    let default = ServerSideEncryptionByDefault::builder()
        .sse_algorithm(ServerSideEncryption::Aes256)
        .build()
        .expect("the algorithm is set");
    let rule = ServerSideEncryptionRule::builder()
        .apply_server_side_encryption_by_default(default)
        .build();
    let rules = ServerSideEncryptionConfiguration::builder().rules(rule).build();
    let call = session.s3().put_bucket_encryption().bucket(name);
    let put = call.server_side_encryption_configuration(rules.expect("a rule is set")).send().await;
    put.map_err(session.failed("s3", "PutBucketEncryption"))?;
    Ok(())
}

async fn keep_versions(session: &Session, name: &str) -> Result<(), Failure> {
    let versions =
        VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled).build();
    let call = session.s3().put_bucket_versioning().bucket(name);
    let put = call.versioning_configuration(versions).send().await;
    put.map_err(session.failed("s3", "PutBucketVersioning"))?;
    Ok(())
}
