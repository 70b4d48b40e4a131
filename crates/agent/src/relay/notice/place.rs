//! Where something is: ARNs, partitions, and regions by the names that notices show.

/// The parts of an ARN that say where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arn<'a> {
    /// The partition, such as `aws` or `aws-cn`.
    pub partition: &'a str,
    /// The service.
    pub service: &'a str,
    /// The region's code; empty for what is global.
    pub region: &'a str,
    /// The account.
    pub account: &'a str,
    /// The rest.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `arn:partition:service:region:account:resource`.
    pub fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let is_arn = parts.next() == Some("arn");
        let arn = Self {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        };
        is_arn.then_some(arn)
    }
}

/// A part of AWS with a console of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Partition {
    /// The commercial one.
    Aws,
    /// China.
    China,
    /// The government's of the United States.
    GovCloud,
    /// The European Sovereign Cloud.
    European,
}

impl Partition {
    /// The partition of a region.
    pub fn of_region(region: &str) -> Self {
        match region {
            _ if region.starts_with("cn-") => Self::China,
            _ if region.starts_with("us-gov-") => Self::GovCloud,
            _ if region.starts_with("eusc-") => Self::European,
            _ => Self::Aws,
        }
    }

    /// The host under which the consoles of its regions are.
    pub const fn console(self) -> &'static str {
        match self {
            Self::Aws => "console.aws.amazon.com",
            Self::China => "console.amazonaws.cn",
            Self::GovCloud => "console.amazonaws-us-gov.com",
            Self::European => "console.amazonaws-eusc.eu",
        }
    }
}

/// Names of regions as notices by SNS show them, with their codes.
///
/// Source: AWS Regions and Availability Zones, "AWS Regions"; older notices say `EU` for `Europe`.
const REGIONS: [(&str, &str); 38] = [
    ("Africa (Cape Town)", "af-south-1"),
    ("Asia Pacific (Hong Kong)", "ap-east-1"),
    ("Asia Pacific (Taipei)", "ap-east-2"),
    ("Asia Pacific (Tokyo)", "ap-northeast-1"),
    ("Asia Pacific (Seoul)", "ap-northeast-2"),
    ("Asia Pacific (Osaka)", "ap-northeast-3"),
    ("Asia Pacific (Mumbai)", "ap-south-1"),
    ("Asia Pacific (Hyderabad)", "ap-south-2"),
    ("Asia Pacific (Singapore)", "ap-southeast-1"),
    ("Asia Pacific (Sydney)", "ap-southeast-2"),
    ("Asia Pacific (Jakarta)", "ap-southeast-3"),
    ("Asia Pacific (Melbourne)", "ap-southeast-4"),
    ("Asia Pacific (Malaysia)", "ap-southeast-5"),
    ("Asia Pacific (New Zealand)", "ap-southeast-6"),
    ("Asia Pacific (Thailand)", "ap-southeast-7"),
    ("Canada (Central)", "ca-central-1"),
    ("Canada West (Calgary)", "ca-west-1"),
    ("China (Beijing)", "cn-north-1"),
    ("China (Ningxia)", "cn-northwest-1"),
    ("Europe (Frankfurt)", "eu-central-1"),
    ("Europe (Zurich)", "eu-central-2"),
    ("Europe (Stockholm)", "eu-north-1"),
    ("Europe (Milan)", "eu-south-1"),
    ("Europe (Spain)", "eu-south-2"),
    ("Europe (Ireland)", "eu-west-1"),
    ("Europe (London)", "eu-west-2"),
    ("Europe (Paris)", "eu-west-3"),
    ("Israel (Tel Aviv)", "il-central-1"),
    ("Middle East (UAE)", "me-central-1"),
    ("Middle East (Bahrain)", "me-south-1"),
    ("Mexico (Central)", "mx-central-1"),
    ("South America (Sao Paulo)", "sa-east-1"),
    ("US East (N. Virginia)", "us-east-1"),
    ("US East (Ohio)", "us-east-2"),
    ("AWS GovCloud (US-East)", "us-gov-east-1"),
    ("AWS GovCloud (US-West)", "us-gov-west-1"),
    ("US West (N. California)", "us-west-1"),
    ("US West (Oregon)", "us-west-2"),
];

/// The code of a region that a notice shows by name; what isn't known stays as it is.
pub fn region_code(shown: &str) -> String {
    let plain = shown.trim().replacen("EU (", "Europe (", 1).replace("São", "Sao");
    let found = REGIONS.iter().find(|(name, _)| *name == plain);
    found.map_or_else(|| shown.trim().to_owned(), |(_, code)| (*code).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_known_by_their_names() {
        for (shown, code) in [
            ("Asia Pacific (Tokyo)", "ap-northeast-1"),
            ("EU (Ireland)", "eu-west-1"),
            ("South America (São Paulo)", "sa-east-1"),
            ("ap-northeast-1", "ap-northeast-1"),
            ("Moon (Tycho)", "Moon (Tycho)"),
        ] {
            assert_eq!(region_code(shown), code);
        }
    }

    #[test]
    fn consoles_follow_the_partition() {
        for (region, host) in [
            ("ap-northeast-1", "console.aws.amazon.com"),
            ("cn-north-1", "console.amazonaws.cn"),
            ("us-gov-west-1", "console.amazonaws-us-gov.com"),
            ("eusc-de-east-1", "console.amazonaws-eusc.eu"),
            ("", "console.aws.amazon.com"),
        ] {
            assert_eq!(Partition::of_region(region).console(), host);
        }
    }

    #[test]
    fn an_arn_has_six_parts() {
        let arn = Arn::parse("arn:aws-cn:cloudwatch:cn-north-1:123456789012:alarm:a:b");
        let arn = arn.expect("an ARN");
        assert_eq!(
            (arn.partition, arn.region, arn.resource),
            ("aws-cn", "cn-north-1", "alarm:a:b")
        );
        assert_eq!(Arn::parse("arn:aws:cloudwatch"), None);
        assert_eq!(Arn::parse("urn:a:b:c:d:e"), None);
    }
}
