//! Objects as AWS has them now, read from one list per account and region where there is one.
//!
//! For each kind: `find` serves from the list and asks for the object itself when the list
//! doesn't show it, so its `None` means gone; `direct` always asks; `written` must be called
//! after each write, so that the list isn't trusted for that object again.

pub mod alarms;
pub mod anomalies;
pub mod budgets;
pub mod canaries;
pub mod costs;
pub mod directory;
pub mod organization;
pub mod parameters;
pub mod price_list;
pub mod runtimes;
pub mod schedules;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_scheduler::types::ScheduleSummary;
use history::{Month, Record};

use super::AccountId;
use super::memo::Memo;
use super::snapshot::Snapshot;

/// What was listed in one account and region.
pub(super) struct Listings {
    canaries: Snapshot<aws_sdk_synthetics::types::Canary>,
    runtimes: Memo<(), runtimes::Runtimes>,
    global: Arc<Global>,
    parameters: Snapshot<aws_sdk_ssm::types::ParameterMetadata>,
    /// By group.
    schedules: Mutex<HashMap<String, Arc<Snapshot<ScheduleSummary>>>>,
    /// By name prefix.
    alarms: Mutex<HashMap<String, Arc<Snapshot<alarms::Alarm>>>>,
}

/// What one account has once for all its regions.
#[derive(Default)]
pub(super) struct Global {
    budgets: Snapshot<aws_sdk_budgets::types::Budget>,
    notifications: Snapshot<Vec<aws_sdk_budgets::types::Notification>>,
    /// By ARN.
    monitors: Snapshot<aws_sdk_costexplorer::types::AnomalyMonitor>,
    /// By ARN.
    subscriptions: Snapshot<aws_sdk_costexplorer::types::AnomalySubscription>,
    management: Memo<(), Option<AccountId>>,
    directory: Memo<(), Option<Arc<directory::Directory>>>,
    account_tags: Memo<AccountId, Arc<directory::Tags>>,
    /// By bucket, prefix and month.
    recorded_costs: Memo<(String, String, Month), Arc<Vec<Record>>>,
    costs: tokio::sync::Mutex<costs::Told>,
}

impl Listings {
    pub(super) fn new(global: Arc<Global>) -> Self {
        Self {
            canaries: Snapshot::default(),
            runtimes: Memo::default(),
            global,
            parameters: Snapshot::default(),
            schedules: Mutex::default(),
            alarms: Mutex::default(),
        }
    }

    fn schedules(&self, group: &str) -> Arc<Snapshot<ScheduleSummary>> {
        let mut schedules = self.schedules.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(schedules.entry(group.to_owned()).or_default())
    }

    fn alarms(&self, prefix: &str) -> Arc<Snapshot<alarms::Alarm>> {
        let mut alarms = self.alarms.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(alarms.entry(prefix.to_owned()).or_default())
    }
}
