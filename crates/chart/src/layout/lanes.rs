//! Rows above the plot for labels of days, none of which lies on another or on another's line.

use super::APART;
use crate::geometry::Span;

/// Height of a row in pixels.
pub(crate) const ROW: f32 = 40.0;
/// Rows at most.
const ROWS: usize = 3;
/// Pixels that stay free on both sides of a label's line.
const BESIDE: f32 = 4.0;

/// Rows of labels; row 0 is the one next to the plot.
#[derive(Debug, Default)]
pub(crate) struct Lanes {
    taken: [Vec<Span>; ROWS],
}

impl Lanes {
    /// Finds the lowest row for a label, whose line, if it has one, runs down to the plot at `line`.
    /// `None` where there is no room.
    pub(crate) fn place(&mut self, label: Span, line: Option<f32>) -> Option<usize> {
        let line = line.map(|x| Span::new(x - BESIDE, x + BESIDE));
        let is_free = |row: &[Span], span: Span| !row.iter().any(|it| it.overlaps(span));
        let row = (0..ROWS).find(|row| {
            is_free(&self.taken[*row], label.widened(APART / 2.0))
                && line.is_none_or(|line| self.taken[..*row].iter().all(|it| is_free(it, line)))
        })?;
        self.taken[row].push(label.widened(APART / 2.0));
        for below in &mut self.taken[..row] {
            below.extend(line);
        }
        Some(row)
    }

    /// Height of the rows that are in use.
    pub(crate) fn height(&self) -> f32 {
        let rows = self.taken.iter().rposition(|row| !row.is_empty()).map_or(0, |row| row + 1);
        crate::geometry::number(rows) * ROW
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_clear_of_each_other_and_of_lines() {
        let mut lanes = Lanes::default();
        assert!(lanes.height().abs() < 0.01);
        assert_eq!(lanes.place(Span::new(0.0, 100.0), Some(50.0)), Some(0));
        assert_eq!(lanes.place(Span::new(90.0, 200.0), Some(150.0)), Some(1));
        // Its line would cross the first label.
        assert_eq!(lanes.place(Span::new(60.0, 120.0), Some(80.0)), None);
        // Without a line it may stand above.
        assert_eq!(lanes.place(Span::new(60.0, 120.0), None), Some(2));
        // The line of the second label is in row 0, and itself in row 1.
        assert_eq!(lanes.place(Span::new(145.0, 155.0), None), Some(2));
        assert_eq!(lanes.place(Span::new(145.0, 155.0), None), None);
        assert_eq!(lanes.place(Span::new(300.0, 400.0), None), Some(0));
        assert!((lanes.height() - 3.0 * ROW).abs() < 0.01);
    }
}
