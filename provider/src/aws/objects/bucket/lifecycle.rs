//! What becomes of a bucket's objects by time.

use aws_sdk_s3::types::{
    AbortIncompleteMultipartUpload, BucketLifecycleConfiguration, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, NoncurrentVersionExpiration,
};

use super::{Bucket, or_absent};
use crate::aws::Session;
use crate::aws::error::Failure;

/// Id of the rule for all objects.
const RULE: &str = "hinomi";
/// Id of the rule for those below a prefix.
const PASSING_RULE: &str = "hinomi-passing";
/// After how many days an upload that was never finished is given up.
const UPLOAD_DAYS: i32 = 1;

/// What becomes of a bucket's objects by time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// Each is deleted after so many days.
    Days(i32),
    /// They stay. The bucket is versioned: what is replaced or deleted is there for some days more.
    Kept {
        /// How many days.
        superseded_days: i32,
        /// What is deleted all the same.
        passing: Passing,
    },
}

/// Objects that pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passing {
    /// What their keys begin with.
    pub prefix: String,
    /// After how many days they are deleted.
    pub days: i32,
}

/// A lifecycle rule that is in force and asks for no more than a prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// What the keys of its objects begin with; empty for all.
    pub prefix: String,
    /// After how many days they are deleted.
    pub days: Option<i32>,
    /// After how many days their versions are deleted that others took the place of.
    pub superseded_days: Option<i32>,
}

impl Lifetime {
    /// Whether versions are kept.
    pub(super) fn is_versioned(&self) -> bool {
        matches!(self, Self::Kept { .. })
    }

    /// The rules that say it, in their order.
    pub(super) fn rules(&self) -> Vec<Rule> {
        match self {
            Self::Days(days) => vec![Rule { days: Some(*days), ..Rule::default() }],
            Self::Kept { superseded_days, passing } => vec![
                Rule { superseded_days: Some(*superseded_days), ..Rule::default() },
                Rule {
                    prefix: passing.prefix.clone(),
                    days: Some(passing.days),
                    superseded_days: None,
                },
            ],
        }
    }
}

/// The rules of a bucket in their order; `None` where one of them is of another kind than ours.
pub(super) async fn find(session: &Session, name: &str) -> Result<Option<Vec<Rule>>, Failure> {
    let asked = session.s3().get_bucket_lifecycle_configuration().bucket(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("s3", "GetBucketLifecycleConfiguration")))?;
    let rules = answer.and_then(|answer| answer.rules).unwrap_or_default();
    let rules: Option<Vec<Rule>> = rules.iter().map(lifted).collect();
    Ok(rules.map(|mut rules| {
        rules.sort();
        rules
    }))
}

fn lifted(rule: &LifecycleRule) -> Option<Rule> {
    let filter = rule.filter.as_ref();
    let asks_for_more = filter.is_some_and(|filter| {
        let has_sizes = filter.object_size_greater_than.or(filter.object_size_less_than).is_some();
        has_sizes || filter.tag.is_some() || filter.and.is_some()
    });
    if rule.status != ExpirationStatus::Enabled || asks_for_more {
        return None;
    }
    let superseded = rule.noncurrent_version_expiration.as_ref();
    Some(Rule {
        prefix: filter.and_then(|filter| filter.prefix.clone()).unwrap_or_default(),
        days: rule.expiration.as_ref().and_then(|expiration| expiration.days),
        superseded_days: superseded.and_then(|expiration| expiration.noncurrent_days),
    })
}

/// Sends the rules of a bucket.
pub(super) async fn put(session: &Session, wanted: &Bucket) -> Result<(), Failure> {
    let rules = wanted.lifetime.rules().into_iter().map(sent).collect();
    let rules = BucketLifecycleConfiguration::builder().set_rules(Some(rules)).build();
    let call = session.s3().put_bucket_lifecycle_configuration().bucket(&wanted.name);
    let put = call.lifecycle_configuration(rules.expect("the rules are set")).send().await;
    put.map_err(session.failed("s3", "PutBucketLifecycleConfiguration"))?;
    Ok(())
}

fn sent(rule: Rule) -> LifecycleRule {
    let is_for_all = rule.prefix.is_empty();
    let built = LifecycleRule::builder()
        .id(if is_for_all { RULE } else { PASSING_RULE })
        .status(ExpirationStatus::Enabled)
        .filter(LifecycleRuleFilter::builder().prefix(rule.prefix).build());
    let built = match (rule.days, rule.superseded_days) {
        (Some(days), _) => built.expiration(LifecycleExpiration::builder().days(days).build()),
        // What is left of a deleted object whose versions are all gone.
        (None, Some(_)) => built
            .expiration(LifecycleExpiration::builder().expired_object_delete_marker(true).build()),
        (None, None) => built,
    };
    let built = match rule.superseded_days {
        Some(days) => built.noncurrent_version_expiration(
            NoncurrentVersionExpiration::builder().noncurrent_days(days).build(),
        ),
        None => built,
    };
    let built = if is_for_all {
        let uploads =
            AbortIncompleteMultipartUpload::builder().days_after_initiation(UPLOAD_DAYS).build();
        built.abort_incomplete_multipart_upload(uploads)
    } else {
        built
    };
    built.build().expect("the status is set")
}
