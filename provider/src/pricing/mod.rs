//! What things cost in AWS: a table of list prices, what takes their place, and the arithmetic.
//!
//! Pure: no call, no clock. An input that is not known has no price; the callers keep it unknown.

mod book;
mod canary;
mod cost_report;
mod estimate;
mod frequency;
pub mod list;
mod money;
#[cfg(test)]
mod page;
mod table;

use contract::duration::Span;

pub use book::{Given, PriceBook, Prices};
pub use canary::Canary;
pub use cost_report::{CostReport, ReportMonth};
pub use estimate::{Breakdown, ProbePlace, Processor, Watch};
pub use frequency::Frequency;
pub use money::Usd;
pub use table::{Item, PRICES, Price, REGION};

/// Hours of an average month, as AWS's own calculator counts them (365 days of 24 hours, divided
/// by 12).
const MONTH_HOURS: u64 = 730;

/// How often something runs in a month that runs once in every `interval`, rounded to the nearest
/// whole run. `None` for an interval of no length.
pub fn runs_per_month(interval: Span) -> Option<u64> {
    let month = MONTH_HOURS * 3_600;
    let interval = interval.as_seconds();
    (interval > 0).then(|| (month + interval / 2) / interval)
}

/// A count with its digits in groups: `43,800`.
pub fn grouped(count: u64) -> String {
    if count < 1_000 {
        return count.to_string();
    }
    format!("{},{:03}", grouped(count / 1_000), count % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped() {
        for (count, text) in
            [(0, "0"), (999, "999"), (43_800, "43,800"), (1_000_000, "1,000,000"), (1_002, "1,002")]
        {
            assert_eq!(grouped(count), text);
        }
    }

    #[test]
    fn runs_are_counted_by_the_730_hour_month() {
        for (minutes, runs) in [(1, 43_800), (5, 8_760), (7, 6_257), (15, 2_920), (60, 730)] {
            let interval = Span::from_seconds(minutes * 60);
            assert_eq!(runs_per_month(interval), Some(runs), "{minutes} minutes");
        }
        assert_eq!(runs_per_month(Span::from_seconds(0)), None);
    }
}
