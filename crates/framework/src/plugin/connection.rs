//! Accepts connections, with or without TLS, and hands them to the gRPC server.

use std::convert::Infallible;
use std::future::pending;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

/// How long a client may take for its TLS handshake. Terraform needs a few milliseconds.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// A connection that is ready for HTTP/2.
#[derive(Debug)]
pub(crate) enum Connection {
    /// The user has set `TF_DISABLE_PLUGIN_TLS`, or attaches to a debug server.
    Plain(UnixStream),
    /// The client has proved who it is.
    Tls(Box<TlsStream<UnixStream>>),
}

/// Sends every admitted connection to `admitted`, for ever.
///
/// Each handshake is a task of its own, so that a client which says nothing holds up no other.
/// Dropping the future ends the tasks.
pub(crate) async fn accept(
    listener: UnixListener,
    tls: Option<TlsAcceptor>,
    admitted: mpsc::Sender<io::Result<Connection>>,
) -> Infallible {
    let mut handshakes = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    handshakes.spawn(admit(stream, tls.clone(), admitted.clone()));
                }
                Err(error) if is_passing(&error) => {}
                Err(error) => {
                    // Terraform makes one connection and keeps it: what runs on it goes on.
                    tracing::error!(%error, "Unable to accept connections any more.");
                    drop(listener);
                    return pending().await;
                }
            },
            Some(_) = handshakes.join_next() => {}
        }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted)
}

async fn admit(
    stream: UnixStream,
    tls: Option<TlsAcceptor>,
    admitted: mpsc::Sender<io::Result<Connection>>,
) {
    let connection = match tls {
        None => Connection::Plain(stream),
        Some(tls) => match timeout(HANDSHAKE_LIMIT, tls.accept(stream)).await {
            Ok(Ok(stream)) => Connection::Tls(Box::new(stream)),
            Ok(Err(error)) => {
                tracing::warn!(%error, "Refused a client.");
                return;
            }
            Err(_elapsed) => {
                tracing::warn!("Refused a client that did not finish its TLS handshake.");
                return;
            }
        },
    };
    // The receiver is gone only when the server has ended.
    let _ = admitted.send(Ok(connection)).await;
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) {}
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, buffer),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_write(context, buffer),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
        }
    }
}
