//! Whose an object is that has our name.

use std::collections::BTreeMap;

use framework::{Error, Result};

use super::THING;
use crate::aws::Session;
use crate::aws::tags::{self, Ownership};

/// The declaration that asks for an object: an alert of a stack.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner<'a> {
    pub(super) stack: &'a str,
    pub(super) name: &'a str,
}

impl Owner<'_> {
    /// Whether tags say that this declaration made the object.
    pub(super) fn made(&self, tags: &BTreeMap<String, String>) -> bool {
        !self.stack.is_empty() && tags::ownership(tags, self.stack, self.name) == Ownership::Ours
    }
}

/// Refuses a budget that this declaration has not made.
///
/// # Errors
/// When the tags say that something else made it.
pub(super) fn refuse_if_foreign(
    owner: &Owner<'_>,
    session: &Session,
    budget: &str,
    found: &BTreeMap<String, String>,
) -> Result<()> {
    let made_by = match tags::ownership(found, owner.stack, owner.name) {
        Ownership::Ours => return Ok(()),
        Ownership::Foreign => "something else than Hinomi made it".to_owned(),
        Ownership::OtherStack { stack, name } => {
            format!("it belongs to `{name}` of the stack `{stack}`")
        }
    };
    let (account, name) = (session.account(), owner.name);
    let detail = format!("Account {account} has a budget `{budget}` already, and {made_by}.");
    Err(Error::new(format!("Unable to create {THING} `{name}`"), detail).hint(format!(
        "to manage that budget here, import it by the id `{account}/{budget}`; else choose another `name`."
    )))
}
