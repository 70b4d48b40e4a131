//! Days on which an account cost nothing.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use jiff::ToSpan;
use jiff::civil::Date;

/// The days on which accounts cost nothing, among days that Cost Explorer was asked about.
///
/// Cost Explorer leaves out what cost nothing, and also what it doesn't know yet: an account's day
/// without a group may be either. It is a free day when
///
/// * it lies between two days of which the account's figures are known: an account whose later days are
///   known is there, and its figures arrive; and
/// * it isn't after `settled`, the last day that AWS doesn't revise any more: a late figure would have
///   come by then.
///
/// Before an account's first known day it may not have existed; after its last one it may have been closed,
/// or be late. Those days stay unknown. A figure that comes later still replaces a free day.
///
/// `known` has the days of each account of which figures are known, and `asked` says whether a day was
/// asked about.
pub fn free_days(
    known: &BTreeMap<AccountId, BTreeSet<Date>>,
    settled: Date,
    asked: impl Fn(Date) -> bool,
) -> Vec<(AccountId, Date)> {
    let mut free = Vec::new();
    for (account, days) in known {
        for (one, next) in days.iter().zip(days.iter().skip(1)) {
            let between = one.tomorrow().into_iter().flat_map(|first| first.series(1.day()));
            let between = between.take_while(|day| day < next && *day <= settled);
            free.extend(between.filter(|day| asked(*day)).map(|day| (account.clone(), day)));
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(known: &str, settled: &str) -> Vec<String> {
        let account: AccountId = "111122223333".parse().unwrap();
        let days = known.split(' ').map(|day| format!("2026-11-{day}").parse().unwrap());
        let known = BTreeMap::from([(account, days.collect())]);
        let settled = format!("2026-11-{settled}").parse().unwrap();
        let asked = |day: Date| day != Date::constant(2026, 11, 9);
        let free = free_days(&known, settled, asked);
        free.into_iter().map(|(_, day)| day.strftime("%d").to_string()).collect()
    }

    #[test]
    fn only_settled_days_between_known_ones_are_free() {
        assert_eq!(found("02 03 04", "20"), [""; 0]);
        assert_eq!(found("02 05", "20"), ["03", "04"]);
        assert_eq!(found("02 05", "03"), ["03"], "the 4th may still come");
        assert_eq!(found("02", "20"), [""; 0], "it may be closed");
        assert_eq!(found("08 11", "20"), ["10"], "nobody asked about the 9th");
    }
}
