//! `hinomi_costs`: what accounts cost, day by day or month by month.
//!
//! `model` has the attributes, `rows` makes them from what is known. Where that comes from is shared
//! with other data sources: [`crate::model::cost_history`].

mod model;
mod rows;

use std::collections::BTreeMap;

use framework::{Attr, DataSource, Diagnostics, Reading, Result, path};

pub use self::model::CostList;
use crate::aws::AccountId;
use crate::clients::Clients;
use crate::model::account;
use crate::model::checks::check;
use crate::model::cost_history::{self, CostSource};
use crate::model::day;

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct Costs;

impl DataSource for Costs {
    const NAME: &'static str = "costs";
    type Model = CostList;
    type Clients = Clients;

    fn validate(config: &CostList, diagnostics: &mut Diagnostics) {
        cost_history::validate(source(config), diagnostics);
        day::check_span(
            (&config.start, path!(CostList => start)),
            (&config.end, path!(CostList => end)),
            diagnostics,
        );
        account::validate_ids(&config.accounts, &path!(CostList => accounts), diagnostics);
        let at = path!(CostList => account_purposes);
        for account in config.account_purposes.as_known().into_iter().flat_map(BTreeMap::keys) {
            check::<AccountId>(&Attr::Known(account.clone()), at.key(account), diagnostics);
        }
    }

    async fn read(context: &mut Reading<'_, Clients>, config: CostList) -> Result<CostList> {
        let days = (
            day::known(&config.start, path!(CostList => start))?,
            day::known(&config.end, path!(CostList => end))?,
        );
        let read = cost_history::read(context, source(&config), days).await?;
        Ok(rows::fill(config, days, &read))
    }
}

fn source(config: &CostList) -> CostSource<'_> {
    CostSource { account: &config.account, history: &config.history, max_calls: &config.max_calls }
}
