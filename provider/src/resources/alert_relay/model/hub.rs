//! The parts of a relay's attributes that are objects themselves.

use std::collections::BTreeSet;

use contract::impact::Impact;
use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Kind;
use crate::model::texts::Texts;

/// The relay whose queue a spoke feeds. The subscription is made by the hub's account, so that
/// nobody has to confirm it; the hub names this account in its `source_accounts`, unless it is in the
/// same account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hub {
    /// ARN of the hub's queue: its `queue_arn`.
    #[schemars(length(min = 1, max = 2048), extend("x-tf" = tf::required()))]
    pub queue_arn: Attr<String>,
    /// Name of the IAM role in the hub's account that the provider assumes, with its path if it has one. Without it that is the role of the provider's `account`. Not used for the account of the credentials themselves.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for. Without it that is the one of the provider's `account`.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
}

/// Another place for some of the messages. All of its conditions must fit; of the values of one
/// condition any may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// ARN of the SSM parameter that holds the webhook's URL. Without it that is the relay's, which a route to another thread needs not repeat.
    #[schemars(length(min = 1, max = 2048), extend("x-tf" = tf::optional()))]
    pub webhook_parameter_arn: Attr<String>,
    /// Id of the thread of the webhook's channel to post in.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub thread_id: Attr<String>,
    /// Impacts of incidents: `critical`, `high`, `normal` or `low`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub impacts: Attr<BTreeSet<Attr<Impact>>>,
    /// Kinds of notices: `alarm`, `budget`, `anomaly`, `health`, `drill` or `text`.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub kinds: Attr<BTreeSet<Attr<Kind>>>,
    /// Ids of the accounts that notices come from.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub accounts: Attr<Texts>,
}
