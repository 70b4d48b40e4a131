//! What an event cost, by hand.

use std::collections::BTreeMap;

use contract::cost::PlannedEvent;
use history::{Baseline, EventDay, NO_CHARGES, Record, event_cost, sum_event_days};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use proptest::prelude::*;

use crate::generated::{ACCOUNTS, courses, day, record, usd};

/// A Saturday, and the Sunday after it.
const SATURDAY: Date = Date::constant(2027, 5, 1);
const SUNDAY: Date = Date::constant(2027, 5, 2);

fn festival() -> PlannedEvent {
    PlannedEvent::of("festival", SATURDAY, SUNDAY).expect("an event")
}

/// Four weeks of an account's service, and the days of the festival: `weekday` from Monday to
/// Friday, `weekend` on the other days.
fn weeks(account: usize, service: &str, weekday: &str, weekend: &str) -> Vec<Record> {
    let days = (SATURDAY - 28.days()).series(1.day()).take_while(|day| *day <= SUNDAY);
    days.map(|day| {
        let is_weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        record(day, ACCOUNTS[account], service, usd(if is_weekend { weekend } else { weekday }))
    })
    .collect()
}

/// Such weeks of three services in two accounts.
fn two_accounts() -> Vec<Record> {
    [weeks(0, "Amazon S3", "10", "2"), weeks(0, "Tax", "1", "1"), weeks(1, "Amazon S3", "10", "2")]
        .concat()
}

/// The records, with what the days of the festival cost instead.
fn during(mut records: Vec<Record>, charges_usd: &str) -> Vec<Record> {
    for record in records.iter_mut().filter(|record| record.day >= SATURDAY) {
        record.charges_usd = usd(charges_usd);
    }
    records
}

fn line(row: &EventDay) -> String {
    let number = |number: Option<f64>| number.map_or("-".to_owned(), |number| format!("{number}"));
    let charges = row.charges_usd.map_or("-".to_owned(), |charges| charges.to_string());
    let (baseline, incremental) = (number(row.baseline_usd), number(row.incremental_usd()));
    let EventDay { day, account, service, baseline_days, .. } = row;
    format!("{day} {account} {service}: {charges} - {baseline} of {baseline_days} = {incremental}")
}

fn lines(records: &[Record], event: &PlannedEvent, planned: &[PlannedEvent]) -> Vec<String> {
    let baseline = Baseline::of(28, planned).expect("a baseline");
    event_cost(records, event, &baseline).iter().map(line).collect()
}

#[test]
fn a_day_is_compared_with_the_same_weekdays() {
    let records = during(weeks(0, "Amazon S3", "10", "2"), "50");
    assert_eq!(
        lines(&records, &festival(), &[festival()]),
        [
            "2027-05-01 111122223333 Amazon S3: 50.00 - 2 of 4 = 48",
            "2027-05-02 111122223333 Amazon S3: 50.00 - 2 of 4 = 48",
        ]
    );
}

#[test]
fn missing_days_are_missing_and_a_missing_service_is_zero() {
    let mut records = during(weeks(0, "Amazon S3", "10", "2"), "50");
    // Of two Saturdays nothing is known.
    records.retain(|record| ![7, 14].iter().any(|days| record.day == SATURDAY - days.days()));
    // On one of the others another service has a record, so that of this one is known to be zero.
    let third = SATURDAY - 21.days();
    records.retain(|record| record.day != third);
    records.push(record(third, ACCOUNTS[0], "Tax", usd("1")));
    let told = lines(&records, &festival(), &[]);
    assert_eq!(told[0], "2027-05-01 111122223333 Amazon S3: 50.00 - 1 of 2 = 49");
    assert_eq!(told[1], "2027-05-01 111122223333 Tax: 0.00 - 0.5 of 2 = -0.5");
    assert_eq!(told[2], "2027-05-02 111122223333 Amazon S3: 50.00 - 2 of 4 = 48");
}

#[test]
fn days_of_another_event_are_left_out_where_it_was() {
    let sale = PlannedEvent::of("sale", SATURDAY - 14.days(), SATURDAY - 7.days()).unwrap();
    let of_account = PlannedEvent {
        accounts: [ACCOUNTS[0].parse().unwrap()].into(),
        services: ["Amazon S3".into()].into(),
        ..sale.clone()
    };
    let mut records = two_accounts();
    for record in &mut records {
        if (sale.start..=sale.end).contains(&record.day) {
            record.charges_usd = usd("90");
        }
    }
    let days = |planned: &[PlannedEvent]| -> Vec<_> {
        let baseline = Baseline::of(28, planned).expect("a baseline");
        let rows = event_cost(&records, &festival(), &baseline);
        rows.iter().map(|row| (row.baseline_usd, row.baseline_days)).collect()
    };
    // Saturdays and Sundays: two and one of the four were in the sale.
    let (saturday, sunday) = ((Some(46.0), 4), (Some(2.0), 4));
    assert_eq!(
        days(&[festival()]),
        [saturday, (Some(45.5), 4), saturday, sunday, (Some(1.0), 4), sunday]
    );
    let (left, other) = ((Some(2.0), 2), (Some(2.0), 3));
    assert_eq!(days(&[sale])[..2], [left, (Some(1.0), 2)]);
    assert_eq!(
        days(&[of_account]),
        [left, (Some(45.5), 4), saturday, other, (Some(1.0), 4), sunday]
    );
}

