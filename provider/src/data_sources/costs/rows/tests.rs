use proptest::prelude::*;

use super::*;
use crate::aws::reads::costs::Known;

const SHOP: &str = "111111111111";
const FESTIVAL: &str = "222222222222";

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn text(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn record(on: &str, account: &str, purpose: Option<&str>, service: &str, usd: [&str; 2]) -> Record {
    Record {
        day: day(on),
        account: account.parse().expect("an account's id"),
        account_name: (account == SHOP).then(|| format!("shop of {on}")),
        purpose: purpose.map(str::to_owned),
        service: service.into(),
        charges_usd: usd[0].parse().expect("an amount"),
        credits_usd: usd[1].parse().expect("an amount"),
        estimated: on.starts_with("2026-12"),
    }
}

/// Two months' ends, and a free day of the festival's account.
fn read() -> CostsRead {
    let records = vec![
        record("2026-11-29", SHOP, Some("production"), "Amazon S3", ["0.1", "0"]),
        record("2026-11-29", FESTIVAL, None, NO_CHARGES, ["0", "0"]),
        record("2026-11-30", SHOP, Some("production"), "AWS Lambda", ["2", "-1.5"]),
        record("2026-11-30", SHOP, Some("production"), "Amazon S3", ["0.2", "0"]),
        record("2026-12-02", SHOP, Some("event"), "Amazon S3", ["4", "0"]),
        record("2026-12-02", FESTIVAL, None, "Amazon S3", ["8", "0"]),
    ];
    let known = Known { records, ..Known::default() };
    CostsRead { known, today: day("2026-12-03") }
}

fn filled(config: CostList) -> CostList {
    fill(config, (day("2026-11-29"), day("2026-12-03")), &read())
}

/// Rows as `start..end account purpose service charges credits`, with `-` for null.
fn rows(list: &CostList) -> Vec<String> {
    let or_dash = |text: &Attr<String>| text.as_known().cloned().unwrap_or_else(|| "-".to_owned());
    let usd = |usd: &Attr<f64>| usd.as_known().copied().unwrap_or(f64::NAN);
    let rows = list.rows.as_known().expect("rows").iter().filter_map(Attr::as_known);
    rows.map(|row| {
        let [start, end] = [&row.start, &row.end].map(or_dash);
        let [account, purpose, service] = [&row.account, &row.purpose, &row.service].map(or_dash);
        let account = account.chars().take(3).collect::<String>();
        let (charges, credits) = (usd(&row.charges_usd), usd(&row.credits_usd));
        format!("{}..{} {account} {purpose} {service} {charges} {credits}", &start[5..], &end[5..])
    })
    .collect()
}

fn by(by: &[GroupBy]) -> CostList {
    let by = by.iter().copied().map(Attr::Known).collect();
    CostList { group_by: Attr::Known(by), ..CostList::default() }
}

#[test]
fn rows_are_told_apart_by_what_is_asked() {
    for (config, expected) in [
        (
            CostList::default(),
            vec![
                "11-29..11-29 - - - 0.1 0",
                "11-30..11-30 - - - 2.2 -1.5",
                "12-02..12-02 - - - 12 0",
            ],
        ),
        (
            by(&[GroupBy::Account]),
            vec![
                "11-29..11-29 111 - - 0.1 0",
                "11-29..11-29 222 - - 0 0",
                "11-30..11-30 111 - - 2.2 -1.5",
                "12-02..12-02 111 - - 4 0",
                "12-02..12-02 222 - - 8 0",
            ],
        ),
        (
            by(&[GroupBy::Service]),
            vec![
                "11-29..11-29 - - Amazon S3 0.1 0",
                "11-30..11-30 - - AWS Lambda 2 -1.5",
                "11-30..11-30 - - Amazon S3 0.2 0",
                "12-02..12-02 - - Amazon S3 12 0",
            ],
        ),
        (
            CostList { granularity: Attr::Known(Granularity::Monthly), ..by(&[GroupBy::Purpose]) },
            vec![
                "11-29..11-30 - - - 0 0",
                "11-29..11-30 - production - 2.3 -1.5",
                "12-01..12-03 - - - 8 0",
                "12-01..12-03 - event - 4 0",
            ],
        ),
    ] {
        assert_eq!(rows(&filled(config.clone())), expected, "{:?}", config.group_by);
    }
}

#[test]
fn filters_leave_out_and_purposes_fill_in() {
    let one = |value: &str| Attr::Known(BTreeSet::from([text(value)]));
    let purposes = BTreeMap::from([(FESTIVAL.to_owned(), text("event"))]);
    for (config, charges, net) in [
        (CostList::default(), 14.3, 12.8),
        (CostList { accounts: one(SHOP), ..CostList::default() }, 6.3, 4.8),
        (CostList { services: one("Amazon S3"), ..CostList::default() }, 12.3, 12.3),
        (CostList { purposes: one("event"), ..CostList::default() }, 4.0, 4.0),
        (
            CostList {
                purposes: one("event"),
                account_purposes: Attr::Known(purposes.clone()),
                ..CostList::default()
            },
            12.0,
            12.0,
        ),
    ] {
        let total = filled(config).total.into_known().expect("a sum");
        assert_eq!((total.charges_usd, total.net_usd), (charges.into(), net.into()));
    }
    // What is recorded stays.
    let renamed = BTreeMap::from([(SHOP.to_owned(), text("other"))]);
    let config = CostList { account_purposes: Attr::Known(renamed), ..by(&[GroupBy::Purpose]) };
    assert!(!rows(&filled(config)).iter().any(|row| row.contains("other")));
}

#[test]
fn what_is_not_known_is_missing_and_not_zero() {
    let all = filled(CostList::default());
    let missing = ["2026-12-01", "2026-12-03"].map(text);
    assert_eq!(all.missing_days, Attr::Known(missing.into()));
    assert_eq!(all.estimated, Attr::Known(true));
    let festival =
        CostList { accounts: Attr::Known(BTreeSet::from([text(FESTIVAL)])), ..CostList::default() };
    let missing = ["2026-11-30", "2026-12-01", "2026-12-03"].map(text);
    assert_eq!(filled(festival).missing_days, Attr::Known(missing.into()));
}

#[test]
fn an_account_goes_by_its_latest_name() {
    let monthly =
        CostList { granularity: Attr::Known(Granularity::Monthly), ..by(&[GroupBy::Account]) };
    let rows = filled(monthly).rows.into_known().expect("rows");
    let names: Vec<_> =
        rows.iter().filter_map(Attr::as_known).map(|row| &row.account_name).collect();
    let expected = [text("shop of 2026-11-30"), Attr::Null, text("shop of 2026-12-02"), Attr::Null];
    assert_eq!(names, expected.iter().collect::<Vec<_>>());
    assert!(
        filled(by(&[]))
            .rows
            .as_known()
            .expect("rows")
            .iter()
            .all(|row| { row.as_known().is_some_and(|row| row.account_name.is_null()) })
    );
}

proptest! {
    /// However rows are told apart, they add up to the total, in order and each once.
    #[test]
    fn rows_add_up(
        records in prop::collection::vec((0_i64..70, 0_usize..3, 0_usize..3, 0_u32..10_000), 0..60),
        by in prop::collection::btree_set(prop::sample::select(vec![
            GroupBy::Account, GroupBy::Purpose, GroupBy::Service,
        ]), 0..=3),
        is_monthly in any::<bool>(),
    ) {
        let accounts = [SHOP, FESTIVAL, "333333333333"];
        let services = ["Amazon S3", "AWS Lambda", NO_CHARGES];
        let (first, last) = (day("2026-10-01"), day("2026-12-09"));
        let records = records.into_iter().map(|(place, account, service, cents)| {
            let on = first.saturating_add(jiff::ToSpan::days(place)).to_string();
            let cents = if services[service] == NO_CHARGES { 0 } else { cents };
            let usd = format!("{}.{:02}", cents / 100, cents % 100);
            record(&on, accounts[account], [None, Some("a")][account % 2], services[service], [&usd, "0"])
        });
        let known = Known { records: records.collect(), ..Known::default() };
        let read = CostsRead { known, today: day("2026-12-10") };
        let granularity = if is_monthly { Granularity::Monthly } else { Granularity::Daily };
        let config = CostList {
            granularity: Attr::Known(granularity),
            group_by: Attr::Known(by.into_iter().map(Attr::Known).collect()),
            ..CostList::default()
        };
        let filled = fill(config, (first, last), &read);
        let rows: Vec<_> =
            filled.rows.as_known().expect("rows").iter().filter_map(Attr::as_known).collect();
        let sum: f64 = rows.iter().filter_map(|row| row.charges_usd.as_known()).sum();
        let total = filled.total.as_known().and_then(|total| total.charges_usd.as_known().copied());
        prop_assert!((sum - total.expect("a sum")).abs() < 1e-6);
        let keys: Vec<_> = rows
            .iter()
            .map(|row| (&row.start, &row.account, &row.purpose, &row.service))
            .collect();
        prop_assert!(keys.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", keys);
    }
}
