//! What the function reads at run time: from the attributes, and back to them.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::report::{self as run_time, Settings};
use framework::{Attr, Error, Result};

use super::model::{CostReport, Currency, Event, Rules, Source};
use crate::model::lift::{self, entries};
use crate::model::mention::Mention;
use crate::model::purpose::PurposeFrom;
use crate::model::{account_note, day, texts};

/// The code of no currency (ISO 4217), for one that is not known yet.
const NO_CURRENCY: &str = "XXX";

/// The settings, with a bucket for the history.
///
/// # Errors
/// A bug of the provider's, when an attribute is not known.
pub(super) fn of(
    report: &CostReport,
    bucket: &str,
    discord_base_url: Option<String>,
) -> Result<Settings> {
    if !is_known(report) {
        return Err(Error::provider_bug("a setting is not known while it must be"));
    }
    Ok(Settings { discord_base_url, ..as_far_as_known(report, bucket) })
}

/// The settings, where an attribute that is not known says nothing: to find out what is wrong with
/// those that are.
pub(super) fn as_far_as_known(report: &CostReport, bucket: &str) -> Settings {
    let text = |attribute: &Attr<String>| attribute.as_known().cloned();
    let webhook = run_time::Destination {
        parameter_arn: text(&report.webhook_parameter_arn).unwrap_or_default(),
        thread_id: text(&report.thread_id),
    };
    let history = run_time::HistoryPlace { bucket: bucket.to_owned(), prefix: prefix(report) };
    let least = Settings::of(text(&report.name).unwrap_or_default(), webhook, history);
    let accounts = account_note::at_run_time(&report.accounts).into_iter();
    let budgets = entries(&report.budgets_usd);
    let sources = report.sources.as_known().into_iter().flatten().filter_map(Attr::as_known);
    Settings {
        language: report.language.as_known().map_or(least.language, |it| (*it).into()),
        accounts: accounts.filter_map(|(id, account)| Some((id.parse().ok()?, account))).collect(),
        currency: report.currency.as_known().map(currency).unwrap_or_default(),
        rules: report.rules.as_known().map(Rules::at_run_time).unwrap_or_default(),
        budgets: budgets.filter_map(|(id, usd)| Some((id.parse().ok()?, *usd))).collect(),
        events: entries(&report.events)
            .filter_map(|(name, planned)| Some((name.clone(), event(planned)?)))
            .collect(),
        weekly_digest: report.weekly_digest.as_known().map(|day| (*day).into()),
        monthly_digest: report.monthly_digest.as_known().copied(),
        mentions: report.mentions.as_known().map(Mention::at_run_time).unwrap_or_default(),
        sources: sources.map(source).collect(),
        purpose_from: report.purpose_from.as_known().and_then(purpose_from),
        backfill_months: *report.backfill_months.as_known().unwrap_or(&least.backfill_months),
        anomaly_feedback: *report.anomaly_feedback.as_known().unwrap_or(&least.anomaly_feedback),
        most_calls: *report.max_calls.as_known().unwrap_or(&least.most_calls),
        ..least
    }
}

/// What the keys of the history begin with.
pub(super) fn prefix(report: &CostReport) -> String {
    report.of_history(|history| &history.prefix).into_known().unwrap_or_default()
}

fn currency(given: &Currency) -> run_time::Currency {
    let usd = run_time::Currency::default();
    run_time::Currency {
        code: given.code.as_known().cloned().unwrap_or_else(|| NO_CURRENCY.to_owned()),
        per_usd: given.per_usd.as_known().copied().unwrap_or(usd.per_usd),
        as_of: given.as_of.as_known().and_then(|text| day::day(text)),
    }
}

/// An event; `None` without its days.
fn event(given: &Event) -> Option<run_time::Event> {
    let of = |attribute: &Attr<String>| day::day(attribute.as_known()?);
    let accounts = texts::known(&given.accounts);
    Some(run_time::Event {
        start: of(&given.start)?,
        end: of(&given.end)?,
        baseline_days: given.baseline_days.as_known().copied().unwrap_or(28),
        accounts: accounts.iter().filter_map(|id| id.parse().ok()).collect(),
        tags: entries(&given.tags).map(|(key, value)| (key.clone(), value.clone())).collect(),
    })
}

fn source(given: &Source) -> run_time::Source {
    run_time::Source {
        role_arn: given.role_arn.as_known().cloned().unwrap_or_default(),
        external_id: given.external_id.as_known().cloned(),
    }
}

fn purpose_from(given: &PurposeFrom) -> Option<run_time::PurposeFrom> {
    match (given.tag.as_known(), given.unit.as_known()) {
        (Some(key), _) => Some(run_time::PurposeFrom::Tag(key.clone())),
        (None, Some(true)) => Some(run_time::PurposeFrom::Unit),
        (None, Some(false) | None) => None,
    }
}

/// Whether everything is known that the function reads.
pub(super) fn is_known(report: &CostReport) -> bool {
    let texts = [
        &report.name,
        &report.webhook_parameter_arn,
        &report.thread_id,
        &report.of_history(|history| &history.prefix),
    ];
    !texts.into_iter().any(Attr::is_unknown)
        && !report.language.is_unknown()
        && map_is_known(&report.accounts, |note| {
            !note.name.is_unknown() && !note.purpose.is_unknown()
        })
        && map_is_known(&report.budgets_usd, |_| true)
        && is_known_within(&report.currency, |currency| {
            let Currency { code, per_usd, as_of } = currency;
            !code.is_unknown() && !per_usd.is_unknown() && !as_of.is_unknown()
        })
        && is_known_within(&report.rules, Rules::are_known)
        && events_are_known(report)
        && !report.weekly_digest.is_unknown()
        && !report.monthly_digest.is_unknown()
        && is_known_within(&report.mentions, |mention| {
            let sets = [&mention.roles, &mention.users];
            sets.into_iter().all(|set| texts::all(set).is_some()) && !mention.everyone.is_unknown()
        })
        && sources_are_known(report)
        && is_known_within(&report.purpose_from, |from| {
            !from.tag.is_unknown() && !from.unit.is_unknown()
        })
        && !report.backfill_months.is_unknown()
        && !report.anomaly_feedback.is_unknown()
        && !report.max_calls.is_unknown()
}

