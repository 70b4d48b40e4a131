//! A place that checks run from, as a location offers it and a monitor takes it.

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest that the function of a location runs, in seconds. A check's own limit must be shorter,
/// so that the run can tell of it.
pub const RUN_LIMIT_SECONDS: i32 = 300;

/// A place that checks run from: the attribute `location` of a `hinomi_monitor_location`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Name of the location: the dimension `Location` of the metrics.
    #[schemars(
        length(min = 1, max = 64),
        regex(pattern = "^[!-9;-~]([ -~]*[!-~])?$"),
        extend("x-tf" = tf::required().pattern_in_words("hold only letters without accents, digits, blanks and signs of ASCII, begin with no blank or colon and end with no blank"))
    )]
    pub name: Attr<String>,
    /// Id of the account that it lives in, 12 digits.
    #[schemars(extend("x-tf" = tf::required()))]
    pub account_id: Attr<String>,
    /// Name of the IAM role in that account that the provider assumes, with its path if it has one. Not used for the account of the credentials themselves.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
    /// Region that it lives in.
    #[schemars(extend("x-tf" = tf::required()))]
    pub region: Attr<String>,
    /// ARN of the function that runs the checks.
    #[schemars(extend("x-tf" = tf::required()))]
    pub function_arn: Attr<String>,
    /// Name of the schedule group that the monitors' schedules live in.
    #[schemars(length(min = 1, max = 64), extend("x-tf" = tf::required()))]
    pub schedule_group_name: Attr<String>,
    /// ARN of the role that the schedules invoke the function with.
    #[schemars(extend("x-tf" = tf::required()))]
    pub scheduler_role_arn: Attr<String>,
    /// Memory of the function in MB, which its price depends on; 128 when it is not said.
    #[schemars(range(min = 128, max = 10240), extend("x-tf" = tf::optional()))]
    pub memory_mb: Attr<u64>,
    /// Processor of the function, `x86_64` or `arm64`, which its price depends on; `x86_64` when it is not said.
    #[schemars(length(min = 1, max = 16), extend("x-tf" = tf::optional()))]
    pub architecture: Attr<String>,
    /// When the location was made. After it was made anew a monitor makes its schedule there again, which went with the old one.
    #[schemars(length(min = 1, max = 64), extend("x-tf" = tf::optional()))]
    pub made_at: Attr<String>,
}

/// The same, as a location offers it: nothing of it is the user's to set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// Name of the location: the dimension `Location` of the metrics.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub name: Attr<String>,
    /// Id of the account that it lives in, 12 digits.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub account_id: Attr<String>,
    /// Name of the IAM role in that account that the provider assumes.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub external_id: Attr<String>,
    /// Region that it lives in.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub region: Attr<String>,
    /// ARN of the function that runs the checks.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_arn: Attr<String>,
    /// Name of the schedule group that the monitors' schedules live in.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule_group_name: Attr<String>,
    /// ARN of the role that the schedules invoke the function with.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_role_arn: Attr<String>,
    /// Memory of the function in MB.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub memory_mb: Attr<u64>,
    /// Processor of the function, `x86_64` or `arm64`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub architecture: Attr<String>,
    /// When it was made, in UTC: what a location that is made anew tells its monitors, whose schedules went with the old one. Null for one that an older provider made, or that was imported.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub made_at: Attr<String>,
}
