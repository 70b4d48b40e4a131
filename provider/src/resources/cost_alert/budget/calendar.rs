//! Days, and the periods of budgets. All of it is in UTC, as everything of Budgets is.

use aws_smithy_types::DateTime;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

pub(in super::super) use crate::model::day::{day, has_shape, today};
use crate::resources::cost_alert::model::Period;

/// The end of a budget that nobody gave an end
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>).
/// An end must come before it.
pub(in super::super) const NO_END: Date = jiff::civil::date(2087, 6, 15);

/// The first day of the month that a text such as `2027-01` names.
pub(in super::super) fn month(text: &str) -> Option<Date> {
    let (year, month) = text.split_once('-')?;
    if (year.len(), month.len()) != (4, 2) {
        return None;
    }
    day(&format!("{text}-01"))
}

/// A month as attributes write it.
pub(in super::super) fn month_text(first: Date) -> String {
    first.strftime("%Y-%m").to_string()
}

/// The beginning of a day, as AWS takes it.
pub(super) fn moment(day: Date) -> DateTime {
    DateTime::from_secs(seconds(day))
}

/// The beginning of a day in seconds since 1970.
pub(super) fn seconds(day: Date) -> i64 {
    let midnight = day.to_datetime(Time::midnight());
    TimeZone::UTC.to_timestamp(midnight).map_or(0, Timestamp::as_second)
}

/// The day that begins at a time; `None` for a time within a day.
pub(super) fn day_of(seconds: i64) -> Option<Date> {
    let moment = TimeZone::UTC.to_datetime(Timestamp::from_second(seconds).ok()?);
    (moment.time() == Time::midnight()).then(|| moment.date())
}

/// How long a period with planned limits is, in months, and how many of them AWS takes: 12 months or
/// 4 quarters (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>,
/// `PlannedBudgetLimits`). `None` for periods that have no plan.
pub(in super::super) fn planned(period: Period) -> Option<(i8, usize)> {
    match period {
        Period::Monthly => Some((1, 12)),
        Period::Quarterly => Some((3, 4)),
        Period::Daily | Period::Annually | Period::Custom => None,
    }
}

/// The first day of the calendar period of so many months that a day is in.
pub(in super::super) fn first_of(months: i8, day: Date) -> Date {
    let month = (day.month() - 1) / months * months + 1;
    jiff::civil::date(day.year(), month, 1)
}

/// The periods for which AWS takes planned limits: from the current one, or from that of the start
/// when this is in the future, those that begin before the end.
pub(super) fn planned_periods(
    period: Period,
    start: Option<Date>,
    end: Option<Date>,
    today: Date,
) -> Vec<Date> {
    let Some((months, count)) = planned(period) else { return Vec::new() };
    let from = first_of(months, start.map_or(today, |start| start.max(today)));
    let later = |index: usize| {
        let months = i64::from(months) * i64::try_from(index).unwrap_or(i64::MAX);
        from.checked_add(months.months()).ok()
    };
    let end = end.unwrap_or(NO_END);
    (0..count).map_while(later).take_while(|first| *first < end).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn days_and_months_are_read() {
        assert_eq!(day("2028-02-29"), Some(date(2028, 2, 29)));
        assert_eq!(month("2027-04"), Some(date(2027, 4, 1)));
        for wrong in ["2027-02-29", "2027-13-01", "2027-1-1", "", "tomorrow", "2027-01-01x"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
        for wrong in ["2027-13", "2027-1", "27-01", "2027", "2027-01-01", "2027-00"] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_plan_has_twelve_months_or_four_quarters_from_the_current_one() {
        let periods = |period, start, end| planned_periods(period, start, end, date(2026, 12, 24));
        let months = periods(Period::Monthly, None, None);
        assert_eq!(
            (months.len(), months[0], months[11]),
            (12, date(2026, 12, 1), date(2027, 11, 1))
        );
        let quarters = periods(Period::Quarterly, None, None);
        let firsts = [date(2026, 10, 1), date(2027, 1, 1), date(2027, 4, 1), date(2027, 7, 1)];
        assert_eq!(quarters, firsts);
        let past = Some(date(2020, 5, 5));
        assert_eq!(
            periods(Period::Monthly, past, None),
            months,
            "a start in the past says nothing"
        );
        let next = Some(date(2027, 2, 14));
        assert_eq!(periods(Period::Monthly, next, None)[0], date(2027, 2, 1));
        let end = Some(date(2027, 2, 1));
        assert_eq!(periods(Period::Monthly, None, end), [date(2026, 12, 1), date(2027, 1, 1)]);
        assert!(periods(Period::Daily, None, None).is_empty());
    }

    proptest! {
        #[test]
        fn a_day_goes_to_seconds_and_back(days in 0_i32..42_000) {
            let day = date(1970, 1, 1).checked_add(days.days()).expect("in range");
            prop_assert_eq!(seconds(day), i64::from(days) * 86_400);
            prop_assert_eq!(day_of(seconds(day)), Some(day));
            prop_assert_eq!(day_of(seconds(day) + 1), None);
            prop_assert_eq!(super::day(&day.to_string()), Some(day));
        }
    }
}
