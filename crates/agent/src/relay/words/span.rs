//! Time in words.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Words;

/// Lengths of the units of [`Words::units`] in seconds.
const LENGTHS: [u64; 4] = [86_400, 3_600, 60, 1];

/// A span of time in its two largest units: `2 h 5 min`, `2時間5分`.
pub(crate) fn duration(seconds: u64, words: &Words) -> String {
    let first = LENGTHS.iter().position(|length| seconds >= *length).unwrap_or(3);
    let count = seconds / LENGTHS[first];
    let written =
        |count: u64, unit: usize| format!("{count}{}{}", words.unit_gap, words.units[unit]);
    let rest = seconds % LENGTHS[first];
    match LENGTHS.get(first + 1).map(|length| rest / length) {
        Some(more) if more > 0 => {
            format!("{}{}{}", written(count, first), words.unit_gap, written(more, first + 1))
        }
        Some(_) | None => written(count, first),
    }
}

/// A point in time in a zone, for what has no markup: `2026-11-24 12:04 JST`. A zone that isn't known
/// is UTC.
pub(crate) fn clock(at: Timestamp, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    at.to_zoned_datetime(zone).strftime("%Y-%m-%d %H:%M %Z").to_string()
}

#[cfg(test)]
mod tests {
    use contract::relay::Language;

    use super::*;
    use crate::relay::words;

    #[test]
    fn spans_have_two_units_at_most() {
        for (seconds, english, japanese) in [
            (0, "0 s", "0秒"),
            (59, "59 s", "59秒"),
            (60, "1 min", "1分"),
            (125, "2 min 5 s", "2分5秒"),
            (7_500, "2 h 5 min", "2時間5分"),
            (7_201, "2 h", "2時間"),
            (90_000, "1 d 1 h", "1日1時間"),
        ] {
            assert_eq!(duration(seconds, words::of(Language::English)), english);
            assert_eq!(duration(seconds, words::of(Language::Japanese)), japanese);
        }
    }

    #[test]
    fn a_clock_shows_its_zone() {
        let at: Timestamp = "2026-11-24T03:04:05Z".parse().expect("a time");
        assert_eq!(clock(at, "Asia/Tokyo"), "2026-11-24 12:04 JST");
        assert_eq!(clock(at, "Moon/Tycho"), "2026-11-24 03:04 UTC");
    }
}
