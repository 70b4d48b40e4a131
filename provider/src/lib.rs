//! The Hinomi provider: monitors, cost alerts and Discord webhooks across AWS accounts.
//!
//! Map: [`provider`] reads the provider block and makes the [`clients`]; [`registry`] lists what the
//! provider offers; each folder of `resources` is one resource, of `data_sources` one data source; `model` holds the attributes that
//! several resources share; [`pricing`] is the arithmetic of prices, `price_lists` what AWS says of
//! them; `aws` talks to AWS and knows nothing of Terraform, no more than the crate
//! `discord` does; [`diagnose`] turns their failures into what a user reads.

pub mod aws;
pub mod claims;
mod clients;
pub mod data_sources;
pub mod diagnose;
mod functions;
pub mod model;
mod price_lists;
pub mod pricing;
pub mod provider;
pub mod registry;
pub mod resources;

pub use clients::{Clients, Defaults};
pub use provider::Hinomi;

/// Version of the provider, told to AWS and Discord.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
