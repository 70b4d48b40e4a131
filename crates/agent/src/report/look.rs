//! Once a week, a look at what AWS revised of the past weeks.
//!
//! AWS revises days for longer than the ordinary days of a morning: most of all when a month's bill is made. To fetch
//! weeks of days anew would cost a call for each of them. So the accounts' sums are looked at first, which are two pages for five weeks of
//! fifty accounts, and only days whose sums differ are fetched.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use costs::{Error, Ledger, Sum};
use history::{AccountDay, Record, Usd};
use jiff::ToSpan;
use jiff::civil::Date;

use super::Outcome;
use super::collect::{Collecting, may_ask, notice_of};
use super::labels;
use super::morning::{Days, Morning, PAGE, before};
use super::sources::Source;
use super::store::{State, Store};

/// Days between two looks.
const EVERY: i64 = 7;
/// Days that are looked back on: a month and some days, so that each month is looked at after its bill was made.
const BACK: i64 = 38;
/// Calls that are left for spikes.
const FOR_SPIKES: u32 = 6;
/// Sums that differ by less are the same: half a cent. Groups are rounded one by one.
const SAME: Usd = Usd::of_units(50_000_000);

/// Whether a look is due.
pub(super) fn is_due(state: &State, morning: Morning) -> bool {
    let week = before(morning.today, EVERY);
    state.looked_back_on.is_some_and(|last| last <= week)
}

/// Looks back, and fetches what was revised, as far as the calls of the morning go. Gives whether all of it was.
pub(super) async fn back(
    collecting: &Collecting<'_>,
    source: &Source,
    store: &mut Store<'_>,
    ledger: &mut Ledger<'_>,
    outcome: &mut Outcome,
) -> Result<bool, Error> {
    let Some(covered) = store.state.covered.get(&source.key).copied() else { return Ok(true) };
    let morning = collecting.morning;
    let days = Days {
        first: before(morning.today, BACK).max(covered.from),
        last: morning.settled().min(covered.through),
    };
    if days.first > days.last || !may_ask(&source.explorer, FOR_SPIKES) {
        return Ok(days.first > days.last);
    }
    let sums = match source.explorer.sums(days.first, days.last).await {
        Ok(sums) => sums,
        Err(error) => {
            outcome.notices.push(notice_of(source, &error, collecting.settings));
            return Ok(false);
        }
    };
    ledger.read(days.first, days.last).await?;
    let compared = Compared::of(&sums, ledger.records());
    let mut settled = compared.settled;
    labels::label(&mut settled, collecting.settings, &store.state);
    collecting.write(&settled, ledger, outcome).await?;
    fetch(collecting, source, &compared.revised, store, ledger, outcome).await
}

/// Fetches days, the newest first, since they are looked at most. Gives whether all that can be done is done.
async fn fetch(
    collecting: &Collecting<'_>,
    source: &Source,
    revised: &BTreeSet<Date>,
    store: &mut Store<'_>,
    ledger: &mut Ledger<'_>,
    outcome: &mut Outcome,
) -> Result<bool, Error> {
    let groups = Collecting::groups_a_day(ledger).max(1);
    let mut is_any = false;
    for part in parts(revised).into_iter().rev() {
        let mut last = part.last;
        while last >= part.first {
            // One more call is for the credits.
            let pages = source.explorer.calls().left().saturating_sub(FOR_SPIKES + 1);
            let room = usize::try_from(pages).unwrap_or(usize::MAX).saturating_mul(PAGE) / groups;
            let Some(more) = room.checked_sub(1) else {
                // The rest comes on the next mornings, unless not even one day fits into one.
                return Ok(!is_any);
            };
            let first = before(last, i64::try_from(more).unwrap_or(BACK).min(BACK)).max(part.first);
            match source.explorer.days(first, last).await {
                Ok(answer) => collecting.record(source, answer, store, ledger, outcome).await?,
                Err(error) => {
                    outcome.notices.push(notice_of(source, &error, collecting.settings));
                    return Ok(false);
                }
            }
            (is_any, last) = (true, before(first, 1));
        }
    }
    Ok(true)
}

