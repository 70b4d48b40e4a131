//! Reading of JSON that may be of any shape: what isn't there, or isn't what it should be, is none.

use jiff::Timestamp;
use serde_json::Value;

/// An object; none for any other text.
pub(super) fn object(text: &str) -> Option<Value> {
    serde_json::from_str::<Value>(text).ok().filter(Value::is_object)
}

/// A text, or a number as text. An empty one is none.
pub(super) fn text(value: &Value, key: &str) -> Option<String> {
    as_text(value.get(key)?)
}

/// A text, or a number as text. An empty one is none.
pub(super) fn as_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

/// A finite number, or one in a text.
pub(super) fn number(value: &Value, key: &str) -> Option<f64> {
    let number = match value.get(key)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number| number.is_finite())
}

/// A whole number that isn't negative. CloudWatch writes some of them as `60.0`.
pub(super) fn whole(value: &Value, key: &str) -> Option<u64> {
    let number = number(value, key)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is neither negative nor too big"
    )]
    (0.0..=1e15).contains(&number).then_some(number as u64)
}

/// The elements of a list; none at all when it isn't one.
pub(super) fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A point in time.
pub(super) fn time(value: &Value, key: &str) -> Option<Timestamp> {
    moment(&text(value, key)?)
}

/// A point in time as any of AWS's services writes it: RFC 3339, `+0000` for `+00:00`, a day alone,
/// or as in AWS Health `Sat, 05 Jun 2023 15:30:27 GMT`.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    for pattern in ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z"] {
        if let Ok(at) = Timestamp::strptime(pattern, text) {
            return Some(at);
        }
    }
    // AWS's own samples have days of the week that don't fit their dates.
    let undated = text.split_once(", ").map_or(text, |(_, rest)| rest);
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(undated) {
        return Some(zoned.timestamp());
    }
    let day: jiff::civil::DateTime = text.parse().ok()?;
    day.to_zoned_datetime(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_services_write_them() {
        for (text, expected) in [
            ("2026-11-24T03:04:05.678+0000", "2026-11-24T03:04:05.678Z"),
            ("2026-11-24T12:04:05+09:00", "2026-11-24T03:04:05Z"),
            ("2026-11-24T03:04:05Z", "2026-11-24T03:04:05Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"),
            ("2026-11-24T03:04:05", "2026-11-24T03:04:05Z"),
            ("Tue, 24 Nov 2026 03:04:05 GMT", "2026-11-24T03:04:05Z"),
            ("Fri, 24 Nov 2026 03:04:05 GMT", "2026-11-24T03:04:05Z"),
        ] {
            assert_eq!(moment(text).map(|at| at.to_string()).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "soon", "24/11/26", "2026-13-01", "99999999999999999"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }
}
