//! What is known, and what AWS answered anew.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use jiff::civil::Date;

use crate::record::InvalidRecord;
use crate::{AccountDay, Month, Record};

/// Whose names and purposes a day has that was recorded before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Labels {
    /// Those of its first recording: what an account was on that day. Only what was null is filled
    /// in.
    Keep,
    /// Those of the answer, as after a mistake in the configuration.
    Replace,
}

/// What a merge made of the months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The months that changed, each with all of its records. Their objects are to be written.
    pub changed: BTreeMap<Month, Vec<Record>>,
    /// Accounts' days of which nothing was known.
    pub new_days: usize,
    /// Accounts' days that AWS revised, or whose labels changed.
    pub revised_days: usize,
    /// Accounts' days of which AWS answered what was known.
    pub same_days: usize,
    /// Accounts' days that were passed over: the answer was an estimate, and what is known isn't.
    pub outdated_days: usize,
}

/// Why an answer can't be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The month's records weren't given, and would be lost. A month without an object has none.
    #[error("the costs of {0} must be read before days of it are recorded")]
    Unread(Month),
    /// What AWS answered can't be a record.
    #[error("unable to record the costs: {0}")]
    Record(#[from] InvalidRecord),
}

/// The months whose objects must be read before these answers are merged.
pub fn months(answers: &[AccountDay]) -> BTreeSet<Month> {
    answers.iter().map(AccountDay::month).collect()
}

/// Puts what AWS answered in the place of what is known.
///
/// An answer replaces one account's day, whole: a service that it doesn't name any more is gone
/// from that day. All else stays: other days, and on the same day other accounts, such as one that
/// was closed and isn't answered any more. An estimate doesn't replace what was final, so a call
/// that comes late undoes nothing; otherwise the later answer counts. The same answers again change
/// nothing.
///
/// `known` has each of [`months`], with no records where there is no object.
pub fn merge(
    known: &BTreeMap<Month, Vec<Record>>,
    answers: &[AccountDay],
    labels: Labels,
) -> Result<Merged, MergeError> {
    let mut merged = Merged::default();
    for month in months(answers) {
        let records = known.get(&month).ok_or(MergeError::Unread(month))?;
        let mut days = by_account_day(records);
        let before = days.clone();
        for answer in answers.iter().filter(|answer| answer.month() == month) {
            put(&mut days, answer, labels)?.count(&mut merged);
        }
        if days != before {
            let mut records: Vec<_> = days.into_values().flatten().collect();
            records.sort_by(|one, other| one.key().cmp(&other.key()));
            merged.changed.insert(month, records);
        }
    }
    Ok(merged)
}

type AccountDays = BTreeMap<(Date, AccountId), Vec<Record>>;

/// The records of each account's day, in order.
fn by_account_day(records: &[Record]) -> AccountDays {
    let mut days = AccountDays::new();
    for record in records {
        days.entry((record.day, record.account.clone())).or_default().push(record.clone());
    }
    for services in days.values_mut() {
        services.sort_by(|one, other| one.service.cmp(&other.service));
    }
    days
}

/// What an answer was to what was known.
enum Outcome {
    New,
    Revised,
    Same,
    Outdated,
}

impl Outcome {
    fn count(&self, merged: &mut Merged) {
        *match self {
            Self::New => &mut merged.new_days,
            Self::Revised => &mut merged.revised_days,
            Self::Same => &mut merged.same_days,
            Self::Outdated => &mut merged.outdated_days,
        } += 1;
    }
}

fn put(
    days: &mut AccountDays,
    answer: &AccountDay,
    labels: Labels,
) -> Result<Outcome, InvalidRecord> {
    let mut records = answer.records();
    records.iter().try_for_each(Record::check)?;
    let known = days.entry((answer.day, answer.account.clone())).or_default();
    if answer.estimated && known.iter().any(|record| !record.estimated) {
        return Ok(Outcome::Outdated);
    }
    if labels == Labels::Keep {
        for record in &mut records {
            keep_labels(record, known);
        }
    }
    let outcome = if known.is_empty() {
        Outcome::New
    } else if *known == records {
        Outcome::Same
    } else {
        Outcome::Revised
    };
    *known = records;
    Ok(outcome)
}

