//! The median.

/// The middle of some numbers, or the mean of both middles; none of no numbers. Sorts them.
pub(crate) fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let upper = numbers.get(middle)?;
    if numbers.len() % 2 == 1 {
        return Some(*upper);
    }
    Some(f64::midpoint(numbers[middle - 1], *upper))
}
