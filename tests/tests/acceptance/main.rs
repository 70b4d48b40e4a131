//! Acceptance: the real `terraform` against the stand-ins, one file a resource.

mod cost_alert;
mod discord_webhook;
mod edges;
mod offline;
mod organization;
mod provider_block;
mod synthetic_monitor;
