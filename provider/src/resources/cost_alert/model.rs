//! The attributes of a cost alert.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::place::Placed;
use crate::model::tags::Tags;

/// Texts of which each counts once and the order doesn't matter.
pub type Texts = BTreeSet<Attr<String>>;

/// Watches what one AWS account spends, and rings when a limit is near or passed: a budget of AWS
/// Budgets with its notifications.
///
/// Budgets is one for all regions, and the account's own: a topic must be in the same account. A
/// topic whose messages are encrypted needs a key of its own that lets `budgets.amazonaws.com` use
/// it; with the key `alias/aws/sns` nothing is ever delivered, and AWS doesn't say so.
///
/// AWS updates the figures up to three times a day, and a changed limit, period, metric or filter
/// makes it count anew. Thresholds and who is told are changed without that.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alert {
    /// Name of the alert, unique in the provider's `stack`, and part of the budget's name in AWS. An imported budget that something else made goes by its own name.
    #[schemars(
        length(min = 1, max = 100),
        regex(pattern = r"^[^:\\\x00-\x1f]+$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("hold no `:`, no `\\` and no line breaks"))
    )]
    pub name: Attr<String>,
    /// Account whose cost is watched. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// What the account may spend, and when to ring.
    #[schemars(extend("x-tf" = tf::required()))]
    pub budget: Attr<Budget>,
    /// Tags of the budget, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// All tags of the budget: the provider's, the alert's and those that say what made it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
    /// Name of the budget in AWS.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub budget_name: Attr<String>,
    /// ARN of the budget.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
}

/// What an account may spend, and when to ring.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// What may be spent in one period, in US dollars.
    #[schemars(
        range(min = 0.01, max = 15_000_000_000_000_i64),
        extend("x-tf" = tf::required())
    )]
    pub limit_usd: Attr<f64>,
    /// How long a period is: `daily`, `monthly`, `quarterly` or `annually`.
    #[schemars(extend("x-tf" = tf::default("monthly")))]
    pub period: Attr<Period>,
    /// How a cost is counted: `unblended`, `blended` or `amortized`.
    #[schemars(extend("x-tf" = tf::default("unblended")))]
    pub metric: Attr<Metric>,
    /// Kinds of charges that don't count. Without it all of them count, as is AWS's default; credits and refunds then hide what was spent.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub excluded_charges: Attr<BTreeSet<Attr<Charge>>>,
    /// What of the account's cost counts. Without it everything does; of several filters all must fit.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub filters: Attr<Filters>,
    /// When to ring and who is told, under names of your own. AWS allows five.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 5, "x-tf" = tf::required()))]
    pub thresholds: Attr<BTreeMap<String, Attr<Threshold>>>,
    /// SNS topic that is told of every threshold that names none itself. AWS allows one, in the same account.
    #[schemars(length(max = 1), extend("x-tf" = tf::optional()))]
    pub topic_arns: Attr<Texts>,
    /// E-mail addresses that are told of every threshold that names none itself. AWS allows ten.
    #[schemars(length(max = 10), extend("x-tf" = tf::optional()))]
    pub emails: Attr<Texts>,
}

/// A point at which the bell rings: above a share of the limit, or above an amount.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Rings above this share of the limit, in percent, at most 1000000. Either this or `usd` is set.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-tf" = tf::optional()))]
    pub percent: Attr<f64>,
    /// Rings above this amount in US dollars. Either this or `percent` is set.
    #[schemars(range(min = 0, max = 15_000_000_000_000_i64), extend("x-tf" = tf::optional()))]
    pub usd: Attr<f64>,
    /// What is compared: the `actual` cost so far, or the `forecast` for the whole period. A forecast needs some weeks of history, and there is none for daily budgets.
    #[schemars(extend("x-tf" = tf::default("actual")))]
    pub basis: Attr<Basis>,
    /// SNS topic that is told. Without it that is the budget's; an empty set tells none.
    #[schemars(length(max = 1), extend("x-tf" = tf::optional()))]
    pub topic_arns: Attr<Texts>,
    /// E-mail addresses that are told. Without it those are the budget's; an empty set tells none.
    #[schemars(length(max = 10), extend("x-tf" = tf::optional()))]
    pub emails: Attr<Texts>,
}

/// What of an account's cost counts, in the words of Cost Explorer. Of the values of one filter any may fit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Filters {
    /// Services by their names in Cost Explorer, such as `Amazon Elastic Compute Cloud - Compute`. A name that it doesn't know matches nothing.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub services: Attr<Texts>,
    /// Regions, such as `ap-northeast-1`; cost without a region is in `global`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub regions: Attr<Texts>,
    /// Ids of member accounts, for a budget in the organization's management account.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub linked_accounts: Attr<Texts>,
    /// Values of cost allocation tags, by key. Write keys as they are on the resources: the prefix `user:`, without which AWS silently counts nothing, is added; keys of AWS's own begin with `aws:`. A tag counts once it is activated for cost allocation. The empty value stands for resources without the tag.
    #[schemars(extend("minProperties" = 1, "x-tf" = tf::optional()))]
    pub tags: Attr<BTreeMap<String, Attr<Texts>>>,
    /// Values of cost categories, by the category's name.
    #[schemars(extend("minProperties" = 1, "x-tf" = tf::optional()))]
    pub cost_categories: Attr<BTreeMap<String, Attr<Texts>>>,
    /// Usage types, such as `APN1-DataTransfer-Out-Bytes`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub usage_types: Attr<Texts>,
    /// Groups of usage types, such as `S3: Data Transfer - Internet (Out)`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub usage_type_groups: Attr<Texts>,
    /// API operations, such as `RunInstances`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub operations: Attr<Texts>,
    /// Instance types, such as `m7g.large`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub instance_types: Attr<Texts>,
    /// Availability zones, such as `ap-northeast-1a`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub availability_zones: Attr<Texts>,
    /// Ways of buying, such as `On Demand Instances`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub purchase_types: Attr<Texts>,
}

/// How long a budget's period is. Periods begin at midnight UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// A day. There is no forecast.
    Daily,
    /// A calendar month.
    Monthly,
    /// A quarter of a calendar year.
    Quarterly,
    /// A calendar year.
    Annually,
}

/// How a cost is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// What was used, at its own price, on the day of its use.
    Unblended,
    /// What was used, at the organization's average price.
    Blended,
    /// Reservations and savings plans spread over the time that they are for.
    Amortized,
}

/// A kind of charge.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Charge {
    /// Credits that AWS granted.
    Credits,
    /// Discounts.
    Discounts,
    /// Subscriptions that aren't reservations.
    OtherSubscriptions,
    /// Fees that recur, such as the monthly fee of a reservation.
    Recurring,
    /// Refunds.
    Refunds,
    /// Subscriptions.
    Subscriptions,
    /// Fees of a support plan.
    Support,
    /// Taxes.
    Taxes,
    /// Reservations that are paid in advance.
    Upfront,
}

/// What a threshold is compared with.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The cost so far.
    Actual,
    /// What AWS expects for the whole period.
    Forecast,
}

impl Placed for Alert {
    fn account(&self) -> &Attr<Account> {
        &self.account
    }

    fn account_mut(&mut self) -> &mut Attr<Account> {
        &mut self.account
    }

    fn region(&self) -> Option<&Attr<String>> {
        None
    }

    fn region_mut(&mut self) -> Option<&mut Attr<String>> {
        None
    }
}
