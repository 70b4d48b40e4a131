//! Clients of AWS, each made at its first use and kept for the process's life.
//!
//! Everything comes from the environment that Lambda sets: no profile file is read and no instance
//! metadata asked. Making [`Clients`] touches nothing, so that a cold function polls at once; the
//! first call that goes out loads the roots that TLS trusts.

use std::{
    collections::BTreeMap,
    env, fmt,
    sync::{Mutex, OnceLock, PoisonError},
    time::Duration,
};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, environment::EnvironmentVariableCredentialsProvider,
    identity::IdentityCache, retry::RetryConfig, sts::AssumeRoleProvider, timeout::TimeoutConfig,
};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::{rt::sleep::SharedAsyncSleep, time::SharedTimeSource};
use aws_smithy_http_client::{
    Connector,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::{SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

/// Attempts of one call, the first included. What still fails is tried again by the queue or by
/// the next run, which cost less than a function that waits.
const MOST_ATTEMPTS: u32 = 3;

/// How long a connection, TLS included, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long one attempt may take in all.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long an unused connection is kept. AWS closes its side after 20 seconds or more, and a
/// function that was frozen meanwhile doesn't see it.
const KEEP_CONNECTION: Duration = Duration::from_secs(15);

/// Name of the sessions that a role is assumed with, as CloudTrail shows them.
const SESSION_NAME: &str = "hinomi-agent";

/// The clients of this function.
pub struct Clients {
    region: String,
    config: OnceLock<SdkConfig>,
    cloudwatch: Regional<aws_sdk_cloudwatch::Client>,
    cloudwatch_by_role: Regional<aws_sdk_cloudwatch::Client>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    scheduler: OnceLock<aws_sdk_scheduler::Client>,
    secrets: Regional<aws_sdk_secretsmanager::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
    ssm: Regional<aws_sdk_ssm::Client>,
}

impl Clients {
    /// Remembers the function's region (`AWS_REGION`, which Lambda always sets); nothing else.
    pub fn from_environment() -> Self {
        Self {
            region: env::var("AWS_REGION").unwrap_or_default(),
            config: OnceLock::new(),
            cloudwatch: Regional::default(),
            cloudwatch_by_role: Regional::default(),
            dynamodb: OnceLock::new(),
            scheduler: OnceLock::new(),
            secrets: Regional::default(),
            sqs: OnceLock::new(),
            ssm: Regional::default(),
        }
    }

    /// The function's own region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// `CloudWatch` in a region, with the function's own role.
    pub fn cloudwatch(&self, region: &str) -> aws_sdk_cloudwatch::Client {
        self.cloudwatch.of(region, || aws_sdk_cloudwatch::Client::new(&self.config_in(region)))
    }

    /// `CloudWatch` in a region, with a role that the function may assume: how metrics reach
    /// another account. The role is assumed at the first call and again before its hour ends.
    pub async fn cloudwatch_as(&self, role_arn: &str, region: &str) -> aws_sdk_cloudwatch::Client {
        let key = format!("{role_arn} {region}");
        if let Some(made) = self.cloudwatch_by_role.made(&key) {
            return made;
        }
        let config = self.config_as(role_arn, None, region).await;
        self.cloudwatch_by_role.of(&key, || aws_sdk_cloudwatch::Client::new(&config))
    }

    /// `DynamoDB` in the function's region.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        self.dynamodb.get_or_init(|| aws_sdk_dynamodb::Client::new(self.config()))
    }

    /// `EventBridge` Scheduler in the function's region.
    pub fn scheduler(&self) -> &aws_sdk_scheduler::Client {
        self.scheduler.get_or_init(|| aws_sdk_scheduler::Client::new(self.config()))
    }

    /// Secrets Manager in a region: that of the secret's ARN.
    pub fn secrets(&self, region: &str) -> aws_sdk_secretsmanager::Client {
        self.secrets.of(region, || aws_sdk_secretsmanager::Client::new(&self.config_in(region)))
    }

    /// SQS in the function's region.
    pub fn sqs(&self) -> &aws_sdk_sqs::Client {
        self.sqs.get_or_init(|| aws_sdk_sqs::Client::new(self.config()))
    }

    /// Systems Manager in a region: that of the parameter's ARN.
    pub fn ssm(&self, region: &str) -> aws_sdk_ssm::Client {
        self.ssm.of(region, || aws_sdk_ssm::Client::new(&self.config_in(region)))
    }

    fn config(&self) -> &SdkConfig {
        self.config.get_or_init(|| configuration(&self.region))
    }

    /// What clients of a region are made of, with a role that the function assumes.
    pub(crate) async fn config_as(
        &self,
        role_arn: &str,
        external_id: Option<&str>,
        region: &str,
    ) -> SdkConfig {
        let config = self.config_in(region);
        let mut role = AssumeRoleProvider::builder(role_arn).session_name(SESSION_NAME);
        if let Some(external_id) = external_id {
            role = role.external_id(external_id);
        }
        let role = role.configure(&config).build().await;
        config
            .into_builder()
            .credentials_provider(SharedCredentialsProvider::new(role))
            // Its own cache: the shared one would mix up both callers.
            .identity_cache(IdentityCache::lazy().build())
            .build()
    }

    /// What clients of a region are made of, with the function's own role.
    pub(crate) fn config_in(&self, region: &str) -> SdkConfig {
        self.config().to_builder().region(Region::new(region.to_owned())).build()
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Clients").field("region", &self.region).finish_non_exhaustive()
    }
}

/// Clients of one service, by region or by what else tells them apart.
struct Regional<C>(Mutex<BTreeMap<String, C>>);

impl<C> Default for Regional<C> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<C: Clone> Regional<C> {
    fn made(&self, key: &str) -> Option<C> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn of(&self, key: &str, make: impl FnOnce() -> C) -> C {
        let mut clients = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        clients.entry(key.to_owned()).or_insert_with(make).clone()
    }
}

/// As the SDK's own loader would make it from the environment alone.
fn configuration(region: &str) -> SdkConfig {
    let mut builder = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(
            EnvironmentVariableCredentialsProvider::new(),
        ))
        .identity_cache(IdentityCache::lazy().build())
        .http_client(http_client())
        .sleep_impl(SharedAsyncSleep::new(aws_smithy_async::rt::sleep::TokioSleep::new()))
        .time_source(SharedTimeSource::default())
        .retry_config(RetryConfig::standard().with_max_attempts(MOST_ATTEMPTS))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .operation_attempt_timeout(ATTEMPT_TIMEOUT)
                .build(),
        )
        .service_config(EnvironmentOfServices);
    builder.set_endpoint_url(variable("AWS_ENDPOINT_URL"));
    builder.build()
}

