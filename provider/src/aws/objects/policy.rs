//! IAM policies: made from parts, the same text for the same parts, and compared by what they say.
//!
//! The grammar: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html>.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::aws::{AccountId, Arn, Partition, Region};

/// The only version of the policy language that knows variables.
const VERSION: &str = "2012-10-17";

/// Most characters of all inline policies of a role together, blanks not counted
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>).
pub const LONGEST_INLINE: usize = 10_240;

/// How long a document is as IAM counts the inline policy of a role, if that is more than
/// [`LONGEST_INLINE`].
pub fn too_long_inline(document: &str) -> Option<usize> {
    let length = document.chars().filter(|character| !character.is_whitespace()).count();
    (length > LONGEST_INLINE).then_some(length)
}

/// A policy document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    version: &'static str,
    statement: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    sid: String,
    effect: Effect,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal: Option<Principal>,
    action: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    resource: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    condition: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
enum Effect {
    Allow,
    Deny,
}

/// Who a statement is about, by kind: `Service` or `AWS`.
type Principal = BTreeMap<&'static str, Vec<String>>;

impl Policy {
    /// A policy of these statements, in this order.
    pub fn of(statements: impl IntoIterator<Item = Statement>) -> Self {
        Self { version: VERSION, statement: statements.into_iter().collect() }
    }

    /// The document as JSON without blanks.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts and lists of texts are JSON")
    }

    /// Whether a document says the same, however it is written.
    pub fn is_said_by(&self, document: &str) -> bool {
        says_the_same(document, &self.to_json())
    }
}

/// Whether two documents say the same, however they are written.
pub fn says_the_same(one: &str, other: &str) -> bool {
    let (Ok(one), Ok(other)) =
        (serde_json::from_str::<Value>(one), serde_json::from_str::<Value>(other))
    else {
        return false;
    };
    canonical(&one) == canonical(&other)
}

impl Statement {
    /// Allows `actions`. `sid` names the statement: letters and digits alone.
    pub fn allow<S: Into<String>>(sid: &str, actions: impl IntoIterator<Item = S>) -> Self {
        Self::new(sid, Effect::Allow, actions)
    }

    /// Denies `actions`.
    pub fn deny<S: Into<String>>(sid: &str, actions: impl IntoIterator<Item = S>) -> Self {
        Self::new(sid, Effect::Deny, actions)
    }

    fn new<S: Into<String>>(
        sid: &str,
        effect: Effect,
        actions: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            sid: sid.to_owned(),
            effect,
            principal: None,
            action: sorted(actions),
            resource: Vec::new(),
            condition: BTreeMap::new(),
        }
    }

    /// On these resources, in the order of the alphabet.
    #[must_use]
    pub fn on<S: Into<String>>(mut self, resources: impl IntoIterator<Item = S>) -> Self {
        self.resource = sorted(resources);
        self
    }

    /// For these AWS services, such as `lambda.amazonaws.com`. In a policy of a resource or a trust.
    #[must_use]
    pub fn by_services<S: Into<String>>(mut self, services: impl IntoIterator<Item = S>) -> Self {
        self.principal = Some(BTreeMap::from([("Service", sorted(services))]));
        self
    }

    /// For these accounts or roles, by id or ARN; `*` is everybody.
    #[must_use]
    pub fn by<S: Into<String>>(mut self, principals: impl IntoIterator<Item = S>) -> Self {
        self.principal = Some(BTreeMap::from([("AWS", sorted(principals))]));
        self
    }

    /// Only where a key of the request has one of these values, as the operator compares them.
    #[must_use]
    pub fn only_if<S: Into<String>>(
        mut self,
        operator: &str,
        key: &str,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let keys = self.condition.entry(operator.to_owned()).or_default();
        keys.insert(key.to_owned(), sorted(values));
        self
    }
}

fn sorted<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Vec<String> {
    let mut texts: Vec<String> = texts.into_iter().map(Into::into).collect();
    texts.sort();
    texts.dedup();
    texts
}

