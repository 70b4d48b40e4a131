//! The policy that bounds the permissions of roles, as the provider block names it.

use framework::Attr;

use crate::aws::{AccountId, Arn, Partition};

/// Why a text names no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPolicy {
    /// It is an ARN of something else.
    #[error(
        "`{0}` is no ARN of an IAM policy, such as `arn:aws:iam::123456789012:policy/boundary`"
    )]
    OtherArn(String),
    /// IAM allows no such name.
    #[error(
        "`{0}` is no name of a policy: names hold up to 128 letters, digits and `+=,.@_-`, with their path before them, such as `bounds/monitoring`"
    )]
    BadName(String),
}

/// A policy: by its ARN, or by its name, with its path if it has one, in whichever account a role is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Boundary(String);

impl std::str::FromStr for Boundary {
    type Err = NoPolicy;

    fn from_str(text: &str) -> Result<Self, NoPolicy> {
        if text.starts_with("arn:") {
            let is_policy = text
                .parse::<Arn>()
                .is_ok_and(|arn| arn.service() == "iam" && arn.resource().starts_with("policy/"));
            return if is_policy {
                Ok(Self(text.to_owned()))
            } else {
                Err(NoPolicy::OtherArn(text.to_owned()))
            };
        }
        // (https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html)
        let allowed = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
        let (path, name) = text.rsplit_once('/').unwrap_or(("", text));
        let is_name = !name.is_empty() && name.len() <= 128 && name.chars().all(allowed);
        let is_path = path.len() <= 510 && path.chars().all(|c| c.is_ascii_graphic());
        if is_name && is_path {
            Ok(Self(text.trim_start_matches('/').to_owned()))
        } else {
            Err(NoPolicy::BadName(text.to_owned()))
        }
    }
}

impl Boundary {
    /// Its ARN for roles of an account.
    pub fn arn(&self, partition: &Partition, account: &AccountId) -> String {
        let Self(text) = self;
        if text.starts_with("arn:") {
            text.clone()
        } else {
            format!("arn:{partition}:iam::{account}:policy/{text}")
        }
    }
}

/// The ARN of the provider's boundary for roles of a place, which may not be known yet.
pub fn arn(given: &Attr<String>, place: Option<(&Partition, &AccountId)>) -> Attr<String> {
    given.as_ref().and_then(|text| match (text.parse::<Boundary>(), place) {
        (Ok(boundary), Some((partition, account))) => Attr::Known(boundary.arn(partition, account)),
        // Whole ARNs say themselves where they are; what is wrong with others is told elsewhere.
        (Ok(Boundary(text)), None) if text.starts_with("arn:") => Attr::Known(text),
        (Ok(_), None) => Attr::Unknown,
        (Err(_), _) => Attr::Known(text.clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_policy_of_that_name_in_each_account() {
        let account: AccountId = "123456789012".parse().unwrap();
        let china: crate::aws::Region = "cn-north-1".parse().unwrap();
        for (text, wanted) in [
            ("boundary", "arn:aws-cn:iam::123456789012:policy/boundary"),
            ("bounds/ops", "arn:aws-cn:iam::123456789012:policy/bounds/ops"),
            ("/bounds/ops", "arn:aws-cn:iam::123456789012:policy/bounds/ops"),
            ("arn:aws:iam::210987654321:policy/x", "arn:aws:iam::210987654321:policy/x"),
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        ] {
            let boundary: Boundary = text.parse().unwrap();
            assert_eq!(boundary.arn(&china.partition(), &account), wanted);
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "a b", "ops/", "arn:aws:iam::123456789012:role/x", "arn:", "policy*"] {
            assert!(text.parse::<Boundary>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_is_not_known_before_its_place_is() {
        let known = |text: &str| Attr::Known(text.to_owned());
        assert_eq!(arn(&known("boundary"), None), Attr::Unknown);
        let whole = known("arn:aws:iam::210987654321:policy/x");
        assert_eq!(arn(&whole, None), whole);
        assert_eq!(arn(&Attr::Null, None), Attr::Null);
    }
}
