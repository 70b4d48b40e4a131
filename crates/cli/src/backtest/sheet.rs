//! CSV files with a heading, read with errors that say where and what to write.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use contract::account::AccountId;
use csv::{Reader, ReaderBuilder, StringRecord, Trim};
use jiff::civil::Date;

use crate::failure::{Collected, Failure, Problem};

/// A column, and whether it must be there.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) required: bool,
}

/// One line of a file.
pub(super) struct Row<'a> {
    file: &'a str,
    line: u64,
    record: &'a StringRecord,
    columns: &'static [Column],
    places: &'a [Option<usize>],
}

/// Reads each line of a file. `-` is the standard input.
pub(super) fn read<T>(
    path: &Path,
    columns: &'static [Column],
    line: impl FnMut(&Row<'_>) -> Result<T, Problem>,
) -> Result<Vec<T>, Failure> {
    let file = name(path);
    let unreadable = |error: io::Error| {
        Failure::Invalid(vec![Problem::of(&file, format!("can't be read: {error}"))])
    };
    let input: Box<dyn Read> = if is_standard_input(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    rows(&file, input, columns, line)
}

/// How a file is named to people.
pub(super) fn name(path: &Path) -> String {
    if is_standard_input(path) { "standard input".to_owned() } else { path.display().to_string() }
}

fn is_standard_input(path: &Path) -> bool {
    path == Path::new("-")
}

fn rows<T>(
    file: &str,
    input: impl Read,
    columns: &'static [Column],
    mut line: impl FnMut(&Row<'_>) -> Result<T, Problem>,
) -> Result<Vec<T>, Failure> {
    let mut reader = ReaderBuilder::new().flexible(true).trim(Trim::All).from_reader(input);
    let width = heading(file, &mut reader)?.len();
    let places = places(file, heading(file, &mut reader)?, columns)?;
    let mut collected = Collected::new();
    let mut record = StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return collected.finish(),
            Ok(true) => {}
            Err(error) => {
                collected.add(Err(broken(file, &error)));
                return collected.finish();
            }
        }
        let number = record.position().map_or(0, csv::Position::line);
        let value = if record.len() == width {
            line(&Row { file, line: number, record: &record, columns, places: &places })
        } else {
            let what = format!(
                "has {} fields, and the heading has {width}; put what holds a comma in quotes",
                record.len()
            );
            Err(Problem { line: Some(number), ..Problem::of(file, what) })
        };
        if !collected.add(value) {
            return collected.finish();
        }
    }
}

fn heading<'a>(file: &str, reader: &'a mut Reader<impl Read>) -> Result<&'a StringRecord, Failure> {
    reader.headers().map_err(|error| Failure::Invalid(vec![broken(file, &error)]))
}

/// Where each column is.
fn places(
    file: &str,
    heading: &StringRecord,
    columns: &'static [Column],
) -> Result<Vec<Option<usize>>, Failure> {
    let whole = |problem| Err(Failure::Invalid(vec![problem]));
    let Some(first) = heading.get(0) else {
        return whole(Problem::of(file, "is empty; write a heading and lines below it"));
    };
    if let Some(other) = [';', '\t'].into_iter().find(|other| first.contains(*other)) {
        let what = format!("columns are separated by {other:?}; write commas");
        return whole(Problem { line: Some(1), ..Problem::of(file, what) });
    }
    let mut problems = Collected::new();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    for (index, given) in heading.iter().enumerate() {
        let is_twice = heading.iter().take(index).any(|earlier| earlier == given);
        if !names.contains(&given) || is_twice {
            let what = if is_twice { "is there twice" } else { "is not known" };
            let what = format!("the column `{given}` {what}; the columns are {}", names.join(", "));
            problems.add(Err(Problem { line: Some(1), ..Problem::of(file, what) }));
        }
    }
    for column in columns {
        let place = heading.iter().position(|given| given == column.name);
        if column.required && place.is_none() {
            let what = format!("has no column `{}` in its heading, the first line", column.name);
            problems.add(Err(Problem::of(file, what)));
        } else {
            problems.add(Ok(place));
        }
    }
    problems.finish()
}

/// A problem that the CSV reader has found.
fn broken(file: &str, error: &csv::Error) -> Problem {
    let line = error.position().map(csv::Position::line);
    let what = if let csv::ErrorKind::Io(error) = error.kind() {
        format!("can't be read: {error}")
    } else if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) {
        "is not UTF-8; save the file in that encoding".to_owned()
    } else {
        error.to_string()
    };
    Problem { line, ..Problem::of(file, what) }
}

impl Row<'_> {
    /// A column's text; empty where there is none.
    pub(super) fn text(&self, column: &'static str) -> &str {
        let place = self.columns.iter().position(|known| known.name == column);
        let place = place.and_then(|index| self.places[index]);
        place.and_then(|place| self.record.get(place)).unwrap_or_default()
    }

    /// A column's text read as a value.
    pub(super) fn value<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Problem> {
        let text = self.text(column);
        let value = if text.is_empty() { Err("is empty".to_owned()) } else { read(text) };
        value.map_err(|what| self.problem(column, what))
    }

    /// A problem of a column of this line.
    pub(super) fn problem(&self, column: &'static str, what: String) -> Problem {
        let (line, column) = (Some(self.line), Some(column));
        Problem { file: self.file.to_owned(), line, column, what }
    }
}

/// Reads a day.
pub(super) fn date(text: &str) -> Result<Date, String> {
    let is_plain = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2;
    let date = text.parse().ok().filter(|_| is_plain);
    date.ok_or_else(|| format!("`{text}` is no day; write year, month and day, such as 2026-03-02"))
}

/// Reads an account.
pub(super) fn account(text: &str) -> Result<AccountId, String> {
    text.parse().map_err(|_| {
        let zeros = "; a spreadsheet drops leading zeros unless the column is formatted as text";
        let zeros = if text.len() < 12 { zeros } else { "" };
        format!("`{text}` is no account; write its twelve digits{zeros}")
    })
}

/// Reads an amount of US dollars.
pub(super) fn usd(text: &str) -> Result<f64, String> {
    let is_plain =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    let amount = text.parse().ok().filter(|usd: &f64| is_plain && usd.abs() < 1e12);
    amount.ok_or_else(|| {
        format!(
            "`{text}` is no amount; write US dollars with a point and nothing else, such as 1234.5"
        )
    })
}
