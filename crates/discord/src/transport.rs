//! One exchange with Discord: a request out, an answer back, or the reason why not.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use rustls::crypto::ring::default_provider;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::OnceCell;

use super::answer::Answer;

/// Time for a connection: shorter than a request's, so that a host that doesn't answer is known to have received nothing.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection is not used again after this rest, so that a request rarely meets one that the other side has closed.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);
/// No answer of the operations here comes near this; more is not Discord.
const LARGEST_ANSWER: usize = 4 << 20;

type Http = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Broken {
    /// The machine has no usable certificates; asking again changes nothing.
    Setup(String),
    /// No connection: nothing was sent.
    NotSent(String),
    /// The connection broke after something may have been sent.
    Lost(String),
}

/// Connections, opened when first needed.
pub(super) struct Transport {
    secure: bool,
    http: OnceCell<Http>,
}

impl Transport {
    /// `secure` is whether the base URL is https: only then certificates are read.
    pub(super) fn new(secure: bool) -> Self {
        Self { secure, http: OnceCell::new() }
    }

    pub(super) async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer, Broken> {
        let http = self.http.get_or_try_init(|| open(self.secure)).await;
        let http = http.map_err(|problem| Broken::Setup(chain(&problem)))?;
        let response = http.request(request).await.map_err(|problem| {
            let told = chain(&problem);
            if problem.is_connect() { Broken::NotSent(told) } else { Broken::Lost(told) }
        })?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, LARGEST_ANSWER).collect().await;
        let body = body.map_err(|problem| Broken::Lost(chain(problem.as_ref())))?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
    }
}

async fn open(secure: bool) -> io::Result<Http> {
    // Reading the machine's certificates takes some milliseconds of file access.
    let tls = tokio::task::spawn_blocking(move || tls_config(secure));
    let tls = tls.await.map_err(io::Error::other)??;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_idle_timeout(IDLE_TIMEOUT).pool_timer(TokioTimer::new());
    Ok(builder.build(connector))
}

fn tls_config(secure: bool) -> io::Result<ClientConfig> {
    use hyper_rustls::ConfigBuilderExt as _;

    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_safe_default_protocol_versions().map_err(io::Error::other)?;
    let config = if secure {
        config.with_native_roots()?
    } else {
        config.with_root_certificates(RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}

/// An error with its causes: what hyper says alone is "client error (Connect)".
fn chain(problem: &(dyn Error + 'static)) -> String {
    let mut told = problem.to_string();
    let mut cause = problem.source();
    while let Some(deeper) = cause {
        told.push_str(": ");
        told.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    told
}
