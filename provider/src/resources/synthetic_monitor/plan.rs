//! What a plan can know: names, texts, the code's hash and the price.

mod runtime;

use framework::{Attr, Error, Plan, Result, path};

use super::blueprint::Code;
use super::lower::{self, NotKnown, set, span};
use super::model::Monitor;
use super::settings::{AlarmSettings, texts};
use crate::aws::{Arn, names};
use crate::clients::{Clients, Defaults};
use crate::model::{place, tags};
use crate::pricing::{self, Usd};

/// Characters of an alarm's description
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>).
const LONGEST_DESCRIPTION: usize = 1_024;

/// Refines a plan: everything that is known now is set, everything that AWS would refuse told.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Monitor>) -> Result<()> {
    place::resolve(clients, plan).await?;
    name(plan, &clients.defaults)?;
    plan.planned.tags_all = tags::all(&plan.planned.tags, &clients.defaults, &plan.planned.name);
    tags::check_count(&plan.planned.tags_all, &mut plan.diagnostics);
    plan.planned.code_hash = code_hash(&plan.planned)?;
    alarm(plan);
    price(plan);
    check_places(plan);
    check_tag_keys(plan);
    runtime::check(clients, plan).await;
    Ok(())
}

/// Whether the object of a plan is one that exists: it keeps its names, whatever became of the
/// provider's prefix and stack since.
fn existing(plan: &Plan<Monitor>) -> Option<&Monitor> {
    plan.prior.as_ref().filter(|prior| {
        let account =
            |monitor: &Monitor| monitor.account.as_known().map(|account| account.id.clone());
        let kept_region = prior.region == plan.planned.region;
        kept_region && account(prior) == account(&plan.planned) && prior.name == plan.planned.name
    })
}

fn name(plan: &mut Plan<Monitor>, defaults: &Defaults) -> Result<()> {
    let kept = existing(plan).map(|prior| (prior.canary_name.clone(), prior.alarm_name.clone()));
    let (canary, alarm) = kept.unwrap_or_default();
    let planned = &mut plan.planned;
    let fit = |rule| -> Result<Attr<String>> {
        let (Some(prefix), Some(stack), Some(name)) =
            (defaults.name_prefix.as_known(), defaults.stack.as_known(), planned.name.as_known())
        else {
            return Ok(Attr::Unknown);
        };
        let fitted = names::fit(rule, prefix, stack, name);
        fitted.map(Attr::Known).map_err(|problem| {
            let problem = format!("The provider's `name_prefix`: {problem}.");
            Error::new("A name in AWS would be too long", problem)
        })
    };
    let canary = if canary.is_null() { fit(names::CANARY)? } else { canary };
    let alarm = match &planned.alarm {
        Attr::Null => Attr::Null,
        Attr::Unknown => Attr::Unknown,
        Attr::Known(_) if alarm.is_null() => fit(names::ALARM)?,
        Attr::Known(_) => alarm,
    };
    planned.canary_arn = arn(planned, "synthetics", "canary", &canary);
    planned.alarm_arn = arn(planned, "cloudwatch", "alarm", &alarm);
    planned.canary_name = canary;
    planned.alarm_name = alarm;
    Ok(())
}

/// The ARN of an object in the monitor's account and region.
fn arn(monitor: &Monitor, service: &str, kind: &str, name: &Attr<String>) -> Attr<String> {
    let account = monitor.account.as_ref().and_then(|account| account.id.as_ref());
    match (name, account, &monitor.region) {
        (Attr::Null, _, _) => Attr::Null,
        (Attr::Known(name), Attr::Known(account), Attr::Known(region)) => {
            let partition = partition(region);
            Attr::Known(format!("arn:{partition}:{service}:{region}:{account}:{kind}:{name}"))
        }
        _ => Attr::Unknown,
    }
}

/// The partition that a region belongs to
/// (<https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html>).
fn partition(region: &str) -> &'static str {
    const PARTITIONS: [(&str, &str); 7] = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-iso-", "aws-iso"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("eusc-", "aws-eusc"),
    ];
    let found = PARTITIONS.iter().find(|(beginning, _)| region.starts_with(beginning));
    found.map_or("aws", |(_, partition)| partition)
}

fn code_hash(monitor: &Monitor) -> Result<Attr<String>> {
    match lower::check(monitor) {
        Err(NotKnown) => Ok(Attr::Unknown),
        Ok(None) => Ok(Attr::Null),
        Ok(Some(check)) => match Code::of(&check) {
            Ok(code) => Ok(Attr::Known(code.hash())),
            Err(problem) => {
                let problem = format!("For this check {problem}.");
                Err(Error::new("The engine can't run the check", problem)
                    .at(path!(Monitor => http.assertions)))
            }
        },
    }
}

fn alarm(plan: &mut Plan<Monitor>) {
    let planned = &mut plan.planned;
    if let Some(alarm) = planned.alarm.as_known_mut()
        && let Some(config) = plan.config.alarm.as_known()
        && config.out_of.is_null()
    {
        alarm.out_of = alarm.failures.clone();
    }
    planned.alarm_description = if planned.alarm.is_null() {
        Attr::Null
    } else {
        description(planned).map_or(Attr::Unknown, Attr::Known)
    };
    planned.alarm_rule = match (&planned.alarm, &planned.canary_name) {
        (Attr::Null, _) => Attr::Null,
        (Attr::Known(alarm), Attr::Known(canary)) if span(&planned.interval).is_some() => {
            let (name, text) = (String::new(), String::new());
            let settings = AlarmSettings::with(planned, alarm, name, canary.clone(), text);
            settings.map_or(Attr::Unknown, |settings| Attr::Known(settings.rule()))
        }
        _ => Attr::Unknown,
    };
    let length = planned.alarm_description.as_known().map_or(0, |text| text.chars().count());
    if length > LONGEST_DESCRIPTION {
        let detail = format!(
            "Description, owner and runbook stand in the alarm's text, for which CloudWatch has room for {LONGEST_DESCRIPTION} characters, and together they have {length}."
        );
        let summary = "The alarm's text is too long";
        plan.diagnostics.error(path!(Monitor => description), summary, detail);
    }
}

