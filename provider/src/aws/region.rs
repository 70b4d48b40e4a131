//! An AWS region's name, and the partition it belongs to.

use std::fmt;
use std::str::FromStr;

/// Name of an AWS region, for example `eu-central-1`.
///
/// Only the shape is checked, so that a region that AWS opens tomorrow works today.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Region(String);

impl Region {
    /// The region's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that the region belongs to
    /// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>).
    pub fn partition(&self) -> Partition {
        const PARTITIONS: [(&str, &str); 7] = [
            ("cn-", "aws-cn"),
            ("us-gov-", "aws-us-gov"),
            ("us-iso-", "aws-iso"),
            ("us-isob-", "aws-iso-b"),
            ("us-isof-", "aws-iso-f"),
            ("eu-isoe-", "aws-iso-e"),
            ("eusc-", "aws-eusc"),
        ];
        let found = PARTITIONS.iter().find(|(beginning, _)| self.0.starts_with(beginning));
        Partition::new(found.map_or("aws", |(_, partition)| partition))
    }

    /// Whether an account must enable the region before it is of use. So are all that AWS has opened
    /// since 20 March 2019, those of tomorrow too
    /// (<https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html>).
    pub fn is_opt_in(&self) -> bool {
        const BY_DEFAULT: [&str; 17] = [
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ];
        self.partition().as_str() == "aws" && !BY_DEFAULT.contains(&self.as_str())
    }

    /// The same region in the SDK's own type.
    pub(super) fn to_sdk(&self) -> aws_types::region::Region {
        aws_types::region::Region::new(self.0.clone())
    }
}

/// What was given does not look like a region.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an AWS region looks like `eu-central-1`: `{given}`")]
pub struct InvalidRegion {
    given: String,
}

impl FromStr for Region {
    type Err = InvalidRegion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if has_region_shape(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRegion { given: text.to_owned() })
        }
    }
}

/// Words of lower-case letters joined by `-`, two or more, then a number of one or two digits.
fn has_region_shape(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else {
        return false;
    };
    let number_fits = matches!(number.len(), 1 | 2) && number.bytes().all(|b| b.is_ascii_digit());
    let mut words = words.split('-');
    let area_fits = words.next().is_some_and(|word| is_word(word) && word.len() <= 5);
    let mut rest = words.peekable();
    number_fits && area_fits && rest.peek().is_some() && rest.all(is_word)
}

fn is_word(word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase())
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The part of AWS that an account lives in: `aws`, `aws-cn`, `aws-us-gov` and so on.
///
/// Roles can't be assumed from one partition into another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Partition(String);

impl Partition {
    /// A partition by the name that ARNs carry.
    pub(super) fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name that ARNs carry after `arn:`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain of AWS's services, as the condition `kms:ViaService` names them
    /// (<https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html>).
    pub fn service_domain(&self) -> &'static str {
        match self.as_str() {
            "aws-cn" => "amazonaws.com.cn",
            "aws-eusc" => "amazonaws.eu",
            _ => "amazonaws.com",
        }
    }

    /// The region that signs calls to services without a region of their own, Budgets for one.
    ///
    /// AWS Budgets endpoints: <https://docs.aws.amazon.com/general/latest/gr/billing.html>.
    pub fn global_region(&self) -> Region {
        let name = match self.0.as_str() {
            "aws-cn" => "cn-northwest-1",
            "aws-us-gov" => "us-gov-west-1",
            "aws-eusc" => "eusc-de-east-1",
            _ => "us-east-1",
        };
        Region(name.to_owned())
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_regions_parse() {
        for name in [
            "us-east-1",
            "eu-central-1",
            "ap-southeast-5",
            "us-gov-west-1",
            "cn-northwest-1",
            "us-isob-east-1",
            "eusc-de-east-1",
            "mx-central-1",
        ] {
            assert_eq!(name.parse::<Region>().unwrap().as_str(), name);
        }
    }

    #[test]
    fn other_text_is_refused_with_what_was_given() {
        for given in [
            "",
            "eu",
            "eu-1",
            "eu-central",
            "EU-central-1",
            "eu_central_1",
            "eu-central-1a",
            "eu--1",
            "-central-1",
            "eu-central-123",
            "Frankfurt",
        ] {
            let error = given.parse::<Region>().unwrap_err();
            assert!(error.to_string().ends_with(&format!("`{given}`")), "{error}");
        }
    }

    #[test]
    fn younger_regions_are_opted_into() {
        let region = |name: &str| name.parse::<Region>().unwrap();
        for name in ["af-south-1", "ap-east-1", "ap-southeast-3", "eu-south-2", "mx-central-1"] {
            assert!(region(name).is_opt_in(), "{name}");
        }
        for name in ["us-east-1", "ap-northeast-3", "eu-north-1", "cn-north-1", "us-gov-west-1"] {
            assert!(!region(name).is_opt_in(), "{name}");
        }
    }

    #[test]
    fn each_partition_has_its_region_for_global_services() {
        for (partition, region) in [
            ("aws", "us-east-1"),
            ("aws-cn", "cn-northwest-1"),
            ("aws-us-gov", "us-gov-west-1"),
            ("aws-eusc", "eusc-de-east-1"),
        ] {
            assert_eq!(Partition::new(partition).global_region().as_str(), region);
        }
    }
}
