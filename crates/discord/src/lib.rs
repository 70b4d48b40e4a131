//! A small client for Discord's webhook API.
//!
//! It owns how Discord is talked to: authorisation, time limits, rate limits, repeats, and what an answer means. It
//! knows nothing of Terraform, AWS or where a webhook's URL is kept; its failures become diagnostics elsewhere.
//!
//! Reading order: `client` (the calls) → `send` (repeat or give up) → `limiter` (when may a request go; pure) and
//! `transport` (one exchange) → `failure` (what went wrong). `name`, `avatar`, `reason`, `snowflake` and `webhook_url`
//! check what a user writes before anything is sent.
//!
//! Sources: Discord's developer documentation, "Webhook Resource", "Rate Limits" and "Opcodes and Status Codes".

mod answer;
mod avatar;
mod client;
mod failure;
mod limiter;
pub mod message;
mod name;
mod reason;
mod scrub;
mod send;
mod snowflake;
mod transport;
mod webhook;
mod webhook_url;

#[cfg(test)]
mod tests;

pub use avatar::{Avatar, AvatarProblem};
pub use client::messages::{Posted, Seen, SeenEmbed, SeenFooter};
pub use client::{Client, DEFAULT_BASE_URL, Settings};
pub use failure::{Failure, FailureKind, FieldProblem};
pub use name::{NameProblem, validate_webhook_name};
pub use reason::{AuditReason, ReasonProblem};
pub use send::Bounds;
pub use snowflake::{Snowflake, SnowflakeProblem};
pub use webhook::{AvatarChange, Changes, NewWebhook, Webhook};
pub use webhook_url::{UrlProblem, WebhookUrl};
