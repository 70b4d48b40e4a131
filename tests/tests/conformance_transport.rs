//! The built provider, started and spoken to as Terraform does it: everything around the calls.
//!
//! `HINOMI_PROVIDER` names the binary; without it, it is the one beside this test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hinomi_tests::paths;
use plugin_client::{Connection, Handshake, Identity, Launch, Plugin, Signal};
use serde_json::Value;
use tfplugin::plugin::Empty;
use tfplugin::tfplugin6::{
    get_provider_schema, list_resource, lock_state, plan_action, read_state_bytes, stop_provider,
};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;

/// Terraform kills a provider that is still there so long after `Shutdown`.
const TERRAFORM_WAITS: Duration = Duration::from_secs(2);

fn launch() -> Launch {
    let program = paths::provider();
    assert!(program.is_file(), "{} is missing: build the provider first", program.display());
    Launch::new(program)
}

async fn start() -> Plugin {
    launch().start().await.expect("starts")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("lists").map(|entry| entry.expect("reads").path()).collect()
}

/// Asks for the schema, which every provider has; the answer must be free of errors.
async fn schema(connection: &Connection) -> get_provider_schema::Response {
    let asked = connection.provider().get_provider_schema(get_provider_schema::Request {}).await;
    let answer = asked.expect("answers").into_inner();
    assert_eq!(answer.diagnostics, [], "no diagnostics");
    answer
}

#[tokio::test]
async fn person_without_the_cookie_is_told_what_this_is() {
    for launch in [
        launch().without_variable("TF_PLUGIN_MAGIC_COOKIE"),
        launch().variable("TF_PLUGIN_MAGIC_COOKIE", "wrong"),
    ] {
        let output = launch.run().await.expect("runs");
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty(), "standard output is for the handshake");
        let text = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(text.contains("Terraform provider"), "{text}");
        assert!(text.contains("--debug"), "{text}");
    }
}

#[tokio::test]
async fn handshake_is_one_line_and_then_output_and_log_are_silent() {
    let mut plugin = start().await;
    assert!(plugin.handshake().certificate.is_some(), "TLS");
    assert_eq!(plugin.handshake().multiplex, None);
    let socket = plugin.handshake().socket.clone();
    assert!(socket.starts_with(plugin.process().folder()), "{}", socket.display());
    schema(&plugin.connect().await.expect("connects")).await;
    assert!(plugin.shut_down().await.expect("ends").success());
    assert_eq!(plugin.process().rest_of_output().await.expect("reads"), "");
    assert_eq!(plugin.process().errors().await.expect("reads"), "");
}

#[tokio::test]
async fn seventh_field_answers_those_who_ask() {
    let plugin = launch().variable("PLUGIN_MULTIPLEX_GRPC", "true").start().await.expect("starts");
    assert_eq!(plugin.handshake().multiplex, Some(false));
}

#[tokio::test]
async fn only_the_right_certificate_is_admitted() {
    let plugin = start().await;
    let wrong = Identity::generate().expect("an identity");
    let stolen = plugin.identity().with_key_of(&wrong);
    for (who, identity) in [("nobody", None), ("wrong", Some(&wrong)), ("stolen", Some(&stolen))] {
        if let Ok(connection) = Connection::open(plugin.handshake(), identity).await {
            let request = get_provider_schema::Request {};
            let asked = connection.provider().get_provider_schema(request).await;
            assert!(asked.is_err(), "{who} got a schema");
        }
    }
    let unsecured = Handshake { certificate: None, ..plugin.handshake().clone() };
    if let Ok(connection) = Connection::open(&unsecured, None).await {
        let asked =
            connection.provider().get_provider_schema(get_provider_schema::Request {}).await;
        assert!(asked.is_err(), "a schema without TLS");
    }
    schema(&plugin.connect().await.expect("connects")).await;
}

#[tokio::test]
async fn tls_can_be_switched_off() {
    let mut plugin = launch().without_tls().start().await.expect("starts");
    assert_eq!(plugin.handshake().certificate, None);
    schema(&plugin.connect().await.expect("connects")).await;
    assert!(plugin.shut_down().await.expect("ends").success());
}

#[tokio::test]
async fn plugin_is_healthy() {
    let plugin = start().await;
    let connection = plugin.connect().await.expect("connects");
    let request = HealthCheckRequest { service: "plugin".to_owned() };
    let answer = connection.health().check(request).await.expect("answers").into_inner();
    assert_eq!(answer.status(), ServingStatus::Serving);
}

#[tokio::test]
async fn shutdown_ends_the_process_in_time_with_streams_open() {
    let mut plugin = start().await;
    let connection = plugin.connect().await.expect("connects");
    let mut output = connection.stdio().stream_stdio(()).await.expect("opens").into_inner();
    let asked = Instant::now();
    connection.controller().shutdown(Empty {}).await.expect("answers before it ends");
    let status = plugin.process().wait().await.expect("ends");
    assert!(asked.elapsed() < TERRAFORM_WAITS, "{:?}", asked.elapsed());
    assert!(status.success(), "{status}");
    assert_eq!(output.message().await.ok().flatten(), None, "the stream was silent");
    assert_eq!(entries(plugin.process().folder()), [] as [PathBuf; 0], "the socket is removed");
}

#[tokio::test]
async fn stop_cancels_work_and_not_the_process() {
    let mut plugin = start().await;
    let connection = plugin.connect().await.expect("connects");
    for _ in 0..2 {
        let stopped = connection.provider().stop_provider(stop_provider::Request {}).await;
        assert_eq!(stopped.expect("answers").into_inner().error, "");
    }
    schema(&connection).await;
    assert!(plugin.process().runs().expect("asks"));
}

