//! The attributes of a metrics role.

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::Account;
use crate::model::place::Placed;
use crate::model::tags::Tags;
pub(super) use crate::model::texts::Texts;

/// The role in a monitors' home account by which locations of other accounts write the monitors'
/// metrics there. It allows nothing but to write metrics of probes.
///
/// Monitors take its `arn` as `metrics_role_arn`, and the locations of the other accounts as one of
/// their `assumable_role_arns`. It names accounts and not their roles, which need not exist yet, so
/// that two accounts can watch each other.
///
/// What was changed outside Terraform is shown in the plan, in `drift` where no other attribute
/// shows it, and brought back by the next apply.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricsRole {
    /// Name of the role, unique in the account and the provider's `stack`: part of its name in AWS.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = "^[a-z0-9][a-z0-9_-]*$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("begin with a lower-case letter or a digit and hold only those, `-` and `_`"))
    )]
    pub name: Attr<String>,
    /// Account that the role lives in: the monitors' own. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// Ids of the accounts whose locations may take the role on, 12 digits each. Of each account that are the roles whose names begin with the provider's `name_prefix`, under its `iam_path`: those that locations make.
    #[schemars(length(min = 1, max = 40), extend("x-tf" = tf::optional()))]
    pub source_accounts: Attr<Texts>,
    /// ARNs of roles in other accounts that may take the role on: of locations with a role of your own, or with another `name_prefix` or `iam_path` than the provider's.
    #[schemars(length(min = 1, max = 20), extend("x-tf" = tf::optional()))]
    pub source_role_arns: Attr<Texts>,
    /// ARN of the policy that bounds the role's permissions. Without it that is the provider's, which may be the name of a policy in each account.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub permissions_boundary: Attr<String>,
    /// Tags of the role, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// Name of the role in AWS.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub role_name: Attr<String>,
    /// ARN of the role: what monitors take as `metrics_role_arn`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
    /// What the role may do: its policy.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub policy_json: Attr<String>,
    /// Who may take the role on: its trust policy.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub trust_policy_json: Attr<String>,
    /// What was changed outside Terraform and no other attribute shows. The next apply brings it back; empty otherwise.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub drift: Attr<Texts>,
    /// All tags of the role: the provider's, its own and those that say what made it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
}

impl Placed for MetricsRole {
    fn account(&self) -> &Attr<Account> {
        &self.account
    }

    fn account_mut(&mut self) -> &mut Attr<Account> {
        &mut self.account
    }

    /// IAM is one for all regions.
    fn region(&self) -> Option<&Attr<String>> {
        None
    }

    fn region_mut(&mut self) -> Option<&mut Attr<String>> {
        None
    }
}
