//! The plugin transport over a real unix socket, with a client that behaves like Terraform's.

use std::time::Duration;

use framework::plugin::{Environment, MESSAGE_LIMIT, PluginError, Server};
use plugin_client::{Connection, Handshake, Identity};
use tempfile::TempDir;
use tfplugin::plugin::{ConnInfo, Empty};
use tfplugin::tfplugin6::provider_server::Provider;
use tfplugin::tfplugin6::{
    DynamicValue, get_provider_schema, read_resource, stop_provider, validate_provider_config,
};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Request, Response, Status, async_trait};

/// Far more than anything here takes, so that a loaded machine fails no test.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers two methods and leaves all others to their default.
struct Echo;

#[async_trait]
impl Provider for Echo {
    async fn read_resource(
        &self,
        request: Request<read_resource::Request>,
    ) -> Result<Response<read_resource::Response>, Status> {
        let new_state = request.into_inner().current_state;
        Ok(Response::new(read_resource::Response { new_state, ..Default::default() }))
    }

    /// Never answers.
    async fn validate_provider_config(
        &self,
        _request: Request<validate_provider_config::Request>,
    ) -> Result<Response<validate_provider_config::Response>, Status> {
        std::future::pending().await
    }
}

/// A server in this process.
struct Running {
    handshake: Handshake,
    client: Identity,
    ending: CancellationToken,
    serving: JoinHandle<Result<(), PluginError>>,
    folder: TempDir,
}

impl Running {
    fn start(tls: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let client = Identity::generate().expect("an identity");
        let environment = Environment {
            client_certificate: tls.then(|| client.pem()),
            socket_folder: Some(folder.path().to_owned()),
            ..Environment::default()
        };
        let server = Server::bind(&environment).expect("binds");
        let handshake = server.handshake_line().parse().expect("a handshake line");
        let ending = CancellationToken::new();
        let serving = tokio::spawn(server.serve(Echo, ending.clone()));
        Self { handshake, client, ending, serving, folder }
    }

    async fn connect(&self) -> Connection {
        Connection::open(&self.handshake, Some(&self.client)).await.expect("connects")
    }

    /// Waits until the server has ended, and checks that it leaves nothing.
    async fn ended(self) {
        timeout(PATIENCE, self.serving)
            .await
            .expect("in time")
            .expect("no panic")
            .expect("no failure");
        let left = std::fs::read_dir(self.folder.path()).expect("lists").count();
        assert_eq!(left, 0, "the socket is removed");
    }
}

async fn schema_code(connection: &Connection) -> Code {
    let asked = connection.provider().get_provider_schema(get_provider_schema::Request {}).await;
    asked.expect_err("not implemented").code()
}

#[tokio::test]
async fn right_client_is_served_and_others_are_not() {
    let running = Running::start(true);
    let wrong = Identity::generate().expect("an identity");
    for refused in [None, Some(&wrong)] {
        let opened = Connection::open(&running.handshake, refused).await;
        if let Ok(connection) = opened {
            let code = timeout(PATIENCE, schema_code(&connection)).await.expect("in time");
            assert_ne!(code, Code::Unimplemented, "the call must not reach the provider");
        }
    }
    // The same call, to show that the refusals above are for the certificate.
    assert_eq!(schema_code(&running.connect().await).await, Code::Unimplemented);
    running.ending.cancel();
    running.ended().await;
}

#[tokio::test]
async fn client_that_says_nothing_holds_up_no_other() {
    let running = Running::start(true);
    let silent =
        tokio::net::UnixStream::connect(&running.handshake.socket).await.expect("connects");
    assert_eq!(schema_code(&running.connect().await).await, Code::Unimplemented);
    running.ending.cancel();
    running.ended().await;
    drop(silent);
}

#[tokio::test]
async fn without_a_client_certificate_there_is_no_tls() {
    let running = Running::start(false);
    assert_eq!(running.handshake.certificate, None);
    assert_eq!(schema_code(&running.connect().await).await, Code::Unimplemented);
    running.ending.cancel();
    running.ended().await;
}

#[tokio::test]
async fn methods_that_nobody_wrote_are_unimplemented() {
    let running = Running::start(true);
    let mut provider = running.connect().await.provider();
    let stopped = provider.stop_provider(stop_provider::Request {}).await;
    assert_eq!(stopped.expect_err("not implemented").code(), Code::Unimplemented);
    running.ending.cancel();
    running.ended().await;
}

#[tokio::test]
async fn plugin_is_healthy() {
    let running = Running::start(true);
    let mut health = running.connect().await.health();
    let mut status = async |service: &str| {
        let request = tonic_health::pb::HealthCheckRequest { service: service.to_owned() };
        health.check(request).await.map(|response| response.into_inner().status())
    };
    let serving = tonic_health::pb::health_check_response::ServingStatus::Serving;
    assert_eq!(status("plugin").await.expect("answers"), serving);
    assert_eq!(status("other").await.expect_err("unknown").code(), Code::NotFound);
    running.ending.cancel();
    running.ended().await;
}

#[tokio::test]
async fn big_messages_pass_in_both_directions() {
    const FIVE_MEBIBYTES: usize = 5 << 20;
    const { assert!(FIVE_MEBIBYTES < MESSAGE_LIMIT) };
    let running = Running::start(true);
    let sent = DynamicValue { msgpack: vec![7; FIVE_MEBIBYTES], json: Vec::new() };
    let request =
        read_resource::Request { current_state: Some(sent.clone()), ..Default::default() };
    let answered = running.connect().await.provider().read_resource(request).await;
    assert!(answered.expect("answers").into_inner().new_state == Some(sent), "unchanged");
    running.ending.cancel();
    running.ended().await;
}

#[tokio::test]
async fn shutdown_is_answered_and_waits_for_no_stream_and_no_call() {
    let running = Running::start(true);
    let connection = running.connect().await;
    let mut stdio = connection.stdio().stream_stdio(()).await.expect("opens").into_inner();
    let outgoing = tokio_stream::pending::<ConnInfo>();
    let mut broker = connection.broker().start_stream(outgoing).await.expect("opens").into_inner();
    let mut provider = connection.provider();
    let slow = tokio::spawn(async move {
        provider.validate_provider_config(validate_provider_config::Request::default()).await
    });
    assert!(timeout(Duration::from_millis(20), stdio.message()).await.is_err(), "silent");
    assert!(timeout(Duration::from_millis(20), broker.message()).await.is_err(), "silent");

    connection.controller().shutdown(Empty {}).await.expect("answers");
    running.ended().await;
    assert_eq!(stdio.message().await.expect("ends in order"), None);
    slow.abort();
}
