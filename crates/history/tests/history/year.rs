//! A year of fifty accounts with twenty services each.

use std::collections::BTreeMap;

use history::{
    AccountDay, Grouping, Labels, Month, NamedQuery, Period, Record, Usd, decode, encode, merge,
    months, pace,
};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::duckdb::{Bucket, by_month};

const FIRST_DAY: Date = Date::constant(2026, 1, 1);
const LAST_DAY: Date = Date::constant(2026, 12, 31);
const ACCOUNTS: i64 = 50;
const PURPOSES: [&str; 3] = ["production", "development", "event"];
const SERVICES: i64 = 20;

/// Sums of all the year's amounts: what was charged and what was given back.
type Sums = (Usd, Usd);

/// What AWS answers of a day, with ten places in every amount. A hash of the day, account and
/// service is their chance.
fn answers(day: Date) -> Vec<AccountDay> {
    let number = i64::from(day.day_of_year());
    let account = |account: i64| {
        let id = format!("{:012}", 111_111_111_111 + account * 7_919);
        let mut answer = AccountDay::of(day, id.parse().expect("an account"), false);
        answer.account_name = Some(format!("team {account}"));
        let place = usize::try_from(account).expect("it isn't negative");
        answer.purpose = Some(PURPOSES[place % PURPOSES.len()].to_owned());
        for service in 0..SERVICES {
            let chance = hash(&[account, service]) % 1_000_000_000_000;
            let noise = hash(&[number, account, service]) % (chance / 5 + 1);
            let units = i128::from(chance + noise);
            answer.add(format!("Amazon Service {service}").as_str(), Usd::of_units(units));
        }
        if account % 10 == 0 {
            answer.add(
                "Amazon Service 0",
                -Usd::of_units(i128::from(hash(&[number, account]) % 9_000_000_000)),
            );
        }
        answer
    };
    (0..ACCOUNTS).map(account).collect()
}

/// FNV-1a, the same on every machine.
fn hash(parts: &[i64]) -> i64 {
    let bytes = parts.iter().flat_map(|part| part.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    i64::try_from(hash >> 1).expect("63 bits are left")
}

/// All records of the year, backfilled month by month.
fn backfilled() -> Vec<Record> {
    let mut known = BTreeMap::<Month, Vec<Record>>::new();
    let days: Vec<_> =
        FIRST_DAY.series(1.day()).take_while(|day| *day <= LAST_DAY).flat_map(answers).collect();
    for month in months(&days) {
        known.insert(month, Vec::new());
    }
    let merged = merge(&known, &days, Labels::Keep).expect("merged");
    assert_eq!((merged.new_days, merged.changed.len()), (365 * 50, 12));
    let again = merge(&merged.changed, &days, Labels::Keep).expect("merged");
    assert_eq!((again.same_days, again.changed.len()), (365 * 50, 0));
    merged.changed.into_values().flatten().collect()
}

fn sums(records: &[Record]) -> Sums {
    let charges = records.iter().map(|record| record.charges_usd).sum();
    (charges, records.iter().map(|record| record.credits_usd).sum())
}

#[test]
fn a_year_of_fifty_accounts_is_small_and_is_queried_to_the_last_place() {
    let records = backfilled();
    assert_eq!(records.len(), 365 * 50 * 20);
    let objects: BTreeMap<_, _> = by_month(&records)
        .into_iter()
        .map(|(month, records)| (month, encode(month, &records).expect("encoded")))
        .collect();
    let bytes: usize = objects.values().map(bytes::Bytes::len).sum();
    assert!((2_000_000..3_000_000).contains(&bytes), "{bytes} bytes");
    let read: Vec<_> = objects
        .into_iter()
        .flat_map(|(month, object)| decode("an object", month, object).expect("decoded"))
        .collect();
    assert!(read == records, "what was written is read again");

    let bucket = Bucket::of(&records);
    let (table, queries) = (Bucket::table(), NamedQuery::of_table(&Bucket::table()));
    let all = format!(
        "SELECT count(*) AS records, count(DISTINCT \"month\") AS months, \
         sum(charges_usd) AS charges_usd, \
         sum(credits_usd) AS credits_usd FROM {table}"
    );
    let weekly = queries.iter().find(|query| query.name == "pace-by-purpose-weekly").expect("it");
    let answers = bucket.ask(&[&all, &weekly.sql]);
    let row = &answers[0][0];
    assert_eq!((row.count("records"), row.count("months")), (365_000, 12));
    assert_eq!((row.usd("charges_usd"), row.usd("credits_usd")), sums(&records));
    // 2026 begins on a Thursday and ends on one: 51 whole weeks, of three purposes.
    let figures = pace(&records, Period::Week, Grouping::Purpose);
    assert_eq!((answers[1].len(), figures.len()), (153, 153));
    for (row, figure) in answers[1].iter().zip(&figures) {
        assert_eq!((row.day("start"), row.usd("charges_usd")), (figure.start, figure.charges_usd));
    }
}
