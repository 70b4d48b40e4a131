//! Ids that a user gives to `import`: `[role@]account/region/name`, or the plain name.

use framework::{Attr, Error, Result};

use super::account::Account;
use crate::aws::{AccountId, Region};

/// What an id says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportId {
    /// The account and its role; null where the provider's defaults are meant.
    pub account: Attr<Account>,
    /// The region; null where the provider's default is meant, or the service has none.
    pub region: Attr<String>,
    /// The object's name in AWS.
    pub name: String,
}

impl ImportId {
    /// Reads the id of an object that lives in a region: `[role@]account/region/name`, or its name.
    ///
    /// # Errors
    /// When an account is named without a region.
    pub fn regional(id: &str) -> Result<Self> {
        let Some((account, rest)) = account_of(id) else { return plain(id) };
        match rest.split_once('/') {
            Some((region, name)) if region.parse::<Region>().is_ok() && !name.is_empty() => {
                Ok(Self { account, region: Attr::Known(region.to_owned()), name: name.to_owned() })
            }
            _ => Err(Error::new(
                format!("Invalid import id `{id}`"),
                "After the account comes the region: `[role@]account/region/name`, such as `monitoring@123456789012/eu-west-1/checkout`.",
            )),
        }
    }

    /// Reads the id of an object of a global service: `[role@]account/name`, or its name.
    ///
    /// # Errors
    /// When there is no name.
    pub fn global(id: &str) -> Result<Self> {
        match account_of(id) {
            Some((account, name)) if !name.is_empty() => {
                Ok(Self { account, region: Attr::Null, name: name.to_owned() })
            }
            _ => plain(id),
        }
    }
}

fn plain(name: &str) -> Result<ImportId> {
    if name.is_empty() {
        return Err(Error::new("Invalid import id", "The id is empty."));
    }
    Ok(ImportId { account: Attr::Null, region: Attr::Null, name: name.to_owned() })
}

/// The account and role before the first `/` that follows an account's id, and what comes after it.
fn account_of(id: &str) -> Option<(Attr<Account>, &str)> {
    let (role, rest) = match id.split_once('@') {
        Some((role, rest)) if !role.is_empty() => (Attr::Known(role.to_owned()), rest),
        _ => (Attr::Null, id),
    };
    let (account, rest) = rest.split_once('/')?;
    account.parse::<AccountId>().ok()?;
    let account =
        Account { id: Attr::Known(account.to_owned()), role_name: role, external_id: Attr::Null };
    Some((Attr::Known(account), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(id: &str, role: Option<&str>) -> Attr<Account> {
        Attr::Known(Account {
            id: Attr::Known(id.to_owned()),
            role_name: role.map(str::to_owned).into(),
            external_id: Attr::Null,
        })
    }

    #[test]
    fn ids_are_read() {
        let id =
            ImportId::regional("ops/monitoring@123456789012/eu-west-1/checkout").expect("valid");
        assert_eq!(id.account, account("123456789012", Some("ops/monitoring")));
        assert_eq!(id.region, Attr::Known("eu-west-1".to_owned()));
        assert_eq!(id.name, "checkout");

        let id = ImportId::global("123456789012/Team budget/2026").expect("valid");
        assert_eq!(id.account, account("123456789012", None));
        assert_eq!(id.name, "Team budget/2026");

        let id = ImportId::regional("checkout").expect("valid");
        assert_eq!((id.account, id.region, id.name.as_str()), (Attr::Null, Attr::Null, "checkout"));
    }

    #[test]
    fn an_account_needs_a_region() {
        assert!(ImportId::regional("123456789012/checkout").is_err());
        assert!(ImportId::global("").is_err());
    }
}
