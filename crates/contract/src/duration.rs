//! Spans of time as people write them: `30s`, `5m`, `2h`, `14d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A whole number of seconds, read from and written as text such as `5m`.
///
/// It compares by length: `60s` equals `1m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(u64);

/// A text that is no span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be a whole number followed by `s`, `m`, `h` or `d`, such as `30s`, `5m`, `2h` or `14d`"
)]
pub struct InvalidSpan;

/// The units, largest first, with their length in seconds.
const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Span {
    /// A span of this many seconds.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Its length in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        Self::from_secs(span.0)
    }
}

impl FromStr for Span {
    type Err = InvalidSpan;

    fn from_str(text: &str) -> Result<Self, InvalidSpan> {
        let unit = text.chars().last().ok_or(InvalidSpan)?;
        let (_, length) = UNITS.iter().find(|(letter, _)| *letter == unit).ok_or(InvalidSpan)?;
        let count = text.strip_suffix(unit).ok_or(InvalidSpan)?;
        if count.is_empty() || !count.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(InvalidSpan);
        }
        let count: u64 = count.parse().map_err(|_| InvalidSpan)?;
        count.checked_mul(*length).map(Self).ok_or(InvalidSpan)
    }
}

impl fmt::Display for Span {
    /// Writes the span in its largest unit without a remainder.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().find(|(_, length)| self.0 != 0 && self.0.is_multiple_of(*length));
        let (unit, length) = whole.copied().unwrap_or(('s', 1));
        write!(formatter, "{}{unit}", self.0 / length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spans_are_read() {
        for (text, seconds) in
            [("0s", 0), ("30s", 30), ("5m", 300), ("2h", 7_200), ("14d", 1_209_600)]
        {
            assert_eq!(text.parse(), Ok(Span::from_seconds(seconds)), "{text}");
        }
        for text in [
            "",
            "5",
            "m",
            "-5m",
            "+5m",
            "1.5h",
            "5 m",
            "5min",
            "1h30m",
            "99999999999999999999s",
            "9999999999999999999d",
        ] {
            assert_eq!(text.parse::<Span>(), Err(InvalidSpan), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_the_same(seconds in 0..10_000_000_u64) {
            let span = Span::from_seconds(seconds);
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = text.parse::<Span>();
        }
    }
}
