//! What accounts cost when nothing is wrong.

use contract::account::AccountId;
use contract::cost::{PlannedEvent, ServiceName};
use jiff::civil::Date;

use super::random::Random;
use super::{DAYS, Mix, QUIET_DAYS, day};

/// Days of the holiday that all accounts share.
const HOLIDAY_DAYS: usize = 5;

pub(super) struct Account {
    pub(super) id: AccountId,
    pub(super) first: Date,
    pub(super) services: Vec<Service>,
    /// Days that an event was planned for.
    pub(super) planned: Vec<bool>,
}

pub(super) struct Service {
    pub(super) name: ServiceName,
    pub(super) shape: Shape,
    /// What it costs on a typical day at first.
    pub(super) level: f64,
    /// What it costs day by day; none before it is used.
    pub(super) costs: Vec<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Storage and databases: the same every day.
    Steady,
    /// What visitors cause: weeks, and good and bad days that last.
    Traffic,
    /// What runs in office hours.
    Office,
    /// What runs on some days, and costs nothing on the others.
    Batch,
    /// What is charged on the first day of each month.
    Monthly,
}

impl Shape {
    /// The standard deviation of the logarithm of its days.
    fn noise(self, random: &mut Random) -> f64 {
        match self {
            Self::Steady => random.between(0.005, 0.03),
            Self::Traffic => random.between(0.04, 0.12),
            Self::Office => random.between(0.03, 0.1),
            Self::Batch => 0.4,
            Self::Monthly => 0.05,
        }
    }

    /// What a day of a weekend costs, by a day of the week.
    fn weekend(self, random: &mut Random) -> f64 {
        match self {
            Self::Traffic => random.between(0.5, 1.4),
            Self::Office => random.between(0.05, 0.2),
            Self::Steady | Self::Batch | Self::Monthly => 1.0,
        }
    }
}

impl Account {
    pub(super) fn new(
        number: usize,
        first: Date,
        holiday: usize,
        mix: Mix,
        random: &mut Random,
    ) -> Self {
        let id = format!("{:012}", 100_000_000_000 + number * 111_111_111);
        let daily = random.between_in_scale(10.0, 10_000.0) / 30.0;
        let count = random.whole(4, 10);
        let weights: Vec<f64> = (1..=count)
            .map(|rank| {
                let rank = f64::from(u32::try_from(rank).expect("few"));
                rank.powf(-1.2) * (0.4 * random.normal()).exp()
            })
            .collect();
        let sum: f64 = weights.iter().sum();
        let mut account = Self {
            id: id.parse().expect("twelve digits"),
            first,
            services: Vec::new(),
            planned: vec![false; DAYS],
        };
        for (rank, weight) in weights.iter().enumerate() {
            let shape = match random.share() {
                share if share < 0.4 => Shape::Steady,
                share if share < 0.75 => Shape::Traffic,
                share if share < 0.9 => Shape::Office,
                _ if mix == Mix::NoBatch => Shape::Steady,
                _ => Shape::Batch,
            };
            account.add(&format!("Service {rank}"), shape, daily * weight / sum, holiday, random);
        }
        if random.chance(0.6) {
            let support = daily * 30.0 * random.between(0.03, 0.1);
            account.add("Support", Shape::Monthly, support, holiday, random);
        }
        account
    }

    fn add(&mut self, name: &str, shape: Shape, level: f64, holiday: usize, random: &mut Random) {
        let costs = costs(shape, level, self.first, holiday, random);
        self.services.push(Service { name: name.into(), shape, level, costs });
    }

    /// Some accounts have an event, which is declared.
    pub(super) fn plan_event(&mut self, random: &mut Random) -> Option<PlannedEvent> {
        if !random.chance(0.3) {
            return None;
        }
        let start = random.whole(QUIET_DAYS, DAYS - 10);
        let end = start + random.whole(1, 5);
        let factor = random.between(1.5, 4.0);
        for service in self.services.iter_mut().filter(|one| one.shape == Shape::Traffic) {
            service.costs[start..=end].iter_mut().for_each(|cost| *cost *= factor);
        }
        self.planned[start..=end].fill(true);
        let mut event =
            PlannedEvent::of("festival", day(self.first, start), day(self.first, end)).ok()?;
        event.accounts.insert(self.id.clone());
        Some(event)
    }
}

/// What a service costs day by day when nothing is wrong with it.
fn costs(shape: Shape, level: f64, first: Date, holiday: usize, random: &mut Random) -> Vec<f64> {
    let growth = (0.015 + 0.025 * random.normal()).clamp(-0.05, 0.08) / 30.0;
    let noise = shape.noise(random);
    let weekend = shape.weekend(random);
    let runs = random.between(0.08, 0.25);
    let holiday_factor = random.between(0.3, 0.7);
    // Somebody tidies up at some time, and each release costs a little more or less.
    let tidied = random.chance(0.08).then(|| (random.whole(0, DAYS), random.between(0.3, 0.8)));
    let released = (random.whole(0, DAYS), random.between(0.93, 1.1));
    let mut mood = 0.0;
    let mut factor = 1.0;
    (0..DAYS)
        .map(|index| {
            let date = day(first, index);
            factor *= 1.0 + growth;
            factor *= tidied.filter(|(at, _)| *at == index).map_or(1.0, |(_, factor)| factor);
            factor *= if released.0 == index { released.1 } else { 1.0 };
            mood = 0.5 * mood + noise * 0.866 * random.normal();
            let busy = if random.chance(0.015) { random.between(1.05, 1.35) } else { 1.0 };
            let is_weekend = date.weekday().to_monday_zero_offset() >= 5;
            let is_holiday = (holiday..holiday + HOLIDAY_DAYS).contains(&index);
            let usual = level * factor * f64::exp(mood);
            match shape {
                Shape::Steady => usual,
                Shape::Traffic | Shape::Office => {
                    let day = if is_holiday { holiday_factor } else { busy };
                    usual * day * if is_weekend { weekend } else { 1.0 }
                }
                Shape::Batch => {
                    if random.chance(runs) {
                        usual / runs
                    } else {
                        0.0
                    }
                }
                Shape::Monthly => {
                    if date.day() == 1 {
                        usual
                    } else {
                        0.0
                    }
                }
            }
        })
        .collect()
}
