//! Who the client is: a P-521 key and the certificate for it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{DerSignature, SigningKey};
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer};
use rustls::{SignatureAlgorithm, SignatureScheme};

use crate::{Result, certificate};

/// A client's key and certificate, made anew for each test.
#[derive(Clone)]
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: SigningKey,
}

impl Identity {
    /// Makes a key and a certificate as go-plugin does.
    pub fn generate() -> Result<Self> {
        let key = random_key()?;
        let serial = u64::from_be_bytes(random()?) >> 1;
        let certificate = certificate::self_signed(&key, serial)?.into();
        Ok(Self { certificate, key })
    }

    /// This identity's certificate with another one's key: what a thief of the certificate has.
    #[must_use]
    pub fn with_key_of(&self, other: &Self) -> Self {
        Self { certificate: self.certificate.clone(), key: other.key.clone() }
    }

    /// The certificate as DER.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        &self.certificate
    }

    /// The certificate as PEM, as `PLUGIN_CLIENT_CERT` carries it.
    pub fn pem(&self) -> String {
        let body = STANDARD.encode(&self.certificate);
        let mut pem = String::from("-----BEGIN CERTIFICATE-----\n");
        let mut rest = body.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(64));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str("-----END CERTIFICATE-----\n");
        pem
    }

    /// Certificate and key in the form that a TLS client takes.
    pub fn certified_key(&self) -> Arc<CertifiedKey> {
        let key = Arc::new(Key(self.key.clone()));
        Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key))
    }
}

fn random_key() -> Result<SigningKey> {
    loop {
        let mut bytes: [u8; 66] = random()?;
        // 521 bits in 66 bytes: seven bits too many.
        bytes[0] &= 1;
        // Zero and what lies above the curve's order are not keys.
        if let Ok(key) = SigningKey::from_slice(&bytes) {
            return Ok(key);
        }
    }
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    ring::default_provider().secure_random.fill(&mut bytes).map_err(|_| "no random numbers")?;
    Ok(bytes)
}

/// Signs with P-521, which ring can't.
struct Key(SigningKey);

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key")
    }
}

impl rustls::sign::SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        offered
            .contains(&SignatureScheme::ECDSA_NISTP521_SHA512)
            .then(|| Box::new(Self(self.0.clone())) as Box<dyn Signer>)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for Key {
    fn sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, rustls::Error> {
        let signature: DerSignature = self.0.sign(message);
        Ok(signature.as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}
