//! What stands out on the days that may ring, and isn't told yet.

use super::account::{Track, View};
use super::anomaly::{Anomaly, Contribution, DayFigure, Part};
use super::baseline::outlook;
use super::beside::Beside;
use super::course::Beginning;
use super::judge::Question;
use super::rules::Rules;
use crate::cost::{ServiceName, day};

/// Services that are named as the reason where only the total stands out.
const MOST_CONTRIBUTORS: usize = 5;

/// The services that stand out and belong to no open anomaly.
pub(super) fn services(view: &View<'_>, known: &[Anomaly], rules: &Rules) -> Vec<Part> {
    let least = rules.at_least_usd.min(rules.new_service_at_least_usd);
    let days = view.calendar.judged_from..view.calendar.today;
    let found = view.services.iter().filter_map(|(service, track)| {
        // Most services are never so dear that they could ring.
        let may_ring = days.clone().any(|day| track.value(day).is_some_and(|usd| usd >= least));
        let from = days.start.max(told_through(known, Some(service))?.saturating_add(1));
        if !may_ring {
            return None;
        }
        let (cause, since) = (from..days.end).find_map(|number| {
            Some((ask(view, track, number, 0.0, rules).above(Some(service))?, number))
        })?;
        let beginning = Beginning { service: Some(service), cause, since };
        Some(beginning.part(beginning.follow(track, view.calendar, |_| 0.0, rules)))
    });
    found.collect()
}

/// Where the total stands out beyond what is told of services, and why.
pub(super) fn total(
    view: &View<'_>,
    known: &[Anomaly],
    beside: &Beside<'_>,
    rules: &Rules,
) -> Option<Beginning<'static>> {
    let calendar = view.calendar;
    let from = calendar.judged_from.max(told_through(known, None)?.saturating_add(1));
    (from..calendar.today).find_map(|since| {
        let ask = |offset| ask(view, &view.total, since, offset, rules);
        // Peaks are looked for only where something is left to explain: it takes all services.
        ask(beside.told_on(since)).above(None)?;
        let cause = ask(beside.on(since, since)).above(None)?;
        Some(Beginning { service: None, cause, since })
    })
}

/// The services that cost more than expected on a day of the total's, the most first.
pub(super) fn contributors(view: &View<'_>, total: &Part, rules: &Rules) -> Vec<Contribution> {
    let dearest =
        total.days.iter().max_by(|one, other| one.extra_usd().total_cmp(&other.extra_usd()));
    let Some(dearest) = dearest else { return Vec::new() };
    let number = day::number(dearest.day);
    let contribution = |(service, track): (&&ServiceName, &Track)| {
        let actual_usd = track.value(number)?;
        let outlook =
            outlook(track, number, view.calendar.usual_until(day::number(total.since)), rules);
        let expected_usd = outlook.map_or(0.0, |outlook| outlook.expected);
        let figure = DayFigure { day: dearest.day, actual_usd, expected_usd };
        (figure.extra_usd() > 0.0).then(|| Contribution { service: (*service).clone(), figure })
    };
    let mut all: Vec<_> = view.services.iter().filter_map(contribution).collect();
    // Equal ones stay in the order of their names.
    all.sort_by(|one, other| other.figure.extra_usd().total_cmp(&one.figure.extra_usd()));
    all.truncate(MOST_CONTRIBUTORS);
    all
}

/// The last day of a service, or of the total, that anomalies have told of. None while one is open,
/// which tells of all later ones.
fn told_through(known: &[Anomaly], service: Option<&ServiceName>) -> Option<i32> {
    let mut through = i32::MIN;
    for anomaly in known {
        let tells = match service {
            Some(_) => anomaly.services.iter().any(|part| part.service.as_ref() == service),
            None => anomaly.is_account_wide,
        };
        if tells {
            through = through.max(day::number(anomaly.closed?.through));
        }
    }
    Some(through)
}

/// Asks whether a day stands out of which nothing is told.
fn ask<'a>(
    view: &View<'_>,
    track: &'a Track,
    number: i32,
    offset: f64,
    rules: &'a Rules,
) -> Question<'a> {
    let until = view.calendar.usual_until(number);
    Question { track, number, until, offset, share: 1.0, rules }
}