/// The alarm's text: prose for whoever it wakes.
pub(super) fn description(monitor: &Monitor) -> Result<String, NotKnown> {
    let url = match set(&monitor.http)? {
        Some(http) => set(&http.url)?.unwrap_or_default(),
        None => String::new(),
    };
    let mut text = match set(&monitor.description)? {
        Some(description) => description,
        None => format!("Watches {url} from outside."),
    };
    if let Some(owner) = set(&monitor.owner)? {
        text = format!("{text}\nOwner: {owner}");
    }
    if let Some(runbook) = set(&monitor.runbook_url)? {
        text = format!("{text}\nRunbook: {runbook}");
    }
    Ok(text)
}

fn price(plan: &mut Plan<Monitor>) {
    let planned = &mut plan.planned;
    let runs = match (&planned.enabled, span(&planned.interval)) {
        (Attr::Known(false), _) => Some(0),
        (Attr::Known(true), Some(interval)) => pricing::runs_per_month(interval),
        _ => None,
    };
    let alarms = match &planned.alarm {
        Attr::Null => Some(0),
        Attr::Unknown => None,
        Attr::Known(_) => Some(1),
    };
    planned.runs_per_month = runs.map_or(Attr::Unknown, Attr::Known);
    planned.price_basis = planned.region.as_ref().map(|region| pricing::canary_basis(region));
    let cost = runs.zip(alarms).map(|(runs, alarms)| pricing::canary_month(runs, alarms));
    planned.estimated_monthly_cost_usd =
        cost.map_or(Attr::Unknown, |cost| Attr::Known(cost.as_number()));
    let most = planned.max_monthly_cost_usd.as_known().copied().and_then(Usd::from_number);
    if let (Some(cost), Some(most), Some(alarms)) = (cost, most, alarms)
        && cost > most
    {
        let runs = runs.unwrap_or_default();
        let advice = match pricing::shortest_affordable_interval(most, alarms) {
            Some(interval) => format!("An interval of `{interval}` would fit."),
            None => "No interval would fit.".to_owned(),
        };
        let detail = format!(
            "{runs} runs and the alarm cost {cost} USD a month, and `max_monthly_cost_usd` allows {most}. {advice}"
        );
        let at = path!(Monitor => max_monthly_cost_usd);
        plan.diagnostics.error(at, "The monitor costs more than it may", detail);
    }
}

/// An alarm tells only topics of its own region, and a canary runs only with a role of its own
/// account
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>).
fn check_places(plan: &mut Plan<Monitor>) {
    let planned = &plan.planned;
    let region = planned.region.as_known().cloned();
    let topics = planned.alarm.as_known().map(|alarm| texts(&alarm.topic_arns)).unwrap_or_default();
    let account = planned.account.as_known().and_then(|account| account.id.as_known().cloned());
    let role = planned.canary.as_known().and_then(|canary| canary.execution_role_arn.as_known());
    let role: Option<Arn> = role.and_then(|role| role.parse().ok());
    for topic in topics {
        let Ok(arn) = topic.parse::<Arn>() else { continue };
        if let (Some(wanted), Some(found)) = (&region, arn.region())
            && found.as_str() != wanted
        {
            let detail = format!(
                "The alarm lives in {wanted} and can tell topics there alone, but `{topic}` is in {found}."
            );
            let at = path!(Monitor => alarm.topic_arns);
            plan.diagnostics.error(at, "A topic of another region", detail);
        }
    }
    if let (Some(account), Some(found)) = (account, role.and_then(|role| role.account()))
        && found.as_str() != account
    {
        let detail = format!(
            "The canary lives in account {account} and can run with a role of that account alone, but this one is of {found}."
        );
        let at = path!(Monitor => canary.execution_role_arn);
        plan.diagnostics.error(at, "A role of another account", detail);
    }
}

/// Whether Synthetics takes a tag with this key, which allows less than tags do elsewhere
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html>, `Tags`:
/// `^(?!aws:)[a-zA-Z+-=._:/]+$`, where `+-=` spans the digits).
fn is_tag_key(key: &str) -> bool {
    key.chars().all(|c| c.is_ascii_alphabetic() || ('+'..='=').contains(&c) || c == '_')
}

fn check_tag_keys(plan: &mut Plan<Monitor>) {
    let tags = plan.planned.tags_all.as_known().into_iter().flatten();
    for key in tags.map(|(key, _)| key).filter(|key| !is_tag_key(key)) {
        let detail = format!(
            "Synthetics takes no tag with the key `{key}`: keys there hold letters without accents, digits and `+,-./:;<=_`. The tag is one of the monitor's `tags` or of the provider's `default_tags`."
        );
        let at = path!(Monitor => tags);
        plan.diagnostics.error(at, "A tag that Synthetics refuses", detail);
    }
}

#[cfg(test)]
mod tests;
