//! Ranges of HTTP statuses.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Statuses from a first to a last one, read from and written as text: `200` or `200-299`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StatusRange {
    least: u16,
    most: u16,
}

/// A text that is no range of statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a status from 100 to 599, such as `200`, or a range of them, such as `200-299`")]
pub struct InvalidStatusRange;

impl StatusRange {
    /// Every status that says that a request succeeded.
    pub const SUCCESS: Self = Self { least: 200, most: 299 };

    /// The lowest status that is fine.
    pub const fn least(self) -> u16 {
        self.least
    }

    /// The highest status that is fine.
    pub const fn most(self) -> u16 {
        self.most
    }
}

impl FromStr for StatusRange {
    type Err = InvalidStatusRange;

    fn from_str(text: &str) -> Result<Self, InvalidStatusRange> {
        let (least, most) = text.split_once('-').unwrap_or((text, text));
        let range = Self { least: status(least)?, most: status(most)? };
        if range.least <= range.most { Ok(range) } else { Err(InvalidStatusRange) }
    }
}

fn status(text: &str) -> Result<u16, InvalidStatusRange> {
    let has_its_shape = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = text.parse().ok().filter(|status| has_its_shape && (100..=599).contains(status));
    status.ok_or(InvalidStatusRange)
}

impl fmt::Display for StatusRange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.least == self.most {
            write!(formatter, "{}", self.least)
        } else {
            write!(formatter, "{}-{}", self.least, self.most)
        }
    }
}

impl TryFrom<String> for StatusRange {
    type Error = InvalidStatusRange;

    fn try_from(text: String) -> Result<Self, InvalidStatusRange> {
        text.parse()
    }
}

impl From<StatusRange> for String {
    fn from(range: StatusRange) -> Self {
        range.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn status_ranges_are_read_and_written() {
        for (text, least, most) in [("200", 200, 200), ("200-299", 200, 299), ("100-599", 100, 599)]
        {
            let range: StatusRange = text.parse().expect("valid");
            assert_eq!((range.least(), range.most()), (least, most));
            assert_eq!(range.to_string(), text);
        }
        for text in
            ["", "99", "600", "2xx", "200-", "-200", "299-200", "200-299-300", "+200", "0200"]
        {
            assert_eq!(text.parse::<StatusRange>(), Err(InvalidStatusRange), "{text}");
        }
    }

    proptest! {
        #[test]
        fn ranges_survive_their_text(least in 100_u16..600, more in 0_u16..500) {
            let range = StatusRange { least, most: (least + more).min(599) };
            prop_assert_eq!(range.to_string().parse(), Ok(range));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<StatusRange>();
        }
    }
}
