//! `hinomi_accounts`: the accounts of an organization.
//!
//! `model` has the attributes, `select` what of the organization is asked for, `told` what is said
//! of it and when it can't be read.

mod model;
mod select;
mod told;

use framework::{DataSource, Diagnostics, Reading, Result, path};

pub use self::model::AccountList;
use crate::aws::reads::directory;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::account::{self, Account};
use crate::model::place::target;

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct Accounts;

impl DataSource for Accounts {
    const NAME: &'static str = "accounts";
    type Model = AccountList;
    type Clients = Clients;

    fn validate(config: &AccountList, diagnostics: &mut Diagnostics) {
        if let Some(account) = config.account.as_known() {
            account::validate(&account.id, &path!(AccountList => account), diagnostics);
        }
        select::validate(config, diagnostics);
    }

    async fn read(context: &mut Reading<'_, Clients>, config: AccountList) -> Result<AccountList> {
        let asked = target(&config.account.clone().map(Account::from), None)?;
        let session = context.clients.global_session(&asked, &context.cancel).await?;
        let found = directory::read(&session).await;
        let directory = told::of_organization(&session, found).await?;
        let ids = select::before_tags(&directory, &config)?;
        let tags = if select::needs_tags(&config) {
            let organization = &directory.organization_id;
            let read = directory::tags(&session, ids.iter().cloned()).await;
            let what = format!("read the tags of the accounts of organization `{organization}`");
            Some(read.attempting(&what)?)
        } else {
            None
        };
        Ok(select::fill(config, &directory, &ids, tags.as_ref()))
    }
}
