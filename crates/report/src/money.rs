//! Amounts in the currency that is shown.

use chart::Currency;
use contract::report::{Language, Settings};

/// Currencies without a smaller unit in use (ISO 4217, minor unit 0).
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];

/// From here on amounts of a column are written in millions.
const LONG: f64 = 1e8;

/// How amounts are shown.
#[derive(Clone, Debug)]
pub(crate) struct Money {
    /// With its sign, for texts and charts.
    pub(crate) currency: Currency,
    /// Digits alone, for columns.
    digits: Currency,
    pub(crate) code: String,
    per_usd: f64,
}

impl Money {
    /// As the settings say. A rate that is none is not applied: then amounts are US dollars.
    pub(crate) fn of(settings: &Settings) -> Self {
        let given = &settings.currency;
        let is_rate = given.per_usd.is_finite() && given.per_usd > 0.0;
        let (code, per_usd) = if is_rate { (&*given.code, given.per_usd) } else { ("USD", 1.0) };
        let (prefix, suffix) = sign(code, settings.language);
        let decimals = if WHOLE.contains(&code) { 0 } else { 2 };
        Self {
            currency: Currency { prefix, suffix, decimals },
            digits: Currency { prefix: String::new(), suffix: String::new(), decimals },
            code: code.to_owned(),
            per_usd,
        }
    }

    /// An amount of the currency.
    pub(crate) fn convert(&self, usd: f64) -> f64 {
        // Beyond a trillion nothing is an amount of money, and charts draw none.
        let amount = (usd * self.per_usd).clamp(-1e12, 1e12);
        if amount.is_nan() { 0.0 } else { amount }
    }

    /// An amount with its sign: `$12.30`.
    pub(crate) fn amount(&self, usd: f64) -> String {
        self.currency.amount(self.convert(usd))
    }

    /// How much more: `+$12.30`.
    pub(crate) fn change(&self, usd: f64) -> String {
        self.currency.change(self.convert(usd))
    }

    /// Amounts that stand below each other, as digits alone, with as many decimals each: `-` for none,
    /// and millions where they would be too long.
    pub(crate) fn column(&self, usd: &[Option<f64>]) -> Vec<String> {
        let amounts: Vec<f64> = usd.iter().flatten().map(|usd| self.convert(*usd)).collect();
        let is_long = amounts.iter().any(|amount| amount.abs() >= LONG);
        let written = if is_long {
            let millions = Currency { suffix: "M".to_owned(), decimals: 0, ..self.digits.clone() };
            millions.amounts(&amounts.iter().map(|amount| amount / 1e6).collect::<Vec<_>>())
        } else {
            self.digits.amounts(&amounts)
        };
        let mut written = written.into_iter();
        let written = usd.iter().map(|usd| usd.and_then(|_| written.next()));
        written.map(|written| written.unwrap_or_else(|| "-".to_owned())).collect()
    }
}

/// What stands before and after an amount.
fn sign(code: &str, language: Language) -> (String, String) {
    let (before, after) = match (code, language) {
        ("USD", Language::English) => ("$", ""),
        ("USD", Language::Japanese) => ("", "ドル"),
        ("JPY", Language::English) => ("¥", ""),
        ("JPY", Language::Japanese) => ("", "円"),
        ("EUR", _) => ("€", ""),
        ("GBP", _) => ("£", ""),
        (code, _) => return (format!("{code} "), String::new()),
    };
    (before.to_owned(), after.to_owned())
}

#[cfg(test)]
mod tests {
    use contract::report::{Currency as Given, Destination, HistoryPlace};

    use super::*;

    fn money(code: &str, per_usd: f64, language: Language) -> Money {
        let history = HistoryPlace { bucket: String::new(), prefix: String::new() };
        let mut settings = Settings::of("", Destination::of(""), history);
        settings.currency = Given { code: code.to_owned(), per_usd, as_of: None };
        settings.language = language;
        Money::of(&settings)
    }

    #[test]
    fn amounts_are_shown_in_their_currency() {
        for (code, per_usd, language, expected) in [
            ("USD", 1.0, Language::English, "$12.34 +$12.34"),
            ("USD", 1.0, Language::Japanese, "12.34ドル +12.34ドル"),
            ("JPY", 150.0, Language::English, "¥1,851 +¥1,851"),
            ("JPY", 150.0, Language::Japanese, "1,851円 +1,851円"),
            ("EUR", 0.5, Language::English, "€6.17 +€6.17"),
            ("SEK", 10.0, Language::Japanese, "SEK 123.40 +SEK 123.40"),
            ("JPY", f64::NAN, Language::English, "$12.34 +$12.34"),
        ] {
            let money = money(code, per_usd, language);
            assert_eq!(format!("{} {}", money.amount(12.34), money.change(12.34)), expected);
        }
    }

    #[test]
    fn columns_are_as_exact_as_their_largest_amount() {
        let dollars = money("USD", 1.0, Language::English);
        for (usd, expected) in [
            (vec![Some(12.5), None, Some(0.0)], "12.50 - 0.00"),
            (vec![Some(1_234.5), Some(0.4)], "1,234 0"),
            (vec![Some(2.5e8), Some(-1e6)], "250M -1M"),
            (vec![], ""),
        ] {
            assert_eq!(dollars.column(&usd).join(" "), expected);
        }
    }
}
