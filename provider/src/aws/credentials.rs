//! The credentials of a role.
//!
//! `aws-config` has a provider for this, but it asks for the caller's own credentials anew at
//! each role it assumes. With one role per account of an organization that is a second call
//! (to STS or to the single sign-on portal) for each of them; this one uses the caller's cache.

use std::fmt;
use std::time::SystemTime;

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, Result, future};

use super::settings::AssumeRole;

/// Name of a role session where the user gives none. `CloudTrail` shows it.
const SESSION_NAME: &str = "hinomi";

/// Assumes one role with the credentials of a configuration. It caches nothing by itself.
pub(super) struct RoleCredentials {
    role: AssumeRole,
    client: aws_sdk_sts::Client,
}

impl RoleCredentials {
    pub(super) fn new(config: &SdkConfig, role: AssumeRole) -> Self {
        Self { role, client: aws_sdk_sts::Client::new(config) }
    }

    async fn assume(&self) -> Result {
        let AssumeRole { role_arn, external_id, session_name, duration } = &self.role;
        let seconds = duration.map(|it| i32::try_from(it.as_secs()).unwrap_or(i32::MAX));
        let answer = self
            .client
            .assume_role()
            .role_arn(role_arn.to_string())
            .role_session_name(session_name.as_deref().unwrap_or(SESSION_NAME))
            .set_external_id(external_id.clone())
            .set_duration_seconds(seconds)
            .send()
            .await
            .map_err(CredentialsError::provider_error)?;
        let keys = answer.credentials.ok_or_else(|| {
            CredentialsError::unhandled("the answer of AssumeRole holds no credentials")
        })?;
        let end = SystemTime::try_from(keys.expiration).map_err(CredentialsError::unhandled)?;
        Ok(Credentials::new(
            keys.access_key_id,
            keys.secret_access_key,
            Some(keys.session_token),
            Some(end),
            "AssumeRole",
        ))
    }
}

impl ProvideCredentials for RoleCredentials {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.assume())
    }
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("RoleCredentials").field(&self.role).finish()
    }
}
