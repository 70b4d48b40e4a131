//! The SQL, through `DuckDB`, says what the functions say.

use std::collections::{BTreeMap, BTreeSet};

use contract::cost::PlannedEvent;
use history::{
    Baseline, EventDay, Group, Grouping, Month, NamedQuery, Pace, Period, Record, Usd, event_cost,
    pace,
};
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::duckdb::{Bucket, Row, ask_all};
use crate::generated::{ACCOUNTS, courses, day, event, record, usd};
use crate::paces::on_the_edge;

/// Random histories of a run: each is a database of its own, in one process.
const HISTORIES: usize = 24;

/// The same values at each run, so that no run differs from the last.
fn generated<S: Strategy>(strategy: &S) -> Vec<S::Value> {
    let mut runner = TestRunner::deterministic();
    let value = |runner: &mut TestRunner| strategy.new_tree(runner).expect("a value").current();
    (0..HISTORIES).map(|_| value(&mut runner)).collect()
}

fn near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * one.abs().max(1.0),
        (one, other) => one == other,
    }
}

/// The row that SQL has for a day of an event is the function's.
fn assert_same_day(row: &Row, figure: &EventDay) {
    let key = (row.day("day"), row.text("account_id"), row.text("service"));
    assert_eq!(key, (figure.day, figure.account.as_str(), figure.service.as_str()));
    assert_eq!(row.optional_usd("charges_usd"), figure.charges_usd, "{figure:?}");
    assert_eq!(row.count("baseline_days"), u64::from(figure.baseline_days), "{figure:?}");
    assert!(near(row.number("baseline_usd"), figure.baseline_usd), "{row:?} {figure:?}");
    assert!(near(row.number("incremental_usd"), figure.incremental_usd()), "{row:?} {figure:?}");
}

#[test]
fn sql_and_rust_agree_on_what_events_cost() {
    let names = "it's a \"sale\"; --";
    let strategy = (courses(), event(names), event("other"), event("third"), 7..60_u16);
    let histories = generated(&strategy);
    let buckets: Vec<_> = histories.iter().map(|(records, ..)| Bucket::of(records)).collect();
    let (mut queries, mut expected) = (Vec::new(), Vec::new());
    for (records, event, other, third, days) in &histories {
        let planned = [event.clone(), other.clone(), third.clone()];
        let baseline = Baseline::of(*days, &planned).expect("a baseline");
        queries.push(NamedQuery::of_event(&Bucket::table(), event, &baseline).sql);
        expected.push(event_cost(records, event, &baseline));
    }
    let texts: Vec<_> = queries.iter().map(|query| [query.as_str()]).collect();
    let asked: Vec<_> =
        buckets.iter().zip(&texts).map(|(bucket, sql)| (bucket, &sql[..])).collect();
    let answers = ask_all(&asked);
    for (rows, figures) in answers.iter().map(|answer| &answer[0]).zip(&expected) {
        assert_eq!(rows.len(), figures.len());
        for (row, figure) in rows.iter().zip(figures) {
            assert_eq!(row.text("event"), names);
            assert_same_day(row, figure);
        }
    }
    assert_kinds_of_days(&expected.concat());
}

/// Of each kind of day that the rules tell apart there were some, so that their agreement means
/// something.
fn assert_kinds_of_days(figures: &[EventDay]) {
    let count = |is: fn(&EventDay) -> bool| figures.iter().filter(|figure| is(figure)).count();
    for (kind, count) in [
        ("with an increment", count(|day| day.incremental_usd().is_some_and(|usd| usd > 0.0))),
        ("unknown", count(|day| day.charges_usd.is_none())),
        ("without a baseline", count(|day| day.baseline_usd.is_none())),
        ("with one baseline day", count(|day| day.baseline_days == 1)),
        ("with an even number", count(|day| day.baseline_days > 0 && day.baseline_days % 2 == 0)),
    ] {
        assert!(count > 10, "{count} days were {kind}");
    }
}

fn assert_same_pace(row: &Row, figure: &Pace) {
    let group = match &figure.group {
        Group::Account(account) => {
            assert_eq!(row.text("account_id"), account.as_str());
            Some(account.to_string())
        }
        Group::Purpose(purpose) => {
            assert_eq!(row.optional_text("purpose"), purpose.as_deref());
            purpose.clone()
        }
    };
    assert_eq!(row.day("start"), figure.start, "{group:?}");
    assert_eq!(row.usd("charges_usd"), figure.charges_usd, "{figure:?}");
    assert!(near(row.number("typical_day_usd"), figure.typical_day_usd), "{row:?} {figure:?}");
    assert!(near(row.number("growth_usd"), figure.growth_usd), "{row:?} {figure:?}");
    assert!(near(row.number("growth_percent"), figure.growth_percent), "{row:?} {figure:?}");
    assert_eq!(row.count("compared_accounts"), u64::from(figure.compared_accounts), "{figure:?}");
    assert_eq!(row.count("other_accounts"), u64::from(figure.other_accounts), "{figure:?}");
}

