//! Reads the line that a plugin prints when it is ready.

use std::path::PathBuf;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rustls::pki_types::CertificateDer;

use crate::Error;

/// A handshake line, read as strictly as this project's own provider should write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// Path of the unix socket.
    pub socket: PathBuf,
    /// The server's certificate; without it the connection has no TLS.
    pub certificate: Option<CertificateDer<'static>>,
    /// The seventh field, if there is one.
    pub multiplex: Option<bool>,
}

impl FromStr for Handshake {
    type Err = Error;

    /// Reads a line without its line end: version 1 of go-plugin's protocol, version 6 of
    /// Terraform's, a unix socket, gRPC.
    fn from_str(line: &str) -> Result<Self, Error> {
        let fields: Vec<&str> = line.split('|').collect();
        let ["1", "6", "unix", socket, "grpc", certificate, rest @ ..] = fields.as_slice() else {
            return Err(format!("not a handshake line: {line:?}").into());
        };
        let multiplex = match rest {
            [] => None,
            [value] => Some(value.parse()?),
            _ => return Err(format!("too many fields: {line:?}").into()),
        };
        let certificate = match *certificate {
            "" => None,
            text => Some(STANDARD_NO_PAD.decode(text)?.into()),
        };
        Ok(Self { socket: socket.into(), certificate, multiplex })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let plain: Handshake = "1|6|unix|/tmp/s|grpc|".parse().expect("reads");
        assert_eq!(plain.socket, PathBuf::from("/tmp/s"));
        assert_eq!(plain.certificate, None);
        assert_eq!(plain.multiplex, None);

        let secured: Handshake = "1|6|unix|/tmp/s|grpc|AQID|false".parse().expect("reads");
        assert_eq!(secured.certificate, Some(vec![1, 2, 3].into()));
        assert_eq!(secured.multiplex, Some(false));
    }

    #[test]
    fn anything_else_is_refused() {
        for line in [
            "",
            "1|6|unix|/tmp/s|grpc",
            "1|5|unix|/tmp/s|grpc|",
            "2|6|unix|/tmp/s|grpc|",
            "1|6|tcp|127.0.0.1:1|grpc|",
            "1|6|unix|/tmp/s|netrpc|",
            "1|6|unix|/tmp/s|grpc|AQ==",
            "1|6|unix|/tmp/s|grpc|AQID|maybe",
            "1|6|unix|/tmp/s|grpc||false|more",
            " 1|6|unix|/tmp/s|grpc|",
        ] {
            assert!(line.parse::<Handshake>().is_err(), "{line:?}");
        }
    }
}
