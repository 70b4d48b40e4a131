//! The attributes of a cost alert's anomaly watch.

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Texts;

/// Which costs are watched for what is not usual, and from which size on it rings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Anomaly {
    /// What is watched, each on its own: every `service`, every member `account`, every value of a `tag` or of a `cost_category`; or what a `filter` lets through, as one sum. AWS has one monitor for each of the first four in an account, and one that exists is used. All but `service` work in an organization's management account alone.
    #[schemars(extend("x-tf" = tf::default("service")))]
    pub by: Attr<WatchedBy>,
    /// Key of the tag, as it is on the resources, or name of the cost category. Needed for `tag` and `cost_category`, and only for them.
    #[schemars(length(min = 1, max = 1024), extend("x-tf" = tf::optional()))]
    pub key: Attr<String>,
    /// Whose costs are watched as one sum. Needed for `filter`, and only for it.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub filter: Attr<AnomalyFilter>,
    /// Rings when a cost is above what was to be expected by at least so much, in US dollars.
    #[schemars(range(min = 0, max = 10_000_000_000_i64), extend("x-tf" = tf::optional()))]
    pub at_least_usd: Attr<f64>,
    /// Rings when a cost is above what was to be expected by at least this share of it, in percent. What comes from nothing has no share.
    #[schemars(range(min = 0, max = 10_000_000_000_i64), extend("x-tf" = tf::optional()))]
    pub at_least_percent: Attr<f64>,
    /// Whether `all` or `any` of the two sizes must be reached where both are set.
    #[schemars(extend("x-tf" = tf::default("all")))]
    pub r#match: Attr<Match>,
    /// When to tell: `immediate` tells a topic of each anomaly as it is found, `daily` and `weekly` send a summary by e-mail.
    #[schemars(extend("x-tf" = tf::default("immediate")))]
    pub frequency: Attr<Frequency>,
    /// SNS topic that is told, in the same account. Needed for `immediate`, and only for it; AWS allows one.
    #[schemars(length(max = 1), extend("x-tf" = tf::optional()))]
    pub topic_arns: Attr<Texts>,
    /// E-mail addresses that are told. Needed for `daily` and `weekly`, and only for them; AWS allows ten.
    #[schemars(length(max = 10), extend("x-tf" = tf::optional()))]
    pub emails: Attr<Texts>,
}

/// Costs that are watched as one sum. One of the three is set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnomalyFilter {
    /// Ids of member accounts, at most ten.
    #[schemars(length(min = 1, max = 10), extend("x-tf" = tf::optional()))]
    pub linked_accounts: Attr<Texts>,
    /// Values of one cost allocation tag by its key, as it is on the resources: at most ten values.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1, "x-tf" = tf::optional()))]
    pub tags: Attr<BTreeMap<String, Attr<Texts>>>,
    /// One value of one cost category, by the category's name.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1, "x-tf" = tf::optional()))]
    pub cost_categories: Attr<BTreeMap<String, Attr<Texts>>>,
}

/// What is watched on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WatchedBy {
    /// Every service.
    Service,
    /// Every member account.
    Account,
    /// Every value of a tag.
    Tag,
    /// Every value of a cost category.
    CostCategory,
    /// What a filter lets through.
    Filter,
}

/// How many of two sizes must be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Both.
    All,
    /// One of them.
    Any,
}

/// When anomalies are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    /// As they are found.
    Immediate,
    /// Once a day, together.
    Daily,
    /// Once a week, together.
    Weekly,
}