/// One connector for all services, made at the first call: so the roots are read once.
fn http_client() -> SharedHttpClient {
    let connector = OnceLock::new();
    http_client_fn(move |settings, components| {
        let make = || {
            let mut builder = Connector::builder()
                .connector_settings(settings.clone())
                .pool_idle_timeout(KEEP_CONNECTION)
                .tls_provider(Provider::Rustls(CryptoMode::Ring));
            builder.set_sleep_impl(components.sleep_impl());
            SharedHttpConnector::new(builder.build())
        };
        connector.get_or_init(make).clone()
    })
}

/// Settings of one service, as in `AWS_ENDPOINT_URL_DYNAMODB`, which go before the general ones.
///
/// Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints".
#[derive(Debug)]
struct EnvironmentOfServices;

impl LoadServiceConfig for EnvironmentOfServices {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let service = key.service_id().replace(' ', "_").to_uppercase();
        variable(&format!("{}_{service}", key.env())).or_else(|| variable(key.env()))
    }
}

/// A variable that is set to something.
fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_made_once_for_a_region() {
        let count = std::cell::Cell::new(0);
        let make = || {
            count.set(count.get() + 1);
            count.get()
        };
        let clients = Regional::default();
        let seen = [
            clients.of("eu-central-1", make),
            clients.of("eu-central-1", make),
            clients.of("ap-northeast-1", make),
        ];
        assert_eq!(seen, [1, 1, 2]);
        assert_eq!(clients.made("ap-northeast-1"), Some(2));
        assert_eq!(clients.made("us-east-1"), None);
    }

    #[test]
    fn every_client_has_its_own_region() {
        let clients = Clients { region: "eu-central-1".to_owned(), ..Clients::from_environment() };
        let region = |region: Option<&Region>| region.map(ToString::to_string).unwrap_or_default();
        assert_eq!(region(clients.dynamodb().config().region()), "eu-central-1");
        assert_eq!(region(clients.ssm("us-west-2").config().region()), "us-west-2");
        assert_eq!(
            region(clients.cloudwatch("ap-northeast-1").config().region()),
            "ap-northeast-1"
        );
    }

    #[tokio::test]
    async fn a_role_has_a_client_of_its_own() {
        let clients = Clients { region: "eu-central-1".to_owned(), ..Clients::from_environment() };
        let role = "arn:aws:iam::111122223333:role/metrics";
        let client = clients.cloudwatch_as(role, "us-west-2").await;
        let region = client.config().region().map(ToString::to_string);
        assert_eq!(region.as_deref(), Some("us-west-2"));
        assert_eq!(clients.cloudwatch_by_role.0.lock().expect("unlocked").len(), 1);
        assert!(clients.cloudwatch.made("us-west-2").is_none());
    }
}
