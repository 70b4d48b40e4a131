//! Daily costs from AWS: what Cost Explorer answers, and the months of the history in S3.
//!
//! [`Explorer`] asks Cost Explorer, and counts each call, since each is billed ([`Calls`]). [`Months`]
//! reads and writes the history's objects, and never overwrites what somebody else wrote meanwhile.
//! [`Ledger`] puts both together: it merges answers into the months that they touch. What it knows is
//! `history`'s: records, months, and how they are merged.
//!
//! The clients are given by the caller, so credentials, regions and retries are its matter. There is no
//! runtime, no Lambda and no Terraform here.

mod bucket;
mod calls;
mod error;
mod explorer;
mod free;
mod ledger;
mod months;

#[cfg(test)]
mod testing;

pub use bucket::{Bucket, Kept, Version, Written};
pub use calls::{CALL_USD, Calls};
pub use error::{Error, Kind};
pub use explorer::{Answer, Explorer, FoundAnomaly, Question, Reason, Sum};
pub use free::free_days;
pub use ledger::{Ledger, Recorded};
pub use months::Months;
