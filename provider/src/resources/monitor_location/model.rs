//! The attributes of a monitor location.

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::architecture::Architecture;
use crate::model::location::Offered;
use crate::model::place::Placed;
use crate::model::tags::Tags;
use crate::model::texts::Texts;
use crate::model::timeouts::Timeouts;

/// Memory of the function where nothing is said: the least that Lambda gives, and enough.
const MEMORY_MB: u64 = 128;
/// Days for which log lines are kept where nothing is said.
const LOG_DAYS: u32 = 30;
/// Days for which the reports of canaries are kept where nothing is said: as long as Synthetics
/// keeps the runs themselves.
const ARTIFACT_DAYS: u32 = 31;

/// A place that checks run from, in one account and region: the function that runs them, its role,
/// its log group, and a group for the monitors' schedules with the role that they invoke it with.
///
/// With `canaries = true` it also makes the bucket and the role that CloudWatch Synthetics needs,
/// so that a monitor of either engine needs nothing from elsewhere.
///
/// Monitors take the attribute `location`. Standing idle a location costs nothing. The agent that
/// the function runs comes with the provider; it is sent only when it is another one.
///
/// What was changed outside Terraform is shown in the plan, in `drift` where no other attribute
/// shows it, and brought back by the next apply.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorLocation {
    /// Name of the location, unique in the provider's `stack`: part of the names of its objects in AWS, and the dimension `Location` of the metrics.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = "^[a-z0-9][a-z0-9_-]*$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("begin with a lower-case letter or a digit and hold only those, `-` and `_`"))
    )]
    pub name: Attr<String>,
    /// Account that the location lives in. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// Region that checks run from. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub region: Attr<String>,
    /// Whether canaries run here too: makes the bucket for their reports and the role that they run with.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub canaries: Attr<bool>,
    /// The VPC that the function runs in, to reach what is not public. It reaches the internet then only through the VPC's own way out, which AWS bills. Lambda removes the function's network interfaces with the function's role, up to 20 minutes after the function has left the VPC or is gone. The role that is made loses that permission, or goes, with the function, so interfaces may stay, and while they do neither subnet nor security group can be destroyed: an apply that may leave some warns of them and says how to find them. With a `role_arn` of your own, which stays, none do.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub vpc: Attr<Vpc>,
    /// Networks in CIDR notation that checks may reach though they are private, such as `10.0.0.0/8`. Without it checks reach public addresses alone. `127.0.0.0/8` also opens the function's own runtime interface to checks.
    #[schemars(length(max = 100), extend("x-tf" = tf::optional()))]
    pub allowed_networks: Attr<Texts>,
    /// ARNs of the secrets in Secrets Manager whose values checks may send in a header. Each is whole, with the six characters that Secrets Manager adds to the name.
    #[schemars(length(max = 100), extend("x-tf" = tf::optional()))]
    pub secret_arns: Attr<Texts>,
    /// ARNs of the roles in other accounts that the function may assume, to write metrics where a monitor has its home.
    #[schemars(length(max = 100), extend("x-tf" = tf::optional()))]
    pub assumable_role_arns: Attr<Texts>,
    /// Processor that the function runs on.
    #[schemars(extend("x-tf" = tf::default(Architecture::X86)))]
    pub architecture: Attr<Architecture>,
    /// Memory of the function in MB. More memory is a faster processor, and costs in proportion.
    #[schemars(range(min = 128, max = 10240), extend("x-tf" = tf::default(MEMORY_MB)))]
    pub memory_mb: Attr<u64>,
    /// Days for which the function's log lines are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.
    #[schemars(range(min = 1, max = 3653), extend("x-tf" = tf::default(LOG_DAYS)))]
    pub log_retention_days: Attr<u32>,
    /// Days for which the reports of canaries are kept in the bucket.
    #[schemars(range(min = 1, max = 3653), extend("x-tf" = tf::default(ARTIFACT_DAYS)))]
    pub artifact_retention_days: Attr<u32>,
    /// ARN of a role of your own that the function runs with, in the location's account. It needs what `policy_json` says. Without it a role is made.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub role_arn: Attr<String>,
    /// ARN of a role of your own that the schedules invoke the function with, in the location's account. It needs what `scheduler_policy_json` says. Without it a role is made.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub scheduler_role_arn: Attr<String>,
    /// ARN of the policy that bounds the permissions of the roles that are made. Without it that is the provider's, which may be the name of a policy in each account.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub permissions_boundary: Attr<String>,
    /// Whether the bucket is removed with the reports in it. Without it a bucket that holds any can't be removed.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub force_destroy: Attr<bool>,
    /// Tags of all objects of the location, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// Longest waits for AWS.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// What monitors take: `locations = { tokyo = hinomi_monitor_location.tokyo.location }`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub location: Attr<Offered>,
    /// Name of the function.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_name: Attr<String>,
    /// ARN of the function.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_arn: Attr<String>,
    /// ARN of the role that the function runs with.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub execution_role_arn: Attr<String>,
    /// Name of the group that the monitors' schedules live in.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule_group_name: Attr<String>,
    /// ARN of the role that the schedules invoke the function with.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_execution_role_arn: Attr<String>,
    /// Name of the function's log group.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub log_group_name: Attr<String>,
    /// Name of the bucket for the reports of canaries; null without `canaries`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub artifact_bucket: Attr<String>,
    /// ARN of the role that canaries run with; null without `canaries`. It allows a canary to run in a VPC where the location itself has a `vpc`, and else a canary with a VPC of its own needs a role of its own.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub canary_role_arn: Attr<String>,
    /// What the function may do: the policy of its role.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub policy_json: Attr<String>,
    /// What the schedules may do: the policy of their role.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_policy_json: Attr<String>,
    /// What canaries may do: the policy of their role; null without `canaries`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub canary_policy_json: Attr<String>,
    /// Version of the agent that the function runs.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_version: Attr<String>,
    /// Base64 of the SHA-256 of the agent's archive, as Lambda shows it. It changes when the agent does, not with every version of the provider.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_sha256: Attr<String>,
    /// What was changed outside Terraform and no other attribute shows. The next apply brings it back; empty otherwise.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub drift: Attr<Texts>,
    /// All tags of the location's objects: the provider's, its own and those that say what made them.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
}

/// The VPC that a function runs in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vpc {
    /// Ids of the subnets.
    #[schemars(length(min = 1, max = 16), extend("x-tf" = tf::required()))]
    pub subnet_ids: Attr<Texts>,
    /// Ids of the security groups.
    #[schemars(length(min = 1, max = 5), extend("x-tf" = tf::required()))]
    pub security_group_ids: Attr<Texts>,
}

impl Placed for MonitorLocation {
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
