//! What the function reads at run time: from the attributes, and back to them.

use std::collections::{BTreeMap, BTreeSet};

use contract::impact::Impact;
use contract::relay as run_time;
use framework::{Attr, Error, Result};

use super::model::{Kind, Relay, Route};
use crate::model::account_note;
use crate::model::lift::{self, entries};
use crate::model::mention::Mention;
use crate::model::texts::Texts;

/// The ARNs of all SSM parameters that the function reads; `None` while one is not known.
pub(super) fn parameters(relay: &Relay) -> Option<BTreeSet<String>> {
    let mut all = BTreeSet::new();
    let mut add = |arn: &Attr<String>| match arn {
        Attr::Unknown => None,
        Attr::Null => Some(()),
        Attr::Known(arn) => {
            all.insert(arn.clone());
            Some(())
        }
    };
    add(&relay.webhook_parameter_arn)?;
    add(&relay.bot_token_parameter_arn)?;
    if relay.routes.is_unknown() {
        return None;
    }
    for route in relay.routes.as_known().into_iter().flat_map(BTreeMap::values) {
        match route {
            Attr::Unknown => return None,
            Attr::Null => {}
            Attr::Known(route) => add(&route.webhook_parameter_arn)?,
        }
    }
    Some(all)
}

/// The settings for the function.
///
/// # Errors
/// A bug of the provider's, when an attribute is not known.
pub(super) fn of(
    relay: &Relay,
    reminder: run_time::Schedules,
    discord_base_url: Option<String>,
) -> Result<run_time::Settings> {
    let webhook = run_time::Destination {
        parameter_arn: relay.webhook_parameter_arn.known("webhook_parameter_arn")?.clone(),
        thread_id: relay.thread_id.as_known().cloned(),
    };
    Ok(run_time::Settings {
        name: relay.name.known("name")?.clone(),
        routes: routes(relay, &webhook),
        mentions: mentions(relay)?,
        language: (*relay.language.known("language")?).into(),
        timezone: relay.timezone.known("timezone")?.clone(),
        accounts: account_note::at_run_time(&relay.accounts),
        bot_token_parameter_arn: relay.bot_token_parameter_arn.as_known().cloned(),
        discord_base_url,
        reminder: Some(reminder),
        webhook,
    })
}

fn routes(relay: &Relay, webhook: &run_time::Destination) -> BTreeMap<String, run_time::Route> {
    entries(&relay.routes)
        .map(|(name, route)| {
            let parameter_arn = route.webhook_parameter_arn.as_known();
            let parameter_arn = parameter_arn.unwrap_or(&webhook.parameter_arn).clone();
            let thread_id = route.thread_id.as_known().cloned();
            let kinds = route.kinds.as_known().into_iter().flatten();
            let impacts = route.impacts.as_known().into_iter().flatten();
            let route = run_time::Route {
                destination: run_time::Destination { parameter_arn, thread_id },
                impacts: impacts.filter_map(Attr::as_known).copied().collect(),
                kinds: kinds.filter_map(Attr::as_known).map(|kind| at_run_time(*kind)).collect(),
                accounts: list(&route.accounts),
            };
            (name.clone(), route)
        })
        .collect()
}

fn mentions(relay: &Relay) -> Result<BTreeMap<Impact, run_time::Mentions>> {
    entries(&relay.mentions)
        .map(|(word, mention)| {
            let impact = impact(word)
                .ok_or_else(|| Error::provider_bug(format!("`{word}` is no impact")))?;
            Ok((impact, mention.at_run_time()))
        })
        .collect()
}

fn list(set: &Attr<Texts>) -> Vec<String> {
    set.as_known().into_iter().flatten().filter_map(Attr::as_known).cloned().collect()
}

/// The impact of this word.
pub(super) fn impact(word: &str) -> Option<Impact> {
    Impact::ALL.into_iter().find(|impact| impact.word() == word)
}

fn at_run_time(kind: Kind) -> run_time::Kind {
    match kind {
        Kind::Alarm => run_time::Kind::Alarm,
        Kind::Budget => run_time::Kind::Budget,
        Kind::Anomaly => run_time::Kind::Anomaly,
        Kind::Health => run_time::Kind::Health,
        Kind::Drill => run_time::Kind::Drill,
        Kind::Text => run_time::Kind::Text,
    }
}

fn in_model(kind: run_time::Kind) -> Option<Kind> {
    match kind {
        run_time::Kind::Alarm => Some(Kind::Alarm),
        run_time::Kind::Budget => Some(Kind::Budget),
        run_time::Kind::Anomaly => Some(Kind::Anomaly),
        run_time::Kind::Health => Some(Kind::Health),
        run_time::Kind::Drill => Some(Kind::Drill),
        run_time::Kind::Text => Some(Kind::Text),
        run_time::Kind::Unknown => None,
    }
}

/// The settings as they are written: the same text for the same settings.
pub(super) fn to_json(settings: &run_time::Settings) -> String {
    serde_json::to_string(settings).expect("texts, lists and maps are JSON")
}

/// Sets the attributes that the settings found in the table say, each only where it says something
/// else than the attribute does now.
pub(super) fn lift(found: &run_time::Settings, relay: &mut Relay) {
    let text = |value: &Option<String>| Attr::from(value.clone());
    relay.webhook_parameter_arn = Attr::Known(found.webhook.parameter_arn.clone());
    relay.thread_id = text(&found.webhook.thread_id);
    relay.bot_token_parameter_arn = text(&found.bot_token_parameter_arn);
    relay.timezone = Attr::Known(found.timezone.clone());
    relay.language = Attr::Known(found.language.into());
    lift::map(&mut relay.routes, &found.routes, |before, route| {
        lifted_route(before, route, &found.webhook.parameter_arn)
    });
    let mentions: BTreeMap<String, &run_time::Mentions> =
        found.mentions.iter().map(|(impact, told)| (impact.word().to_owned(), told)).collect();
    lift::map(&mut relay.mentions, &mentions, |before, told| Mention::lifted(before, told));
    account_note::lift(&mut relay.accounts, &found.accounts);
}

fn lifted_route(before: Option<&Route>, found: &run_time::Route, webhook: &str) -> Route {
    let own = before.is_some_and(|before| !before.webhook_parameter_arn.is_null());
    let parameter_arn = &found.destination.parameter_arn;
    let impacts: BTreeSet<_> = found.impacts.iter().copied().map(Attr::Known).collect();
    let kinds: BTreeSet<_> =
        found.kinds.iter().copied().filter_map(in_model).map(Attr::Known).collect();
    Route {
        // Null stands for the relay's own, as long as that is what was found.
        webhook_parameter_arn: (own || parameter_arn != webhook)
            .then(|| parameter_arn.clone())
            .into(),
        thread_id: found.destination.thread_id.clone().into(),
        impacts: (!impacts.is_empty()).then_some(impacts).into(),
        kinds: (!kinds.is_empty()).then_some(kinds).into(),
        accounts: lift::texts(before.map(|before| &before.accounts), &found.accounts),
    }
}

#[cfg(test)]
mod tests;
