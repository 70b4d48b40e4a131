//! A certificate as go-plugin makes it for its client.
//!
//! The usual library for this, `rcgen` on ring, knows no P-521.

use p521::ecdsa::signature::Signer as _;
use p521::ecdsa::{DerSignature, SigningKey};
use p521::pkcs8::EncodePublicKey as _;
use yasna::models::{ObjectIdentifier, UTCTime};
use yasna::{DERWriter, DERWriterSeq, Tag};

use crate::Result;

const ECDSA_WITH_SHA512: &[u64] = &[1, 2, 840, 10045, 4, 3, 4];
const COMMON_NAME: &[u64] = &[2, 5, 4, 3];
const ORGANIZATION: &[u64] = &[2, 5, 4, 10];
const KEY_USAGE: &[u64] = &[2, 5, 29, 15];
const SUBJECT_ALTERNATIVE_NAME: &[u64] = &[2, 5, 29, 17];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const SERVER_AUTHENTICATION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 1];
const CLIENT_AUTHENTICATION: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 3, 2];

/// Digital signature, key encipherment, key agreement, certificate signing: bits 0, 2, 4 and 5.
const KEY_USAGES: [u8; 1] = [0b1010_1100];
const KEY_USAGE_BITS: usize = 6;

/// A certificate for `localhost` that `key` has signed for itself, as DER.
pub(crate) fn self_signed(key: &SigningKey, serial: u64) -> Result<Vec<u8>> {
    let public_key = key.verifying_key().to_public_key_der()?.into_vec();
    let content = yasna::construct_der(|writer| {
        writer.write_sequence(|parts| content(parts, serial, &public_key));
    });
    let signature: DerSignature = key.sign(&content);
    Ok(yasna::construct_der(|writer| {
        writer.write_sequence(|parts| {
            parts.next().write_der(&content);
            algorithm(parts.next());
            let signature = signature.as_bytes();
            parts.next().write_bitvec_bytes(signature, signature.len() * 8);
        });
    }))
}

fn content(parts: &mut DERWriterSeq<'_>, serial: u64, public_key: &[u8]) {
    const VERSION_3: u8 = 2;
    parts.next().write_tagged(Tag::context(0), |writer| writer.write_u8(VERSION_3));
    parts.next().write_u64(serial);
    algorithm(parts.next());
    name(parts.next());
    parts.next().write_sequence(|dates| {
        dates.next().write_utctime(&date(b"200101000000Z"));
        dates.next().write_utctime(&date(b"491231235959Z"));
    });
    name(parts.next());
    parts.next().write_der(public_key);
    parts.next().write_tagged(Tag::context(3), |writer| writer.write_sequence(extensions));
}

fn algorithm(writer: DERWriter<'_>) {
    writer.write_sequence(|parts| parts.next().write_oid(&identifier(ECDSA_WITH_SHA512)));
}

fn name(writer: DERWriter<'_>) {
    writer.write_sequence(|parts| {
        for (kind, text) in [(ORGANIZATION, "HashiCorp"), (COMMON_NAME, "localhost")] {
            parts.next().write_set(|set| {
                set.next().write_sequence(|pair| {
                    pair.next().write_oid(&identifier(kind));
                    pair.next().write_printable_string(text);
                });
            });
        }
    });
}

fn extensions(parts: &mut DERWriterSeq<'_>) {
    extension(parts.next(), KEY_USAGE, |value| {
        value.write_bitvec_bytes(&KEY_USAGES, KEY_USAGE_BITS);
    });
    extension(parts.next(), EXTENDED_KEY_USAGE, |value| {
        value.write_sequence(|usages| {
            usages.next().write_oid(&identifier(CLIENT_AUTHENTICATION));
            usages.next().write_oid(&identifier(SERVER_AUTHENTICATION));
        });
    });
    extension(parts.next(), BASIC_CONSTRAINTS, |value| {
        value.write_sequence(|constraints| constraints.next().write_bool(true));
    });
    extension(parts.next(), SUBJECT_ALTERNATIVE_NAME, |value| {
        value.write_sequence(|names| {
            const DNS_NAME: u64 = 2;
            names.next().write_tagged_implicit(Tag::context(DNS_NAME), |writer| {
                writer.write_ia5_string("localhost");
            });
        });
    });
}

fn extension(writer: DERWriter<'_>, kind: &[u64], value: impl FnOnce(DERWriter<'_>)) {
    writer.write_sequence(|parts| {
        parts.next().write_oid(&identifier(kind));
        parts.next().write_bytes(&yasna::construct_der(value));
    });
}

fn identifier(components: &[u64]) -> ObjectIdentifier {
    ObjectIdentifier::from_slice(components)
}

fn date(text: &[u8]) -> UTCTime {
    UTCTime::parse(text).expect("the dates of this file are well-formed")
}
