//! From an SDK error to a [`Failure`].

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::request_id::RequestId;

use super::codes::classify;
use super::error::{Failure, Kind, Operation};

/// The call that gives the credentials of a role.
pub(super) const ASSUME_ROLE: Operation = Operation { service: "sts", name: "AssumeRole" };

impl Failure {
    /// What `error` means, from any service's client.
    pub fn of<E>(operation: Operation, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(answer) => {
                let status = answer.raw().status().as_u16();
                Self::answered(operation, answer.err(), status, error.request_id())
            }
            SdkError::ResponseError(_) => {
                Self::new(Kind::Unavailable, format!("unreadable answer: {}", below(error)))
                    .during(operation)
                    .reported(None, error.request_id())
            }
            SdkError::TimeoutError(_) => {
                Self::new(Kind::Unavailable, "no answer in time").during(operation)
            }
            SdkError::ConstructionFailure(_) => of_request(operation, error, Kind::Invalid),
            SdkError::DispatchFailure(dispatch) if dispatch.is_user() => {
                of_request(operation, error, Kind::Configuration)
            }
            SdkError::DispatchFailure(_) | _ => of_request(operation, error, Kind::Unavailable),
        }
    }

    fn answered(
        operation: Operation,
        error: &(impl ProvideErrorMetadata + Error),
        status: u16,
        request_id: Option<&str>,
    ) -> Self {
        let code = error.code();
        let message = match error.message() {
            Some(message) if !message.is_empty() => message.to_owned(),
            Some(_) | None => format!("HTTP status {status} without a message"),
        };
        Self::new(classify(code, status, request_id.is_some()), message)
            .during(operation)
            .reported(code, request_id)
    }
}

/// A request that got no answer: most often the credentials are missing, or the call that was
/// to fetch them failed, which is then the failure to tell about.
fn of_request(operation: Operation, error: &(dyn Error + 'static), otherwise: Kind) -> Failure {
    let mut inner = causes(error).skip(1);
    let role = inner.find_map(|e| e.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>());
    if let Some(refused) = role {
        return Failure::of(ASSUME_ROLE, refused);
    }
    match causes(error).find_map(|e| e.downcast_ref::<CredentialsError>()) {
        Some(missing) => {
            let message = format!("no AWS credentials: {}", chain(missing));
            Failure::new(Kind::Configuration, message).during(operation)
        }
        None => Failure::new(otherwise, below(error)).during(operation),
    }
}

/// The error and what caused it, outermost first.
fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'a (dyn Error + 'static)| (*cause).source())
}

/// The messages of what caused an SDK error; its own only names the stage that failed.
fn below(error: &(dyn Error + 'static)) -> String {
    chain(error.source().unwrap_or(error))
}

/// The messages of an error and its causes in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut messages: Vec<String> = Vec::new();
    for cause in causes(error) {
        let message = cause.to_string();
        if !messages.iter().any(|earlier| earlier.contains(&message)) {
            messages.push(message);
        }
    }
    messages.join(": ")
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    const GET: Operation = Operation { service: "synthetics", name: "GetCanary" };
    type Refusal = aws_sdk_synthetics::operation::get_canary::GetCanaryError;

    fn answer(status: u16, code: Option<&str>, request_id: Option<&str>) -> Failure {
        let mut response =
            HttpResponse::new(status.try_into().expect("a status"), SdkBody::empty());
        if let Some(id) = request_id {
            response.headers_mut().insert("x-amzn-requestid", id.to_owned());
        }
        let mut metadata = ErrorMetadata::builder().message("said AWS");
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        let error = Refusal::generic(metadata.build());
        Failure::of(GET, &SdkError::service_error(error, response))
    }

    #[test]
    fn the_answer_is_kept() {
        let failure = answer(400, Some("ValidationException"), Some("r-1"));
        assert_eq!(failure.code(), Some("ValidationException"));
        assert_eq!(failure.request_id(), Some("r-1"));
        assert_eq!(failure.message(), "said AWS");
        assert_eq!(failure.operation(), Some(GET));
    }

    #[test]
    fn no_answer_is_unavailable() {
        let refused = ConnectorError::io("connection refused".into());
        let failure = Failure::of::<Refusal>(GET, &SdkError::dispatch_failure(refused));
        assert_eq!(failure.kind(), Kind::Unavailable);
        assert_eq!(failure.message(), "io error: connection refused");
        let late = SdkError::timeout_error("slow");
        assert_eq!(Failure::of::<Refusal>(GET, &late).kind(), Kind::Unavailable);
        let mut response = HttpResponse::new(200.try_into().unwrap(), SdkBody::empty());
        response.headers_mut().insert("x-amzn-requestid", "r-9");
        let broken = Failure::of::<Refusal>(GET, &SdkError::response_error("no JSON", response));
        assert_eq!((broken.kind(), broken.request_id()), (Kind::Unavailable, Some("r-9")));
    }

    #[test]
    fn missing_credentials_are_a_matter_of_configuration() {
        let none = CredentialsError::not_loaded("no providers in chain provided credentials");
        let failure = Failure::of::<Refusal>(
            GET,
            &SdkError::dispatch_failure(ConnectorError::other(none.into(), None)),
        );
        assert_eq!(failure.kind(), Kind::Configuration);
        assert!(failure.hint().unwrap().contains("AWS_PROFILE"));
    }

    #[test]
    fn a_role_that_was_refused_is_told_instead_of_the_call_that_needed_it() {
        let response = HttpResponse::new(403.try_into().unwrap(), SdkBody::empty());
        let metadata = ErrorMetadata::builder().code("AccessDenied").message("no").build();
        let refused = SdkError::service_error(AssumeRoleError::generic(metadata), response);
        let credentials = CredentialsError::provider_error(refused);
        let failure = Failure::of::<Refusal>(
            GET,
            &SdkError::dispatch_failure(ConnectorError::other(credentials.into(), None)),
        );
        assert_eq!(failure.kind(), Kind::Denied);
        assert_eq!(failure.operation(), Some(ASSUME_ROLE));
    }

    #[test]
    fn a_role_that_could_not_be_asked_for_is_unavailable() {
        let refused = ConnectorError::io("connection refused".into());
        let unreachable: SdkError<AssumeRoleError, HttpResponse> =
            SdkError::dispatch_failure(refused);
        let credentials = CredentialsError::provider_error(unreachable);
        let failure = Failure::of::<Refusal>(
            GET,
            &SdkError::dispatch_failure(ConnectorError::other(credentials.into(), None)),
        );
        assert_eq!((failure.kind(), failure.operation()), (Kind::Unavailable, Some(ASSUME_ROLE)));
    }
}
