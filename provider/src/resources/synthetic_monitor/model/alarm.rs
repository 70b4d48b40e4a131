//! When and where a monitor rings.

use std::collections::BTreeSet;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When and where a monitor rings.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alarm {
    /// ARNs of the SNS topics that are told, at most 5, each in the monitor's own region.
    #[schemars(length(max = 5), extend("x-tf" = tf::optional()))]
    pub topic_arns: Attr<BTreeSet<Attr<String>>>,
    /// Runs that must fail before the monitor rings. Without it that follows from `impact`, or is 2.
    #[schemars(range(min = 1, max = 1440), extend("x-tf" = tf::optional_computed()))]
    pub failures: Attr<u16>,
    /// Latest runs that the failures are counted in. Without it that is one more than `failures`, so that a run that passes by chance or leaves no result doesn't hide an outage; where `failures` is 1, or the alarm can't look back further, that is `failures`. At an interval below a minute it is at least the runs of a minute.
    #[schemars(range(min = 1, max = 1440), extend("x-tf" = tf::optional_computed()))]
    pub out_of: Attr<u16>,
    /// Whether the topics are also told when the service is up again.
    #[schemars(extend("x-tf" = tf::default(true)))]
    pub tell_recovery: Attr<bool>,
    /// What a run that left no result means to the alarm.
    #[schemars(extend("x-tf" = tf::default("ignore")))]
    pub treat_missing_data: Attr<MissingData>,
}

/// What a missing result means to an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MissingData {
    /// The alarm stays as it is.
    Ignore,
    /// It counts as a failure.
    Breaching,
    /// It counts as a success.
    NotBreaching,
    /// The alarm says that it knows too little.
    Missing,
}

/// An alarm in CloudWatch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmObject {
    /// Name of the alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub name: Attr<String>,
    /// ARN of the alarm.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
    /// The alarm's text, as CloudWatch shows it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub description: Attr<String>,
    /// What the alarm compares, and whom it tells, in one line.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub rule: Attr<String>,
}
