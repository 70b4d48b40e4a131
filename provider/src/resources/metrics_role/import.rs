//! Taking an existing role into the state.

use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::model::{MetricsRole, Texts};
use super::{THING, plan, policies, session};
use crate::aws::objects::role::{self, Found};
use crate::aws::{Session, tags};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::import_id::ImportId;
use crate::model::place::{Place, Wanted, resolve_one};

/// What a read needs of the role that an id names: `[role@]account/name`, or the name with the
/// provider's account. The name is the declared one, or the role's own in AWS.
///
/// # Errors
/// When there is no such role, or Hinomi did not make it.
pub(super) async fn find(context: &mut Context<'_, Clients>, id: &str) -> Result<MetricsRole> {
    let id = ImportId::global(id)?;
    let wanted = Wanted {
        config: Place { account: id.account, region: None },
        prior: None,
        at: Path::root(),
        thing: THING,
        is_promised: false,
    };
    let place = resolve_one(context.clients, &wanted, &mut Diagnostics::new()).await?;
    let model = MetricsRole { account: place.account, ..MetricsRole::default() };
    let session = session(context, &model).await?;
    let (role_name, found) = named(context.clients, &session, &id.name).await?;
    let sources = policies::sources(&found.trust);
    let accounts = sources.accounts.iter().map(ToString::to_string);
    Ok(MetricsRole {
        name: found.tags.get(tags::NAME).cloned().into(),
        source_accounts: set(accounts),
        source_role_arns: set(sources.roles),
        permissions_boundary: found.permissions_boundary.clone().into(),
        role_name: Attr::Known(role_name),
        ..model
    })
}

/// The role that this stack would call so, else the one that is called so in AWS.
async fn named(clients: &Clients, session: &Session, given: &str) -> Result<(String, Found)> {
    let prefix = clients.defaults.name_prefix.known("name_prefix")?;
    let stack = clients.defaults.stack.known("stack")?;
    let failed = |detail: String, hint: &str| {
        Err(Error::new(format!("Unable to import {THING} `{given}`"), detail).hint(hint))
    };
    let ours = plan::fitted(prefix, stack, given)?;
    for candidate in [ours.as_str(), given] {
        let found = role::find(session, candidate).await.doing("import", THING, given)?;
        let Some(found) = found else { continue };
        let name = found.tags.get(tags::NAME).cloned().unwrap_or_default();
        let is_named = plan::fitted(prefix, stack, &name)? == candidate;
        if tags::ownership(&found.tags, stack, &name) == tags::Ownership::Ours && is_named {
            return Ok((candidate.to_owned(), found));
        }
        let detail =
            format!("The role `{candidate}` is not a {THING} of Hinomi's stack `{stack}`.");
        return failed(
            detail,
            "declare a new one, or give the provider the `stack` and `name_prefix` that it was made with.",
        );
    }
    let detail = format!("Account {} has no role `{ours}` or `{given}`.", session.account());
    failed(detail, "the id reads `[role@]account/name`, or `name` in the provider's own account.")
}

fn set(texts: impl IntoIterator<Item = String>) -> Attr<Texts> {
    let texts: Texts = texts.into_iter().map(Attr::Known).collect();
    if texts.is_empty() { Attr::Null } else { Attr::Known(texts) }
}
