//! The organization that an account belongs to, asked for once per account.

use crate::aws::{AccountId, Failure, Kind, Session};

/// Prefix of the IAM actions of Organizations.
pub(super) const SERVICE: &str = "organizations";

/// The code for an account that belongs to none
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html>).
pub(super) const NOT_IN_USE: &str = "AWSOrganizationsNotInUseException";

/// The account that manages the organization; `None` when the session's account belongs to none.
/// Every account of an organization may ask.
///
/// # Errors
/// What `DescribeOrganization` fails with; [`Kind::Other`] when the answer names no account.
pub async fn management_account(session: &Session) -> Result<Option<AccountId>, Failure> {
    session.listings().global.management.of(&(), Box::pin(ask(session))).await
}

async fn ask(session: &Session) -> Result<Option<AccountId>, Failure> {
    let asked = session.organizations().describe_organization().send().await;
    match asked.map_err(session.failed(SERVICE, "DescribeOrganization")) {
        Ok(answer) => {
            let id = answer.organization.and_then(|organization| organization.master_account_id);
            let id = id.and_then(|id| id.parse().ok());
            let unnamed = || Failure::new(Kind::Other, "the answer names no management account");
            id.map(Some).ok_or_else(unnamed)
        }
        Err(failure) if failure.code() == Some(NOT_IN_USE) => Ok(None),
        Err(failure) => Err(failure),
    }
}
