//! The pace of growth, by hand.

use std::ops::RangeInclusive;

use history::{Group, Grouping, Pace, Period, Record, pace};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::generated::{ACCOUNTS, courses, record, usd};

/// A Monday; so the weeks begin on the days 1, 8, 15, 22 of March 2027 and April begins on a
/// Thursday.
const MARCH: Date = Date::constant(2027, 3, 1);

/// The same charge on days that are counted from the first of March, which is 1.
fn daily(days: RangeInclusive<i64>, account: usize, charges_usd: &str) -> Vec<Record> {
    let date = |number| MARCH + jiff::Span::new().days(number - 1);
    days.map(|number| record(date(number), ACCOUNTS[account], "Amazon S3", usd(charges_usd)))
        .collect()
}

/// A line for each row of an answer.
fn lines(records: &[Record], period: Period, grouping: Grouping) -> Vec<String> {
    let number = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number}"));
    let line = |pace: Pace| {
        let group = match pace.group {
            Group::Account(account) => account.to_string(),
            Group::Purpose(purpose) => purpose.unwrap_or("none".to_owned()),
        };
        let (start, charges) = (pace.start, pace.charges_usd);
        let typical = number(pace.typical_day_usd);
        let growth = format!("{} {}%", number(pace.growth_usd), number(pace.growth_percent));
        let (compared, others) = (pace.compared_accounts, pace.other_accounts);
        format!("{group} {start}: {charges}, {typical} a day, {growth}, {compared}+{others}")
    };
    pace(records, period, grouping).into_iter().map(line).collect()
}

fn weeks(records: &[Record]) -> Vec<String> {
    lines(records, Period::Week, Grouping::Account)
}

fn of_purpose(mut records: Vec<Record>, purpose: &str) -> Vec<Record> {
    for record in &mut records {
        record.purpose = Some(purpose.to_owned());
    }
    records
}

#[test]
fn a_week_is_compared_with_the_week_before() {
    let records = [daily(1..=7, 0, "10"), daily(8..=14, 0, "11")].concat();
    assert_eq!(
        weeks(&records),
        [
            "111122223333 2027-03-01: 70.00, 10 a day, - -%, 0+1",
            "111122223333 2027-03-08: 77.00, 11 a day, 1 10%, 1+0",
        ]
    );
}

#[test]
fn a_month_that_is_longer_is_not_dearer() {
    // February has 28 days, and March 31.
    let records = daily(-27..=31, 0, "10");
    assert_eq!(
        lines(&records, Period::Month, Grouping::Account),
        [
            "111122223333 2027-02-01: 280.00, 10 a day, - -%, 0+1",
            "111122223333 2027-03-01: 310.00, 10 a day, 0 0%, 1+0",
        ]
    );
}

#[test]
fn weeks_that_have_begun_or_began_before_the_records_are_left_out() {
    let records = daily(3..=20, 0, "10");
    assert_eq!(weeks(&records), ["111122223333 2027-03-08: 70.00, 10 a day, - -%, 0+1"]);
    assert_eq!(weeks(&[]), Vec::<String>::new());
}

#[test]
fn a_spike_is_charged_but_is_no_growth() {
    let mut records = daily(1..=14, 0, "10");
    records[9].charges_usd = usd("500");
    assert_eq!(weeks(&records)[1], "111122223333 2027-03-08: 560.00, 10 a day, 0 0%, 1+0");
}

#[test]
fn credits_are_no_decline() {
    let mut records = daily(1..=14, 0, "10");
    for record in &mut records[7..] {
        record.credits_usd = usd("-9");
    }
    assert_eq!(weeks(&records)[1], "111122223333 2027-03-08: 70.00, 10 a day, 0 0%, 1+0");
}

#[test]
fn days_without_an_answer_are_unknown_and_not_zero() {
    // Another account makes the weeks whole.
    let beside = daily(1..=14, 1, "1");
    let four_days = [daily(1..=7, 0, "10"), daily(8..=11, 0, "12"), beside.clone()].concat();
    assert_eq!(weeks(&four_days)[1], "111122223333 2027-03-08: 48.00, 12 a day, 2 20%, 1+0");
    let three_days = [daily(1..=7, 0, "10"), daily(8..=10, 0, "12"), beside].concat();
    assert_eq!(weeks(&three_days)[1], "111122223333 2027-03-08: 36.00, - a day, - -%, 0+1");
}

