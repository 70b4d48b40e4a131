//! The listening server of one process, from its socket to its end.

use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use tfplugin::plugin::grpc_broker_server::GrpcBrokerServer;
use tfplugin::plugin::grpc_controller_server::GrpcControllerServer;
use tfplugin::plugin::grpc_stdio_server::GrpcStdioServer;
use tfplugin::tfplugin6::provider_server::{Provider, ProviderServer};
use tokio::net::UnixListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::server::Router;
use tonic_health::ServingStatus;

use super::connection;
use super::environment::Environment;
use super::error::PluginError;
use super::handshake::Handshake;
use super::services::{Broker, Controller, Stdio};
use super::socket::Socket;
use super::tls::{self, Identity};

/// Largest message in either direction, in bytes, as Terraform's official providers have it. tonic's
/// default of 4 MiB is too small for what users put into states.
pub const MESSAGE_LIMIT: usize = 256 << 20;

/// Name under which go-plugin asks for a plugin's health.
const HEALTH_SERVICE: &str = "plugin";
/// How long answers that are on their way may take once the server ends. Terraform kills a process
/// that is still there after two seconds.
const ENDING_LIMIT: Duration = Duration::from_millis(250);
/// Connections that have finished their handshake and wait to be served.
const CONNECTION_QUEUE: usize = 4;

/// A bound server. Clients may connect from now on; they are served by [`Server::serve`].
pub struct Server {
    listener: UnixListener,
    socket: Socket,
    tls: Option<(TlsAcceptor, CertificateDer<'static>)>,
    multiplex: bool,
}

impl Server {
    /// Listens as Terraform asks: with mutual TLS when it sends its certificate, else without TLS.
    /// Needs a tokio runtime.
    pub fn bind(environment: &Environment) -> Result<Self, PluginError> {
        let tls = environment.client_certificate.as_deref().map(mutual_tls).transpose()?;
        let server = Self::without_tls(environment)?;
        Ok(Self { tls, ..server })
    }

    /// Listens for a person's own Terraform, which attaches without TLS. The socket's mode keeps
    /// other users out. Needs a tokio runtime.
    pub fn without_tls(environment: &Environment) -> Result<Self, PluginError> {
        let (socket, listener) = Socket::bind(environment)?;
        Ok(Self { listener, socket, tls: None, multiplex: environment.multiplex })
    }

    /// The line that tells go-plugin's client how to connect, without its line end.
    pub fn handshake_line(&self) -> String {
        let handshake = Handshake {
            socket: self.socket.path(),
            certificate: self.tls.as_ref().map(|(_, certificate)| certificate.as_ref()),
            multiplex: self.multiplex,
        };
        handshake.line()
    }

    /// Path of the unix socket.
    pub fn socket_path(&self) -> &Path {
        self.socket.path()
    }

    /// Answers requests until `ending` is cancelled, from outside or by the client's `Shutdown`.
    ///
    /// Answers that are on their way are then given a moment; streams and slow calls are not waited
    /// for. The socket is gone when this returns.
    pub async fn serve<P: Provider>(
        self,
        provider: P,
        ending: CancellationToken,
    ) -> Result<(), PluginError> {
        let Self { listener, socket, tls, multiplex: _ } = self;
        let (admitted, connections) = mpsc::channel(CONNECTION_QUEUE);
        let accepting = connection::accept(listener, tls.map(|(acceptor, _)| acceptor), admitted);
        let serving = router(provider, &ending)
            .await
            .serve_with_incoming_shutdown(ReceiverStream::new(connections), ending.cancelled());
        let mut serving = pin!(serving);
        let ended = tokio::select! {
            ended = &mut serving => ended,
            never = accepting => match never {},
            () = ending.cancelled() => timeout(ENDING_LIMIT, serving).await.unwrap_or(Ok(())),
        };
        drop(socket);
        Ok(ended?)
    }
}

fn mutual_tls(
    client_certificate: &str,
) -> Result<(TlsAcceptor, CertificateDer<'static>), PluginError> {
    let identity = Identity::generate()?;
    let certificate = identity.certificate.clone();
    let config = tls::server_config(identity, client_certificate)?;
    Ok((TlsAcceptor::from(Arc::new(config)), certificate))
}

async fn router<P: Provider>(provider: P, ending: &CancellationToken) -> Router {
    let (health, health_service) = tonic_health::server::health_reporter();
    health.set_service_status(HEALTH_SERVICE, ServingStatus::Serving).await;
    let provider = ProviderServer::new(provider)
        .max_decoding_message_size(MESSAGE_LIMIT)
        .max_encoding_message_size(MESSAGE_LIMIT);
    tonic::transport::Server::builder()
        .add_service(provider)
        .add_service(GrpcControllerServer::new(Controller::new(ending.clone())))
        .add_service(GrpcBrokerServer::new(Broker::new(ending.clone())))
        .add_service(GrpcStdioServer::new(Stdio::new(ending.clone())))
        .add_service(health_service)
}
