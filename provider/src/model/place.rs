//! Where a resource lives: its account and region, resolved when it is planned.

use framework::{Attr, Diagnostics, Error, Path, Plan, Private, Result};

use super::account::{Account, Choice, DefaultAccount, choose, choose_in_place};
use crate::aws;
use crate::clients::{Clients, Defaults};
use crate::diagnose::Doing;

/// What a call to STS is for, as it reads after "Unable to ".
pub const WHOSE: &str = "find out whose the AWS credentials are";

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
/// lead, and an existing one stays where it is, with the way into it. When something else replaces
/// it, it is a new object: a warning says so beforehand if the credentials lead elsewhere.
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
        is_promised: is_promised(&plan.private),
    };
    let place = resolve_one(clients, &wanted, &mut plan.diagnostics).await?;
    *plan.planned.account_mut() = place.account;
    if let (Some(planned), Some(region)) = (plan.planned.region_mut(), place.region) {
        *planned = region;
    }
    Ok(())
}

/// Name of the private value that says that a plan kept what exists.
const PROMISE: &str = "defaults_not_known";

/// Notes at each read whether a default of the place is not known yet.
///
/// A plan keeps what exists then, and Terraform plans once more when it applies, with the default
/// known: what was known in the first plan must stay, so the second one needs to know of the first.
/// The place follows the default in the run after.
///
/// # Errors
/// When the note can't be kept.
pub fn note_promise(private: &mut Private, defaults: &Defaults) -> Result<()> {
    if defaults.place_is_unknown() {
        return private.keep(PROMISE, &true);
    }
    private.forget(PROMISE);
    Ok(())
}

/// Whether a plan may have kept what exists because a default was not known.
pub fn is_promised(private: &Private) -> bool {
    private.value(PROMISE).unwrap_or(false)
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
    /// Whether an earlier plan kept what exists: see [`note_promise`].
    pub is_promised: bool,
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
    let defaults = if wanted.is_promised {
        DefaultAccount::unknown()
    } else {
        clients.defaults.account_parts()
    };
    let prior = wanted.prior.as_ref().and_then(|prior| prior.account.as_known());
    let existing = prior.and_then(|prior| prior.id.as_known());
    let id = match choose(&config.id, existing, &defaults.id) {
        Choice::Value(id) => id,
        Choice::Credentials if clients.aws_is_known() => {
            let caller = clients.aws()?.caller().await.attempting(WHOSE)?;
            Attr::Known(caller.account.to_string())
        }
        Choice::Credentials => Attr::Unknown,
    };
    let is_declared = !(config.id.is_null() && defaults.id.is_null());
    if config.id.is_null() {
        warn_of_move(wanted, "account", existing, &id, diagnostics);
    }
    if let (false, Some(existing), true) = (is_declared, existing, clients.aws_is_known())
        && let Ok(caller) = clients.aws()?.caller().await
    {
        warn_of_leaving(wanted, "account", existing, caller.account.as_str(), diagnostics);
    }
    Ok(Account {
        id,
        role_name: choose_in_place(
            &config.role_name,
            prior.map(|prior| &prior.role_name),
            &defaults.role_name,
            is_declared,
        ),
        external_id: choose_in_place(
            &config.external_id,
            prior.map(|prior| &prior.external_id),
            &defaults.external_id,
            is_declared,
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
    let default = if wanted.is_promised { Attr::Unknown } else { clients.defaults.region.clone() };
    let region = match choose(config, prior, &default) {
        Choice::Value(region) => region,
        Choice::Credentials if clients.aws_is_known() => {
            let region = clients.aws()?.default_region().await;
            let region = region.attempting(&format!("choose a region for the {}", wanted.thing));
            let at = wanted.at.attribute("region");
            Attr::Known(region.map_err(|problem| problem.at(at))?.to_string())
        }
        Choice::Credentials => Attr::Unknown,
    };
    if config.is_null() {
        warn_of_move(wanted, "region", prior, &region, diagnostics);
    }
    if let (true, Attr::Null, Some(prior), true) =
        (config.is_null(), &default, prior, clients.aws_is_known())
        && let Ok(region) = clients.aws()?.default_region().await
    {
        warn_of_leaving(wanted, "region", prior, region.as_str(), diagnostics);
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
        let setting = setting(what, prior);
        let detail = format!(
            "The {thing} names no {what} of its own. It lives in {what} {prior}, and the provider's default is {planned} now: it is destroyed there and made anew here. To keep it, set its {setting}."
        );
        let summary = format!("The provider's default {what} moves the {thing}");
        diagnostics.warning(wanted.at.attribute(what), summary, detail);
    }
}

/// An object that nothing declares a place for stays where it is, but a replacement would not.
fn warn_of_leaving(
    wanted: &Wanted,
    what: &str,
    prior: &str,
    elsewhere: &str,
    diagnostics: &mut Diagnostics,
) {
    if prior != elsewhere {
        let (thing, setting) = (wanted.thing, setting(what, prior));
        let detail = format!(
            "The {thing} lives in {what} {prior}, which neither it nor the provider block names, and the AWS environment leads to {elsewhere}. It stays where it is as long as it is changed in place; if it is replaced, the new one is made in {elsewhere}. To be sure, set its {setting}."
        );
        let summary = format!("The {what} of the {thing} is declared nowhere");
        diagnostics.warning(wanted.at.attribute(what), summary, detail);
    }
}

/// How a place is written in a configuration.
fn setting(what: &str, value: &str) -> String {
    if what == "account" {
        format!("`account = {{ id = \"{value}\" }}`")
    } else {
        format!("`{what} = \"{value}\"`")
    }
}

/// Where calls for a resource go, from its planned or stored attributes.
///
/// # Errors
/// A bug of the provider's, when they hold no valid account or region.
pub fn target(account: &Attr<Account>, region: Option<&Attr<String>>) -> Result<aws::Target> {
    let bug = |problem: String| Error::provider_bug(problem);
    let is_unknown = account.as_known().is_some_and(|account| {
        let Account { id, role_name, external_id } = account;
        [id, role_name, external_id].iter().any(|part| part.is_unknown())
    });
    if is_unknown || account.is_unknown() || region.is_some_and(Attr::is_unknown) {
        return Err(Error::new(
            "The account or region is not known yet",
            "It comes from a value that something else has to make first, so there is no account or region to ask.",
        )
        .hint("name the account and the region, or apply what makes the value first (`-target`)."));
    }
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
