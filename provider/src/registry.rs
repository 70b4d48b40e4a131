//! The list of what the provider offers. A new resource is one line here.

use framework::{ErasedResource, Function, resource};

use crate::clients::Clients;
use crate::{functions, resources};

/// The resources, in the order of the documentation.
pub fn resources() -> Vec<Box<dyn ErasedResource<Clients>>> {
    vec![
        resource::<resources::discord_webhook::DiscordWebhook>(),
        resource::<resources::synthetic_monitor::SyntheticMonitor>(),
        resource::<resources::cost_alert::CostAlert>(),
        resource::<resources::monitor_location::Location>(),
        resource::<resources::metrics_role::Metrics>(),
        resource::<resources::alert_relay::AlertRelay>(),
        resource::<resources::cost_report::Report>(),
    ]
}

/// The functions, in the order of the documentation.
pub fn functions() -> Vec<Function> {
    vec![functions::impact_defaults::function(), functions::runs_per_month::function()]
}

#[cfg(test)]
mod tests;
