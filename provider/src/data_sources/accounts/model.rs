//! The attributes of a list of accounts.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::AskedAccount;
use crate::model::purpose::PurposeFrom;
use crate::model::texts::Texts;

/// Reads the accounts of an AWS organization: all of them, or those of some units, with some tags, in some
/// states. Use it to declare monitors and alerts for each account with `for_each`.
///
/// The organization is that of the account that is asked in, which must manage it or be a delegated administrator
/// of it. Its role needs `organizations:DescribeOrganization`, `ListAccounts`, `ListRoots` and
/// `ListOrganizationalUnitsForParent`, where tags are read also `ListTagsForResource`, and
/// `ListAccountsForParent` as long as AWS shows no `Paths` with accounts.
///
/// The organization is read once in a run, however many data sources ask: a call for twenty accounts, one for each
/// unit, and two more. AWS has no list of tags, so they are a call for each account, and read only when `tags`,
/// `purpose_from` or `with_tags` asks for them, of the accounts that all else lets through.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountList {
    /// Account to ask in. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account: Attr<AskedAccount>,
    /// Organizational units whose accounts are listed: ids, such as `ou-examplerootid-exampleouid`, or the names on the way from the root, such as `Production/Web`. The root itself goes by its id alone. Without it the accounts of all units are.
    #[schemars(length(min = 1), inner(length(min = 1)), extend("x-tf" = tf::optional()))]
    pub units: Attr<Texts>,
    /// Whether accounts of units further down in `units` are listed as well.
    #[schemars(extend("x-tf" = tf::default(true)))]
    pub include_descendants: Attr<bool>,
    /// Tags that an account must have, each with one of the values. A key without values asks for the tag alone, whatever its value. Keys and values are compared exactly.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub tags: Attr<BTreeMap<String, Attr<Texts>>>,
    /// States that an account may be in.
    #[schemars(length(min = 1), extend("x-tf" = tf::default(["ACTIVE"])))]
    pub states: Attr<BTreeSet<Attr<State>>>,
    /// Where each account's `purpose` stands.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub purpose_from: Attr<PurposeFrom>,
    /// Whether the accounts' tags are read though neither `tags` nor `purpose_from` needs them.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub with_tags: Attr<bool>,
    /// The accounts, by their ids.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub accounts: Attr<BTreeMap<String, Attr<ListedAccount>>>,
    /// The ids of the accounts.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub ids: Attr<Texts>,
    /// Id of the organization, such as `o-exampleorgid`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub organization_id: Attr<String>,
    /// Id of the account that manages the organization.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub management_account_id: Attr<String>,
    /// Id of the organization's root, such as `r-examplerootid`. An organization has one.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub root_id: Attr<String>,
}

/// The state of an account, in AWS's words.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// It can be used.
    Active,
    /// AWS suspended it.
    Suspended,
    /// It is being closed.
    PendingClosure,
    /// It is closed, and can be opened again for 90 days.
    Closed,
    /// It was made and can't be used yet.
    PendingActivation,
}

/// An account of the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedAccount {
    /// Its name.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub name: Attr<String>,
    /// E-mail address of its root user.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub email: Attr<String>,
    /// Its ARN.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
    /// Its state, such as `ACTIVE`.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub state: Attr<String>,
    /// Names of the organizational units on the way to it, such as `Production/Web`; null right below the root.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub unit: Attr<String>,
    /// Id of the organizational unit that it is in, or of the root.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub unit_id: Attr<String>,
    /// Its tags; null where they weren't read.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Its role in the company, from where `purpose_from` says; null where it has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub purpose: Attr<String>,
    /// When it joined the organization, in RFC 3339.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub joined: Attr<String>,
}