/// The trust policy of a role that an AWS service takes on.
///
/// With `account`, only for what that account asks of the service: without it, anybody could make
/// the service use the role
/// (<https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html>).
pub fn trust_in_service(service: &str, conditions: &[(&str, &str, &str)]) -> Policy {
    let allow = Statement::allow("Assume", ["sts:AssumeRole"]).by_services([service]);
    Policy::of([conditions
        .iter()
        .fold(allow, |allow, (operator, key, value)| allow.only_if(operator, key, [*value]))])
}

/// What lets a function read the SSM parameters with these ARNs, which hold webhooks' URLs and tokens: the
/// parameters, and their keys, whichever they are, through SSM alone and for these parameters alone
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>).
pub fn read_webhooks(
    partition: &Partition,
    account: &AccountId,
    parameters: &BTreeSet<String>,
) -> [Statement; 2] {
    let regions: BTreeSet<Region> = parameters
        .iter()
        .filter_map(|arn| arn.parse::<Arn>().ok())
        .filter_map(|arn| arn.region())
        .collect();
    let keys = regions.iter().map(|region| format!("arn:{partition}:kms:{region}:{account}:key/*"));
    let services =
        regions.iter().map(|region| format!("ssm.{region}.{}", partition.service_domain()));
    [
        Statement::allow("Webhooks", ["ssm:GetParameter"]).on(parameters.clone()),
        Statement::allow("WebhookKeys", ["kms:Decrypt"])
            .on(keys)
            .only_if("StringEquals", "kms:ViaService", services)
            .only_if("StringEquals", "kms:EncryptionContext:PARAMETER_ARN", parameters.clone()),
    ]
}

/// A document as it is compared: a single value is a list of one, and no list has an order.
fn canonical(document: &Value) -> Value {
    match document {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(canonical).collect();
            items.sort_by_key(ToString::to_string);
            match items.as_slice() {
                [one] => one.clone(),
                _ => Value::Array(items),
            }
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| key.as_str());
            fields.into_iter().map(|(key, value)| (key.clone(), canonical(value))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => document.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reader() -> Policy {
        let read = Statement::allow("Read", ["s3:GetObject", "s3:GetObject", "s3:Get"])
            .on(["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"])
            .only_if("StringEquals", "aws:SourceAccount", ["123456789012"]);
        Policy::of([read])
    }

    #[test]
    fn the_text_is_the_same_for_the_same_parts() {
        assert_eq!(
            reader().to_json(),
            r#"{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:Get","s3:GetObject"],"Resource":["arn:aws:s3:::a/*","arn:aws:s3:::b/*"],"Condition":{"StringEquals":{"aws:SourceAccount":["123456789012"]}}}]}"#
        );
    }

    #[test]
    fn a_trust_names_the_service_alone() {
        let trust = trust_in_service(
            "scheduler.amazonaws.com",
            &[("StringEquals", "aws:SourceAccount", "123456789012")],
        );
        let wanted = json!({"Version": "2012-10-17", "Statement": [{
            "Sid": "Assume", "Effect": "Allow", "Action": ["sts:AssumeRole"],
            "Principal": {"Service": ["scheduler.amazonaws.com"]},
            "Condition": {"StringEquals": {"aws:SourceAccount": ["123456789012"]}},
        }]});
        assert_eq!(serde_json::from_str::<Value>(&trust.to_json()).unwrap(), wanted);
    }

    #[test]
    fn blanks_make_no_policy_too_long() {
        let longest = format!("{} {}", "x".repeat(LONGEST_INLINE), " ".repeat(9));
        assert_eq!(too_long_inline(&longest), None);
        assert_eq!(too_long_inline(&format!("{longest}y")), Some(LONGEST_INLINE + 1));
    }

    #[test]
    fn documents_are_compared_by_what_they_say() {
        let other_writing = r#"{ "Statement": {"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            "Resource": ["arn:aws:s3:::b/*", "arn:aws:s3:::a/*"], "Action": ["s3:GetObject", "s3:Get"],
            "Effect": "Allow", "Sid": "Read"}, "Version": "2012-10-17" }"#;
        assert!(reader().is_said_by(other_writing));
        assert!(!reader().is_said_by(&other_writing.replace("Allow", "Deny")));
        assert!(!reader().is_said_by(&other_writing.replace("s3:GetObject\"", "s3:*\"")));
        assert!(!reader().is_said_by("no JSON"));
    }
}
