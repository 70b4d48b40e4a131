//! Which of the places a notice goes to, and who is mentioned. Pure.

use contract::impact::Impact;
use contract::relay::{Destination, Kind, Mentions, Route, Settings};

use super::incident::Incident;
use super::notice::Notice;

/// What routes look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traits<'a> {
    /// What kind of notice it is.
    pub kind: Kind,
    /// What the outage does, if it is one and says so.
    pub impact: Option<Impact>,
    /// Number of the account; empty when the notice doesn't say.
    pub account: &'a str,
}

impl<'a> Traits<'a> {
    /// Those of an incident.
    pub fn of_incident(incident: &'a Incident) -> Self {
        let account = incident.leader().map_or("", |rung| &rung.rang.account);
        Self { kind: Kind::Alarm, impact: incident.impact(), account }
    }

    /// Those of a notice.
    pub fn of_notice(notice: &'a Notice) -> Self {
        let impact = match notice {
            Notice::Alarm(alarm) => alarm.trailer.as_ref().and_then(|trailer| trailer.impact),
            Notice::Budget(_)
            | Notice::Anomaly(_)
            | Notice::Health(_)
            | Notice::Drill(_)
            | Notice::Text(_)
            | Notice::Reminder(_) => None,
        };
        let (kind, account) = match notice {
            Notice::Alarm(alarm) => (Kind::Alarm, alarm.account.as_str()),
            Notice::Budget(budget) => (Kind::Budget, budget.account.as_str()),
            Notice::Anomaly(anomaly) => (Kind::Anomaly, anomaly.account.as_str()),
            Notice::Health(health) => (Kind::Health, health.account.as_str()),
            Notice::Drill(_) => (Kind::Drill, ""),
            Notice::Text(_) => (Kind::Text, ""),
            Notice::Reminder(_) => (Kind::Alarm, ""),
        };
        Self { kind, impact, account }
    }
}

/// Where something goes: by the route that takes it with the most conditions, of several the first by name; else by the
/// relay's own webhook.
pub fn destination<'a>(settings: &'a Settings, traits: Traits<'_>) -> &'a Destination {
    let mut best: Option<(usize, &Destination)> = None;
    for route in settings.routes.values().filter(|route| takes(route, traits)) {
        let conditions = conditions(route);
        if best.is_none_or(|(most, _)| conditions > most) {
            best = Some((conditions, &route.destination));
        }
    }
    best.map_or(&settings.webhook, |(_, destination)| destination)
}

/// Whether the settings still have this place, so that messages there may be edited.
pub fn is_known(settings: &Settings, destination: &Destination) -> bool {
    let routes = settings.routes.values().map(|route| &route.destination);
    routes.chain([&settings.webhook]).any(|known| known == destination)
}

/// Who is mentioned when an incident opens: nobody, unless its alarm allows it and its impact has somebody.
pub fn mentions<'a>(settings: &'a Settings, incident: &Incident) -> Option<&'a Mentions> {
    let trailer = incident.trailer().filter(|trailer| trailer.mention)?;
    settings.mentions.get(&trailer.impact?)
}

fn conditions(route: &Route) -> usize {
    let given = [route.impacts.is_empty(), route.kinds.is_empty(), route.accounts.is_empty()];
    given.into_iter().filter(|empty| !empty).count()
}

fn takes(route: &Route, traits: Traits<'_>) -> bool {
    let Traits { kind, impact, account } = traits;
    let of_impact = impact.is_some_and(|impact| route.impacts.contains(&impact));
    (route.impacts.is_empty() || of_impact)
        && (route.kinds.is_empty() || route.kinds.contains(&kind))
        && (route.accounts.is_empty() || route.accounts.iter().any(|known| known == account))
}
