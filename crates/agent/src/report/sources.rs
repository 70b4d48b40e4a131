//! Whose Cost Explorer is asked.

use std::sync::Arc;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use contract::report::Settings;
use costs::{Calls, Explorer};

use crate::clients::Clients;

/// Where Cost Explorer and Organizations are, whatever region the function is in.
const REGION: &str = "us-east-1";
/// How long one attempt may take: a page of a thousand groups takes Cost Explorer its time.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);
/// The name of the function's own account, as what is kept has it.
const OWN: &str = "own";

/// All sources, and the calls that they make together.
#[derive(Debug)]
pub(super) struct Sources {
    /// The sources, in the order of the settings.
    pub(super) all: Vec<Source>,
    ordinary: Arc<Calls>,
    filling: Arc<Calls>,
}

/// An account whose Cost Explorer is asked.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// What it is kept by: its role's ARN.
    pub(super) key: String,
    /// What people know it by.
    pub(super) name: String,
    /// Asks within the calls of a morning.
    pub(super) explorer: Explorer,
    /// Asks for what fills the history, which has no such limit.
    pub(super) filling: Explorer,
    /// Its organization.
    pub(super) organizations: aws_sdk_organizations::Client,
}

/// The sources of the settings.
pub(super) async fn of(settings: &Settings, clients: &Clients) -> Sources {
    let ordinary = Arc::new(Calls::at_most(settings.most_calls));
    let filling = Arc::new(Calls::at_most(u32::MAX));
    let source = |key: &str, name: &str, config: &SdkConfig| {
        let slow = TimeoutConfig::builder().operation_attempt_timeout(ATTEMPT_TIMEOUT);
        let slow = config.to_builder().timeout_config(slow.build()).build();
        let client = aws_sdk_costexplorer::Client::new(&slow);
        Source {
            key: key.to_owned(),
            name: name.to_owned(),
            explorer: Explorer::new(client.clone(), Arc::clone(&ordinary)),
            filling: Explorer::new(client, Arc::clone(&filling)),
            organizations: aws_sdk_organizations::Client::new(config),
        }
    };
    let mut all = Vec::new();
    for given in &settings.sources {
        let external_id = given.external_id.as_deref();
        let config = clients.config_as(&given.role_arn, external_id, REGION).await;
        // arn:aws:iam::444455556666:role/costs
        let account = given.role_arn.split(':').nth(4).unwrap_or(&given.role_arn);
        all.push(source(&given.role_arn, account, &config));
    }
    if all.is_empty() {
        all.push(source(OWN, "Cost Explorer", &clients.config_in(REGION)));
    }
    Sources { all, ordinary, filling }
}

impl Sources {
    /// All calls of Cost Explorer so far.
    pub(super) fn calls(&self) -> u32 {
        self.ordinary.made() + self.filling.made()
    }

    /// The calls that filled the history.
    pub(super) fn filling_calls(&self) -> u32 {
        self.filling.made()
    }

    /// The calls that this morning may still make.
    pub(super) fn calls_left(&self) -> u32 {
        self.ordinary.left()
    }
}
