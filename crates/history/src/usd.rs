//! Amounts of money, to the last place that Cost Explorer gives.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

/// An amount in US dollars: a whole number of 10⁻¹⁰ dollars.
///
/// Sums of such amounts are exact, so the order of what is summed changes nothing, and neither does
/// the engine that sums: Rust, Athena and `DuckDB` give the same figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(i128);

/// What was given is no amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an amount in US dollars is a decimal number below 10^25, such as `12.5` or `1.2E-7`: `{given}`"
)]
pub struct InvalidUsd {
    given: String,
}

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Decimal places of an amount. Cost Explorer gives up to ten.
    pub const PLACES: u8 = 10;

    /// Decimal digits that a record can hold, of which [`Self::PLACES`] come after the point. 18 is
    /// what 64 bits hold (Parquet, `LogicalTypes.md`, "DECIMAL").
    pub const DIGITS: u8 = 18;

    /// An amount from a number of 10⁻¹⁰ dollars.
    pub const fn of_units(units: i128) -> Self {
        Self(units)
    }

    /// The amount as a number of 10⁻¹⁰ dollars.
    pub const fn units(self) -> i128 {
        self.0
    }

    /// The nearest floating-point number: for medians, charts and words, not for sums.
    #[expect(clippy::cast_precision_loss, reason = "the nearest number is what is asked for")]
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / UNITS as f64
    }

    /// The amount as a record holds it. None when it has more than [`Self::DIGITS`] digits, that
    /// is, for 100 million dollars and more.
    pub(crate) fn to_stored(self) -> Option<i64> {
        i64::try_from(self.0).ok().filter(|units| units.unsigned_abs() < MOST_STORED)
    }
}

/// Units of a dollar.
const UNITS: i128 = 10_i128.pow(Usd::PLACES as u32);
/// The first number of units that has too many digits for a record.
const MOST_STORED: u64 = 10_u64.pow(Usd::DIGITS as u32);
/// Powers of ten beyond which a shift leaves nothing, or overflows.
const FARTHEST_SHIFT: i32 = 38;
/// Digits before the exponent. More are no amount of money.
const MOST_DIGITS: usize = 35;

impl FromStr for Usd {
    type Err = InvalidUsd;

    /// Reads a decimal number, also one with an exponent: the smallest amounts come as `1E-10`.
    /// Places beyond the tenth are rounded to the nearest, halves away from zero.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self).ok_or_else(|| InvalidUsd { given: text.to_owned() })
    }
}

fn parse(text: &str) -> Option<i128> {
    let (is_negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (number, exponent) = match rest.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = (1..=MOST_DIGITS).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number {
        return None;
    }
    let coefficient: i128 = digits.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let shift = exponent.checked_add(i32::from(Usd::PLACES))?.checked_sub(places)?;
    let units = shifted(coefficient, shift)?;
    // A sum of any number of such amounts stays far from the end of 128 bits.
    let is_bounded = units < 10_i128.pow(35);
    is_bounded.then_some(if is_negative { -units } else { units })
}

/// A number that isn't negative, times a power of ten, rounded.
fn shifted(number: i128, shift: i32) -> Option<i128> {
    if number == 0 || shift < -FARTHEST_SHIFT {
        return Some(0);
    }
    if shift > FARTHEST_SHIFT {
        return None;
    }
    let power = 10_i128.checked_pow(shift.unsigned_abs())?;
    if shift >= 0 {
        return number.checked_mul(power);
    }
    let (quotient, rest) = (number / power, number % power);
    Some(if rest >= power - rest { quotient + 1 } else { quotient })
}

impl fmt::Display for Usd {
    /// As a decimal number with two places at least, and no more than it needs.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        let (whole, fraction) = (units / UNITS.unsigned_abs(), units % UNITS.unsigned_abs());
        let fraction = format!("{fraction:0width$}", width = usize::from(Self::PLACES));
        let (cents, beyond) = fraction.split_at(2);
        write!(formatter, "{sign}{whole}.{cents}{}", beyond.trim_end_matches('0'))
    }
}

impl Add for Usd {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Usd {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Usd {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cost_explorer_writes_is_read() {
        for (text, units) in [
            ("0", 0),
            ("0.0000000000", 0),
            ("12", 120_000_000_000),
            ("2.5129166667", 25_129_166_667),
            ("-80.25", -802_500_000_000),
            ("+1.5", 15_000_000_000),
            (".5", 5_000_000_000),
            ("7.", 70_000_000_000),
            ("1E-10", 1),
            ("-4.0E-10", -4),
            ("1.2e3", 12_000_000_000_000),
            ("1E-99", 0),
            ("1E-2147483648", 0),
            ("0E+99", 0),
            ("0.00000000004999", 0),
            ("0.00000000005", 1),
            ("-0.00000000005", -1),
        ] {
            assert_eq!(text.parse(), Ok(Usd(units)), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "e5",
            "1e",
            "1e1.5",
            "NaN",
            "inf",
            "1,5",
            "1 ",
            "--1",
            "0x1",
            "１",
            "1E99",
            "1E2147483647",
            "10000000000000000000000000",
            "12 USD",
        ] {
            let error = text.parse::<Usd>().unwrap_err();
            assert!(error.to_string().ends_with(&format!("`{text}`")), "{error}");
        }
    }

    #[test]
    fn a_record_holds_18_digits() {
        let most: Usd = "99999999.9999999999".parse().unwrap();
        assert_eq!(most.to_stored(), Some(999_999_999_999_999_999));
        assert_eq!((-most).to_stored(), Some(-999_999_999_999_999_999));
        assert_eq!((most + Usd(1)).to_stored(), None);
        assert_eq!(Usd(i128::from(i64::MAX) + 1).to_stored(), None);
    }

    #[test]
    fn amounts_are_written_without_needless_places() {
        for (units, text) in [
            (0, "0.00"),
            (15_000_000_000, "1.50"),
            (-1, "-0.0000000001"),
            (25_129_166_667, "2.5129166667"),
        ] {
            assert_eq!(Usd(units).to_string(), text);
        }
        assert!((Usd(-25_129_166_667).to_f64() + 2.512_916_666_7).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(units in -10_i128.pow(30)..10_i128.pow(30)) {
            prop_assert_eq!(Usd(units).to_string().parse(), Ok(Usd(units)));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+]?[0-9.eE+-]{0,50}") {
            let _ = text.parse::<Usd>();
        }

        #[test]
        fn a_float_is_read_as_the_nearest_amount(usd in -1e4..1e4_f64) {
            let read: Usd = format!("{usd}").parse().unwrap();
            prop_assert!((read.to_f64() - usd).abs() <= 0.6e-10);
        }
    }
}
