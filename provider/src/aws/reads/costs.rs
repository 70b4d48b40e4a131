//! What accounts cost day by day: the recorded history first, then Cost Explorer for what it lacks.
//!
//! Each call of Cost Explorer is billed, so that a day is asked for once in a run, whoever wants it,
//! and never when the history has it. Nothing is written.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use contract::account::AccountId;
use contract::spike::Rules;
use costs::{Bucket, Calls, Explorer, Months, free_days};
use history::{AccountDay, Labels, Month, Record, merge, months};
use jiff::ToSpan;
use jiff::civil::Date;

use crate::aws::error::Operation;
use crate::aws::{Failure, Kind, Session};

/// Calls without which no day is known: charges and credits are asked for apart.
const LEAST_CALLS: u32 = 2;

/// Known days between two that are missing, up to which both are asked for together: another
/// request costs two calls, and a few days more at most as many pages.
const BRIDGED_DAYS: i32 = 2;

/// Months before the present one whose days Cost Explorer holds
/// (<https://docs.aws.amazon.com/cost-management/latest/userguide/ce-what-is.html>).
const MONTHS_HELD: i32 = 13;

/// Where costs are read.
#[derive(Clone, Debug)]
pub struct Sources<'a> {
    /// The account whose Cost Explorer is asked: of a payer it has all members.
    pub payer: &'a Session,
    /// The recorded history.
    pub history: Option<Place<'a>>,
    /// Calls of Cost Explorer that this read may make.
    pub most_calls: u32,
    /// The present day in UTC. It isn't over, so that it is never asked for.
    pub today: Date,
}

/// Where the history is kept.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// In the bucket's account and region.
    pub session: &'a Session,
    /// The bucket's name.
    pub bucket: String,
    /// What the objects' keys begin with; empty, or with a slash at its end.
    pub prefix: String,
}

/// What is known of some days.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// What each service of each account cost on each day, in order. A day without any is unknown.
    pub records: Vec<Record>,
    /// Calls of Cost Explorer that were made for it.
    pub calls: u32,
    /// The days that weren't asked for, since that takes more calls than are allowed.
    pub unasked: BTreeSet<Date>,
}

/// What Cost Explorer has told in this run.
#[derive(Debug, Default)]
pub(super) struct Told {
    days: BTreeSet<Date>,
    answers: Vec<AccountDay>,
    names: BTreeMap<AccountId, String>,
}

/// The costs of the days from the first to the last one.
///
/// # Errors
/// What S3 and Cost Explorer fail with.
pub async fn read(sources: &Sources<'_>, first: Date, last: Date) -> Result<Known, Failure> {
    let mut recorded = match &sources.history {
        // A history has no days before its first month, and none that are to come.
        Some(place) => {
            let from = first.max(Month::FIRST.first_day());
            recorded(place, from, last.min(sources.today)).await?
        }
        None => BTreeMap::new(),
    };
    let missing = missing(&recorded, first, last, sources.today);
    // One at a time: what the other asks for needs not be asked for again.
    let mut told = sources.payer.listings().global.costs.lock().await;
    let calls = Arc::new(Calls::at_most(sources.most_calls));
    let unasked = ask(sources.payer, &mut told, &calls, &missing).await?;
    let answers = answers(&told, &recorded, &missing, sources.today);
    for month in months(&answers) {
        recorded.entry(month).or_default();
    }
    let merged = merge(&recorded, &answers, Labels::Keep)
        .map_err(|problem| Failure::new(Kind::Other, problem.to_string()))?;
    recorded.extend(merged.changed);
    let records = recorded.into_values().flatten();
    let records = records.filter(|record| (first..=last).contains(&record.day)).collect();
    Ok(Known { records, calls: calls.made(), unasked })
}

/// The recorded months, each read once in a run.
async fn recorded(
    place: &Place<'_>,
    first: Date,
    last: Date,
) -> Result<BTreeMap<Month, Vec<Record>>, Failure> {
    let bucket = Bucket::new(place.session.s3().clone(), &place.bucket);
    let reader = Months::new(bucket, &place.prefix);
    let memo = &place.session.listings().global.recorded_costs;
    let mut found = BTreeMap::new();
    let firsts = std::iter::successors(Some(Month::of(first)), |month| {
        month.last_day().tomorrow().ok().map(Month::of)
    });
    for month in firsts.take_while(|month| month.first_day() <= last) {
        let key = (place.bucket.clone(), place.prefix.clone(), month);
        // Boxed: a future that reads an object is large.
        let read = Box::pin(async {
            let read =
                reader.read(month).await.map_err(|error| failure(place.session, "s3", &error));
            read.map(|(records, _)| Arc::new(records))
        });
        let records = memo.of(&key, read).await?;
        found.insert(month, records.as_ref().clone());
    }
    Ok(found)
}

