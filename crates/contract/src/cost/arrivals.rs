//! Figures in the order in which they became known.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DailyCost, Figure, History, ServiceName};
use crate::account::AccountId;

/// A line of a bill, and since when it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The line.
    pub cost: DailyCost,
    /// The morning on which it was known first. Of a service's day, the lines of one morning
    /// together replace those of the mornings before.
    pub known_on: Date,
}

/// A history that grows morning by morning, with what was known on each.
#[derive(Clone, Debug)]
pub struct Arrivals<'a> {
    awaited: BTreeMap<Date, Vec<(&'a DailyCost, Figure)>>,
    history: History,
}

impl<'a> Arrivals<'a> {
    /// All lines, of which nothing has arrived yet.
    pub fn of(recorded: &'a [Recorded]) -> Self {
        type Key<'a> = (Date, &'a AccountId, &'a ServiceName, Date);
        let mut figures: BTreeMap<Key<'a>, (&'a DailyCost, Figure)> = BTreeMap::new();
        for Recorded { cost, known_on } in recorded {
            let key = (*known_on, &cost.account, &cost.service, cost.day);
            let (_, figure) = figures.entry(key).or_insert((cost, Figure::default()));
            figure.add(cost.cost_usd);
        }
        let mut awaited: BTreeMap<Date, Vec<_>> = BTreeMap::new();
        for ((known_on, ..), figure) in figures {
            awaited.entry(known_on).or_default().push(figure);
        }
        Self { awaited, history: History::default() }
    }

    /// What is known on a morning. Mornings don't go back.
    pub fn known_on(&mut self, morning: Date) -> &History {
        while let Some(next) = self.awaited.first_entry().filter(|next| *next.key() <= morning) {
            for (cost, figure) in next.remove() {
                self.history.set(cost.day, &cost.account, &cost.service, figure);
            }
        }
        &self.history
    }

    /// What is known so far.
    pub fn history(&self) -> &History {
        &self.history
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(known_on: &str, cost_usd: f64) -> Recorded {
        let cost = DailyCost {
            day: "2026-03-02".parse().expect("a day"),
            account: "111122223333".parse().expect("an account"),
            service: "Amazon S3".into(),
            cost_usd,
        };
        Recorded { cost, known_on: known_on.parse().expect("a day") }
    }

    #[test]
    fn later_lines_replace_earlier_ones_from_their_morning_on() {
        let lines = [
            recorded("2026-03-05", 9.0),
            recorded("2026-03-03", 4.0),
            recorded("2026-03-03", -1.0),
            recorded("2026-03-03", 2.0),
        ];
        let mut arrivals = Arrivals::of(&lines);
        let mut known = |morning: &str| {
            let history = arrivals.known_on(morning.parse().expect("a day"));
            let (_, account) = history.accounts().next()?;
            account.service("Amazon S3")?.figure(lines[0].cost.day)
        };
        assert_eq!(known("2026-03-02"), None);
        let first = Figure { charges_usd: 6.0, credits_usd: -1.0 };
        assert_eq!(known("2026-03-03"), Some(first));
        assert_eq!(known("2026-03-04"), Some(first));
        assert_eq!(known("2026-03-09"), Some(Figure::of(9.0)));
    }
}
