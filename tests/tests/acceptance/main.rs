//! Acceptance: the real `terraform` against the stand-ins, one file a resource.

mod account;
mod accounts;
mod alert_relay;
mod chain;
mod cost_alert;
mod cost_report;
mod costs;
mod discord_webhook;
mod edges;
mod event_cost;
mod metrics_role;
mod monitor_location;
mod offline;
mod organization;
mod prices;
mod provider_block;
mod release;
mod synthetic_monitor;
