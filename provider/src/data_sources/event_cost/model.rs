//! The attributes of an event's cost.

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::AskedAccount;
use crate::model::cost_history::CostHistory;
use crate::model::texts::Texts;

/// Reads what an event added to the costs of AWS accounts: each of its days less what such a day costs without it, by
/// the same rule as the daily report of a `hinomi_cost_report`.
///
/// What a day costs without the event is the median of the same weekdays in the days before it, by account and service.
/// Days of other `events` are left out of those. Only charges count, since credits say nothing of what was used. A day of
/// which nothing is known is unknown, never zero, and an account that is new with the event has no baseline: what it
/// was charged is summed apart.
///
/// Costs come from the history that a report records, and from Cost Explorer for the days that it lacks, which bills
/// 0.01 US dollars for each call: see `hinomi_costs`. Of an event that is to come nothing is asked, and its figures are null.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventFigures {
    /// Name of the event.
    #[schemars(length(min = 1), extend("x-tf" = tf::required()))]
    pub name: Attr<String>,
    /// Its first day, such as `2026-11-01`.
    #[schemars(extend("x-tf" = tf::required()))]
    pub start: Attr<String>,
    /// Its last day, which is a part of it.
    #[schemars(extend("x-tf" = tf::required()))]
    pub end: Attr<String>,
    /// Days before its start whose same weekdays show what its days cost without it.
    #[schemars(range(min = 7, max = 366), extend("x-tf" = tf::default(28)))]
    pub baseline_days: Attr<u16>,
    /// Ids of the accounts that it concerns. Without it that is all of them.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub accounts: Attr<Texts>,
    /// Services that it concerns, by their names in Cost Explorer. Without it that is all of them.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub services: Attr<Texts>,
    /// Other events, by their names, whose days are left out of the days before. The event itself may be among them.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub events: Attr<BTreeMap<String, Attr<OtherEvent>>>,
    /// Account whose Cost Explorer is asked. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account: Attr<AskedAccount>,
    /// The recorded history that is read first. Without it Cost Explorer is asked for all days.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub history: Attr<CostHistory>,
    /// Calls of Cost Explorer that one read makes at most. Days that would take more are in `missing_days`, with a warning. With 0 only the history is read.
    #[schemars(range(min = 0, max = 1000), extend("x-tf" = tf::default(10)))]
    pub max_calls: Attr<u32>,
    /// Where the event stands, in UTC.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub status: Attr<Status>,
    /// What the event added so far, over the days that have a baseline; below zero where they cost less than usual. Null where no day has one, and before its first day is over.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub incremental_usd: Attr<f64>,
    /// All that was charged on its days so far. Null where nothing is known of any.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub charges_usd: Attr<f64>,
    /// Of the charges, those without a baseline: how much of them is the event's isn't known.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub without_baseline_usd: Attr<f64>,
    /// What it added, by the ids of the accounts.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub by_account: Attr<BTreeMap<String, Attr<Sum>>>,
    /// What it added, by service.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub by_service: Attr<BTreeMap<String, Attr<Sum>>>,
    /// What it added, by day.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub by_day: Attr<BTreeMap<String, Attr<Sum>>>,
    /// Days that are over, of the event and the days before it that it is compared with, of which nothing is known; on its own days, nothing of any of its accounts.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub missing_days: Attr<Texts>,
    /// Whether the figures may still change: the event isn't over, or AWS may still revise them.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated: Attr<bool>,
    /// Calls of Cost Explorer that this read made. What another data source of the run asked for isn't asked for again.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub calls_made: Attr<u32>,
    /// What those calls cost, in US dollars.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub calls_cost_usd: Attr<f64>,
}

/// An event whose days are not as usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OtherEvent {
    /// Its first day.
    #[schemars(extend("x-tf" = tf::required()))]
    pub start: Attr<String>,
    /// Its last day, which is a part of it.
    #[schemars(extend("x-tf" = tf::required()))]
    pub end: Attr<String>,
    /// Ids of the accounts that it concerns. Without it that is all of them.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub accounts: Attr<Texts>,
    /// Services that it concerns. Without it that is all of them.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub services: Attr<Texts>,
}

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No day of it is over.
    Planned,
    /// Some of its days are over.
    Running,
    /// All of its days are over.
    Over,
}

/// What an event added, summed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// What the event added, over the days that have a baseline. Null where none has.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub incremental_usd: Attr<f64>,
    /// What was charged. Null where nothing is known of any day.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub charges_usd: Attr<f64>,
    /// Of the charges, those without a baseline.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub without_baseline_usd: Attr<f64>,
    /// Days of a service in an account of which nothing is known.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub unknown_days: Attr<u32>,
    /// The fewest same weekdays that any of these days was compared with; zero where none had one.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub least_baseline_days: Attr<u16>,
}
