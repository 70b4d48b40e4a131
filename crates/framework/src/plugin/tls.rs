//! Mutual TLS between Terraform and this process: each side knows the other's one certificate.

use std::sync::Arc;

use rcgen::{
    CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256,
};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::NoServerSessionStorage;
use rustls::{ServerConfig, version};
use time::{Duration, OffsetDateTime};

use super::error::PluginError;
use super::verifier::PinnedClient;

/// The name that go-plugin's client asks for.
const SERVER_NAME: &str = "localhost";
/// grpc-go from version 1.67 refuses a server that doesn't negotiate this.
const ALPN_HTTP2: &[u8] = b"h2";
/// How far the certificate's start lies in the past, for clocks that are being set.
const BACKDATING: Duration = Duration::minutes(1);
/// No run of Terraform takes longer.
const LIFETIME: Duration = Duration::days(365);

/// A certificate that lives as long as this process, and its key.
pub(crate) struct Identity {
    pub(crate) certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

impl Identity {
    /// Makes a P-256 key and a certificate for `localhost`. The client trusts exactly this one,
    /// which it learns from the handshake line, so that there is no authority.
    pub(crate) fn generate() -> Result<Self, PluginError> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut parameters = CertificateParams::new([SERVER_NAME.to_owned()])?;
        parameters.distinguished_name.push(DnType::CommonName, SERVER_NAME);
        parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let now = OffsetDateTime::now_utc();
        parameters.not_before = now - BACKDATING;
        parameters.not_after = now + LIFETIME;
        let certificate = parameters.self_signed(&key)?.der().clone();
        Ok(Self { certificate, key: key.into() })
    }
}

/// TLS 1.3 with `identity`, for the one client whose certificate is the PEM text.
///
/// TLS 1.2 is left out: every go-plugin client speaks 1.3. The cryptography is named here because a
/// process-wide default would be ambiguous as soon as a dependency brings a second one.
pub(crate) fn server_config(
    identity: Identity,
    client_certificate: &str,
) -> Result<ServerConfig, PluginError> {
    let mut provider = ring::default_provider();
    let verifier = PinnedClient::from_pem(client_certificate, &provider)?;
    provider.cipher_suites.retain(|suite| suite.tls13().is_some());
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(&[&version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![identity.certificate], identity.key)?;
    config.alpn_protocols = vec![ALPN_HTTP2.to_vec()];
    // There is one connection, and a resumed one would not prove the client's key again.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(config)
}

#[cfg(test)]
mod tests {
    use plugin_client::Identity as Client;
    use rustls::client::danger::ServerCertVerifier as _;
    use rustls::client::{Resumption, WebPkiServerVerifier};
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};

    use super::*;

    #[test]
    fn certificate_is_one_that_trusts_itself_for_localhost() {
        let identity = Identity::generate().expect("an identity");
        let mut roots = RootCertStore::empty();
        roots.add(identity.certificate.clone()).expect("a certificate");
        let provider = Arc::new(ring::default_provider());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .expect("a verifier");
        let verify = |name: &'static str| {
            let name = ServerName::try_from(name).expect("a name");
            verifier.verify_server_cert(&identity.certificate, &[], &name, &[], UnixTime::now())
        };
        verify("localhost").expect("the name that go-plugin asks for");
        verify("example.com").expect_err("no other name");
    }

    #[test]
    fn two_starts_have_two_certificates() {
        let one = Identity::generate().expect("an identity");
        let other = Identity::generate().expect("an identity");
        assert_ne!(one.certificate, other.certificate);
    }

    #[test]
    fn older_tls_is_refused() {
        let client = Client::generate().expect("a client");
        let identity = Identity::generate().expect("an identity");
        let mut roots = RootCertStore::empty();
        roots.add(identity.certificate.clone()).expect("a certificate");
        let server = server_config(identity, &client.pem()).expect("a configuration");
        assert_eq!(server.alpn_protocols, [b"h2"]);
        let mut server = ServerConnection::new(Arc::new(server)).expect("a connection");

        let provider = Arc::new(ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS12])
            .expect("a version")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        let name = ServerName::try_from("localhost").expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a connection");

        let mut hello = Vec::new();
        client.write_tls(&mut hello).expect("a vector takes everything");
        server.read_tls(&mut hello.as_slice()).expect("reads");
        let refusal = server.process_new_packets().expect_err("refused").to_string();
        assert!(refusal.contains("peer is incompatible"), "{refusal}");
    }
}
