//! The Lambda function of Hinomi: it checks targets from outside, and tells alarms on Discord.
//!
//! One binary serves both purposes: [`dispatch`] sees by an event's shape what is asked for.
//! [`probe`] runs one check; [`relay`] turns what arrives on the queue into messages.

pub mod clients;
pub mod dispatch;
mod invocation;
pub mod log;
pub mod probe;
mod refusal;
pub mod relay;

pub use invocation::Invocation;
