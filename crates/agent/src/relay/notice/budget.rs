//! A budget's notice, which is plain text for people.
//!
//! Source: AWS Cost Management User Guide, "Creating an Amazon SNS topic for budget notifications",
//! and notices as public formatters keep them in their tests.

use serde::{Deserialize, Serialize};

/// A budget whose threshold was passed. Amounts are as AWS writes them, such as `$1,234.50`, since
/// a budget may also count hours or gigabytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetNotice {
    /// The budget's name.
    pub name: String,
    /// The account that the notice is of.
    pub account: String,
    /// The day of the notice, as AWS writes it, such as `May 13, 2026`.
    pub day: Option<String>,
    /// What it counts, such as `Cost`.
    pub kind: Option<String>,
    /// The amount that may be spent.
    pub budgeted: Option<String>,
    /// Whether the amount is spent, or only foreseen.
    pub basis: Basis,
    /// The threshold, such as `> $80.00`.
    pub threshold: Option<String>,
    /// What is spent or foreseen.
    pub amount: Option<String>,
    /// Where the console shows it.
    pub link: Option<String>,
}

/// What an amount is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It is spent.
    Actual,
    /// It is foreseen.
    Forecasted,
}

impl BudgetNotice {
    /// Spent or foreseen, over what may be spent; none when either isn't an amount.
    pub fn share(&self) -> Option<f64> {
        let amount = self.amount.as_deref().and_then(number)?;
        let budgeted = self.budgeted.as_deref().and_then(number)?;
        (budgeted > 0.0).then(|| amount / budgeted)
    }
}

/// The number of `$1,234.50` or `> $80`.
pub(crate) fn number(amount: &str) -> Option<f64> {
    let digits: String = amount
        .chars()
        .filter(|character| character.is_ascii_digit() || *character == '.')
        .collect();
    let number: f64 = digits.parse().ok()?;
    let before = amount.split(|character: char| character.is_ascii_digit()).next();
    let is_negative = before.is_some_and(|before| before.contains(['-', '\u{2212}']));
    number.is_finite().then_some(if is_negative { -number } else { number })
}

/// Reads the notice of a budget; none for any other text.
pub(super) fn read(text: &str) -> Option<BudgetNotice> {
    let name = after(text, "Budget Name:")?;
    let (basis, amount) = match (after(text, "ACTUAL Amount:"), after(text, "FORECASTED Amount:")) {
        (Some(amount), _) => (Basis::Actual, Some(amount)),
        (None, Some(amount)) => (Basis::Forecasted, Some(amount)),
        (None, None) => (basis_of(text), None),
    };
    Some(BudgetNotice {
        name,
        account: after(text, "AWS Account").and_then(|text| account(&text)).unwrap_or_default(),
        day: after(text, "AWS Budget Notification"),
        kind: after(text, "Budget Type:"),
        budgeted: after(text, "Budgeted Amount:"),
        basis,
        threshold: after(text, "Alert Threshold:"),
        amount,
        link: text.split_whitespace().find(|word| word.starts_with("https://")).map(str::to_owned),
    })
}

/// The number of an account, without what else stands beside it.
fn account(text: &str) -> Option<String> {
    let mut parts = text.split(|character: char| !character.is_ascii_digit());
    parts.find(|part| part.len() == 12).map(str::to_owned)
}

fn basis_of(text: &str) -> Basis {
    let is_foreseen = after(text, "Alert Type:").is_some_and(|word| word == "FORECASTED");
    if is_foreseen { Basis::Forecasted } else { Basis::Actual }
}

/// What stands after these words, on the first line that starts with them.
fn after(text: &str, words: &str) -> Option<String> {
    let rest = text.lines().find_map(|line| line.trim().strip_prefix(words))?;
    Some(rest.trim().to_owned()).filter(|rest| !rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_its_number() {
        for (line, expected) in [
            ("AWS Account 111122223333", "111122223333"),
            ("AWS Account: 111122223333 (shop)", "111122223333"),
            ("AWS Account shop", ""),
        ] {
            let notice = read(&format!("{line}\nBudget Name: all\n")).expect("a budget");
            assert_eq!(notice.account, expected, "{line}");
        }
    }

    #[test]
    fn amounts_are_numbers() {
        for (amount, expected) in [
            ("$1,234.50", Some(1234.5)),
            ("> $80.00", Some(80.0)),
            ("100 GB", Some(100.0)),
            ("-$1,234.50", Some(-1234.5)),
            ("$-5", Some(-5.0)),
            ("none", None),
            ("1.2.3", None),
        ] {
            assert_eq!(number(amount), expected, "{amount}");
        }
    }
}
