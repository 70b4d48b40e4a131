//! From records of days to what an event added.

use std::collections::BTreeMap;

use contract::cost::PlannedEvent;
use framework::Attr;
use history::{Baseline, EventDay, EventSum, event_cost, sum_event_days};
use jiff::civil::Date;

use super::model::{EventFigures, Status, Sum};
use crate::model::cost_history::CostsRead;

/// Places after the decimal point that figures have. Medians are floating-point numbers, and their
/// sums would end in digits that mean nothing. AWS bills in ten.
const PLACES: f64 = 1e10;

/// Of an event of which no day is over.
pub(super) fn none(config: EventFigures) -> EventFigures {
    EventFigures {
        status: Attr::Known(Status::Planned),
        incremental_usd: Attr::Null,
        charges_usd: Attr::Null,
        without_baseline_usd: Attr::Null,
        by_account: Attr::Known(BTreeMap::new()),
        by_service: Attr::Known(BTreeMap::new()),
        by_day: Attr::Known(BTreeMap::new()),
        missing_days: Attr::Known(std::collections::BTreeSet::new()),
        estimated: Attr::Known(true),
        calls_made: Attr::Known(0),
        calls_cost_usd: Attr::Known(0.0),
        ..config
    }
}

/// Adds what was read to what was asked. Days that are to come are no part of it, as in the report.
pub(super) fn fill(
    config: EventFigures,
    event: &PlannedEvent,
    baseline: &Baseline<'_>,
    read: &CostsRead,
    (first, last): (Date, Date),
) -> EventFigures {
    let mut days = event_cost(&read.known.records, event, baseline);
    days.retain(|day| day.day <= last);
    let total = sum_event_days(&days, |_| ()).remove(&());
    let is_over = event.end < read.today;
    let is_estimated = read.known.records.iter().any(|record| {
        record.estimated
            && event.concerns(&record.account)
            && event.concerns_service(&record.service)
    });
    // An account that was made for the event lacks nothing before it.
    let mut missing = read.missing_days(first, last, |_| true);
    missing.extend(read.missing_days(event.start, last, |account| event.concerns(account)));
    let is_unknown = missing.range(event.start..).next().is_some();
    // Where nobody was charged for anything, and all days are known, the event cost nothing.
    let free = (!is_unknown).then(|| EventSum {
        known_days: 1,
        least_baseline_days: 1,
        ..EventSum::default()
    });
    let total = shown(&total.or(free).unwrap_or_default());
    EventFigures {
        status: Attr::Known(if is_over { Status::Over } else { Status::Running }),
        incremental_usd: total.incremental_usd,
        charges_usd: total.charges_usd,
        without_baseline_usd: total.without_baseline_usd,
        by_account: sums(&days, |day| day.account.to_string()),
        by_service: sums(&days, |day| day.service.to_string()),
        by_day: sums(&days, |day| day.day.to_string()),
        missing_days: Attr::Known(missing.iter().map(|day| Attr::Known(day.to_string())).collect()),
        estimated: Attr::Known(!is_over || is_estimated || is_unknown),
        calls_made: Attr::Known(read.known.calls),
        calls_cost_usd: Attr::Known(read.calls_cost_usd()),
        ..config
    }
}

fn sums(days: &[EventDay], key: impl Fn(&EventDay) -> String) -> Attr<BTreeMap<String, Attr<Sum>>> {
    let sums = sum_event_days(days, key).into_iter();
    Attr::Known(sums.map(|(key, sum)| (key, Attr::Known(shown(&sum)))).collect())
}

/// A figure of which no day is known is null: zero would be one.
fn shown(sum: &EventSum) -> Sum {
    let known = |usd: f64| if sum.known_days > 0 { Attr::Known(usd) } else { Attr::Null };
    let is_compared = sum.least_baseline_days > 0;
    let incremental = is_compared.then(|| rounded(sum.incremental_usd));
    Sum {
        incremental_usd: incremental.map_or(Attr::Null, Attr::Known),
        charges_usd: known(sum.charges_usd.to_f64()),
        without_baseline_usd: known(sum.without_baseline_usd.to_f64()),
        unknown_days: Attr::Known(sum.unknown_days),
        least_baseline_days: Attr::Known(sum.least_baseline_days),
    }
}

fn rounded(usd: f64) -> f64 {
    (usd * PLACES).round() / PLACES
}