#[test]
fn sql_and_rust_agree_on_the_pace() {
    let kinds = [
        ("pace-by-account-weekly", Period::Week, Grouping::Account),
        ("pace-by-purpose-weekly", Period::Week, Grouping::Purpose),
        ("pace-by-account-monthly", Period::Month, Grouping::Account),
        ("pace-by-purpose-monthly", Period::Month, Grouping::Purpose),
    ];
    let named = NamedQuery::of_table(&Bucket::table());
    let sql = kinds.map(|(name, ..)| {
        named.iter().find(|query| query.name == name).expect("a query").sql.as_str()
    });
    let mut histories = generated(&courses());
    histories.push(on_the_edge());
    let buckets: Vec<_> = histories.iter().map(|records| Bucket::of(records)).collect();
    let asked: Vec<_> = buckets.iter().map(|bucket| (bucket, &sql[..])).collect();
    let mut seen = BTreeSet::new();
    for (records, answer) in histories.iter().zip(ask_all(&asked)) {
        for ((_, period, grouping), rows) in kinds.iter().zip(answer) {
            let figures = pace(records, *period, *grouping);
            assert_eq!(rows.len(), figures.len(), "{rows:?} {figures:?}");
            for (row, figure) in rows.iter().zip(&figures) {
                assert_same_pace(row, figure);
                let rises = figure.growth_usd.map(|growth| growth.partial_cmp(&0.0));
                let is_partial = figure.compared_accounts > 0 && figure.other_accounts > 0;
                seen.insert((rises, figure.growth_percent.is_some(), is_partial));
            }
        }
    }
    // Growth up, down and none at all; none from nothing; and purposes compared in part.
    assert!(seen.len() >= 6, "{seen:?}");
}

fn ask(records: &[Record], name: &str) -> Vec<Row> {
    let queries = NamedQuery::of_table(&Bucket::table());
    let query = queries.iter().find(|query| query.name == name).expect("a query");
    Bucket::of(records).ask(&[&query.sql]).remove(0)
}

fn of_purpose(purpose: Option<&str>, day: Date, account: usize, charges: &str) -> Record {
    let record = record(day, ACCOUNTS[account], "Amazon S3", usd(charges));
    Record { purpose: purpose.map(ToOwned::to_owned), ..record }
}

#[test]
fn days_are_summed_by_purpose_to_the_last_place() {
    let mut given_back = of_purpose(Some("production"), day(0), 1, "0.2");
    given_back.credits_usd = usd("-1.0000000001");
    given_back.estimated = true;
    let rows = ask(
        &[
            of_purpose(Some("production"), day(0), 0, "0.1"),
            given_back,
            of_purpose(None, day(0), 2, "99999999.9999999999"),
            of_purpose(None, day(0), 3, "99999999.9999999999"),
            of_purpose(None, day(50), 3, "1"),
        ],
        "daily-cost-by-purpose",
    );
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let purpose = row.optional_text("purpose").unwrap_or("none");
            let (charges, credits) = (row.usd("charges_usd"), row.usd("credits_usd"));
            let (day, net, accounts) = (row.day("day"), row.usd("net_usd"), row.count("accounts"));
            let estimated = row.flag("estimated");
            format!("{day} {purpose}: {accounts} {charges} {credits} {net} {estimated}")
        })
        .collect();
    assert_eq!(
        told,
        [
            "2026-09-20 production: 2 0.30 -1.0000000001 -0.7000000001 true",
            "2026-09-20 none: 2 199999999.9999999998 0.00 199999999.9999999998 false",
            "2026-11-09 none: 1 1.00 0.00 1.00 false",
        ]
    );
}

