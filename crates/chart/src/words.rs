//! The charts' own words and ways to write dates. Titles and names come from the caller.

use jiff::civil::Date;

/// Words of a language. The two that exist are [`ENGLISH`] and [`JAPANESE`].
#[derive(Debug)]
pub struct Words {
    pub(crate) median: &'static str,
    pub(crate) budget: fn(&str) -> String,
    pub(crate) budget_above: fn(&str) -> String,
    pub(crate) incomplete: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) other: fn(usize) -> String,
    pub(crate) actual: &'static str,
    pub(crate) baseline: &'static str,
    pub(crate) added: &'static str,
    pub(crate) saved: &'static str,
    pub(crate) a_month: fn(&str) -> String,
    pub(crate) own_scales: &'static str,
    pub(crate) list: &'static str,
    pub(crate) day: fn(Date) -> String,
    pub(crate) month: fn(Date) -> String,
    /// Units of large amounts, from the smallest.
    pub(crate) units: &'static [Unit],
}

/// A unit of large amounts.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) size: f64,
    pub(crate) name: &'static str,
}

/// English.
pub const ENGLISH: Words = Words {
    median: "7-day median",
    budget: |amount| format!("Budget {amount}/day"),
    budget_above: |amount| format!("Budget {amount}/day (above the chart)"),
    incomplete: "Not final yet",
    missing: "No data",
    other: |groups| format!("Other ({groups})"),
    actual: "Actual cost",
    baseline: "Usual for the weekday",
    added: "Added by the event",
    saved: "Less than usual",
    a_month: |percent| format!("{percent}/month"),
    own_scales: "Each chart has its own scale.",
    list: ", ",
    day: |date| date.strftime("%b %-d").to_string(),
    month: |date| date.strftime("%b %Y").to_string(),
    units: &[
        Unit { size: 1e3, name: "k" },
        Unit { size: 1e6, name: "M" },
        Unit { size: 1e9, name: "B" },
    ],
};

/// Japanese.
pub const JAPANESE: Words = Words {
    median: "7日間の中央値",
    budget: |amount| format!("予算 {amount}/日"),
    budget_above: |amount| format!("予算 {amount}/日（図の範囲外）"),
    incomplete: "未確定",
    missing: "データなし",
    other: |groups| format!("その他（{groups}件）"),
    actual: "実績",
    baseline: "同じ曜日の通常額",
    added: "イベントによる増加",
    saved: "通常額を下回った分",
    a_month: |percent| format!("{percent}/月"),
    own_scales: "縦軸の目盛りはグラフごとに異なります。",
    list: "、",
    day: |date| date.strftime("%-m/%-d").to_string(),
    month: |date| date.strftime("%Y/%-m").to_string(),
    units: &[Unit { size: 1e4, name: "万" }, Unit { size: 1e8, name: "億" }],
};

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn dates_are_written_as_each_language_does() {
        for (day, english, japanese) in [
            (date(2026, 11, 3), "Nov 3 Nov 2026", "11/3 2026/11"),
            (date(2026, 1, 31), "Jan 31 Jan 2026", "1/31 2026/1"),
            (date(2024, 2, 29), "Feb 29 Feb 2024", "2/29 2024/2"),
        ] {
            for (words, written) in [(&ENGLISH, english), (&JAPANESE, japanese)] {
                assert_eq!(format!("{} {}", (words.day)(day), (words.month)(day)), written);
            }
        }
    }
}
