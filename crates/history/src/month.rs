//! Months, of which each is one object.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;

/// A month of the bill, such as `2026-11`. AWS counts its days in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(Date);

/// What was given is no month.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a month is written as a year and a month, such as `2026-11`: `{given}`")]
pub struct InvalidMonth {
    given: String,
}

impl Month {
    /// The first month that the table shows, so the first that may be recorded. Cost Explorer's
    /// own history begins years later.
    pub const FIRST: Self = Self(Date::constant(2020, 1, 1));

    /// The month of a day.
    pub fn of(day: Date) -> Self {
        Self(day.first_of_month())
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        self.0
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.0.last_of_month()
    }

    /// The month after it, or itself at the end of time.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1.month()))
    }
}

impl FromStr for Month {
    type Err = InvalidMonth;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = (text.len() == 7).then(|| format!("{text}-01").parse().ok()).flatten();
        day.map(Self).ok_or_else(|| InvalidMonth { given: text.to_owned() })
    }
}

impl fmt::Display for Month {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_read_as_it_is_written() {
        let month: Month = "2024-02".parse().unwrap();
        assert_eq!(month.to_string(), "2024-02");
        assert_eq!(month, Month::of(Date::constant(2024, 2, 17)));
        assert_eq!(month.last_day(), Date::constant(2024, 2, 29));
        assert_eq!(Month::of(Date::constant(2026, 12, 31)).next().to_string(), "2027-01");
    }

    #[test]
    fn anything_else_is_refused() {
        for text in ["", "2026", "2026-13", "2026-1", "2026-11-01", "26-11-0", "abcd-ef"] {
            let error = text.parse::<Month>().unwrap_err();
            assert!(error.to_string().ends_with(&format!("`{text}`")), "{error}");
        }
    }
}
