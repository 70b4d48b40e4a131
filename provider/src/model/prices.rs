//! Prices that the provider block gives.

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::pricing::{Given, Item, Usd};

/// The most that a price may be, in US dollars. An amount counts ten decimals of a dollar, so that it
/// has room for little more.
const MOST: u32 = 1_000_000_000;

/// Where list prices come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PriceList {
    /// The table in this release of the provider: prices of `us-east-1`, assumed for all regions.
    Table,
    /// AWS's public price list for each region, asked for once a day. It needs the permission `pricing:GetProducts`.
    Live,
}

/// Prices of a region in US dollars, in place of the list prices.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionPrices {
    /// One run of a canary.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub canary_run: Attr<f64>,
    /// One alarm on one metric, for a month.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub alarm_month: Attr<f64>,
    /// One alarm on one metric whose periods are shorter than a minute, for a month.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub high_resolution_alarm_month: Attr<f64>,
    /// One custom metric, for a month.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub metric_month: Attr<f64>,
    /// A thousand requests that write metrics (`PutMetricData`).
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub thousand_metric_writes: Attr<f64>,
    /// A million invocations of Lambda functions.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub million_function_requests: Attr<f64>,
    /// A gigabyte-second of a Lambda function on an x86-64 processor.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub function_gb_second_x86: Attr<f64>,
    /// A gigabyte-second of a Lambda function on an arm64 processor.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub function_gb_second_arm: Attr<f64>,
    /// A million invocations by EventBridge Scheduler.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub million_schedule_runs: Attr<f64>,
    /// A gigabyte of logs taken in by CloudWatch Logs.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub log_gb: Attr<f64>,
    /// A gigabyte in S3's standard storage, for a month.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub storage_gb_month: Attr<f64>,
    /// A thousand requests that write objects to S3.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub thousand_storage_writes: Attr<f64>,
    /// One request of Cost Explorer's API.
    #[schemars(range(min = 0, max = MOST), extend("x-tf" = tf::optional()))]
    pub cost_explorer_request: Attr<f64>,
}

impl RegionPrices {
    /// The prices that are set; `None` while one of them isn't known.
    fn given(&self) -> Option<Given> {
        let mut given = Given::new();
        for (item, attribute, count) in [
            (Item::CanaryRun, &self.canary_run, 1),
            (Item::AlarmMonth, &self.alarm_month, 1),
            (Item::HighResolutionAlarmMonth, &self.high_resolution_alarm_month, 1),
            (Item::MetricMonth, &self.metric_month, 1),
            (Item::MetricWrite, &self.thousand_metric_writes, 1_000),
            (Item::FunctionRequest, &self.million_function_requests, 1_000_000),
            (Item::FunctionX86, &self.function_gb_second_x86, 1),
            (Item::FunctionArm, &self.function_gb_second_arm, 1),
            (Item::ScheduleRun, &self.million_schedule_runs, 1_000_000),
            (Item::LogGigabyte, &self.log_gb, 1),
            (Item::StorageMonth, &self.storage_gb_month, 1),
            (Item::StorageWrite, &self.thousand_storage_writes, 1_000),
            (Item::CostExplorerCall, &self.cost_explorer_request, 1),
        ] {
            match attribute {
                Attr::Null => {}
                Attr::Unknown => return None,
                Attr::Known(dollars) => {
                    let amount = Usd::from_number(*dollars)
                        .expect("the block's rules allow amounts from 0 to the most alone");
                    given.insert(item, amount.share(1, count));
                }
            }
        }
        Some(given)
    }
}

/// The prices of all regions that the provider block names; `None` while a part isn't known.
pub fn overrides(
    prices: &Attr<BTreeMap<String, Attr<RegionPrices>>>,
) -> Option<BTreeMap<String, Given>> {
    let regions = match prices {
        Attr::Null => return Some(BTreeMap::new()),
        Attr::Unknown => return None,
        Attr::Known(regions) => regions,
    };
    let mut all = BTreeMap::new();
    for (region, prices) in regions {
        match prices {
            Attr::Null => {}
            Attr::Unknown => return None,
            Attr::Known(prices) => {
                all.insert(region.clone(), prices.given()?);
            }
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_is_an_amount() {
        let most = Usd::from_number(MOST.into()).expect("an amount");
        assert_eq!(most.exact(), "1000000000.00");
    }

    #[test]
    fn prices_of_many_are_divided() {
        let prices = RegionPrices {
            million_schedule_runs: Attr::Known(1.25),
            canary_run: Attr::Known(0.0016),
            ..RegionPrices::default()
        };
        let regions = BTreeMap::from([("ap-northeast-1".to_owned(), Attr::Known(prices.clone()))]);
        let all = overrides(&Attr::Known(regions)).expect("known");
        let given = &all["ap-northeast-1"];
        assert_eq!(given[&Item::ScheduleRun].exact(), "0.00000125");
        assert_eq!(given[&Item::CanaryRun].exact(), "0.0016");
        assert_eq!(given.len(), 2);
        let unknown = RegionPrices { log_gb: Attr::Unknown, ..prices };
        let regions = BTreeMap::from([("ap-northeast-1".to_owned(), Attr::Known(unknown))]);
        assert_eq!(overrides(&Attr::Known(regions)), None);
        assert_eq!(overrides(&Attr::Null), Some(BTreeMap::new()));
    }
}
