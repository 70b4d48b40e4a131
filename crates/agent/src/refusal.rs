//! What AWS says of a call that failed, for logs and people.

use std::error::Error;

use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};

/// What AWS says of a failed call, or what kept it from being asked, on one line. Of an answer that can't be read,
/// nothing is shown: it may hold a secret.
pub(crate) fn said<E>(problem: &SdkError<E>) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    if let (Some(code), message) = (problem.code(), problem.message()) {
        return format!("{code}: {}", message.unwrap_or("without a message"));
    }
    let mut told = problem.to_string();
    let mut cause = problem.source();
    while let Some(deeper) = cause {
        told = format!("{told}: {deeper}");
        cause = deeper.source();
    }
    told
}
