//! Functions that a configuration may call: pure, known before any provider is configured.

pub(crate) mod impact_defaults;
pub(crate) mod runs_per_month;
