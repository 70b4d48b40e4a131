//! What the services cost on the day of the report.

use std::collections::BTreeMap;

use contract::cost::{AccountHistory, ServiceName};

use super::accounts::{Read, Standing};
use super::days::Days;
use super::figures::Comparison;
use crate::daily::Daily;

/// What a service cost, in one account or in all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceFigures {
    /// Its name in Cost Explorer.
    pub service: ServiceName,
    /// The day of the report, in US dollars, without credits.
    pub day_usd: f64,
    /// Against the day before, in the accounts of which both days are known.
    pub against_day_before: Option<Comparison>,
    /// From the first of the month to the day of the report.
    pub month_usd: f64,
}

/// The services of an account that cost anything on the day, or this month; the dearest of the day first.
pub(super) fn of_account(
    history: &AccountHistory,
    account: &Daily,
    days: &Days,
    account_before: Option<f64>,
) -> Vec<ServiceFigures> {
    let figures = history.services().filter_map(|(service, series)| {
        let daily = account.of_service(series);
        let day_usd = daily.on(days.day);
        let before = daily.on(days.day_before).or_else(|| account_before.map(|_| 0.0));
        let month_usd = daily.sum(days.month, days.day);
        let figures = ServiceFigures {
            service: service.clone(),
            day_usd: day_usd.unwrap_or(0.0),
            against_day_before: Comparison::of(before, day_usd),
            month_usd,
        };
        (figures.day_usd > 0.0 || month_usd > 0.0).then_some(figures)
    });
    sorted(figures.collect())
}

/// The services of all accounts together, the dearest first.
pub(super) fn of_all(accounts: &[Read]) -> Vec<ServiceFigures> {
    let mut sums = BTreeMap::<&ServiceName, ServiceFigures>::new();
    let known = accounts.iter().filter(|read| read.account.standing == Standing::Known);
    for figures in known.flat_map(|read| &read.account.services) {
        match sums.get_mut(&figures.service) {
            Some(sum) => sum.add(figures),
            None => drop(sums.insert(&figures.service, figures.clone())),
        }
    }
    sorted(sums.into_values().filter(|figures| figures.day_usd > 0.0).collect())
}

fn sorted(mut services: Vec<ServiceFigures>) -> Vec<ServiceFigures> {
    // Equal ones stay in order of their names.
    services.sort_by(|one, two| two.day_usd.total_cmp(&one.day_usd));
    services
}

impl ServiceFigures {
    fn add(&mut self, other: &Self) {
        self.day_usd += other.day_usd;
        self.month_usd += other.month_usd;
        self.against_day_before = match (self.against_day_before, other.against_day_before) {
            (Some(one), Some(two)) => Some(one.and(two)),
            (one, two) => one.or(two),
        };
    }
}
