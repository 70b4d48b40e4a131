//! What is told of an anomaly, and kept of it from one morning to the next.
//!
//! The names in its JSON are stable: they are kept between mornings, and other programs read them.

use std::ops::Add;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::AccountId;
use crate::cost::ServiceName;

/// An account that costs more than it should, from its first such day to its end.
///
/// What begins in one account at the same time is one anomaly, with a part for each service and one
/// for the account's total where that stands out too. Either the services lead, or the total where
/// they explain less than half of it: the leading parts say how much it is and when it ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anomaly {
    /// Account, morning on which it rang, and its number of that morning, such as
    /// `111122223333/2026-03-02/1`.
    pub id: String,
    /// The account.
    pub account: AccountId,
    /// Whether it came at once or slowly.
    pub kind: AnomalyKind,
    /// Whether the account's total leads, since its services explain less than half of it.
    pub is_account_wide: bool,
    /// The services that stand out, those with the most extra cost first. None where only the sum of
    /// many does.
    pub services: Vec<Part>,
    /// The account's total, where it stands out too.
    pub total: Option<Part>,
    /// Where the total leads: the services that cost more than expected on the day with the most
    /// extra cost, the most first, five at most.
    pub contributors: Vec<Contribution>,
    /// The morning on which it rang.
    pub rung_on: Date,
    /// What was last told of it.
    pub told: Told,
    /// How it ended; none while it is open.
    pub closed: Option<Closing>,
}

/// Whether an anomaly came at once or slowly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyKind {
    /// Single days cost more than expected.
    Spike,
    /// The cost grows slowly: no single day stands out.
    Drift,
}

/// What one service, or the account's total, has to do with an anomaly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The service; none for the account's total.
    pub service: Option<ServiceName>,
    /// Why it stands out.
    pub cause: Cause,
    /// The first day on which it stood out. Of a drift the first one that was looked at.
    pub since: Date,
    /// The days on which it stands out, in order, as far as they are known. Of a drift one day: the
    /// last one that AWS no longer revises, with what a typical day costs now and what it cost
    /// when the growth was first seen.
    pub days: Vec<DayFigure>,
    /// Whether it lasted so long that it is now what is expected.
    pub is_new_normal: bool,
}

/// A day's cost beside what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayFigure {
    /// The day.
    pub day: Date,
    /// What it cost, in US dollars, without credits.
    pub actual_usd: f64,
    /// What was expected, in US dollars.
    pub expected_usd: f64,
}

/// A service's share in what only the account's total shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contribution {
    /// The service.
    pub service: ServiceName,
    /// Its cost on the day with the most extra cost.
    pub figure: DayFigure,
}

/// Why something stands out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It costs more than what is usual, of which the basis says how it is known.
    AboveUsual(Basis),
    /// The service was not used in this account before.
    NewService,
    /// The account had no cost before.
    NewAccount,
    /// It grows slowly.
    SlowGrowth(Growth),
}

/// How it is known what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// From the same weekday of so many weeks before.
    SameWeekdays(u32),
    /// From so many days before, all weekdays together: there are too few of the same one.
    AllDays(u32),
    /// From the dearest of so few days before.
    DearestDay(u32),
    /// From the second dearest of so many peaks of the weeks before: it is one that has peaks, and
    /// this one is higher.
    Peaks(u32),
    /// From the dearest first day of the months before, which was this one.
    FirstOfMonth(Date),
}

/// How slowly something grows.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Growth {
    /// What a typical day would cost in 30 days at this pace, in US dollars.
    pub projected_usd: f64,
    /// The growth in 30 days, in percent of what a typical day cost in the middle of the days that
    /// were looked at.
    pub percent_in_30_days: f64,
}

/// What was last told of an anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The morning.
    pub on: Date,
    /// Its extra cost by then, in US dollars.
    pub extra_usd: f64,
}

