//! The recorded daily costs of all accounts: how they are kept, and what they say.
//!
//! The history is one Parquet object a month in S3 ([`encode`], [`decode`]). What Cost Explorer
//! answers is merged into the months that are known ([`merge`]); a Glue table describes the objects
//! ([`Table`]), and [`NamedQuery`]s ask them, in SQL that Athena and `DuckDB` run. What an event
//! cost ([`event_cost`]) and the pace of growth ([`pace`]) are also told here, by the same rules.
//!
//! Everything is a pure function of bytes and records: no AWS, no clock, no file. The columns are
//! declared once, in `columns`, and all else follows from that.

mod answer;
mod columns;
mod decode;
mod encode;
mod event;
mod median;
mod merge;
mod month;
mod object;
mod pace;
mod record;
mod sql;
mod table;
mod usd;

#[cfg(test)]
mod samples;

pub use answer::{AccountDay, NO_CHARGES};
pub use decode::{DecodeError, decode};
pub use encode::{EncodeError, encode};
pub use event::{Baseline, EventDay, EventSum, InvalidBaseline, event_cost, sum_event_days};
pub use merge::{Labels, MergeError, Merged, merge, months};
pub use month::{InvalidMonth, Month};
pub use object::{month_of, object_key};
pub use pace::{Group, Grouping, Pace, Period, pace};
pub use record::{InvalidRecord, Record, to_history};
pub use sql::NamedQuery;
pub use table::{Table, TableColumn, TableName};
pub use usd::{InvalidUsd, Usd};
