//! Amounts that AWS writes one way and people another: `100` and `100.0` are the same.

use std::cmp::Ordering;
use std::fmt;

/// A finite number, compared by value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Amount(f64);

impl Amount {
    /// The amount of an attribute or of an answer.
    pub(super) fn new(value: f64) -> Self {
        // So that zero is one value, whatever its sign.
        Self(value + 0.0)
    }

    /// The decimal text of an answer; `None` when it is none.
    pub(super) fn read(text: &str) -> Option<Self> {
        let value: f64 = text.parse().ok()?;
        value.is_finite().then(|| Self::new(value))
    }

    /// The number, for an attribute or a request.
    pub(super) fn number(self) -> f64 {
        self.0
    }
}

impl fmt::Display for Amount {
    /// Writes plain decimal text without an exponent, the only form that Budgets takes.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.0)
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_equal_by_value() {
        for (left, right) in [("100", "100.0"), ("0.1", ".10"), ("0", "-0"), ("1e2", "100")] {
            assert_eq!(Amount::read(left), Amount::read(right), "{left} = {right}");
        }
        assert_ne!(Amount::read("100"), Amount::read("100.01"));
        for wrong in ["", "x", "NaN", "inf"] {
            assert_eq!(Amount::read(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn the_text_is_a_decimal_that_reads_the_same(value in 0.0..15e12_f64) {
            let amount = Amount::new(value);
            let text = amount.to_string();
            prop_assert!(text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'), "{}", text);
            prop_assert_eq!(Amount::read(&text), Some(amount));
        }
    }
}
