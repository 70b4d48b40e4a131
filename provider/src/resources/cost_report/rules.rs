//! What AWS or Discord would refuse, found before anything is asked of them.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::report::{InvalidSetting, Purpose, Run};
use discord::Snowflake;
use framework::{Attr, Diagnostics, Path, path};

use super::model::{CostReport, Event, History, MOST_CALLS};
use super::names::{Names, Place};
use super::wanted::bucket_name;
use super::{THING, plan, queries, settings};
use crate::aws::Region;
use crate::aws::objects::policy::{LONGEST_INLINE, too_long_inline};
use crate::clients::Defaults;
use crate::model::checks::{
    check, check_all, check_parameter, check_retention, check_tags, check_timezone, refuse,
};
use crate::model::{account, account_note, arns, day, purpose, timeouts};

/// Most bytes of a schedule's input
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/scheduler-quotas.html>). Whether it is counted with the
/// backslashes that it has in a request isn't said: so it is counted with them.
const LONGEST_INPUT: usize = 262_144;
/// Calls that a morning makes at least of each source: for what was charged, and for what was credited.
const LEAST_CALLS: u32 = 2;

/// Adds an error for all that is wrong with a configuration, whose values may be unknown.
pub(super) fn validate(config: &CostReport, diagnostics: &mut Diagnostics) {
    check::<Region>(&config.region, path!(CostReport => region), diagnostics);
    if let Some(given) = config.account.as_known() {
        account::validate(&given.id, &path!(CostReport => account), diagnostics);
    }
    check_tags(&config.tags, &path!(CostReport => tags), diagnostics);
    timeouts::validate(&config.timeouts, &path!(CostReport => timeouts), diagnostics);
    let webhook = path!(CostReport => webhook_parameter_arn);
    check_parameter(&config.webhook_parameter_arn, webhook, diagnostics);
    check::<Snowflake>(&config.thread_id, path!(CostReport => thread_id), diagnostics);
    check_timezone(&config.timezone, path!(CostReport => timezone), diagnostics);
    let retention = path!(CostReport => log_retention_days);
    check_retention(&config.log_retention_days, retention, diagnostics);
    account_note::check(&config.accounts, &path!(CostReport => accounts), diagnostics);
    if let Some(mention) = config.mentions.as_known() {
        mention.check(&path!(CostReport => mentions), diagnostics);
    }
    check_roles(config, diagnostics);
    purpose::validate(&config.purpose_from, &path!(CostReport => purpose_from), diagnostics);
    check_sources(config, diagnostics);
    check_budgets(config, diagnostics);
    check_events(config, diagnostics);
    if let Some(currency) = config.currency.as_known() {
        let at = path!(CostReport => currency).attribute("as_of");
        check_day(&currency.as_of, at, diagnostics);
    }
    if let Some(history) = config.history.as_known() {
        check_history(history, diagnostics);
    }
    check_settings(config, diagnostics);
    if let Some(own) = config.account.as_known().and_then(|account| account.id.as_known()) {
        check_accounts(config, own, diagnostics);
    }
}

/// Checks what depends on the account and region, which a plan has found out, and what is whole only then.
pub(super) fn check_placed(
    planned: &CostReport,
    place: &Place,
    names: &Names,
    defaults: &Defaults,
    diagnostics: &mut Diagnostics,
) {
    check_accounts(planned, place.account.as_str(), diagnostics);
    check_policy(planned, diagnostics);
    check_queries(planned, names, diagnostics);
    let base_url = defaults.discord_base_url.as_known().cloned();
    let Ok(settings) = settings::of(planned, &bucket_name(planned, names), base_url) else {
        return;
    };
    let scheduled_time = contract::probe::SCHEDULED_TIME.to_owned();
    let run = Run { hinomi: Purpose::Report, settings, scheduled_time };
    let length = serde_json::to_string(&run.to_json()).map_or(usize::MAX, |text| text.len());
    if length > LONGEST_INPUT {
        let detail = format!(
            "The schedule hands over the accounts, budgets and events, for which EventBridge Scheduler has room for {LONGEST_INPUT} bytes, and this would be {length}. Leave out events that are over, or accounts whose names and purposes AWS knows."
        );
        refuse(diagnostics, path!(CostReport => accounts), detail);
    }
}

/// Inline policies have little room, and a refusal would come half-way through an apply. A role that is
/// given has its policy from elsewhere.
fn check_policy(planned: &CostReport, diagnostics: &mut Diagnostics) {
    let policy = planned.policy_json.as_known().filter(|_| planned.role_arn.is_null());
    let Some(length) = policy.and_then(|policy| too_long_inline(policy)) else { return };
    let detail = format!(
        "The policy of the function's role names the roles of all of them, for which IAM has room for {LONGEST_INLINE} characters, and this would be {length}. Give a `role_arn`, or ask the account that pays for them all."
    );
    refuse(diagnostics, path!(CostReport => sources), detail);
}