/// Two accounts, of which one is there from the first day of March on, a Monday, but is known on few
/// days: so it isn't new in the second week. Of April the half is known, which is too little.
pub(crate) fn on_the_edge() -> Vec<Record> {
    let beside = daily(-27..=61, 1, "1");
    [daily(1..=3, 0, "10"), daily(8..=14, 0, "12"), daily(32..=46, 0, "10"), beside].concat()
}

#[test]
fn an_account_that_was_there_is_not_new_and_half_a_month_is_not_enough() {
    let is_first = |line: &String| line.starts_with(ACCOUNTS[0]);
    let told: Vec<_> = weeks(&on_the_edge()).into_iter().filter(is_first).collect();
    assert_eq!(told[0], "111122223333 2027-03-08: 84.00, 12 a day, - -%, 0+1");
    let months = lines(&on_the_edge(), Period::Month, Grouping::Account);
    assert_eq!(months.iter().filter(|line| is_first(line)).count(), 0, "{months:?}");
}

#[test]
fn a_new_account_cost_nothing_before_and_a_silent_one_is_not_compared() {
    let old = of_purpose(daily(1..=21, 0, "10"), "shop");
    let new = of_purpose(daily(8..=21, 1, "5"), "shop");
    let silent = of_purpose(daily(1..=14, 2, "3"), "shop");
    assert_eq!(
        lines(&[old, new, silent].concat(), Period::Week, Grouping::Purpose),
        [
            "shop 2027-03-01: 91.00, 13 a day, - -%, 0+2",
            "shop 2027-03-08: 126.00, 18 a day, 5 38.46153846153846%, 3+0",
            "shop 2027-03-15: 105.00, 15 a day, 0 0%, 2+1",
        ]
    );
}

#[test]
fn after_a_week_of_which_nothing_is_known_no_account_counts_as_new() {
    let old = [daily(1..=7, 0, "10"), daily(15..=21, 0, "10")].concat();
    let late = daily(15..=21, 1, "5");
    assert_eq!(
        weeks(&[old, late].concat()),
        [
            "111122223333 2027-03-01: 70.00, 10 a day, - -%, 0+1",
            "111122223333 2027-03-15: 70.00, 10 a day, - -%, 0+1",
            "444455556666 2027-03-15: 35.00, 5 a day, - -%, 0+1",
        ]
    );
}

#[test]
fn an_account_that_changes_its_purpose_moves_its_cost() {
    let before = of_purpose(daily(1..=7, 0, "10"), "development");
    let after = of_purpose(daily(8..=14, 0, "10"), "production");
    let beside = of_purpose(daily(1..=14, 1, "40"), "production");
    assert_eq!(
        lines(&[before, after, beside].concat(), Period::Week, Grouping::Purpose),
        [
            "development 2027-03-01: 70.00, 10 a day, - -%, 0+1",
            "development 2027-03-08: 0.00, 0 a day, -10 -100%, 1+0",
            "production 2027-03-01: 280.00, 40 a day, - -%, 0+1",
            "production 2027-03-08: 350.00, 50 a day, 10 25%, 2+0",
        ]
    );
}

proptest! {
    #[test]
    fn the_order_of_records_changes_no_pace(
        (records, shuffled) in courses()
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle()))
    ) {
        for period in [Period::Week, Period::Month] {
            let paces = pace(&records, period, Grouping::Purpose);
            prop_assert_eq!(paces, pace(&shuffled, period, Grouping::Purpose));
        }
    }

    #[test]
    fn what_costs_twice_as_much_grows_twice_as_fast(records in courses()) {
        let doubled: Vec<_> = records
            .iter()
            .map(|one| Record { charges_usd: one.charges_usd + one.charges_usd, ..one.clone() })
            .collect();
        let (once, twice) = (
            pace(&records, Period::Week, Grouping::Account),
            pace(&doubled, Period::Week, Grouping::Account),
        );
        prop_assert_eq!(once.len(), twice.len());
        for (once, twice) in once.iter().zip(&twice) {
            prop_assert_eq!(once.growth_usd.map(|growth| 2.0 * growth), twice.growth_usd);
            prop_assert_eq!(once.growth_percent, twice.growth_percent);
        }
    }

    #[test]
    fn all_that_a_purpose_was_charged_in_a_month_is_told(records in courses()) {
        for row in pace(&records, Period::Month, Grouping::Purpose) {
            let is_of = |one: &&Record| {
                row.group == Group::Purpose(one.purpose.clone())
                    && one.day.first_of_month() == row.start
            };
            let charged = records.iter().filter(is_of).map(|one| one.charges_usd).sum();
            prop_assert_eq!(row.charges_usd, charged);
        }
    }
}
