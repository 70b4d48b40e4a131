//! Amounts of money without rounding errors.

use std::fmt;

/// Parts of a dollar that an amount counts. A gigabyte-second of Lambda costs 166,667 of them.
const PARTS: u64 = 10_000_000_000;
/// Decimals that an amount keeps.
const DECIMALS: usize = 10;

/// An amount in US dollars, exact to ten decimals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Usd(u64);

impl Usd {
    /// An amount of ten-thousand-millionths of a dollar.
    pub const fn from_parts(parts: u64) -> Self {
        Self(parts)
    }

    /// An amount of ten-thousandths of a dollar: a canary's run costs 12 of them.
    pub const fn from_hundredths_of_cents(count: u64) -> Self {
        Self(count * (PARTS / 10_000))
    }

    /// The amount that a person wrote; `None` when it is negative, not finite or too large. Decimals
    /// beyond the tenth are cut off.
    pub fn from_number(dollars: f64) -> Option<Self> {
        // Through its shortest text, which has the digits that were written: 0.0012 is no exact double.
        let text = dollars.to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let kept = decimals.get(..DECIMALS).unwrap_or(decimals);
        let parts: u64 = format!("{kept:0<DECIMALS$}").parse().ok()?;
        let whole: u64 = whole.parse().ok()?;
        whole.checked_mul(PARTS)?.checked_add(parts).map(Self)
    }

    /// This amount so many times; the largest amount when that is too much to count.
    #[must_use]
    pub const fn times(self, count: u64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// This amount for a part of what it buys: a gigabyte-second's price for 128 of 1,024 megabytes.
    /// Rounded to the nearest part of a dollar; `whole` must not be 0.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "what doesn't fit is told apart before")]
    pub const fn share(self, count: u64, whole: u64) -> Self {
        let product = self.0 as u128 * count as u128;
        let rounded = (product + whole as u128 / 2) / whole as u128;
        Self(if rounded > u64::MAX as u128 { u64::MAX } else { rounded as u64 })
    }

    /// Both amounts together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// This amount rounded to the nearest whole cent.
    #[must_use]
    pub const fn to_cents(self) -> Self {
        let cent = PARTS / 100;
        Self(self.0.saturating_add(cent / 2) / cent * cent)
    }

    /// The amount for an attribute, in whole cents.
    pub fn as_number(self) -> f64 {
        // The text of cents has the shortest double that reads the same.
        self.to_string().parse().expect("two decimals are a number")
    }

    /// The amount for an attribute that shows small parts of a sum, to a hundredth of a cent.
    pub fn as_fine_number(self) -> f64 {
        let unit = PARTS / 10_000;
        let rounded = self.0.saturating_add(unit / 2) / unit;
        let text = format!("{}.{:04}", rounded / 10_000, rounded % 10_000);
        text.parse().expect("four decimals are a number")
    }

    /// All decimals, without zeros at the end beyond the cents.
    pub fn exact(self) -> String {
        let decimals = format!("{:0DECIMALS$}", self.0 % PARTS);
        let kept = decimals.trim_end_matches('0');
        format!("{}.{kept:0<2}", self.0 / PARTS)
    }
}

impl fmt::Display for Usd {
    /// Writes whole cents, rounded to the nearest.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.to_cents().0 / (PARTS / 100);
        write!(formatter, "{}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_written_in_cents() {
        for (count, text, exact) in [
            (12, "0.00", "0.0012"),
            (526_600, "52.66", "52.66"),
            (1_000, "0.10", "0.10"),
            (8_760, "0.88", "0.876"),
            (0, "0.00", "0.00"),
        ] {
            assert_eq!(Usd::from_hundredths_of_cents(count).to_string(), text);
            assert_eq!(Usd::from_hundredths_of_cents(count).exact(), exact);
        }
        assert_eq!(Usd::from_parts(166_667).exact(), "0.0000166667");
        assert!((Usd::from_parts(166_667_000).as_fine_number() - 0.0167).abs() < 1e-12);
    }

    #[test]
    fn numbers_become_amounts() {
        assert_eq!(Usd::from_number(52.66), Some(Usd::from_hundredths_of_cents(526_600)));
        assert_eq!(Usd::from_number(0.000_016_666_7), Some(Usd::from_parts(166_667)));
        for wrong in [-1.0, f64::NAN, f64::INFINITY, 1e30] {
            assert_eq!(Usd::from_number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shares_are_rounded_and_never_overflow() {
        assert_eq!(Usd::from_parts(166_667).share(128, 1_024), Usd::from_parts(20_833));
        assert_eq!(Usd::from_parts(u64::MAX).share(3, 1), Usd::from_parts(u64::MAX));
    }

    proptest! {
        #[test]
        fn cents_survive_an_attribute(cents in 0_u64..100_000_000) {
            let amount = Usd::from_hundredths_of_cents(cents * 100);
            prop_assert_eq!(Usd::from_number(amount.as_number()), Some(amount));
        }

        #[test]
        fn exact_texts_read_the_same(parts in 0_u64..10_000_000_000_000) {
            let amount = Usd::from_parts(parts);
            let (whole, decimals) = amount.exact().split_once('.').map(|(whole, decimals)| {
                (whole.parse::<u64>().expect("digits"), format!("{decimals:0<10}"))
            }).expect("a point");
            prop_assert_eq!(whole * PARTS + decimals.parse::<u64>().expect("digits"), parts);
        }
    }
}