fn check_queries(planned: &CostReport, names: &Names, diagnostics: &mut Diagnostics) {
    for query in plan::queries(planned, names).unwrap_or_default() {
        if query.sql.chars().count() > queries::LONGEST {
            let (longest, name) = (queries::LONGEST, query.name);
            let detail = format!(
                "The saved query `{name}` would have more than the {longest} characters that Athena has room for. Name fewer accounts, or fewer days."
            );
            refuse(diagnostics, path!(CostReport => events), detail);
        }
    }
}

/// What must be in the report's own account.
fn check_accounts(report: &CostReport, own: &str, diagnostics: &mut Diagnostics) {
    let parameter = path!(CostReport => webhook_parameter_arn);
    for (given, path) in [
        (&report.webhook_parameter_arn, parameter),
        (&report.role_arn, path!(CostReport => role_arn)),
        (&report.scheduler_role_arn, path!(CostReport => scheduler_role_arn)),
        (&report.permissions_boundary, path!(CostReport => permissions_boundary)),
    ] {
        arns::check_account(given, THING, own, path, diagnostics);
    }
}

fn check_roles(config: &CostReport, diagnostics: &mut Diagnostics) {
    let (role, scheduler) =
        (path!(CostReport => role_arn), path!(CostReport => scheduler_role_arn));
    arns::check(&config.role_arn, &arns::ROLE, &role, diagnostics);
    arns::check(&config.scheduler_role_arn, &arns::ROLE, &scheduler, diagnostics);
    let boundary = path!(CostReport => permissions_boundary);
    arns::check(&config.permissions_boundary, &arns::POLICY, &boundary, diagnostics);
}

/// Each source is a role, named once, and there are calls enough for them.
fn check_sources(config: &CostReport, diagnostics: &mut Diagnostics) {
    let Some(sources) = config.sources.as_known() else { return };
    let at = path!(CostReport => sources);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, source) in sources.iter().enumerate() {
        let at = at.index(index);
        let Some(source) = source.as_known() else {
            if source.is_null() {
                refuse(diagnostics, at, "The source is null.");
            }
            continue;
        };
        let at = at.attribute("role_arn");
        arns::check(&source.role_arn, &arns::ROLE, &at, diagnostics);
        let Some(arn) = source.role_arn.as_known() else { continue };
        if let Some(before) = seen.insert(arn, index) {
            let detail =
                format!("It is the source at {before} again: its costs would count twice.");
            refuse(diagnostics, at, detail);
        }
    }
    let least = u32::try_from(sources.len()).unwrap_or(u32::MAX).saturating_mul(LEAST_CALLS);
    let most = match &config.max_calls {
        Attr::Known(most) => Some(*most),
        Attr::Null => Some(MOST_CALLS),
        Attr::Unknown => None,
    };
    if let Some(most) = most.filter(|most| *most < least) {
        let detail = format!(
            "Each source is asked {LEAST_CALLS} times at least, which comes to {least} calls a morning, and `max_calls` allows {most}."
        );
        refuse(diagnostics, path!(CostReport => max_calls), detail);
    }
}

fn check_budgets(config: &CostReport, diagnostics: &mut Diagnostics) {
    let at = path!(CostReport => budgets_usd);
    for (id, usd) in config.budgets_usd.as_known().into_iter().flatten() {
        if let Err(problem) = id.parse::<AccountId>() {
            refuse(diagnostics, at.key(id), format!("{problem}."));
        }
        if usd.is_null() {
            refuse(diagnostics, at.key(id), "The budget is null.");
        }
    }
}

fn check_events(config: &CostReport, diagnostics: &mut Diagnostics) {
    let at = path!(CostReport => events);
    for (name, event) in config.events.as_known().into_iter().flatten() {
        let at = at.key(name);
        let length = name.chars().count();
        if name.trim().is_empty()
            || length > queries::LONGEST_EVENT_NAME
            || name.contains(char::is_control)
        {
            let most = queries::LONGEST_EVENT_NAME;
            let detail =
                format!("The name of an event has 1 to {most} characters that can be seen.");
            refuse(diagnostics, at.clone(), detail);
        }
        match event {
            Attr::Known(event) => check_event(event, &at, diagnostics),
            Attr::Null => refuse(diagnostics, at, "The event is null."),
            Attr::Unknown => {}
        }
    }
    warn_of_overlaps(config, diagnostics);
}

