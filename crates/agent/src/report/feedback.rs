//! Tells Cost Anomaly Detection which of its anomalies were planned.

use contract::report::{Event, Settings};
use costs::{Error, FoundAnomaly};

use super::Outcome;
use super::collect::may_ask;
use super::morning::{Morning, after};
use super::sources::{Source, Sources};

/// Days after an event's end on which anomalies of its time are still looked for: Cost Anomaly Detection finds them a
/// day or two later.
const AFTER: i64 = 4;

/// Says of the anomalies in the time of an event that they were planned, of those of which nobody said anything. It is done
/// while an event runs and for some days after. What goes wrong is logged: no figure depends on it.
pub(super) async fn give(
    morning: Morning,
    settings: &Settings,
    sources: &Sources,
    outcome: &mut Outcome,
) {
    let is_on =
        |event: &&Event| event.start < morning.today && morning.today <= after(event.end, AFTER);
    let events: Vec<&Event> = settings.events.values().filter(is_on).collect();
    if !settings.anomaly_feedback || events.is_empty() {
        return;
    }
    for source in &sources.all {
        match of_source(morning, &events, source).await {
            Ok(told) => outcome.planned_anomalies += told,
            Err(error) => {
                tracing::warn!(source = source.name, error = %error, "Anomalies aren't told that they were planned.");
            }
        }
    }
}

async fn of_source(morning: Morning, events: &[&Event], source: &Source) -> Result<usize, Error> {
    let Some(first) = events.iter().map(|event| event.start).min() else { return Ok(0) };
    if !may_ask(&source.explorer, 1) {
        return Ok(0);
    }
    // Cost Explorer knows the anomalies that ended by yesterday, and refuses later days.
    let found = source.explorer.anomalies(first, morning.yesterday()).await?;
    let planned = found.iter().filter(|anomaly| {
        !anomaly.has_feedback && events.iter().any(|event| is_of(event, anomaly))
    });
    let mut told = 0;
    for anomaly in planned {
        source.explorer.was_planned(&anomaly.id).await?;
        told += 1;
    }
    Ok(told)
}

/// Whether an anomaly lies in the time of an event, and in its accounts only.
fn is_of(event: &Event, anomaly: &FoundAnomaly) -> bool {
    let last = anomaly.last_day.unwrap_or(anomaly.first_day);
    let is_within = event.start <= anomaly.first_day && last <= event.end;
    let is_of_its_accounts = event.accounts.is_empty()
        || (!anomaly.accounts.is_empty() && anomaly.accounts.is_subset(&event.accounts));
    is_within && is_of_its_accounts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::Date;

    use super::*;

    #[test]
    fn only_what_lies_within_an_event_and_its_accounts_was_planned() {
        let day = |number: i8| Date::constant(2026, 11, number);
        let accounts = |numbers: &[&str]| -> BTreeSet<_> {
            numbers.iter().map(|number| number.parse().expect("an account")).collect()
        };
        let (fest, shop) = ("444455556666", "111122223333");
        let mut event = Event {
            start: day(20),
            end: day(23),
            baseline_days: 28,
            accounts: accounts(&[fest]),
            tags: [].into(),
        };
        let found = |first, last: Option<i8>, of: &[&str]| FoundAnomaly {
            id: "a".to_owned(),
            first_day: day(first),
            last_day: last.map(day),
            accounts: accounts(of),
            has_feedback: false,
        };
        assert!(is_of(&event, &found(20, None, &[fest])));
        assert!(is_of(&event, &found(21, Some(23), &[fest])));
        for other in [
            found(19, Some(21), &[fest]),
            found(22, Some(24), &[fest]),
            found(21, None, &[fest, shop]),
            found(21, None, &[]),
        ] {
            assert!(!is_of(&event, &other), "{other:?}");
        }
        event.accounts.clear();
        assert!(is_of(&event, &found(21, None, &[])));
    }
}
