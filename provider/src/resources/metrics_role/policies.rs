//! Who may take the role on, and what it may do: no more than it needs.

use std::collections::BTreeSet;

use contract::probe::NAMESPACE;
use serde_json::Value;

use crate::aws::objects::policy::{Policy, Statement};
use crate::aws::{AccountId, Arn, Partition};

/// The statement about accounts.
const ACCOUNTS: &str = "Accounts";
/// The statement about single roles.
const ROLES: &str = "Roles";
/// The key that tells a role by its ARN, also where it acts through a session
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn>).
const PRINCIPAL_ARN: &str = "aws:PrincipalArn";

/// Most characters of a role's trust policy, blanks not counted, unless AWS raised the quota
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub(super) const LONGEST_TRUST: usize = 2_048;

/// Who may take the role on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Sources {
    /// Accounts, of which the roles of locations may.
    pub(super) accounts: BTreeSet<AccountId>,
    /// Single roles.
    pub(super) roles: BTreeSet<String>,
}

/// What the role may do. Metrics have no ARN; a namespace is what they can be told apart by.
pub(super) fn writes_metrics() -> Policy {
    let put = Statement::allow("Metrics", ["cloudwatch:PutMetricData"]).on(["*"]);
    Policy::of([put.only_if("StringEquals", "cloudwatch:namespace", [NAMESPACE])])
}

/// The trust in these sources. It names whole accounts and tells their roles by a condition, as IAM
/// refuses a role that doesn't exist yet
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>).
/// `beginnings` are what the roles of locations begin with: path and prefix.
pub(super) fn trust(
    partition: &Partition,
    sources: &Sources,
    beginnings: &BTreeSet<String>,
) -> Policy {
    let root = |account: &AccountId| format!("arn:{partition}:iam::{account}:root");
    let assume = |sid: &str| Statement::allow(sid, ["sts:AssumeRole"]);
    let mut statements = Vec::new();
    if !sources.accounts.is_empty() {
        // Of which accounts, the principals say.
        let any = |beginning: &String| format!("arn:{partition}:iam::*:role{beginning}*");
        let by = assume(ACCOUNTS).by(sources.accounts.iter().map(root));
        statements.push(by.only_if("ArnLike", PRINCIPAL_ARN, beginnings.iter().map(any)));
    }
    if !sources.roles.is_empty() {
        let owners = sources.roles.iter().filter_map(|arn| arn.parse::<Arn>().ok()?.account());
        let owners: BTreeSet<String> = owners.map(|account| root(&account)).collect();
        let by = assume(ROLES).by(owners);
        statements.push(by.only_if("ArnEquals", PRINCIPAL_ARN, sources.roles.iter().cloned()));
    }
    Policy::of(statements)
}

/// The sources that a trust policy of ours was made for.
pub(super) fn sources(trust: &str) -> Sources {
    let trust: Value = serde_json::from_str(trust).unwrap_or_default();
    let several = trust["Statement"].as_array().cloned();
    let statements = several.unwrap_or_else(|| vec![trust["Statement"].clone()]);
    let mut sources = Sources::default();
    for statement in statements {
        match statement["Sid"].as_str() {
            Some(ACCOUNTS) => {
                let accounts = texts(&statement["Principal"]["AWS"]);
                // IAM takes an account's id for its root, and shows either.
                let id = |text: String| {
                    text.parse::<Arn>().ok().and_then(|arn| arn.account()).or(text.parse().ok())
                };
                sources.accounts.extend(accounts.into_iter().filter_map(id));
            }
            Some(ROLES) => {
                sources.roles.extend(texts(&statement["Condition"]["ArnEquals"][PRINCIPAL_ARN]));
            }
            _ => {}
        }
    }
    sources
}

/// A value that is a text or a list of some.
fn texts(value: &Value) -> Vec<String> {
    let one = value.as_str().map(str::to_owned);
    let several = value.as_array().into_iter().flatten();
    one.into_iter().chain(several.filter_map(|one| one.as_str().map(str::to_owned))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn partition() -> Partition {
        "eu-west-1".parse::<crate::aws::Region>().expect("a region").partition()
    }

    fn some() -> Sources {
        Sources {
            accounts: ["222222222222", "333333333333"].map(|id| id.parse().unwrap()).into(),
            roles: ["arn:aws:iam::444444444444:role/own/probe".to_owned()].into(),
        }
    }

    fn beginning(text: &str) -> BTreeSet<String> {
        BTreeSet::from([text.to_owned()])
    }

    #[test]
    fn accounts_are_named_and_their_roles_told_by_a_condition() {
        let trust = trust(&partition(), &some(), &beginning("/hinomi/hinomi-")).to_json();
        assert_eq!(
            trust,
            concat!(
                r#"{"Version":"2012-10-17","Statement":[{"Sid":"Accounts","Effect":"Allow","#,
                r#""Principal":{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::333333333333:root"]},"#,
                r#""Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"aws:PrincipalArn":["#,
                r#""arn:aws:iam::*:role/hinomi/hinomi-*"]}}},"#,
                r#"{"Sid":"Roles","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::444444444444:root"]},"#,
                r#""Action":["sts:AssumeRole"],"Condition":{"ArnEquals":{"aws:PrincipalArn":["#,
                r#""arn:aws:iam::444444444444:role/own/probe"]}}}]}"#,
            )
        );
    }

    #[test]
    fn a_trust_tells_what_it_was_made_for() {
        for wanted in [
            some(),
            Sources { roles: BTreeSet::new(), ..some() },
            Sources { accounts: BTreeSet::new(), ..some() },
        ] {
            let written = trust(&partition(), &wanted, &beginning("/hinomi-")).to_json();
            assert_eq!(sources(&written), wanted);
        }
        let short = r#"{"Statement": {"Sid": "Accounts", "Principal": {"AWS": "222222222222"}}}"#;
        assert_eq!(sources(short).accounts.len(), 1, "as IAM may show it");
        assert_eq!(sources("no JSON"), Sources::default());
    }

    #[test]
    fn it_writes_metrics_of_probes_alone() {
        let policy = writes_metrics().to_json();
        assert!(policy.contains(r#""Action":["cloudwatch:PutMetricData"]"#), "{policy}");
        assert!(policy.contains(r#""cloudwatch:namespace":["Hinomi"]"#), "{policy}");
    }

    #[test]
    fn as_many_accounts_as_the_attribute_takes_have_room() {
        let accounts = (0..40_u64).map(|index| format!("{index:012}").parse().unwrap()).collect();
        let sources = Sources { accounts, roles: BTreeSet::new() };
        let trust = trust(&partition(), &sources, &beginning("/hinomi-")).to_json();
        assert!(trust.len() <= LONGEST_TRUST, "{}", trust.len());
    }
}
