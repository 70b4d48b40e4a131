//! The SDK's configuration: retries, timeouts, credentials, identity.

use std::time::Duration;

use aws_config::identity::IdentityCache;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_types::sdk_ua_metadata::FrameworkMetadata;

use super::credentials::RoleCredentials;
use super::settings::{AssumeRole, Settings};
use super::{Arn, Region};

/// Attempts of one call, the first included: with pauses that double from one second to twenty, each
/// shortened at random, they outlast a throttling of about half a minute. Not the SDK's adaptive
/// mode, which answers one throttled call with a call every two seconds (`docs/decisions/005`).
const MOST_ATTEMPTS: u32 = 8;
/// How long a connection, TLS included, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the first byte of an answer may take.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long one attempt may take in all.
const ATTEMPT_TIMEOUT: Duration = Duration::from_mins(1);

/// How long before their end the credentials of a role are fetched anew; the SDK takes off up to
/// half of it at random.
const REFRESH_BEFORE_EXPIRY: Duration = Duration::from_mins(2);
/// How long fetching credentials may take, retries included.
const CREDENTIALS_TIMEOUT: Duration = Duration::from_mins(1);

/// Region of the calls to STS when nothing names a region.
const STS_REGION: &str = "us-east-1";

/// The configuration that every client starts from. Reads the environment and the shared
/// configuration files, and asks instance metadata for the region when nothing else names one.
pub(super) async fn load(
    settings: &Settings,
    http: SharedHttpClient,
    credentials: Option<SharedCredentialsProvider>,
) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http.clone())
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS))
        .timeout_config(timeouts())
        .identity_cache(identity_cache());
    if let Some(region) = &settings.region {
        loader = loader.region(region.to_sdk());
    }
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    if let Some(credentials) = credentials {
        loader = loader.credentials_provider(credentials);
    } else if let Some(profile) = &settings.profile {
        loader = loader.credentials_provider(of_profile(profile, settings, http));
    }
    if let Ok(agent) = FrameworkMetadata::new("hinomi", Some(settings.version.clone())) {
        loader = loader.framework_metadata(agent);
    }
    let config = loader.load().await;
    match &settings.assume_role {
        Some(role) => assuming(&config, role.clone()),
        None => config,
    }
}

/// The profile's own credentials. The SDK's chain would look at the environment first, which is
/// not what somebody means who names a profile.
fn of_profile(
    profile: &str,
    settings: &Settings,
    http: SharedHttpClient,
) -> ProfileFileCredentialsProvider {
    let region = settings.region.as_ref().map(Region::to_sdk);
    let chain = ProviderConfig::without_region().with_region(region).with_http_client(http);
    ProfileFileCredentialsProvider::builder().profile_name(profile).configure(&chain).build()
}

/// The same configuration with the credentials of a role. They are fetched at the first call and
/// again before they end, by one call at a time, for all clients made from the result.
pub(super) fn assuming(config: &SdkConfig, role: AssumeRole) -> SdkConfig {
    let role = RoleCredentials::new(&with_region(config), role);
    config
        .to_builder()
        .credentials_provider(SharedCredentialsProvider::new(role))
        .identity_cache(identity_cache())
        .build()
}

/// A role of an account, assumed with the provider's own name and for the usual hour.
pub(super) fn role_of_account(role_arn: Arn, external_id: Option<String>) -> AssumeRole {
    AssumeRole { role_arn, external_id, session_name: None, duration: None }
}

/// The configuration with a region that STS can be called in.
pub(super) fn with_region(config: &SdkConfig) -> SdkConfig {
    if config.region().is_some() {
        return config.clone();
    }
    config.to_builder().region(aws_types::region::Region::from_static(STS_REGION)).build()
}

fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .build()
}

fn identity_cache() -> aws_smithy_runtime_api::client::identity::SharedIdentityCache {
    IdentityCache::lazy()
        .load_timeout(CREDENTIALS_TIMEOUT)
        .buffer_time(REFRESH_BEFORE_EXPIRY)
        .build()
}
