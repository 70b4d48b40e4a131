//! Amazon Resource Names.
//!
//! The grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>.

use std::fmt;
use std::str::FromStr;

use super::{AccountId, Partition, Region};

/// `arn:partition:service:region:account:resource`, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Arn {
    partition: Partition,
    service: String,
    region: String,
    account: String,
    resource: String,
}

impl Arn {
    /// The partition, for example `aws`.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The service's namespace, for example `iam`.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The region; `None` for a global object.
    pub fn region(&self) -> Option<Region> {
        self.region.parse().ok()
    }

    /// The owning account; `None` where AWS leaves it out or names itself (`aws`).
    pub fn account(&self) -> Option<AccountId> {
        self.account.parse().ok()
    }

    /// Everything after the account, for example `role/hinomi` or `canary:checkout`.
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The IAM role of `account` with the given name, which may begin with a path.
    pub fn role(partition: &Partition, account: &AccountId, role_name: &str) -> Self {
        Self {
            partition: partition.clone(),
            service: "iam".to_owned(),
            region: String::new(),
            account: account.to_string(),
            resource: format!("role/{}", role_name.trim_start_matches('/')),
        }
    }

    /// The SSM parameter of `account` in `region` with the given name, a path that begins with `/`.
    pub fn parameter(
        partition: &Partition,
        account: &AccountId,
        region: &Region,
        name: &str,
    ) -> Self {
        Self {
            partition: partition.clone(),
            service: "ssm".to_owned(),
            region: region.to_string(),
            account: account.to_string(),
            resource: format!("parameter{name}"),
        }
    }

    /// The budget of `account` with the given name. Budgets have no region.
    pub fn budget(partition: &Partition, account: &AccountId, name: &str) -> Self {
        Self {
            partition: partition.clone(),
            service: "budgets".to_owned(),
            region: String::new(),
            account: account.to_string(),
            resource: format!("budget/{name}"),
        }
    }
}

/// What was given is not an ARN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}: `{given}`")]
pub struct InvalidArn {
    problem: &'static str,
    given: String,
}

impl FromStr for Arn {
    type Err = InvalidArn;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = |problem| InvalidArn { problem, given: text.to_owned() };
        let mut parts = text.splitn(6, ':');
        let mut part = || parts.next();
        let (
            Some("arn"),
            Some(partition),
            Some(service),
            Some(region),
            Some(account),
            Some(resource),
        ) = (part(), part(), part(), part(), part(), part())
        else {
            return Err(refused("an ARN reads `arn:partition:service:region:account:resource`"));
        };
        if partition != "aws" && !partition.starts_with("aws-") {
            return Err(refused("the partition of an ARN is `aws` or begins with `aws-`"));
        }
        if service.is_empty() {
            return Err(refused("an ARN names its service"));
        }
        if !region.is_empty() && region.parse::<Region>().is_err() {
            return Err(refused("the region of an ARN is empty or looks like `eu-central-1`"));
        }
        if !matches!(account, "" | "aws") && account.parse::<AccountId>().is_err() {
            return Err(refused("the account of an ARN is empty or has exactly 12 digits"));
        }
        if resource.is_empty() || resource.chars().any(char::is_whitespace) {
            return Err(refused("an ARN ends with its resource, without blanks"));
        }
        Ok(Self {
            partition: Partition::new(partition),
            service: service.to_owned(),
            region: region.to_owned(),
            account: account.to_owned(),
            resource: resource.to_owned(),
        })
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(formatter, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_parts_come_out() {
        let arn: Arn =
            "arn:aws:synthetics:eu-central-1:123456789012:canary:checkout".parse().unwrap();
        assert_eq!(arn.partition().as_str(), "aws");
        assert_eq!(arn.service(), "synthetics");
        assert_eq!(arn.region().unwrap().as_str(), "eu-central-1");
        assert_eq!(arn.account().unwrap().as_str(), "123456789012");
        assert_eq!(arn.resource(), "canary:checkout");
    }

    #[test]
    fn global_and_aws_owned_objects_have_no_region_or_account() {
        let policy: Arn = "arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap();
        assert_eq!((policy.region(), policy.account()), (None, None));
        let bucket: Arn = "arn:aws:s3:::my-bucket".parse().unwrap();
        assert_eq!((bucket.region(), bucket.account()), (None, None));
    }

    #[test]
    fn a_role_may_have_a_path() {
        let account = "123456789012".parse().unwrap();
        let partition = Partition::new("aws-cn");
        for (name, arn) in [
            ("hinomi", "arn:aws-cn:iam::123456789012:role/hinomi"),
            ("ops/hinomi", "arn:aws-cn:iam::123456789012:role/ops/hinomi"),
            ("/ops/hinomi", "arn:aws-cn:iam::123456789012:role/ops/hinomi"),
        ] {
            assert_eq!(Arn::role(&partition, &account, name).to_string(), arn);
        }
    }

    #[test]
    fn broken_arns_are_refused_with_the_reason() {
        for (given, reason) in [
            ("", "arn:partition"),
            ("arn:aws:sns", "arn:partition"),
            ("urn:aws:sns:eu-west-1:123456789012:x", "arn:partition"),
            ("arn:gcp:sns:eu-west-1:123456789012:x", "partition"),
            ("arn:aws::eu-west-1:123456789012:x", "service"),
            ("arn:aws:sns:Frankfurt:123456789012:x", "region"),
            ("arn:aws:sns:eu-west-1:12345:x", "12 digits"),
            ("arn:aws:sns:eu-west-1:123456789012:", "resource"),
            ("arn:aws:sns:eu-west-1:123456789012:a b", "blanks"),
        ] {
            let error = given.parse::<Arn>().unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_parses_prints_the_same(
            service in "[a-z]{2,10}",
            account in "([0-9]{12})?",
            resource in "[!-~]{1,40}",
        ) {
            let text = format!("arn:aws:{service}:us-east-1:{account}:{resource}");
            prop_assert_eq!(text.parse::<Arn>().unwrap().to_string(), text);
        }

        #[test]
        fn no_text_panics(text in ".{0,80}") {
            let _ = text.parse::<Arn>();
        }
    }
}
