//! The attributes of a cost alert.

mod anomaly;
mod budget;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::place::Placed;
use crate::model::tags::Tags;

pub use crate::model::texts::Texts;

pub use anomaly::{Anomaly, AnomalyFilter, Frequency, Match, WatchedBy};
pub use budget::{
    AdjustmentBasis, AutoAdjust, Basis, Budget, Charge, Filters, Metric, Period, Threshold,
};

/// Watches what one AWS account spends. With `budget` it rings when a limit is near or passed, with
/// `anomaly` when a cost is not what it used to be: a budget of AWS Budgets with its notifications,
/// and a subscription of Cost Anomaly Detection with the monitor that it listens to.
///
/// Both services are one for all regions, and the account's own: a topic must be in the same account. A
/// topic whose messages are encrypted needs a key of its own that lets `budgets.amazonaws.com` and
/// `costalerts.amazonaws.com` use it; with the key `alias/aws/sns` nothing is ever delivered, and AWS doesn't say so.
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
    /// What the account may spend, and when to ring. This, `anomaly` or both are set.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub budget: Attr<Budget>,
    /// Whether costs that are not as usual ring as well, and from which size on. This, `budget` or both are set.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub anomaly: Attr<Anomaly>,
    /// Tags of what the alert makes, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// All tags of what the alert makes: the provider's, the alert's and those that say what made it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
    /// Name of the budget in AWS; null without one.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub budget_name: Attr<String>,
    /// ARN of the budget; null without one.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
    /// `active`, or `expired` once AWS has deleted the budget at its `end`. The alert then stays as it is, and a later `end` makes the budget anew.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub status: Attr<Status>,
    /// ARN of the anomaly monitor that the alert listens to; null without `anomaly`.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub monitor_arn: Attr<String>,
    /// Whether the alert made that monitor. One that was there already, as that of services which AWS makes by itself, is never deleted.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub monitor_owned: Attr<bool>,
    /// ARN of the anomaly subscription; null without `anomaly`.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub subscription_arn: Attr<String>,
}

/// Whether an alert watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It watches.
    Active,
    /// Its budget's end has come, and AWS has deleted it.
    Expired,
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
