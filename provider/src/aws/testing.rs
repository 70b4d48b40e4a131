//! An AWS of a few lines behind the SDK's HTTP interface, for tests.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::date_time::Format;

use super::{Aws, Settings};

/// The account of the credentials that the tests begin with.
pub(crate) const OWN: &str = "111111111111";
/// Another account.
pub(super) const OTHER: &str = "222222222222";

/// A request as it left the SDK.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) uri: String,
    pub(crate) body: String,
    pub(super) user_agent: String,
    /// Whose credentials signed it.
    pub(super) account: String,
    /// `<region>/<service>` that it was signed for.
    pub(crate) scope: String,
    /// The operation, from the header that JSON services send or from an STS body.
    pub(crate) operation: String,
}

/// What to answer: a status and a body. `None` leaves the call to the built-in STS.
type Answers = dyn Fn(&Call) -> Option<(u16, Vec<u8>)> + Send + Sync;

#[derive(Clone)]
pub(crate) struct FakeAws {
    calls: Arc<Mutex<Vec<Call>>>,
    answers: Arc<Answers>,
}

impl FakeAws {
    pub(crate) fn new(
        answers: impl Fn(&Call) -> Option<(u16, Vec<u8>)> + Send + Sync + 'static,
    ) -> Self {
        Self { calls: Arc::default(), answers: Arc::new(answers) }
    }

    /// [`Aws`] over this one, signed in to the account [`OWN`].
    pub(crate) fn aws(&self, settings: Settings) -> Aws {
        let own = Credentials::new(format!("KEY{OWN}"), "secret", None, None, "a test");
        Aws::over(
            settings,
            SharedHttpClient::new(self.clone()),
            Some(SharedCredentialsProvider::new(own)),
        )
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no test panics while it holds the lock").clone()
    }

    /// How many calls of an operation came in.
    pub(crate) fn count(&self, operation: &str) -> usize {
        self.calls().iter().filter(|call| call.operation == operation).count()
    }
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        let header = |name: &str| request.headers().get(name).unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let authorization = header("authorization");
        let credential = authorization.split("Credential=").nth(1).unwrap_or_default();
        let mut scope = credential.split(['/', ',']);
        let account = scope.next().unwrap_or_default().trim_start_matches("KEY").to_owned();
        let scope = scope.skip(1).take(2).collect::<Vec<_>>().join("/");
        let target = header("x-amz-target");
        let named = target.rsplit('.').next().filter(|name| !name.is_empty());
        let in_body = body.split("Action=").nth(1).and_then(|rest| rest.split('&').next());
        let in_path = request.uri().rsplit("/operation/").next();
        let operation = named.or(in_body).or(in_path).unwrap_or_default().to_owned();
        let user_agent = header("user-agent");
        let uri = request.uri().to_owned();
        Self { uri, body, user_agent, account, scope, operation }
    }
}

/// What STS answers to the call; nothing for another service's.
fn sts(call: &Call) -> Option<(u16, Vec<u8>)> {
    match call.operation.as_str() {
        "GetCallerIdentity" => Some((200, caller_identity(&call.account).into_bytes())),
        "AssumeRole" => {
            let account = call.body.split("iam%3A%3A").nth(1)?.get(..12)?;
            Some((200, role_credentials(account, Duration::from_hours(1)).into_bytes()))
        }
        _ => None,
    }
}

fn caller_identity(account: &str) -> String {
    let arn = if account == OWN {
        format!("arn:aws:iam::{account}:user/me")
    } else {
        format!("arn:aws:sts::{account}:assumed-role/watch/hinomi")
    };
    format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <GetCallerIdentityResult><Arn>{arn}</Arn><UserId>AIDA</UserId>\
         <Account>{account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
    )
}

/// What `AssumeRole` answers: credentials of `account` that end after `lifetime`.
pub(super) fn role_credentials(account: &str, lifetime: Duration) -> String {
    let end = DateTime::from(SystemTime::now() + lifetime);
    let end = end.fmt(Format::DateTime).expect("the time is in range");
    format!(
        "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\
         <AssumeRoleResult><Credentials><AccessKeyId>KEY{account}</AccessKeyId>\
         <SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>\
         <Expiration>{end}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )
}

/// An STS refusal.
pub(super) fn sts_error(code: &str, message: &str) -> (u16, Vec<u8>) {
    let body = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>\
         <RequestId>r-1</RequestId></ErrorResponse>"
    );
    (403, body.into_bytes())
}

impl HttpConnector for FakeAws {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let call = Call::of(&request);
        let (status, body) =
            (self.answers)(&call).or_else(|| sts(&call)).unwrap_or_else(|| (404, Vec::new()));
        let is_cbor = request.headers().get("smithy-protocol") == Some("rpc-v2-cbor");
        self.calls.lock().expect("no test panics while it holds the lock").push(call);
        HttpConnectorFuture::new(async move {
            // Gives callers that should wait for this one the time to send their own.
            tokio::task::yield_now().await;
            let status = status.try_into().expect("a test answers with a status");
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            if is_cbor {
                response.headers_mut().insert("smithy-protocol", "rpc-v2-cbor");
            }
            Ok(response)
        })
    }
}

impl HttpClient for FakeAws {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl fmt::Debug for FakeAws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FakeAws")
    }
}
