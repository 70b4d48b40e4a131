//! The resources: one folder each, none of which knows another.

pub mod cost_alert;
pub mod discord_webhook;
pub mod synthetic_monitor;