fn check_event(event: &Event, at: &Path, diagnostics: &mut Diagnostics) {
    check_day(&event.start, at.attribute("start"), diagnostics);
    check_day(&event.end, at.attribute("end"), diagnostics);
    check_all::<AccountId>(&event.accounts, &at.attribute("accounts"), diagnostics);
    if event.accounts.is_null() && event.tags.as_known().is_some_and(|tags| !tags.is_empty()) {
        let detail = "Tags only say what the event's own resources cost. Name the accounts that take part: without them nothing rings in any account while the event runs.";
        refuse(diagnostics, at.attribute("accounts"), detail);
    }
    for (key, value) in event.tags.as_known().into_iter().flatten() {
        // (https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html)
        let is_key = (1..=128).contains(&key.chars().count());
        let is_value = value.as_known().is_none_or(|value| value.chars().count() <= 256);
        if !is_key || !is_value || value.is_null() {
            let detail = "A tag has a key of 1 to 128 characters, and a value of at most 256.";
            refuse(diagnostics, at.attribute("tags").key(key), detail);
        }
    }
}

fn check_day(attribute: &Attr<String>, at: Path, diagnostics: &mut Diagnostics) {
    let Some(text) = attribute.as_known() else { return };
    if day::day(text).is_none() {
        let detail = format!("`{text}` is no day of the calendar, such as `2026-11-20`.");
        refuse(diagnostics, at, detail);
    }
}

/// Two events of one account on one day each count the whole of what is more than usual.
fn warn_of_overlaps(config: &CostReport, diagnostics: &mut Diagnostics) {
    let events: Vec<_> = settings::as_far_as_known(config, "").events.into_iter().collect();
    for (index, (name, event)) in events.iter().enumerate() {
        for (other_name, other) in &events[index + 1..] {
            let is_at_once = event.start <= other.end && other.start <= event.end;
            let shares = event.accounts.is_empty()
                || other.accounts.is_empty()
                || !event.accounts.is_disjoint(&other.accounts);
            if is_at_once && shares {
                let detail = format!(
                    "`{name}` and `{other_name}` have days and accounts in common: what these cost more than usual is told of both, whole."
                );
                let at = path!(CostReport => events).key(other_name);
                diagnostics.warning(at, "Events overlap", detail);
            }
        }
    }
}

/// What S3 allows in a bucket's name
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>).
fn check_history(history: &History, diagnostics: &mut Diagnostics) {
    let Some(name) = history.bucket.as_known() else { return };
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.');
    let is_end = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    let is_name = (3..=63).contains(&name.len())
        && name.chars().all(allowed)
        && is_end(name.chars().next())
        && is_end(name.chars().last())
        && !name.contains("..")
        && name.parse::<std::net::Ipv4Addr>().is_err();
    if !is_name {
        let detail = "The name of a bucket has 3 to 63 lower-case letters, digits, `-` and `.`, begins and ends with a letter or digit, and is no IP address.";
        refuse(diagnostics, path!(CostReport => history).attribute("bucket"), detail);
    }
}

/// What the function itself refuses, by the rules that it has.
fn check_settings(config: &CostReport, diagnostics: &mut Diagnostics) {
    let settings = settings::as_far_as_known(config, "");
    let invalid = settings.validate().err().unwrap_or_default();
    for invalid in invalid {
        let at = match &invalid {
            InvalidSetting::Rate(_) => path!(CostReport => currency).attribute("per_usd"),
            InvalidSetting::RateWithoutDay if day_is_to_come(config) => continue,
            InvalidSetting::RateWithoutDay => path!(CostReport => currency).attribute("as_of"),
            InvalidSetting::Budget { account, .. } => {
                path!(CostReport => budgets_usd).key(account.as_str())
            }
            InvalidSetting::Event { name, .. } => {
                path!(CostReport => events).key(name).attribute("end")
            }
            // The attributes' own limits say the same.
            InvalidSetting::CurrencyCode(_)
            | InvalidSetting::Baseline { .. }
            | InvalidSetting::MonthlyDigest(_)
            | InvalidSetting::BackfillMonths(_)
            | InvalidSetting::Rule(_) => continue,
        };
        refuse(diagnostics, at, sentence(&invalid.to_string()));
    }
}

/// Whether the day of the rate is not known yet, or is told to be none.
fn day_is_to_come(config: &CostReport) -> bool {
    let Some(currency) = config.currency.as_known() else { return true };
    currency.code.is_unknown() || !currency.as_of.is_null()
}

/// The words of an error as a sentence.
fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let first: String =
        characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", characters.as_str())
}

#[cfg(test)]
mod tests;
