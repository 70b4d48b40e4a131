//! AWS: credentials, clients, failures, waiting, and reads that do not cost a call each.
//!
//! The only place that builds an SDK client. It knows AWS, and nothing of Terraform: no
//! attribute, no diagnostic, no resource.
//!
//! [`Aws`] is made once from the provider's [`Settings`] and makes no call by itself.
//! [`Aws::session`] leads to an account and region, whose [`Session`] has a client for each
//! service. Objects are read through [`reads`], every SDK error becomes a [`Failure`] through
//! [`Session::failed`], waits go through [`wait`].

mod arn;
mod classify;
mod clients;
mod codes;
mod config;
mod credentials;
pub mod error;
mod hint;
mod http;
mod memo;
pub mod names;
pub mod objects;
pub mod reads;
mod region;
mod session;
pub mod settings;
mod settling;
mod snapshot;
pub mod tags;
pub mod wait;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

pub use arn::{Arn, InvalidArn};
pub use clients::{Aws, Caller};
pub use contract::account::{AccountId, InvalidAccountId};
pub use error::{Failure, Kind};
pub use region::{InvalidRegion, Partition, Region};
pub use session::Session;
pub use settings::{Settings, Target};
