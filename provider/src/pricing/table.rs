//! The list prices, each with its public source and the day on which it was read.

use serde::{Deserialize, Serialize};

use super::Usd;

/// The region that the prices are of.
pub const REGION: &str = "us-east-1";

/// What is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// One run of a canary. Retries are runs as well.
    CanaryRun,
    /// One alarm on one metric of standard resolution, for a month. An alarm on an expression is
    /// billed for each metric in it.
    AlarmMonth,
    /// One alarm on one metric whose periods are shorter than a minute, for a month.
    HighResolutionAlarmMonth,
    /// One custom metric, for a month.
    MetricMonth,
    /// One request of `PutMetricData`.
    MetricWrite,
    /// One invocation of a function.
    FunctionRequest,
    /// A gigabyte-second of a function on an x86-64 processor.
    FunctionX86,
    /// A gigabyte-second of a function on an arm64 processor.
    FunctionArm,
    /// One invocation by `EventBridge` Scheduler.
    ScheduleRun,
    /// A gigabyte of logs taken in.
    LogGigabyte,
    /// A gigabyte of S3's standard storage, for a month.
    StorageMonth,
    /// One request that writes an object to S3.
    StorageWrite,
    /// One request of Cost Explorer's API, each page by itself.
    CostExplorerCall,
}

/// A list price.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// What it is the price of.
    pub item: Item,
    /// The same in words.
    pub what: &'static str,
    /// What one of it costs.
    pub amount: Usd,
    /// The public page that says so.
    pub source: &'static str,
    /// The day on which the page was read, as `year-month-day`.
    pub date: &'static str,
}

/// The day on which the pages were read, where a figure has no day of its own.
pub(super) const AS_OF: &str = "2026-11-23";

const CLOUDWATCH: &str = "https://aws.amazon.com/cloudwatch/pricing/";
const LAMBDA: &str = "https://aws.amazon.com/lambda/pricing/";
/// A file of AWS's price list for S3, and its day.
const S3: &str = "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonS3/20260831092225/us-east-1/index.json";
const S3_DATE: &str = "2026-08-31";
const COST_EXPLORER: &str = "https://aws.amazon.com/aws-cost-management/aws-cost-explorer/pricing/";
/// The day on which it was read.
const COST_EXPLORER_DATE: &str = "2026-12-01";
const EVENTBRIDGE: &str = "https://aws.amazon.com/eventbridge/pricing/";

/// The list prices of [`REGION`], by item.
pub const PRICES: [Price; 13] = [
    price(Item::CanaryRun, "a canary run", 12_000_000, CLOUDWATCH),
    price(Item::AlarmMonth, "an alarm metric and month", 1_000_000_000, CLOUDWATCH),
    price(
        Item::HighResolutionAlarmMonth,
        "a high-resolution alarm metric and month",
        3_000_000_000,
        CLOUDWATCH,
    ),
    price(Item::MetricMonth, "a custom metric and month", 3_000_000_000, CLOUDWATCH),
    price(Item::MetricWrite, "a PutMetricData request", 100_000, CLOUDWATCH),
    price(Item::FunctionRequest, "a Lambda request", 2_000, LAMBDA),
    price(Item::FunctionX86, "a Lambda GB-second (x86-64)", 166_667, LAMBDA),
    price(Item::FunctionArm, "a Lambda GB-second (arm64)", 133_334, LAMBDA),
    price(Item::ScheduleRun, "a Scheduler invocation", 10_000, EVENTBRIDGE),
    price(Item::LogGigabyte, "a GB of logs", 5_000_000_000, CLOUDWATCH),
    Price { date: S3_DATE, ..price(Item::StorageMonth, "a GB in S3 and month", 230_000_000, S3) },
    Price { date: S3_DATE, ..price(Item::StorageWrite, "an S3 PUT request", 50_000, S3) },
    Price {
        date: COST_EXPLORER_DATE,
        ..price(Item::CostExplorerCall, "a Cost Explorer request", 100_000_000, COST_EXPLORER)
    },
];

const fn price(item: Item, what: &'static str, parts: u64, source: &'static str) -> Price {
    Price { item, what, amount: Usd::from_parts(parts), source, date: AS_OF }
}

impl Item {
    /// All of them, in the order of [`PRICES`].
    pub const ALL: [Self; 13] = [
        Self::CanaryRun,
        Self::AlarmMonth,
        Self::HighResolutionAlarmMonth,
        Self::MetricMonth,
        Self::MetricWrite,
        Self::FunctionRequest,
        Self::FunctionX86,
        Self::FunctionArm,
        Self::ScheduleRun,
        Self::LogGigabyte,
        Self::StorageMonth,
        Self::StorageWrite,
        Self::CostExplorerCall,
    ];

    /// Its list price.
    pub const fn list_price(self) -> Price {
        PRICES[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_has_a_source_and_a_date() {
        for price in PRICES {
            assert!(price.amount > Usd::default(), "{}", price.what);
            let hosts = ["https://aws.amazon.com/", "https://pricing.us-east-1.amazonaws.com/"];
            assert!(hosts.iter().any(|host| price.source.starts_with(host)), "{}", price.what);
            let parts: Vec<_> = price.date.split('-').map(str::len).collect();
            assert_eq!(parts, [4, 2, 2], "{}", price.what);
        }
    }

    #[test]
    fn each_item_finds_its_own_price() {
        for item in Item::ALL {
            assert_eq!(item.list_price().item, item);
        }
    }
}
