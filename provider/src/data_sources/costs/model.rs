//! The attributes of a list of costs.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::AskedAccount;
use crate::model::cost_history::CostHistory;
use crate::model::texts::Texts;

/// Reads what AWS accounts cost: from the history that a `hinomi_cost_report` records, and from Cost Explorer for
/// the days that it lacks. Nothing is written.
///
/// Cost Explorer bills 0.01 US dollars for each call, and a plan reads data sources anew: two calls for days that lie
/// together, and more where an answer has several pages. With `history` only what isn't recorded is asked for,
/// most often nothing or yesterday; `max_calls` says how many calls a read may make, and 0 that it makes none.
/// Data sources of one run share what was asked.
///
/// Figures are in US dollars, at the rates that each account is billed (unblended), and of days in UTC. AWS revises them for
/// some days. A day of which nothing is known is in `missing_days`, and not zero: the present day and later ones, days that
/// are late, and days of more than 13 months ago that nobody recorded.
///
/// The payer of an organization sees all members; any other account sees itself. Its role needs `ce:GetCostAndUsage`,
/// and with `history` `s3:GetObject` on the objects and `s3:ListBucket` on the bucket.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostList {
    /// Account whose Cost Explorer is asked. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account: Attr<AskedAccount>,
    /// First day, such as `2026-11-01`.
    #[schemars(extend("x-tf" = tf::required()))]
    pub start: Attr<String>,
    /// Last day, which is a part of it, as everywhere in Hinomi. Cost Explorer's own `End` is the day after.
    #[schemars(extend("x-tf" = tf::required()))]
    pub end: Attr<String>,
    /// Whether a row is a day or a month of the calendar; a month that `start` and `end` cut has their days only.
    #[schemars(extend("x-tf" = tf::default("daily")))]
    pub granularity: Attr<Granularity>,
    /// What rows are told apart by. Without it each day or month has one row, with all of it.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub group_by: Attr<BTreeSet<Attr<GroupBy>>>,
    /// Ids of the accounts whose costs count. Without it all do that are seen.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub accounts: Attr<Texts>,
    /// Purposes of the accounts whose costs count. Without it those without a purpose count too.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub purposes: Attr<Texts>,
    /// Services whose costs count, by their names in Cost Explorer, such as `Amazon Simple Storage Service`. Without it all do.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub services: Attr<Texts>,
    /// Purposes of accounts, by their ids, for the days on which the history has none, such as those of a `hinomi_accounts`. What is recorded stays: an account's costs in May count for what it was in May.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account_purposes: Attr<BTreeMap<String, Attr<String>>>,
    /// The recorded history that is read first. Without it Cost Explorer is asked for all days.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub history: Attr<CostHistory>,
    /// Calls of Cost Explorer that one read makes at most. Days that would take more are in `missing_days`, with a warning. With 0 only the history is read.
    #[schemars(range(min = 0, max = 1000), extend("x-tf" = tf::default(10)))]
    pub max_calls: Attr<u32>,
    /// The costs, in order of their day, account, purpose and service.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub rows: Attr<Vec<Attr<Row>>>,
    /// The sum of all rows.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub total: Attr<Total>,
    /// Days from `start` to `end` of which nothing is known. They are in no row.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub missing_days: Attr<Texts>,
    /// Whether AWS may still revise some of the figures.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated: Attr<bool>,
    /// Calls of Cost Explorer that this read made. What another data source of the run asked for isn't asked for again.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub calls_made: Attr<u32>,
    /// What those calls cost, in US dollars.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub calls_cost_usd: Attr<f64>,
}

/// How long a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// A day.
    Daily,
    /// A month of the calendar.
    Monthly,
}

/// What rows are told apart by.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// The account.
    Account,
    /// The account's role in the company on that day.
    Purpose,
    /// The service.
    Service,
}

/// What something cost in a day or a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// First day.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub start: Attr<String>,
    /// Last day, which is the first one in a daily row.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub end: Attr<String>,
    /// Id of the account; null unless rows are grouped by it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub account: Attr<String>,
    /// The account's name, where it is known; null unless rows are grouped by account.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub account_name: Attr<String>,
    /// The purpose; null where there is none, and unless rows are grouped by it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub purpose: Attr<String>,
    /// The service; null unless rows are grouped by it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub service: Attr<String>,
    /// What was charged: usage, fees, tax.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub charges_usd: Attr<f64>,
    /// What was given back, credits and refunds: zero or below.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub credits_usd: Attr<f64>,
    /// What the bill comes to: charges less credits.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub net_usd: Attr<f64>,
    /// Whether AWS may still revise it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated: Attr<bool>,
}

/// A sum of costs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "an amount says its unit, as in rows")]
pub struct Total {
    /// What was charged: usage, fees, tax.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub charges_usd: Attr<f64>,
    /// What was given back, credits and refunds: zero or below.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub credits_usd: Attr<f64>,
    /// What the bill comes to: charges less credits.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub net_usd: Attr<f64>,
}
