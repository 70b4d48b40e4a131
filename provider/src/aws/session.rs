//! The clients of one account, role and region.

use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::clients::{Caller, Identity};
use super::error::{Failure, Operation};
use super::reads::Listings;
use super::{AccountId, Partition, Region};

/// An account and region to work in, with the credentials for it. Cloning is cheap.
///
/// A write that AWS carried out and whose answer was lost is sent again by the SDK: a create may
/// then answer "already exists" for what it made itself. So a create that meets
/// [`Kind::Conflict`](super::error::Kind::Conflict) reads the object and asks
/// [`tags::ownership`](super::tags::ownership); a delete takes "not found" for done.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    caller: Caller,
    region: Region,
    config: SdkConfig,
    listings: Arc<Listings>,
    athena: OnceLock<aws_sdk_athena::Client>,
    synthetics: OnceLock<aws_sdk_synthetics::Client>,
    cloudwatch: OnceLock<aws_sdk_cloudwatch::Client>,
    logs: OnceLock<aws_sdk_cloudwatchlogs::Client>,
    budgets: OnceLock<aws_sdk_budgets::Client>,
    cost_explorer: OnceLock<aws_sdk_costexplorer::Client>,
    organizations: OnceLock<aws_sdk_organizations::Client>,
    ssm: OnceLock<aws_sdk_ssm::Client>,
    dynamodb: OnceLock<aws_sdk_dynamodb::Client>,
    eventbridge: OnceLock<aws_sdk_eventbridge::Client>,
    glue: OnceLock<aws_sdk_glue::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    lambda: OnceLock<aws_sdk_lambda::Client>,
    pricing: OnceLock<aws_sdk_pricing::Client>,
    s3: OnceLock<aws_sdk_s3::Client>,
    scheduler: OnceLock<aws_sdk_scheduler::Client>,
    sns: OnceLock<aws_sdk_sns::Client>,
    sqs: OnceLock<aws_sdk_sqs::Client>,
}

/// One service's client, with its retries counted per account and region: left alone, the SDK
/// shares them among all accounts, and throttling in one would slow down the others.
macro_rules! client {
    ($service:ident, $config:expr, $session:expr) => {{
        let partition =
            format!("{} {} {}", stringify!($service), $session.caller.account, $session.region,);
        let retries = $service::config::retry::RetryPartition::new(partition);
        let config = $service::config::Builder::from($config).retry_partition(retries);
        $service::Client::from_conf(config.build())
    }};
}

impl Shared {
    /// The configuration for services without a region of their own.
    fn global_config(&self) -> SdkConfig {
        let region = self.caller.partition().global_region();
        self.config.to_builder().region(region.to_sdk()).build()
    }
}

