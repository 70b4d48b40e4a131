//! The parts of a monitor's price.

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parts of a monitor's price in an average month, in US dollars.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostBreakdown {
    /// Runs of the canary, without what they use besides.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub runs: Attr<f64>,
    /// Alarms; one over several locations is billed for the metric of each.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub alarms: Attr<f64>,
    /// The two metrics of each location, or a canary's three, for the hours in which they are written.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub metrics: Attr<f64>,
    /// Requests and time of the functions that check.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function: Attr<f64>,
    /// Invocations by the schedules.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule: Attr<f64>,
    /// Logs of the functions that check.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub logs: Attr<f64>,
    /// What the canary leaves in S3.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub artifacts: Attr<f64>,
    /// Calls that write metrics: a canary's, and those of locations in another region or account.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub api: Attr<f64>,
}