#[test]
fn the_services_of_a_month_are_ranked() {
    let mut records: Vec<_> = (1..=22)
        .map(|place| record(day(0), ACCOUNTS[0], &format!("Service {place:02}"), usd("1")))
        .collect();
    records[4].charges_usd = usd("78");
    records[5].charges_usd = Usd::ZERO;
    records.push(record(day(40), ACCOUNTS[0], "Tax", Usd::ZERO));
    records.push(record(day(80), ACCOUNTS[0], "Tax", usd("3")));
    records.push(record(day(80), ACCOUNTS[1], "Tax", usd("4")));
    let rows = ask(&records, "top-services-by-month");
    let line = |row: &Row| {
        let percent = row.number("percent").map_or("-".to_owned(), |share| format!("{share:.1}"));
        let (place, charges) = (row.count("place"), row.usd("charges_usd"));
        let accounts = row.count("accounts");
        format!(
            "{} {place} {} {accounts} {charges} {percent}%",
            row.text("month"),
            row.text("service")
        )
    };
    let told: Vec<_> = rows.iter().map(line).collect();
    assert_eq!(
        told[..3],
        [
            "2026-12 1 Tax 2 7.00 100.0%",
            "2026-09 1 Service 05 1 78.00 79.6%",
            "2026-09 2 Service 01 1 1.00 1.0%",
        ]
    );
    assert_eq!(
        (told.len(), told.last().map(String::as_str)),
        (21, Some("2026-09 20 Service 21 1 1.00 1.0%"))
    );
}

/// Every query that there is, with an event that needs all of its parts.
fn all_queries() -> Vec<NamedQuery> {
    let narrow = |name: &str, first| PlannedEvent {
        accounts: ACCOUNTS.iter().map(|id| id.parse().expect("an account")).collect(),
        services: ["AWS Lambda".into(), "it's".into()].into(),
        ..PlannedEvent::of(name, day(first), day(first + 8)).expect("an event")
    };
    let planned = [narrow("before", 30), narrow("long before", 20)];
    let baseline = Baseline::of(28, &planned).expect("a baseline");
    let event = NamedQuery::of_event(&Bucket::table(), &narrow("祭り", 40), &baseline);
    NamedQuery::of_table(&Bucket::table()).into_iter().chain([event]).collect()
}

/// Functions and keywords before a bracket that Trino and `DuckDB` have, with one meaning for what
/// is asked of them here (Trino 4xx documentation, "Functions and operators"; `DuckDB`,
/// "Functions").
const COMMON: [&str; 20] = [
    "AND",
    "AS",
    "CAST",
    "COALESCE",
    "IN",
    "NOT",
    "NULLIF",
    "OVER",
    "VALUES",
    "avg",
    "bool_or",
    "count",
    "date_diff",
    "date_trunc",
    "decimal",
    "max",
    "min",
    "row_number",
    "sum",
    "FROM",
];

#[test]
fn queries_call_only_what_both_engines_have() {
    for query in all_queries() {
        let mut quoted = None;
        let mut plain = String::new();
        for letter in query.sql.chars() {
            match (quoted, letter) {
                (Some(end), letter) if letter == end => quoted = None,
                (None, '\'' | '"') => quoted = Some(letter),
                (None, letter) => plain.push(letter),
                (Some(_), _) => {}
            }
        }
        for (before, _) in plain.match_indices('(').map(|(place, _)| plain.split_at(place)) {
            let word =
                before.trim_end().rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let word = word.into_iter().next().unwrap_or_default();
            assert!(word.is_empty() || COMMON.contains(&word), "{}: {word}", query.name);
        }
        assert!(!plain.contains([';', '`', '[']) && !plain.contains("--"), "{}", query.name);
    }
}

/// Athena API Reference, `CreateNamedQuery`: a name of 128 characters, a description of 1024, a
/// text of 262144 bytes.
#[test]
fn athena_keeps_the_queries() {
    let queries = all_queries();
    let names: BTreeMap<_, _> = queries.iter().map(|query| (&query.name, query)).collect();
    assert_eq!(names.len(), queries.len());
    for query in &queries {
        assert!((1..=128).contains(&query.name.chars().count()), "{}", query.name);
        assert!((1..=1024).contains(&query.description.chars().count()), "{}", query.name);
        assert!((1..=262_144).contains(&query.sql.len()), "{}", query.name);
    }
}

#[test]
fn the_months_before_an_event_are_named_so_that_only_they_are_read() {
    let event = PlannedEvent::of("festival", day(20), day(40)).expect("an event");
    let baseline = Baseline::of(28, &[]).expect("a baseline");
    let sql = NamedQuery::of_event(&Bucket::table(), &event, &baseline).sql;
    let (first, last) = (Month::of(day(-8)), Month::of(day(40)));
    assert!(sql.contains(&format!("\"month\" BETWEEN '{first}' AND '{last}'")), "{sql}");
}
