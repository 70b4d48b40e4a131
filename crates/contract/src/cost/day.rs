//! Days as whole numbers, which are cheap to count with.

use jiff::civil::Date;

/// The day that has the number 0, a Thursday.
const EPOCH: Date = Date::constant(1970, 1, 1);

/// Days in a week.
pub(crate) const WEEK: i32 = 7;

/// How many days a date is after 1970-01-01.
pub(crate) fn number(day: Date) -> i32 {
    let days = day.duration_since(EPOCH).as_hours() / 24;
    i32::try_from(days).expect("a date is within four million days of 1970")
}

/// The date with a number.
pub(crate) fn date(number: i32) -> Date {
    EPOCH.saturating_add(jiff::SignedDuration::from_hours(i64::from(number) * 24))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_count_from_1970() {
        assert_eq!(number(Date::constant(1970, 1, 2)), 1);
        assert_eq!(number(Date::constant(1969, 12, 31)), -1);
        assert_eq!(date(20_454), Date::constant(2026, 1, 1));
    }

    proptest! {
        #[test]
        fn a_number_gives_its_date_back(days in -100_000..100_000_i32) {
            prop_assert_eq!(number(date(days)), days);
        }
    }
}
