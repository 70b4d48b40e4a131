//! The result as tables for a terminal.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use super::cells::{self, Set, Table};
use super::costs::Costs;
use super::report::Report;

/// Writes the result.
pub(super) fn write(report: &Report, costs: &Costs, out: &mut impl Write) -> io::Result<()> {
    let mut parts = Vec::new();
    if report.told.is_empty() {
        parts.push("Nothing would have rung.\n".to_owned());
    } else {
        parts.push(set(&cells::news(report, costs)));
    }
    parts.push(cells::summary(report));
    if !report.summary.noisiest.is_empty() {
        parts.push(set(&cells::noisiest(&report.summary)));
    }
    parts.extend(report.score.as_ref().map(|score| set(&cells::score(score))));
    out.write_all(parts.join("\n").as_bytes())
}

/// Sets a table in columns of the width that a terminal gives them.
fn set(table: &Table) -> String {
    let headings = table.headings.iter().map(|(heading, _)| (*heading).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(&headings)
        .chain(&table.rows)
        .map(|row| row.iter().map(|cell| printable(cell)).collect())
        .collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| rows.iter().map(|row| row[column].width()).max().unwrap_or(0))
        .collect();
    let mut lines = String::new();
    for row in &rows {
        let mut line = String::new();
        for ((cell, width), (_, set)) in row.iter().zip(&widths).zip(&table.headings) {
            let gap = " ".repeat(width - cell.width());
            match set {
                Set::Left => line.extend([cell, &gap, "  "]),
                Set::Right => line.extend([&gap, cell.as_str(), "  "]),
            }
        }
        lines.extend([line.trim_end(), "\n"]);
    }
    lines
}

/// A cell without what a terminal would obey, since names come from a file.
fn printable(cell: &str) -> String {
    cell.replace(char::is_control, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[[&str; 2]]) -> Table {
        Table {
            headings: vec![("what", Set::Left), ("USD", Set::Right)],
            rows: rows.iter().map(|row| row.map(str::to_owned).to_vec()).collect(),
        }
    }

    #[test]
    fn columns_are_as_wide_as_they_look() {
        let table = table(&[["storage", "1.00"], ["計算", "12.00"]]);
        assert_eq!(set(&table), "what       USD\nstorage   1.00\n計算     12.00\n");
    }

    #[test]
    fn a_name_commands_no_terminal() {
        let text = set(&table(&[["a\u{1b}[2J\nb", "1.00"]]));
        assert_eq!(text, "what      USD\na\u{fffd}[2J\u{fffd}b  1.00\n");
    }
}
