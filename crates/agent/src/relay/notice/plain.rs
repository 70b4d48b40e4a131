//! Anything that isn't recognised: as readable as it can be made, with nothing dropped.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json;

/// A notice of somebody else's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextNotice {
    /// What it is about: SNS's subject, or the type of an event.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// Whether the text is JSON, laid out to be read.
    pub is_json: bool,
}

/// A text.
pub(super) fn of_text(text: &str, subject: Option<&str>) -> TextNotice {
    // A list or a lone value is JSON too, and reads better laid out.
    if let Some(list) = serde_json::from_str::<Value>(text).ok().filter(Value::is_array) {
        return of_json(&list, subject);
    }
    TextNotice { subject: subject.map(str::to_owned), text: text.to_owned(), is_json: false }
}

/// JSON.
pub(super) fn of_json(value: &Value, subject: Option<&str>) -> TextNotice {
    let event = json::text(value, "detail-type");
    let text = serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string());
    TextNotice { subject: subject.map(str::to_owned).or(event), text, is_json: true }
}
