//! The account that a resource lives in, and how it is chosen when the resource names none.

use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::check;
use super::texts::Texts;
use crate::aws::AccountId;

/// The account that a resource lives in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// The account's id, 12 digits. Without it that is the provider's, or else the account of the credentials.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub id: Attr<String>,
    /// Name of the IAM role in the account that the provider assumes, with its path if it has one. Not used for the account of the credentials themselves.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional_computed().keep()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for. It is kept in the state, so that a destroy works after the account has left the configuration.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional_computed().keep()))]
    pub external_id: Attr<String>,
}

/// The account that a part of a resource lives in. The part may move to another one while the
/// resource stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartAccount {
    /// The account's id, 12 digits. Without it that is the provider's, or else the account of the credentials.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub id: Attr<String>,
    /// Name of the IAM role in the account that the provider assumes, with its path if it has one. Not used for the account of the credentials themselves.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional_computed().keep()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for. It is kept in the state, so that the part can be removed after the account has left the configuration.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional_computed().keep()))]
    pub external_id: Attr<String>,
}

impl From<PartAccount> for Account {
    fn from(PartAccount { id, role_name, external_id }: PartAccount) -> Self {
        Self { id, role_name, external_id }
    }
}

impl From<Account> for PartAccount {
    fn from(Account { id, role_name, external_id }: Account) -> Self {
        Self { id, role_name, external_id }
    }
}

/// The account that a data source asks in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedAccount {
    /// The account's id, 12 digits. Without it that is the provider's, or else the account of the credentials.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub id: Attr<String>,
    /// Name of the IAM role in the account that the provider assumes, with its path if it has one. Without it that is the provider's. Not used for the account of the credentials themselves.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for. Without it that is the provider's.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
}

impl From<AskedAccount> for Account {
    fn from(AskedAccount { id, role_name, external_id }: AskedAccount) -> Self {
        Self { id, role_name, external_id }
    }
}

/// The account of resources that name none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultAccount {
    /// The account's id, 12 digits. Without it that is the account of the credentials.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub id: Attr<String>,
    /// Name of the IAM role that the provider assumes in an account, with its path if it has one.
    #[schemars(length(min = 1, max = 576), extend("x-tf" = tf::optional()))]
    pub role_name: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
}

impl DefaultAccount {
    /// An account of which nothing is known yet.
    pub fn unknown() -> Self {
        Self { id: Attr::Unknown, role_name: Attr::Unknown, external_id: Attr::Unknown }
    }
}

/// Adds an error for an id that is no account's.
pub fn validate(id: &Attr<String>, path: &Path, diagnostics: &mut Diagnostics) {
    check::<AccountId>(id, path.attribute("id"), diagnostics);
}

/// Adds an error for each text of a set that is no account's id.
pub fn validate_ids(ids: &Attr<Texts>, path: &Path, diagnostics: &mut Diagnostics) {
    for id in ids.as_known().into_iter().flatten() {
        check::<AccountId>(id, path.clone(), diagnostics);
    }
}

/// Where a value comes from that the resource doesn't say itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// It is this, or not known yet.
    Value(Attr<String>),
    /// Nobody said: it is what the credentials bring.
    Credentials,
}

/// Chooses a value that makes a new object when it changes, such as an account's id or a region.
///
/// A default that is not known yet keeps what exists; one that nobody declared never moves what
/// exists, so that running with other credentials can't replace a whole account's objects.
pub(super) fn choose(
    config: &Attr<String>,
    prior: Option<&String>,
    default: &Attr<String>,
) -> Choice {
    let existing = prior.cloned().map(Attr::Known);
    match (config, default) {
        (Attr::Known(_) | Attr::Unknown, _) => Choice::Value(config.clone()),
        (Attr::Null, Attr::Known(_)) => Choice::Value(default.clone()),
        (Attr::Null, Attr::Unknown) => Choice::Value(existing.unwrap_or(Attr::Unknown)),
        (Attr::Null, Attr::Null) => existing.map_or(Choice::Credentials, Choice::Value),
    }
}

/// Chooses a value that may change in place, such as a role's name: the resource's own, else the
/// default, else what exists while the default is not known yet.
///
/// `is_declared` says whether anybody declares the account at all. Where nobody does any more, the
/// way into it stays with it: an account that is kept without its role can't be entered.
pub(super) fn choose_in_place(
    config: &Attr<String>,
    prior: Option<&Attr<String>>,
    default: &Attr<String>,
    is_declared: bool,
) -> Attr<String> {
    match (config, default) {
        (Attr::Known(_) | Attr::Unknown, _) => config.clone(),
        (Attr::Null, Attr::Unknown) => prior.cloned().unwrap_or(Attr::Unknown),
        (Attr::Null, Attr::Null) if !is_declared => prior.cloned().unwrap_or_default(),
        (Attr::Null, _) => default.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    #[test]
    fn what_makes_a_new_object_is_chosen_with_care() {
        let prior = "111111111111".to_owned();
        let other = known("222222222222");
        for (config, prior, default, expected) in [
            (other.clone(), None, Attr::Null, Choice::Value(other.clone())),
            (Attr::Unknown, Some(&prior), other.clone(), Choice::Value(Attr::Unknown)),
            (Attr::Null, None, other.clone(), Choice::Value(other.clone())),
            (Attr::Null, Some(&prior), other.clone(), Choice::Value(other.clone())),
            (Attr::Null, Some(&prior), Attr::Unknown, Choice::Value(known(&prior))),
            (Attr::Null, None, Attr::Unknown, Choice::Value(Attr::Unknown)),
            (Attr::Null, Some(&prior), Attr::Null, Choice::Value(known(&prior))),
            (Attr::Null, None, Attr::Null, Choice::Credentials),
        ] {
            assert_eq!(
                choose(&config, prior, &default),
                expected,
                "{config:?} {prior:?} {default:?}"
            );
        }
    }

    #[test]
    fn a_role_follows_its_default() {
        let prior = known("old");
        for (config, default, expected) in [
            (known("own"), known("new"), known("own")),
            (Attr::Null, known("new"), known("new")),
            (Attr::Null, Attr::Unknown, known("old")),
            (Attr::Null, Attr::Null, Attr::Null),
        ] {
            assert_eq!(choose_in_place(&config, Some(&prior), &default, true), expected);
        }
        assert_eq!(choose_in_place(&Attr::Null, None, &Attr::Unknown, true), Attr::Unknown);
        assert_eq!(choose_in_place(&Attr::Null, Some(&prior), &Attr::Null, false), prior);
    }
}
