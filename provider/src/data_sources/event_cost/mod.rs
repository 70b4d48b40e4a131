//! `hinomi_event_cost`: what an event added to the costs.
//!
//! `model` has the attributes, `figures` makes them from what is known, by the one rule that the daily
//! report has too: [`history::event_cost`]. Where the costs come from is shared with other data
//! sources: [`crate::model::cost_history`].

mod figures;
mod model;

use std::collections::BTreeSet;

use contract::account::AccountId;
use contract::cost::{PlannedEvent, ServiceName};
use framework::{Attr, DataSource, Diagnostics, Error, Path, Reading, Result, path};
use history::Baseline;
use jiff::ToSpan;
use jiff::civil::Date;

pub use self::model::EventFigures;
use self::model::OtherEvent;
use crate::clients::Clients;
use crate::model::cost_history::{self, CostSource};
use crate::model::texts::Texts;
use crate::model::{account, day};

/// The data source.
#[derive(Clone, Copy, Debug)]
pub struct EventCost;

impl DataSource for EventCost {
    const NAME: &'static str = "event_cost";
    type Model = EventFigures;
    type Clients = Clients;

    fn validate(config: &EventFigures, diagnostics: &mut Diagnostics) {
        cost_history::validate(source(config), diagnostics);
        let (start, end) = (path!(EventFigures => start), path!(EventFigures => end));
        day::check_span((&config.start, start), (&config.end, end), diagnostics);
        account::validate_ids(&config.accounts, &path!(EventFigures => accounts), diagnostics);
        for (name, event) in config.events.as_known().into_iter().flatten() {
            let Some(event) = event.as_known() else { continue };
            let at = path!(EventFigures => events).key(name);
            let (start, end) = (at.attribute("start"), at.attribute("end"));
            day::check_span((&event.start, start), (&event.end, end), diagnostics);
            account::validate_ids(&event.accounts, &at.attribute("accounts"), diagnostics);
        }
    }

    async fn read(
        context: &mut Reading<'_, Clients>,
        config: EventFigures,
    ) -> Result<EventFigures> {
        let event = asked(&config)?;
        let others = others(&config)?;
        let days = config.baseline_days.as_known().copied().unwrap_or_default();
        let baseline = Baseline::of(days, &others).map_err(|problem| {
            Error::new("Invalid value for `baseline_days`", format!("{problem}."))
                .at(path!(EventFigures => baseline_days))
        })?;
        let today = day::today();
        if event.start >= today {
            warn_of_early(&event, context.warnings);
            return Ok(figures::none(config));
        }
        let first = event.start.saturating_sub(i64::from(days).days());
        let last = event.end.min(today.yesterday().unwrap_or(event.start));
        let read = cost_history::read(context, source(&config), (first, last)).await?;
        let filled = figures::fill(config, &event, &baseline, &read, (first, last));
        warn_of_missing(&event, &filled, context.warnings);
        Ok(filled)
    }
}

/// A sum of some of the days looks like one of all.
fn warn_of_missing(event: &PlannedEvent, filled: &EventFigures, warnings: &mut Diagnostics) {
    let missing = filled.missing_days.as_known().into_iter().flatten();
    let own = missing.filter_map(Attr::as_known).filter_map(|day| day.parse::<Date>().ok());
    let own = own.filter(|day| *day >= event.start).count();
    if own > 0 {
        let days = if own == 1 { "one day".to_owned() } else { format!("{own} days") };
        let detail = format!(
            "Of {days} of event `{}` nothing is known, and the sums are without them; a sum of no day is null. They are in `missing_days`.\nhint: a history that a `hinomi_cost_report` records has them, or Cost Explorer is asked with a larger `max_calls`; each call costs 0.01 USD.",
            event.name
        );
        warnings.warning(path!(EventFigures => max_calls), "Days of the event are unknown", detail);
    }
}

fn source(config: &EventFigures) -> CostSource<'_> {
    CostSource { account: &config.account, history: &config.history, max_calls: &config.max_calls }
}

/// A plan is often made long before an event, with the same configuration.
fn warn_of_early(event: &PlannedEvent, warnings: &mut Diagnostics) {
    let PlannedEvent { name, start, .. } = event;
    let detail = format!(
        "Event `{name}` starts on {start}, and no day of it is over in UTC. Its figures are null until then, and nothing was asked."
    );
    warnings.warning(path!(EventFigures => start), "The event hasn't cost anything yet", detail);
}

/// The event whose cost is asked for.
fn asked(config: &EventFigures) -> Result<PlannedEvent> {
    let name = config.name.known("name")?;
    let span = (&config.start, &config.end);
    planned(name, span, &config.accounts, &config.services, &Path::root())
}

/// The events whose days are left out of the baseline.
fn others(config: &EventFigures) -> Result<Vec<PlannedEvent>> {
    let given = config.events.as_known().into_iter().flatten();
    let given = given.filter_map(|(name, event)| Some((name, event.as_known()?)));
    let given = given.map(|(name, OtherEvent { start, end, accounts, services })| {
        let at = path!(EventFigures => events).key(name);
        planned(name, (start, end), accounts, services, &at)
    });
    given.collect()
}

fn planned(
    name: &str,
    (start, end): (&Attr<String>, &Attr<String>),
    accounts: &Attr<Texts>,
    services: &Attr<Texts>,
    at: &Path,
) -> Result<PlannedEvent> {
    let start = day::known(start, at.attribute("start"))?;
    let end = day::known(end, at.attribute("end"))?;
    let event = PlannedEvent::of(name, start, end).map_err(|problem| {
        Error::new("The end is before the start", format!("{problem}.")).at(at.attribute("end"))
    })?;
    let accounts = texts(accounts).map(|id| id.parse::<AccountId>());
    let accounts: BTreeSet<_> = accounts.collect::<Result<_, _>>().map_err(|problem| {
        Error::new("Invalid account", format!("{problem}.")).at(at.attribute("accounts"))
    })?;
    let services = texts(services).map(|name| ServiceName::from(name.as_str())).collect();
    Ok(PlannedEvent { accounts, services, ..event })
}

fn texts(texts: &Attr<Texts>) -> impl Iterator<Item = &String> {
    texts.as_known().into_iter().flatten().filter_map(Attr::as_known)
}
