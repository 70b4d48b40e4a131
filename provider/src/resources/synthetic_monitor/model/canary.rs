//! The settings of a canary.

use std::collections::BTreeSet;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Runtime of canaries that name none: the newest without a browser at the time of this release,
/// which the multi-checks blueprint needs in version 3.0 or later
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_Nodejs.html>).
const RUNTIME: &str = "syn-nodejs-3.1";

/// Settings of a CloudWatch Synthetics canary.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// ARN of the role that the canary runs with, in the monitor's own account. Lambda must be allowed to assume it, and it must be allowed to write the artifacts, the logs and the metrics.
    #[schemars(extend("x-tf" = tf::required()))]
    pub execution_role_arn: Attr<String>,
    /// Name of the S3 bucket that the runs leave their reports in. AWS takes none with a period in its name.
    #[schemars(
        length(min = 3, max = 63),
        regex(pattern = "^[a-z0-9][a-z0-9-]+[a-z0-9]$"),
        extend("x-tf" = tf::required().pattern_in_words("be a bucket's name without a period: lower-case letters, digits and `-`"))
    )]
    pub artifact_bucket: Attr<String>,
    /// Folder in the bucket, without `/` at its beginning and end.
    #[schemars(
        length(min = 1, max = 900),
        regex(pattern = "^[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*$"),
        extend("x-tf" = tf::optional().pattern_in_words("be a path without `/` at its beginning and end"))
    )]
    pub artifact_prefix: Attr<String>,
    /// ARN of the KMS key that encrypts the reports. Without it S3's own key does.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub artifact_kms_key_arn: Attr<String>,
    /// Runtime of the canary: `syn-nodejs-3.0` or later, which checks without a browser.
    #[schemars(
        regex(pattern = "^syn-nodejs-([3-9]|[1-9][0-9]+)\\.[0-9]+$"),
        extend("x-tf" = tf::default(RUNTIME).pattern_in_words("be a runtime `syn-nodejs-3.0` or later, the ones that check without a script"))
    )]
    pub runtime_version: Attr<String>,
    /// Memory of a run in MB, a multiple of 64.
    #[schemars(range(min = 960, max = 3008), extend("x-tf" = tf::default(960)))]
    pub memory_mb: Attr<u16>,
    /// Days for which successful runs are kept.
    #[schemars(range(min = 1, max = 455), extend("x-tf" = tf::default(31)))]
    pub success_retention_days: Attr<u16>,
    /// Days for which failed runs are kept.
    #[schemars(range(min = 1, max = 455), extend("x-tf" = tf::default(31)))]
    pub failure_retention_days: Attr<u16>,
    /// Whether the runs are traced with X-Ray, which is billed on its own.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub active_tracing: Attr<bool>,
    /// The VPC that the canary runs in, to reach what is not public.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub vpc: Attr<Vpc>,
}

/// The VPC that a canary runs in.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Ids of the subnets.
    #[schemars(length(min = 1, max = 16), extend("x-tf" = tf::required()))]
    pub subnet_ids: Attr<BTreeSet<Attr<String>>>,
    /// Ids of the security groups.
    #[schemars(length(min = 1, max = 5), extend("x-tf" = tf::required()))]
    pub security_group_ids: Attr<BTreeSet<Attr<String>>>,
}
