//! How fast cost grows, from one week or month to the next.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::median::median;
use crate::{Month, Record, Usd};

/// Of what length the times are that are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

/// By what costs are grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Each account.
    Account,
    /// All accounts of a purpose.
    Purpose,
}

/// What has a pace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// An account.
    Account(AccountId),
    /// A purpose; none of the accounts that have none.
    Purpose(Option<String>),
}

/// What a group cost in a period, and by how much more than in the one before.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The group.
    pub group: Group,
    /// The first day of the period.
    pub start: Date,
    /// The sum of all charges of the period, with its spikes.
    pub charges_usd: Usd,
    /// A typical day of the period: the sum, over accounts, of the median of their days. None where
    /// nothing is known of more than half of the days of any account.
    pub typical_day_usd: Option<f64>,
    /// How much more a typical day costs than in the period before, over the accounts that can be
    /// compared. None where there are none.
    pub growth_usd: Option<f64>,
    /// The same in percent of the period before. None where that cost nothing.
    pub growth_percent: Option<f64>,
    /// The accounts that are compared.
    pub compared_accounts: u32,
    /// Accounts that aren't compared: too little is known of one of the two periods.
    pub other_accounts: u32,
}

impl Period {
    /// The first day of the period that a day lies in.
    pub(crate) fn start(self, day: Date) -> Date {
        match self {
            Self::Week => {
                let since = day.weekday().since(Weekday::Monday);
                day.saturating_sub(since.days())
            }
            Self::Month => day.first_of_month(),
        }
    }

    /// The first day of the period after that which begins on a day.
    fn next(self, start: Date) -> Date {
        match self {
            Self::Week => start.saturating_add(7.days()),
            Self::Month => Month::of(start).next().first_day(),
        }
    }

    /// The first day of the period before that which begins on a day.
    fn previous(self, start: Date) -> Date {
        self.start(start.saturating_sub(1.day()))
    }
}

/// The pace of each group, for each whole period from the first to the last day of the records.
///
/// Only whole periods are compared, so that each weekday counts once, and a typical day, so that a
/// month's length doesn't matter. A typical day is the median of an account's days: a spike of one
/// day, or of any less than half of the period, doesn't move it, and neither does what is charged
/// once a month. Medians of accounts are added up to that of a purpose, so subtotals add up too,
/// and an account's missing days don't make its purpose cheaper.
///
/// Only charges count. A day without a record of an account is unknown, not zero, and an account is
/// compared when more than half of the days of both periods are known. One that appears for the
/// first time cost nothing before; one of which nothing comes any more isn't compared, since
/// whether it is closed or can't be read isn't known. An account that changes its purpose moves its
/// cost from one to the other.
pub fn pace(records: &[Record], period: Period, grouping: Grouping) -> Vec<Pace> {
    let known = Known::of(records, period, grouping);
    let mut compared = BTreeMap::<(&Group, Date), Comparison>::new();
    for (group, account) in known.series.keys() {
        for start in known.starts.iter().copied() {
            if !known.has_records(group, account, start) {
                continue;
            }
            let before = known.typical_day(group, account, period.previous(start));
            let now = known.typical_day(group, account, start);
            let before_or_none = before.or_else(|| known.is_new(account, start).then_some(0.0));
            if before.is_some() || now.is_some() {
                compared.entry((group, start)).or_default().add(before_or_none, now);
            }
        }
    }
    let paces = compared.into_iter().map(|((group, start), sum)| Pace {
        group: group.clone(),
        start,
        charges_usd: known.charges(group, start),
        typical_day_usd: sum.typical_day_usd,
        growth_usd: sum.growth(),
        growth_percent: sum.growth_percent(),
        compared_accounts: sum.compared,
        other_accounts: sum.others,
    });
    paces.collect()
}

/// The accounts of a group in a period, added up.
#[derive(Default)]
struct Comparison {
    typical_day_usd: Option<f64>,
    /// Typical days of the accounts that are compared, before and now.
    before_usd: f64,
    now_usd: f64,
    compared: u32,
    others: u32,
}

