//! An AWS of a few lines behind the SDK's HTTP interface.

use std::sync::{Arc, Mutex};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_s3::config::Region;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;

/// A request as it left the SDK.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// The address, with its query.
    pub(crate) uri: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

/// What is answered: a status, headers, and a body.
pub(crate) struct Reply(pub(crate) u16, pub(crate) Vec<(&'static str, String)>, pub(crate) Vec<u8>);

type Answers = dyn Fn(&Call) -> Reply + Send + Sync;

/// Answers each call by a function, and remembers it.
#[derive(Clone)]
pub(crate) struct FakeAws {
    calls: Arc<Mutex<Vec<Call>>>,
    answers: Arc<Answers>,
}

impl FakeAws {
    pub(crate) fn new(answers: impl Fn(&Call) -> Reply + Send + Sync + 'static) -> Self {
        Self { calls: Arc::default(), answers: Arc::new(answers) }
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("no test panics with it").clone()
    }

    pub(crate) fn cost_explorer(&self) -> aws_sdk_costexplorer::Client {
        let config = aws_sdk_costexplorer::Config::builder()
            .behavior_version_latest()
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .retry_config(aws_sdk_costexplorer::config::retry::RetryConfig::disabled())
            .http_client(self.http());
        aws_sdk_costexplorer::Client::from_conf(config.build())
    }

    pub(crate) fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::Config::builder()
            .behavior_version_latest()
            .region(Region::new("us-east-1"))
            .credentials_provider(credentials())
            .retry_config(aws_sdk_s3::config::retry::RetryConfig::disabled())
            .http_client(self.http());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    fn http(&self) -> SharedHttpClient {
        let connector = SharedHttpConnector::new(Connector(self.clone()));
        http_client_fn(move |_, _| connector.clone())
    }
}

fn credentials() -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Credentials::new("AKIDEXAMPLE", "secret", None, None, "a test"))
}

struct Connector(FakeAws);

impl std::fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter();
        let call = Call {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers: headers.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            body: request.body().bytes().unwrap_or_default().to_vec(),
        };
        let Reply(status, headers, body) = (self.0.answers)(&call);
        self.0.calls.lock().expect("no test panics with it").push(call);
        let status = status.try_into().expect("a status of HTTP");
        let mut response = HttpResponse::new(status, SdkBody::from(body));
        for (name, value) in headers {
            response.headers_mut().insert(name, value);
        }
        HttpConnectorFuture::ready(Ok(response))
    }
}
