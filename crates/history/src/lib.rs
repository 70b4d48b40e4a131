//! The recorded daily costs of all accounts: one Parquet object a month in S3 ([`encode`],
//! [`decode`]).
//!
//! Everything is a pure function of bytes and records: no AWS, no clock, no file. The columns are
//! declared once, in `columns`.

mod columns;
mod decode;
mod encode;
mod month;
mod object;
mod record;
mod usd;

#[cfg(test)]
mod samples;

pub use decode::{DecodeError, decode};
pub use encode::{EncodeError, encode};
pub use month::{InvalidMonth, Month};
pub use object::{month_of, object_key};
pub use record::{InvalidRecord, Record, to_history};
pub use usd::{InvalidUsd, Usd};
