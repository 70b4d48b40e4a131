//! Admits the one client whose certificate Terraform has named, and no other.

use p521::ecdsa::signature::Verifier as _;
use p521::ecdsa::{DerSignature, VerifyingKey};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm,
    UnixTime, alg_id,
};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerIncompatible,
    SignatureScheme,
};

use super::error::PluginError;

/// ECDSA with P-521 and SHA-512: what go-plugin's client signs with, and what ring lacks.
///
/// When a server doesn't offer it, Go's client sends no certificate at all, without an error.
static P521: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[&EcdsaP521],
    mapping: &[(SignatureScheme::ECDSA_NISTP521_SHA512, &[&EcdsaP521])],
};

/// Compares the client's certificate with the pinned one, byte for byte.
///
/// There is no chain to check. rustls' own verifier can't do it: go-plugin's client certificate is a
/// certificate authority that signed itself, which it refuses as an end entity.
#[derive(Debug)]
pub(crate) struct PinnedClient {
    pinned: CertificateDer<'static>,
    others: WebPkiSupportedAlgorithms,
}

impl PinnedClient {
    /// Pins the certificate in `pem`, which must be the only one there. `provider` verifies every
    /// kind of signature but P-521's.
    pub(crate) fn from_pem(pem: &str, provider: &CryptoProvider) -> Result<Self, PluginError> {
        let certificates: Vec<CertificateDer<'static>> =
            CertificateDer::pem_slice_iter(pem.as_bytes())
                .collect::<Result<_, _>>()
                .map_err(|error| PluginError::ClientCertificate(error.to_string()))?;
        let count = certificates.len();
        let [pinned] = <[_; 1]>::try_from(certificates).map_err(|_| {
            PluginError::ClientCertificate(format!("expected one certificate, found {count}"))
        })?;
        Ok(Self { pinned, others: provider.signature_verification_algorithms })
    }
}

impl ClientCertVerifier for PinnedClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        // The certificate's dates say nothing: Terraform made it for this process, a moment ago.
        if *end_entity == self.pinned && intermediates.is_empty() {
            Ok(ClientCertVerified::assertion())
        } else {
            Err(CertificateError::ApplicationVerificationFailure.into())
        }
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerIncompatible::ServerDoesNotSupportTls12Or13.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms =
            if dss.scheme == SignatureScheme::ECDSA_NISTP521_SHA512 { &P521 } else { &self.others };
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = P521.supported_schemes();
        schemes.extend(self.others.supported_schemes());
        schemes
    }
}

/// Verifies one P-521 signature with the pure Rust crate `p521`.
///
/// aws-lc-rs would bring P-521 as well, and with it some 100 ms at every start of the process.
#[derive(Debug)]
struct EcdsaP521;

impl SignatureVerificationAlgorithm for EcdsaP521 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let key = VerifyingKey::from_sec1_bytes(public_key).map_err(|_| InvalidSignature)?;
        let signature = DerSignature::from_bytes(signature).map_err(|_| InvalidSignature)?;
        key.verify(message, &signature).map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_P521
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::ECDSA_SHA512
    }
}

#[cfg(test)]
mod tests {
    use plugin_client::{Handshake, Identity};
    use tfplugin::tfplugin6::provider_server::Provider;
    use tokio::io::AsyncReadExt as _;

    use super::*;
    use crate::plugin::{Environment, Server};

    /// Whether a server that has pinned `pinned` admits a client that shows `shown`.
    ///
    /// In TLS 1.3 the client is done before the server has seen its certificate: the first thing
    /// that the client reads tells.
    async fn admits(pinned: &Identity, shown: Option<&Identity>) -> Result<(), String> {
        let environment =
            Environment { client_certificate: Some(pinned.pem()), ..Environment::default() };
        let server = Server::bind(&environment).expect("binds");
        let handshake: Handshake = server.handshake_line().parse().expect("a handshake line");
        let certificate = handshake.certificate.expect("TLS");
        let ending = tokio_util::sync::CancellationToken::new();
        let serving = tokio::spawn(server.serve(Bare, ending.clone()));
        let mut stream = plugin_client::secure(&handshake.socket, &certificate, shown)
            .await
            .map_err(|error| error.to_string())?;
        let mut byte = [0];
        // An admitted client reads the server's HTTP/2 settings.
        let read = stream.read(&mut byte).await;
        ending.cancel();
        serving.await.expect("no panic").expect("no failure");
        match read {
            Ok(0) => Err("closed".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    struct Bare;

    impl Provider for Bare {}

    #[tokio::test]
    async fn only_the_pinned_certificate_with_its_key_is_admitted() {
        let right = Identity::generate().expect("an identity");
        let wrong = Identity::generate().expect("an identity");
        let stolen = right.with_key_of(&wrong);

        assert_eq!(admits(&right, Some(&right)).await, Ok(()));
        let refused = |result: Result<(), String>, alert: &str| {
            let error = result.expect_err("refused");
            assert!(error.contains(alert), "{error}");
        };
        refused(admits(&right, None).await, "CertificateRequired");
        refused(admits(&right, Some(&wrong)).await, "AccessDenied");
        refused(admits(&right, Some(&stolen)).await, "DecryptError");
    }

    #[test]
    fn certificate_must_be_one() {
        let provider = rustls::crypto::ring::default_provider();
        let pem = Identity::generate().expect("an identity").pem();
        assert!(PinnedClient::from_pem(&pem, &provider).is_ok());
        for (text, reason) in [
            (String::new(), "found 0"),
            ("not PEM at all".to_owned(), "found 0"),
            (format!("{pem}{pem}"), "found 2"),
            ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_owned(), ""),
        ] {
            let error = PinnedClient::from_pem(&text, &provider).expect_err("refused").to_string();
            assert!(error.contains(reason), "{error}");
            assert!(error.contains("PLUGIN_CLIENT_CERT"), "{error}");
        }
    }

    #[test]
    fn scheme_of_go_plugins_client_is_offered_first() {
        let provider = rustls::crypto::ring::default_provider();
        let pem = Identity::generate().expect("an identity").pem();
        let schemes =
            PinnedClient::from_pem(&pem, &provider).expect("pins").supported_verify_schemes();
        assert_eq!(schemes[0], SignatureScheme::ECDSA_NISTP521_SHA512);
        assert!(schemes.contains(&SignatureScheme::ECDSA_NISTP256_SHA256));
    }
}
