//! Where a resource lives: its account and region, resolved when it is planned.

use framework::{Attr, Diagnostics, Path, Plan, Result};

use super::account::{Account, Choice, choose, choose_in_place};
use crate::aws;
use crate::clients::Clients;
use crate::diagnose::Doing;

/// A model that lives in an account, and maybe in a region.
pub trait Placed {
    /// The account.
    fn account(&self) -> &Attr<Account>;
    /// The account, to set.
    fn account_mut(&mut self) -> &mut Attr<Account>;
    /// The region; `None` for a service without regions.
    fn region(&self) -> Option<&Attr<String>>;
    /// The region, to set.
    fn region_mut(&mut self) -> Option<&mut Attr<String>>;
}

/// Resolves account and region of a plan.
///
/// What the resource says wins. A provider default that is not known yet keeps what exists; one that
/// changed makes a new object, with a warning that names both; role name and external id follow
/// their defaults in place. Where nobody says anything, a new object goes where the credentials
/// lead, and an existing one stays where it is.
///
/// # Errors
/// When AWS must be asked whose the credentials are, and can't be.
pub async fn resolve<M: Placed>(clients: &Clients, plan: &mut Plan<M>) -> Result<()> {
    let place_of =
        |model: &M| Place { account: model.account().clone(), region: model.region().cloned() };
    let wanted = Wanted {
        config: place_of(&plan.config),
        prior: plan.prior.as_ref().map(place_of),
        at: Path::root(),
        thing: "resource",
    };
    let place = resolve_one(clients, &wanted, &mut plan.diagnostics).await?;
    *plan.planned.account_mut() = place.account;
    if let (Some(planned), Some(region)) = (plan.planned.region_mut(), place.region) {
        *planned = region;
    }
    Ok(())
}

/// An account, and a region unless the service has none.
#[derive(Clone, Debug, Default)]
pub struct Place {
    /// The account.
    pub account: Attr<Account>,
    /// The region; `None` for a service without regions.
    pub region: Option<Attr<String>>,
}

/// One thing whose place is to be resolved: a resource, or an element of one.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What the configuration says.
    pub config: Place,
    /// Where it is now; `None` when it doesn't exist yet.
    pub prior: Option<Place>,
    /// The object whose attributes `account` and `region` are.
    pub at: Path,
    /// What it is called in a warning, such as "resource".
    pub thing: &'static str,
}

/// Resolves where one thing lives, by the rules of [`resolve`].
///
/// # Errors
/// When AWS must be asked whose the credentials are, and can't be.
pub async fn resolve_one(
    clients: &Clients,
    wanted: &Wanted,
    diagnostics: &mut Diagnostics,
) -> Result<Place> {
    let account = match &wanted.config.account {
        Attr::Unknown => Attr::Unknown,
        Attr::Null => {
            Attr::Known(resolve_account(clients, wanted, &Account::default(), diagnostics).await?)
        }
        Attr::Known(config) => {
            Attr::Known(resolve_account(clients, wanted, config, diagnostics).await?)
        }
    };
    let region = match &wanted.config.region {
        Some(config) => Some(resolve_region(clients, wanted, config, diagnostics).await?),
        None => None,
    };
    Ok(Place { account, region })
}

async fn resolve_account(
    clients: &Clients,
    wanted: &Wanted,
    config: &Account,
    diagnostics: &mut Diagnostics,
) -> Result<Account> {
    let defaults = clients.defaults.account_parts();
    let prior = wanted.prior.as_ref().and_then(|prior| prior.account.as_known());
    let existing = prior.and_then(|prior| prior.id.as_known());
    let id = match choose(&config.id, existing, &defaults.id) {
        Choice::Value(id) => id,
        Choice::Credentials if clients.aws_is_known() => {
            let caller = clients.aws()?.caller().await;
            let caller = caller.doing("tell", "AWS account", "of the credentials")?;
            Attr::Known(caller.account.to_string())
        }
        Choice::Credentials => Attr::Unknown,
    };
    if config.id.is_null() {
        warn_of_move(wanted, "account", existing, &id, diagnostics);
    }
    Ok(Account {
        id,
        role_name: choose_in_place(
            &config.role_name,
            prior.map(|prior| &prior.role_name),
            &defaults.role_name,
        ),
        external_id: choose_in_place(
            &config.external_id,
            prior.map(|prior| &prior.external_id),
            &defaults.external_id,
        ),
    })
}

async fn resolve_region(
    clients: &Clients,
    wanted: &Wanted,
    config: &Attr<String>,
    diagnostics: &mut Diagnostics,
) -> Result<Attr<String>> {
    let prior = wanted.prior.as_ref().and_then(|prior| prior.region.as_ref()?.as_known());
    let region = match choose(config, prior, &clients.defaults.region) {
        Choice::Value(region) => region,
        Choice::Credentials if clients.aws_is_known() => {
            let region = clients.aws()?.default_region().await;
            let region = region.doing("choose", "region", &format!("of the {}", wanted.thing));
            let at = wanted.at.attribute("region");
            Attr::Known(region.map_err(|problem| problem.at(at))?.to_string())
        }
        Choice::Credentials => Attr::Unknown,
    };
    if config.is_null() {
        warn_of_move(wanted, "region", prior, &region, diagnostics);
    }
    Ok(region)
}

/// A default that changed makes a new object without a word in the resource's own configuration.
fn warn_of_move(
    wanted: &Wanted,
    what: &str,
    prior: Option<&String>,
    planned: &Attr<String>,
    diagnostics: &mut Diagnostics,
) {
    if let (Some(prior), Attr::Known(planned)) = (prior, planned)
        && prior != planned
    {
        let thing = wanted.thing;
        let detail = format!(
            "The {thing} names no {what} of its own. It lives in {what} {prior}, and the provider's default is {planned} now: it is destroyed there and made anew here. To keep it, set its `{what}` to {prior}."
        );
        let summary = format!("The provider's default {what} moves the {thing}");
        diagnostics.warning(wanted.at.attribute(what), summary, detail);
    }
}

/// Where calls for a resource go, from its planned or stored attributes.
///
/// # Errors
/// A bug of the provider's, when they hold no valid account or region.
pub fn target(account: &Attr<Account>, region: Option<&Attr<String>>) -> Result<aws::Target> {
    let bug = |problem: String| framework::Error::provider_bug(problem);
    let account = account.as_known();
    let id = account.and_then(|account| account.id.as_known());
    let region = region.and_then(Attr::as_known);
    Ok(aws::Target {
        account: id.map(|id| id.parse()).transpose().map_err(|error| bug(format!("{error}")))?,
        role_name: account.and_then(|account| account.role_name.as_known()).cloned(),
        external_id: account.and_then(|account| account.external_id.as_known()).cloned(),
        region: region
            .map(|text| text.parse())
            .transpose()
            .map_err(|error| bug(format!("{error}")))?,
    })
}
