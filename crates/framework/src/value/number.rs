//! Numbers of any size and precision, as Terraform has them.

use std::fmt;
use std::str::FromStr;

use bigdecimal::num_bigint::{BigInt, ToBigInt};
use bigdecimal::{BigDecimal, ToPrimitive};

/// Longest decimal text that is read, so that no input makes us allocate without bound.
const MAX_TEXT: usize = 10_000;
/// Largest power of ten that is read, for the same reason.
const MAX_EXPONENT: i64 = 10_000;

/// A decimal number, compared by value: `1`, `1.0` and `1e0` are equal.
///
/// Terraform computes with 512-bit floats and sends what doesn't fit an integer or a double as
/// decimal text, so a plain `f64` would change values on the way through a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number(BigDecimal);

/// A text or float that isn't a finite decimal number of a sensible size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite decimal number of at most {MAX_TEXT} digits")]
pub struct InvalidNumber;

impl Number {
    fn new(value: &BigDecimal) -> Self {
        Self(value.normalized())
    }

    /// The number whose shortest decimal text is that of `value`: `0.1` stays 0.1.
    ///
    /// # Errors
    /// When `value` is infinite or not a number.
    pub fn from_shortest(value: f64) -> Result<Self, InvalidNumber> {
        if !value.is_finite() {
            return Err(InvalidNumber);
        }
        format!("{value}").parse()
    }

    /// The exact value of a double, as Terraform means it when it sends one.
    ///
    /// # Errors
    /// When `value` is infinite or not a number.
    pub fn from_exact(value: f64) -> Result<Self, InvalidNumber> {
        BigDecimal::try_from(value).map(|decimal| Self::new(&decimal)).map_err(|_| InvalidNumber)
    }

    /// The value as an `i64`, when it is a whole number that fits.
    pub fn as_i64(&self) -> Option<i64> {
        if self.is_integer() { self.0.to_i64() } else { None }
    }

    /// The value as a `u64`, when it is a whole number that fits.
    pub fn as_u64(&self) -> Option<u64> {
        if self.is_integer() { self.0.to_u64() } else { None }
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        // Through text, since that rounds correctly for every magnitude.
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Whether the value has no fraction.
    pub fn is_integer(&self) -> bool {
        self.0.is_integer()
    }

    /// The value as a big integer, when it has no fraction.
    pub fn as_big_integer(&self) -> Option<BigInt> {
        if self.is_integer() { self.0.to_bigint() } else { None }
    }
}

impl FromStr for Number {
    type Err = InvalidNumber;

    fn from_str(text: &str) -> Result<Self, InvalidNumber> {
        if text.len() > MAX_TEXT {
            return Err(InvalidNumber);
        }
        if let Some((_, exponent)) = text.split_once(['e', 'E']) {
            let exponent: i64 = exponent.parse().map_err(|_| InvalidNumber)?;
            if exponent.abs() > MAX_EXPONENT {
                return Err(InvalidNumber);
            }
        }
        BigDecimal::from_str(text).map(|decimal| Self::new(&decimal)).map_err(|_| InvalidNumber)
    }
}

impl fmt::Display for Number {
    /// Writes plain decimal text without an exponent, as Terraform does.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.to_plain_string())
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self::new(&value.into())
    }
}

impl From<u64> for Number {
    fn from(value: u64) -> Self {
        Self::new(&value.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_equal_by_value() {
        for (left, right) in [("1", "1.0"), ("100", "1e2"), ("0.1", "0.10"), ("-0", "0")] {
            assert_eq!(left.parse::<Number>(), right.parse::<Number>(), "{left} = {right}");
        }
        assert_eq!(Number::from_shortest(0.1), "0.1".parse());
        assert_eq!(Number::from_exact(1.5), "1.5".parse());
        assert_ne!(Number::from_exact(0.1), "0.1".parse(), "the double nearest to 0.1 is not 0.1");
    }

    #[test]
    fn text_is_plain_decimal() {
        for (text, expected) in
            [("1e30", "1000000000000000000000000000000"), ("1e-7", "0.0000001"), ("3.0", "3")]
        {
            assert_eq!(text.parse::<Number>().expect("valid").to_string(), expected);
        }
    }

    #[test]
    fn absurd_numbers_are_refused() {
        for text in ["", "x", "1e999999999", "1e-999999999", "1e99999999999999999999", "NaN", "inf"]
        {
            assert_eq!(text.parse::<Number>(), Err(InvalidNumber), "{text}");
        }
        assert_eq!(Number::from_exact(f64::INFINITY), Err(InvalidNumber));
        assert_eq!(Number::from_shortest(f64::NAN), Err(InvalidNumber));
    }

    #[test]
    fn conversions_keep_the_value_or_say_no() {
        let big: Number = "9223372036854775808".parse().expect("valid");
        assert_eq!(big.as_i64(), None);
        assert_eq!(big.as_u64(), Some(9_223_372_036_854_775_808));
        assert_eq!("1.5".parse::<Number>().expect("valid").as_i64(), None);
        assert!(("0.1".parse::<Number>().expect("valid").as_f64() - 0.1).abs() < f64::EPSILON);
    }
}
