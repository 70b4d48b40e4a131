//! What the roles of a location may do, and who may take them on: no more than they need.

use crate::aws::Arn;
use crate::aws::objects::policy::{Policy, Statement, trust_in_service};

use super::names::{Names, Place};

/// The service that runs functions, canaries included.
const LAMBDA: &str = "lambda.amazonaws.com";
/// The service that runs schedules.
const SCHEDULER: &str = "scheduler.amazonaws.com";
/// The namespace of the metrics of probes.
const PROBE_METRICS: &str = "Hinomi";
/// The namespace of the metrics of canaries.
const CANARY_METRICS: &str = "CloudWatchSynthetics";
/// What the names of the functions of all canaries begin with.
const CANARY_FUNCTIONS: &str = "/aws/lambda/cwsyn-*";

/// What Lambda asks of the role of a function in a VPC. None of it can be bound to a subnet
/// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions>).
const NETWORK_ACTIONS: [&str; 6] = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
];

/// What is said of a location beyond where it lives.
#[derive(Clone, Debug, Default)]
pub(super) struct Needs {
    /// Secrets that are read.
    pub(super) secret_arns: Vec<String>,
    /// Roles that are assumed.
    pub(super) assumable_role_arns: Vec<String>,
    /// Whether it runs in a VPC.
    pub(super) is_in_vpc: bool,
}

/// Only Lambda may take on the role of a function or a canary.
pub(super) fn trust_in_lambda() -> Policy {
    trust_in_service(LAMBDA, &[])
}

/// Only the schedules of this group, which are this account's
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>).
pub(super) fn trust_in_schedules(place: &Place, names: &Names) -> Policy {
    let (account, group) = (place.account.to_string(), place.schedule_group(names));
    let conditions = [
        ("StringEquals", "aws:SourceAccount", account.as_str()),
        ("StringEquals", "aws:SourceArn", group.as_str()),
    ];
    trust_in_service(SCHEDULER, &conditions)
}

/// What the probe may do. Its log group exists before it does, so it needs not make one.
pub(super) fn probe(place: &Place, names: &Names, needs: &Needs) -> Policy {
    let streams = format!("{}:*", place.log_group(&names.log_group()));
    let mut statements = vec![
        Statement::allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"]).on([streams]),
        put_metrics(PROBE_METRICS),
    ];
    statements.extend(secrets(needs));
    if !needs.assumable_role_arns.is_empty() {
        let assume = Statement::allow("WriteMetricsElsewhere", ["sts:AssumeRole"]);
        statements.push(assume.on(needs.assumable_role_arns.iter().cloned()));
    }
    statements.extend(network(needs));
    Policy::of(statements)
}

/// What the schedules may do.
pub(super) fn schedules(place: &Place, names: &Names) -> Policy {
    let invoke = Statement::allow("Invoke", ["lambda:InvokeFunction"]);
    Policy::of([invoke.on([place.function(names)])])
}

/// What canaries may do
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html>).
/// Synthetics makes their functions, so their log groups are not there before them.
pub(super) fn canaries(place: &Place, names: &Names, needs: &Needs) -> Policy {
    let bucket = place.bucket(names);
    let logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"];
    let groups = format!("{}:*", place.log_group(CANARY_FUNCTIONS));
    let mut statements = vec![
        Statement::allow("Reports", ["s3:GetObject", "s3:PutObject"]).on([format!("{bucket}/*")]),
        Statement::allow("FindBucket", ["s3:GetBucketLocation"]).on([bucket]),
        Statement::allow("Log", logs).on([groups]),
        put_metrics(CANARY_METRICS),
        Statement::allow("Trace", ["s3:ListAllMyBuckets", "xray:PutTraceSegments"]).on(["*"]),
    ];
    statements.extend(secrets(needs));
    statements.extend(network(needs));
    Policy::of(statements)
}

/// Metrics have no ARN; a namespace is what they can be told apart by.
fn put_metrics(namespace: &str) -> Statement {
    Statement::allow("Metrics", ["cloudwatch:PutMetricData"]).on(["*"]).only_if(
        "StringEquals",
        "cloudwatch:namespace",
        [namespace],
    )
}

fn secrets(needs: &Needs) -> Vec<Statement> {
    if needs.secret_arns.is_empty() {
        return Vec::new();
    }
    let read = Statement::allow("Secrets", ["secretsmanager:GetSecretValue"]);
    vec![read.on(needs.secret_arns.iter().cloned()), decrypt(&needs.secret_arns)]
}

