//! What AWS or Discord would refuse, and what would ring for nobody, found before anything is
//! applied.

mod hub;
mod parts;

use framework::{Attr, Diagnostics, Path, path};

use super::blueprint::regions_of;
use super::model::Relay;
use super::names::{Names, Place};
use super::policies;
use crate::aws::objects::policy::{LONGEST_INLINE, too_long_inline};
use crate::aws::{AccountId, Arn, Partition, Region};
use crate::model::checks::{check, check_all, check_tags, refuse};
use crate::model::texts::known as texts;
use crate::model::{account, timeouts};

/// Checks what is known of a configuration.
pub(super) fn validate(config: &Relay, diagnostics: &mut Diagnostics) {
    if let Some(account) = config.account.as_known() {
        account::validate(&account.id, &path!(Relay => account), diagnostics);
    }
    check::<Region>(&config.region, path!(Relay => region), diagnostics);
    check_all::<Region>(&config.regions, &path!(Relay => regions), diagnostics);
    check_all::<AccountId>(&config.source_accounts, &path!(Relay => source_accounts), diagnostics);
    check_all::<Region>(&config.source_regions, &path!(Relay => source_regions), diagnostics);
    check_tags(&config.tags, &path!(Relay => tags), diagnostics);
    timeouts::validate(&config.timeouts, &path!(Relay => timeouts), diagnostics);
    check_regions(config, diagnostics);
    match &config.hub {
        Attr::Known(hub) => parts::check_spoke(config, hub, diagnostics),
        Attr::Null => hub::check_hub(config, diagnostics),
        Attr::Unknown => {}
    }
    check_accounts(config, diagnostics);
}

/// Checks what depends on the account and region, which a plan has found out.
pub(super) fn check_placed(
    planned: &Relay,
    partition: Option<&Partition>,
    diagnostics: &mut Diagnostics,
) {
    check_accounts(planned, diagnostics);
    check_regions(planned, diagnostics);
    let home = planned.region.as_known().and_then(|region| region.parse::<Region>().ok());
    if let (Some(partition), Some(home)) = (partition, home)
        && home.partition() != *partition
    {
        let detail = format!(
            "The region {home} belongs to another part of AWS than the credentials, which are of `{partition}`."
        );
        refuse(diagnostics, path!(Relay => region), detail);
    }
}

/// Inline policies have little room, and a refusal would come half-way through an apply. A role that is
/// given has its policy from elsewhere.
pub(super) fn check_policy(planned: &Relay, diagnostics: &mut Diagnostics) {
    let policy = planned.policy_json.as_known().filter(|_| planned.role_arn.is_null());
    let Some(length) = policy.and_then(|policy| too_long_inline(policy)) else { return };
    let detail = format!(
        "The policy of the function's role names the parameters of all routes, for which IAM has room for {LONGEST_INLINE} characters, and this would be {length}. Let routes share parameters, as those to threads of one channel can, or give a `role_arn`."
    );
    refuse(diagnostics, path!(Relay => routes), detail);
}

/// The queue's policy names all accounts that may feed it.
pub(super) fn check_queue_policy(
    planned: &Relay,
    names: &Names,
    place: &Place,
    diagnostics: &mut Diagnostics,
) {
    if planned.is_spoke() != Some(false) {
        return;
    }
    let (regions, source_regions) =
        (regions_of(&planned.regions), regions_of(&planned.source_regions));
    let sources = texts(&planned.source_accounts);
    let policy = policies::queue(place, names, &regions, &sources, &source_regions);
    let length = policy.to_json().len();
    if length > LONGEST_QUEUE_POLICY {
        let detail = format!(
            "The queue's policy names all accounts, for which SQS has room for {LONGEST_QUEUE_POLICY} bytes, and this would be {length}. Let some of the accounts feed another hub."
        );
        refuse(diagnostics, path!(Relay => source_accounts), detail);
    }
}

/// Most bytes of a queue's policy
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html>).
const LONGEST_QUEUE_POLICY: usize = 8_192;

/// The home region is one of the regions, and all are of one part of AWS: SNS delivers to queues of
/// its own partition only.
fn check_regions(relay: &Relay, diagnostics: &mut Diagnostics) {
    let Some(home) = relay.region.as_known() else { return };
    let Some(given) = relay.regions.as_known() else { return };
    let at = path!(Relay => regions);
    if given.iter().all(|region| region.as_known().is_some_and(|region| region != home)) {
        let detail = format!(
            "The home region `{home}` is missing: budgets, cost anomalies and the drill use its topic. Add it, or set `region` to one of these."
        );
        refuse(diagnostics, at.clone(), detail);
    }
    let Ok(home) = home.parse::<Region>() else { return };
    for region in texts(&relay.regions) {
        let Ok(region) = region.parse::<Region>() else { continue };
        if region.partition() != home.partition() {
            let detail = format!(
                "The region {region} belongs to another part of AWS than the home region {home}: neither roles nor topics reach across. Give it a relay of its own."
            );
            refuse(diagnostics, at.clone(), detail);
        }
    }
}

/// What must be in the relay's own account.
fn check_accounts(relay: &Relay, diagnostics: &mut Diagnostics) {
    let account = relay.account.as_known().and_then(|account| account.id.as_known());
    let Some(own) = account.and_then(|id| id.parse::<AccountId>().ok()) else { return };
    let mut check = |arn: &Attr<String>, at: Path, what: &str| {
        let Some(arn) = arn.as_known().and_then(|arn| arn.parse::<Arn>().ok()) else { return };
        if let Some(other) = arn.account().filter(|other| *other != own) {
            let detail =
                format!("The {what} is in account {other}, and the relay is in account {own}.");
            refuse(diagnostics, at, detail);
        }
    };
    check(&relay.webhook_parameter_arn, path!(Relay => webhook_parameter_arn), "parameter");
    check(&relay.bot_token_parameter_arn, path!(Relay => bot_token_parameter_arn), "parameter");
    check(&relay.role_arn, path!(Relay => role_arn), "role");
    check(&relay.scheduler_role_arn, path!(Relay => scheduler_role_arn), "role");
    let boundary = path!(Relay => permissions_boundary);
    check(&relay.permissions_boundary, boundary, "policy of `permissions_boundary`");
    for (name, route) in relay.routes.as_known().into_iter().flatten() {
        if let Some(route) = route.as_known() {
            let at = path!(Relay => routes).key(name).attribute("webhook_parameter_arn");
            check(&route.webhook_parameter_arn, at, "parameter");
        }
    }
    if texts(&relay.source_accounts).contains(own.as_str()) {
        let detail = format!(
            "{own} is the relay's own account: its alarms, and the topics of spokes in it, may ring anyhow. Leave it out."
        );
        refuse(diagnostics, path!(Relay => source_accounts), detail);
    }
}

#[cfg(test)]
mod tests;
