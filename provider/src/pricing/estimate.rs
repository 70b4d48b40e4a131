//! What a month of watching costs, part by part.
//!
//! The free tier is never assumed: an organization uses it up once, not once per monitor.

use contract::duration::Span;
use contract::rhythm::{BELOW_A_MINUTE, Rhythm};

use super::canary::Canary;
use super::table::Item;
use super::{Frequency, MONTH_HOURS, Prices, Usd};

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
    /// Runs of a canary, without the function's time.
    pub runs: Usd,
    /// Alarms.
    pub alarms: Usd,
    /// Custom metrics.
    pub metrics: Usd,
    /// Time and requests of the functions.
    pub function: Usd,
    /// Invocations by the schedules.
    pub schedule: Usd,
    /// Logs taken in.
    pub logs: Usd,
    /// What a canary leaves in S3.
    pub artifacts: Usd,
    /// Calls that write metrics.
    pub api: Usd,
}

impl Breakdown {
    /// The sum in whole cents. It is rounded here and nowhere else: what a plan shows is what is
    /// held against the most that a monitor may cost, and what outputs add up.
    pub fn total(&self) -> Usd {
        let parts = self.named().into_iter().map(|(_, amount)| amount);
        parts.fold(Usd::default(), Usd::plus).to_cents()
    }

    /// The part that costs most, as it reads after "for", and its amount.
    pub fn dearest(&self) -> (&'static str, Usd) {
        let [first, rest @ ..] = self.named();
        rest.into_iter().fold(first, |most, part| if part.1 > most.1 { part } else { most })
    }

    fn named(&self) -> [(&'static str, Usd); 8] {
        let Self { runs, alarms, metrics, function, schedule, logs, artifacts, api } = *self;
        [
            ("its runs", runs),
            ("its alarms", alarms),
            ("its metrics", metrics),
            ("the functions' time", function),
            ("its schedules", schedule),
            ("its logs", logs),
            ("its artifacts", artifacts),
            ("calls that write its metrics", api),
        ]
    }
}

/// So many custom metrics for a month in which each is written so often: "All custom metrics charges
/// are prorated by the hour and metered only when you send metrics to `CloudWatch`"
/// (<https://aws.amazon.com/cloudwatch/pricing/>).
pub(super) fn metrics(prices: &Prices, count: u64, runs: u64) -> Usd {
    prices.of(Item::MetricMonth).times(count).share(runs.min(MONTH_HOURS), MONTH_HOURS)
}

/// So many runs of a function with this much memory.
pub(super) fn function(
    prices: &Prices,
    time: Item,
    memory_mb: u64,
    milliseconds: u64,
    runs: u64,
) -> Usd {
    let used = memory_mb.saturating_mul(milliseconds).saturating_mul(runs);
    let time = prices.of(time).share(used, MEGABYTES * MILLISECONDS);
    time.plus(prices.of(Item::FunctionRequest).times(runs))
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
    Canary(Canary),
    /// A probe.
    Probe {
        /// The prices where its metrics and alarms are.
        home: Prices,
        /// Where it runs from.
        places: Vec<ProbePlace>,
        /// Whether it has alarms: one for a service that is down, and one for missing results. Both
        /// are billed for the metric of each place.
        has_alarms: bool,
    },
}

impl Watch {
    /// Runs in a month at all places together.
    pub fn runs(&self, frequency: Frequency) -> u64 {
        let places = match self {
            Self::Canary(_) => 1,
            Self::Probe { places, .. } => u64::try_from(places.len()).unwrap_or(u64::MAX),
        };
        frequency.runs().saturating_mul(places)
    }

    /// A month's price.
    pub fn month(&self, frequency: Frequency) -> Breakdown {
        match self {
            Self::Canary(canary) => canary.month(frequency.runs()),
            Self::Probe { home, places, has_alarms } => {
                probe_month(home, places, *has_alarms, frequency)
            }
        }
    }

