//! Amounts of money without rounding errors.

use std::fmt;

/// Parts of a dollar that an amount counts: a canary's run costs 12 of them.
const PARTS: u64 = 10_000;

/// An amount in US dollars, exact to a hundredth of a cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(u64);

impl Usd {
    /// An amount of ten-thousandths of a dollar.
    pub const fn from_parts(parts: u64) -> Self {
        Self(parts)
    }

    /// The amount that a person wrote; `None` when it is negative, not finite or too large.
    pub fn from_number(dollars: f64) -> Option<Self> {
        // Through text, which has the digits that were written: 0.0012 is no exact double.
        let text = format!("{dollars:.4}");
        let (whole, parts) = text.split_once('.')?;
        let whole: u64 = whole.parse().ok()?;
        whole.checked_mul(PARTS)?.checked_add(parts.parse().ok()?).map(Self)
    }

    /// This amount so many times; the largest amount when that is too much to count.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// Both amounts together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The amount for an attribute, in whole cents.
    pub fn as_number(self) -> f64 {
        // The text of cents has the shortest double that reads the same.
        self.to_string().parse().expect("two decimals are a number")
    }

    /// All four decimals, without zeros at the end beyond the cents.
    pub fn exact(self) -> String {
        let text = format!("{}.{:04}", self.0 / PARTS, self.0 % PARTS);
        let short = text.strip_suffix('0').unwrap_or(&text);
        short.strip_suffix('0').unwrap_or(short).to_owned()
    }
}

impl fmt::Display for Usd {
    /// Writes whole cents, rounded to the nearest.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.saturating_add(50) / 100;
        write!(formatter, "{}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_written_in_cents() {
        for (parts, text, exact) in [
            (12, "0.00", "0.0012"),
            (526_600, "52.66", "52.66"),
            (1_000, "0.10", "0.10"),
            (8_760, "0.88", "0.876"),
        ] {
            assert_eq!(Usd::from_parts(parts).to_string(), text);
            assert_eq!(Usd::from_parts(parts).exact(), exact);
        }
    }

    #[test]
    fn numbers_become_amounts() {
        assert_eq!(Usd::from_number(52.66), Some(Usd::from_parts(526_600)));
        assert_eq!(Usd::from_number(0.0012), Some(Usd::from_parts(12)));
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
            assert_eq!(Usd::from_number(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn cents_survive_an_attribute(cents in 0_u64..100_000_000) {
            let amount = Usd::from_parts(cents * 100);
            prop_assert_eq!(Usd::from_number(amount.as_number()), Some(amount));
        }
    }
}
