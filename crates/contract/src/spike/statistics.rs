//! The statistics that a few odd days don't move.
//!
//! Sources: Hampel, "The Influence Curve and Its Role in Robust Estimation", 1974 (median absolute
//! deviation); Sen, "Estimates of the Regression Coefficient Based on Kendall's Tau", 1968; Hirsch,
//! Slack and Smith, "Techniques of Trend Analysis for Monthly Water Quality Data", 1982 (the slope
//! and the test of a series with seasons, from pairs of the same season alone).

/// By this a median absolute deviation becomes a standard deviation, where values are normally
/// distributed: 1 / Φ⁻¹(3/4).
pub(super) const DEVIATION_OF_MAD: f64 = 1.482_602_218_505_602;

/// By less than this share of them sums don't differ: in another order of its amounts a sum has
/// other last digits.
pub(super) const ROUNDING: f64 = 1e-9;

/// The middle value, or the mean of the two middle ones. None without values. Reorders the values.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let count = values.len();
    if count == 0 {
        return None;
    }
    let (below, &mut upper, _) = values.select_nth_unstable_by(count / 2, f64::total_cmp);
    if count % 2 == 1 {
        return Some(upper);
    }
    let lower = below.iter().copied().max_by(f64::total_cmp).expect("there are two or more");
    Some(f64::midpoint(lower, upper))
}

/// The median absolute deviation: the median of the distances from a centre. None without values.
pub(super) fn median_absolute_deviation(values: &[f64], center: f64) -> Option<f64> {
    let mut distances: Vec<f64> = values.iter().map(|value| (value - center).abs()).collect();
    median(&mut distances)
}

/// How a series grows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trend {
    /// The growth from one day to the next.
    pub(super) slope: f64,
    /// How steady it is: the share of pairs of days that rise less the share of those that fall,
    /// from -1 (always falling) over 0 (neither) to 1 (always rising). Kendall's tau.
    pub(super) steadiness: f64,
}

/// The Theil–Sen slope of values of days in a row, from pairs of days that are a multiple of
/// `period` days apart: with 7, pairs of the same weekday, so that a week's ups and downs don't
/// count. With 1 it is the ordinary Theil–Sen slope. None without any such pair.
pub(super) fn theil_sen(values: &[Option<f64>], period: usize) -> Option<Trend> {
    let mut slopes = Vec::with_capacity(values.len() * values.len() / (2 * period.max(1)));
    let (mut rising, mut falling) = (0_u32, 0_u32);
    for (index, earlier) in values.iter().enumerate() {
        let Some(earlier) = earlier else { continue };
        let mut distance = 0.0;
        for later in values[index..].iter().step_by(period.max(1)).skip(1) {
            distance += f64::from(u32::try_from(period).unwrap_or(u32::MAX));
            let Some(later) = later else { continue };
            let rise = later - earlier;
            let tie = ROUNDING * later.abs().max(earlier.abs());
            slopes.push(rise / distance);
            rising += u32::from(rise > tie);
            falling += u32::from(rise < -tie);
        }
    }
    let pairs = f64::from(u32::try_from(slopes.len()).unwrap_or(u32::MAX));
    let slope = median(&mut slopes)?;
    Some(Trend { slope, steadiness: (f64::from(rising) - f64::from(falling)) / pairs })
}

#[cfg(test)]
mod tests;
