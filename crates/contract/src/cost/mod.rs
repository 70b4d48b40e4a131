//! What accounts cost, day by day, and the days on which more was planned.
//!
//! Money is in US dollars, as Cost Explorer gives it. A day is a day of the bill, which AWS counts
//! in UTC.

mod arrivals;
mod event;
mod figure;
mod history;
mod service;

pub(crate) mod day;

pub use arrivals::{Arrivals, Recorded};
pub use event::{InvalidEvent, PlannedEvent};
pub use figure::{DailyCost, Figure};
pub use history::{AccountHistory, History, Series};
pub use service::ServiceName;
