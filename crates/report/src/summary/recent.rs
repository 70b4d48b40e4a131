//! The last days, as the chart shows them.

use std::collections::BTreeMap;

use contract::spike::Change;
use jiff::civil::Date;

use super::accounts::Read;
use super::days::Days;
use crate::daily::Daily;
use crate::{Input, calendar};

/// The last 30 days up to the day of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Recent {
    /// The first day.
    pub first_day: Date,
    /// The purposes in order of their names, so that each keeps its colour; what has none comes last.
    pub purposes: Vec<PurposeDays>,
    /// The median of the last seven ordinary days before each day, of all accounts together.
    pub median_usd: Vec<Option<f64>>,
    /// What a day of this month may cost by the budgets; none unless all accounts have one.
    pub budget_per_day_usd: Option<f64>,
    /// The dearest days of the anomalies that are told of, or open.
    pub peaks: Vec<Peak>,
    /// The events, by name, with their first and last days.
    pub events: Vec<(String, Date, Date)>,
}

/// What a purpose cost on each day.
#[derive(Clone, Debug, PartialEq)]
pub struct PurposeDays {
    /// The purpose.
    pub name: Option<String>,
    /// US dollars, without credits; none where nothing is known.
    pub usd: Vec<Option<f64>>,
}

/// The dearest day of an anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Peak {
    /// The day.
    pub day: Date,
    /// The service that leads; none for the account's total.
    pub service: Option<String>,
    /// What it cost more than expected, in US dollars.
    pub extra_usd: f64,
}

pub(super) fn of(input: &Input<'_>, days: &Days, accounts: &[Read]) -> Recent {
    let mut all = Daily::default();
    let mut purposes = BTreeMap::<(bool, &Option<String>), Daily>::new();
    for read in accounts {
        all.add(&read.daily);
        let key = (read.purpose.is_none(), &read.purpose);
        purposes.entry(key).or_default().add(&read.daily);
    }
    let shown = || calendar::days(days.chart(), days.day);
    let purposes = purposes.into_iter().map(|((_, name), daily)| PurposeDays {
        name: name.clone(),
        usd: shown().map(|day| daily.on(day)).collect(),
    });
    let events = input.settings.events.iter();
    Recent {
        first_day: days.chart(),
        // A purpose whose accounts were all closed long ago has no place in the legend.
        purposes: purposes.filter(|it| it.usd.iter().any(Option::is_some)).collect(),
        median_usd: shown().map(|day| all.median_before(day)).collect(),
        budget_per_day_usd: budget_per_day(days, accounts),
        peaks: peaks(input),
        events: events.map(|(name, event)| (name.clone(), event.start, event.end)).collect(),
    }
}

fn budget_per_day(days: &Days, accounts: &[Read]) -> Option<f64> {
    let open = accounts.iter().filter(|read| !days.is_closed(read.last_day));
    let limits: Option<Vec<f64>> =
        open.map(|read| read.account.figures.budget.map(|budget| budget.limit_usd)).collect();
    let limits = limits.filter(|limits| !limits.is_empty())?;
    let length = f64::from(days.day.days_in_month());
    Some(limits.iter().fold(0.0, |sum, limit| sum + limit) / length)
}

fn peaks(input: &Input<'_>) -> Vec<Peak> {
    let assessment = input.assessment;
    let told = assessment.news.iter().filter(|news| !matches!(news.change, Change::Close(_)));
    let told: Vec<_> = told.map(|news| &news.anomaly).collect();
    let open = assessment.state.anomalies.iter().filter(|anomaly| {
        anomaly.closed.is_none() && !told.iter().any(|other| other.id == anomaly.id)
    });
    let peaks = told.iter().copied().chain(open).filter_map(|anomaly| {
        let peak = anomaly.peak()?;
        let service = anomaly.leading().first()?.service.as_ref().map(ToString::to_string);
        Some(Peak { day: peak.day, service, extra_usd: peak.extra_usd() })
    });
    peaks.collect()
}
