//! What is known of all accounts' costs at one time.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::{DailyCost, Figure, ServiceName, day};
use crate::account::AccountId;

/// What is known of all accounts' costs at one time, day by day.
///
/// A day on which an account has no figure of any service is a day of which nothing is known. On a
/// day on which it has some, a service without a figure cost nothing: Cost Explorer leaves out what
/// cost nothing. So a day that really was free is said with a figure of 0 of any service.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    accounts: BTreeMap<AccountId, AccountHistory>,
}

/// What is known of one account's costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AccountHistory {
    services: BTreeMap<ServiceName, Series>,
}

/// The figures of one service, or of a whole account, day after day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Number of the first day; the others follow without a gap.
    first: i32,
    figures: Vec<Option<Figure>>,
}

impl History {
    /// Adds a line of a bill to what is known of its day.
    pub fn add(&mut self, cost: &DailyCost) {
        let day = day::number(cost.day);
        let series = self.series(&cost.account, &cost.service);
        let figure = series.place(day).get_or_insert_default();
        figure.add(cost.cost_usd);
    }

    /// Replaces what is known of a service's day, as when AWS has revised it.
    pub fn set(&mut self, day: Date, account: &AccountId, service: &ServiceName, figure: Figure) {
        *self.series(account, service).place(day::number(day)) = Some(figure);
    }

    /// The accounts in order of their ids.
    pub fn accounts(&self) -> impl Iterator<Item = (&AccountId, &AccountHistory)> {
        self.accounts.iter()
    }

    /// One account.
    pub fn account(&self, account: &AccountId) -> Option<&AccountHistory> {
        self.accounts.get(account)
    }

    /// The first day of which anything is known.
    pub fn first_day(&self) -> Option<Date> {
        self.accounts.values().filter_map(AccountHistory::first_day).min()
    }

    /// The last day of which anything is known.
    pub fn last_day(&self) -> Option<Date> {
        self.accounts.values().filter_map(AccountHistory::last_day).max()
    }

    fn series(&mut self, account: &AccountId, service: &ServiceName) -> &mut Series {
        // Looked up before it is put in: a clone of both names for each figure would cost more.
        if !self.accounts.contains_key(account) {
            self.accounts.insert(account.clone(), AccountHistory::default());
        }
        let services = &mut self.accounts.get_mut(account).expect("it was just put in").services;
        if !services.contains_key(service) {
            services.insert(service.clone(), Series::default());
        }
        services.get_mut(service).expect("it was just put in")
    }
}

impl<'a> FromIterator<&'a DailyCost> for History {
    fn from_iter<T: IntoIterator<Item = &'a DailyCost>>(costs: T) -> Self {
        let mut history = Self::default();
        for cost in costs {
            history.add(cost);
        }
        history
    }
}

impl AccountHistory {
    /// The services in order of their names.
    pub fn services(&self) -> impl Iterator<Item = (&ServiceName, &Series)> {
        self.services.iter()
    }

    /// One service.
    pub fn service(&self, service: &str) -> Option<&Series> {
        self.services.get(service)
    }

    /// The first day of which anything is known.
    pub fn first_day(&self) -> Option<Date> {
        self.services.values().filter_map(Series::first_day).min()
    }

    /// The last day of which anything is known.
    pub fn last_day(&self) -> Option<Date> {
        self.services.values().filter_map(Series::last_day).max()
    }
}

impl Series {
    /// What is known of a day.
    pub fn figure(&self, day: Date) -> Option<Figure> {
        self.at(day::number(day))
    }

    /// The first day of which anything is known.
    pub fn first_day(&self) -> Option<Date> {
        self.known().next().map(|(number, _)| day::date(number))
    }

    /// The last day of which anything is known.
    pub fn last_day(&self) -> Option<Date> {
        self.known().next_back().map(|(number, _)| day::date(number))
    }

    /// The days of which something is known, in order, by their numbers.
    pub(crate) fn known(&self) -> impl DoubleEndedIterator<Item = (i32, Figure)> {
        self.figures.iter().enumerate().filter_map(|(index, figure)| {
            let index = i32::try_from(index).expect("a history has fewer than 2^31 days");
            Some((self.first + index, (*figure)?))
        })
    }

    pub(crate) fn at(&self, number: i32) -> Option<Figure> {
        let index = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.figures.get(index).copied().flatten()
    }

    fn place(&mut self, number: i32) -> &mut Option<Figure> {
        if self.figures.is_empty() {
            self.first = number;
        }
        if number < self.first {
            let gap = usize::try_from(self.first - number).expect("it is above zero");
            self.figures.splice(0..0, std::iter::repeat_n(None, gap));
            self.first = number;
        }
        let index = usize::try_from(number - self.first).expect("it isn't before the first day");
        if index >= self.figures.len() {
            self.figures.resize(index + 1, None);
        }
        &mut self.figures[index]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cost(day: &str, service: &str, cost_usd: f64) -> DailyCost {
        let account = "111122223333".parse().expect("an account");
        DailyCost { day: day.parse().expect("a day"), account, service: service.into(), cost_usd }
    }

    #[test]
    fn lines_of_a_day_are_summed_and_a_revision_replaces_them() {
        let mut history: History = [
            cost("2026-03-02", "Amazon S3", 2.0),
            cost("2026-03-02", "Amazon S3", 3.0),
            cost("2026-03-02", "Amazon S3", -4.0),
        ]
        .iter()
        .collect();
        let account: AccountId = "111122223333".parse().expect("an account");
        let day = Date::constant(2026, 3, 2);
        let figure = |history: &History| {
            let account = history.account(&account).expect("it has figures");
            account.service("Amazon S3").expect("it has figures").figure(day)
        };
        assert_eq!(figure(&history), Some(Figure { charges_usd: 5.0, credits_usd: -4.0 }));
        history.set(day, &account, &"Amazon S3".into(), Figure::of(7.0));
        assert_eq!(figure(&history), Some(Figure::of(7.0)));
    }

    #[test]
    fn days_between_figures_are_unknown() {
        let history: History =
            [cost("2026-03-05", "Amazon S3", 1.0), cost("2026-03-02", "Amazon S3", 0.0)]
                .iter()
                .collect();
        let (_, account) = history.accounts().next().expect("an account");
        let series = account.service("Amazon S3").expect("a service");
        assert_eq!(series.figure(Date::constant(2026, 3, 3)), None);
        assert_eq!(series.figure(Date::constant(2026, 3, 2)), Some(Figure::of(0.0)));
        assert_eq!(history.first_day(), Some(Date::constant(2026, 3, 2)));
        assert_eq!(history.last_day(), Some(Date::constant(2026, 3, 5)));
    }

    proptest! {
        #[test]
        fn the_order_of_days_changes_nothing(days in prop::collection::vec(0..60_i32, 1..40)) {
            let line = |number: &i32| {
                let day = day::date(20_500 + number).to_string();
                cost(&day, "Amazon S3", f64::from(*number))
            };
            let lines: Vec<_> = days.iter().map(line).collect();
            let forward: History = lines.iter().collect();
            let backward: History = lines.iter().rev().collect();
            prop_assert_eq!(forward, backward);
        }
    }
}
