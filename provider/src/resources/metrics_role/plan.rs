//! What a plan can know of a metrics role: everything, as soon as its inputs are known.

use std::collections::BTreeSet;

use framework::{Attr, Diagnostics, Error, Plan, Private, Result, path};

use super::model::{MetricsRole, Texts};
use super::policies::{self, LONGEST_TRUST, Sources};
use crate::aws::objects::policy::says_the_same;
use crate::aws::objects::role::{self, Role};
use crate::aws::{AccountId, Arn, Partition, names};
use crate::clients::{Clients, Defaults};
use crate::diagnose::Doing;
use crate::model::checks::{check, check_tags};
use crate::model::{account, arns, boundary, place, place::WHOSE, tags};

/// The path of roles where the provider block names none.
const IAM_PATH: &str = "/";

/// What the role says to be for.
pub(super) const DESCRIPTION: &str =
    "Lets Hinomi's locations of other accounts write metrics here.";
/// Private data: what the roles of locations began with, and may begin with still. A location that
/// exists keeps the name of its role whatever becomes of the provider's prefix.
const BEGINNINGS: &str = "beginnings";

/// Adds an error for all that is wrong with a configuration, whose values may be unknown.
pub(super) fn validate(config: &MetricsRole, diagnostics: &mut Diagnostics) {
    if let Some(given) = config.account.as_known() {
        account::validate(&given.id, &path!(MetricsRole => account), diagnostics);
    }
    check_tags(&config.tags, &path!(MetricsRole => tags), diagnostics);
    if config.source_accounts.is_null() && config.source_role_arns.is_null() {
        let detail = "Say by `source_accounts` which accounts' locations write metrics here, or by `source_role_arns` which roles do.";
        diagnostics.error(
            path!(MetricsRole => source_accounts),
            "Nobody may take the role on",
            detail,
        );
    }
    let at = path!(MetricsRole => source_accounts);
    for text in known(&config.source_accounts) {
        check::<AccountId>(&Attr::Known(text), at.clone(), diagnostics);
    }
    let at = path!(MetricsRole => source_role_arns);
    arns::check_all(&config.source_role_arns, &arns::ROLE, &at, diagnostics);
    let at = path!(MetricsRole => permissions_boundary);
    arns::check(&config.permissions_boundary, &arns::POLICY, &at, diagnostics);
}

fn known(set: &Attr<Texts>) -> Vec<String> {
    set.as_known().into_iter().flatten().filter_map(|text| text.as_known().cloned()).collect()
}

/// Sets everything that is known, and refuses what AWS would refuse.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<MetricsRole>) -> Result<()> {
    place::resolve(clients, plan).await?;
    let defaults = &clients.defaults;
    let (role_name, place) = (role_name(defaults, plan)?, placed(clients, &plan.planned).await?);
    let at = place.as_ref().map(|(partition, account)| (partition, account));
    let bounded = boundary::arn(&defaults.permissions_boundary, at);
    let planned = &mut plan.planned;
    planned.role_name = role_name;
    planned.permissions_boundary = plan.config.permissions_boundary.clone().or(bounded);
    planned.tags_all = tags::all(&planned.tags, defaults, &planned.name);
    planned.drift = Attr::Known([].into());
    planned.policy_json = Attr::Known(policies::writes_metrics().to_json());
    tags::check_count(&planned.tags_all, &mut plan.diagnostics);
    let path = iam_path(defaults);
    (planned.arn, planned.trust_policy_json) = (Attr::Unknown, Attr::Unknown);
    let Some((partition, account)) = place else { return Ok(()) };
    refuse_sources(plan, &partition, &account);
    let at = path!(MetricsRole => permissions_boundary);
    let boundary = &plan.config.permissions_boundary;
    arns::check_account(boundary, "role", account.as_str(), at, &mut plan.diagnostics);
    let beginnings = beginnings(&plan.private, defaults);
    if let Some(beginnings) = &beginnings {
        plan.private.keep(BEGINNINGS, beginnings)?;
    }
    let planned = &mut plan.planned;
    if let (Attr::Known(name), Attr::Known(path)) = (&planned.role_name, &path) {
        let arn = role::arn(&partition, &account, path, name);
        planned.arn = Attr::Known(arn.to_string());
    }
    if let (Some(sources), Some(beginnings)) = (sources(planned), beginnings) {
        let trust = policies::trust(&partition, &sources, &beginnings).to_json();
        let length = trust.chars().filter(|character| !character.is_whitespace()).count();
        let prior = plan.prior.as_ref().and_then(|prior| prior.trust_policy_json.as_known());
        let same = prior.filter(|prior| says_the_same(prior, &trust)).cloned();
        planned.trust_policy_json = Attr::Known(same.unwrap_or(trust));
        check_length(plan, length);
    }
    Ok(())
}

/// The role's name. One that exists keeps it, whatever becomes of prefix and stack.
fn role_name(defaults: &Defaults, plan: &Plan<MetricsRole>) -> Result<Attr<String>> {
    if let Some(prior) = plan.prior.as_ref().filter(|prior| prior.name == plan.planned.name) {
        return Ok(prior.role_name.clone());
    }
    let parts = (&defaults.name_prefix, &defaults.stack, &plan.planned.name);
    let (Attr::Known(prefix), Attr::Known(stack), Attr::Known(name)) = parts else {
        return Ok(Attr::Unknown);
    };
    fitted(prefix, stack, name).map(Attr::Known)
}

