//! Days in a row.

use jiff::ToSpan;
use jiff::civil::Date;

/// So many days before a day.
pub(crate) fn before(day: Date, days: i64) -> Date {
    day.saturating_sub(days.days())
}

/// So many days after a day.
pub(crate) fn after(day: Date, days: i64) -> Date {
    day.saturating_add(days.days())
}

/// How many days lie between two days: 1 from one day to the next.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    to.duration_since(from).as_hours() / 24
}

/// The days from the first to the last one.
pub(crate) fn days(first: Date, last: Date) -> impl Iterator<Item = Date> {
    first.series(1.day()).take_while(move |day| *day <= last)
}
