//! go-plugin's side of the plugin protocol: starts a provider as Terraform does and speaks to it.
//!
//! It is written apart from the provider's own code and shares only the generated messages with it,
//! so that a mistake in one side shows in the other. It does what Terraform's client does: a P-521
//! certificate that signed itself, the handshake line, TLS that trusts one certificate, HTTP/2.
//!
//! [`Launch::start`] is the way in; [`Connection`] has a client for each service.

mod certificate;
mod connection;
mod handshake;
mod identity;
mod launch;

pub use connection::{Connection, secure};
pub use handshake::Handshake;
pub use identity::Identity;
pub use launch::{Launch, Plugin, Signal, Started};

/// Why a test's conversation with a provider failed. Tests only show it.
pub type Error = Box<dyn std::error::Error + Send + Sync>;
/// Result of a conversation with a provider.
pub type Result<T> = std::result::Result<T, Error>;
