//! What is known on a morning.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::cost::{History, ServiceName};
use contract::report::Settings;
use contract::spike::Assessment;
use jiff::civil::Date;

/// What is known on a morning, and what its report is to be made of.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The morning's date: the day after the one that is told of where its figures have come.
    pub today: Date,
    /// The morning of the report before this one. What is told once, such as the end of an event, is
    /// told on the first morning after it happened. Without it, on its own morning only. A morning that is
    /// made again needs the same date again.
    pub previous: Option<Date>,
    /// What is known of the costs: as far back as the spike engine looks.
    pub history: &'a History,
    /// The settings.
    pub settings: &'a Settings,
    /// What the spike engine says of this morning.
    pub assessment: &'a Assessment,
    /// What drove anomalies, by their ids, the most extra cost first.
    pub reasons: &'a BTreeMap<String, Vec<Reason>>,
    /// Each day, account and service of the events that have begun, by the events' names, as the
    /// history tells them. Events that ended more than a month ago are of no use.
    pub event_days: &'a BTreeMap<String, Vec<EventDay>>,
    /// What the resources with an event's tags cost in its time so far, in US dollars, by the events'
    /// names: of those that have tags.
    pub tagged_usd: &'a BTreeMap<String, f64>,
    /// The pace of growth, as the history tells it, by week and by month. It is used on the mornings
    /// of digests: [`Input::digest`].
    pub paces: &'a [Pace],
    /// What went wrong while the report was made, in the order in which it is told.
    pub notices: &'a [Notice],
    /// Calls of Cost Explorer that were made for this report.
    pub calls: u32,
}

/// What went wrong while the report was made, or isn't done yet. Reasons are AWS's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// The costs of a source can't be read: nothing new is known of its accounts.
    Source {
        /// What people know it by, such as the number of its account.
        name: String,
        /// Why.
        reason: String,
    },
    /// Purposes can't be looked up in the organization: those of the last time count.
    Purposes {
        /// Why.
        reason: String,
    },
    /// The history isn't filled yet.
    Filling {
        /// The first day that is known of all sources.
        since: Date,
    },
    /// Something that the report would have told isn't in it, since no more calls are allowed.
    CallsUsedUp {
        /// How many are.
        most: u32,
    },
}

/// A part of an anomaly's extra cost.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The service.
    pub service: ServiceName,
    /// The usage type, such as `BoxUsage:p4d.24xlarge`.
    pub usage_type: String,
    /// The region, such as `ap-northeast-1`; none where AWS names none.
    pub region: Option<String>,
    /// What it cost more than before, in US dollars.
    pub extra_usd: f64,
}

/// What one service of one account cost on one day of an event, and would have cost without it.
#[derive(Clone, Debug, PartialEq)]
pub struct EventDay {
    /// A day of the event.
    pub day: Date,
    /// The account.
    pub account: AccountId,
    /// The service.
    pub service: ServiceName,
    /// What was charged, in US dollars; none where nothing is known of the account's day.
    pub charges_usd: Option<f64>,
    /// What the same weekdays before the event cost, in US dollars; none where nothing is known of them.
    pub baseline_usd: Option<f64>,
}

/// What has a pace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PaceGroup {
    /// All accounts of a purpose; none for those that have none.
    Purpose(Option<String>),
    /// An account.
    Account(AccountId),
}

/// Of what length the times are that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

/// What a group cost in a whole period, and by how much more than in the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The group.
    pub group: PaceGroup,
    /// Whether it is a week or a month.
    pub period: Period,
    /// The first day of the period.
    pub start: Date,
    /// The sum of all charges of the period, in US dollars.
    pub charges_usd: f64,
    /// What a typical day of the period cost, in US dollars; none where too little is known.
    pub typical_day_usd: Option<f64>,
    /// How much more a typical day costs than in the period before, in percent; none where too little
    /// is known, or it cost nothing before.
    pub growth_percent: Option<f64>,
}

impl Input<'_> {
    /// The period whose digest is due this morning; a month's goes before a week's. Either tells of both.
    pub fn digest(&self) -> Option<Period> {
        Self::digest_of(self.today, self.settings)
    }

    /// The same of any morning, before anything else is known of it.
    pub fn digest_of(today: Date, settings: &Settings) -> Option<Period> {
        let is_monthly =
            settings.monthly_digest.is_some_and(|day| today.day().unsigned_abs() == day);
        let weekday = settings.weekly_digest;
        let is_weekly = weekday.is_some_and(|day| day.civil() == today.weekday());
        is_monthly.then_some(Period::Month).or_else(|| is_weekly.then_some(Period::Week))
    }

    /// Whether a date lies after the morning before this one, and not after this one: what happened
    /// on it is told now.
    pub(crate) fn is_told_now(&self, date: Date) -> bool {
        let previous = self.previous.unwrap_or_else(|| crate::calendar::before(self.today, 1));
        previous < date && date <= self.today
    }
}
