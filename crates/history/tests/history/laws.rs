//! What holds for every merge, whatever is known and whatever AWS answers.

use std::collections::{BTreeMap, BTreeSet};

use history::{AccountDay, Labels, Month, Record, decode, encode, merge, months};
use jiff::civil::Date;
use proptest::prelude::*;

use crate::generated::answers;

type Months = BTreeMap<Month, Vec<Record>>;

/// The months after some answers came together, as the objects then say.
fn after(known: &Months, answers: &[AccountDay]) -> Months {
    let mut known = known.clone();
    for month in months(answers) {
        known.entry(month).or_default();
    }
    let merged = merge(&known, answers, Labels::Keep).expect("merged");
    for (month, records) in merged.changed {
        let object = encode(month, &records).expect("encoded");
        known.insert(month, decode("an object", month, object).expect("decoded"));
    }
    known.retain(|_, records| !records.is_empty());
    known
}

/// The records of each account's day.
fn account_days(months: &Months) -> BTreeMap<(Date, String), Vec<&Record>> {
    let mut days = BTreeMap::<_, Vec<_>>::new();
    for record in months.values().flatten() {
        days.entry((record.day, record.account.to_string())).or_default().push(record);
    }
    days
}

fn key(answer: &AccountDay) -> (Date, String) {
    (answer.day, answer.account.to_string())
}

proptest! {
    #[test]
    fn the_same_answers_again_change_nothing(first in answers(), second in answers()) {
        let known = after(&Months::new(), &first);
        let once = after(&known, &second);
        let mut read = once.clone();
        for month in months(&second) {
            read.entry(month).or_default();
        }
        // The last answer of each day: an earlier one that differs isn't the same again.
        let last: BTreeMap<_, _> = second.iter().map(|answer| (key(answer), answer)).collect();
        let last: Vec<_> = last.into_values().cloned().collect();
        let again = merge(&read, &last, Labels::Keep).unwrap();
        prop_assert_eq!(again.changed, BTreeMap::new());
        prop_assert_eq!(again.same_days + again.outdated_days, last.len());
    }

    #[test]
    fn together_or_one_by_one_is_the_same(answers in answers()) {
        let together = after(&Months::new(), &answers);
        let one_by_one = answers
            .iter()
            .fold(Months::new(), |known, answer| after(&known, std::slice::from_ref(answer)));
        prop_assert_eq!(together, one_by_one);
    }

    #[test]
    fn the_order_of_arrival_changes_nothing(
        (answers, shuffled) in answers()
            .prop_map(|mut answers| {
                // Of each day at most an estimate and a final figure: which of two of a kind
                // is the newer one, only their order can tell.
                let mut seen = BTreeSet::new();
                answers.retain(|answer| seen.insert((key(answer), answer.estimated)));
                answers
            })
            .prop_flat_map(|answers| (Just(answers.clone()), Just(answers).prop_shuffle()))
    ) {
        prop_assert_eq!(after(&Months::new(), &answers), after(&Months::new(), &shuffled));
    }

    #[test]
    fn nothing_is_lost(first in answers(), second in answers()) {
        let known = after(&Months::new(), &first);
        let merged = after(&known, &second);
        let (before, now) = (account_days(&known), account_days(&merged));
        let answered: BTreeSet<_> = second.iter().map(key).collect();
        for (day, records) in &before {
            if !answered.contains(day) {
                prop_assert_eq!(now.get(day), Some(records));
            }
        }
        for day in answered {
            prop_assert!(now.contains_key(&day), "{:?} was answered", day);
        }
        prop_assert!(now.keys().all(|day| before.contains_key(day) || second.iter().any(|one| key(one) == *day)));
    }

    #[test]
    fn months_that_did_not_change_are_not_written(first in answers(), second in answers()) {
        let mut known = after(&Months::new(), &first);
        for month in months(&second) {
            known.entry(month).or_default();
        }
        let merged = merge(&known, &second, Labels::Keep).unwrap();
        for (month, records) in &merged.changed {
            prop_assert!(known[month] != *records, "{} is as it was", month);
        }
        let count = merged.new_days + merged.revised_days + merged.same_days + merged.outdated_days;
        prop_assert_eq!(count, second.len());
    }
}
