//! Rows of figures: what they must be, and how many groups become few.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::error::Error;
use crate::words::Words;

/// Cost of one group, such as an account or a purpose.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its name, in the language of the chart.
    pub name: String,
    /// Cost of each day or month, in the currency of the chart. `None` where the group has no figure:
    /// it didn't exist then, or the figure is missing. Negative where credits outweigh the cost.
    pub costs: Vec<Option<f64>>,
}

/// A time that was planned to cost more, such as a festival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// What happened.
    pub name: String,
    /// Its first day.
    pub first_day: Date,
    /// Its last day, which is part of it.
    pub last_day: Date,
}

/// Amounts are at most this, in any currency; more is a mistake, and has no place on an axis.
const MOST: f64 = 1e12;

/// Checks a row of figures: as many as expected, each an amount.
pub(crate) fn check(name: &str, figures: &[Option<f64>], expected: usize) -> Result<(), Error> {
    let (name, found) = (name.to_owned(), figures.len());
    if found != expected {
        return Err(Error::Uneven { name, found, expected });
    }
    if figures.iter().flatten().all(|amount| is_amount(*amount)) {
        Ok(())
    } else {
        Err(Error::NotAnAmount { name })
    }
}

/// Whether a number can be an amount of money.
fn is_amount(amount: f64) -> bool {
    amount.abs() <= MOST
}

/// Checks groups, and tells how many columns they have.
pub(crate) fn check_groups(groups: &[Group], limit: usize) -> Result<usize, Error> {
    let columns = groups.first().map_or(0, |group| group.costs.len());
    check_columns(columns, limit)?;
    groups.iter().try_for_each(|group| check(&group.name, &group.costs, columns))?;
    Ok(columns)
}

/// Checks a number of columns.
pub(crate) fn check_columns(columns: usize, limit: usize) -> Result<(), Error> {
    match columns {
        0 => Err(Error::Empty),
        found if found > limit => Err(Error::TooLong { found, limit }),
        _ => Ok(()),
    }
}

/// The places of the groups of most weight, in order, and the sum of the rest.
pub(crate) fn fold(groups: &[&Group], keep: usize, words: &Words) -> (Vec<usize>, Option<Group>) {
    let weight =
        |place: &usize| groups[*place].costs.iter().flatten().map(|it| it.abs()).sum::<f64>();
    let mut kept: Vec<usize> = (0..groups.len()).collect();
    kept.sort_by(|a, b| weight(b).total_cmp(&weight(a)).then(a.cmp(b)));
    let mut rest = kept.split_off(keep.min(kept.len()));
    kept.sort_unstable();
    rest.sort_unstable();
    let columns = groups.first().map_or(0, |group| group.costs.len());
    let costs = (0..columns).map(|column| sum(rest.iter().map(|row| groups[*row].costs[column])));
    let other = Group { name: (words.other)(rest.len()), costs: costs.collect() };
    (kept, (!rest.is_empty()).then_some(other))
}

/// Sum of what is known; `None` where nothing is.
pub(crate) fn sum(costs: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    costs.flatten().fold(None, |sum, cost| Some(sum.unwrap_or(0.0) + cost))
}

/// Days in a row.
pub(crate) fn days(first: Date, count: usize) -> Vec<Date> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    (0..count).map(|index| first.saturating_add(index.days())).collect()
}

/// First days of months in a row.
pub(crate) fn months(first: Date, count: usize) -> Vec<Date> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    (0..count).map(|index| first.first_of_month().saturating_add(index.months())).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::words::ENGLISH;

    fn group(name: &str, costs: &[Option<f64>]) -> Group {
        Group { name: name.into(), costs: costs.to_vec() }
    }

    #[test]
    fn small_groups_are_folded_and_nothing_is_lost() {
        let groups = [
            group("a", &[Some(1.0), None]),
            group("b", &[Some(-50.0), Some(1.0)]),
            group("c", &[Some(2.0), None]),
            group("d", &[Some(30.0), Some(3.0)]),
        ];
        let groups: Vec<_> = groups.iter().collect();
        let (kept, other) = fold(&groups, 2, &ENGLISH);
        assert_eq!(kept, [1, 3]);
        assert_eq!(other, Some(group("Other (2)", &[Some(3.0), None])));
        assert_eq!(fold(&groups, 4, &ENGLISH), (vec![0, 1, 2, 3], None));
    }

    #[test]
    fn figures_that_are_none_are_refused() {
        let two = [Some(1.0), None];
        assert_eq!(check("a", &two, 2), Ok(()));
        let uneven = Error::Uneven { name: "a".into(), found: 2, expected: 3 };
        assert_eq!(check("a", &two, 3), Err(uneven));
        for bad in [f64::NAN, f64::INFINITY, -1.1e12] {
            assert_eq!(check("a", &[Some(bad)], 1), Err(Error::NotAnAmount { name: "a".into() }));
        }
        assert_eq!(check_groups(&[], 5), Err(Error::Empty));
        assert_eq!(check_groups(&[group("a", &[])], 5), Err(Error::Empty));
        let long = [group("a", &[None; 6])];
        assert_eq!(check_groups(&long, 5), Err(Error::TooLong { found: 6, limit: 5 }));
    }

    #[test]
    fn days_and_months_follow_the_calendar() {
        assert_eq!(days(date(2024, 2, 28), 3)[2], date(2024, 3, 1));
        assert_eq!(months(date(2025, 11, 30), 4)[3], date(2026, 2, 1));
        assert_eq!(days(Date::MAX, 2), [Date::MAX; 2]);
    }
}
