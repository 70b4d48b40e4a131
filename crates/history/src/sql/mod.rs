//! Questions to the history, as SQL that Athena (Trino) and `DuckDB` both run.
//!
//! Only what both understand alike is used: division is of floating-point numbers, a median is made
//! with `row_number`, a span of days with `date_diff`. Dates, names and ids are written into the
//! text as quoted literals.

mod costs;
mod event;
mod pace;

use jiff::civil::Date;

use contract::cost::PlannedEvent;

use crate::{Baseline, Grouping, Period, TableName};

/// A query that Athena keeps under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedQuery {
    /// Its name, such as `pace-by-purpose-weekly`.
    pub name: String,
    /// What it answers.
    pub description: String,
    /// One statement of SQL.
    pub sql: String,
}

impl NamedQuery {
    /// The queries that need nothing but the table.
    pub fn of_table(table: &TableName) -> Vec<Self> {
        vec![
            pace::query(table, Period::Week, Grouping::Account),
            pace::query(table, Period::Week, Grouping::Purpose),
            pace::query(table, Period::Month, Grouping::Account),
            pace::query(table, Period::Month, Grouping::Purpose),
            costs::daily_by_purpose(table),
            costs::top_services(table),
        ]
    }

    /// What an event cost, by the rules of [`crate::event_cost`].
    pub fn of_event(table: &TableName, event: &PlannedEvent, baseline: &Baseline<'_>) -> Self {
        event::query(table, event, baseline)
    }
}

/// A name, quoted for both engines.
pub(crate) fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text, quoted for both engines: neither gives a backslash a meaning.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn date(day: Date) -> String {
    format!("DATE '{day}'")
}

/// A condition that a column has one of some values.
fn is_one_of<'a>(column: &str, values: impl Iterator<Item = &'a str>) -> String {
    let values: Vec<_> = values.map(literal).collect();
    format!("{column} IN ({})", values.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_ends_its_quotes() {
        assert_eq!(identifier("a\"b"), "\"a\"\"b\"");
        assert_eq!(literal("it's; -- \\'"), "'it''s; -- \\'''");
        let table = TableName { database: "my \"db\"".into(), table: "costs".into() };
        assert_eq!(table.to_string(), "\"my \"\"db\"\"\".\"costs\"");
    }
}
