//! What a month of watching costs, part by part.
//!
//! The free tier is never assumed: an organization uses it up once, not once per monitor.

use contract::duration::Span;

use super::table::Item;
use super::{Prices, Usd, runs_per_month};

/// How long a probe's function is taken to run, in milliseconds: a request to a service that
/// answers in a quarter of a second. A slower service costs more.
const PROBE_MILLISECONDS: u64 = 300;
/// What a probe's run writes to its log, in bytes: its record and Lambda's own lines.
const PROBE_LOG_BYTES: u64 = 1_024;
/// Metrics that a probe writes for each location.
const PROBE_METRICS: u64 = 2;

const MILLISECONDS: u64 = 1_000;
const MEGABYTES: u64 = 1_024;
const GIGABYTE: u64 = 1 << 30;

/// The parts of a month's price.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Breakdown {
    /// Runs of a canary.
    pub runs: Usd,
    /// Alarms.
    pub alarms: Usd,
    /// Custom metrics.
    pub metrics: Usd,
    /// Time and requests of the probe's functions.
    pub function: Usd,
    /// Invocations by the schedules.
    pub schedule: Usd,
    /// Logs taken in.
    pub logs: Usd,
    /// Calls that write metrics to another region or account.
    pub api: Usd,
}

impl Breakdown {
    /// The sum.
    pub fn total(&self) -> Usd {
        let Self { runs, alarms, metrics, function, schedule, logs, api } = *self;
        [runs, alarms, metrics, function, schedule, logs, api]
            .into_iter()
            .fold(Usd::default(), Usd::plus)
    }
}

/// The processor of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processor {
    /// x86-64.
    X86,
    /// arm64.
    Arm,
}

/// A place that a probe runs from.
#[derive(Clone, Debug)]
pub struct ProbePlace {
    /// The prices there.
    pub prices: Prices,
    /// The function's memory, in megabytes.
    pub memory_mb: u64,
    /// The function's processor.
    pub processor: Processor,
    /// Whether its metrics go to another region or account, one call a run.
    pub writes_elsewhere: bool,
}

/// What a monitor consists of, as far as it is billed.
#[derive(Clone, Debug)]
pub enum Watch {
    /// A canary.
    Canary {
        /// The prices where it runs.
        prices: Prices,
        /// Its alarms.
        alarms: u64,
    },
    /// A probe.
    Probe {
        /// The prices where its metrics and alarms are.
        home: Prices,
        /// Where it runs from.
        places: Vec<ProbePlace>,
        /// Its alarms; each is billed for the metric of each place.
        alarms: u64,
    },
}

impl Watch {
    /// Runs in a month at an interval, at all places together; `None` for an interval of no length.
    pub fn runs(&self, interval: Span) -> Option<u64> {
        let places = match self {
            Self::Canary { .. } => 1,
            Self::Probe { places, .. } => places.len(),
        };
        let places = u64::try_from(places).ok()?;
        runs_per_month(interval)?.checked_mul(places)
    }

    /// A month's price when each place runs so many times.
    pub fn month(&self, runs_each: u64) -> Breakdown {
        match self {
            Self::Canary { prices, alarms } => Breakdown {
                runs: prices.of(Item::CanaryRun).times(runs_each),
                alarms: prices.of(Item::AlarmMonth).times(*alarms),
                ..Breakdown::default()
            },
            Self::Probe { home, places, alarms } => probe_month(home, places, *alarms, runs_each),
        }
    }

    /// The shortest interval of whole minutes, at most an hour, at which a month costs no more than
    /// `most`.
    pub fn shortest_affordable_interval(&self, most: Usd) -> Option<Span> {
        (1..=60).map(|minutes| Span::from_seconds(minutes * 60)).find(|interval| {
            runs_per_month(*interval).is_some_and(|runs| self.month(runs).total() <= most)
        })
    }

    /// Says in words what the price counts with, and what it leaves out.
    pub fn basis(&self) -> String {
        match self {
            Self::Canary { prices, .. } => format!(
                "{}, 730 hours a month, no free tier. Not counted: retries, the run's Lambda time, logs, artifacts and taxes.",
                prices.basis(&[Item::CanaryRun, Item::AlarmMonth])
            ),
            Self::Probe { home, places, .. } => {
                let assumed = format!(
                    "Each run is taken to last {PROBE_MILLISECONDS} ms and to log {PROBE_LOG_BYTES} bytes; 730 hours a month, no free tier. Not counted: retries, data transfer and taxes."
                );
                let home = home.basis(&[Item::MetricMonth, Item::AlarmMonth]);
                let mut places: Vec<String> = places.iter().map(ProbePlace::basis).collect();
                places.sort();
                places.dedup();
                format!("{home}. {}. {assumed}", places.join(". "))
            }
        }
    }
}

impl ProbePlace {
    fn processor_item(&self) -> Item {
        match self.processor {
            Processor::X86 => Item::FunctionX86,
            Processor::Arm => Item::FunctionArm,
        }
    }

    fn basis(&self) -> String {
        let mut items = vec![
            Item::FunctionRequest,
            self.processor_item(),
            Item::ScheduleRun,
            Item::LogGigabyte,
        ];
        if self.writes_elsewhere {
            items.push(Item::MetricWrite);
        }
        self.prices.basis(&items)
    }