    /// The shortest interval up to `longest` that `fits` takes and at which a month costs no more than
    /// `most`: whole minutes, and below a minute those that a probe can keep.
    pub fn shortest_affordable_interval(
        &self,
        most: Usd,
        longest: Span,
        fits: impl Fn(Span) -> bool,
    ) -> Option<Span> {
        let minutes = (1..=longest.as_seconds() / 60).map(|minutes| minutes * 60);
        let below = BELOW_A_MINUTE.into_iter().filter(|_| matches!(self, Self::Probe { .. }));
        let intervals = below.chain(minutes).map(Span::from_seconds);
        intervals.filter(|interval| fits(*interval)).find(|interval| {
            let frequency = Frequency::of(*interval);
            frequency.is_some_and(|frequency| self.month(frequency).total() <= most)
        })
    }

    /// Says in words what the price counts with, and what it leaves out. A probe's depends on its
    /// rhythm, and is none while that isn't known.
    pub fn basis(&self, rhythm: Option<Rhythm>) -> Option<String> {
        match self {
            Self::Canary(canary) => Some(canary.basis()),
            Self::Probe { home, places, .. } => {
                let rhythm = rhythm?;
                let between = match rhythm.rounds() {
                    1 => String::new(),
                    rounds => format!(
                        "The function is started once a minute for {rounds} runs and is billed for the time between them. "
                    ),
                };
                let assumed = format!(
                    "{between}Each run is taken to last {PROBE_MILLISECONDS} ms and to log {PROBE_LOG_BYTES} bytes; 730 hours a month, no free tier. Not counted: retries, data transfer and taxes."
                );
                let mut items = vec![Item::MetricMonth, Item::AlarmMonth];
                if rhythm.is_below_a_minute() {
                    items.push(Item::HighResolutionAlarmMonth);
                }
                if places.iter().any(|place| place.writes_elsewhere) {
                    items.push(Item::MetricWrite);
                }
                let home = home.basis(&items);
                let mut places: Vec<String> = places.iter().map(ProbePlace::basis).collect();
                places.sort();
                places.dedup();
                Some(format!("{home}. {}. {assumed}", places.join(". ")))
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
        self.prices.basis(&[
            Item::FunctionRequest,
            self.processor_item(),
            Item::ScheduleRun,
            Item::LogGigabyte,
        ])
    }

    /// The function runs from the first run of a start to the end of its last one.
    fn function(&self, frequency: Frequency) -> Usd {
        let rhythm = frequency.rhythm();
        let waits = rhythm.interval().as_seconds().saturating_mul(rhythm.rounds() - 1);
        let time = waits.saturating_mul(MILLISECONDS).saturating_add(PROBE_MILLISECONDS);
        function(&self.prices, self.processor_item(), self.memory_mb, time, frequency.starts())
    }
}

fn probe_month(
    home: &Prices,
    places: &[ProbePlace],
    has_alarms: bool,
    frequency: Frequency,
) -> Breakdown {
    let count = u64::try_from(places.len()).unwrap_or(u64::MAX);
    let runs = frequency.runs();
    // The alarm for missing results never looks at less than a minute.
    let down = if frequency.rhythm().is_below_a_minute() {
        Item::HighResolutionAlarmMonth
    } else {
        Item::AlarmMonth
    };
    let alarms = home.of(down).plus(home.of(Item::AlarmMonth));
    let mut parts = Breakdown {
        alarms: if has_alarms { alarms.times(count) } else { Usd::default() },
        metrics: metrics(home, PROBE_METRICS.saturating_mul(count), runs),
        ..Breakdown::default()
    };
    for place in places {
        let log = place.prices.of(Item::LogGigabyte);
        parts.function = parts.function.plus(place.function(frequency));
        parts.schedule =
            parts.schedule.plus(place.prices.of(Item::ScheduleRun).times(frequency.starts()));
        parts.logs = parts.logs.plus(log.share(runs.saturating_mul(PROBE_LOG_BYTES), GIGABYTE));
        if place.writes_elsewhere {
            // The call is made in the home region, and billed there.
            parts.api = parts.api.plus(home.of(Item::MetricWrite).times(runs));
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::super::book::{Given, PriceBook};
    use super::super::table::REGION;
    use super::*;

    fn minutes(count: u64) -> Span {
        Span::from_seconds(count * 60)
    }

    fn canary(alarms: u64) -> Watch {
        let prices = PriceBook::default().table(REGION);
        Watch::Canary(Canary { prices, memory_mb: 960, alarms })
    }

    fn probe(places: usize) -> Watch {
        let prices = PriceBook::default().table(REGION);
        let place = |index: usize| ProbePlace {
            prices: prices.clone(),
            memory_mb: 128,
            processor: Processor::X86,
            writes_elsewhere: index > 0,
        };
        Watch::Probe {
            home: prices.clone(),
            places: (0..places).map(place).collect(),
            has_alarms: true,
        }
    }

    fn every(interval: Span) -> Frequency {
        Frequency::of(interval).expect("a length")
    }

    fn month(watch: &Watch, minutes_between: u64) -> Breakdown {
        watch.month(every(minutes(minutes_between)))
    }

    fn basis(watch: &Watch, rhythm: Rhythm) -> String {
        watch.basis(Some(rhythm)).expect("the rhythm is known")
    }

    #[test]
    fn only_a_probe_s_basis_waits_for_its_interval() {
        assert!(canary(1).basis(None).is_some());
        assert_eq!(probe(1).basis(None), None);
    }

    fn minutely() -> Rhythm {
        Rhythm::of(minutes(1))
    }

    fn paused() -> Frequency {
        every(minutes(1)).paused()
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
        assert_eq!(probe(3).runs(every(minutes(1))), 131_400);
    }

    #[test]
    fn what_does_not_run_costs_its_alarms_alone() {
        assert_eq!(probe(1).month(paused()).total().to_string(), "0.20");
        let high = every(Span::from_seconds(20)).paused();
        assert_eq!(probe(1).month(high).total().to_string(), "0.40");
    }

    /// One start of 40.3 s a minute with three runs, and an alarm of high resolution beside that for
    /// missing results.
    #[test]
    fn below_a_minute_the_time_between_runs_is_billed() {
        let frequency = every(Span::from_seconds(20));
        let parts = probe(2).month(frequency);
        assert_eq!(parts.alarms.to_string(), "0.80");
        assert_eq!(parts.metrics.to_string(), "1.20");
        // 43,800 times 40.3 s at an eighth of a gigabyte, and as many requests; twice.
        assert_eq!(parts.function.exact(), "7.3722847096");
        assert_eq!(parts.schedule.exact(), "0.0876");
        // 131,400 runs at each place, whose metrics are written from elsewhere at one of them.
        assert_eq!(parts.logs.exact(), "0.1253128052");
        assert_eq!(parts.api.exact(), "1.314");
        assert_eq!(probe(2).runs(frequency), 262_800);
        let text = basis(&probe(2), frequency.rhythm());
        assert!(text.contains("0.30 USD a high-resolution alarm metric"), "{text}");
        assert!(text.contains("once a minute for 3 runs"), "{text}");
    }

    #[test]
    fn a_metric_is_billed_for_the_hours_in_which_it_is_written() {
        for (minutes, metrics, total) in [
            (60, "0.60", "0.80"),
            (90, "0.4002739726", "0.60"),
            (120, "0.30", "0.50"),
            (1_440, "0.0246575342", "0.22"),
        ] {
            let parts = month(&probe(1), minutes);
            assert_eq!(parts.metrics.exact(), metrics, "{minutes} minutes");
            assert_eq!(parts.total().to_string(), total, "{minutes} minutes");
        }
    }

    #[test]
    fn an_interval_is_found_for_a_purse() {
        let (day, minute, tenth) = (minutes(24 * 60), minutes(1), Span::from_seconds(10));
        for (watch, most, shortest, longest, wanted) in [
            (probe(1), 6.0, tenth, day, Some(tenth)),
            (probe(1), 4.9, tenth, day, Some(Span::from_seconds(20))),
            (probe(1), 3.9, tenth, day, Some(Span::from_seconds(30))),
            (probe(1), 2.0, tenth, day, Some(minute)),
            (canary(1), 80.0, tenth, minutes(60), Some(minute)),
            (probe(1), 4.9, minute, day, Some(minute)),
            (canary(1), 80.0, minute, minutes(60), Some(minutes(1))),
            (canary(1), 20.0, minute, minutes(60), Some(minutes(4))),
            (canary(1), 1.0, minute, minutes(60), None),
            (probe(1), 0.85, minute, day, Some(minutes(2))),
            (probe(1), 0.5, minute, minutes(60), None),
            (probe(1), 0.5, minute, day, Some(minutes(119))),
            (probe(1), 0.23, minute, day, Some(minutes(1_031))),
            (probe(1), 0.2, minute, day, None),
        ] {
            let most = Usd::from_number(most).expect("an amount");
            assert_eq!(
                watch.shortest_affordable_interval(most, longest, |it| it >= shortest),
                wanted,
                "{most}"
            );
        }
    }

    #[test]
    fn what_a_plan_shows_is_affordable() {
        for (watch, between) in
            [(canary(1), 1), (canary(0), 7), (probe(1), 1), (probe(2), 7), (probe(3), 90)]
        {
            let shown = month(&watch, between).total();
            let most = Usd::from_number(shown.as_number());
            assert_eq!(most, Some(shown));
            let found =
                watch.shortest_affordable_interval(shown, minutes(between), |it| it >= minutes(1));
            assert!(found.is_some_and(|found| found <= minutes(between)), "{shown}: {found:?}");
        }
    }

    #[test]
    fn the_dearest_part_is_told() {
        assert_eq!(month(&canary(1), 1).dearest().0, "its runs");
        let (part, amount) = month(&probe(1), 1).dearest();
        assert_eq!((part, amount.to_string()), ("its metrics", "0.60".to_owned()));
        assert_eq!(probe(1).month(paused()).dearest().0, "its alarms");
    }

    #[test]
    fn the_basis_names_the_figures_and_what_is_left_out() {
        let text = basis(&canary(1), minutely());
        assert!(text.contains("0.0012 USD a canary run") && text.contains("Not counted"), "{text}");
        assert!(!basis(&probe(1), minutely()).contains("PutMetricData"));
        let text = basis(&probe(2), minutely());
        assert!(text.contains("0.0000166667") && text.contains("PutMetricData"), "{text}");
        assert!(text.contains("no free tier"), "{text}");
    }

    #[test]
    fn calls_that_write_metrics_home_have_the_home_regions_price() {
        let own = |price| Given::from([(Item::MetricWrite, Usd::from_parts(price))]);
        let (home, away) = ("us-east-1", "ap-northeast-1");
        let book = PriceBook::new(BTreeMap::from([
            (home.to_owned(), own(200_000)),
            (away.to_owned(), own(700_000)),
        ]));
        let place = ProbePlace {
            prices: book.table(away),
            memory_mb: 128,
            processor: Processor::X86,
            writes_elsewhere: true,
        };
        let watch = Watch::Probe { home: book.table(home), places: vec![place], has_alarms: true };
        assert_eq!(watch.month(every(minutes(1))).api.exact(), "0.876");
        let basis = basis(&watch, minutely());
        assert!(basis.contains("0.00002 USD a PutMetricData request (yours)"), "{basis}");
        assert_eq!(basis.matches("PutMetricData").count(), 1, "{basis}");
    }

    proptest! {
        #[test]
        fn longer_intervals_never_cost_more(one in 1_u64..3_600, more in 0_u64..3_600, places in 1_usize..4) {
            let frequency = |seconds| every(Span::from_seconds(seconds));
            prop_assert!(frequency(one + more).runs() <= frequency(one).runs());
            let month = |watch: &Watch, seconds| watch.month(frequency(seconds)).total();
            prop_assert!(month(&canary(1), one + more) <= month(&canary(1), one));
            // Below a minute a probe keeps some intervals alone.
            let (one, longer) = (one.max(60), one.max(60) + more);
            prop_assert!(month(&probe(places), longer) <= month(&probe(places), one));
            for below in BELOW_A_MINUTE {
                prop_assert!(month(&probe(places), longer) < month(&probe(places), below));
            }
        }
    }
}
