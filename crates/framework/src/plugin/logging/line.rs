//! One line of the log.

use serde_json::{Map, Value};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// go-plugin cuts a longer line into pieces, and then no piece is JSON. In bytes, with the line end.
const LONGEST_LINE: usize = 64 * 1024;
/// How much of a text is kept when the line is too long, at first and at last, in bytes.
const KEPT_AT_FIRST: usize = 16 * 1024;
const KEPT_AT_LAST: usize = 64;

/// Six digits of the second, no more and no fewer: go-plugin takes any other line as plain text.
const TIMESTAMP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// A line whose keys are already in hclog's form.
pub(super) struct Line(Map<String, Value>);

impl Line {
    /// A line that carries the present time.
    pub(super) fn now(
        level: &str,
        module: &str,
        message: String,
        fields: Map<String, Value>,
    ) -> Self {
        let timestamp = OffsetDateTime::now_utc()
            .format(TIMESTAMP)
            .expect("the format names only parts that a date has");
        let mut line = Map::new();
        for (key, value) in fields {
            line.insert(free_key(&key), value);
        }
        // These must be strings: Terraform itself crashes on a number in one of them. They come
        // last, so that no field can take their place.
        line.insert("@level".to_owned(), level.into());
        line.insert("@message".to_owned(), message.into());
        line.insert("@module".to_owned(), module.into());
        line.insert("@timestamp".to_owned(), timestamp.into());
        Self(line)
    }

    /// The line with its line end, shortened if it must be.
    pub(super) fn encode(mut self) -> String {
        let mut kept = KEPT_AT_FIRST;
        loop {
            let mut line = Value::Object(self.0.clone()).to_string();
            line.push('\n');
            if line.len() <= LONGEST_LINE {
                return line;
            }
            if kept < KEPT_AT_LAST {
                // So many fields that their names alone are too long.
                self.0.retain(|key, _| key.starts_with('@'));
            }
            self.0.values_mut().for_each(|value| shorten(value, kept));
            kept /= 4;
        }
    }
}

/// A field's key without the sign that marks hclog's own keys.
fn free_key(key: &str) -> String {
    match key.trim_start_matches('@') {
        "" => "field".to_owned(),
        free => free.to_owned(),
    }
}

fn shorten(value: &mut Value, kept: usize) {
    let Value::String(text) = value else { return };
    if text.len() > kept {
        text.truncate(text.floor_char_boundary(kept));
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn encode(message: &str, fields: Value) -> Value {
        let Value::Object(fields) = fields else { panic!("fields are an object") };
        let line = Line::now("warn", "a::b", message.to_owned(), fields).encode();
        assert!(line.len() <= LONGEST_LINE, "{} bytes", line.len());
        assert!(line.ends_with('\n'));
        assert_eq!(line.matches('\n').count(), 1, "one line");
        serde_json::from_str(&line).expect("JSON")
    }

    #[test]
    fn line_has_hclogs_keys_as_strings() {
        let line = encode("two\nlines", json!({ "count": 3, "ok": true }));
        assert_eq!(line["@level"], "warn");
        assert_eq!(line["@message"], "two\nlines");
        assert_eq!(line["@module"], "a::b");
        assert_eq!(line["count"], 3);
        assert_eq!(line["ok"], true);
        let timestamp = line["@timestamp"].as_str().expect("a string");
        let (date, fraction) = timestamp.split_once('.').expect("a fraction");
        assert_eq!(date.len(), "2006-01-02T15:04:05".len());
        assert_eq!(fraction.len(), "000000Z".len());
        assert!(fraction.ends_with('Z'));
    }

    #[test]
    fn no_field_can_take_the_place_of_hclogs_keys() {
        let line = encode(
            "text",
            json!({ "@message": 5, "@level": 3, "@timestamp": 12, "@@module": 1, "@": 0 }),
        );
        for key in ["@message", "@level", "@timestamp", "@module"] {
            assert!(line[key].is_string(), "{key}: {}", line[key]);
        }
        assert_eq!(line["message"], 5);
        assert_eq!(line["level"], 3);
        assert_eq!(line["field"], 0);
        assert_eq!(
            line.as_object().expect("an object").keys().filter(|k| k.starts_with('@')).count(),
            4
        );
    }

    #[test]
    fn long_texts_are_shortened() {
        let long = "é".repeat(100_000);
        let line = encode(&long, json!({ "small": "kept", "other": long }));
        assert!(line["@message"].as_str().expect("a string").ends_with('…'));
        assert_eq!(line["small"], "kept");
        // Every character here becomes six in JSON.
        let escaped = "\u{1}".repeat(200_000);
        let line = encode(&escaped, json!({ "a": escaped, "b": escaped, "c": escaped }));
        assert!(line["@message"].as_str().expect("a string").starts_with('\u{1}'));
    }

    #[test]
    fn too_many_fields_are_left_out() {
        let fields: Map<String, Value> =
            (0..20_000).map(|index| (format!("field{index}"), json!(index))).collect();
        let line = encode("kept", Value::Object(fields));
        assert_eq!(line["@message"], "kept");
        assert!(line.get("field1").is_none());
    }
}