    fn function(&self, runs: u64) -> Usd {
        let seconds_share = self.memory_mb.saturating_mul(PROBE_MILLISECONDS).saturating_mul(runs);
        let time = self.prices.of(self.processor_item());
        let time = time.share(seconds_share, MEGABYTES * MILLISECONDS);
        time.plus(self.prices.of(Item::FunctionRequest).times(runs))
    }
}

fn probe_month(home: &Prices, places: &[ProbePlace], alarms: u64, runs: u64) -> Breakdown {
    let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
    let mut parts = Breakdown {
        alarms: home.of(Item::AlarmMonth).times(alarms.saturating_mul(count)),
        // A metric is billed for the hours in which it is written.
        metrics: if runs == 0 {
            Usd::default()
        } else {
            home.of(Item::MetricMonth).times(PROBE_METRICS.saturating_mul(count))
        },
        ..Breakdown::default()
    };
    for place in places {
        let log = place.prices.of(Item::LogGigabyte);
        parts.function = parts.function.plus(place.function(runs));
        parts.schedule = parts.schedule.plus(place.prices.of(Item::ScheduleRun).times(runs));
        parts.logs = parts.logs.plus(log.share(runs.saturating_mul(PROBE_LOG_BYTES), GIGABYTE));
        if place.writes_elsewhere {
            parts.api = parts.api.plus(home.of(Item::MetricWrite).times(runs));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::book::PriceBook;
    use super::super::table::REGION;
    use super::*;

    fn minutes(count: u64) -> Span {
        Span::from_seconds(count * 60)
    }

    fn canary(alarms: u64) -> Watch {
        Watch::Canary { prices: PriceBook::default().table(REGION), alarms }
    }

    fn probe(places: usize) -> Watch {
        let prices = PriceBook::default().table(REGION);
        let place = |index: usize| ProbePlace {
            prices: prices.clone(),
            memory_mb: 128,
            processor: Processor::X86,
            writes_elsewhere: index > 0,
        };
        Watch::Probe { home: prices.clone(), places: (0..places).map(place).collect(), alarms: 2 }
    }

    fn month(watch: &Watch, minutes_between: u64) -> Breakdown {
        watch.month(runs_per_month(minutes(minutes_between)).expect("a length"))
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
            let total = canary(alarms).month(runs).total().to_string();
            assert_eq!(total, text, "{runs} runs, {alarms} alarms");
        }
    }

    #[test]
    fn a_probe_each_minute_costs_less_than_a_dollar() {
        let parts = month(&probe(1), 1);
        assert_eq!(parts.metrics.to_string(), "0.60");
        assert_eq!(parts.alarms.to_string(), "0.20");
        // 43,800 runs of 0.3 s at an eighth of a gigabyte, and as many requests.
        assert_eq!(parts.function.exact(), "0.0361350548");
        assert_eq!(parts.schedule.exact(), "0.0438");
        assert_eq!(parts.logs.exact(), "0.0208854675");
        assert_eq!(parts.api, Usd::default());
        assert_eq!(parts.total().to_string(), "0.90");
        assert_eq!(month(&probe(1), 5).total().to_string(), "0.82");
    }

    #[test]
    fn places_and_calls_elsewhere_are_counted() {
        let parts = month(&probe(3), 1);
        assert_eq!(parts.metrics.to_string(), "1.80");
        assert_eq!(parts.alarms.to_string(), "0.60");
        assert_eq!(parts.api.to_string(), "0.88");
        assert_eq!(probe(3).runs(minutes(1)), Some(131_400));
    }

    #[test]
    fn what_does_not_run_costs_its_alarms_alone() {
        assert_eq!(probe(1).month(0).total().to_string(), "0.20");
    }

    #[test]
    fn an_interval_is_found_for_a_purse() {
        for (most, wanted) in [(60.0, Some(1)), (20.0, Some(3)), (1.0, Some(59)), (0.5, None)] {
            let most = Usd::from_number(most).expect("an amount");
            let found = canary(1).shortest_affordable_interval(most);
            assert_eq!(found, wanted.map(minutes), "{most}");
        }
        let most = Usd::from_number(0.85).expect("an amount");
        assert_eq!(probe(1).shortest_affordable_interval(most), Some(minutes(3)));
    }

    #[test]
    fn the_basis_names_the_figures_and_what_is_left_out() {
        let text = canary(1).basis();
        assert!(text.contains("0.0012 USD a canary run") && text.contains("Not counted"), "{text}");
        let text = probe(2).basis();
        assert!(text.contains("0.0000166667") && text.contains("PutMetricData"), "{text}");
        assert!(text.contains("no free tier"), "{text}");
    }

    proptest! {
        #[test]
        fn longer_intervals_never_cost_more(one in 1_u64..3_600, more in 0_u64..3_600, places in 1_usize..4) {
            let runs = |seconds| runs_per_month(Span::from_seconds(seconds)).expect("a length");
            prop_assert!(runs(one + more) <= runs(one));
            for watch in [canary(1), probe(places)] {
                prop_assert!(watch.month(runs(one + more)).total() <= watch.month(runs(one)).total());
            }
        }
    }
}
