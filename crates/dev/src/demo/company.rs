//! The company whose costs the demo reports: eight accounts for three purposes, 120 days of bills made by
//! the stand-in from a seed, a festival, and a machine that somebody forgot.

use jiff::{ToSpan, civil::Date};
use serde_json::{Map, Value, json};

/// The mornings that are reported: while the festival runs, and when its figures are final.
pub(super) const MORNINGS: [Date; 2] = [Date::constant(2026, 11, 23), Date::constant(2026, 11, 27)];
/// Days of bills before the first of them.
const DAYS: i32 = 120;
/// The festival's first and last day.
const FESTIVAL: [Date; 2] = [Date::constant(2026, 11, 20), Date::constant(2026, 11, 23)];
/// Days on which a machine ran that nobody needed.
const FORGOTTEN: [Date; 2] = [Date::constant(2026, 11, 21), Date::constant(2026, 11, 23)];

/// An account: the last digits of its id, its name and purpose, US dollars a month, growth a month, and
/// the level of a day of a weekend.
type Member = (u8, &'static str, &'static str, f64, f64, f64);

const MEMBERS: [Member; 8] = [
    (1, "shop-production", "production", 5400.0, 0.05, 1.15),
    (2, "shop-batch", "production", 1350.0, 0.02, 0.9),
    (3, "streaming", "production", 2900.0, 0.09, 1.3),
    (4, "festival-web", "event", 620.0, 0.0, 1.0),
    (5, "festival-live", "event", 380.0, 0.03, 1.0),
    (6, "app-development", "development", 1100.0, 0.03, 0.4),
    (7, "sandbox", "development", 190.0, -0.05, 0.5),
    (8, "data-lab", "development", 820.0, 0.12, 0.45),
];

fn id(number: u8) -> String {
    format!("2222333344{number:02}")
}

/// Values for the example's variables about costs, with an event in a month.
pub(super) fn variables(today: Date) -> Map<String, Value> {
    let accounts: Map<String, Value> = MEMBERS
        .iter()
        .map(|(number, name, purpose, ..)| {
            (id(*number), json!({ "name": name, "purpose": purpose }))
        })
        .collect();
    let [start, end] = FESTIVAL.map(|day| day.to_string());
    let [next_start, next_end] = [30, 33].map(|days| (today + days.days()).to_string());
    let events = json!({
        "autumn-festival": { "start": start, "end": end, "accounts": festival() },
        // One that is to come has a budget: AWS takes none for a time that is over.
        "next-festival": {
            "start": next_start, "end": next_end, "accounts": festival(), "budget_usd": 600,
        },
    });
    let budgets: Map<String, Value> = MEMBERS
        .iter()
        .map(|(number, .., usd, _, _)| (id(*number), json!((usd * 1.2).round())))
        .collect();
    [
        ("accounts", Value::Object(accounts)),
        ("events", events),
        ("budgets_usd", Value::Object(budgets)),
        ("keep_history", json!(false)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into_iter()
    .collect()
}

/// The bill, as the stand-in is asked for it.
pub(super) fn bill() -> Value {
    let [first, _] = MORNINGS;
    let opened = first - DAYS.days();
    let accounts: Vec<Value> = MEMBERS
        .iter()
        .map(|(number, name, _, monthly_usd, growth, weekend)| {
            json!({
                "id": id(*number), "name": name, "monthly_usd": monthly_usd, "growth": growth,
                "weekend": weekend, "opened_on": opened.to_string(),
            })
        })
        .collect();
    let [start, end] = FESTIVAL.map(|day| day.to_string());
    let [from, through] = FORGOTTEN.map(|day| day.to_string());
    json!({
        "today": first.to_string(),
        "seed": 7,
        "accounts": accounts,
        "events": [{ "accounts": festival(), "start": start, "end": end, "factor": 4.0 }],
        "spikes": [{
            "account": id(8), "start": from, "end": through, "usd": 240.0,
            "service": "Amazon Elastic Compute Cloud - Compute",
            "usage_type": "BoxUsage:p4d.24xlarge", "region": "us-east-1",
        }],
        "late": { "ages": [0.05, 0.97, 1.0] },
    })
}

fn festival() -> Vec<String> {
    [4, 5].map(id).to_vec()
}
