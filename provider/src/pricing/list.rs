//! Reads AWS's own price list: which of its products is which of our items, and what one costs.
//!
//! The list has no contract beyond its JSON, and its shape has changed before. So what can't be
//! understood is left out, never guessed: the caller has a table for it.

use serde_json::{Map, Value};

use super::table::Item;
use super::{Given, Usd};

/// Services whose products are read, by the codes of the price list.
pub const SERVICES: [&str; 4] = ["AmazonCloudWatch", "AWSEvents", "AWSLambda", "AmazonS3"];

/// How an item is recognized among the products of a region.
struct Mark {
    item: Item,
    service: &'static str,
    /// The usage type, without the region that it begins with in most regions (`APN1-`, `EU-`).
    usage: &'static str,
    /// Group or operation of the product that is meant where several have that usage type.
    kinds: &'static [&'static str],
    /// Words for one of it, as units have them.
    units: &'static [&'static str],
}

const fn mark(
    item: Item,
    service: &'static str,
    usage: &'static str,
    kinds: &'static [&'static str],
    units: &'static [&'static str],
) -> Mark {
    Mark { item, service, usage, kinds, units }
}

const MARKS: [Mark; 12] = [
    mark(Item::CanaryRun, SERVICES[0], "CW:Canary-runs", &[], &["run"]),
    mark(Item::AlarmMonth, SERVICES[0], "CW:AlarmMonitorUsage", &[], &["alarm"]),
    mark(
        Item::HighResolutionAlarmMonth,
        SERVICES[0],
        "CW:HighResAlarmMonitorUsage",
        &[],
        &["alarm"],
    ),
    mark(Item::MetricMonth, SERVICES[0], "CW:MetricMonitorUsage", &["Metric"], &["metric"]),
    mark(Item::MetricWrite, SERVICES[0], "CW:Requests", &["PutMetricData"], &["request"]),
    mark(
        Item::FunctionRequest,
        SERVICES[2],
        "Request",
        &["AWS-Lambda-Requests"],
        &["request", "invocation"],
    ),
    mark(Item::FunctionX86, SERVICES[2], "Lambda-GB-Second", &["AWS-Lambda-Duration"], &["second"]),
    mark(
        Item::FunctionArm,
        SERVICES[2],
        "Lambda-GB-Second-ARM",
        &["AWS-Lambda-Duration-ARM"],
        &["second"],
    ),
    mark(Item::ScheduleRun, SERVICES[1], "ScheduledInvocation", &[], &["invocation", "request"]),
    mark(
        Item::LogGigabyte,
        SERVICES[0],
        "DataProcessing-Bytes",
        &["Ingested Logs", "PutLogEvents"],
        &["gb", "gigabyte"],
    ),
    mark(Item::StorageMonth, SERVICES[3], "TimedStorage-ByteHrs", &[], &["gb-mo"]),
    mark(Item::StorageWrite, SERVICES[3], "Requests-Tier1", &["S3-API-Tier1"], &["request"]),
];

/// The prices in these products of one region, each the JSON that `GetProducts` answers with.
///
/// Of tiers, the first that costs anything counts: what is free up to some use is used up by an
/// organization once. Of several products that fit equally well, the dearest counts.
///
/// (<https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html>)
pub fn read(products: &[String]) -> Given {
    let products: Vec<Value> =
        products.iter().filter_map(|text| serde_json::from_str(text).ok()).collect();
    let found = MARKS.iter().filter_map(|mark| {
        let fitting = products.iter().filter_map(|product| mark.judge(product));
        fitting.max().map(|(_, amount)| (mark.item, amount))
    });
    found.collect()
}

impl Mark {
    /// Whether the product is of the kind that is meant, and its price; `None` for another product
    /// and for one whose price can't be read.
    fn judge(&self, product: &Value) -> Option<(bool, Usd)> {
        let attributes = &product["product"]["attributes"];
        let text = |name: &str| attributes[name].as_str().unwrap_or_default();
        let service = product["serviceCode"].as_str().unwrap_or_else(|| text("servicecode"));
        if service != self.service || !is_usage(text("usagetype"), self.usage) {
            return None;
        }
        let is_meant = |kind: &&str| text("group") == *kind || text("operation") == *kind;
        let price = price(&product["terms"]["OnDemand"], self.units)?;
        Some((self.kinds.iter().any(is_meant), price))
    }
}

/// Whether a usage type is this one, in whatever region. Only a region's short name may stand before
/// it: `APN1-Request` is a request, `US-Lambda-Edge-Request` is not.
fn is_usage(found: &str, wanted: &str) -> bool {
    let Some(before) = found.strip_suffix(wanted) else { return false };
    let Some(region) = before.strip_suffix('-') else { return before.is_empty() };
    let is_short = |letter: u8| letter.is_ascii_uppercase() || letter.is_ascii_digit();
    !region.is_empty() && region.bytes().all(is_short)
}

/// What one costs by the newest terms, in the first tier that isn't free.
fn price(terms: &Value, units: &[&str]) -> Option<Usd> {
    let terms = terms.as_object()?.values();
    let newest = terms.max_by_key(|term| term["effectiveDate"].as_str().unwrap_or_default())?;
    let mut tiers: Vec<(f64, Usd)> = newest["priceDimensions"]
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .filter_map(|tier| tier_of(tier, units))
        .collect();
    tiers.sort_by(|one, other| one.0.total_cmp(&other.0));
    tiers.into_iter().map(|(_, amount)| amount).find(|amount| *amount > Usd::default())
}

/// Where a tier begins, and what one costs in it.
fn tier_of(tier: &Value, units: &[&str]) -> Option<(f64, Usd)> {
    let begins = tier["beginRange"].as_str().unwrap_or("0").parse().ok()?;
    let amount = Usd::from_number(tier["pricePerUnit"]["USD"].as_str()?.parse().ok()?)?;
    let count = quantity(tier["unit"].as_str()?, units)?;
    Some((begins, amount.share(1, count)))
}

/// How many a unit is of: 1 for `Requests`, a million for `1M requests`. `None` for a unit of
/// something else.
fn quantity(unit: &str, words: &[&str]) -> Option<u64> {
    let unit = unit.to_lowercase();
    let (first, rest) = unit.split_once(' ').unwrap_or(("", &unit));
    let (count, noun) = match number(first) {
        Some(count) => (count, rest),
        None => (1, unit.as_str()),
    };
    let is_meant = words.iter().any(|word| noun.contains(word));
    (is_meant && count > 0).then_some(count)
}

/// A count in words: `1,000`, `1k`, `1m`, `million`.
fn number(text: &str) -> Option<u64> {
    match text.trim_end_matches('s') {
        "thousand" => return Some(1_000),
        "million" => return Some(1_000_000),
        _ => {}
    }
    let digits = text.replace(',', "");
    let (digits, times) = match digits.strip_suffix(['k', 'm']) {
        Some(shorter) if digits.ends_with('k') => (shorter.to_owned(), 1_000),
        Some(shorter) => (shorter.to_owned(), 1_000_000),
        None => (digits, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(times)
}

#[cfg(test)]
mod tests;
