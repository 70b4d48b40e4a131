//! The resources: one folder each, none of which knows another.

pub mod alert_relay;
pub mod cost_alert;
pub mod cost_report;
pub mod discord_webhook;
pub mod metrics_role;
pub mod monitor_location;
pub mod synthetic_monitor;
