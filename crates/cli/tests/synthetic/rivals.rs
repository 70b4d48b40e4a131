//! The two methods that are usual, for comparison.
//!
//! They are given all that isn't the method itself: charges without credits, missing days left out,
//! planned days left out, each day looked at for as long as AWS revises it, an absolute floor, and
//! one alert for an account and morning in place of one for each service and the total. A service
//! that rings isn't told again until two days after it last stood out.

use std::collections::BTreeMap;
use std::ops::Add;

use contract::account::AccountId;
use contract::cost::{AccountHistory, Arrivals, Figure, PlannedEvent, ServiceName};
use hinomi_cli::backtest::score::Alert;
use jiff::{ToSpan, civil::Date};

use super::{FLOOR_USD, World};

/// Days for which a day is looked at again.
const REVISED_DAYS: usize = 4;
/// Days without standing out after which a service may ring again.
const REST_DAYS: i64 = 2;

/// A method that compares a day with those just before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rival {
    pub(crate) method: Method,
    /// US dollars that a rise has at least.
    pub(crate) floor_usd: f64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Method {
    /// So many percent more than the day before.
    Percent(f64),
    /// More than the mean of the last seven days by so many of their standard deviations.
    Sigma(f64),
}

/// What is common: half as much again as yesterday.
pub(crate) const USUAL_PERCENT: Rival =
    Rival { method: Method::Percent(50.0), floor_usd: FLOOR_USD };
/// What is common: three sigma.
pub(crate) const USUAL_SIGMA: Rival = Rival { method: Method::Sigma(3.0), floor_usd: FLOOR_USD };
/// What is best on the training seeds of those that the example `tune` tries.
pub(crate) const BEST_PERCENT: Rival =
    Rival { method: Method::Percent(75.0), floor_usd: FLOOR_USD };
/// What is best on the training seeds of those that the example `tune` tries.
pub(crate) const BEST_SIGMA: Rival = Rival { method: Method::Sigma(6.0), floor_usd: FLOOR_USD };

/// What rang last, by account and service, with none for the total.
type Last = BTreeMap<(AccountId, Option<ServiceName>), Date>;

impl Rival {
    /// What the method rings.
    pub(crate) fn rings(self, world: &World) -> Vec<Alert> {
        let mut arrivals = Arrivals::of(&world.recorded);
        let mut last = Last::new();
        let mut alerts = Vec::new();
        let mut morning = world.from;
        while morning <= world.until {
            for (account, history) in arrivals.known_on(morning).accounts() {
                let tracks = tracks(account, history, &world.events, morning);
                alerts.extend(self.morning(account, &tracks, morning, &mut last));
            }
            morning = morning.saturating_add(1.day());
        }
        alerts
    }

    fn morning(
        self,
        account: &AccountId,
        tracks: &[Track<'_>],
        morning: Date,
        last: &mut Last,
    ) -> Option<Alert> {
        let (mut days, mut named, mut is_account_wide) = (Vec::new(), Vec::new(), false);
        for back in (0..REVISED_DAYS).rev() {
            let day = before(morning, back);
            let mut any_service = false;
            for Track { service, costs } in tracks {
                // The total is what its services are.
                if (service.is_none() && any_service) || !self.stands_out(&costs[back..]) {
                    continue;
                }
                any_service |= service.is_some();
                let told = last.insert((account.clone(), service.cloned()), day);
                if told.is_none_or(|told| told.saturating_add((REST_DAYS + 1).days()) < day) {
                    days.push(day);
                    named.extend(service.cloned());
                    is_account_wide |= service.is_none();
                }
            }
        }
        let (start, end) = (*days.iter().min()?, *days.iter().max()?);
        let services = if is_account_wide { Vec::new() } else { named };
        Some(Alert { account: account.clone(), services, start, end, on: morning })
    }

    /// Whether the first of some days stands out by the others, which are those before it.
    fn stands_out(self, days: &[Option<f64>]) -> bool {
        let [Some(actual), before @ ..] = days else { return false };
        match self.method {
            Method::Percent(percent) => before[0].is_some_and(|before| {
                actual - before >= self.floor_usd && *actual >= before * (1.0 + percent / 100.0)
            }),
            Method::Sigma(factor) => {
                let before: Vec<f64> = before[..7].iter().copied().flatten().collect();
                let count = f64::from(u32::try_from(before.len()).expect("seven"));
                let mean = before.iter().sum::<f64>() / count;
                let squares = before.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>();
                let deviation = (squares / (count - 1.0)).sqrt();
                before.len() >= 3
                    && actual - mean >= self.floor_usd
                    && actual - mean >= factor * deviation
            }
        }
    }
}

/// What a service, or the account's total, cost on the days before a morning, the last one first;
/// none where that isn't known or was planned.
struct Track<'a> {
    service: Option<&'a ServiceName>,
    costs: [Option<f64>; REVISED_DAYS + 7],
}

/// The account's services, and at last its total.
fn tracks<'a>(
    account: &AccountId,
    history: &'a AccountHistory,
    events: &[PlannedEvent],
    morning: Date,
) -> Vec<Track<'a>> {
    let is_planned = |day: Date| {
        let mut events = events.iter().filter(|event| event.concerns(account));
        events.any(|event| (event.start..=event.end).contains(&day))
    };
    let days = std::array::from_fn(|back| before(morning, back));
    let total = days.map(|day| {
        let figures = history.services().filter_map(|(_, series)| series.figure(day));
        figures.map(|figure| figure.charges_usd).reduce(Add::add).filter(|_| !is_planned(day))
    });
    let services = history.services().map(|(service, series)| {
        let mut costs = total;
        for (cost, day) in costs.iter_mut().zip(days).filter(|(cost, _)| cost.is_some()) {
            // A day without any figure is unknown, and a service without one cost nothing.
            *cost = series.figure(day).map_or(Some(0.0), Figure::charged);
        }
        Track { service: Some(service), costs }
    });
    services.chain([Track { service: None, costs: total }]).collect()
}

/// The day that is so many before the last one on a morning.
fn before(morning: Date, back: usize) -> Date {
    morning.saturating_sub(i64::try_from(back + 1).expect("few days").days())
}
