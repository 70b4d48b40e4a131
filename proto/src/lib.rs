//! Terraform's plugin protocol 6 and go-plugin's services, as Rust types.
//!
//! The code under `src/gen/` is made from the two `.proto` files beside this crate's manifest and is
//! checked in, so that building needs neither `protoc` nor a build script. `tests/bootstrap.rs`
//! fails when the code and the files differ; `TFPLUGIN_REGENERATE=1 cargo test -p tfplugin` makes
//! it anew.
//!
//! This crate holds no behaviour. Whoever implements [`tfplugin6::provider_server::Provider`] writes
//! only the methods that it needs: all others answer with the gRPC code UNIMPLEMENTED, which
//! Terraform understands as "this provider can't do that".
//!
//! Fields of protobuf type `bytes` are `Vec<u8>`. They hold one resource's values, a few kilobytes
//! that the codec reads as a slice and writes into a `Vec`; the copy that `bytes::Bytes` would save
//! is not worth its name in every signature.
//!
//! The `client` feature adds the clients, which only tests need.

/// Terraform's plugin protocol 6, minor version 6.11: package `tfplugin6`.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated code; the protocol documents the names"
)]
pub mod tfplugin6 {
    include!("gen/tfplugin6.rs");
}

/// The services that go-plugin expects of a plugin, beside the provider itself: package `plugin`.
#[expect(
    missing_docs,
    unused_qualifications,
    clippy::pedantic,
    clippy::allow_attributes,
    reason = "generated code; the protocol documents the names"
)]
pub mod plugin {
    include!("gen/plugin.rs");
}

/// Major version of the protocol that [`tfplugin6`] is, as the handshake names it.
pub const PROTOCOL_VERSION: u32 = 6;
