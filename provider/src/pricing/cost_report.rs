//! What a month of cost reports costs.

use super::estimate::{Processor, function};
use super::table::Item;
use super::{MONTH_HOURS, Prices, Usd};

/// Calls of Cost Explorer on an ordinary morning, of each source: with 50 accounts of 20 services each. Fewer
/// accounts need two.
const CALLS: u64 = 4;
/// How long the function is taken to run, in milliseconds.
const MILLISECONDS: u64 = 20_000;
/// What a run writes to its log, in bytes.
const LOG_BYTES: u64 = 4_096;
/// Objects that a run writes: two months, and what it keeps for the next run.
const WRITES: u64 = 3;
/// What the history holds after two years of 50 accounts with 20 services each, with the versions of the months
/// that were replaced, in megabytes.
const STORED_MEGABYTES: u64 = 25;

const MEGABYTES: u64 = 1_024;
const GIGABYTE: u64 = 1 << 30;

/// A daily report, as far as it is billed.
#[derive(Clone, Debug)]
pub struct CostReport {
    /// The prices of its region.
    pub prices: Prices,
    /// The function's memory, in megabytes.
    pub memory_mb: u64,
    /// The function's processor.
    pub processor: Processor,
    /// How many accounts' Cost Explorer is asked.
    pub sources: u64,
    /// The most calls of a morning.
    pub most_calls: u64,
}

/// The parts of a month's price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReportMonth {
    /// Calls of Cost Explorer.
    pub calls: Usd,
    /// Time and requests of the function.
    pub function: Usd,
    /// Starts by the schedule.
    pub schedule: Usd,
    /// Logs taken in.
    pub logs: Usd,
    /// The history in S3.
    pub history: Usd,
}

impl ReportMonth {
    /// The sum in whole cents, rounded here and nowhere else.
    pub fn total(&self) -> Usd {
        let Self { calls, function, schedule, logs, history } = *self;
        let parts = [calls, function, schedule, logs, history];
        parts.into_iter().fold(Usd::default(), Usd::plus).to_cents()
    }
}

impl CostReport {
    /// Runs in an average month.
    pub const fn runs() -> u64 {
        MONTH_HOURS.div_ceil(24)
    }

    /// Calls of Cost Explorer on an ordinary morning.
    pub fn calls_a_morning(&self) -> u64 {
        CALLS.saturating_mul(self.sources).min(self.most_calls)
    }

    /// Calls of Cost Explorer in an average month.
    pub fn calls(&self) -> u64 {
        self.calls_a_morning().saturating_mul(Self::runs())
    }

    /// A month's price.
    pub fn month(&self) -> ReportMonth {
        let (prices, runs) = (&self.prices, Self::runs());
        let storage = prices.of(Item::StorageMonth).share(STORED_MEGABYTES, MEGABYTES);
        ReportMonth {
            calls: prices.of(Item::CostExplorerCall).times(self.calls()),
            function: function(prices, self.time(), self.memory_mb, MILLISECONDS, runs),
            schedule: prices.of(Item::ScheduleRun).times(runs),
            logs: prices.of(Item::LogGigabyte).share(runs * LOG_BYTES, GIGABYTE),
            history: storage.plus(prices.of(Item::StorageWrite).times(runs * WRITES)),
        }
    }

    fn time(&self) -> Item {
        match self.processor {
            Processor::X86 => Item::FunctionX86,
            Processor::Arm => Item::FunctionArm,
        }
    }

    /// Says in words what the price counts with, and what it leaves out.
    pub fn basis(&self) -> String {
        let items = [
            Item::CostExplorerCall,
            self.time(),
            Item::FunctionRequest,
            Item::ScheduleRun,
            Item::LogGigabyte,
            Item::StorageMonth,
            Item::StorageWrite,
        ];
        let (calls, most) = (self.calls_a_morning(), self.most_calls);
        format!(
            "{}. A morning is taken to make {calls} calls of Cost Explorer, which 50 accounts of 20 services need, and makes {most} at most where something rose; its run lasts {} s and logs {LOG_BYTES} bytes; the history holds {STORED_MEGABYTES} MB; no free tier. Not counted: the calls that fill the history once, what Athena reads, retries, data transfer and taxes.",
            self.prices.basis(&items),
            MILLISECONDS / 1_000,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::PriceBook;
    use super::super::table::REGION;
    use super::*;

    fn report(sources: u64, most_calls: u64) -> CostReport {
        CostReport {
            prices: PriceBook::default().table(REGION),
            memory_mb: 1_024,
            processor: Processor::X86,
            sources,
            most_calls,
        }
    }

    #[test]
    fn calls_are_what_a_report_costs() {
        let report = report(1, 20);
        assert_eq!((CostReport::runs(), report.calls_a_morning(), report.calls()), (31, 4, 124));
        let month = report.month();
        assert_eq!(month.calls.exact(), "1.24");
        // 31 runs of 20 s at 1 GB: 620 GB-seconds and 31 requests.
        assert_eq!(month.function.exact(), "0.010339554");
        assert_eq!(month.total().exact(), "1.25");
    }

    #[test]
    fn each_source_is_asked_by_itself_up_to_the_cap() {
        assert_eq!(report(3, 20).calls_a_morning(), 12);
        assert_eq!(report(30, 20).calls_a_morning(), 20);
        assert!(report(30, 20).basis().contains("makes 20 at most"));
    }
}