#[test]
fn a_new_service_has_a_baseline_of_zero_and_a_new_account_none() {
    let mut records = weeks(0, "Amazon S3", "10", "2");
    records.push(record(SATURDAY, ACCOUNTS[0], "AWS Lambda", usd("7")));
    records.push(record(SATURDAY, ACCOUNTS[1], "AWS Lambda", usd("9")));
    let told = lines(&records, &festival(), &[]);
    assert_eq!(told[0], "2027-05-01 111122223333 AWS Lambda: 7.00 - 0 of 4 = 7");
    assert_eq!(told[2], "2027-05-01 444455556666 AWS Lambda: 9.00 - - of 0 = -");
    assert_eq!(told[5], "2027-05-02 444455556666 AWS Lambda: - - - of 0 = -");
}

#[test]
fn only_charges_of_its_accounts_and_services_are_the_event_s() {
    let mut records = two_accounts();
    for record in &mut records {
        record.credits_usd = usd("-5");
    }
    let event = PlannedEvent {
        accounts: [ACCOUNTS[0].parse().unwrap()].into(),
        services: ["Amazon S3".into()].into(),
        ..festival()
    };
    assert_eq!(
        lines(&records, &event, &[]),
        [
            "2027-05-01 111122223333 Amazon S3: 2.00 - 2 of 4 = 0",
            "2027-05-02 111122223333 Amazon S3: 2.00 - 2 of 4 = 0",
        ]
    );
}

#[test]
fn a_day_without_charges_is_known_and_no_service() {
    let mut records = weeks(0, NO_CHARGES, "0", "0");
    records.push(record(SUNDAY, ACCOUNTS[0], "AWS Lambda", usd("7")));
    assert_eq!(
        lines(&records, &festival(), &[]),
        [
            "2027-05-01 111122223333 AWS Lambda: 0.00 - 0 of 4 = 0",
            "2027-05-02 111122223333 AWS Lambda: 7.00 - 0 of 4 = 7",
        ]
    );
}

#[test]
fn sums_say_what_is_not_known() {
    let mut records = during(weeks(0, "Amazon S3", "10", "2"), "50");
    records.retain(|record| record.day != SATURDAY - 7.days());
    records.push(record(SATURDAY, ACCOUNTS[1], "AWS Lambda", usd("9")));
    let rows = event_cost(&records, &festival(), &Baseline::of(28, &[]).unwrap());
    let sum = sum_event_days(&rows, |_| ())[&()];
    assert_eq!((sum.charges_usd, sum.without_baseline_usd), (usd("109"), usd("9")));
    assert!((sum.incremental_usd - 96.0).abs() < 1e-9);
    assert_eq!((sum.unknown_days, sum.least_baseline_days), (1, 3));
    let by_day: Vec<_> =
        sum_event_days(&rows, |row| row.day).into_values().map(|sum| sum.charges_usd).collect();
    assert_eq!(by_day, [usd("59"), usd("50")]);
}

#[test]
fn a_baseline_has_each_weekday() {
    for days in [0, 6, 367] {
        let error = Baseline::of(days, &[]).unwrap_err().to_string();
        assert!(error.ends_with(&format!(": {days} days")), "{error}");
    }
    for days in [7, 366] {
        assert!(Baseline::of(days, &[]).is_ok());
    }
}

proptest! {
    #[test]
    fn an_event_of_ordinary_days_costs_nothing(days in 0..30_i32, charges in 0..100_000_i64) {
        let amount = usd(&format!("{charges}e-2"));
        let records: Vec<_> =
            (0..90).map(|number| record(day(number), ACCOUNTS[0], "Tax", amount)).collect();
        let event = PlannedEvent::of("nothing", day(60), day(60 + days)).unwrap();
        for row in event_cost(&records, &event, &Baseline::of(28, &[]).unwrap()) {
            prop_assert_eq!(row.incremental_usd(), (row.day <= day(89)).then_some(0.0));
        }
    }

    #[test]
    fn sums_of_any_kind_come_to_the_same(
        (records, shuffled) in courses()
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle()))
    ) {
        let event = PlannedEvent::of("event", day(50), day(60)).unwrap();
        let baseline = Baseline::of(35, &[]).unwrap();
        let rows = event_cost(&records, &event, &baseline);
        prop_assert_eq!(&rows, &event_cost(&shuffled, &event, &baseline));
        let all = sum_event_days(&rows, |_| ()).remove(&()).unwrap_or_default();
        let by_service: BTreeMap<_, _> = sum_event_days(&rows, |row| row.service.clone());
        let charges = by_service.values().map(|sum| sum.charges_usd).sum();
        prop_assert_eq!(all.charges_usd, charges);
        let charged = records.iter().filter(|one| (day(50)..=day(60)).contains(&one.day));
        prop_assert_eq!(all.charges_usd, charged.map(|one| one.charges_usd).sum());
        let unknown: u32 = by_service.values().map(|sum| sum.unknown_days).sum();
        prop_assert_eq!(all.unknown_days, unknown);
    }
}
