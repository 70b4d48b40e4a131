//! The saved queries of a report.

use contract::report::Settings;
use history::{Baseline, NamedQuery, TableName};

/// Most characters of a query
/// (<https://docs.aws.amazon.com/athena/latest/APIReference/API_CreateNamedQuery.html>).
pub(super) const LONGEST: usize = 262_144;
/// Most characters of an event's name: a query has its name with some words before it, and 128 in all.
pub(super) const LONGEST_EVENT_NAME: usize = 100;

/// What the names of the queries of events begin with.
const OF_EVENT: &str = "event-cost-";

/// All queries: those that need nothing but the table, and one for each event.
pub(super) fn of(settings: &Settings, table: &TableName) -> Vec<NamedQuery> {
    let planned = settings.planned_events();
    let mut queries = NamedQuery::of_table(table);
    for event in &planned {
        let Some(declared) = settings.events.get(&event.name) else { continue };
        // One that is too short or too long is refused when it is planned.
        let Ok(baseline) = Baseline::of(declared.baseline_days, &planned) else { continue };
        queries.push(NamedQuery::of_event(table, event, &baseline));
    }
    queries
}

/// Whether a query of this name is one that a report makes.
pub(super) fn is_ours(name: &str) -> bool {
    let table = TableName { database: String::new(), table: String::new() };
    name.starts_with(OF_EVENT)
        || NamedQuery::of_table(&table).iter().any(|query| query.name == name)
}

#[cfg(test)]
mod tests {
    use contract::report::{Destination, Event, HistoryPlace};
    use jiff::civil::date;

    use super::*;

    #[test]
    fn every_query_is_known_by_its_name() {
        let history = HistoryPlace { bucket: "costs".to_owned(), prefix: String::new() };
        let mut settings = Settings::of("daily", Destination::of("arn"), history);
        let event = Event {
            start: date(2026, 11, 20),
            end: date(2026, 11, 23),
            baseline_days: 28,
            accounts: [].into(),
            tags: [].into(),
        };
        settings.events.insert("autumn".to_owned(), event);
        let table = TableName { database: "hinomi".to_owned(), table: "costs".to_owned() };
        let queries = of(&settings, &table);
        assert_eq!(queries.len(), NamedQuery::of_table(&table).len() + 1);
        for query in &queries {
            assert!(is_ours(&query.name), "{}", query.name);
            assert!(query.name.len() + LONGEST_EVENT_NAME <= 128 || !query.name.contains("autumn"));
            assert!((1..=1_024).contains(&query.description.len()), "{}", query.description);
        }
        assert!(!is_ours("my own"));
    }
}
