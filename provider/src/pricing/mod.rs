//! What things cost in AWS: one table of list prices, and the arithmetic over it.
//!
//! Pure: no call, no clock. An input that is not known has no price; the callers keep it unknown.

mod money;
mod table;

use contract::duration::Span;

pub use money::Usd;
pub use table::{ALARM_MONTH, CANARY_RUN, Price, REGION};

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

/// A month of one canary and its alarms.
pub fn canary_month(runs: u64, alarms: u64) -> Usd {
    CANARY_RUN.amount.times(runs).plus(ALARM_MONTH.amount.times(alarms))
}

/// The shortest interval of whole minutes, at most an hour, at which a canary with this many
/// alarms costs no more than `most` a month.
pub fn shortest_affordable_interval(most: Usd, alarms: u64) -> Option<Span> {
    (1..=60).map(|minutes| Span::from_seconds(minutes * 60)).find(|interval| {
        runs_per_month(*interval).is_some_and(|runs| canary_month(runs, alarms) <= most)
    })
}

/// Says in words what the price of a canary counts, from when and for where.
pub fn canary_basis(region: &str) -> String {
    let assumed = if region == REGION {
        String::new()
    } else {
        format!(", assumed for {region}, whose own prices may differ")
    };
    format!(
        "List prices of {REGION} as of {}{assumed}: {} USD a canary run, {} USD an alarm and month, {MONTH_HOURS} hours a month, no free tier. Not counted: retries, the run's Lambda time, logs, artifacts and taxes.",
        table::AS_OF,
        CANARY_RUN.amount.exact(),
        ALARM_MONTH.amount.exact(),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn minutes(count: u64) -> Span {
        Span::from_seconds(count * 60)
    }

    #[test]
    fn runs_are_counted_by_the_730_hour_month() {
        for (interval, runs) in [(1, 43_800), (5, 8_760), (7, 6_257), (15, 2_920), (60, 730)] {
            assert_eq!(runs_per_month(minutes(interval)), Some(runs), "{interval} minutes");
        }
        assert_eq!(runs_per_month(Span::from_seconds(0)), None);
    }

    #[test]
    fn a_canary_costs_what_the_guide_says() {
        for (runs, alarms, text) in [
            (43_800, 0, "52.56"),
            (43_800, 1, "52.66"),
            (8_760, 1, "10.61"),
            (730, 0, "0.88"),
            (0, 0, "0.00"),
        ] {
            assert_eq!(
                canary_month(runs, alarms).to_string(),
                text,
                "{runs} runs, {alarms} alarms"
            );
        }
    }

    #[test]
    fn an_interval_is_found_for_a_purse() {
        for (most, wanted) in [(60.0, Some(1)), (20.0, Some(3)), (1.0, Some(59)), (0.5, None)] {
            let most = Usd::from_number(most).expect("an amount");
            assert_eq!(shortest_affordable_interval(most, 1), wanted.map(minutes), "{most}");
        }
    }

    #[test]
    fn the_basis_says_what_is_assumed() {
        assert!(!canary_basis(REGION).contains("assumed"));
        let basis = canary_basis("eu-west-1");
        assert!(basis.contains("assumed for eu-west-1") && basis.contains("0.0012"), "{basis}");
    }

    proptest! {
        #[test]
        fn longer_intervals_never_cost_more(one in 1_u64..3_600, more in 0_u64..3_600) {
            let runs = |seconds| runs_per_month(Span::from_seconds(seconds)).expect("a length");
            prop_assert!(runs(one + more) <= runs(one));
            prop_assert!(canary_month(runs(one + more), 1) <= canary_month(runs(one), 1));
        }
    }
}
