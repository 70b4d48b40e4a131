//! The list prices, each with its public source.

use super::Usd;

/// The region that the prices are of.
pub const REGION: &str = "us-east-1";

/// The day on which the pages were read, as `year-month-day`.
pub(super) const AS_OF: &str = "2026-11-23";

/// A list price.
#[derive(Clone, Copy, Debug)]
pub struct Price {
    /// What is billed, and by what.
    pub what: &'static str,
    /// What one of it costs.
    pub amount: Usd,
    /// The public page that says so.
    pub source: &'static str,
    /// The day on which the page was read.
    pub date: &'static str,
}

/// One run of a canary. Retries are runs as well.
pub const CANARY_RUN: Price = Price {
    what: "CloudWatch Synthetics, one canary run",
    amount: Usd::from_parts(12),
    source: "https://aws.amazon.com/cloudwatch/pricing/",
    date: AS_OF,
};

/// One alarm on one metric of standard resolution, for a month.
pub const ALARM_MONTH: Price = Price {
    what: "CloudWatch, one standard-resolution alarm metric and month",
    amount: Usd::from_parts(1_000),
    source: "https://aws.amazon.com/cloudwatch/pricing/",
    date: AS_OF,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_price_has_a_source_and_a_date() {
        for price in [CANARY_RUN, ALARM_MONTH] {
            assert!(price.amount > Usd::default(), "{}", price.what);
            assert!(price.source.starts_with("https://aws.amazon.com/"), "{}", price.what);
            let parts: Vec<_> = price.date.split('-').map(str::len).collect();
            assert_eq!(parts, [4, 2, 2], "{}", price.what);
        }
    }
}
