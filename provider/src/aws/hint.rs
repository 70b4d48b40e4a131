//! What a person can do about a failure.

use super::classify::ASSUME_ROLE;
use super::error::{Failure, Kind};

impl Failure {
    /// What a person can do about it, as one sentence.
    pub fn hint(&self) -> Option<String> {
        let (principal, own) = self.advice();
        if let Some(own) = own {
            return Some(own.to_owned());
        }
        match self.kind() {
            Kind::Denied => Some(self.denied_hint(principal)),
            Kind::Throttled => Some(
                "AWS limits the rate of calls in this account; run again, or with a lower \
                 `-parallelism`."
                    .to_owned(),
            ),
            Kind::Quota => Some(
                "a quota of the account is used up; raise it in Service Quotas or remove what is \
                 no longer needed."
                    .to_owned(),
            ),
            Kind::Configuration => Some(
                "check AWS credentials and region: the provider's `profile`, `region` and \
                 `assume_role`, AWS_PROFILE, AWS_ACCESS_KEY_ID, or `aws sso login`."
                    .to_owned(),
            ),
            Kind::Unavailable => Some(
                "check the network, HTTPS_PROXY and `endpoint_url`; what was sent may have taken \
                 effect, and the next apply continues from there."
                    .to_owned(),
            ),
            Kind::WrongAccount => Some(
                "check the credentials, or give `role_name` (and `external_id`) of a role in the \
                 wanted account."
                    .to_owned(),
            ),
            Kind::NotFound
            | Kind::Conflict
            | Kind::Invalid
            | Kind::Cancelled
            | Kind::Timeout
            | Kind::Other => None,
        }
    }

    fn denied_hint(&self, principal: Option<&str>) -> String {
        let who = principal.unwrap_or("the credentials in use");
        if self.operation() == Some(ASSUME_ROLE) {
            return format!(
                "the role's trust policy must name {who} and, if it asks for an external id, the \
                 same one; {who} needs `sts:AssumeRole` on the role."
            );
        }
        match self.missing_action() {
            Some(action) => format!("allow `{action}` for {who}."),
            None => format!("allow the action for {who}."),
        }
    }

    /// The action that AWS's message names (a create may need those of other services, such as
    /// `iam:PassRole`), or else the operation's own.
    fn missing_action(&self) -> Option<String> {
        let named = self.message().split("not authorized to perform: ").nth(1).and_then(|rest| {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':' || c == '-'));
            let action = &rest[..end.unwrap_or(rest.len())];
            action.contains(':').then(|| action.to_owned())
        });
        named.or_else(|| self.operation().map(|operation| operation.iam_action()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::error::Operation;

    const CREATE: Operation = Operation { service: "synthetics", name: "CreateCanary" };

    #[test]
    fn denied_names_the_action_and_the_principal() {
        let role = "arn:aws:sts::123456789012:assumed-role/ops/hinomi";
        let denied = |message: &str| {
            Failure::new(Kind::Denied, message).during(CREATE).met_by(role).hint().unwrap()
        };
        assert_eq!(denied("no"), format!("allow `synthetics:CreateCanary` for {role}."));
        let passing = "User: x is not authorized to perform: iam:PassRole on resource: y";
        assert_eq!(denied(passing), format!("allow `iam:PassRole` for {role}."));
        let odd = "not authorized to perform: é";
        assert!(denied(odd).contains("synthetics:CreateCanary"));
    }

    #[test]
    fn a_refused_role_points_at_its_trust_policy() {
        let failure = Failure::new(Kind::Denied, "no")
            .during(ASSUME_ROLE)
            .met_by("arn:aws:iam::123456789012:user/me");
        let hint = failure.hint().unwrap();
        assert!(hint.contains("trust policy") && hint.contains("user/me"), "{hint}");
    }

    #[test]
    fn own_advice_wins() {
        let failure = Failure::new(Kind::Throttled, "slow").advising("wait for it.");
        assert_eq!(failure.hint().as_deref(), Some("wait for it."));
    }
}
