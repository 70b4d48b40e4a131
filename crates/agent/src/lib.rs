//! The Lambda function of Hinomi: it checks targets from outside, and tells alarms on Discord.
//!
//! One binary serves both purposes: [`dispatch`] sees by an event's shape what is asked for.
//! [`probe`] runs one check; [`relay`] turns what arrives on the queue into messages, and [`bell`] brings them to
//! Discord. A second binary, of the feature `report`, also makes the daily report of costs: `report`.

pub mod bell;
pub mod clients;
pub mod dispatch;
mod invocation;
pub mod log;
pub mod probe;
mod refusal;
pub mod relay;
#[cfg(feature = "report")]
pub mod report;
mod serve;

pub use invocation::Invocation;
pub use serve::serve;
