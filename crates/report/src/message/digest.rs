//! How fast cost grows.

use discord::message::{Embed, File};

use super::{Page, color};
use crate::calendar::after;
use crate::summary::{Digest, DigestRow};
use crate::text::{self, Row, Table};
use crate::{PaceGroup, Period};

/// Rows of the table.
const ROWS: usize = 16;

/// The embed of a digest.
pub(super) fn embed(page: &Page<'_>, digest: &Digest, picture: Option<&File>) -> Embed {
    let words = page.words;
    let (title, span) = match digest.period {
        Period::Week => {
            let span = digest.week.map(|monday| page.span(monday, after(monday, 6)));
            (words.weekly_digest, span.map(|span| (words.whole_week)(&span)))
        }
        Period::Month => {
            let month = digest.month.map(words.month_name);
            (words.monthly_digest, month.map(|month| (words.whole_month)(&month)))
        }
    };
    let heading = format!("**{} · {}**", span.unwrap_or_default(), page.money.code);
    let embed = Embed::new(&format!("📊 {title}"))
        .color(color::PACE)
        .description(&format!("{heading}\n{}", table(page, digest).block()));
    match picture {
        Some(picture) => embed.image(picture),
        None => embed,
    }
}

/// The purposes, and as many of the dearest accounts as fit; the CSV has them all.
fn table(page: &Page<'_>, digest: &Digest) -> Table {
    let words = page.words;
    let rows = shown(digest);
    let sums = page.money.column(&rows.iter().map(|row| row.charges_usd).collect::<Vec<_>>());
    let percent = |percent: Option<f64>| percent.map_or("-".to_owned(), text::percent);
    let lines = rows.iter().zip(sums).map(|(row, sum)| {
        let is_account = matches!(row.group, PaceGroup::Account(_));
        let purpose = page.purpose(row.purpose.as_deref());
        Row {
            figures: vec![sum, percent(row.week_percent), percent(row.month_percent)],
            depth: usize::from(is_account),
            name: row.account.clone().unwrap_or_else(|| purpose.to_owned()),
        }
    });
    let head = vec![words.total, words.column_a_week, words.column_a_month];
    Table { head, rows: lines.collect() }
}

/// The rows that fit, in their order: the dearest purposes, then the dearest accounts of these.
fn shown(digest: &Digest) -> Vec<&DigestRow> {
    let mut ranked: Vec<usize> = (0..digest.rows.len()).collect();
    let usd = |place: &usize| digest.rows[*place].charges_usd.unwrap_or(0.0);
    ranked.sort_by(|one, two| {
        let is_account = |place: &usize| digest.rows[*place].account.is_some();
        is_account(one).cmp(&is_account(two)).then(usd(two).total_cmp(&usd(one)))
    });
    ranked.truncate(ROWS);
    ranked.sort_unstable();
    ranked.into_iter().map(|place| &digest.rows[place]).collect()
}