#[tokio::test]
async fn interrupt_is_left_to_terraform() {
    let mut plugin = start().await;
    let connection = plugin.connect().await.expect("connects");
    for _ in 0..3 {
        plugin.process().signal(Signal::INT).expect("sends");
    }
    schema(&connection).await;
    assert!(plugin.process().runs().expect("asks"));
}

#[tokio::test]
async fn termination_ends_the_process_in_order() {
    let mut plugin = start().await;
    plugin.process().signal(Signal::TERM).expect("sends");
    assert!(plugin.process().wait().await.expect("ends").success());
    assert_eq!(entries(plugin.process().folder()), [] as [PathBuf; 0], "the socket is removed");
}

#[tokio::test]
async fn provider_ends_when_terraform_is_gone() {
    let mut plugin = start().await;
    // Terraform also closes its connection when it dies; the provider must not need that.
    let _connection = plugin.connect().await.expect("connects");
    plugin.process().close_output();
    assert!(plugin.process().wait().await.expect("ends").success());
    assert_eq!(entries(plugin.process().folder()), [] as [PathBuf; 0], "the socket is removed");
}

#[tokio::test]
async fn schema_is_answered_after_reconnecting() {
    let plugin = start().await;
    let first = schema(&plugin.connect().await.expect("connects")).await;
    let second = schema(&plugin.connect().await.expect("connects again")).await;
    assert!(first == second, "the schema is the same each time");
    assert!(first.provider.is_some(), "a provider block");
}

#[tokio::test]
async fn what_nothing_needs_is_unimplemented() {
    let plugin = start().await;
    let mut provider = plugin.connect().await.expect("connects").provider();
    let codes = [
        provider.plan_action(plan_action::Request::default()).await.map(|_| ()),
        provider.lock_state(lock_state::Request::default()).await.map(|_| ()),
        provider.list_resource(list_resource::Request::default()).await.map(|_| ()),
        provider.read_state_bytes(read_state_bytes::Request::default()).await.map(|_| ()),
    ]
    .map(|answer| answer.expect_err("not implemented").code());
    assert_eq!(codes, [Code::Unimplemented; 4]);
}

#[tokio::test]
async fn socket_lies_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let launch = launch().variable("PLUGIN_UNIX_SOCKET_DIR", folder.path());
    let mut plugin = launch.start().await.expect("starts");
    assert!(plugin.handshake().socket.starts_with(folder.path()));
    schema(&plugin.connect().await.expect("connects")).await;
    assert!(plugin.shut_down().await.expect("ends").success());
    assert_eq!(entries(folder.path()), [] as [PathBuf; 0], "the socket is removed");
}

#[tokio::test]
async fn temporary_folder_with_a_long_path_is_no_obstacle() {
    let folder = tempfile::tempdir().expect("a folder");
    let long = folder.path().join("x".repeat(120));
    fs::create_dir(&long).expect("creates");
    let mut plugin = launch().variable("TMPDIR", &long).start().await.expect("starts");
    let socket = plugin.handshake().socket.clone();
    schema(&plugin.connect().await.expect("connects")).await;
    assert!(plugin.shut_down().await.expect("ends").success());
    assert!(!socket.exists(), "the socket is removed");
}

#[tokio::test]
async fn log_is_hclog_when_asked_for() {
    let mut plugin = launch().variable("TF_LOG", "TRACE").start().await.expect("starts");
    schema(&plugin.connect().await.expect("connects")).await;
    assert!(plugin.shut_down().await.expect("ends").success());
    let log = plugin.process().errors().await.expect("reads");
    assert!(log.lines().count() > 0, "something is logged");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("JSON");
        for key in ["@level", "@message", "@timestamp", "@module"] {
            assert!(line[key].is_string(), "{key} in {line}");
        }
    }
}

#[tokio::test]
async fn debug_server_is_attached_to_and_ends_on_interrupt() {
    let nobody = Identity::generate().expect("an identity");
    let launch = launch().without_variable("TF_PLUGIN_MAGIC_COOKIE").without_tls();
    let started = launch.argument("--debug").start_and_read_line(&nobody).await;
    let (mut process, line) = started.expect("starts");
    let value = line
        .strip_prefix("TF_REATTACH_PROVIDERS='")
        .and_then(|rest| rest.strip_suffix('\''))
        .expect("an assignment for a shell");
    let value: Value = serde_json::from_str(value).expect("JSON");
    let provider = &value["registry.terraform.io/hinomi/hinomi"];
    assert_eq!(provider["Protocol"], "grpc");
    assert_eq!(provider["ProtocolVersion"], 6);
    assert_eq!(provider["Test"], true, "else Terraform kills the process");
    assert_eq!(provider["Pid"].as_u64(), process.id().map(u64::from));
    assert_eq!(provider["Addr"]["Network"], "unix");
    let socket = PathBuf::from(provider["Addr"]["String"].as_str().expect("a path"));

    let handshake = Handshake { socket, certificate: None, multiplex: None };
    for _run in 0..2 {
        schema(&Connection::open(&handshake, None).await.expect("connects")).await;
    }
    process.signal(Signal::INT).expect("sends");
    assert!(process.wait().await.expect("ends").success());
    assert_eq!(entries(process.folder()), [] as [PathBuf; 0], "the socket is removed");
}
