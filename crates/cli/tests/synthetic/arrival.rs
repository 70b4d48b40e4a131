//! How figures become known: late, revised, some never, and with credits among them.

use contract::cost::{DailyCost, Recorded};
use jiff::civil::Date;

use super::accounts::Account;
use super::random::Random;
use super::{DAYS, day};

/// The lines of an account's bills.
pub(super) fn record(account: &Account, random: &mut Random) -> Vec<Recorded> {
    let mut lines = Vec::new();
    let has_credits = random.chance(0.4);
    for index in 0..DAYS {
        if random.chance(0.008) {
            continue;
        }
        let credit = has_credits && random.chance(0.05);
        let credited = random.whole(0, account.services.len() - 1);
        let arrival = Arrival::of(random);
        for (number, service) in account.services.iter().enumerate() {
            let cost = service.costs[index];
            // Cost Explorer names no service that cost nothing.
            if cost <= 0.0 {
                continue;
            }
            let of_service = arrival.clone().of_service(random);
            let line = |known_on: Date, cost_usd: f64| Recorded {
                cost: DailyCost {
                    day: day(account.first, index),
                    account: account.id.clone(),
                    service: service.name.clone(),
                    cost_usd,
                },
                known_on,
            };
            let given_back =
                if credit && credited == number { cost * random.between(0.2, 1.5) } else { 0.0 };
            // Some bills show a credit as a line of its own, and others the difference.
            let is_apart = random.chance(0.5);
            for (morning, share) in of_service.shares {
                let known_on = day(account.first, index + 1 + morning);
                if is_apart && given_back > 0.0 {
                    lines.push(line(known_on, -given_back * share));
                    lines.push(line(known_on, cost * share));
                } else {
                    lines.push(line(known_on, (cost - given_back) * share));
                }
            }
        }
    }
    lines
}

/// The mornings on which a day's figures change, and the share of them that is known then.
#[derive(Clone)]
struct Arrival {
    shares: Vec<(usize, f64)>,
}

impl Arrival {
    fn of(random: &mut Random) -> Self {
        let shares = match random.share() {
            share if share < 0.5 => vec![(0, 1.0)],
            share if share < 0.85 => vec![(0, random.between(0.3, 0.95)), (1, 1.0)],
            share if share < 0.95 => {
                vec![(0, random.between(0.2, 0.8)), (1, random.between(0.8, 0.98)), (2, 1.0)]
            }
            _ => vec![(1, random.between(0.7, 1.0)), (2, 1.0)],
        };
        Self { shares }
    }

    /// One service's figures may come a day later than the others'.
    fn of_service(mut self, random: &mut Random) -> Self {
        if random.chance(0.04) {
            for (morning, _) in &mut self.shares {
                *morning += 1;
            }
        }
        self
    }
}