/// The keys of the secrets: whichever they are, through Secrets Manager alone and for these secrets alone
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html>).
fn decrypt(secret_arns: &[String]) -> Statement {
    let places: Vec<_> = secret_arns
        .iter()
        .filter_map(|arn| arn.parse::<Arn>().ok())
        .filter_map(|arn| Some((arn.partition().clone(), arn.region()?, arn.account()?)))
        .collect();
    let keys = places.iter().map(|(partition, region, account)| {
        format!("arn:{partition}:kms:{region}:{account}:key/*")
    });
    let services = places.iter().map(|(partition, region, _)| {
        format!("secretsmanager.{region}.{}", partition.service_domain())
    });
    Statement::allow("SecretKeys", ["kms:Decrypt"])
        .on(keys)
        .only_if("StringEquals", "kms:ViaService", services)
        .only_if("StringEquals", "kms:EncryptionContext:SecretARN", secret_arns.iter().cloned())
}

fn network(needs: &Needs) -> Option<Statement> {
    needs.is_in_vpc.then(|| Statement::allow("Network", NETWORK_ACTIONS).on(["*"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> Place {
        Place::new("123456789012".parse().unwrap(), "ap-northeast-1".parse().unwrap())
    }

    fn names() -> Names {
        Names::of("hinomi-", "main", "tokyo", &place()).unwrap()
    }

    #[test]
    fn a_probe_may_log_and_write_its_metrics() {
        let policy = probe(&place(), &names(), &Needs::default()).to_json();
        assert_eq!(
            policy,
            concat!(
                r#"{"Version":"2012-10-17","Statement":["#,
                r#"{"Sid":"Log","Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"#,
                r#""Resource":["arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/hinomi-main_tokyo-location:*"]},"#,
                r#"{"Sid":"Metrics","Effect":"Allow","Action":["cloudwatch:PutMetricData"],"Resource":["*"],"#,
                r#""Condition":{"StringEquals":{"cloudwatch:namespace":["Hinomi"]}}}]}"#,
            )
        );
    }

    #[test]
    fn what_is_not_asked_for_is_not_allowed() {
        let secret = "arn:aws:secretsmanager:ap-northeast-1:123456789012:secret:token-AbCdEf";
        let role = "arn:aws:iam::210987654321:role/metrics";
        let needs = Needs {
            secret_arns: vec![secret.to_owned()],
            assumable_role_arns: vec![role.to_owned()],
            is_in_vpc: true,
        };
        let bare = probe(&place(), &names(), &Needs::default()).to_json();
        let full = probe(&place(), &names(), &needs).to_json();
        let pairs = [
            ("secretsmanager:GetSecretValue", secret),
            ("kms:Decrypt", "arn:aws:kms:ap-northeast-1:123456789012:key/*"),
            ("kms:ViaService", "secretsmanager.ap-northeast-1.amazonaws.com"),
            ("kms:EncryptionContext:SecretARN", secret),
            ("sts:AssumeRole", role),
            ("ec2:CreateNetworkInterface", "ec2:DescribeSubnets"),
        ];
        for (action, resource) in pairs {
            assert!(!bare.contains(action), "{bare}");
            assert!(full.contains(action) && full.contains(resource), "{full}");
        }
    }

    #[test]
    fn schedules_invoke_this_function_alone_and_only_they_may() {
        let (place, names) = (place(), names());
        let policy = schedules(&place, &names).to_json();
        assert!(policy.contains(r#""Action":["lambda:InvokeFunction"],"Resource":["arn:aws:lambda:ap-northeast-1:123456789012:function:hinomi-main_tokyo-location"]"#), "{policy}");
        let trust = trust_in_schedules(&place, &names).to_json();
        for condition in [
            r#""aws:SourceAccount":["123456789012"]"#,
            r#""aws:SourceArn":["arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/hinomi-main_tokyo-location"]"#,
        ] {
            assert!(trust.contains(condition), "{trust}");
        }
    }

    #[test]
    fn canaries_write_to_their_bucket_alone() {
        let policy = canaries(&place(), &names(), &Needs::default()).to_json();
        let bucket = "arn:aws:s3:::hinomi-main-tokyo-123456789012-ap-northeast-1";
        assert!(
            policy.contains(&format!(r#""s3:PutObject"],"Resource":["{bucket}/*"]"#)),
            "{policy}"
        );
        assert!(policy.contains(r#""cloudwatch:namespace":["CloudWatchSynthetics"]"#), "{policy}");
    }
}
