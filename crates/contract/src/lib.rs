//! What the provider, the agent and the command line agree on.
//!
//! Data and pure rules only: nothing here knows of AWS, Terraform or a runtime.

pub mod account;
pub mod check;
pub mod cost;
pub mod duration;
pub mod impact;
pub mod probe;
pub mod relay;
pub mod report;
pub mod rhythm;
pub mod secret;
pub mod spike;
pub mod trailer;
