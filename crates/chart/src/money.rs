//! How amounts are written.

use crate::words::Words;

/// A currency as the charts write it: `$1,234`, `1,234ドル`, `¥1,234`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Currency {
    /// What stands before the digits, such as `$`.
    pub prefix: String,
    /// What stands after them, such as `ドル`.
    pub suffix: String,
    /// Digits after the point of an amount below a thousand, at most 4: 2 for dollars, 0 for yen.
    pub decimals: u8,
}

/// From here on an amount has no decimals, nor have those beside it: they would say nothing.
const WHOLE: f64 = 1_000.0;
/// From here on the values of an axis are written with a unit, such as `$200k`.
const LONG: f64 = 100_000.0;
const MOST_DECIMALS: u8 = 4;

impl Currency {
    /// An amount: `$12.30`, `-$12.30`, `$400`, `$1,234`.
    pub fn amount(&self, amount: f64) -> String {
        self.written(amount, self.precision(&[amount]), "")
    }

    /// Amounts that stand below each other, all with the same number of decimals.
    pub fn amounts(&self, amounts: &[f64]) -> Vec<String> {
        let decimals = self.precision(amounts);
        amounts.iter().map(|amount| self.written(*amount, decimals, "")).collect()
    }

    /// An amount with its sign: `+$1,234`.
    pub fn change(&self, amount: f64) -> String {
        let sign = if amount > 0.0 { "+" } else { "" };
        format!("{sign}{}", self.amount(amount))
    }

    /// Decimals of amounts: none where one of them is large, or where all are whole.
    fn precision(&self, amounts: &[f64]) -> u8 {
        let is_large = amounts.iter().any(|amount| amount.abs() >= WHOLE);
        let are_whole = amounts.iter().all(|amount| amount.fract() == 0.0);
        if is_large || are_whole { 0 } else { self.decimals.min(MOST_DECIMALS) }
    }

    /// The values of an axis, all written alike: as many decimals as their `step` needs.
    pub(crate) fn axis(&self, values: &[f64], step: f64, words: &Words) -> Vec<String> {
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        let unit = words.units.iter().rev().find(|unit| largest >= unit.size.max(LONG));
        let (size, name) = unit.map_or((1.0, ""), |unit| (unit.size, unit.name));
        let needed = decimals(step / size);
        // Cents are written in full: `$0.50`.
        let decimals =
            if needed > 0 && unit.is_none() { needed.max(self.decimals) } else { needed };
        values.iter().map(|value| self.written(value / size, decimals, name)).collect()
    }

    /// An amount, written with a unit where it doesn't fit in full: `$1.2M`.
    pub(crate) fn short_amount(
        &self,
        amount: f64,
        words: &Words,
        fits: impl Fn(&str) -> bool,
    ) -> String {
        let whole = self.amount(amount);
        let unit = words.units.iter().rev().find(|unit| amount.abs() >= unit.size);
        match unit {
            Some(unit) if !fits(&whole) => self.written(amount / unit.size, 1, unit.name),
            _ => whole,
        }
    }

    fn written(&self, amount: f64, decimals: u8, unit: &str) -> String {
        let digits = format!("{:.*}", usize::from(decimals), amount.abs());
        let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
        let point = if fraction.is_empty() { "" } else { "." };
        let is_zero = digits.bytes().all(|it| matches!(it, b'0' | b'.'));
        let sign = if amount < 0.0 && !is_zero { "-" } else { "" };
        let whole = grouped(whole);
        format!("{sign}{}{whole}{point}{fraction}{unit}{}", self.prefix, self.suffix)
    }
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Digits after the point that multiples of a step have: 0 for 20, 1 for 0.5, 2 for 0.02.
fn decimals(step: f64) -> u8 {
    let mut decimals = 0;
    let mut power = 1.0;
    // A step is 1, 2 or 5 of a power of ten, so that a tenth of a part is rounding.
    let is_whole = |it: f64| it > 0.9 && (it - it.round()).abs() < 0.01;
    while !is_whole(step * power) && decimals < 15 {
        decimals += 1;
        power *= 10.0;
    }
    decimals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{ENGLISH, JAPANESE};

    fn dollars() -> Currency {
        Currency { prefix: "$".into(), suffix: String::new(), decimals: 2 }
    }

    #[test]
    fn amounts_are_as_exact_as_they_matter() {
        let yen = Currency { prefix: String::new(), suffix: "円".into(), decimals: 0 };
        for (amount, in_dollars, in_yen) in [
            (0.0, "$0", "0円"),
            (400.0, "$400", "400円"),
            (-0.001, "$0.00", "0円"),
            (12.345, "$12.35", "12円"),
            (-12.3, "-$12.30", "-12円"),
            (999.994, "$999.99", "1,000円"),
            (999.996, "$1,000.00", "1,000円"),
            (1_234.5, "$1,234", "1,234円"),
            (-1_234_567.8, "-$1,234,568", "-1,234,568円"),
            (1e12, "$1,000,000,000,000", "1,000,000,000,000円"),
        ] {
            assert_eq!(dollars().amount(amount), in_dollars);
            assert_eq!(yen.amount(amount), in_yen);
        }
        assert_eq!(dollars().change(5.5), "+$5.50");
        assert_eq!(dollars().change(-5.5), "-$5.50");
        assert_eq!(dollars().change(0.0), "$0");
        assert_eq!(dollars().amounts(&[812.21, 1_072.4]), ["$812", "$1,072"]);
        assert_eq!(dollars().amounts(&[812.21, 7.0]), ["$812.21", "$7.00"]);
    }

    #[test]
    fn values_of_an_axis_are_written_alike() {
        for (values, step, english, japanese) in [
            (&[0.0, 0.5, 1.0][..], 0.5, "$0.00 $0.50 $1.00", "$0.00 $0.50 $1.00"),
            (&[0.0, 0.005], 0.005, "$0.000 $0.005", "$0.000 $0.005"),
            (&[-20.0, 0.0, 20.0], 20.0, "-$20 $0 $20", "-$20 $0 $20"),
            (&[0.0, 50_000.0], 50_000.0, "$0 $50,000", "$0 $50,000"),
            (&[0.0, 50_000.0, 100_000.0], 50_000.0, "$0k $50k $100k", "$0万 $5万 $10万"),
            (&[0.0, 500_000.0, 1_000_000.0], 5e5, "$0.0M $0.5M $1.0M", "$0万 $50万 $100万"),
            (&[0.0, 2e8], 2e8, "$0M $200M", "$0億 $2億"),
            (&[0.0, 1e12], 1e12, "$0B $1,000B", "$0億 $10,000億"),
        ] {
            assert_eq!(dollars().axis(values, step, &ENGLISH).join(" "), english);
            assert_eq!(dollars().axis(values, step, &JAPANESE).join(" "), japanese);
        }
    }
}
