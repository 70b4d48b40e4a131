//! All figures of a morning as comma-separated values.
//!
//! The form is RFC 4180: lines end with CR and LF, and what holds a comma, a quote or a line break is quoted. It begins with
//! the mark of UTF-8: Excel takes a file without it for one of the country's old encoding, in which Japanese names are not
//! readable, and what reads CSV otherwise skips it. Amounts are US dollars with a point and as many decimals as they
//! need, in no language's form, so that programs read them. Columns are only ever added, at the right.

use std::fmt::Write as _;

use crate::PaceGroup;
use crate::summary::{
    AccountFigures, Budget, Comparison, Digest, EventFigures, EventTotal, Figures, ServiceFigures,
    Standing, Summary,
};

/// The columns. What a row is of is said by `level`: `total`, `purpose`, `account` and `service` (of an account)
/// on the day; `event`, `event_day`, `event_account` and `event_service`; `pace_purpose` and `pace_account`.
/// A cell is empty where the column has no meaning for the row, or where nothing is known.
pub const COLUMNS: [&str; 24] = [
    "day",
    "level",
    "purpose",
    "account_id",
    "account",
    "service",
    "event",
    "state",
    "cost_usd",
    "day_before_usd",
    "change_usd",
    "change_percent",
    "median_7_days_usd",
    "month_to_date_usd",
    "month_forecast_usd",
    "budget_usd",
    "budget_used_percent",
    "credits_usd",
    "month_credits_usd",
    "baseline_usd",
    "added_usd",
    "typical_day_usd",
    "week_growth_percent",
    "month_growth_percent",
];

/// The mark by which Excel knows UTF-8.
const MARK: &str = "\u{feff}";

/// All figures of a morning.
pub fn of(summary: &Summary) -> Vec<u8> {
    let mut table = Lines(MARK.to_owned());
    table.line(&COLUMNS.map(str::to_owned));
    let day = summary.day.to_string();
    table.line(&figures(&day, "total", &summary.total));
    for purpose in &summary.purposes {
        let name = cell(purpose.name.as_deref().unwrap_or_default());
        let line = figures(&day, "purpose", &purpose.figures);
        table.line(&with(line, [("purpose", name.clone())]));
        for one in &purpose.accounts {
            table.line(&with(account(&day, one), [("purpose", name.clone())]));
            for figures in &one.services {
                let line = with(service(&day, figures), [("purpose", name.clone())]);
                table.line(&with(line, identity(one)));
            }
        }
    }
    summary.events.iter().for_each(|one| event(&mut table, &day, one));
    if let Some(digest) = &summary.digest {
        pace(&mut table, digest);
    }
    table.0.into_bytes()
}

type Line = [String; COLUMNS.len()];

struct Lines(String);

impl Lines {
    fn line(&mut self, cells: &Line) {
        self.0.push_str(&cells.join(","));
        self.0.push_str("\r\n");
    }
}

/// A line with some of its cells.
fn with<const N: usize>(mut line: Line, cells: [(&str, String); N]) -> Line {
    for (column, cell) in cells {
        let place = COLUMNS.iter().position(|other| *other == column);
        line[place.expect("it is the name of a column")] = cell;
    }
    line
}

fn empty(day: &str, level: &str) -> Line {
    with(Line::default(), [("day", day.to_owned()), ("level", level.to_owned())])
}

fn figures(day: &str, level: &str, figures: &Figures) -> Line {
    let before = figures.against_day_before;
    let line = with(
        empty(day, level),
        [
            ("cost_usd", number(figures.day_usd)),
            ("median_7_days_usd", number(figures.against_median.map(|it| it.from_usd))),
            ("month_to_date_usd", number(Some(figures.month_usd))),
            ("month_forecast_usd", number(figures.forecast_usd)),
            ("budget_usd", number(figures.budget.map(|it| it.limit_usd))),
            ("budget_used_percent", number(figures.budget.map(Budget::used_percent))),
            ("credits_usd", number(Some(figures.credits_day_usd))),
            ("month_credits_usd", number(Some(figures.credits_month_usd))),
        ],
    );
    compared(line, before)
}

fn compared(line: Line, before: Option<Comparison>) -> Line {
    with(
        line,
        [
            ("day_before_usd", number(before.map(|it| it.from_usd))),
            ("change_usd", number(before.map(Comparison::change_usd))),
            ("change_percent", number(before.and_then(Comparison::change_percent))),
        ],
    )
}

