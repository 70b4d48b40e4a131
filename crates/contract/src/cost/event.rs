//! Days on which more cost was planned.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::ServiceName;
use crate::account::AccountId;

/// Days on which some accounts are expected to cost more, such as a festival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedEvent {
    /// Its name.
    pub name: String,
    /// Its first day.
    pub start: Date,
    /// Its last day, which is a part of it.
    pub end: Date,
    /// The accounts that it concerns; none for all of them.
    pub accounts: BTreeSet<AccountId>,
    /// The services that it concerns; none for all of them.
    pub services: BTreeSet<ServiceName>,
}

/// An event that ends before it starts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event `{name}` ends on {end}, which is before its start on {start}")]
pub struct InvalidEvent {
    name: String,
    start: Date,
    end: Date,
}

impl PlannedEvent {
    /// An event of all accounts and services.
    pub fn of(name: impl Into<String>, start: Date, end: Date) -> Result<Self, InvalidEvent> {
        let name = name.into();
        if end < start {
            return Err(InvalidEvent { name, start, end });
        }
        Ok(Self { name, start, end, accounts: BTreeSet::new(), services: BTreeSet::new() })
    }

    /// Whether it concerns an account.
    pub fn concerns(&self, account: &AccountId) -> bool {
        self.accounts.is_empty() || self.accounts.contains(account)
    }

    /// Whether it concerns a service, in the accounts that it concerns.
    pub fn concerns_service(&self, service: &ServiceName) -> bool {
        self.services.is_empty() || self.services.contains(service)
    }
}
