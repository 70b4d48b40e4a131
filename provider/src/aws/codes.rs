//! What AWS's error codes mean.
//!
//! Codes are compared as text, since many operations do not model the errors that they return:
//! `GetCanary` answers `ResourceNotFoundException` for a canary that its model never mentions.

use super::error::Kind;

/// What an answer means, by its code and, where AWS sent none that we know, by its status.
///
/// A 404 without a code counts only when a request id shows that AWS sent it: what a proxy
/// answers must not make an object look gone.
pub(super) fn classify(code: Option<&str>, status: u16, has_request_id: bool) -> Kind {
    if let Some(kind) = code.and_then(by_code) {
        return kind;
    }
    match status {
        401 | 403 => Kind::Denied,
        402 => Kind::Quota,
        404 if code.is_some() || has_request_id => Kind::NotFound,
        409 => Kind::Conflict,
        429 => Kind::Throttled,
        400 | 413 | 422 => Kind::Invalid,
        500..=599 => Kind::Unavailable,
        _ => Kind::Other,
    }
}

/// The codes of the services that we call, and those common to all of them
/// (<https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>).
fn by_code(code: &str) -> Option<Kind> {
    let kind = match code {
        "ResourceNotFoundException"
        | "ResourceNotFound"
        | "NotFoundException"
        | "NotFound"
        | "ParameterNotFound"
        | "NoSuchEntity"
        | "EntityNotFoundException"
        | "QueueDoesNotExist"
        | "UnknownMonitorException"
        | "UnknownSubscriptionException"
        | "AWS.SimpleQueueService.NonExistentQueue" => Kind::NotFound,

        "ConflictException"
        | "ResourceConflict"
        | "ResourceConflictException"
        | "ResourceInUseException"
        | "DuplicateRecordException"
        | "ParameterAlreadyExists"
        | "ResourceAlreadyExistsException"
        | "AlreadyExistsException"
        | "EntityAlreadyExists"
        | "QueueAlreadyExists"
        | "QueueNameExists"
        | "OperationAborted"
        | "OperationAbortedException"
        | "ConcurrentModificationException" => Kind::Conflict,

        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "NotAuthorized" => Kind::Denied,

        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "TooManyRequestsException"
        | "TooManyUpdates"
        | "RequestLimitExceeded"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "SlowDown" => Kind::Throttled,

        "ServiceQuotaExceededException"
        | "LimitExceeded"
        | "LimitExceededException"
        | "LimitExceededFault"
        | "CreationLimitExceededException"
        | "ResourceNumberLimitExceededException"
        | "ParameterLimitExceeded"
        | "ParameterMaxVersionLimitExceeded" => Kind::Quota,

        "ValidationException"
        | "ValidationError"
        | "BadRequestException"
        | "BadRequest"
        | "InvalidParameterException"
        | "InvalidParameterValue"
        | "InvalidParameterValueException"
        | "InvalidParameterCombination"
        | "InvalidFormat"
        | "InvalidFormatFault"
        | "InvalidRequestException"
        | "InvalidInputException"
        | "InvalidKeyId"
        | "MissingParameter"
        | "MissingRequiredParameterException"
        | "ParameterPatternMismatchException"
        | "RequestEntityTooLargeException"
        | "MalformedPolicyDocument"
        | "MalformedPolicyDocumentException"
        | "SerializationException"
        | "UnsupportedParameterType" => Kind::Invalid,

        "InternalFailure"
        | "InternalFailureException"
        | "InternalError"
        | "InternalErrorException"
        | "InternalServerError"
        | "InternalServerException"
        | "InternalServiceError"
        | "InternalServiceFault"
        | "OperationTimeoutException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Kind::Unavailable,

        "ExpiredToken"
        | "ExpiredTokenException"
        | "InvalidClientTokenId"
        | "UnrecognizedClientException"
        | "InvalidAccessKeyId"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "RequestExpired"
        | "OptInRequired"
        | "RegionDisabledException" => Kind::Configuration,

        _ => return None,
    };
    Some(kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_decide() {
        for (status, code, kind) in [
            (404, "ResourceNotFoundException", Kind::NotFound),
            (400, "EntityNotFoundException", Kind::NotFound),
            (400, "ResourceNotFoundException", Kind::NotFound),
            (400, "NotFoundException", Kind::NotFound),
            (400, "ParameterNotFound", Kind::NotFound),
            (400, "UnknownMonitorException", Kind::NotFound),
            (400, "UnknownSubscriptionException", Kind::NotFound),
            (409, "ConflictException", Kind::Conflict),
            (400, "DuplicateRecordException", Kind::Conflict),
            (400, "ParameterAlreadyExists", Kind::Conflict),
            (400, "ResourceAlreadyExistsException", Kind::Conflict),
            (403, "AccessDenied", Kind::Denied),
            (400, "AccessDeniedException", Kind::Denied),
            (429, "TooManyRequestsException", Kind::Throttled),
            (400, "ThrottlingException", Kind::Throttled),
            (400, "TooManyUpdates", Kind::Throttled),
            (402, "ServiceQuotaExceededException", Kind::Quota),
            (400, "LimitExceeded", Kind::Quota),
            (400, "CreationLimitExceededException", Kind::Quota),
            (400, "ValidationException", Kind::Invalid),
            (413, "RequestEntityTooLargeException", Kind::Invalid),
            (500, "InternalServerException", Kind::Unavailable),
            (403, "ExpiredTokenException", Kind::Configuration),
            (403, "InvalidClientTokenId", Kind::Configuration),
        ] {
            assert_eq!(classify(Some(code), status, false), kind, "{code}");
        }
    }

    #[test]
    fn unknown_codes_fall_back_to_the_status() {
        for (status, kind) in [
            (400, Kind::Invalid),
            (401, Kind::Denied),
            (402, Kind::Quota),
            (403, Kind::Denied),
            (404, Kind::NotFound),
            (409, Kind::Conflict),
            (418, Kind::Other),
            (429, Kind::Throttled),
            (503, Kind::Unavailable),
        ] {
            assert_eq!(classify(Some("Unheard"), status, false), kind, "{status}");
        }
    }

    #[test]
    fn a_bare_404_counts_only_when_aws_sent_it() {
        assert_eq!(classify(None, 404, true), Kind::NotFound);
        assert_eq!(classify(None, 404, false), Kind::Other);
    }
}
