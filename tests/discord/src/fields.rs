//! Checks of what is sent: each problem is one entry in the tree of a 50035.

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::refusal::FieldProblem;

/// Collects problems; the methods read one field each.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) problems: Vec<FieldProblem>,
}

impl Fields {
    pub(crate) fn problem(
        &mut self,
        path: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) {
        self.problems.push(FieldProblem { path: path.into(), code, message: message.into() });
    }

    /// A string of so many characters; null and absent are `None`.
    pub(crate) fn text(
        &mut self,
        body: &Value,
        path: &str,
        lengths: std::ops::RangeInclusive<usize>,
    ) -> Option<String> {
        let value = at(body, path)?;
        let Some(text) = value.as_str() else {
            self.problem(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.");
            return None;
        };
        let length = text.chars().count();
        if lengths.contains(&length) {
            return Some(text.to_owned());
        }
        let (low, high) = (lengths.start(), lengths.end());
        if *low == 0 || length >= *low {
            let message = format!("Must be {high} or fewer in length.");
            self.problem(path, "BASE_TYPE_MAX_LENGTH", message);
        } else {
            let message = format!("Must be between {low} and {high} in length.");
            self.problem(path, "BASE_TYPE_BAD_LENGTH", message);
        }
        None
    }

    pub(crate) fn required(&mut self, path: &str) {
        self.problem(path, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A list of at most so many; null and absent are empty.
    pub(crate) fn list(&mut self, body: &Value, path: &str, most: usize) -> Vec<Value> {
        let Some(value) = at(body, path) else { return Vec::new() };
        let Some(list) = value.as_array() else {
            self.problem(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.");
            return Vec::new();
        };
        if list.len() > most {
            let message = format!("Must be {most} or fewer in length.");
            self.problem(path, "BASE_TYPE_MAX_LENGTH", message);
        }
        list.clone()
    }

    /// The name of a webhook: 1 to 80 characters, without `clyde` or `discord` in any letter case.
    pub(crate) fn webhook_name(&mut self, body: &Value, path: &str) -> Option<String> {
        let name = self.text(body, path, 1..=80)?;
        let lower = name.to_lowercase();
        for word in ["clyde", "discord"] {
            if lower.contains(word) {
                let message = format!("Username cannot contain \"{word}\"");
                self.problem(path, "USERNAME_INVALID_CONTAINS", message);
            }
        }
        if ["everyone", "here"].contains(&lower.as_str()) {
            let message = format!("Username cannot be \"{lower}\"");
            self.problem(path, "USERNAME_INVALID_EQUALS", message);
        }
        // Discord trims names; one that is only white space is empty to it.
        let trimmed = name.trim();
        if trimmed.is_empty() {
            self.problem(path, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 80 in length.");
        }
        Some(trimmed.to_owned())
    }

    /// The embeds of a message, as the answer will show them. The texts of all of them sum to at most 6,000 characters.
    pub(crate) fn embeds(&mut self, body: &Value) -> Vec<Value> {
        let sent = self.list(body, "embeds", 10);
        let mut total = 0;
        let mut shown = Vec::new();
        for (index, embed) in sent.iter().enumerate() {
            total += self.embed(body, &format!("embeds.{index}"));
            shown.push(shown_embed(embed));
        }
        if total > 6000 {
            let message = "Embed size exceeds maximum size of 6000";
            self.problem("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
        }
        shown
    }

    fn embed(&mut self, body: &Value, path: &str) -> usize {
        let mut total = 0;
        let parts =
            [("title", 256), ("description", 4096), ("footer.text", 2048), ("author.name", 256)];
        for (part, most) in parts {
            total += self.length(body, &format!("{path}.{part}"), 0, most);
        }
        let fields = self.list(body, &format!("{path}.fields"), 25);
        for index in 0..fields.len() {
            for (part, most) in [("name", 256), ("value", 1024)] {
                let place = format!("{path}.fields.{index}.{part}");
                if at(body, &place).is_none() {
                    self.required(&place);
                }
                total += self.length(body, &place, 1, most);
            }
        }
        for part in ["url", "author.url"] {
            self.address(body, &format!("{path}.{part}"), &["http", "https"]);
        }
        for part in ["image.url", "thumbnail.url", "author.icon_url", "footer.icon_url"] {
            self.address(body, &format!("{path}.{part}"), &["http", "https", "attachment"]);
        }
        self.time(body, &format!("{path}.timestamp"));
        let color = format!("{path}.color");
        if at(body, &color).is_some_and(|value| value.as_u64().is_none_or(|it| it > 0xff_ffff)) {
            let message = "int value should be less than or equal to 16777215.";
            self.problem(color, "NUMBER_TYPE_MAX", message);
        }
        total
    }

    /// Whose mentions ring: a kind is either named as a whole, or by ids, of which there may be 100.
    ///
    /// Source: Discord's developer documentation, "Message Resource", "Allowed Mentions Object".
    pub(crate) fn mentions(&mut self, body: &Value) {
        let parsed = self.list(body, "allowed_mentions.parse", 3);
        for (index, kind) in parsed.iter().enumerate() {
            if !kind.as_str().is_some_and(|kind| ["roles", "users", "everyone"].contains(&kind)) {
                let path = format!("allowed_mentions.parse.{index}");
                let message = "Value must be one of ('users', 'roles', 'everyone').";
                self.problem(path, "BASE_TYPE_CHOICES", message);
            }
        }
        for kind in ["users", "roles"] {
            let path = format!("allowed_mentions.{kind}");
            let ids = self.list(body, &path, 100);
            if !ids.is_empty() && parsed.iter().any(|one| one == kind) {
                let message =
                    format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
                self.problem(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
            }
        }
    }

    /// An absolute address of one of these schemes.
    fn address(&mut self, body: &Value, path: &str, schemes: &[&str]) {
        let Some(text) = self.text(body, path, 0..=2048).filter(|text| !text.is_empty()) else {
            return;
        };
        let known = |url: &url::Url| schemes.contains(&url.scheme());
        if !url::Url::parse(&text).is_ok_and(|url| known(&url)) {
            let message = format!("Scheme must be one of {schemes:?}.");
            self.problem(path, "URL_TYPE_INVALID_SCHEME", message);
        }
    }

    /// A time in ISO 8601.
    fn time(&mut self, body: &Value, path: &str) {
        let Some(text) = self.text(body, path, 0..=64) else { return };
        if OffsetDateTime::parse(&text, &Rfc3339).is_err() {
            let message = format!("Could not parse {text}. Should be ISO8601.");
            self.problem(path, "DATE_TIME_TYPE_PARSE", message);
        }
    }

    fn length(&mut self, body: &Value, path: &str, low: usize, high: usize) -> usize {
        self.text(body, path, low..=high).map_or(0, |text| text.chars().count())
    }
}

/// The value at a dotted path; null counts as absent.
pub(crate) fn at<'a>(body: &'a Value, path: &str) -> Option<&'a Value> {
    let pointer = format!("/{}", path.replace('.', "/"));
    body.pointer(&pointer).filter(|value| !value.is_null())
}

/// Discord answers embeds with their type, without nulls, and with `inline` on every field.
fn shown_embed(embed: &Value) -> Value {
    let mut shown = without_nulls(embed);
    if let Some(fields) = shown.get_mut("fields").and_then(Value::as_array_mut) {
        for field in fields.iter_mut().filter_map(Value::as_object_mut) {
            field.entry("inline").or_insert(Value::Bool(false));
        }
    }
    if let Some(object) = shown.as_object_mut() {
        object.insert("type".into(), "rich".into());
    }
    shown
}

fn without_nulls(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(_, one)| !one.is_null())
            .map(|(name, one)| (name.clone(), without_nulls(one)))
            .collect(),
        Value::Array(list) => list.iter().map(without_nulls).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
