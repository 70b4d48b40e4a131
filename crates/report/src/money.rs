//! Amounts in the currency that is shown.

use chart::Currency;
use contract::report::{Language, Settings};

/// Currencies without a smaller unit in use (ISO 4217, minor unit 0).
const WHOLE: &[&str] = &[
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];

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

    /// Amounts that stand below each other, as digits alone, with as many decimals each.
    pub(crate) fn column(&self, usd: &[Option<f64>]) -> Vec<String> {
        let amounts: Vec<f64> = usd.iter().flatten().map(|usd| self.convert(*usd)).collect();
        let mut written = self.digits.amounts(&amounts).into_iter();
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
