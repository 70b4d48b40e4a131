//! The attributes of a synthetic monitor.

mod alarm;
mod canary;
mod http;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::place::Placed;
use crate::model::tags::Tags;
use crate::model::timeouts::Timeouts;

pub(super) use alarm::{Alarm, MissingData};
pub(super) use canary::{Canary, Vpc};
pub(super) use http::{Assertions, BodyAssertion, HeaderAssertion, Http, JsonAssertion, Method};

/// Longest time of a run where a monitor says nothing: enough for a slow start and a slow answer,
/// and not longer than the shortest interval.
pub(super) const TIMEOUT: &str = "1m";

/// What runs a monitor's checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// A CloudWatch Synthetics canary, billed per run.
    Canary,
}

/// Watches one service from outside, as its users see it, and rings when it is down: a CloudWatch
/// Synthetics canary without any script, and its alarm.
///
/// The plan shows what the monitor costs a month. `account` and `region` may differ from the
/// provider's, so that one provider block and a `for_each` serve a whole organization.
///
/// Changes are made in place: a running canary is stopped, changed and started again. What AWS
/// doesn't show, the request and its assertions, is kept in the state; when somebody replaces the
/// canary's code outside Terraform, the next plan puts it back. After an import the first apply
/// sends the code once, since AWS can't tell what it is.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// Name of the monitor, unique in the provider's `stack`, and part of the names of its objects in AWS. An imported canary that something else made goes by its own name.
    #[schemars(
        length(min = 1, max = 64),
        regex(pattern = "^[a-z0-9][a-z0-9_-]*$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("begin with a lower-case letter or a digit and hold only those, `-` and `_`"))
    )]
    pub name: Attr<String>,
    /// Account that the monitor lives in. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// Region that the monitor lives in and checks from. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub region: Attr<String>,
    /// What runs the checks. It is always written, so that no upgrade of the provider can replace a monitor.
    #[schemars(extend("x-tf" = tf::required().replace()))]
    pub engine: Attr<Engine>,
    /// The HTTP request that is made, and what its response must be.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub http: Attr<Http>,
    /// Settings of the canary; required for the engine `canary`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub canary: Attr<Canary>,
    /// Time from one run to the next, in whole minutes from `1m` to `1h`. Every run is billed.
    #[schemars(extend("x-tf" = tf::required()))]
    pub interval: Attr<String>,
    /// Longest time that a run may take, from `3s` to `14m`, and not longer than the interval. The request itself gets 5 seconds less, which are left for the start of the function. Below `15s` a slow start alone may fail a run.
    #[schemars(extend("x-tf" = tf::default(TIMEOUT)))]
    pub timeout: Attr<String>,
    /// How often a failed run is tried again at once before it counts as failed. Every try is billed.
    #[schemars(range(min = 0, max = 2), extend("x-tf" = tf::default(0)))]
    pub retries: Attr<u8>,
    /// Whether the checks run. A monitor that doesn't run costs no runs and doesn't ring.
    #[schemars(extend("x-tf" = tf::default(true)))]
    pub enabled: Attr<bool>,
    /// When and where the monitor rings. Without it the monitor only records.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub alarm: Attr<Alarm>,
    /// What is watched and what its outage means, in a sentence or two for whoever the alarm wakes.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub description: Attr<String>,
    /// Who looks after the service: a team or a person.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub owner: Attr<String>,
    /// Address of the page that says what to do when the monitor rings.
    #[schemars(
        regex(pattern = "^https?://[^ ]+$"),
        extend("x-tf" = tf::optional().pattern_in_words("begin with `https://` or `http://` and hold no blank"))
    )]
    pub runbook_url: Attr<String>,
    /// Tags of the canary and its alarm, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// The most that the monitor may cost a month, in US dollars. A plan that would cost more fails.
    #[schemars(range(min = 0), extend("x-tf" = tf::optional()))]
    pub max_monthly_cost_usd: Attr<f64>,
    /// How long the provider waits for AWS.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// All tags of the canary and its alarm: the provider's, the monitor's and those that say what made them.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
    /// Name of the canary in AWS.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub canary_name: Attr<String>,
    /// ARN of the canary.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub canary_arn: Attr<String>,
    /// Id of the canary, part of the names of its function and log group.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub canary_id: Attr<String>,
    /// ARN of the Lambda function that the canary runs.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub function_arn: Attr<String>,
    /// Name of the log group that the runs write to.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub log_group_name: Attr<String>,
    /// SHA-256 of the check's definition as it is sent to AWS, in hexadecimal digits. A change of it sends the definition.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub code_hash: Attr<String>,
    /// Name of the alarm in AWS; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_name: Attr<String>,
    /// ARN of the alarm; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_arn: Attr<String>,
    /// The alarm's text, as CloudWatch shows it: description, owner and runbook; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_description: Attr<String>,
    /// What the alarm compares, in one line; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_rule: Attr<String>,
    /// Runs in an average month of 730 hours, retries not counted.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub runs_per_month: Attr<u64>,
    /// What the runs and the alarm cost in such a month, in US dollars.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated_monthly_cost_usd: Attr<f64>,
    /// Which prices the estimate counts with, and what it leaves out.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub price_basis: Attr<String>,
}

impl Placed for Monitor {
    fn account(&self) -> &Attr<Account> {
        &self.account
    }

    fn account_mut(&mut self) -> &mut Attr<Account> {
        &mut self.account
    }

    fn region(&self) -> Option<&Attr<String>> {
        Some(&self.region)
    }

    fn region_mut(&mut self) -> Option<&mut Attr<String>> {
        Some(&mut self.region)
    }
}
