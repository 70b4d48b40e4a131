//! Which rows a table of accounts has: of more than fit, the rest is summed up.

use crate::summary::{AccountFigures, Figures, Purpose, Standing};
use crate::text;
use crate::words::Words;

/// Purposes that have a row of their own.
const PURPOSES: usize = 8;

/// A row of the table: the total, a purpose, an account, or what is summed up.
pub(super) struct FoldedRow {
    pub(super) depth: usize,
    pub(super) name: String,
    pub(super) figures: Figures,
}

/// Rows of the total, of purposes, and of accounts: at most so many, and three at least. What has no row is in
/// that of its purpose, and in one that counts it where others of its purpose have rows.
pub(super) fn rows(
    total: Figures,
    purposes: &[Purpose],
    most: usize,
    words: &Words,
) -> Vec<FoldedRow> {
    let total = row(0, words.total, total);
    if let [only] = purposes
        && only.name.is_none()
    {
        // Without purposes the total is their only sum.
        let shown = shown(purposes, most.saturating_sub(1).max(2));
        let shown = shown.first().copied().unwrap_or_default();
        return std::iter::once(total).chain(accounts(&only.accounts, shown, 0, words)).collect();
    }
    let room = most.saturating_sub(1).max(2);
    let places = PURPOSES.min(room);
    let is_folded = purposes.len() > places;
    let kept = if is_folded { places - 1 } else { purposes.len() };
    let (kept, others) = purposes.split_at(kept);
    let shown = shown(kept, room - kept.len() - usize::from(is_folded));
    let mut rows = vec![total];
    for (purpose, shown) in kept.iter().zip(shown) {
        rows.push(purpose_row(purpose, shown, words));
        rows.extend(accounts(&purpose.accounts, shown, 1, words));
    }
    if is_folded {
        let figures = Figures::sum(others.iter().map(|purpose| &purpose.figures));
        rows.push(row(0, &(words.other_purposes)(others.len()), figures));
    }
    rows
}

/// How many accounts of each purpose have a row: the dearest of all, so that they and the rows that sum up
/// the rest are at most so many.
fn shown(purposes: &[Purpose], room: usize) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64)> = Vec::new();
    for (place, purpose) in purposes.iter().enumerate() {
        ranked.extend(open(&purpose.accounts).map(|it| (place, it.figures.month_usd)));
    }
    // Of equal ones the first purpose's come first.
    ranked.sort_by(|one, two| two.1.total_cmp(&one.1));
    let shown = |count: usize| -> Vec<usize> {
        let shown = |place: usize| {
            let shown = ranked[..count].iter().filter(|(other, _)| *other == place).count();
            let all = &purposes[place].accounts;
            // A row that sums up a single account would be better its own.
            let is_almost_all = shown > 0 && shown + 1 == all.len();
            if is_almost_all && open(all).count() == all.len() { all.len() } else { shown }
        };
        (0..purposes.len()).map(shown).collect()
    };
    let used = |shown: &[usize]| -> usize {
        let rest = |(place, shown): (usize, &usize)| {
            usize::from(*shown > 0 && *shown < purposes[place].accounts.len())
        };
        shown.iter().sum::<usize>() + shown.iter().enumerate().map(rest).sum::<usize>()
    };
    let counts = (0..=ranked.len().min(room)).rev().map(shown);
    counts.into_iter().find(|shown| used(shown) <= room).unwrap_or_default()
}

/// The accounts that may have a row: those that were closed are in the sums alone.
fn open(accounts: &[AccountFigures]) -> impl Iterator<Item = &AccountFigures> {
    accounts.iter().filter(|account| account.standing != Standing::Closed)
}

fn purpose_row(purpose: &Purpose, shown: usize, words: &Words) -> FoldedRow {
    let name = purpose.name.as_deref().unwrap_or(words.no_purpose);
    let name = if shown == 0 {
        (words.of_accounts)(name, purpose.accounts.len())
    } else {
        name.to_owned()
    };
    row(0, &name, purpose.figures)
}

fn accounts<'a>(
    all: &'a [AccountFigures],
    shown: usize,
    depth: usize,
    words: &'a Words,
) -> impl Iterator<Item = FoldedRow> + use<'a> {
    let (shown, rest) = all.split_at(shown.min(all.len()));
    let is_folded = !shown.is_empty() && !rest.is_empty();
    let rest = is_folded.then(|| {
        let figures = Figures::sum(rest.iter().map(|account| &account.figures));
        let are_closed = open(rest).next().is_none();
        let name = if are_closed { words.closed_accounts } else { words.more };
        row(depth, &name(rest.len()), figures)
    });
    let shown = shown.iter().map(move |account| row(depth, &account.name, account.figures));
    shown.chain(rest)
}

fn row(depth: usize, name: &str, figures: Figures) -> FoldedRow {
    FoldedRow { depth, name: text::plain(name), figures }
}

#[cfg(test)]
mod tests {
    use contract::report::Language;
    use proptest::prelude::*;

    use super::*;
    use crate::words;

    fn purpose(number: usize, accounts: &[(u32, bool)]) -> Purpose {
        let mut accounts: Vec<AccountFigures> = accounts
            .iter()
            .map(|(usd, is_closed)| AccountFigures {
                id: "111122223333".parse().expect("an account"),
                name: "account".to_owned(),
                standing: if *is_closed { Standing::Closed } else { Standing::Known },
                figures: Figures { month_usd: f64::from(*usd), ..Figures::default() },
                services: Vec::new(),
            })
            .collect();
        accounts.sort_by_key(|account| account.standing == Standing::Closed);
        let figures = Figures::sum(accounts.iter().map(|account| &account.figures));
        Purpose { name: (number > 0).then(|| number.to_string()), figures, accounts }
    }

    /// What rows of a depth come to.
    fn sum<'a>(rows: impl IntoIterator<Item = &'a FoldedRow>, depth: usize) -> f64 {
        rows.into_iter().filter(|row| row.depth == depth).map(|row| row.figures.month_usd).sum()
    }

    proptest! {
        #[test]
        fn rows_fit_and_add_up(
            purposes in prop::collection::vec(
                prop::collection::vec((0..1_000_u32, prop::bool::weighted(0.1)), 1..20), 1..14,
            ),
            most in 3..30_usize,
        ) {
            let purposes: Vec<Purpose> =
                purposes.iter().enumerate().map(|(number, it)| purpose(number, it)).collect();
            let total = Figures::sum(purposes.iter().map(|purpose| &purpose.figures));
            let rows = rows(total, &purposes, most, words::of(Language::English));
            prop_assert!(rows.len() <= most, "{} rows", rows.len());
            // Whole dollars add up exactly.
            let (first, rest) = rows.split_first().expect("the total");
            if rest.is_empty() {
                prop_assert_eq!(purposes.len(), 1);
                return Ok(());
            }
            prop_assert_eq!(first.figures.month_usd.to_bits(), sum(rest, 0).to_bits());
            let starts: Vec<usize> = (0..rest.len()).filter(|at| rest[*at].depth == 0).collect();
            for (place, start) in starts.iter().enumerate() {
                let end = starts.get(place + 1).copied().unwrap_or(rest.len());
                let own = &rest[start + 1..end];
                if !own.is_empty() {
                    let purpose = rest[*start].figures.month_usd;
                    prop_assert_eq!(purpose.to_bits(), sum(own, 1).to_bits());
                }
            }
        }
    }
}
