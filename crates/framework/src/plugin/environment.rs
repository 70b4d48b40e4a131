//! What Terraform tells a plugin through environment variables.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

const COOKIE_NAME: &str = "TF_PLUGIN_MAGIC_COOKIE";
/// Proves nothing; it only tells a start by Terraform from one by a person.
const COOKIE_VALUE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// The variables of one start, read once.
///
/// `PLUGIN_PROTOCOL_VERSIONS` is not among them: this provider speaks version 6 alone, and go-plugin
/// wants that announced even when the client doesn't offer it, so that the client can complain.
/// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT` are for TCP, which is not used.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Value of `TF_PLUGIN_MAGIC_COOKIE`.
    pub cookie: Option<String>,
    /// The client's certificate as PEM (`PLUGIN_CLIENT_CERT`). Absent when the user has set
    /// `TF_DISABLE_PLUGIN_TLS`: then there is no TLS.
    pub client_certificate: Option<String>,
    /// Folder for the socket (`PLUGIN_UNIX_SOCKET_DIR`); the system's temporary folder when absent.
    pub socket_folder: Option<PathBuf>,
    /// Group, as a number or name, that may use the socket (`PLUGIN_UNIX_SOCKET_GROUP`).
    pub socket_group: Option<String>,
    /// The client understands a seventh field of the handshake line (`PLUGIN_MULTIPLEX_GRPC`).
    pub multiplex: bool,
}

impl Environment {
    /// Reads this process's environment.
    pub fn read() -> Self {
        Self::from_lookup(|name| env::var_os(name))
    }

    fn from_lookup(lookup: impl Fn(&str) -> Option<OsString>) -> Self {
        let present = |name: &str| lookup(name).filter(|value| !value.is_empty());
        // A value that isn't UTF-8 stays present, so that a broken certificate is an error and not
        // a silent end of TLS.
        let text = |name: &str| present(name).map(|value| value.to_string_lossy().into_owned());
        Self {
            cookie: text(COOKIE_NAME),
            client_certificate: text("PLUGIN_CLIENT_CERT"),
            socket_folder: present("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            socket_group: text("PLUGIN_UNIX_SOCKET_GROUP"),
            multiplex: lookup("PLUGIN_MULTIPLEX_GRPC").is_some(),
        }
    }

    /// Whether the magic cookie is right.
    pub fn started_by_terraform(&self) -> bool {
        self.cookie.as_deref() == Some(COOKIE_VALUE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::from_lookup(|name| {
            let found = variables.iter().find(|(key, _)| *key == name)?;
            Some(OsString::from(found.1))
        })
    }

    #[test]
    fn only_the_right_cookie_means_terraform() {
        assert!(environment(&[(COOKIE_NAME, COOKIE_VALUE)]).started_by_terraform());
        assert!(!environment(&[(COOKIE_NAME, "d602")]).started_by_terraform());
        assert!(!environment(&[(COOKIE_NAME, "")]).started_by_terraform());
        assert!(!environment(&[]).started_by_terraform());
    }

    #[test]
    fn empty_variables_count_as_absent() {
        let read = environment(&[
            ("PLUGIN_CLIENT_CERT", ""),
            ("PLUGIN_UNIX_SOCKET_DIR", ""),
            ("PLUGIN_UNIX_SOCKET_GROUP", ""),
        ]);
        assert_eq!(read.client_certificate, None);
        assert_eq!(read.socket_folder, None);
        assert_eq!(read.socket_group, None);
        assert!(!read.multiplex);
    }

    #[test]
    fn variables_are_read() {
        let read = environment(&[
            ("PLUGIN_CLIENT_CERT", "pem"),
            ("PLUGIN_UNIX_SOCKET_DIR", "/run/plugins"),
            ("PLUGIN_UNIX_SOCKET_GROUP", "staff"),
            ("PLUGIN_MULTIPLEX_GRPC", "true"),
        ]);
        assert_eq!(read.client_certificate.as_deref(), Some("pem"));
        assert_eq!(read.socket_folder, Some(PathBuf::from("/run/plugins")));
        assert_eq!(read.socket_group.as_deref(), Some("staff"));
        assert!(read.multiplex);
    }
}
