//! A bill of two accounts in the stand-in, and a recorded history of it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use hinomi_tests::{Account, Result};
use history::{Month, Record, encode, object_key};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

/// What the history's keys begin with.
const PREFIX: &str = "records/";

/// Charges a day: of the shop, and of the festival's account.
const LINES: [(&str, &str, &str); 2] =
    [("shop", "Amazon Simple Storage Service", "1.5"), ("festival", "AWS Lambda", "0.25")];

/// A payer with two member accounts.
pub(crate) struct Bill {
    pub(crate) payer: Account,
    pub(crate) shop: Account,
    pub(crate) festival: Account,
    seeded: Cell<u64>,
}

/// So many days before the present one, which the product sees as well.
pub(crate) fn date(before: i64) -> Date {
    let today = TimeZone::UTC.to_datetime(Timestamp::now()).date();
    today.saturating_sub(before.days())
}

/// The same as attributes have it.
pub(crate) fn day(before: i64) -> String {
    date(before).to_string()
}

impl Bill {
    pub(crate) fn new() -> Result<Self> {
        let [payer, shop, festival] = [Account::new()?, Account::new()?, Account::new()?];
        payer.seed_bucket(&format!("costs-{}", payer.id()))?;
        Ok(Self { payer, shop, festival, seeded: Cell::new(0) })
    }

    fn account(&self, name: &str) -> &Account {
        if name == "shop" { &self.shop } else { &self.festival }
    }

    /// The figures of these days, with whatever else is to be on the bill.
    pub(crate) fn seed(&self, days: RangeInclusive<i64>, other: &Value) -> Result<()> {
        let accounts =
            LINES.map(|(name, ..)| json!({ "id": self.account(name).id(), "name": name }));
        let figures = days.flat_map(|before| {
            LINES.map(|(name, service, usd)| {
                json!({
                    "account": self.account(name).id(), "date": day(before),
                    "service": service, "usd": usd.parse::<f64>().expect("a number"),
                })
            })
        });
        let mut bill = json!({
            "accounts": accounts, "figures": figures.collect::<Vec<_>>(), "late": "none",
        });
        for (key, value) in other.as_object().into_iter().flatten() {
            bill[key] = value.clone();
        }
        self.payer.bill(&bill)
    }

    /// Records these days in the history, with other charges of the shop; returns the attribute that
    /// leads there.
    pub(crate) fn record(&self, days: RangeInclusive<i64>, shop_usd: &str) -> Result<String> {
        let mut months: BTreeMap<Month, Vec<Record>> = BTreeMap::new();
        for before in days.rev() {
            let day = date(before);
            for (name, service, usd) in LINES {
                months.entry(Month::of(day)).or_default().push(Record {
                    day,
                    account: self.account(name).id().parse().expect("an account's id"),
                    account_name: Some(name.to_owned()),
                    purpose: Some(if name == "shop" { "production" } else { "event" }.to_owned()),
                    service: service.into(),
                    charges_usd: if name == "shop" { shop_usd } else { usd }.parse().expect("USD"),
                    credits_usd: "0".parse().expect("USD"),
                    estimated: false,
                });
            }
        }
        let bucket = format!("costs-{}", self.payer.id());
        for (month, mut records) in months {
            records.sort_by(|one, other| one.key().cmp(&other.key()));
            let bytes = encode(month, &records).expect("records of one month");
            self.payer.seed_object(&bucket, &object_key(PREFIX, month), &bytes)?;
            self.seeded.set(self.seeded.get() + 1);
        }
        Ok(format!("history = {{ bucket = \"{bucket}\", prefix = \"{PREFIX}\" }}"))
    }

    /// Objects that were put here.
    pub(crate) fn seeded(&self) -> u64 {
        self.seeded.get()
    }
}
