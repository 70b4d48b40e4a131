//! TLS: whom is trusted, the handshake, and what a certificate says.

use std::io;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::OnceCell;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;

use super::attempt::{Attempt, Problem, Stage};
use super::connect::broken;

const SECONDS_A_DAY: i64 = 86_400;

/// Whom certificates must come from.
#[derive(Debug, Default)]
pub(super) struct Trust {
    roots: Option<RootCertStore>,
    config: OnceCell<Arc<ClientConfig>>,
}

/// What is spoken within TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    /// HTTP/1.1, which the server is told.
    Http,
    /// Nothing that the server is told.
    Anything,
}

impl Trust {
    /// Trusts these roots; without them, those that the machine trusts, read at the first handshake.
    pub(super) fn new(roots: Option<RootCertStore>) -> Self {
        Self { roots, config: OnceCell::new() }
    }

    /// Reads the roots if they are not read yet, which a check's time shall not count.
    pub(super) async fn prepare(&self) -> Result<&Arc<ClientConfig>, Problem> {
        self.config.get_or_try_init(|| open(self.roots.clone())).await
    }

    /// Makes the handshake, and notes how long the server's certificate is still valid.
    pub(super) async fn handshake<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        server: &str,
        within: Within,
        attempt: &mut Attempt,
    ) -> Result<TlsStream<S>, Problem> {
        let mut config = Arc::clone(self.prepare().await?);
        if within == Within::Http {
            Arc::make_mut(&mut config).alpn_protocols = vec![b"http/1.1".to_vec()];
        }
        let name = server.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(name).map_err(|_| {
            Problem::Failed(format!("`{server}` is no name that a certificate could be for"))
        })?;
        attempt.enter(Stage::Securing);
        let shaken = TlsConnector::from(config).connect(name, stream).await;
        attempt.rest();
        let stream = shaken.map_err(|problem| refused(&problem, attempt))?;
        note_days_left(&stream, attempt);
        Ok(stream)
    }
}

async fn open(roots: Option<RootCertStore>) -> Result<Arc<ClientConfig>, Problem> {
    let unable = |problem: &dyn std::fmt::Display| {
        Problem::Unable(format!("the certificates that are trusted can't be read: {problem}"))
    };
    let roots = match roots {
        Some(roots) => roots,
        // It reads a file of some hundred kilobytes.
        None => tokio::task::spawn_blocking(native_roots)
            .await
            .map_err(|problem| unable(&problem))?
            .map_err(|problem| unable(&problem))?,
    };
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|problem| unable(&problem))?;
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    // Every check makes the whole handshake: what is resumed shows no certificate.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

fn native_roots() -> Result<RootCertStore, String> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (known, _) = roots.add_parsable_certificates(found.certs);
    if known > 0 {
        return Ok(roots);
    }
    let problems: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    Err(if problems.is_empty() { "there are none".to_owned() } else { problems.join("; ") })
}

/// Notes the end of the server's own certificate.
fn note_days_left<S>(stream: &TlsStream<S>, attempt: &mut Attempt) {
    let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
    let parsed = chain.first().map(|certificate| X509Certificate::from_der(certificate));
    if let Some(Ok((_, certificate))) = parsed {
        let left = certificate.validity().not_after.timestamp() - seconds(UnixTime::now());
        attempt.note_days_left(left.div_euclid(SECONDS_A_DAY));
    }
}

fn seconds(time: UnixTime) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

fn refused(problem: &io::Error, attempt: &mut Attempt) -> Problem {
    let inner = problem.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    Problem::Failed(match inner {
        Some(rustls::Error::InvalidCertificate(reason)) => untrusted(reason, attempt),
        Some(rustls::Error::AlertReceived(alert)) => {
            format!("the server refused the TLS handshake: {alert:?}")
        }
        Some(rustls::Error::InvalidMessage(_)) => "what answered doesn't speak TLS".to_owned(),
        Some(other) => format!("the TLS handshake failed: {other}"),
        None => broken(problem, "during the TLS handshake"),
    })
}

fn untrusted(reason: &CertificateError, attempt: &mut Attempt) -> String {
    use CertificateError::{
        BadSignature, Expired, ExpiredContext, NotValidForNameContext, NotValidYetContext, Revoked,
        UnknownIssuer,
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others say it themselves")]
    match reason {
        ExpiredContext { time, not_after } => {
            let over = seconds(*time) - seconds(*not_after);
            attempt.note_days_left((-over).div_euclid(SECONDS_A_DAY));
            format!("the certificate expired {}", ago(over))
        }
        Expired => "the certificate has expired".to_owned(),
        NotValidYetContext { time, not_before } => {
            let wait = ago(seconds(*not_before) - seconds(*time));
            format!("the certificate is not valid yet, but in {}", wait.replace(" ago", ""))
        }
        NotValidForNameContext { expected, presented } => format!(
            "the certificate is for {} and not for `{}`",
            names(presented),
            expected.to_str()
        ),
        UnknownIssuer => {
            "the certificate was issued by nobody who is trusted, or the server leaves out a certificate in between"
                .to_owned()
        }
        BadSignature => "the certificate was not signed by the issuer that it names".to_owned(),
        Revoked => "the certificate was revoked".to_owned(),
        other => format!("the certificate was refused: {other}"),
    }
}

fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..7_200 => (seconds / 60, "minute"),
        7_200..172_800 => (seconds / 3_600, "hour"),
        _ => (seconds / SECONDS_A_DAY, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

/// rustls shows names as `DnsName("example.com")`.
fn names(presented: &[String]) -> String {
    const MOST: usize = 3;
    let plain = |name: &String| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, inner)| inner);
        format!("`{}`", inner.trim_end_matches(')').trim_matches('"'))
    };
    match presented {
        [] => "no name".to_owned(),
        [..] if presented.len() > MOST => {
            let first: Vec<String> = presented.iter().take(MOST).map(plain).collect();
            format!("{} and {} others", first.join(", "), presented.len() - MOST)
        }
        [..] => presented.iter().map(plain).collect::<Vec<_>>().join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_their_unit() {
        for (seconds, text) in [
            (60, "1 minute ago"),
            (7_199, "119 minutes ago"),
            (7_200, "2 hours ago"),
            (259_200, "3 days ago"),
        ] {
            assert_eq!(ago(seconds), text);
        }
    }

    #[test]
    fn names_are_said_plainly() {
        let told = |names: &[&str]| {
            super::names(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(told(&[]), "no name");
        assert_eq!(told(&["DnsName(\"a.example\")", "b.example"]), "`a.example`, `b.example`");
        assert_eq!(told(&["a", "b", "c", "d", "e"]), "`a`, `b`, `c` and 2 others");
    }
}
