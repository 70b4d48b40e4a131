//! What a month of a canary costs.
//!
//! A run's own price is not all: it also runs a function, logs, writes metrics and leaves artifacts,
//! all in the account's own name. How much of each is what AWS takes in its example of canaries
//! (<https://aws.amazon.com/cloudwatch/pricing/>). A run without a browser is likely to take less, so
//! that a sum is rather too high than too low.

use super::estimate::{Breakdown, function, metrics};
use super::table::Item;
use super::{Prices, Usd};

/// How long a run is taken to last, as in AWS's example.
const SECONDS: u64 = 20;
/// Logs of a run in hundred-thousandths of a gigabyte, as in AWS's example.
const LOG_SHARE: (u64, u64) = (15, 100_000);
/// Artifacts of a run in thousandths of a gigabyte, as in AWS's example.
const ARTIFACT_SHARE: (u64, u64) = (1, 1_000);
/// Metrics of a canary, as in AWS's example.
const METRICS: u64 = 3;
/// Objects that a run leaves: a report, a log file and an HTTP archive.
const OBJECTS: u64 = 3;

/// A canary, as far as it is billed.
#[derive(Clone, Debug)]
pub struct Canary {
    /// The prices where it runs.
    pub prices: Prices,
    /// The function's memory, in megabytes. Its processor is always x86-64.
    pub memory_mb: u64,
    /// Its alarms.
    pub alarms: u64,
}

impl Canary {
    /// A month's price for so many runs. Artifacts are kept for about a month, so that there is
    /// always what a month leaves.
    pub(super) fn month(&self, runs: u64) -> Breakdown {
        let of = |item: Item| self.prices.of(item);
        let share = |item: Item, (count, whole)| of(item).share(runs.saturating_mul(count), whole);
        let writes = of(Item::StorageWrite).times(runs.saturating_mul(OBJECTS));
        Breakdown {
            runs: of(Item::CanaryRun).times(runs),
            alarms: of(Item::AlarmMonth).times(self.alarms),
            metrics: metrics(&self.prices, METRICS, runs),
            function: function(
                &self.prices,
                Item::FunctionX86,
                self.memory_mb,
                SECONDS * 1_000,
                runs,
            ),
            schedule: Usd::default(),
            logs: share(Item::LogGigabyte, LOG_SHARE),
            artifacts: share(Item::StorageMonth, ARTIFACT_SHARE).plus(writes),
            api: of(Item::MetricWrite).times(runs),
        }
    }

    /// Says in words what the price counts with, and what it leaves out.
    pub(super) fn basis(&self) -> String {
        let prices = self.prices.basis(&[
            Item::CanaryRun,
            Item::AlarmMonth,
            Item::MetricMonth,
            Item::MetricWrite,
            Item::FunctionRequest,
            Item::FunctionX86,
            Item::LogGigabyte,
            Item::StorageMonth,
            Item::StorageWrite,
        ]);
        format!(
            "{prices}. Each run is taken to last {SECONDS} s, to log 0.00015 GB and to leave 0.001 GB for a month, and a canary to have {METRICS} metrics, as in AWS's own example; a run writes its metrics in one call, and {OBJECTS} objects. 730 hours a month, no free tier. Not counted: retries, X-Ray, data transfer and taxes."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::book::PriceBook;
    use super::super::table::REGION;
    use super::*;

    fn canary(memory_mb: u64, alarms: u64) -> Canary {
        Canary { prices: PriceBook::default().table(REGION), memory_mb, alarms }
    }

    /// AWS's example: 44,640 runs of 20 s in a gigabyte.
    #[test]
    fn the_parts_are_those_of_the_example() {
        let parts = canary(1_024, 1).month(44_640);
        let texts = [parts.runs, parts.alarms, parts.metrics].map(Usd::exact);
        assert_eq!(texts, ["53.568", "0.10", "0.90"]);
        // 892,800 gigabyte-seconds and 44,640 requests; 6.696 GB; 44.64 GB and 133,920 requests.
        assert_eq!(parts.function.exact(), "14.88895776");
        assert_eq!(parts.logs.exact(), "3.348");
        assert_eq!(parts.artifacts.exact(), "1.69632");
        assert_eq!(parts.api.exact(), "0.4464");
        assert_eq!(parts.schedule, Usd::default());
        assert_eq!(parts.total().to_string(), "74.95");
    }

    #[test]
    fn memory_costs() {
        let times = [960, 1_920].map(|memory| canary(memory, 0).month(8_760).function.exact());
        assert_eq!(times, ["2.739257475", "5.47676295"]);
    }

    #[test]
    fn what_does_not_run_costs_its_alarm_alone() {
        assert_eq!(canary(960, 1).month(0).total().to_string(), "0.10");
        assert_eq!(canary(960, 0).month(0), Breakdown::default());
    }

    #[test]
    fn the_basis_says_what_is_assumed() {
        let basis = canary(960, 1).basis();
        for part in [
            "0.0012 USD a canary run",
            "0.0000166667 USD a Lambda GB-second (x86-64)",
            "0.50 USD a GB of logs",
            "0.023 USD a GB in S3 and month (as of 2026-08-31)",
            "an S3 PUT request (as of 2026-08-31). Each run is taken to last 20 s",
            "Not counted: retries, X-Ray",
        ] {
            assert!(basis.contains(part), "{part} in {basis}");
        }
        let (count, whole) = LOG_SHARE;
        assert_eq!(100_000 / whole * count, 15, "the words say 0.00015 GB");
        assert_eq!(ARTIFACT_SHARE, (1, 1_000), "the words say 0.001 GB");
    }
}
