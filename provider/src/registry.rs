//! The list of what the provider offers. A new resource or data source is one line here.

use framework::{ErasedDataSource, ErasedResource, Function, data_source, resource};

use crate::clients::Clients;
use crate::{data_sources, functions, resources};

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

/// The data sources, in the order of the documentation.
pub fn data_sources() -> Vec<Box<dyn ErasedDataSource<Clients>>> {
    vec![
        data_source::<data_sources::accounts::Accounts>(),
        data_source::<data_sources::costs::Costs>(),
        data_source::<data_sources::event_cost::EventCost>(),
    ]
}

/// The functions, in the order of the documentation.
pub fn functions() -> Vec<Function> {
    vec![functions::impact_defaults::function(), functions::runs_per_month::function()]
}

#[cfg(test)]
mod tests;
