//! The attributes of a cost alert's budget.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Texts;

/// What an account may spend, and when to ring.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// What may be spent in one period, in US dollars. One of this, `planned_limits_usd` and `auto_adjust` is set.
    #[schemars(
        range(min = 0.01, max = 15_000_000_000_000_i64),
        extend("x-tf" = tf::optional())
    )]
    pub limit_usd: Attr<f64>,
    /// Limits that change, in US dollars, by the month from which each holds, as in `{ "2027-01" = 100, "2027-04" = 150 }`: until the next one, the last for ever. Those of quarterly budgets begin with the first month of a quarter. AWS keeps them for twelve months or four quarters at a time; what comes into its view later is sent by the apply that follows.
    #[schemars(extend("minProperties" = 1, "x-tf" = tf::optional()))]
    pub planned_limits_usd: Attr<BTreeMap<String, Attr<f64>>>,
    /// Lets AWS set the limit anew for each period, by what was spent or will be.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub auto_adjust: Attr<AutoAdjust>,
    /// How long a period is: `daily`, `monthly`, `quarterly`, `annually`, or `custom`, which is once from `start` to `end`.
    #[schemars(extend("x-tf" = tf::default("monthly")))]
    pub period: Attr<Period>,
    /// First day that counts, in UTC, as `2027-01-31`. Without it that is the first of the period in which the budget is made. A custom period needs one.
    #[schemars(
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        extend("x-tf" = tf::optional().pattern_in_words("be a date such as `2027-01-31`"))
    )]
    pub start: Attr<String>,
    /// First day that counts no more, in UTC, as `2027-01-31`. **AWS then deletes the budget** with its notifications, and the alert stays with the status `expired`. A custom period needs one.
    #[schemars(
        regex(pattern = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        extend("x-tf" = tf::optional().pattern_in_words("be a date such as `2027-01-31`"))
    )]
    pub end: Attr<String>,
    /// How a cost is counted: `unblended`, `blended`, `amortized`, `net_unblended` or `net_amortized`.
    #[schemars(extend("x-tf" = tf::default("unblended")))]
    pub metric: Attr<Metric>,
    /// Kinds of charges that don't count. Without it all of them count, as is AWS's default; credits and refunds then hide what was spent. Not with a net metric or an `expression`, in which `RECORD_TYPE` says the same.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub excluded_charges: Attr<BTreeSet<Attr<Charge>>>,
    /// What of the account's cost counts. Without it everything does; of several filters all must fit.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub filters: Attr<Filters>,
    /// What of the account's cost counts, in place of `filters`, as an expression of AWS Budgets in JSON with `And`, `Or`, `Not`, `Dimensions`, `Tags` and `CostCategories`: `jsonencode({ Not = { Dimensions = { Key = "RECORD_TYPE", Values = ["Credit", "Refund"] } } })`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub expression: Attr<String>,
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

/// How AWS sets a limit by itself.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AutoAdjust {
    /// What the limit follows: `historical`, the average of the periods before, or `forecast`.
    #[schemars(extend("x-tf" = tf::required()))]
    pub basis: Attr<AdjustmentBasis>,
    /// Of how many past periods the average is: at most 60 days, 12 months, 4 quarters or 1 year. Needed for `historical`, and only for it.
    #[schemars(range(min = 1, max = 60), extend("x-tf" = tf::optional()))]
    pub lookback: Attr<u32>,
}

/// What a limit that adjusts itself follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentBasis {
    /// The average of past periods.
    Historical,
    /// What AWS expects.
    Forecast,
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
    /// Once, from the budget's `start` to its `end`.
    Custom,
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
    /// As unblended, after all discounts.
    NetUnblended,
    /// As amortized, after all discounts.
    NetAmortized,
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