/// How an anomaly ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// The morning.
    pub on: Date,
    /// The last day that it stands for: later ones may ring anew.
    pub through: Date,
    /// Why.
    pub outcome: Outcome,
}

/// Why an anomaly ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The cost is what was expected again; of a drift: it no longer grows.
    Over,
    /// It lasted, and is now what is expected.
    NewNormal,
    /// Its days turned out to be planned.
    Planned,
    /// AWS revised the figures: there was none.
    Revised,
    /// There are no figures any more, as of an account that was closed.
    Silent,
}

/// One thing to tell on a morning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct News {
    /// What is new.
    pub change: Change,
    /// The anomaly as it is now.
    pub anomaly: Anomaly,
}

/// What is new of an anomaly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new: ring.
    Ring,
    /// It is still there, and more: say so.
    Update(Development),
    /// It has ended.
    Close(Outcome),
}

/// What became more of an anomaly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Development {
    /// The extra cost when it was last told, in US dollars.
    pub from_usd: f64,
    /// The extra cost now, in US dollars.
    pub to_usd: f64,
    /// Services that joined since.
    pub joined: Vec<ServiceName>,
}

impl Anomaly {
    /// One that rings on a morning, without its parts.
    pub(super) fn new(id: String, account: &AccountId, kind: AnomalyKind, rung_on: Date) -> Self {
        Self {
            id,
            account: account.clone(),
            kind,
            is_account_wide: false,
            services: Vec::new(),
            total: None,
            contributors: Vec::new(),
            rung_on,
            told: Told { on: rung_on, extra_usd: 0.0 },
            closed: None,
        }
    }

    /// The parts that say how much it is and when it ends: the account's total or the services.
    pub fn leading(&self) -> &[Part] {
        if self.is_account_wide { self.total.as_slice() } else { &self.services }
    }

    /// All its parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.services.iter().chain(&self.total)
    }

    /// Its first day; of a drift the first one that was looked at.
    pub fn since(&self) -> Option<Date> {
        self.leading().iter().map(|part| part.since).min()
    }

    /// The last day on which it stands out, as far as is known.
    pub fn last_day(&self) -> Option<Date> {
        self.leading().iter().filter_map(|part| part.days.last()).map(|figure| figure.day).max()
    }

    /// What it has cost more than expected, in US dollars: of a spike all its days together, of a
    /// drift what a typical day costs more than at first.
    pub fn extra_usd(&self) -> f64 {
        self.leading().iter().map(Part::extra_usd).fold(0.0, Add::add)
    }

    /// Its dearest day: the one with the most extra cost over all leading parts.
    pub fn peak(&self) -> Option<DayFigure> {
        let mut days: Vec<DayFigure> = Vec::new();
        for figure in self.leading().iter().flat_map(|part| &part.days) {
            match days.iter_mut().find(|sum| sum.day == figure.day) {
                Some(sum) => {
                    sum.actual_usd += figure.actual_usd;
                    sum.expected_usd += figure.expected_usd;
                }
                None => days.push(*figure),
            }
        }
        days.into_iter().max_by(|one, other| one.extra_usd().total_cmp(&other.extra_usd()))
    }
}

impl Basis {
    /// Whether it says little: a rise must then be twice as large a share of what is expected.
    pub(super) const fn is_weak(self) -> bool {
        match self {
            Self::DearestDay(_) => true,
            Self::Peaks(count) => count < 3,
            Self::SameWeekdays(_) | Self::AllDays(_) | Self::FirstOfMonth(_) => false,
        }
    }
}

impl Part {
    /// What it has cost more than expected on its days, in US dollars.
    pub fn extra_usd(&self) -> f64 {
        self.days.iter().map(DayFigure::extra_usd).fold(0.0, Add::add)
    }
}

impl DayFigure {
    /// What the day cost more than expected, in US dollars.
    pub fn extra_usd(&self) -> f64 {
        self.actual_usd - self.expected_usd
    }
}
