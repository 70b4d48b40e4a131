//! Taking an existing location into the state.

use framework::{Attr, Context, Diagnostics, Error, Path, Result};
use serde_json::Value;

use super::model::MonitorLocation;
use super::names::{Names, Place};
use super::{Entered, NAMES, THING, plan};
use crate::aws::objects::{Tags, bucket, function, role};
use crate::aws::{Session, tags};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::import_id::ImportId;
use crate::model::place::{self, Wanted, resolve_one, target};
use crate::model::texts::set;

/// Days for which reports are kept while there is no bucket to tell: the attribute's own default.
const ARTIFACT_DAYS: u32 = 31;

/// What a read needs of the location that an id names: `[role@]account/region/name`, or the name with
/// the provider's account and region. The name is the location's, or its function's.
///
/// # Errors
/// When there is no such location, or Hinomi did not make it.
pub(super) async fn find(context: &mut Context<'_, Clients>, id: &str) -> Result<MonitorLocation> {
    let id = ImportId::regional(id)?;
    let wanted = Wanted {
        config: place::Place { account: id.account, region: Some(id.region) },
        prior: None,
        at: Path::root(),
        thing: THING,
        is_promised: false,
    };
    let found = resolve_one(context.clients, &wanted, &mut Diagnostics::new()).await?;
    let region = found.region.unwrap_or_default();
    let session = {
        let target = target(&found.account, Some(&region))?;
        context.clients.session(&target, &context.cancel).await?
    };
    let place = Place::new(session.account().clone(), session.region().clone());
    let (names, function) = named(context.clients, &session, &place, &id.name).await?;
    context.private.keep(NAMES, &names)?;
    let location = MonitorLocation {
        name: Attr::Known(tag(&function.function.tags, tags::NAME)),
        account: found.account,
        region: Attr::Known(session.region().to_string()),
        force_destroy: Attr::Known(false),
        artifact_retention_days: Attr::Known(ARTIFACT_DAYS),
        ..MonitorLocation::default()
    };
    let entered = Entered { session, place, names, iam_path: plan::IAM_PATH.to_owned() };
    complete(&entered, location, &function).await
}

fn tag(tags: &Tags, key: &str) -> String {
    tags.get(key).cloned().unwrap_or_default()
}

/// The names of a location, by its own name or its function's, and the function.
async fn named(
    clients: &Clients,
    session: &Session,
    place: &Place,
    given: &str,
) -> Result<(Names, function::Found)> {
    let prefix = clients.defaults.name_prefix.known("name_prefix")?;
    let stack = clients.defaults.stack.known("stack")?;
    let failed = |detail: String, hint: &str| {
        Err(Error::new(format!("Unable to import {THING} `{given}`"), detail).hint(hint))
    };
    let ours = Names::of(prefix, stack, given, place)?.function;
    for candidate in [&ours, given] {
        let found = function::find(session, candidate).await.doing("import", THING, given)?;
        let Some(found) = found else { continue };
        let tags = &found.function.tags;
        let name = tag(tags, tags::NAME);
        match tags::ownership(tags, stack, &name) {
            tags::Ownership::Ours => {}
            tags::Ownership::Foreign => {
                let detail = format!("Hinomi did not make the function `{candidate}`.");
                return failed(detail, "declare a new location: it makes all that it needs.");
            }
            tags::Ownership::OtherStack { stack, .. } => {
                let detail = format!("The function `{candidate}` belongs to the stack `{stack}`.");
                return failed(
                    detail,
                    "give the provider the `stack` that the location was made with, and let no other configuration hold it.",
                );
            }
        }
        let names = Names::of(prefix, stack, &name, place)?;
        if names.function != *candidate {
            let detail = format!(
                "The function `{candidate}` has another beginning than this provider's `name_prefix`."
            );
            return failed(
                detail,
                "give the provider the `name_prefix` that the location was made with.",
            );
        }
        return Ok((names, found));
    }
    let detail = format!(
        "In account {}, region {}, there is no function `{ours}` or `{given}`.",
        place.account, place.region
    );
    failed(
        detail,
        "the id reads `[role@]account/region/name`, or `name` where the provider's account and region are meant.",
    )
}

/// Finds out what only the objects can tell: which roles are made, and what they may reach.
async fn complete(
    entered: &Entered,
    location: MonitorLocation,
    function: &function::Found,
) -> Result<MonitorLocation> {
    let Entered { session, names, .. } = entered;
    let name = location.name.as_known().cloned().unwrap_or_default();
    let of_role =
        async |role_name: &str| role::find(session, role_name).await.doing("import", THING, &name);
    let (probe, scheduler) =
        (of_role(&names.probe_role).await?, of_role(&names.scheduler_role).await?);
    let bucket = bucket::find(session, &names.bucket).await.doing("import", THING, &name)?;
    let has_canaries = bucket.is_some() || of_role(&names.canary_role).await?.is_some();
    let role_arn = &function.function.role_arn;
    let is_own = role_arn.rsplit('/').next() != Some(names.probe_role.as_str());
    let policy = probe.as_ref().and_then(|role| role.policy.clone()).unwrap_or_default();
    let boundary = [&probe, &scheduler]
        .into_iter()
        .flatten()
        .find_map(|role| role.permissions_boundary.clone());
    let mut location = MonitorLocation {
        canaries: Attr::Known(has_canaries),
        role_arn: if is_own { Attr::Known(role_arn.clone()) } else { Attr::Null },
        execution_role_arn: Attr::Known(role_arn.clone()),
        permissions_boundary: boundary.into(),
        secret_arns: set(resources(&policy, "Secrets")),
        assumable_role_arns: set(resources(&policy, "WriteMetricsElsewhere")),
        ..location
    };
    let path = Attr::Known(entered.iam_path.clone());
    plan::named(&mut location, &entered.place, names);
    plan::roles(&mut location, &entered.place, names, &path);
    location.execution_role_arn = Attr::Known(role_arn.clone());
    Ok(location)
}

/// What the statement with this id is about.
fn resources(policy: &str, sid: &str) -> Vec<String> {
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let statements = policy["Statement"].as_array().into_iter().flatten();
    let resource = |statement: &Value| {
        let resource = &statement["Resource"];
        let one = resource.as_str().map(str::to_owned);
        let several = resource.as_array().into_iter().flatten();
        let several = several.filter_map(|one| one.as_str().map(str::to_owned));
        one.into_iter().chain(several).collect::<Vec<_>>()
    };
    statements.filter(|statement| statement["Sid"] == sid).flat_map(resource).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_tells_what_it_was_made_for() {
        let policy = r#"{"Statement": [
            {"Sid": "Log", "Resource": ["a"]},
            {"Sid": "Secrets", "Resource": ["b", "c"]},
            {"Sid": "WriteMetricsElsewhere", "Resource": "d"}]}"#;
        assert_eq!(resources(policy, "Secrets"), ["b", "c"]);
        assert_eq!(resources(policy, "WriteMetricsElsewhere"), ["d"]);
        assert!(resources(policy, "Network").is_empty());
        assert!(resources("no JSON", "Secrets").is_empty());
    }
}
