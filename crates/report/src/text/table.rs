//! Tables for a block of code: figures to the left, names to the right.

use super::{cells, fit_ends, plain};

/// Cells of a line: a phone of 390 points shows 35 in an embed before it breaks the line.
pub(crate) const LINE: usize = 34;
/// Cells between two figures, and between the last one and the name.
const GAP: usize = 1;
const NAME_GAP: usize = 2;
/// Cells that a name has at least, however long the figures are: where amounts have more than eight digits, lines
/// are longer.
const LEAST_NAME: usize = 11;

/// A table. Its figures come first, each column as wide as it needs, and the names last: so the
/// columns are straight also where a font's full-width characters aren't exactly as wide as two others, as
/// it is in Discord.
pub(crate) struct Table {
    pub(crate) head: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) figures: Vec<String>,
    /// Steps by which the name is moved to the right.
    pub(crate) depth: usize,
    pub(crate) name: String,
}

impl Table {
    /// The lines, the head first, where it says anything.
    pub(crate) fn lines(&self) -> Vec<String> {
        let columns = self.rows.iter().map(|row| row.figures.len()).max().unwrap_or(0);
        let figure = |row: &Row, column: usize| row.figures.get(column).map_or(0, |it| cells(it));
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                let head = self.head.get(column).map_or(0, |head| cells(head));
                self.rows.iter().map(|row| figure(row, column)).fold(head, usize::max)
            })
            .collect();
        let line = |figures: &[&str], name: &str| {
            let padded = widths.iter().enumerate().map(|(column, width)| {
                let figure = figures.get(column).copied().unwrap_or_default();
                format!("{}{figure}", " ".repeat(width - cells(figure).min(*width)))
            });
            let figures = padded.collect::<Vec<_>>().join(&" ".repeat(GAP));
            let room = LINE.saturating_sub(cells(&figures) + NAME_GAP).max(LEAST_NAME);
            let line = format!("{figures}{}{}", " ".repeat(NAME_GAP), fit_ends(name, room));
            line.trim_end().to_owned()
        };
        let head = self.head.iter().any(|head| !head.is_empty());
        let head = head.then(|| line(&self.head, ""));
        let rows = self.rows.iter().map(|row| {
            let figures: Vec<&str> = row.figures.iter().map(String::as_str).collect();
            line(&figures, &format!("{}{}", " ".repeat(row.depth), plain(&row.name)))
        });
        head.into_iter().chain(rows).collect()
    }

    /// The table as a block of code; nothing without rows.
    pub(crate) fn block(&self) -> String {
        if self.rows.is_empty() {
            return String::new();
        }
        discord::message::markdown::code_block("", &self.lines().join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(figures: &[&str], depth: usize, name: &str) -> Row {
        let figures = figures.iter().map(|it| (*it).to_owned()).collect();
        Row { figures, depth, name: name.to_owned() }
    }

    #[test]
    fn figures_are_to_the_left_and_names_are_cut() {
        let rows = vec![
            row(&["1,234", "+12%"], 0, "Total"),
            row(&["7", "-"], 1, "とても長い名前のアカウントで四十四桁には入らない"),
        ];
        let table = Table { head: vec!["11/30", "前日比"], rows };
        assert_eq!(
            table.lines(),
            ["11/30 前日比", "1,234   +12%  Total", "    7      -   とても長い名…らない",]
        );
        assert!(table.lines().iter().all(|line| cells(line) <= LINE));
        assert_eq!(Table { head: vec!["a"], rows: Vec::new() }.block(), "");
    }

    proptest! {
        #[test]
        fn every_figure_ends_where_its_column_does(
            rows in prop::collection::vec(
                (prop::collection::vec("[-+]?[0-9]{1,9}%?", 3), 0..2_usize, "(?s).{0,50}"),
                1..12,
            ),
            head in prop::sample::select(vec!["", "Day", "前日比"]),
        ) {
            let rows: Vec<Row> = rows
                .into_iter()
                .map(|(figures, depth, name)| Row { figures, depth, name })
                .collect();
            let table = Table { head: vec![head, "Month", ""], rows: rows.clone() };
            let widths = (0..3).map(|column| {
                let head = cells(table.head[column]);
                rows.iter().map(|row| cells(&row.figures[column])).fold(head, usize::max)
            });
            let ends: Vec<usize> =
                widths.scan(0, |end, width| { *end += width + GAP; Some(*end - GAP) }).collect();
            let lines = table.lines();
            let lines = lines.iter().skip(usize::from(lines.len() > rows.len()));
            for (line, row) in lines.zip(&rows) {
                for (end, figure) in ends.iter().zip(&row.figures) {
                    prop_assert_eq!(&line[end - figure.len()..*end], figure, "{:?}", line);
                }
                prop_assert!(cells(line) <= LINE.max(ends[2] + NAME_GAP + LEAST_NAME), "{:?}", line);
                prop_assert_eq!(line.lines().count(), 1);
            }
        }
    }
}
