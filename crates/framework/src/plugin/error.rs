//! Why the transport can't start or can't go on.

use std::io;
use std::path::PathBuf;

/// A failure that ends the process. Terraform shows the text as the reason.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PluginError {
    /// The magic cookie is missing or wrong: a person has started the binary.
    #[error(
        "This program is the Terraform provider {address}. It is not meant to be run directly: \
         Terraform starts it when a configuration needs it. Run it with --debug to attach Terraform \
         to a running provider."
    )]
    NotTerraform {
        /// The provider's source address.
        address: &'static str,
    },
    /// The asynchronous runtime can't be made.
    #[error("Unable to start the provider's runtime: {0}.")]
    Runtime(#[source] io::Error),
    /// The signal handlers can't be installed.
    #[error("Unable to handle signals: {0}.")]
    Signals(#[source] io::Error),
    /// The parent process can't be watched.
    #[error("Unable to watch standard output: {0}.")]
    Parent(#[source] io::Error),
    /// The unix socket can't be made.
    #[error("Unable to listen on a unix socket in {}: {source}.", .folder.display())]
    Socket {
        /// Folder that was to hold the socket.
        folder: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// `PLUGIN_UNIX_SOCKET_GROUP` is neither a number nor the name of a local group.
    #[error("Unable to find the group {0:?} that PLUGIN_UNIX_SOCKET_GROUP names.")]
    UnknownGroup(String),
    /// `PLUGIN_CLIENT_CERT` doesn't hold exactly one certificate.
    #[error("Unable to read the client's certificate in PLUGIN_CLIENT_CERT: {0}.")]
    ClientCertificate(String),
    /// The server's own certificate can't be made.
    #[error("Unable to make the server's certificate: {0}.")]
    ServerCertificate(#[from] rcgen::Error),
    /// The TLS configuration is refused.
    #[error("Unable to set up TLS: {0}.")]
    Tls(#[from] rustls::Error),
    /// The handshake line can't be written: nobody reads standard output.
    #[error("Unable to write to standard output: {0}.")]
    Output(#[source] io::Error),
    /// The gRPC server has failed.
    #[error("The provider's gRPC server has failed: {0}.")]
    Serve(#[from] tonic::transport::Error),
}
