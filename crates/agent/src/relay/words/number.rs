//! Numbers and money in words.

use super::Words;

/// A number with groups of thousands and as many decimals as say something: `1,234.5`, `0.0012`.
pub(crate) fn plain(number: f64) -> String {
    let decimals = match number.abs() {
        size if size >= 1_000.0 => 1,
        size if size >= 1.0 || size == 0.0 => 2,
        _ => 4,
    };
    let written = grouped(number, decimals);
    let trimmed = if written.contains('.') {
        written.trim_end_matches('0').trim_end_matches('.')
    } else {
        &written
    };
    if trimmed == "0" && number != 0.0 { format!("{number:.1e}") } else { trimmed.to_owned() }
}

/// Money in US dollars, with cents.
pub(crate) fn money(dollars: f64, words: &Words) -> String {
    (words.dollars)(&grouped(dollars, 2))
}

/// A change in percent: `+334 %`.
pub(crate) fn signed_percent(percent: f64) -> String {
    let sign = if percent > 0.0 { "+" } else { "" };
    format!("{sign}{} %", grouped(percent, 0))
}

/// A number with a unit of CloudWatch's.
pub(crate) fn with_unit(number: f64, unit: Option<&str>) -> String {
    let number = plain(number);
    match unit {
        None | Some("None" | "Count") => number,
        Some("Percent") => format!("{number} %"),
        Some("Seconds") => format!("{number} s"),
        Some("Milliseconds") => format!("{number} ms"),
        Some("Microseconds") => format!("{number} µs"),
        Some(other) => format!("{number} {other}"),
    }
}

fn grouped(number: f64, decimals: usize) -> String {
    let written = format!("{number:.decimals$}");
    let (sign, written) = written.strip_prefix('-').map_or(("", &*written), |rest| ("-", rest));
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    // Beyond any money or metric there is nothing to group, and infinity isn't digits.
    if !whole.bytes().all(|byte| byte.is_ascii_digit()) || whole.len() > 18 {
        return format!("{number:e}");
    }
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = !grouped.contains(|digit: char| ('1'..='9').contains(&digit))
        && !fraction.contains(|digit: char| digit != '0');
    let sign = if is_zero { "" } else { sign };
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{grouped}{dot}{fraction}")
}

#[cfg(test)]
mod tests {
    use contract::relay::Language;
    use proptest::prelude::*;

    use super::*;
    use crate::relay::words;

    #[test]
    fn numbers_are_short() {
        for (number, written) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (99.5, "99.5"),
            (1_234_567.891, "1,234,567.9"),
            (100.0, "100"),
            (0.001_234, "0.0012"),
            (-1_234.0, "-1,234"),
            (0.000_001, "1.0e-6"),
            (1e30, "1e30"),
        ] {
            assert_eq!(plain(number), written);
        }
    }

    #[test]
    fn money_is_written_as_its_language_does() {
        for (dollars, english, japanese) in [
            (1_234.5, "$1,234.50", "1,234.50ドル"),
            (0.0, "$0.00", "0.00ドル"),
            (-3.0, "-$3.00", "-3.00ドル"),
        ] {
            assert_eq!(money(dollars, words::of(Language::English)), english);
            assert_eq!(money(dollars, words::of(Language::Japanese)), japanese);
        }
        assert_eq!(signed_percent(333.67), "+334 %");
    }

    proptest! {
        #[test]
        fn any_number_is_written(number in any::<f64>()) {
            prop_assert!(!plain(number).is_empty());
        }
    }
}
