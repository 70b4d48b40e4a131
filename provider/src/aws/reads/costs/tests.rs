use proptest::prelude::*;

use super::*;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn days(texts: &[&str]) -> BTreeSet<Date> {
    texts.iter().map(|text| day(text)).collect()
}

fn account(number: u8) -> AccountId {
    format!("{number:012}").parse().expect("an account's id")
}

fn record(on: &str, number: u8, purpose: Option<&str>) -> Record {
    Record {
        day: day(on),
        account: account(number),
        account_name: Some(format!("account {number}")),
        purpose: purpose.map(str::to_owned),
        service: "Amazon S3".into(),
        charges_usd: "1".parse().expect("an amount"),
        credits_usd: "0".parse().expect("an amount"),
        estimated: false,
    }
}

fn months_of(records: Vec<Record>) -> BTreeMap<Month, Vec<Record>> {
    let mut months: BTreeMap<Month, Vec<Record>> = BTreeMap::new();
    for record in records {
        months.entry(Month::of(record.day)).or_default().push(record);
    }
    months
}

#[test]
fn only_days_that_are_over_and_held_and_not_recorded_are_missing() {
    let recorded = months_of(vec![record("2026-11-02", 1, None), record("2026-11-04", 1, None)]);
    let today = day("2026-11-06");
    let found = missing(&recorded, day("2026-11-01"), day("2026-11-30"), today);
    assert_eq!(found, days(&["2026-11-01", "2026-11-03", "2026-11-05"]));
    let found = missing(&recorded, day("2020-01-01"), day("2025-10-02"), today);
    assert_eq!(found, days(&["2025-10-01", "2025-10-02"]), "what is older isn't held");
    assert!(missing(&recorded, day("2026-11-06"), day("2026-11-09"), today).is_empty());
}

#[test]
fn days_that_lie_close_are_one_request() {
    for (missing, expected) in [
        (&[][..], &[][..]),
        (&["2026-11-01"], &[("2026-11-01", "2026-11-01")]),
        (&["2026-11-01", "2026-11-02", "2026-11-05"], &[("2026-11-01", "2026-11-05")]),
        (
            &["2026-10-31", "2026-11-04"],
            &[("2026-10-31", "2026-10-31"), ("2026-11-04", "2026-11-04")],
        ),
        // More than a month apart: only the days of the difference would be few.
        (
            &["2026-09-01", "2026-11-02"],
            &[("2026-09-01", "2026-09-01"), ("2026-11-02", "2026-11-02")],
        ),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(first, last)| (day(first), day(last))).collect();
        assert_eq!(spans(days(missing)), expected, "{missing:?}");
    }
}

#[test]
fn what_is_told_takes_the_labels_that_were_known_last_and_fills_free_days() {
    let recorded = months_of(vec![
        record("2026-11-01", 1, Some("old")),
        record("2026-11-02", 1, Some("production")),
    ]);
    let mut told = Told {
        days: days(&["2026-11-03", "2026-11-04", "2026-11-05"]),
        names: BTreeMap::from([(account(1), "other".to_owned()), (account(2), "two".to_owned())]),
        ..Told::default()
    };
    for (on, number) in [("2026-11-02", 1), ("2026-11-05", 1), ("2026-11-04", 2)] {
        let mut answer = AccountDay::of(day(on), account(number), false);
        answer.add("Amazon S3", "2".parse().expect("an amount"));
        told.answers.push(answer);
    }
    let missing = days(&["2026-11-03", "2026-11-04", "2026-11-05"]);
    let found = answers(&told, &recorded, &missing, day("2026-12-01"));
    let text = |one: &AccountDay| {
        let label = |label: &Option<String>| label.clone().unwrap_or_default();
        let (name, purpose) = (label(&one.account_name), label(&one.purpose));
        format!("{} {} {name} {purpose}", one.day, one.account)
    };
    let found: BTreeSet<_> = found.iter().map(text).collect();
    let expected = [
        "2026-11-03 000000000001 account 1 production",
        "2026-11-04 000000000001 account 1 production",
        "2026-11-04 000000000002 two ",
        "2026-11-05 000000000001 account 1 production",
    ];
    assert_eq!(found, expected.map(str::to_owned).into());
    let early = answers(&told, &recorded, &missing, day("2026-11-06"));
    assert_eq!(early.len(), 2, "what isn't settled may still come");
}

proptest! {
    /// Every missing day is in one request, requests are in order and apart, and begin and end with a
    /// day that is missing.
    #[test]
    fn requests_hold_all_missing_days(places in prop::collection::btree_set(0_i64..400, 0..60)) {
        let start = day("2025-10-01");
        let missing: BTreeSet<Date> =
            places.iter().map(|place| start.saturating_add(place.days())).collect();
        let spans = spans(missing.iter().copied());
        for (first, last) in &spans {
            prop_assert!(first <= last && missing.contains(first) && missing.contains(last));
        }
        for pair in spans.windows(2) {
            prop_assert!((pair[1].0 - pair[0].1).get_days() > BRIDGED_DAYS + 1);
        }
        for day in &missing {
            let holding = spans.iter().filter(|(first, last)| first <= day && day <= last);
            prop_assert_eq!(holding.count(), 1);
        }
    }
}
