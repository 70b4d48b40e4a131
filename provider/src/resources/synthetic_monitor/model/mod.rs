//! The attributes of a synthetic monitor.

mod alarm;
mod canary;
mod cost;
mod http;
mod network;

use std::collections::BTreeMap;

use contract::impact::Impact;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::location::Location;
use crate::model::place::Placed;
use crate::model::tags::Tags;
use crate::model::timeouts::Timeouts;

pub(super) use alarm::{Alarm, AlarmObject, MissingData};
pub(super) use canary::{Canary, Vpc};
pub(super) use cost::CostBreakdown;
pub(super) use http::{Assertions, BodyAssertion, HeaderAssertion, Http, JsonAssertion, Method};
pub(super) use network::{Dns, Schedule, Tcp, Tls};

/// What runs a monitor's checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// A CloudWatch Synthetics canary, billed per run.
    Canary,
    /// Functions at `hinomi_monitor_location`s, which cost cents.
    Probe,
}

/// Watches one service from outside, as its users see it, and rings when it is down.
///
/// The engine `probe` runs the check from functions at one or more `hinomi_monitor_location`s and
/// costs cents; the engine `canary` is a CloudWatch Synthetics canary without any script, billed
/// per run. Both have their metrics and alarms in the monitor's own account and region.
///
/// `impact` says in one word what an outage would do, and sets how often is checked, how many
/// failures ring, who is mentioned and when a reminder comes; each of these can be set by itself.
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
    /// Region of the monitor's metrics and alarms; a canary also checks from there. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub region: Attr<String>,
    /// What runs the checks. It is always written, so that no upgrade of the provider can replace a monitor.
    #[schemars(extend("x-tf" = tf::required().replace()))]
    pub engine: Attr<Engine>,
    /// What an outage would do: it sets `interval`, `retries`, `alarm.failures`, `reminder`, `mention` and, of a probe, `timeout` and `failing_locations` where they are not set themselves. The function `impact_defaults` shows the values.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub impact: Attr<Impact>,
    /// The HTTP request that is made, and what its response must be. A monitor has one of `http`, `tcp`, `dns` and `tls`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub http: Attr<Http>,
    /// The TCP port that must answer.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tcp: Attr<Tcp>,
    /// The DNS records that must be there.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub dns: Attr<Dns>,
    /// The server certificate that must be valid for some days more.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tls: Attr<Tls>,
    /// Settings of the canary; required for the engine `canary`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub canary: Attr<Canary>,
    /// Where the checks run from, each the attribute `location` of a `hinomi_monitor_location`; required for the engine `probe`. At most 9.
    #[schemars(extend("maxProperties" = 9, "x-tf" = tf::optional()))]
    pub locations: Attr<BTreeMap<String, Attr<Location>>>,
    /// How many locations must fail at once before the service counts as down. Without it that follows from `impact`, and is never more than there are.
    #[schemars(range(min = 1, max = 9), extend("x-tf" = tf::optional_computed()))]
    pub failing_locations: Attr<u16>,
    /// ARN of the role in the monitor's account that locations of other accounts take on to write its metrics. It must trust their functions' roles and allow `cloudwatch:PutMetricData`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub metrics_role_arn: Attr<String>,
    /// Time from one run to the next, in whole minutes: from `1m` to `1h` for a canary, to `24h` for a probe. Every run is billed. A probe also takes `10s`, `20s` and `30s`, where its function goes on between the runs of a minute: that costs some dollars a month, which the plan tells. No impact comes to less than a minute. Required without `impact`.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub interval: Attr<String>,
    /// Longest time of one try, and not longer than the interval: for a canary from `3s` to `14m` (less than `10m` with two retries), for a probe from `1s` to `2m`, where all tries together must fit the interval and `270s`. A canary's request itself gets 5 seconds less, which are left for the start of its function; below `15s` a slow start alone may fail a run. Without it that is `1m` for a canary, and for a probe follows from `impact`, or is `1m`; at an interval below a minute it is no longer than what leaves room for all tries.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub timeout: Attr<String>,
    /// How often a failed run is tried again at once before it counts as failed. A canary's tries are billed. Without it that follows from `impact`, or is 0.
    #[schemars(range(min = 0, max = 2), extend("x-tf" = tf::optional_computed()))]
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
    /// Time after which the relay tells again of a service that is still down, from `5m` to `7d`; `0s` for never. Without it that follows from `impact`, or is `0s`.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub reminder: Attr<String>,
    /// Whether the relay mentions those whom it has for this impact, which calls them. Without it that follows from `impact`, or is `false`.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub mention: Attr<bool>,
    /// Tags of the canary and the alarms, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// The most that the monitor may cost a month, in US dollars. A plan that would cost more fails.
    #[schemars(range(min = 0), extend("x-tf" = tf::optional()))]
    pub max_monthly_cost_usd: Attr<f64>,
    /// How long the provider waits for AWS.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// All tags of the canary and the alarms: the provider's, the monitor's and those that say what made them.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
    /// What metrics and messages call the monitor: its name, after the provider's `stack` unless that is `default`.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub monitor_key: Attr<String>,
    /// The schedules that start the probe, by location; null for a canary.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedules: Attr<BTreeMap<String, Attr<Schedule>>>,
    /// Name of the canary in AWS; null for a probe, as all that is a canary's.
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
    /// SHA-256 of the check's definition as it is sent to a canary, in hexadecimal digits. A change of it sends the definition.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub code_hash: Attr<String>,
    /// Name of the alarm that tells that the service is down; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_name: Attr<String>,
    /// ARN of the alarm; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_arn: Attr<String>,
    /// The alarm's text, as CloudWatch shows it: description, owner and runbook, and a last line for the relay; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_description: Attr<String>,
    /// What the alarm compares, in one line; null without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarm_rule: Attr<String>,
    /// The alarms that tell that no result has come from a location for three intervals, or three minutes where the interval is shorter, by location; null for a canary and without an alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub no_data_alarms: Attr<BTreeMap<String, Attr<AlarmObject>>>,
    /// Runs in an average month of 730 hours, at all locations together, retries not counted.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub runs_per_month: Attr<u64>,
    /// What the monitor costs in such a month, in US dollars.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated_monthly_cost_usd: Attr<f64>,
    /// The parts of that sum.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub cost_breakdown: Attr<CostBreakdown>,
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
