//! What goes wrong: rises of one service, with the days on which they should ring.

use hinomi_cli::backtest::score::Label;

use super::accounts::{Account, Service, Shape};
use super::random::Random;
use super::{DAYS, FLOOR_USD, QUIET_DAYS, day};

/// Days from one anomaly of an account to the next: from 8 to 88, 48 on average.
const APART_DAYS: (usize, usize) = (8, 88);
/// Days for which a rise that lasts should have rung.
const STEP_DAYS: usize = 14;

/// Puts anomalies into an account, and says where.
pub(super) fn put_in(account: &mut Account, random: &mut Random) -> Vec<Label> {
    let mut labels = Vec::new();
    let mut at = QUIET_DAYS + random.whole(0, APART_DAYS.1);
    while at + 5 < DAYS {
        let made = match random.share() {
            share if share < 0.5 => spike(account, at, random),
            share if share < 0.7 => step(account, at, random),
            share if share < 0.82 => drift(account, at, random),
            _ => Some(new_service(account, at, random)),
        };
        // An anomaly on planned days isn't one that should ring.
        let is_planned = |(_, days): &(usize, usize)| {
            account.planned[at..(at + days).min(DAYS)].iter().any(|planned| *planned)
        };
        let days = made.map_or(0, |(_, days)| days);
        if let Some((service, days)) = made.filter(|made| !is_planned(made)) {
            labels.push(Label {
                account: account.id.clone(),
                service: Some(account.services[service].name.clone()),
                start: day(account.first, at),
                end: day(account.first, (at + days - 1).min(DAYS - 1)),
            });
        }
        at += days + random.whole(APART_DAYS.0, APART_DAYS.1);
    }
    labels
}

/// The service with an index, and the days on which it should ring.
type Made = Option<(usize, usize)>;

/// Some days that cost more: a runaway job, a forgotten machine, an attack.
fn spike(account: &mut Account, at: usize, random: &mut Random) -> Made {
    let service = any_service(account, at, random)?;
    let days = random.whole(1, 5);
    let level = account.services[service].level;
    let factor = random.between_in_scale(0.25, 6.0);
    // In a small account too somebody can start a large machine.
    let added = (level * factor).max(random.between_in_scale(FLOOR_USD * 1.1, 40.0));
    let part_of_first_day = random.between(0.3, 1.0);
    let costs = &mut account.services[service].costs;
    for (index, cost) in costs.iter_mut().skip(at).take(days).enumerate() {
        let part = if index == 0 && days > 1 { part_of_first_day } else { 1.0 };
        *cost += added * part * (0.1 * random.normal()).exp();
    }
    Some((service, days))
}

/// A rise that lasts: a larger machine, a setting that nobody takes back.
fn step(account: &mut Account, at: usize, random: &mut Random) -> Made {
    let service = any_service(account, at, random)?;
    let level = account.services[service].level;
    let factor = random.between_in_scale(1.3, 3.0);
    let added = FLOOR_USD * 1.1;
    for cost in account.services[service].costs.iter_mut().skip(at) {
        *cost = (*cost * factor).max(*cost + added);
    }
    account.services[service].level = (level * factor).max(level + added);
    Some((service, STEP_DAYS))
}

/// Slow growth: logs that nobody deletes, a leak.
fn drift(account: &mut Account, at: usize, random: &mut Random) -> Made {
    let services = &account.services;
    let is_large = |service: &Service| service.level > 8.0 && service.shape == Shape::Steady;
    let large: Vec<usize> = (0..services.len()).filter(|one| is_large(&services[*one])).collect();
    let service = *large.get(random.whole(0, large.len().max(1) - 1))?;
    let (days, growth) = (random.whole(35, 60), random.between(0.01, 0.025));
    let mut factor = 1.0;
    for (index, cost) in account.services[service].costs.iter_mut().skip(at).enumerate() {
        factor *= if index < days { 1.0 + growth } else { 1.0 };
        *cost *= factor;
    }
    account.services[service].level *= factor;
    // One that the history's end cuts off isn't asked for.
    Some((service, days)).filter(|_| at + days < DAYS)
}

/// A service that the account has never used.
fn new_service(account: &mut Account, at: usize, random: &mut Random) -> (usize, usize) {
    let sum: f64 = account.services.iter().map(|service| service.level).sum();
    let level = (sum * random.between_in_scale(0.05, 2.0)).max(FLOOR_USD * 1.2);
    let days = if random.chance(0.4) { DAYS } else { random.whole(2, 12) };
    let mut costs = vec![0.0; DAYS];
    for cost in costs.iter_mut().skip(at).take(days) {
        *cost = level * (0.08 * random.normal()).exp();
    }
    let name = format!("New service {at}");
    account.services.push(Service {
        name: name.as_str().into(),
        shape: Shape::Steady,
        level,
        costs,
    });
    (account.services.len() - 1, days.min(STEP_DAYS))
}

/// A service that costs something by then: dear ones are as likely as cheap ones.
fn any_service(account: &Account, at: usize, random: &mut Random) -> Option<usize> {
    let services = &account.services;
    let is_used = |service: &Service| {
        service.shape != Shape::Monthly && service.costs[..at].iter().any(|cost| *cost > 0.0)
    };
    let used: Vec<usize> = (0..services.len()).filter(|one| is_used(&services[*one])).collect();
    used.get(random.whole(0, used.len().max(1) - 1)).copied()
}
