//! Labelled histories of costs, made from seeds, and the methods that are measured on them.
//!
//! What they are good for is comparing methods on the same histories. They are not the bill of any
//! company: shapes, sizes and frequencies are guesses, anomalies are put in one at a time and well
//! apart, each is a rise of one service, and their least size is the floor that all methods share.
//! An anomaly that is smaller, or hidden in a larger one, is not asked for.

mod accounts;
mod anomalies;
mod arrival;
mod random;
pub(crate) mod rivals;

use contract::cost::{PlannedEvent, Recorded};
use contract::spike::{Replay, Rules};
use hinomi_cli::backtest::score::{Alert, Label, Score};
use jiff::{ToSpan, civil::Date};

use random::Random;

/// Seeds on which thresholds are chosen.
pub(crate) const TRAINING: std::ops::Range<u64> = 1..13;
/// Seeds on which the methods are measured, and nothing is chosen.
pub(crate) const HELD_OUT: std::ops::Range<u64> = 1_001..1_017;

/// Days of a history, and those at its beginning in which nothing is put in and nothing counts.
const DAYS: usize = 270;
const QUIET_DAYS: usize = 70;
/// Accounts of a history.
const ACCOUNTS: usize = 6;
/// US dollars a day that an anomaly adds at least: the floor of every method.
pub(crate) const FLOOR_USD: f64 = 5.0;

/// Which services accounts have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mix {
    /// All shapes.
    All,
    /// None that runs on some days only, which the usual methods take for spikes.
    NoBatch,
}

/// A history with what should ring.
pub(crate) struct World {
    pub(crate) recorded: Vec<Recorded>,
    pub(crate) events: Vec<PlannedEvent>,
    pub(crate) labels: Vec<Label>,
    /// The first morning, and the last one.
    pub(crate) from: Date,
    pub(crate) until: Date,
}

impl World {
    /// A history from a seed.
    pub(crate) fn of(seed: u64, mix: Mix) -> Self {
        let mut random = Random::new(seed);
        let first = Date::constant(2025, 1, 1)
            .saturating_add(i64::try_from(random.whole(0, 364)).expect("few").days());
        let holiday = random.whole(QUIET_DAYS, DAYS - 20);
        let mut world = Self {
            recorded: Vec::new(),
            events: Vec::new(),
            labels: Vec::new(),
            from: day(first, QUIET_DAYS),
            until: day(first, DAYS),
        };
        for number in 0..ACCOUNTS {
            let mut account = accounts::Account::new(number, first, holiday, mix, &mut random);
            world.events.extend(account.plan_event(&mut random));
            world.labels.extend(anomalies::put_in(&mut account, &mut random));
            world.recorded.extend(arrival::record(&account, &mut random));
        }
        world
    }

    /// What our own engine rings.
    pub(crate) fn ours(&self, rules: &Rules) -> Vec<Alert> {
        let mut replay = Replay::new(&self.recorded, self.from, &self.events, rules);
        let mut alerts = Vec::new();
        loop {
            let (morning, news) = replay.morning();
            alerts.extend(news.iter().filter_map(|news| Alert::of(news, morning)));
            if morning >= self.until {
                return alerts;
            }
        }
    }
}

/// The score of a method over several histories.
pub(crate) fn measure(worlds: &[World], method: impl Fn(&World) -> Vec<Alert>) -> Score {
    let mut sum = Score::default();
    for world in worlds {
        sum.add(&Score::of(&world.labels, &method(world)));
    }
    sum
}

pub(crate) fn worlds(seeds: std::ops::Range<u64>, mix: Mix) -> Vec<World> {
    seeds.map(|seed| World::of(seed, mix)).collect()
}

/// The day with an index.
fn day(first: Date, index: usize) -> Date {
    first.saturating_add(i64::try_from(index).expect("few days").days())
}
