//! Days as attributes write them, in UTC, as AWS bills them.

use framework::{Attr, Diagnostics, Error, Path, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days from the first to the last one of a span: ten years. AWS has costs of three at most, and the history
/// of Hinomi begins with 2020.
const MOST_DAYS: i32 = 3_653;

/// The present day.
pub fn today() -> Date {
    TimeZone::UTC.to_datetime(Timestamp::now()).date()
}

/// The day that a text such as `2027-01-31` names, when there is such a day.
pub fn day(text: &str) -> Option<Date> {
    if has_shape(text) { Date::strptime("%Y-%m-%d", text).ok() } else { None }
}

/// Whether a text is written as a day is, be there such a day or not.
pub fn has_shape(text: &str) -> bool {
    let fits = |(place, byte): (usize, u8)| match place {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// Adds an error when a known text is no day, and one when both are known and the end comes before
/// the start, or more than ten years after it.
pub fn check_span(
    (start, start_at): (&Attr<String>, Path),
    (end, end_at): (&Attr<String>, Path),
    diagnostics: &mut Diagnostics,
) {
    let mut read = |text: &Attr<String>, at: &Path| {
        let text = text.as_known()?;
        let found = day(text);
        if found.is_none() {
            let detail = format!("`{at}` must be a day such as `2027-01-31`, not {text:?}.");
            diagnostics.error(at.clone(), "Invalid day", detail);
        }
        found
    };
    let days = read(start, &start_at).zip(read(end, &end_at));
    if let Some((start, end)) = days
        && end < start
    {
        let detail =
            format!("`{end_at}` is the last day, and {end} is before the first one, {start}.");
        diagnostics.error(end_at, "The end is before the start", detail);
    } else if let Some((start, end)) = days
        && (end - start).get_days() > MOST_DAYS
    {
        let detail =
            format!("From {start} to {end} are more than ten years, and costs are known of fewer.");
        diagnostics.error(end_at, "Too many days", detail);
    }
}

/// The day of an attribute that was found valid.
///
/// # Errors
/// When it is no day, with its place.
pub fn known(text: &Attr<String>, at: Path) -> Result<Date> {
    let text = text.known("day")?;
    day(text).ok_or_else(|| Error::new("Invalid day", format!("{text:?} is no day.")).at(at))
}
