//! What the provider block says about reaching AWS.

use std::fmt;
use std::time::Duration;

use super::{AccountId, Arn, Region};

/// How AWS is reached. What is `None` comes from the standard chain: environment, then shared
/// configuration files, then the container or instance the provider runs on.
///
/// <https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html> lists the chain.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Region of everything that names none itself.
    pub region: Option<Region>,
    /// Profile of the shared configuration files. When given, credentials come from it alone,
    /// also when the environment holds others.
    pub profile: Option<String>,
    /// One endpoint for every service. It wins over `AWS_ENDPOINT_URL` and the variables of
    /// single services.
    pub endpoint_url: Option<String>,
    /// Where resources live that name no account themselves.
    pub account: AccountDefaults,
    /// The role to take on before any role of an account.
    pub assume_role: Option<AssumeRole>,
    /// The provider's version, told to AWS in the user agent as `hinomi/<version>`.
    pub version: String,
}

/// The account of resources that name none; each part stands in for itself alone.
#[derive(Clone, Default)]
pub struct AccountDefaults {
    /// The account; `None` is the caller's own.
    pub id: Option<AccountId>,
    /// Name of the role to assume in another account, with its path if it has one.
    pub role_name: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
}

/// The base role, assumed with the credentials of the standard chain.
#[derive(Clone)]
pub struct AssumeRole {
    /// The role.
    pub role_arn: Arn,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Name of the role session, seen in `CloudTrail`; `hinomi` when `None`.
    pub session_name: Option<String>,
    /// How long the credentials live: 15 minutes to 12 hours, at most what the role allows.
    /// One hour when `None`.
    pub duration: Option<Duration>,
}

/// Where a resource lives and how to get there. What is `None` is taken from [`Settings`].
#[derive(Clone, Default)]
pub struct Target {
    /// The account; `None` is the provider's default, or else the caller's own.
    pub account: Option<AccountId>,
    /// Name of the role to assume, with its path if it has one. Not used in the caller's account.
    pub role_name: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// The region.
    pub region: Option<Region>,
}

/// Shown instead of an external id, which works as a shared secret between two accounts.
const HIDDEN: &str = "(sensitive)";

impl fmt::Debug for AccountDefaults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AccountDefaults")
            .field("id", &self.id)
            .field("role_name", &self.role_name)
            .field("external_id", &self.external_id.as_ref().map(|_| HIDDEN))
            .finish()
    }
}

impl fmt::Debug for AssumeRole {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AssumeRole")
            .field("role_arn", &self.role_arn)
            .field("external_id", &self.external_id.as_ref().map(|_| HIDDEN))
            .field("session_name", &self.session_name)
            .field("duration", &self.duration)
            .finish()
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Target")
            .field("account", &self.account)
            .field("role_name", &self.role_name)
            .field("external_id", &self.external_id.as_ref().map(|_| HIDDEN))
            .field("region", &self.region)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_ids_are_not_printed() {
        let external_id = Some("word-between-us".to_owned());
        let settings = Settings {
            account: AccountDefaults { external_id: external_id.clone(), ..Default::default() },
            assume_role: Some(AssumeRole {
                role_arn: "arn:aws:iam::123456789012:role/base".parse().unwrap(),
                external_id: external_id.clone(),
                session_name: None,
                duration: None,
            }),
            ..Default::default()
        };
        let target = Target { external_id, ..Default::default() };
        let printed = format!("{settings:?} {target:?}");
        assert_eq!(printed.matches(HIDDEN).count(), 3, "{printed}");
        assert!(!printed.contains("word-between-us"), "{printed}");
    }
}
