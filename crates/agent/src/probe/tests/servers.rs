//! Servers for tests, each on a port that the system chose.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// What is done once everything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::probe) enum End {
    /// The connection is closed.
    Close,
    /// The connection stays open, and nothing more comes.
    Hang,
    /// The connection is reset.
    Reset,
}

/// What a server says on one connection.
#[derive(Clone, Debug)]
pub(in crate::probe) struct Script {
    bytes: Vec<u8>,
    end: End,
    listens: bool,
}

/// A server, and what it was sent.
pub(in crate::probe) struct Server {
    pub(in crate::probe) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Script {
    /// Waits for a request, then says this.
    pub(in crate::probe) fn answer(text: impl Into<Vec<u8>>, end: End) -> Self {
        Self { bytes: text.into(), end, listens: true }
    }

    /// Says this to whoever connects.
    pub(in crate::probe) fn greeting(text: impl Into<Vec<u8>>, end: End) -> Self {
        Self { bytes: text.into(), end, listens: false }
    }

    /// A whole HTTP answer.
    pub(in crate::probe) fn http(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{headers}\r\n{body}");
        Self::answer(text, End::Close)
    }

    /// Waits for a request and says nothing.
    pub(in crate::probe) fn answer_nothing() -> Self {
        Self::answer("", End::Hang)
    }

    /// A redirect.
    pub(in crate::probe) fn redirect(status: u16, to: &str) -> Self {
        Self::http(&format!("{status} Moved"), &format!("Location: {to}\r\n"), "elsewhere")
    }

    async fn play<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: &mut S) -> io::Result<String> {
        let request = if self.listens { request(stream).await? } else { String::new() };
        stream.write_all(&self.bytes).await?;
        stream.flush().await?;
        match self.end {
            End::Close => stream.shutdown().await?,
            End::Reset => {}
            // Reads until the other side has gone.
            End::Hang => while stream.read(&mut [0; 64]).await? > 0 {},
        }
        Ok(request)
    }
}

impl Server {
    /// Plays one script a connection, the last one again and again.
    pub(in crate::probe) async fn start(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self::open(scripts.into_iter().collect(), None).await
    }

    /// The same within TLS.
    pub(in crate::probe) async fn secure(
        scripts: impl IntoIterator<Item = Script>,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    ) -> Self {
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate with its key");
        Self::open(scripts.into_iter().collect(), Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn open(scripts: Vec<Script>, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        tokio::spawn(async move {
            for place in 0.. {
                let (stream, _) = listener.accept().await.expect("a connection");
                let script = scripts[place.min(scripts.len() - 1)].clone();
                tokio::spawn(serve(stream, script, tls.clone(), Arc::clone(&heard)));
            }
        });
        Self { address, requests }
    }

    /// A URL of the server.
    pub(in crate::probe) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Whole requests that were answered, with their bodies.
    pub(in crate::probe) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("unlocked").clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    script: Script,
    tls: Option<TlsAcceptor>,
    heard: Arc<Mutex<Vec<String>>>,
) {
    if script.end == End::Reset {
        stream.set_zero_linger().expect("a socket");
    }
    let request = match tls {
        Some(tls) => match tls.accept(stream).await {
            Ok(mut stream) => script.play(&mut stream).await,
            Err(problem) => Err(problem),
        },
        None => script.play(&mut stream).await,
    };
    // Who checks may leave before the end: that is what some tests are about.
    if let Ok(request) = request {
        heard.lock().expect("unlocked").push(request);
    }
}

/// Reads a request with as much of a body as its length says.
async fn request<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]);
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if bytes.len() >= end + 4 + length.unwrap_or(0) {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// A port that nobody listens at.
pub(in crate::probe) async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    listener.local_addr().expect("an address")
}