/// The name of the role that `stack` declares as `name`.
///
/// # Errors
/// When the prefix leaves no room, which the provider block's rules exclude.
pub(super) fn fitted(prefix: &str, stack: &str, name: &str) -> Result<String> {
    names::fit(names::ROLE, prefix, stack, &format!("{name}-metrics")).map_err(|problem| {
        Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
    })
}

/// The path of the role, and of the roles of locations.
fn iam_path(defaults: &Defaults) -> Attr<String> {
    defaults.iam_path.clone().or(Attr::Known(IAM_PATH.to_owned()))
}

/// The partition, which is that of the credentials, and the account, when they are known.
async fn placed(
    clients: &Clients,
    planned: &MetricsRole,
) -> Result<Option<(Partition, AccountId)>> {
    let account = planned.account.as_known().and_then(|account| account.id.as_known());
    let Some(account) = account.filter(|_| clients.aws_is_known()) else { return Ok(None) };
    let Ok(account) = account.parse::<AccountId>() else { return Ok(None) };
    let caller = clients.aws()?.caller().await.attempting(WHOSE)?;
    Ok(Some((caller.partition().clone(), account)))
}

/// What the roles of locations begin with: now, and as far as is known before.
fn beginnings(private: &Private, defaults: &Defaults) -> Option<BTreeSet<String>> {
    let (path, prefix) = (iam_path(defaults), &defaults.name_prefix);
    let now = format!("{}{}", path.as_known()?, prefix.as_known()?);
    let mut all: BTreeSet<String> = private.value(BEGINNINGS).unwrap_or_default();
    all.insert(now);
    Some(all)
}

/// Who may take the role on; nothing while any of it is unknown.
fn sources(planned: &MetricsRole) -> Option<Sources> {
    let texts = |set: &Attr<Texts>| match set {
        Attr::Null => Some(Vec::new()),
        Attr::Unknown => None,
        Attr::Known(set) => set.iter().map(|text| text.as_known().cloned()).collect(),
    };
    let accounts = texts(&planned.source_accounts)?;
    let accounts = accounts.iter().map(|id| id.parse().ok()).collect::<Option<_>>()?;
    Some(Sources { accounts, roles: texts(&planned.source_role_arns)?.into_iter().collect() })
}

/// What the role shall be, from attributes that are all known.
///
/// # Errors
/// A bug of the provider's, when one is not.
pub(super) fn wanted(
    planned: &MetricsRole,
    partition: &Partition,
    private: &Private,
    defaults: &Defaults,
) -> Result<Role> {
    let unknown = || Error::provider_bug("a source of metrics is not known while it must be");
    let sources = sources(planned).ok_or_else(unknown)?;
    let beginnings = beginnings(private, defaults).ok_or_else(unknown)?;
    Ok(Role {
        name: planned.role_name.known("role_name")?.clone(),
        description: DESCRIPTION.to_owned(),
        trust: policies::trust(partition, &sources, &beginnings),
        path: iam_path(defaults).known("iam_path")?.clone(),
        policy: policies::writes_metrics(),
        permissions_boundary: planned.permissions_boundary.as_known().cloned(),
        tags: tags::plain(&planned.tags_all).ok_or_else(unknown)?,
    })
}

/// A function of the home account writes with its own role; and a role must be one of some account in
/// the same part of AWS, whose root the trust names.
fn refuse_sources(plan: &mut Plan<MetricsRole>, partition: &Partition, home: &AccountId) {
    let own = format!(
        "The role lives in account {home} itself, whose locations write their metrics with roles of their own: name other accounts."
    );
    let mut problems = Vec::new();
    if known(&plan.planned.source_accounts).iter().any(|id| id.as_str() == home.as_str()) {
        let at = path!(MetricsRole => source_accounts);
        problems.push((at, "The role's own account", own.clone()));
    }
    for text in known(&plan.planned.source_role_arns) {
        let Ok(arn) = text.parse::<Arn>() else { continue };
        let at = path!(MetricsRole => source_role_arns);
        match arn.account() {
            None => {
                let detail = format!("`{text}` names no account, of which every role is one.");
                problems.push((at, "Invalid ARN of an IAM role", detail));
            }
            Some(account) if account == *home => {
                problems.push((at, "The role's own account", own.clone()));
            }
            Some(_) if arn.partition() != partition => {
                let detail = format!(
                    "`{text}` is in another part of AWS than the role, which is in `{partition}`."
                );
                problems.push((at, "A role of another partition", detail));
            }
            Some(_) => {}
        }
    }
    for (at, summary, detail) in problems {
        plan.diagnostics.error(at, summary, detail);
    }
}

fn check_length(plan: &mut Plan<MetricsRole>, length: usize) {
    if length > LONGEST_TRUST {
        let detail = format!(
            "The role's trust policy names them all, for which IAM has room for {LONGEST_TRUST} characters, and this would be {length}. Declare a second role, and give each monitor the one that its locations may take."
        );
        let at = path!(MetricsRole => source_accounts);
        plan.diagnostics.error(at, "Too many sources", detail);
    }
}
