//! What went wrong, for people.

use std::error::Error as Cause;
use std::fmt;

use aws_sdk_costexplorer::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

/// A call that failed, or wasn't made. It shows AWS's code and words, and what they mean here. It holds
/// no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Details>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Details {
    kind: Kind,
    operation: &'static str,
    code: Option<String>,
    message: String,
    request_id: Option<String>,
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Whoever asked may not.
    Denied,
    /// Cost Explorer has no figures: it was enabled only just now, or the days are too long ago.
    NoData,
    /// Too many calls at once.
    Throttled,
    /// As many calls were made as are allowed.
    CallsUsedUp,
    /// The bucket doesn't exist.
    NoBucket,
    /// Others write the same object, again and again.
    Contended,
    /// An object or an answer isn't what it should be.
    Unreadable,
    /// Nobody answered, or AWS isn't well.
    Unavailable,
    /// AWS refuses the request.
    Refused,
}

impl Error {
    /// A failure that AWS didn't report. The message is a lower-case fragment.
    pub(crate) fn local(kind: Kind, operation: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self(Box::new(Details { kind, operation, code: None, message, request_id: None }))
    }

    /// An object that isn't what it should be. The message is a lower-case fragment.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::local(Kind::Unreadable, "GetObject", message)
    }

    /// What the SDK says of a call.
    pub(crate) fn of<E>(operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Cause + 'static,
    {
        let SdkError::ServiceError(answer) = error else {
            let mut failed = Self::local(Kind::Unavailable, operation, all_of(error));
            failed.0.request_id = error.request_id().map(str::to_owned);
            return failed;
        };
        let status = answer.raw().status().as_u16();
        let code = answer.err().code();
        let said = answer.err().message().filter(|message| !message.is_empty());
        let message = said.map_or_else(|| format!("HTTP status {status}"), str::to_owned);
        let mut failed = Self::local(kind(code, status), operation, message);
        failed.0.code = code.map(str::to_owned);
        failed.0.request_id = error.request_id().map(str::to_owned);
        failed
    }

    /// What it means.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// AWS's code, such as `AccessDeniedException`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// What AWS said, or what we have to say.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The operation of the API, such as `GetCostAndUsage`.
    pub fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// The request's id, which AWS's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// What can be done about it, as a sentence; none where the message says it all.
    pub fn advice(&self) -> Option<&'static str> {
        let is_cost_explorer = matches!(
            self.0.operation,
            "GetCostAndUsage" | "GetAnomalies" | "ProvideAnomalyFeedback"
        );
        Some(match self.0.kind {
            Kind::Denied if is_cost_explorer => {
                "Allow the action with the prefix `ce:`. A member account sees its own costs only \
                 if the management account lets members see Cost Explorer."
            }
            Kind::Denied if self.0.operation == "GetObject" => {
                "Allow s3:GetObject on the object, and s3:ListBucket on the bucket: without the \
                 latter S3 says that an object which isn't there is forbidden."
            }
            Kind::Denied => "Allow the action of this name on the bucket or the object.",
            Kind::NoData => {
                "Cost Explorer shows figures about a day after it was enabled, and single days of \
                 the last 14 months."
            }
            Kind::Throttled => "It is tried again with the next run.",
            Kind::CallsUsedUp => {
                "Each call costs 0.01 USD; allow more of them where that is worth it."
            }
            Kind::NoBucket
            | Kind::Contended
            | Kind::Unreadable
            | Kind::Unavailable
            | Kind::Refused => {
                return None;
            }
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details { operation, code, message, .. } = &*self.0;
        write!(formatter, "{operation}: ")?;
        if let Some(code) = code {
            write!(formatter, "{code}: ")?;
        }
        write!(formatter, "{}", message.trim_end_matches('.'))?;
        self.advice().map_or(Ok(()), |advice| write!(formatter, ". {advice}"))
    }
}

impl Cause for Error {}

/// Source: the errors of Cost Explorer's operations in its API reference, and Amazon S3's "Error
/// responses".
fn kind(code: Option<&str>, status: u16) -> Kind {
    match code.unwrap_or_default() {
        "AccessDeniedException"
        | "AccessDenied"
        | "UnrecognizedClientException"
        | "ExpiredTokenException"
        | "ExpiredToken"
        | "InvalidClientTokenId" => Kind::Denied,
        "DataUnavailableException" => Kind::NoData,
        "LimitExceededException"
        | "ThrottlingException"
        | "TooManyRequestsException"
        | "SlowDown" => Kind::Throttled,
        "NoSuchBucket" => Kind::NoBucket,
        _ => match status {
            401 | 403 => Kind::Denied,
            429 => Kind::Throttled,
            500.. => Kind::Unavailable,
            _ => Kind::Refused,
        },
    }
}

/// An error with its causes: the outer ones say only that something failed.
fn all_of(error: &dyn Cause) -> String {
    let mut told = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        told = format!("{told}: {deeper}");
        cause = deeper.source();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_what_is_wrong() {
        for (code, status, expected) in [
            ("AccessDeniedException", 400, Kind::Denied),
            ("AccessDenied", 403, Kind::Denied),
            ("DataUnavailableException", 400, Kind::NoData),
            ("LimitExceededException", 400, Kind::Throttled),
            ("NoSuchBucket", 404, Kind::NoBucket),
            ("ValidationException", 400, Kind::Refused),
            ("InternalError", 500, Kind::Unavailable),
            ("Unheard", 403, Kind::Denied),
        ] {
            assert_eq!(kind(Some(code), status), expected, "{code}");
        }
    }

    #[test]
    fn a_failure_is_shown_with_what_can_be_done() {
        let denied = Error::local(Kind::Denied, "GetObject", "Access Denied.");
        let shown = denied.to_string();
        assert!(shown.starts_with("GetObject: Access Denied. Allow s3:GetObject"), "{shown}");
        let broken = Error::local(Kind::Unavailable, "PutObject", "connection refused");
        assert_eq!(broken.to_string(), "PutObject: connection refused");
    }
}
