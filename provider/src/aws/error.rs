//! What went wrong at AWS, in one type.
//!
//! Nothing in a [`Failure`] is a secret, as long as whoever sends a secret to AWS calls
//! [`Failure::redacted`]: some services repeat a refused value in their message.

use std::fmt;

/// One call that failed, or one rule of ours that stopped it.
///
/// `Display` is a lower-case fragment that reads after "failed: ".
#[derive(Clone, PartialEq, Eq)]
pub struct Failure(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: Kind,
    operation: Option<Operation>,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
    principal: Option<String>,
    hint: Option<String>,
}

/// What a failure means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The object does not exist.
    NotFound,
    /// The object exists already, or is in a state that does not allow the call.
    Conflict,
    /// The principal may not do this.
    Denied,
    /// Too many calls, also after the SDK's own retries.
    Throttled,
    /// AWS refuses a value of the request.
    Invalid,
    /// A quota of the account is used up.
    Quota,
    /// No answer, or one that says that the service is unwell.
    Unavailable,
    /// The credentials belong to another account than the one wanted.
    WrongAccount,
    /// No usable credentials, profile, region or endpoint.
    Configuration,
    /// Terraform asked to stop.
    Cancelled,
    /// A wait reached its deadline.
    Timeout,
    /// Anything else.
    Other,
}

/// An operation of an AWS service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Operation {
    /// The service's prefix in IAM actions, for example `synthetics`.
    pub service: &'static str,
    /// The operation's name in the API, for example `CreateCanary`.
    pub name: &'static str,
}

impl Operation {
    /// The IAM action that allows the operation.
    ///
    /// It has the operation's name except for Budgets, which knows two actions for all of them, and for
    /// some of S3:
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbudgetservice.html>,
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>.
    pub fn iam_action(&self) -> String {
        let action = match (self.service, self.name) {
            ("budgets", name) if name.contains("Tag") => name,
            ("budgets", name) if name.starts_with("Describe") => "ViewBudget",
            ("budgets", _) => "ModifyBudget",
            ("s3", name) => return format!("s3:{}", s3_action(name)),
            (_, name) => name,
        };
        format!("{}:{action}", self.service)
    }
}

/// The action of S3 that allows an operation.
fn s3_action(operation: &str) -> &str {
    match operation {
        "HeadBucket" => "ListBucket",
        "ListObjectVersions" => "ListBucketVersions",
        "DeleteObjects" => "DeleteObject",
        "GetBucketEncryption" => "GetEncryptionConfiguration",
        "PutBucketEncryption" => "PutEncryptionConfiguration",
        "GetBucketLifecycleConfiguration" => "GetLifecycleConfiguration",
        "PutBucketLifecycleConfiguration" => "PutLifecycleConfiguration",
        "GetPublicAccessBlock" => "GetBucketPublicAccessBlock",
        "PutPublicAccessBlock" => "PutBucketPublicAccessBlock",
        other => other,
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.service, self.name)
    }
}

