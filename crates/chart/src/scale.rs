//! The vertical axis: values that people count in, and where they are.

use crate::geometry::Span;

/// Amounts from one to another, drawn over a stretch of the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    low: f64,
    high: f64,
}

impl Range {
    /// Amounts from `low` to `high`, and zero.
    pub(crate) fn new(low: f64, high: f64) -> Self {
        let (low, high) = (low.min(0.0), high.max(0.0));
        Self { low, high: if high > low { high } else { low + 1.0 } }
    }

    /// Where an amount is, with the lowest at `down.end` and the highest at `down.start`.
    #[expect(clippy::cast_possible_truncation, reason = "a share between 0 and 1")]
    pub(crate) fn place(self, amount: f64, down: Span) -> f32 {
        let share = (amount - self.low) / (self.high - self.low);
        down.end - (share.clamp(0.0, 1.0) as f32) * down.width()
    }
}

/// An axis of amounts: what it holds, and the round values in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    /// What the axis holds: the figures, and a little more.
    pub(crate) range: Range,
    /// Distance of two lines: 1, 2 or 5 of a power of ten.
    pub(crate) step: f64,
    /// The lines' amounts, from the lowest. Zero is one of them.
    pub(crate) values: Vec<f64>,
}

/// Part of the range that stays free above the highest figure, and below the lowest.
const FREE: f64 = 0.04;

impl Scale {
    /// An axis that holds zero and everything from `low` to `high`, with at most `lines` steps.
    pub(crate) fn new(low: f64, high: f64, lines: u8) -> Self {
        let Range { low, high } = Range::new(low, high);
        let free = (high - low) * FREE;
        let range = Range {
            low: if low < 0.0 { low - free } else { low },
            high: if high > 0.0 { high + free } else { high },
        };
        let step = step((range.high - range.low) / f64::from(lines));
        let lines = i32::from(lines);
        let values = (-lines..=lines).map(|line| f64::from(line) * step);
        let values = values.filter(|value| (range.low..=range.high).contains(value)).collect();
        Self { range, step, values }
    }
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
fn step(least: f64) -> f64 {
    // Powers are read, not multiplied: so they are the nearest number to what they say.
    let powers = (-12..=15).flat_map(|power| [1, 2, 5].map(|digit| format!("{digit}e{power}")));
    let mut steps = powers.filter_map(|written| written.parse::<f64>().ok());
    // A hair less is as good, since the range was divided.
    steps.find(|step| *step >= least * (1.0 - 1e-9)).unwrap_or(5e15)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_at_round_values() {
        for (low, high, values) in [
            (0.0, 0.0, &[0.0, 0.5, 1.0][..]),
            (0.0, 1.0, &[0.0, 0.5, 1.0]),
            (0.0, 0.03, &[0.0, 0.01, 0.02, 0.03]),
            (0.0, 87.0, &[0.0, 20.0, 40.0, 60.0, 80.0]),
            (0.0, 412.0, &[0.0, 100.0, 200.0, 300.0, 400.0]),
            (-3.0, 9.0, &[0.0, 5.0]),
            (-130.0, 640.0, &[0.0, 200.0, 400.0, 600.0]),
            (-10.0, 0.0, &[-10.0, -5.0, 0.0]),
            (0.0, 1_000_000.0, &[0.0, 500_000.0, 1_000_000.0]),
            (5.0, 6.0, &[0.0, 2.0, 4.0, 6.0]),
        ] {
            let found = Scale::new(low, high, 5).values;
            assert!(
                found.len() == values.len()
                    && found.iter().zip(values).all(|(a, b)| (a - b).abs() < 1e-12),
                "{low} to {high}: {found:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_range_fits_with_few_lines(low in -1e13..1e13_f64, size in -8..13_i32, lines in 4_u8..8) {
            let high = low + 10_f64.powi(size);
            let Scale { range, step, values } = Scale::new(low, high, lines);
            prop_assert!(values.len() >= 2 && values.len() <= usize::from(lines) + 1);
            prop_assert!(values.contains(&0.0));
            prop_assert!(values.windows(2).all(|it| (it[1] - it[0] - step).abs() <= step * 1e-6));
            let down = Span::new(100.0, 400.0);
            let places = [high, values[values.len() - 1], values[0], low].map(|it| range.place(it, down));
            prop_assert!(places.iter().all(|it| (100.0..=400.0).contains(it)));
            prop_assert!(places[0] <= places[3] && places[1] < places[2]);
        }
    }
}