/// Whether the events are known, whole.
pub(super) fn events_are_known(report: &CostReport) -> bool {
    map_is_known(&report.events, |event| {
        !event.start.is_unknown()
            && !event.end.is_unknown()
            && !event.baseline_days.is_unknown()
            && texts::all(&event.accounts).is_some()
            && map_is_known(&event.tags, |_| true)
    })
}

/// Whether the sources are known, whole.
pub(super) fn sources_are_known(report: &CostReport) -> bool {
    is_known_within(&report.sources, |sources| {
        sources.iter().all(|source| {
            is_known_within(source, |source| {
                !source.role_arn.is_unknown() && !source.external_id.is_unknown()
            })
        })
    })
}

fn is_known_within<T>(attribute: &Attr<T>, inside: impl Fn(&T) -> bool) -> bool {
    match attribute {
        Attr::Null => true,
        Attr::Unknown => false,
        Attr::Known(value) => inside(value),
    }
}

fn map_is_known<T>(
    map: &Attr<BTreeMap<String, Attr<T>>>,
    inside: impl Fn(&T) -> bool + Copy,
) -> bool {
    is_known_within(map, |map| map.values().all(|value| is_known_within(value, inside)))
}

/// Sets the attributes that the settings found in the schedule say, each only where it says something else
/// than the attribute does now.
pub(super) fn lift(found: &Settings, report: &mut CostReport) {
    let stated = as_far_as_known(report, &found.history.bucket);
    report.webhook_parameter_arn = Attr::Known(found.webhook.parameter_arn.clone());
    report.thread_id = found.webhook.thread_id.clone().into();
    report.language = Attr::Known(found.language.into());
    account_note::lift(&mut report.accounts, &by_text(&found.accounts));
    lift::map(&mut report.budgets_usd, &by_text(&found.budgets), |_, usd| *usd);
    lift::map(&mut report.events, &found.events, lifted_event);
    if stated.currency != found.currency {
        report.currency = lifted_currency(&found.currency);
    }
    if stated.rules != found.rules || report.rules.is_null() {
        report.rules = Attr::Known(Rules::lifted(&found.rules));
    }
    report.weekly_digest = found.weekly_digest.map(Into::into).into();
    report.monthly_digest = found.monthly_digest.into();
    if stated.mentions != found.mentions {
        report.mentions = Attr::Known(Mention::lifted(report.mentions.as_known(), &found.mentions));
    }
    if stated.sources != found.sources {
        report.sources = lifted_sources(&found.sources);
    }
    if stated.purpose_from != found.purpose_from {
        report.purpose_from = found.purpose_from.as_ref().map(lifted_purpose_from).into();
    }
    report.backfill_months = Attr::Known(found.backfill_months);
    report.anomaly_feedback = Attr::Known(found.anomaly_feedback);
    report.max_calls = Attr::Known(found.most_calls);
    if stated.history.prefix != found.history.prefix {
        let prefix = Some(found.history.prefix.clone()).filter(|prefix| !prefix.is_empty());
        let history = report.history.as_known().cloned().unwrap_or_default();
        report.history = Attr::Known(super::model::History { prefix: prefix.into(), ..history });
    }
}

fn by_text<T: Clone>(found: &BTreeMap<AccountId, T>) -> BTreeMap<String, T> {
    found.iter().map(|(id, value)| (id.to_string(), value.clone())).collect()
}

fn lifted_event(before: Option<&Event>, found: &run_time::Event) -> Event {
    let accounts: Vec<String> = found.accounts.iter().map(ToString::to_string).collect();
    let mut tags = before.map_or(Attr::Null, |before| before.tags.clone());
    lift::map(&mut tags, &found.tags, |_, value| value.clone());
    Event {
        start: Attr::Known(found.start.to_string()),
        end: Attr::Known(found.end.to_string()),
        baseline_days: Attr::Known(found.baseline_days),
        accounts: lift::texts(before.map(|before| &before.accounts), &accounts),
        tags,
    }
}

fn lifted_currency(found: &run_time::Currency) -> Attr<Currency> {
    if *found == run_time::Currency::default() {
        return Attr::Null;
    }
    Attr::Known(Currency {
        code: Attr::Known(found.code.clone()),
        per_usd: Attr::Known(found.per_usd),
        as_of: found.as_of.map(|day| day.to_string()).into(),
    })
}

fn lifted_sources(found: &[run_time::Source]) -> Attr<Vec<Attr<Source>>> {
    let lifted = |source: &run_time::Source| {
        Attr::Known(Source {
            role_arn: Attr::Known(source.role_arn.clone()),
            external_id: source.external_id.clone().into(),
        })
    };
    let sources: Vec<_> = found.iter().map(lifted).collect();
    if sources.is_empty() { Attr::Null } else { Attr::Known(sources) }
}

fn lifted_purpose_from(found: &run_time::PurposeFrom) -> PurposeFrom {
    match found {
        run_time::PurposeFrom::Tag(key) => {
            PurposeFrom { tag: Attr::Known(key.clone()), unit: Attr::Null }
        }
        run_time::PurposeFrom::Unit => PurposeFrom { tag: Attr::Null, unit: Attr::Known(true) },
    }
}

#[cfg(test)]
mod tests;