/// The days that are over, of which nothing is recorded, and which Cost Explorer holds.
fn missing(
    recorded: &BTreeMap<Month, Vec<Record>>,
    first: Date,
    last: Date,
    today: Date,
) -> BTreeSet<Date> {
    let known: BTreeSet<Date> = recorded.values().flatten().map(|record| record.day).collect();
    let held = today.first_of_month().saturating_sub(MONTHS_HELD.months());
    let days = first.max(held).series(1.day());
    days.take_while(|day| *day <= last && *day < today).filter(|day| !known.contains(day)).collect()
}

/// Asks for the days that nobody asked for in this run; returns those that weren't, for want of calls.
async fn ask(
    payer: &Session,
    told: &mut Told,
    calls: &Arc<Calls>,
    missing: &BTreeSet<Date>,
) -> Result<BTreeSet<Date>, Failure> {
    let explorer = Explorer::new(payer.cost_explorer().clone(), Arc::clone(calls));
    for (first, last) in spans(missing.difference(&told.days).copied()) {
        if calls.left() < LEAST_CALLS {
            break;
        }
        let answer = match explorer.days(first, last).await {
            Ok(answer) => answer,
            Err(error) if error.kind() == costs::Kind::CallsUsedUp => break,
            Err(error) => return Err(failure(payer, "ce", &error)),
        };
        let fresh = |day: &Date| !told.days.contains(day);
        told.answers.extend(answer.days.into_iter().filter(|answer| fresh(&answer.day)));
        told.days.extend(first.series(1.day()).take_while(|day| *day <= last));
        told.names.extend(answer.names);
    }
    Ok(missing.difference(&told.days).copied().collect())
}

/// First and last day of each request.
fn spans(days: impl IntoIterator<Item = Date>) -> Vec<(Date, Date)> {
    let mut spans: Vec<(Date, Date)> = Vec::new();
    for day in days {
        match spans.last_mut() {
            Some((_, last)) if (day - *last).get_days() <= BRIDGED_DAYS + 1 => *last = day,
            _ => spans.push((day, day)),
        }
    }
    spans
}

/// What was told of the missing days, and the days among them on which an account cost nothing, with
/// the names and purposes that the accounts had last.
fn answers(
    told: &Told,
    recorded: &BTreeMap<Month, Vec<Record>>,
    missing: &BTreeSet<Date>,
    today: Date,
) -> Vec<AccountDay> {
    let mut answers: Vec<_> =
        told.answers.iter().filter(|answer| missing.contains(&answer.day)).cloned().collect();
    let mut known: BTreeMap<AccountId, BTreeSet<Date>> = BTreeMap::new();
    let mut labels = BTreeMap::new();
    for record in recorded.values().flatten() {
        known.entry(record.account.clone()).or_default().insert(record.day);
        labels.insert(&record.account, (&record.account_name, &record.purpose));
    }
    for answer in &answers {
        known.entry(answer.account.clone()).or_default().insert(answer.day);
    }
    let settled = today.saturating_sub((i64::from(Rules::default().revised_for_days) + 1).days());
    let is_asked = |day: Date| missing.contains(&day) && told.days.contains(&day);
    let free = free_days(&known, settled, is_asked);
    answers.extend(free.into_iter().map(|(account, day)| AccountDay::of(day, account, false)));
    for answer in &mut answers {
        let (name, purpose) = labels.get(&answer.account).copied().unwrap_or((&None, &None));
        answer.account_name = name.clone().or_else(|| told.names.get(&answer.account).cloned());
        answer.purpose.clone_from(purpose);
    }
    answers
}

/// A failure of `costs` in the words of all others.
fn failure(session: &Session, service: &'static str, error: &costs::Error) -> Failure {
    let kind = match error.kind() {
        costs::Kind::Denied => Kind::Denied,
        costs::Kind::NoBucket => Kind::NotFound,
        costs::Kind::Throttled => Kind::Throttled,
        costs::Kind::CallsUsedUp => Kind::Quota,
        costs::Kind::Contended => Kind::Conflict,
        costs::Kind::Unavailable => Kind::Unavailable,
        costs::Kind::Refused => Kind::Invalid,
        costs::Kind::NoData | costs::Kind::Unreadable => Kind::Other,
    };
    let operation = Operation { service, name: error.operation() };
    let failure = Failure::new(kind, error.message().trim_end_matches('.'))
        .during(operation)
        .reported(error.code(), error.request_id());
    let failure = session.met(failure);
    match error.advice() {
        // Whose permission lacks is known here, and is a better hint.
        Some(advice) if kind != Kind::Throttled && !(kind == Kind::Denied && service == "ce") => {
            failure.advising(advice)
        }
        Some(_) | None => failure,
    }
}

#[cfg(test)]
mod tests;
