//! A connection to a plugin, and the clients that use it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hyper_util::rt::TokioIo;
use rustls::client::ResolvesClientCert;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};
use tfplugin::plugin::grpc_broker_client::GrpcBrokerClient;
use tfplugin::plugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::plugin::grpc_stdio_client::GrpcStdioClient;
use tfplugin::tfplugin6::provider_client::ProviderClient;
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::health_client::HealthClient;
use tower::service_fn;

use crate::{Error, Handshake, Identity, Result};

/// go-plugin's clients take messages of any size that fits an `i32`.
const MESSAGE_LIMIT: usize = i32::MAX as usize;
/// The name that go-plugin's client asks for.
const SERVER_NAME: &str = "localhost";

/// A connection over which calls can be made. Cloning it shares it.
#[derive(Clone)]
pub struct Connection {
    channel: Channel,
}

impl Connection {
    /// Connects as the handshake line says; `identity` is shown to the server if there is TLS.
    ///
    /// A server that refuses the client says so only when the first call is made: that is how TLS
    /// 1.3 works.
    pub async fn open(handshake: &Handshake, identity: Option<&Identity>) -> Result<Self> {
        let socket = handshake.socket.clone();
        let tls = match &handshake.certificate {
            Some(certificate) => Some(client_config(certificate, identity)?),
            None => None,
        };
        // The address is not used; it becomes the name of the authority in each request.
        let endpoint = Endpoint::from_static("http://localhost");
        let channel = match tls {
            None => {
                let connect = move |_| open_plain(socket.clone());
                endpoint.connect_with_connector(service_fn(connect)).await?
            }
            Some(config) => {
                let connect = move |_| open_secured(socket.clone(), Arc::clone(&config));
                endpoint.connect_with_connector(service_fn(connect)).await?
            }
        };
        Ok(Self { channel })
    }

    /// Terraform's calls.
    pub fn provider(&self) -> ProviderClient<Channel> {
        ProviderClient::new(self.channel.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
    }

    /// The service that ends the plugin.
    pub fn controller(&self) -> GrpcControllerClient<Channel> {
        GrpcControllerClient::new(self.channel.clone())
    }

    /// The service that would pass on what the plugin prints.
    pub fn stdio(&self) -> GrpcStdioClient<Channel> {
        GrpcStdioClient::new(self.channel.clone())
    }

    /// The service that would open more connections.
    pub fn broker(&self) -> GrpcBrokerClient<Channel> {
        GrpcBrokerClient::new(self.channel.clone())
    }

    /// The health service.
    pub fn health(&self) -> HealthClient<Channel> {
        HealthClient::new(self.channel.clone())
    }
}

/// Does the TLS handshake alone, and returns the stream.
pub async fn secure(
    socket: &Path,
    certificate: &CertificateDer<'static>,
    identity: Option<&Identity>,
) -> Result<TlsStream<UnixStream>> {
    tls_stream(socket, client_config(certificate, identity)?).await
}

async fn open_plain(socket: PathBuf) -> Result<TokioIo<UnixStream>> {
    Ok(TokioIo::new(UnixStream::connect(socket).await?))
}

async fn open_secured(
    socket: PathBuf,
    config: Arc<ClientConfig>,
) -> Result<TokioIo<TlsStream<UnixStream>>> {
    let stream = tls_stream(&socket, config).await?;
    if stream.get_ref().1.alpn_protocol() != Some(b"h2") {
        return Err(Error::from("the server did not agree to HTTP/2"));
    }
    Ok(TokioIo::new(stream))
}

async fn tls_stream(socket: &Path, config: Arc<ClientConfig>) -> Result<TlsStream<UnixStream>> {
    let stream = UnixStream::connect(socket).await?;
    let name = ServerName::try_from(SERVER_NAME)?;
    Ok(TlsConnector::from(config).connect(name, stream).await?)
}

/// Trusts exactly one certificate, as go-plugin's client does.
fn client_config(
    certificate: &CertificateDer<'static>,
    identity: Option<&Identity>,
) -> Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let shown: Arc<dyn ResolvesClientCert> =
                Arc::new(SingleCertAndKey::from(identity.certified_key()));
            builder.with_client_cert_resolver(shown)
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok(Arc::new(config))
}
