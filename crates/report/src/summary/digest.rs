//! How fast cost grows, by week and by month.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::accounts;
use crate::{Input, Pace, PaceGroup, Period};

/// Months that the chart shows.
const MONTHS: i32 = 13;

/// How fast cost grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// Whether it is a week's or a month's digest.
    pub period: Period,
    /// The first day of the last whole week of which anything is known.
    pub week: Option<Date>,
    /// The first day of the last whole month of which anything is known.
    pub month: Option<Date>,
    /// The purposes, the dearest first, each followed by its accounts.
    pub rows: Vec<DigestRow>,
    /// What each purpose cost in the last whole months, 13 at most, with the growth of the last one.
    pub months: MonthlyCosts,
}

/// A purpose's, or an account's, pace.
#[derive(Clone, Debug, PartialEq)]
pub struct DigestRow {
    /// Which one.
    pub group: PaceGroup,
    /// The account's name; none for a purpose.
    pub account: Option<String>,
    /// The purpose.
    pub purpose: Option<String>,
    /// All charges of the period that the digest is of, in US dollars; none where it has none.
    pub charges_usd: Option<f64>,
    /// What a typical day of that period cost, in US dollars.
    pub typical_day_usd: Option<f64>,
    /// Growth of a typical day from the week before to the last week, in percent.
    pub week_percent: Option<f64>,
    /// Growth of a typical day from the month before to the last month, in percent.
    pub month_percent: Option<f64>,
}

/// What each purpose cost in months in a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MonthlyCosts {
    /// The first month's first day; none without months.
    pub first: Option<Date>,
    /// The purposes in order of their names; what has none comes last.
    pub purposes: Vec<PurposeMonths>,
}

/// What a purpose cost in each month.
#[derive(Clone, Debug, PartialEq)]
pub struct PurposeMonths {
    /// The purpose.
    pub name: Option<String>,
    /// US dollars, without credits; none where nothing is known.
    pub usd: Vec<Option<f64>>,
    /// Growth of a typical day from the month before to the last one, in percent.
    pub growth_percent: Option<f64>,
}

/// The digest of this morning; none where none is due, or nothing is known.
pub(super) fn of(input: &Input<'_>) -> Option<Digest> {
    let period = input.digest()?;
    let last =
        |period| input.paces.iter().filter(|it| it.period == period).map(|it| it.start).max();
    let (week, month) = (last(Period::Week), last(Period::Month));
    let find = |group: &PaceGroup, period: Period| {
        let start = match period {
            Period::Week => week?,
            Period::Month => month?,
        };
        let mut all = input.paces.iter();
        all.find(|it| it.group == *group && it.period == period && it.start == start)
    };
    let groups: BTreeSet<&PaceGroup> = input.paces.iter().map(|it| &it.group).collect();
    let rows = groups.into_iter().filter_map(|group| {
        let (a_week, a_month) = (find(group, Period::Week), find(group, Period::Month));
        row(input, group, period, a_week, a_month)
    });
    let rows = ordered(rows.collect());
    (!rows.is_empty()).then(|| Digest { period, week, month, rows, months: months(input, month) })
}

fn row(
    input: &Input<'_>,
    group: &PaceGroup,
    period: Period,
    a_week: Option<&Pace>,
    a_month: Option<&Pace>,
) -> Option<DigestRow> {
    let (account, purpose) = match group {
        PaceGroup::Purpose(purpose) => (None, purpose.clone()),
        PaceGroup::Account(id) => (Some(accounts::name(input, id)), accounts::purpose(input, id)),
    };
    let own = match period {
        Period::Week => a_week,
        Period::Month => a_month,
    };
    // Of what has no figure in either there is nothing to tell.
    a_week.or(a_month)?;
    Some(DigestRow {
        group: group.clone(),
        account,
        purpose,
        charges_usd: own.map(|it| it.charges_usd),
        typical_day_usd: own.and_then(|it| it.typical_day_usd),
        week_percent: a_week.and_then(|it| it.growth_percent),
        month_percent: a_month.and_then(|it| it.growth_percent),
    })
}

/// The purposes, the dearest first and what has none last, each followed by its accounts in the same order.
fn ordered(rows: Vec<DigestRow>) -> Vec<DigestRow> {
    let usd = |row: &DigestRow| row.charges_usd.unwrap_or(0.0);
    let of_purposes: BTreeMap<Option<String>, f64> = rows
        .iter()
        .filter(|row| row.account.is_none())
        .map(|row| (row.purpose.clone(), usd(row)))
        .collect();
    let of_purpose = |row: &DigestRow| of_purposes.get(&row.purpose).copied().unwrap_or(0.0);
    let mut rows = rows;
    rows.sort_by(|one, two| {
        let by_purpose = of_purpose(two).total_cmp(&of_purpose(one));
        (one.purpose.is_none().cmp(&two.purpose.is_none()))
            .then(by_purpose)
            .then_with(|| one.purpose.cmp(&two.purpose))
            .then(one.account.is_some().cmp(&two.account.is_some()))
            .then(usd(two).total_cmp(&usd(one)))
            .then_with(|| one.group.cmp(&two.group))
    });
    rows
}

fn months(input: &Input<'_>, last: Option<Date>) -> MonthlyCosts {
    let Some(last) = last else { return MonthlyCosts::default() };
    let of_months = || input.paces.iter().filter(|it| it.period == Period::Month);
    let earliest = of_months().map(|it| it.start).min().unwrap_or(last);
    let first = last.saturating_sub((MONTHS - 1).months()).max(earliest).first_of_month();
    let mut by_purpose = BTreeMap::<(bool, &Option<String>), BTreeMap<Date, &Pace>>::new();
    for pace in of_months() {
        if let PaceGroup::Purpose(purpose) = &pace.group {
            by_purpose.entry((purpose.is_none(), purpose)).or_default().insert(pace.start, pace);
        }
    }
    let purposes = by_purpose.into_iter().map(|((_, purpose), paces)| {
        let months = first.series(1.month()).take_while(|month| *month <= last);
        let usd = months.map(|month| paces.get(&month).map(|it| it.charges_usd)).collect();
        let growth_percent = paces.get(&last).and_then(|it| it.growth_percent);
        PurposeMonths { name: purpose.clone(), usd, growth_percent }
    });
    MonthlyCosts { first: Some(first), purposes: purposes.collect() }
}
