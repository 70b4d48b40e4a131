//! Text in columns of equal characters, where full-width ones take two.

mod table;

pub(crate) use table::{Row, Table};

use unicode_width::UnicodeWidthChar;

/// What stands where a text was cut: one cell.
const CUT: char = '…';

/// Cells that a text takes in a font of equal characters.
pub(crate) fn cells(text: &str) -> usize {
    text.chars().map(cells_of).sum()
}

/// A text for a cell: on one line, and with nothing that takes no room or more than it seems to.
pub(crate) fn plain(text: &str) -> String {
    let shown = text.chars().filter_map(|one| match one {
        one if one.is_whitespace() => Some(' '),
        // What has no width would count for Discord's limits and not for the columns.
        one if cells_of(one) == 0 => None,
        one if one.len_utf16() > cells_of(one) => Some('?'),
        one => Some(one),
    });
    shown
        .collect::<String>()
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A text of at most so many cells, which ends with `…` where it was cut.
pub(crate) fn fit(text: &str, most: usize) -> String {
    if cells(text) <= most {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 0;
    for one in text.chars() {
        used += cells_of(one);
        if used + 1 > most {
            break;
        }
        kept.push(one);
    }
    let kept = kept.trim_end().to_owned();
    if most == 0 { kept } else { format!("{kept}{CUT}") }
}

/// A text of at most so many cells, of which the middle is left out: names that begin alike differ in their ends.
pub(crate) fn fit_ends(text: &str, most: usize) -> String {
    if cells(text) <= most {
        return text.to_owned();
    }
    let mut end = String::new();
    for one in text.chars().rev() {
        if cells(&end) + cells_of(one) > most / 3 {
            break;
        }
        end.insert(0, one);
    }
    format!("{}{}", fit(text, most - cells(&end)), end.trim_start())
}

/// Cells of a character (Unicode Standard Annex 11; the two half-width marks of katakana, which are written apart
/// there, take one).
fn cells_of(one: char) -> usize {
    if matches!(one, '\u{ff9e}' | '\u{ff9f}') { 1 } else { one.width().unwrap_or(0) }
}

/// A change in percent, short: `+12%`. What is far above is only said to be more.
pub(crate) fn percent(percent: f64) -> String {
    let rounded = percent.round();
    match rounded {
        percent if percent > 999.0 => ">999%".to_owned(),
        percent if percent > 0.0 => format!("+{percent:.0}%"),
        percent if percent < 0.0 => format!("{:.0}%", percent.max(-999.0)),
        _ => "0%".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn full_width_characters_take_two_cells() {
        for (text, expected) in
            [("", 0), ("abc", 3), ("火の見", 6), ("ﾊﾞｽ", 3), ("é", 1), ("e\u{301}", 1), ("🎪", 2)]
        {
            assert_eq!(cells(text), expected, "{text}");
        }
    }

    #[test]
    fn texts_are_cut_at_cells() {
        for (text, most, expected) in [
            ("shop", 4, "shop"),
            ("shop-production", 8, "shop-pr…"),
            ("本番環境", 8, "本番環境"),
            ("本番環境", 7, "本番環…"),
            ("本番環境", 6, "本番…"),
            ("a b", 2, "a…"),
            ("ab", 1, "…"),
            ("ab", 0, ""),
        ] {
            assert_eq!(fit(text, most), expected);
        }
        assert_eq!(fit_ends("security-account-17", 12), "securit…t-17");
        assert_eq!(fit_ends("開発アカウント17", 12), "開発ア…ト17");
        assert_eq!(plain(" a\n\u{200b}b\tc\u{301}\u{7} "), "a b c");
        assert_eq!(plain("𝐀👩‍👩‍👧"), "?👩👩👧");
    }

    #[test]
    fn percents_are_short() {
        for (number, expected) in [
            (12.4, "+12%"),
            (0.4, "0%"),
            (-0.4, "0%"),
            (-12.6, "-13%"),
            (999.4, "+999%"),
            (5_000.0, ">999%"),
            (-5_000.0, "-999%"),
        ] {
            assert_eq!(percent(number), expected);
        }
    }

    proptest! {
        #[test]
        fn a_fitted_text_has_room(text in "(?s).{0,60}", most in 0_usize..40) {
            let shown = plain(&text);
            prop_assert!(shown.encode_utf16().count() <= cells(&shown), "{shown:?}");
            prop_assert!(cells(&fit(&shown, most)) <= most);
            prop_assert!(cells(&fit_ends(&shown, most)) <= most);
        }
    }
}