/// What AWS answers now beside what is recorded.
struct Compared {
    /// The days of which some account's sum differs.
    revised: BTreeSet<Date>,
    /// Accounts' days of which the sum is the same, and which are final by now: they are recorded so.
    settled: Vec<AccountDay>,
}

impl Compared {
    fn of<'a>(
        sums: &BTreeMap<(Date, AccountId), Sum>,
        records: impl Iterator<Item = &'a Record>,
    ) -> Self {
        let mut known = BTreeMap::<(Date, AccountId), Vec<&Record>>::new();
        for record in records {
            known.entry((record.day, record.account.clone())).or_default().push(record);
        }
        let mut compared = Self { revised: BTreeSet::new(), settled: Vec::new() };
        for (key, sum) in sums {
            let records = known.get(key).map_or(&[][..], Vec::as_slice);
            let recorded: Usd = records.iter().map(|record| record.net_usd()).sum();
            let difference = sum.usd - recorded;
            if difference > SAME || -difference > SAME {
                compared.revised.insert(key.0);
            } else if !sum.estimated && records.iter().any(|record| record.estimated) {
                compared.settled.push(as_final(key, records));
            }
        }
        compared
    }
}

/// The same records of an account's day, which AWS doesn't revise any more.
fn as_final((day, account): &(Date, AccountId), records: &[&Record]) -> AccountDay {
    let mut settled = AccountDay::of(*day, account.clone(), false);
    for record in records {
        for amount in [record.charges_usd, record.credits_usd] {
            if amount != Usd::ZERO {
                settled.add(record.service.clone(), amount);
            }
        }
    }
    settled
}

/// Days in a row, together.
fn parts(days: &BTreeSet<Date>) -> Vec<Days> {
    let mut parts: Vec<Days> = Vec::new();
    for day in days {
        match parts.last_mut() {
            Some(part) if part.last.saturating_add(1.day()) == *day => part.last = *day,
            Some(_) | None => parts.push(Days { first: *day, last: *day }),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(day: Date, service: &str, usd: &str) -> Record {
        Record {
            day,
            account: "111122223333".parse().expect("an account"),
            account_name: None,
            purpose: None,
            service: service.into(),
            charges_usd: usd.parse().expect("an amount"),
            credits_usd: "-1".parse().expect("an amount"),
            estimated: true,
        }
    }

    #[test]
    fn only_days_whose_sums_differ_are_fetched_and_final_ones_are_marked() {
        let day = |number: i8| Date::constant(2026, 11, number);
        let records: Vec<Record> = (1..=4)
            .flat_map(|number| [record(day(number), "S3", "3"), record(day(number), "Tax", "2")])
            .collect();
        let sum = |usd: &str, estimated| Sum { usd: usd.parse().expect("an amount"), estimated };
        let of = |number, sum| ((day(number), records[0].account.clone()), sum);
        let sums = BTreeMap::from([
            of(1, sum("3.004", false)),
            of(2, sum("3", true)),
            of(3, sum("3.01", true)),
            of(4, sum("2.9", false)),
            of(6, sum("1", false)),
        ]);
        let compared = Compared::of(&sums, records.iter());
        assert_eq!(compared.settled.len(), 1);
        assert_eq!((compared.settled[0].day, compared.settled[0].estimated), (day(1), false));
        let parts = parts(&compared.revised);
        let shown: Vec<(i8, i8)> =
            parts.iter().map(|part| (part.first.day(), part.last.day())).collect();
        assert_eq!(shown, [(3, 4), (6, 6)]);
    }

    #[test]
    fn a_look_is_due_once_a_week() {
        let today = Date::constant(2026, 12, 8);
        let morning = Morning { today, unsettled: before(today, 3) };
        let due = |last: Option<i8>| {
            let looked_back_on = last.map(|day| Date::constant(2026, 12, day));
            is_due(&State { looked_back_on, ..State::default() }, morning)
        };
        assert_eq!(
            [due(None), due(Some(1)), due(Some(2)), due(Some(8))],
            [false, true, false, false]
        );
    }
}
