//! The data sources: one folder each, none of which knows another, nor a resource.

pub mod accounts;
pub mod costs;
pub mod event_cost;
