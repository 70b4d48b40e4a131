//! The accounts by purpose, the services, and the state of the data.

use discord::message::{Embed, File};

use super::fold::{self, FoldedRow};
use super::{Page, color, percent, state};
use crate::summary::{Budget, Comparison};
use crate::text::{self, Row, Table};

/// Rows that a table of accounts has at most; more is no morning's reading.
const MOST_ROWS: usize = 24;
/// Rows that it has at least.
const LEAST_ROWS: usize = 3;
/// Services that are shown.
const SERVICES: usize = 5;

/// The embed of the accounts, within so many characters.
pub(super) fn embed(page: &Page<'_>, room: usize, picture: Option<&File>) -> Embed {
    let frame = || {
        let day = (page.words.weekday)(page.summary.day);
        let embed = Embed::new(&(page.words.title)(&day))
            .color(edge(page))
            .footer(&state::footer(page))
            .field(page.words.data, &state::notices(page))
            .field(page.words.services, &services(page));
        picture.map_or_else(|| embed.clone(), |picture| embed.clone().image(picture))
    };
    let described = |rows: usize| frame().description(&description(page, rows));
    let fitting = (LEAST_ROWS..=MOST_ROWS).rev().map(described);
    let fitting = fitting.into_iter().find(|embed| embed.size() <= room);
    fitting.unwrap_or_else(|| described(LEAST_ROWS))
}

fn edge(page: &Page<'_>) -> u32 {
    let state = &page.summary.state;
    let is_troubled = state.is_empty || state.is_partial || !state.missing.is_empty();
    let exceeds = |budget: Budget| budget.is_exceeded_by_forecast();
    if is_troubled || page.summary.accounts().any(|it| it.figures.budget.is_some_and(exceeds)) {
        color::WARNING
    } else {
        color::CALM
    }
}

fn description(page: &Page<'_>, rows: usize) -> String {
    let (summary, words) = (page.summary, page.words);
    if summary.state.is_empty {
        return words.empty.to_owned();
    }
    let rows = fold::rows(summary.total, &summary.purposes, rows, words);
    let day = format!("**{}**", (words.table_day)(&page.day(summary.day), &page.money.code));
    let month = format!("**{}**", (words.table_month)(&page.money.code));
    [
        first_lines(page),
        day,
        day_table(page, &rows).block(),
        month,
        month_table(page, &rows).block(),
    ]
    .join("\n")
}

/// The total in words.
fn first_lines(page: &Page<'_>) -> String {
    let (words, money, total) = (page.words, &page.money, &page.summary.total);
    let change = |comparison: Option<Comparison>| {
        let comparison = comparison?;
        let percent = comparison.change_percent().map(text::percent);
        let percent = percent.map(|it| (words.in_parentheses)(&it)).unwrap_or_default();
        Some(format!("{}{percent}", money.change(comparison.change_usd())))
    };
    let day = [
        total.day_usd.map(|usd| format!("**{}**", money.amount(usd))),
        change(total.against_day_before).map(|it| (words.on_day_before)(&it)),
        change(total.against_median).map(|it| (words.on_median)(&it)),
    ];
    let bold = |usd: f64| format!("**{}**", money.amount(usd));
    let used = total.budget.map(|budget| {
        let percent = format!("{:.0}%", budget.used_percent());
        (words.budget)(&percent, &money.amount(budget.limit_usd))
    });
    let month = [
        Some((words.month)(&bold(total.month_usd))),
        total.forecast_usd.map(|usd| (words.forecast)(&bold(usd))),
        used,
    ];
    let joined =
        |parts: [Option<String>; 3]| parts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    format!("{}\n{}\n", joined(day), capitalized(&joined(month))).trim_start().to_owned()
}

/// A line with a capital at its start.
fn capitalized(line: &str) -> String {
    let mut rest = line.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn day_table(page: &Page<'_>, rows: &[FoldedRow]) -> Table {
    let words = page.words;
    let usd = rows.iter().map(|row| row.figures.day_usd).collect::<Vec<_>>();
    let rows = rows.iter().zip(page.money.column(&usd)).map(|(row, amount)| Row {
        figures: vec![
            amount,
            percent(row.figures.against_day_before, words),
            percent(row.figures.against_median, words),
        ],
        depth: row.depth,
        name: row.name.clone(),
    });
    let head = vec![words.column_day, words.column_before, words.column_median];
    Table { head, rows: rows.collect() }
}

fn month_table(page: &Page<'_>, rows: &[FoldedRow]) -> Table {
    let words = page.words;
    let months: Vec<_> = rows.iter().map(|row| Some(row.figures.month_usd)).collect();
    let forecasts: Vec<_> = rows.iter().map(|row| row.figures.forecast_usd).collect();
    let has_budgets = rows.iter().any(|row| row.figures.budget.is_some());
    let amounts = page.money.column(&months).into_iter().zip(page.money.column(&forecasts));
    let rows = rows.iter().zip(amounts).map(|(row, (month, forecast))| {
        let used = row
            .figures
            .budget
            .map_or("-".to_owned(), |budget| format!("{:.0}%", budget.used_percent().min(9_999.0)));
        let figures = [month, forecast].into_iter().chain(has_budgets.then_some(used)).collect();
        Row { figures, depth: row.depth, name: row.name.clone() }
    });
    let budget = if has_budgets { words.column_budget } else { "" };
    let head = vec![words.column_month, words.column_forecast, budget];
    Table { head, rows: rows.collect() }
}

fn services(page: &Page<'_>) -> String {
    let services = page.summary.services.iter().take(SERVICES);
    let services: Vec<_> = services.collect();
    let usd: Vec<_> = services.iter().map(|it| Some(it.day_usd)).collect();
    let rows = services.iter().zip(page.money.column(&usd)).map(|(it, amount)| Row {
        figures: vec![amount, percent(it.against_day_before, page.words)],
        depth: 0,
        name: crate::service::short(it.service.as_str()).to_owned(),
    });
    Table { head: Vec::new(), rows: rows.collect() }.block()
}
