//! Answers, merged into the months that they touch.

use std::collections::{BTreeMap, BTreeSet};

use history::{AccountDay, Labels, Merged, Month, Record, merge, months};
use jiff::civil::Date;

use crate::bucket::{Version, Written};
use crate::error::{Error, Kind};
use crate::months::Months;

/// How often a month is read anew that somebody else wrote meanwhile.
const ATTEMPTS: u32 = 5;

/// The months of a history that were read, and what is recorded in them.
#[derive(Debug)]
pub struct Ledger<'a> {
    months: &'a Months,
    known: BTreeMap<Month, (Vec<Record>, Version)>,
}

/// What was recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// The months that were written.
    pub months: BTreeSet<Month>,
    /// Accounts' days of which nothing was known.
    pub new_days: usize,
    /// Accounts' days that were revised.
    pub revised_days: usize,
}

impl<'a> Ledger<'a> {
    /// A ledger that has read nothing yet.
    pub const fn new(months: &'a Months) -> Self {
        Self { months, known: BTreeMap::new() }
    }

    /// Reads the months from that of the first day to that of the last one, as far as they weren't read.
    pub async fn read(&mut self, first: Date, last: Date) -> Result<(), Error> {
        let mut month = Month::of(first);
        while month.first_day() <= last {
            self.month(month).await?;
            let Ok(next) = month.last_day().tomorrow() else { break };
            month = Month::of(next);
        }
        Ok(())
    }

    /// The records of the months that were read, in order.
    pub fn records(&self) -> impl Iterator<Item = &Record> {
        self.known.values().flat_map(|(records, _)| records)
    }

    /// Records answers: reads the months that they touch, merges, and writes those that changed. The same
    /// answers again write nothing. A month that somebody else wrote meanwhile is read and merged anew.
    pub async fn record(
        &mut self,
        answers: &[AccountDay],
        labels: Labels,
    ) -> Result<Recorded, Error> {
        let mut recorded = Recorded::default();
        for month in months(answers) {
            let of_month: Vec<AccountDay> =
                answers.iter().filter(|answer| answer.month() == month).cloned().collect();
            let merged = self.record_month(month, &of_month, labels).await?;
            recorded.new_days += merged.new_days;
            recorded.revised_days += merged.revised_days;
            recorded.months.extend(merged.changed.into_keys());
        }
        Ok(recorded)
    }

    async fn record_month(
        &mut self,
        month: Month,
        answers: &[AccountDay],
        labels: Labels,
    ) -> Result<Merged, Error> {
        for _ in 0..ATTEMPTS {
            let (records, version) = self.month(month).await?.clone();
            let known = BTreeMap::from([(month, records)]);
            let merged = merge(&known, answers, labels).map_err(|problem| {
                Error::local(Kind::Unreadable, "GetCostAndUsage", problem.to_string())
            })?;
            let Some(records) = merged.changed.get(&month) else { return Ok(merged) };
            match self.months.write(month, records, &version).await? {
                Written::Done(version) => {
                    self.known.insert(month, (records.clone(), version));
                    return Ok(merged);
                }
                Written::Lost => drop(self.known.remove(&month)),
            }
        }
        let message = format!("others wrote the costs of {month} {ATTEMPTS} times meanwhile");
        Err(Error::local(Kind::Contended, "PutObject", message))
    }

    async fn month(&mut self, month: Month) -> Result<&(Vec<Record>, Version), Error> {
        if !self.known.contains_key(&month) {
            let read = self.months.read(month).await?;
            self.known.insert(month, read);
        }
        Ok(&self.known[&month])
    }
}

#[cfg(test)]
mod tests;