fn identity(account: &AccountFigures) -> [(&'static str, String); 3] {
    let state = match account.standing {
        Standing::Known => "known",
        Standing::Missing => "missing",
        Standing::Closed => "closed",
    };
    [
        ("account_id", account.id.to_string()),
        ("account", cell(&account.name)),
        ("state", state.to_owned()),
    ]
}

fn account(day: &str, account: &AccountFigures) -> Line {
    with(figures(day, "account", &account.figures), identity(account))
}

fn service(day: &str, figures: &ServiceFigures) -> Line {
    let line = with(
        empty(day, "service"),
        [
            ("service", cell(figures.service.as_str())),
            ("cost_usd", number(Some(figures.day_usd))),
            ("month_to_date_usd", number(Some(figures.month_usd))),
        ],
    );
    compared(line, figures.against_day_before)
}

fn event(table: &mut Lines, day: &str, event: &EventFigures) {
    let name = cell(&event.name);
    let total = |day: &str, level: &str, total: &EventTotal| {
        let cells = [
            ("event", name.clone()),
            ("cost_usd", number(Some(total.all_usd()))),
            ("baseline_usd", number(Some(total.baseline_usd))),
            ("added_usd", number(Some(total.added_usd()))),
        ];
        with(empty(day, level), cells)
    };
    table.line(&total(day, "event", &event.sum));
    for (day, figures) in &event.days {
        table.line(&total(&day.to_string(), "event_day", figures));
    }
    let added = |level: &str, column: &str, of: &str, usd: f64| {
        let cells = [("event", name.clone()), (column, cell(of)), ("added_usd", number(Some(usd)))];
        with(empty(day, level), cells)
    };
    for (account, usd) in &event.accounts {
        table.line(&added("event_account", "account", account, *usd));
    }
    for (service, usd) in &event.services {
        table.line(&added("event_service", "service", service, *usd));
    }
}

fn pace(table: &mut Lines, digest: &Digest) {
    let start = match digest.period {
        crate::Period::Week => digest.week,
        crate::Period::Month => digest.month,
    };
    let start = start.map(|day| day.to_string()).unwrap_or_default();
    for row in &digest.rows {
        let (level, id) = match &row.group {
            PaceGroup::Purpose(_) => ("pace_purpose", String::new()),
            PaceGroup::Account(id) => ("pace_account", id.to_string()),
        };
        let cells = [
            ("purpose", cell(row.purpose.as_deref().unwrap_or_default())),
            ("account_id", id),
            ("account", cell(row.account.as_deref().unwrap_or_default())),
            ("cost_usd", number(row.charges_usd)),
            ("typical_day_usd", number(row.typical_day_usd)),
            ("week_growth_percent", number(row.week_percent)),
            ("month_growth_percent", number(row.month_percent)),
        ];
        table.line(&with(empty(&start, level), cells));
    }
}

/// A number with a point and at most six decimals, which is more than any price has meaning for.
fn number(number: Option<f64>) -> String {
    let Some(number) = number.filter(|number| number.is_finite()) else { return String::new() };
    let mut written = String::new();
    write!(written, "{number:.6}").expect("a text takes what is written");
    let short = written.trim_end_matches('0').trim_end_matches('.');
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

/// A foreign text. One that a spreadsheet would take for a formula gets an apostrophe before it
/// (OWASP, "CSV Injection").
fn cell(text: &str) -> String {
    let is_formula =
        text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    let text = format!("{}{text}", if is_formula { "'" } else { "" });
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_are_no_formulas() {
        for (text, expected) in [
            ("shop", "shop"),
            ("shop, \"big\"", "\"shop, \"\"big\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "'=1+1"),
            ("＝1", "'＝1"),
            ("@a,b", "\"'@a,b\""),
            ("-5", "'-5"),
            ("店", "店"),
        ] {
            assert_eq!(cell(text), expected);
        }
    }

    #[test]
    fn numbers_are_for_programs() {
        for (amount, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (-0.000_000_1, "0"),
            (1_234_567.5, "1234567.5"),
            (0.000_001, "0.000001"),
            (-12.30, "-12.3"),
            (100.0, "100"),
        ] {
            assert_eq!(number(Some(amount)), expected);
        }
        assert_eq!((number(None), number(Some(f64::NAN))), (String::new(), String::new()));
    }
}