impl Failure {
    /// A failure that no AWS service reported. `message` is a lower-case fragment.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            operation: None,
            code: None,
            message: message.into(),
            request_id: None,
            principal: None,
            hint: None,
        }))
    }

    /// The same failure, of `operation`.
    #[must_use]
    pub fn during(mut self, operation: Operation) -> Self {
        self.0.operation = Some(operation);
        self
    }

    /// The same failure with what AWS said about it.
    #[must_use]
    pub(super) fn reported(mut self, code: Option<&str>, request_id: Option<&str>) -> Self {
        self.0.code = code.map(str::to_owned);
        self.0.request_id = request_id.map(str::to_owned);
        self
    }

    /// The same failure, met by the principal with this ARN. The first one named stays.
    #[must_use]
    pub fn met_by(mut self, principal: impl Into<String>) -> Self {
        self.0.principal.get_or_insert_with(|| principal.into());
        self
    }

    /// The same failure with advice of its own in place of the usual one for its kind.
    #[must_use]
    pub fn advising(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// The same failure with `note` after its message.
    #[must_use]
    pub fn noting(mut self, note: &str) -> Self {
        self.0.message.push_str("; ");
        self.0.message.push_str(note);
        self
    }

    /// The same failure with every occurrence of `secret` replaced. Call it on each failure of a
    /// request that carried a secret.
    #[must_use]
    pub fn redacted(mut self, secret: &str) -> Self {
        if !secret.is_empty() {
            self.0.message = self.0.message.replace(secret, "(sensitive)");
        }
        self
    }

    /// What the failure means.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The operation that failed; `None` when no call was made.
    pub fn operation(&self) -> Option<Operation> {
        self.0.operation
    }

    /// AWS's error code, for example `AccessDeniedException`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What AWS said, or what we have to say.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The request's id, which AWS support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Whether the object that was asked for does not exist.
    pub fn is_not_found(&self) -> bool {
        self.kind() == Kind::NotFound
    }

    /// Whether the call may have been carried out all the same: nobody answered, or not AWS itself.
    pub fn may_have_taken_effect(&self) -> bool {
        match self.kind() {
            Kind::Unavailable | Kind::Cancelled | Kind::Timeout | Kind::Other => true,
            Kind::NotFound
            | Kind::Conflict
            | Kind::Denied
            | Kind::Throttled
            | Kind::Invalid
            | Kind::Quota
            | Kind::WrongAccount
            | Kind::Configuration => false,
        }
    }

    /// Who met it, and the advice that replaces the usual one.
    pub(super) fn advice(&self) -> (Option<&str>, Option<&str>) {
        (self.0.principal.as_deref(), self.0.hint.as_deref())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { operation, code, message, request_id, .. } = self.0.as_ref();
        if let Some(operation) = operation {
            write!(formatter, "{operation}: ")?;
        }
        formatter.write_str(message)?;
        match (code, request_id) {
            (Some(code), Some(id)) => write!(formatter, " ({code}, request id {id})"),
            (Some(code), None) => write!(formatter, " ({code})"),
            (None, Some(id)) => write!(formatter, " (request id {id})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    const CREATE: Operation = Operation { service: "synthetics", name: "CreateCanary" };

    #[test]
    fn it_reads_as_a_fragment() {
        let failure = Failure::new(Kind::Denied, "no")
            .during(CREATE)
            .reported(Some("AccessDeniedException"), Some("r-1"));
        let text = failure.to_string();
        assert_eq!(text, "synthetics:CreateCanary: no (AccessDeniedException, request id r-1)");
        assert_eq!(Failure::new(Kind::Timeout, "not ready").to_string(), "not ready");
    }

    #[test]
    fn budgets_has_two_actions() {
        for (name, action) in [
            ("DescribeBudgets", "budgets:ViewBudget"),
            ("DescribeNotificationsForBudget", "budgets:ViewBudget"),
            ("CreateBudget", "budgets:ModifyBudget"),
            ("DeleteSubscriber", "budgets:ModifyBudget"),
            ("TagResource", "budgets:TagResource"),
            ("ListTagsForResource", "budgets:ListTagsForResource"),
        ] {
            assert_eq!(Operation { service: "budgets", name }.iam_action(), action);
        }
    }

    #[test]
    fn s3_has_other_words_for_some() {
        for (name, action) in [
            ("HeadBucket", "s3:ListBucket"),
            ("GetBucketEncryption", "s3:GetEncryptionConfiguration"),
            ("PutBucketLifecycleConfiguration", "s3:PutLifecycleConfiguration"),
            ("GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
            ("ListObjectVersions", "s3:ListBucketVersions"),
            ("DeleteObjects", "s3:DeleteObject"),
            ("PutBucketPolicy", "s3:PutBucketPolicy"),
        ] {
            assert_eq!(Operation { service: "s3", name }.iam_action(), action);
        }
    }

    #[test]
    fn a_secret_is_taken_out_of_every_place_it_shows() {
        let failure = Failure::new(Kind::Invalid, "value 'hush' at 'value': hush").redacted("hush");
        assert!(!format!("{failure} {failure:?}").contains("hush"));
        assert_eq!(failure.message(), "value '(sensitive)' at 'value': (sensitive)");
        assert_eq!(Failure::new(Kind::Invalid, "kept").redacted("").message(), "kept");
    }
}
