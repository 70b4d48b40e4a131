//! What a user reads when an organization can't be read.

use std::sync::Arc;

use framework::{Error, Result, path};

use super::model::AccountList;
use crate::aws::reads::directory::Directory;
use crate::aws::reads::organization::management_account;
use crate::aws::{Failure, Kind, Session};
use crate::diagnose;

/// The directory that was read, or why there is none and what can be done.
pub(super) async fn of_organization(
    session: &Session,
    found: Result<Option<Arc<Directory>>, Failure>,
) -> Result<Arc<Directory>> {
    let what = format!("read the organization of account `{}`", session.account());
    let problem = match found {
        Ok(Some(directory)) => return Ok(directory),
        Ok(None) => {
            let detail = format!("Account {} belongs to no organization.", session.account());
            Error::new(format!("Unable to {what}"), detail)
                .hint("name the management account of an organization as `account`, or make one of this account in AWS Organizations.")
        }
        Err(failure) if failure.kind() == Kind::Denied => {
            // Every account of an organization may ask who manages it.
            let management = management_account(session).await.ok().flatten();
            let elsewhere = management.filter(|management| management != session.account());
            let error = diagnose::attempted(&failure, &what);
            match elsewhere {
                Some(management) => error.hint(format!(
                    "account {management} manages the organization: ask there with `account = {{ id = \"{management}\" }}`, or let it make this one a delegated administrator."
                )),
                None => error,
            }
        }
        Err(failure) => diagnose::attempted(&failure, &what),
    };
    Err(problem.at(path!(AccountList => account)))
}