impl Comparison {
    fn add(&mut self, before: Option<f64>, now: Option<f64>) {
        if let Some(now) = now {
            self.typical_day_usd = Some(self.typical_day_usd.unwrap_or_default() + now);
        }
        if let (Some(before), Some(now)) = (before, now) {
            self.before_usd += before;
            self.now_usd += now;
            self.compared += 1;
        } else {
            self.others += 1;
        }
    }

    fn growth(&self) -> Option<f64> {
        (self.compared > 0).then_some(self.now_usd - self.before_usd)
    }

    fn growth_percent(&self) -> Option<f64> {
        let growth = self.growth().filter(|_| self.before_usd > 0.0)?;
        Some(100.0 * growth / self.before_usd)
    }
}

/// What the records say of days and accounts.
struct Known {
    period: Period,
    /// The first and the last day of which anything is known.
    bounds: Option<(Date, Date)>,
    /// The days of each account of which anything is known.
    days: BTreeMap<AccountId, BTreeSet<Date>>,
    /// The charges of each account in each of its groups.
    series: BTreeMap<(Group, AccountId), BTreeMap<Date, Usd>>,
    /// The first days of the whole periods of which anything is known.
    starts: BTreeSet<Date>,
}

impl Known {
    fn of(records: &[Record], period: Period, grouping: Grouping) -> Self {
        let mut days = BTreeMap::<_, BTreeSet<_>>::new();
        let mut series = BTreeMap::<_, BTreeMap<_, Usd>>::new();
        for record in records {
            let group = match grouping {
                Grouping::Account => Group::Account(record.account.clone()),
                Grouping::Purpose => Group::Purpose(record.purpose.clone()),
            };
            days.entry(record.account.clone()).or_default().insert(record.day);
            let series = series.entry((group, record.account.clone())).or_default();
            *series.entry(record.day).or_default() += record.charges_usd;
        }
        let all: BTreeSet<_> = days.values().flatten().copied().collect();
        let bounds = all.first().copied().zip(all.last().copied());
        let mut known = Self { period, bounds, days, series, starts: BTreeSet::new() };
        known.starts = all.into_iter().map(|day| period.start(day)).collect();
        known.starts = known.starts.iter().copied().filter(|day| known.is_whole(*day)).collect();
        known
    }

    /// Whether a period is over, and began with the records or later.
    fn is_whole(&self, start: Date) -> bool {
        let end = self.period.next(start).saturating_sub(1.day());
        self.bounds.is_some_and(|(first, last)| first <= start && end <= last)
    }

    /// What an account cost in a group on a typical day of a period.
    fn typical_day(&self, group: &Group, account: &AccountId, start: Date) -> Option<f64> {
        if !self.is_whole(start) {
            return None;
        }
        let days = self.days.get(account)?.range(start..self.period.next(start));
        let series = self.series.get(&(group.clone(), account.clone()))?;
        let usd = |day| series.get(day).copied().unwrap_or_default().to_f64();
        let mut known: Vec<_> = days.map(usd).collect();
        let length = start.until(self.period.next(start)).map_or(0, |span| span.get_days());
        let is_known = 2 * known.len() > usize::try_from(length).unwrap_or_default();
        median(&mut known).filter(|_| is_known)
    }

    /// Whether an account appeared after the beginning of the period before, of which something is
    /// known: otherwise it may have been there, and only nobody looked.
    fn is_new(&self, account: &AccountId, start: Date) -> bool {
        let before = self.period.previous(start);
        let first = self.days.get(account).and_then(BTreeSet::first);
        self.starts.contains(&before) && first.is_some_and(|first| *first > before)
    }

    /// Whether an account has records in a group, in a period or the one before.
    fn has_records(&self, group: &Group, account: &AccountId, start: Date) -> bool {
        let both = self.period.previous(start)..self.period.next(start);
        let series = self.series.get(&(group.clone(), account.clone()));
        series.is_some_and(|series| series.range(both).next().is_some())
    }

    fn charges(&self, group: &Group, start: Date) -> Usd {
        let accounts = self.series.iter().filter(|((other, _), _)| other == group);
        let days = accounts.flat_map(|(_, days)| days.range(start..self.period.next(start)));
        days.map(|(_, usd)| *usd).sum()
    }
}
