//! The recorded daily costs of all accounts: one Parquet object a month in S3 ([`encode`],
//! [`decode`]).
//!
//! Everything is a pure function of bytes and records: no AWS, no clock, no file. The columns are
//! declared once, in `columns`.

mod answer;
mod columns;
mod decode;
mod encode;
mod merge;
mod month;
mod object;
mod record;
mod usd;

#[cfg(test)]
mod samples;

pub use answer::{AccountDay, NO_CHARGES};
pub use decode::{DecodeError, decode};
pub use encode::{EncodeError, encode};
pub use merge::{Labels, MergeError, Merged, merge, months};
pub use month::{InvalidMonth, Month};
pub use object::{month_of, object_key};
pub use record::{InvalidRecord, Record, to_history};
pub use usd::{InvalidUsd, Usd};
