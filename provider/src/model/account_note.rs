//! What accounts are called and what they are for.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::relay;
use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::refuse;
use super::lift;

/// Notes by the accounts' ids.
pub type AccountNotes = BTreeMap<String, Attr<AccountNote>>;

/// What an account is called and what it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountNote {
    /// Name of the account.
    #[schemars(length(min = 1, max = 100), extend("x-tf" = tf::required()))]
    pub name: Attr<String>,
    /// What the account is for, such as `ticket shop, production`.
    #[schemars(length(min = 1, max = 200), extend("x-tf" = tf::optional()))]
    pub purpose: Attr<String>,
}

/// Adds an error for each key that is no account.
pub fn check(notes: &Attr<AccountNotes>, at: &Path, diagnostics: &mut Diagnostics) {
    for (id, note) in notes.as_known().into_iter().flatten() {
        if let Err(problem) = id.parse::<AccountId>() {
            refuse(diagnostics, at.key(id), format!("{problem}."));
        }
        if note.is_null() {
            refuse(diagnostics, at.key(id), "The account is null.");
        }
    }
}

/// The notes that are known, for a function.
pub fn at_run_time(notes: &Attr<AccountNotes>) -> BTreeMap<String, relay::Account> {
    lift::entries(notes)
        .map(|(id, note)| {
            let account = relay::Account {
                name: note.name.as_known().cloned().unwrap_or_default(),
                purpose: note.purpose.as_known().cloned(),
            };
            (id.clone(), account)
        })
        .collect()
}

/// Sets notes as a function has them.
pub fn lift(notes: &mut Attr<AccountNotes>, found: &BTreeMap<String, relay::Account>) {
    lift::map(notes, found, |_: Option<&AccountNote>, account| AccountNote {
        name: Attr::Known(account.name.clone()),
        purpose: account.purpose.clone().into(),
    });
}