impl Session {
    pub(super) fn new(identity: &Identity, region: Region, listings: Arc<Listings>) -> Self {
        let config = identity.config.to_builder().region(region.to_sdk()).build();
        let shared = Shared {
            caller: identity.caller.clone(),
            region,
            config,
            listings,
            athena: OnceLock::new(),
            synthetics: OnceLock::new(),
            cloudwatch: OnceLock::new(),
            logs: OnceLock::new(),
            budgets: OnceLock::new(),
            cost_explorer: OnceLock::new(),
            organizations: OnceLock::new(),
            ssm: OnceLock::new(),
            dynamodb: OnceLock::new(),
            eventbridge: OnceLock::new(),
            glue: OnceLock::new(),
            iam: OnceLock::new(),
            lambda: OnceLock::new(),
            pricing: OnceLock::new(),
            s3: OnceLock::new(),
            scheduler: OnceLock::new(),
            sns: OnceLock::new(),
            sqs: OnceLock::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The account, as STS confirmed it.
    pub fn account(&self) -> &AccountId {
        &self.shared.caller.account
    }

    /// The region.
    pub fn region(&self) -> &Region {
        &self.shared.region
    }

    /// The partition.
    pub fn partition(&self) -> &Partition {
        self.shared.caller.partition()
    }

    /// Turns an SDK error of an operation into a [`Failure`] that knows who called:
    /// `.map_err(session.failed("synthetics", "CreateCanary"))`.
    ///
    /// `service` is the service's prefix in IAM actions.
    pub fn failed<E>(
        &self,
        service: &'static str,
        operation: &'static str,
    ) -> impl FnOnce(SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        move |error| {
            let operation = Operation { service, name: operation };
            self.met(Failure::of(operation, &error))
        }
    }

    /// A failure that this session's principal met.
    pub(super) fn met(&self, failure: Failure) -> Failure {
        failure.met_by(self.shared.caller.arn.to_string())
    }

    /// `CloudWatch` Synthetics.
    pub fn synthetics(&self) -> &aws_sdk_synthetics::Client {
        let shared = &self.shared;
        shared.synthetics.get_or_init(|| client!(aws_sdk_synthetics, &shared.config, shared))
    }

    /// `CloudWatch`.
    pub fn cloudwatch(&self) -> &aws_sdk_cloudwatch::Client {
        let shared = &self.shared;
        shared.cloudwatch.get_or_init(|| client!(aws_sdk_cloudwatch, &shared.config, shared))
    }

    /// `CloudWatch` Logs.
    pub fn logs(&self) -> &aws_sdk_cloudwatchlogs::Client {
        let shared = &self.shared;
        shared.logs.get_or_init(|| client!(aws_sdk_cloudwatchlogs, &shared.config, shared))
    }

    /// Systems Manager, for its parameter store.
    pub fn ssm(&self) -> &aws_sdk_ssm::Client {
        let shared = &self.shared;
        shared.ssm.get_or_init(|| client!(aws_sdk_ssm, &shared.config, shared))
    }

    /// `DynamoDB`.
    pub fn dynamodb(&self) -> &aws_sdk_dynamodb::Client {
        let shared = &self.shared;
        shared.dynamodb.get_or_init(|| client!(aws_sdk_dynamodb, &shared.config, shared))
    }

    /// `EventBridge`, for its rules.
    pub fn eventbridge(&self) -> &aws_sdk_eventbridge::Client {
        let shared = &self.shared;
        shared.eventbridge.get_or_init(|| client!(aws_sdk_eventbridge, &shared.config, shared))
    }

    /// Athena, for its workgroups and saved queries.
    pub fn athena(&self) -> &aws_sdk_athena::Client {
        let shared = &self.shared;
        shared.athena.get_or_init(|| client!(aws_sdk_athena, &shared.config, shared))
    }

    /// Glue, for its data catalog.
    pub fn glue(&self) -> &aws_sdk_glue::Client {
        let shared = &self.shared;
        shared.glue.get_or_init(|| client!(aws_sdk_glue, &shared.config, shared))
    }

    /// Lambda.
    pub fn lambda(&self) -> &aws_sdk_lambda::Client {
        let shared = &self.shared;
        shared.lambda.get_or_init(|| client!(aws_sdk_lambda, &shared.config, shared))
    }

    /// `EventBridge` Scheduler.
    pub fn scheduler(&self) -> &aws_sdk_scheduler::Client {
        let shared = &self.shared;
        shared.scheduler.get_or_init(|| client!(aws_sdk_scheduler, &shared.config, shared))
    }

    /// Simple Notification Service.
    pub fn sns(&self) -> &aws_sdk_sns::Client {
        let shared = &self.shared;
        shared.sns.get_or_init(|| client!(aws_sdk_sns, &shared.config, shared))
    }

    /// Simple Queue Service.
    pub fn sqs(&self) -> &aws_sdk_sqs::Client {
        let shared = &self.shared;
        shared.sqs.get_or_init(|| client!(aws_sdk_sqs, &shared.config, shared))
    }

    /// S3. Behind an endpoint of the user's, a bucket stands in the path: one address can't answer
    /// for the host name of every bucket.
    pub fn s3(&self) -> &aws_sdk_s3::Client {
        let shared = &self.shared;
        shared.s3.get_or_init(|| {
            let partition = format!("s3 {} {}", shared.caller.account, shared.region);
            let config = aws_sdk_s3::config::Builder::from(&shared.config)
                .retry_partition(aws_sdk_s3::config::retry::RetryPartition::new(partition))
                .force_path_style(shared.config.endpoint_url().is_some());
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    /// Budgets, which is one for all regions: the partition's own region signs the calls, also
    /// where an endpoint of the user's takes the place of AWS's.
    pub fn budgets(&self) -> &aws_sdk_budgets::Client {
        let shared = &self.shared;
        let open = || client!(aws_sdk_budgets, &shared.global_config(), shared);
        shared.budgets.get_or_init(open)
    }

    /// Cost Explorer, for costs and for anomaly monitors with their subscriptions: one for all regions, like Budgets.
    pub fn cost_explorer(&self) -> &aws_sdk_costexplorer::Client {
        let shared = &self.shared;
        let open = || client!(aws_sdk_costexplorer, &shared.global_config(), shared);
        shared.cost_explorer.get_or_init(open)
    }

    /// Organizations, which is one for all regions, like Budgets.
    pub fn organizations(&self) -> &aws_sdk_organizations::Client {
        let shared = &self.shared;
        let open = || client!(aws_sdk_organizations, &shared.global_config(), shared);
        shared.organizations.get_or_init(open)
    }

    /// Identity and Access Management, which is one for all regions, like Budgets.
    pub fn iam(&self) -> &aws_sdk_iam::Client {
        let shared = &self.shared;
        let open = || client!(aws_sdk_iam, &shared.global_config(), shared);
        shared.iam.get_or_init(open)
    }

    /// The Price List, which answers for all regions in the partition's own region
    /// (<https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html>).
    pub fn pricing(&self) -> &aws_sdk_pricing::Client {
        let shared = &self.shared;
        let open = || client!(aws_sdk_pricing, &shared.global_config(), shared);
        shared.pricing.get_or_init(open)
    }

    pub(super) fn listings(&self) -> &Listings {
        &self.shared.listings
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Session")
            .field("caller", &self.shared.caller)
            .field("region", &self.shared.region)
            .finish_non_exhaustive()
    }
}
