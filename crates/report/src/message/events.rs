//! Events: those that run, and what those cost that have ended.

use discord::message::{Embed, File};

use super::lines::Lines;
use super::{NAME, Page, color, shown};
use crate::calendar::days_between;
use crate::service;
use crate::summary::{EventFigures, EventTotal, Phase, Summary};
use crate::text::{Row, Table};

/// Ended events of a morning that have an embed and a picture of their own.
const FINAL: usize = 1;
/// Characters of the lines of all others.
const MOST: usize = 600;
/// Rows of a table of accounts or services.
const ROWS: usize = 4;
/// Days that an event's table has at most; a longer one has its picture, and the CSV.
const DAYS: usize = 7;

/// The events that have ended, with an embed of their own.
pub(super) fn final_ones(summary: &Summary) -> impl Iterator<Item = &EventFigures> {
    summary.events.iter().filter(|event| event.phase == Phase::Final).take(FINAL)
}

/// The embed of the events that have none of their own; none where there is none.
pub(super) fn embed(page: &Page<'_>) -> Option<Embed> {
    let told: Vec<&str> = final_ones(page.summary).map(|event| event.name.as_str()).collect();
    let mut others =
        page.summary.events.iter().filter(|event| !told.contains(&event.name.as_str())).peekable();
    others.peek()?;
    let mut lines = Lines::within(MOST);
    others.for_each(|event| lines.add(&line(page, event)));
    let embed = Embed::new(page.words.events).color(color::EVENT);
    Some(embed.description(&lines.text(page.words.more)))
}

fn line(page: &Page<'_>, event: &EventFigures) -> String {
    let (words, money) = (page.words, &page.money);
    let more = |total: EventTotal| money.change(total.added_usd());
    let name = format!("🎪 **{}**", shown(&event.name, NAME));
    let sum = more(event.sum);
    let parts = match event.phase {
        Phase::Running { number, of } => vec![
            (words.running)(number, of),
            format!("{} {}", (words.added)(&more(event.last)), instead(page, event.last)),
            (words.so_far)(&sum),
        ],
        Phase::Settling { final_on } => {
            vec![(words.settling)(&page.day(final_on)), (words.so_far)(&sum)]
        }
        Phase::Final => vec![page.span(event.start, event.end), (words.added)(&sum)],
    };
    std::iter::once(name).chain(parts).chain(notes(page, event)).collect::<Vec<_>>().join(" · ")
}

fn instead(page: &Page<'_>, total: EventTotal) -> String {
    let money = |usd| page.money.amount(usd);
    let text = (page.words.instead_of)(&money(total.charged_usd), &money(total.baseline_usd));
    (page.words.in_parentheses)(&text).trim().to_owned()
}

/// What the sums leave out, and what carries the event's tags.
fn notes(page: &Page<'_>, event: &EventFigures) -> impl Iterator<Item = String> {
    let (words, sum) = (page.words, event.sum);
    let rest = sum.without_baseline_usd;
    let rest = (rest > 0.0).then(|| (words.without_baseline)(&page.money.amount(rest)));
    let unknown = (sum.unknown > 0).then(|| (words.unknown_days)(sum.unknown));
    let tagged = event.tagged_usd.map(|usd| (words.tagged)(&page.money.amount(usd)));
    tagged.into_iter().chain(rest).chain(unknown)
}

/// What an event cost, when its figures are final.
pub(super) fn final_embed(page: &Page<'_>, event: &EventFigures, picture: Option<&File>) -> Embed {
    let words = page.words;
    let name = shown(&event.name, NAME);
    let title = (words.event_cost)(&name, &page.money.change(event.sum.added_usd()));
    let days = (words.event_days)(days_between(event.start, event.end) + 1);
    let lines = [
        page.span(event.start, event.end),
        days,
        (words.instead_of)(
            &page.money.amount(event.sum.charged_usd),
            &page.money.amount(event.sum.baseline_usd),
        ),
    ];
    let lines = lines.into_iter().chain(notes(page, event)).collect::<Vec<_>>().join(" · ");
    let services: Vec<(String, f64)> =
        event.services.iter().map(|(name, usd)| (service::short(name).to_owned(), *usd)).collect();
    let embed = Embed::new(&format!("🎪 {title}"))
        .color(color::EVENT)
        .description(&lines)
        .field(words.by_account, &added(page, &event.accounts))
        .field(words.by_service, &added(page, &services))
        .field(words.by_day, &days_table(page, event));
    match picture {
        Some(picture) => embed.image(picture),
        None => embed,
    }
}

/// What was added, by name; of more than have rows the rest is summed up.
fn added(page: &Page<'_>, all: &[(String, f64)]) -> String {
    let shown = if all.len() > ROWS { ROWS - 1 } else { all.len() };
    let (shown, rest) = all.split_at(shown);
    let mut named = shown.to_vec();
    if !rest.is_empty() {
        let usd = rest.iter().fold(0.0, |sum, (_, usd)| sum + usd);
        named.push(((page.words.more)(rest.len()), usd));
    }
    let rows = named.into_iter().map(|(name, usd)| Row {
        figures: vec![page.money.change(usd)],
        depth: 0,
        name,
    });
    Table { head: Vec::new(), rows: rows.collect() }.block()
}

fn days_table(page: &Page<'_>, event: &EventFigures) -> String {
    if event.days.len() > DAYS {
        return String::new();
    }
    let column = |usd: fn(&EventTotal) -> f64| {
        let usd: Vec<Option<f64>> = event.days.iter().map(|(_, total)| Some(usd(total))).collect();
        page.money.column(&usd)
    };
    let columns = [
        column(|total| total.charged_usd),
        column(|total| total.baseline_usd),
        column(|total| total.added_usd()),
    ];
    let rows = event.days.iter().enumerate().map(|(place, (day, _))| Row {
        figures: columns.iter().map(|column| column[place].clone()).collect(),
        depth: 0,
        name: page.day(*day),
    });
    let words = page.words;
    let head = vec![words.column_actual, words.column_usual, words.column_added];
    Table { head, rows: rows.collect() }.block()
}
