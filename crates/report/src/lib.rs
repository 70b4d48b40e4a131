//! What the daily report of costs says.
//!
//! [`summary::of`] turns what is known on a morning ([`Input`]) into plain figures: accounts by purpose,
//! services, spikes, events, the state of the data, the pace of growth. [`message::of`] writes them as
//! one message of Discord with its pictures, in English or Japanese, and [`csv::of`] as a table that
//! the message carries.
//!
//! Everything is a pure function: the same input gives the same bytes. The crate knows no AWS, no
//! runtime, no clock and no file; how figures are fetched, kept and sent is its caller's. What an
//! event added and how fast cost grows are figures of the history, and given to it.
//!
//! All figures are charges, as the spike engine judges them: credits and refunds are told apart,
//! since they would hide what was used. See `docs/decisions/016-report.md`.

pub mod csv;
pub mod message;
pub mod summary;

mod calendar;
mod daily;
mod forecast;
mod input;
mod money;
mod picture;
mod service;
mod text;
mod words;

pub use input::{EventDay, Input, Notice, Pace, PaceGroup, Period, Reason};
