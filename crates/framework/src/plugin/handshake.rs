//! The one line on standard output that tells Terraform where and how to connect.

use std::io::Write;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tfplugin::PROTOCOL_VERSION;

use super::error::PluginError;

/// Version of go-plugin's own protocol, the first field.
const CORE_VERSION: u32 = 1;

/// The fields of the line that differ from start to start.
pub(crate) struct Handshake<'a> {
    /// The unix socket.
    pub(crate) socket: &'a Path,
    /// The server's certificate as DER; without it the connection has no TLS.
    pub(crate) certificate: Option<&'a [u8]>,
    /// Whether the client reads a seventh field.
    pub(crate) multiplex: bool,
}

impl Handshake<'_> {
    /// The line without its line end.
    ///
    /// The sixth field stays when it is empty. The seventh says that one connection can't carry
    /// several brokered ones; clients that don't know it would take it for a part of the sixth.
    pub(crate) fn line(&self) -> String {
        let socket = self.socket.display();
        let certificate =
            self.certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        let multiplex = if self.multiplex { "|false" } else { "" };
        format!("{CORE_VERSION}|{PROTOCOL_VERSION}|unix|{socket}|grpc|{certificate}{multiplex}")
    }
}

/// Writes the line. Nothing may precede it on the same stream, and what follows is never read.
pub(crate) fn announce(output: &mut impl Write, line: &str) -> Result<(), PluginError> {
    writeln!(output, "{line}").and_then(|()| output.flush()).map_err(PluginError::Output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_with_tls_carries_the_certificate_without_padding() {
        let certificate = [0xfb; 64];
        let handshake = Handshake {
            socket: Path::new("/tmp/plugin1/socket"),
            certificate: Some(&certificate),
            multiplex: false,
        };
        let line = handshake.line();
        let fields: Vec<&str> = line.split('|').collect();
        assert_eq!(fields[..5], ["1", "6", "unix", "/tmp/plugin1/socket", "grpc"]);
        assert_eq!(fields.len(), 6);
        // The standard alphabet, not the one for URLs, and no padding.
        assert!(fields[5].starts_with("+/v7"));
        assert!(!fields[5].contains('='));
        assert_eq!(STANDARD_NO_PAD.decode(fields[5]).expect("decodes"), certificate);
    }

    #[test]
    fn line_without_tls_keeps_its_last_bar() {
        let handshake =
            Handshake { socket: Path::new("/tmp/s"), certificate: None, multiplex: false };
        assert_eq!(handshake.line(), "1|6|unix|/tmp/s|grpc|");
    }

    #[test]
    fn seventh_field_comes_only_when_asked_for() {
        let handshake =
            Handshake { socket: Path::new("/tmp/s"), certificate: None, multiplex: true };
        assert_eq!(handshake.line(), "1|6|unix|/tmp/s|grpc||false");
    }

    #[test]
    fn announcement_is_one_line() {
        let mut output = Vec::new();
        announce(&mut output, "1|6|unix|/tmp/s|grpc|").expect("a vector takes everything");
        assert_eq!(output, b"1|6|unix|/tmp/s|grpc|\n");
    }
}