fn keep_labels(record: &mut Record, known: &[Record]) {
    if let Some(name) = known.iter().find_map(|known| known.account_name.as_ref()) {
        record.account_name = Some(name.clone());
    }
    if let Some(purpose) = known.iter().find_map(|known| known.purpose.as_ref()) {
        record.purpose = Some(purpose.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NO_CHARGES, Usd};

    const ACCOUNT: &str = "111122223333";
    const CLOSED: &str = "444455556666";

    fn answer(day: &str, account: &str, lines: &[(&str, &str)]) -> AccountDay {
        let (day, account) = (day.parse().unwrap(), account.parse().unwrap());
        let mut answer = AccountDay::of(day, account, false);
        answer.purpose = Some("production".to_owned());
        for (service, amount) in lines {
            answer.add(*service, amount.parse().unwrap());
        }
        answer
    }

    /// The months after the answers came one by one, each as text.
    fn after(answers: &[AccountDay], labels: Labels) -> Vec<String> {
        let mut known = BTreeMap::new();
        for answer in answers {
            known.entry(answer.month()).or_default();
            let merged = merge(&known, std::slice::from_ref(answer), labels).unwrap();
            known.extend(merged.changed);
        }
        let text = |record: &Record| {
            let purpose = record.purpose.as_deref().unwrap_or("-");
            let Record { day, account, service, charges_usd, .. } = record;
            format!("{day} {account} {service} {charges_usd} {purpose}")
        };
        known.values().flatten().map(text).collect()
    }

    #[test]
    fn a_revised_day_is_rewritten_whole_and_all_else_stays() {
        let months = after(
            &[
                answer("2026-10-31", ACCOUNT, &[("Amazon S3", "9")]),
                answer("2026-11-01", ACCOUNT, &[("Amazon S3", "1"), ("AWS Lambda", "2")]),
                answer("2026-11-01", CLOSED, &[("Amazon S3", "3")]),
                answer("2026-11-01", ACCOUNT, &[("Amazon S3", "4")]),
                answer("2026-11-02", ACCOUNT, &[]),
            ],
            Labels::Keep,
        );
        assert_eq!(
            months,
            [
                "2026-10-31 111122223333 Amazon S3 9.00 production".to_owned(),
                "2026-11-01 111122223333 Amazon S3 4.00 production".to_owned(),
                "2026-11-01 444455556666 Amazon S3 3.00 production".to_owned(),
                format!("2026-11-02 111122223333 {NO_CHARGES} 0.00 production"),
            ]
        );
    }

    #[test]
    fn an_estimate_replaces_no_final_figure() {
        let settled = answer("2026-11-01", ACCOUNT, &[("Amazon S3", "5")]);
        let mut estimate = answer("2026-11-01", ACCOUNT, &[("Amazon S3", "4")]);
        estimate.estimated = true;
        let forward = after(&[estimate.clone(), settled.clone()], Labels::Keep);
        assert_eq!(forward, after(&[settled.clone(), estimate.clone()], Labels::Keep));
        assert_eq!(forward, ["2026-11-01 111122223333 Amazon S3 5.00 production"]);
        let known = BTreeMap::from([(settled.month(), settled.records())]);
        let merged = merge(&known, &[estimate], Labels::Keep).unwrap();
        assert_eq!((merged.outdated_days, merged.changed.len()), (1, 0));
    }

    #[test]
    fn a_purpose_is_that_of_the_first_recording_unless_it_is_replaced() {
        let mut nameless = answer("2026-11-01", ACCOUNT, &[("Amazon S3", "5")]);
        nameless.purpose = None;
        let first = answer("2026-11-01", ACCOUNT, &[("Amazon S3", "5")]);
        let mut other = answer("2026-11-01", ACCOUNT, &[("Amazon S3", "6")]);
        other.purpose = Some("event".to_owned());
        let answers = [nameless, first, other];
        let kept = after(&answers, Labels::Keep);
        assert_eq!(kept, ["2026-11-01 111122223333 Amazon S3 6.00 production"]);
        let replaced = after(&answers, Labels::Replace);
        assert_eq!(replaced, ["2026-11-01 111122223333 Amazon S3 6.00 event"]);
    }

    #[test]
    fn days_are_counted_by_what_became_of_them() {
        let month: Month = "2026-11".parse().unwrap();
        let first = [
            answer("2026-11-01", ACCOUNT, &[("Amazon S3", "1")]),
            answer("2026-11-02", ACCOUNT, &[("Amazon S3", "2")]),
        ];
        let known = BTreeMap::from([(month, Vec::new())]);
        let merged = merge(&known, &first, Labels::Keep).unwrap();
        assert_eq!((merged.new_days, merged.changed[&month].len()), (2, 2));
        let second = [first[0].clone(), answer("2026-11-02", ACCOUNT, &[("Amazon S3", "3")])];
        let merged = merge(&merged.changed, &second, Labels::Keep).unwrap();
        assert_eq!((merged.new_days, merged.revised_days, merged.same_days), (0, 1, 1));
        let again = merge(&merged.changed, &second, Labels::Keep).unwrap();
        assert_eq!(again, Merged { same_days: 2, ..Merged::default() });
    }

    #[test]
    fn a_month_that_was_not_read_is_not_overwritten() {
        let day = answer("2026-11-01", ACCOUNT, &[]);
        let error = merge(&BTreeMap::new(), &[day], Labels::Keep).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the costs of 2026-11 must be read before days of it are recorded"
        );
    }

    #[test]
    fn what_can_be_no_record_is_refused_before_anything_changes() {
        let mut day = answer("2026-11-01", ACCOUNT, &[]);
        day.add("Amazon S3", Usd::of_units(10_i128.pow(18)));
        let known = BTreeMap::from([(day.month(), Vec::new())]);
        let error = merge(&known, &[day], Labels::Keep).unwrap_err().to_string();
        assert!(
            error.contains("Amazon S3 of 111122223333 on 2026-11-01: 100000000.00 USD"),
            "{error}"
        );
    }
}
