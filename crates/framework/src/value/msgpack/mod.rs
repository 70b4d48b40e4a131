//! Values on the wire: `MessagePack` as Terraform writes and reads it.
//!
//! What core sends was captured from a real Terraform; those bytes are the tests below. Numbers are
//! written as integers where they fit and as decimal text otherwise, never as floats.

mod read;
mod write;

pub use read::{DecodeError, decode};
pub use write::encode;

/// Extension type of an unknown value with refinements.
const REFINED: i8 = 12;
