//! How a request is refused: Discord's status, its own code, its words, and the tree of field errors.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

/// A refused request.
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: u32,
    pub(crate) message: String,
    fields: Vec<FieldProblem>,
}

/// One thing wrong with one field; `path` is dotted, with array indices as numbers.
pub(crate) struct FieldProblem {
    pub(crate) path: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: Vec::new() }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 0, "401: Unauthorized")
    }

    pub(crate) fn unknown(what: Unknown) -> Self {
        let (code, name) = match what {
            Unknown::Channel => (10003, "Channel"),
            Unknown::Message => (10008, "Message"),
            Unknown::Webhook => (10015, "Webhook"),
        };
        Self::new(StatusCode::NOT_FOUND, code, format!("Unknown {name}"))
    }

    pub(crate) fn bad_webhook_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token")
    }

    pub(crate) fn missing_permissions() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50013, "Missing Permissions")
    }

    pub(crate) fn missing_access() -> Self {
        Self::new(StatusCode::FORBIDDEN, 50001, "Missing Access")
    }

    pub(crate) fn bad_request(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn not_simulated(what: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, 0, format!("The stand-in does not know {what}."))
    }

    /// `Ok` when there are no problems, else 50035 with their tree.
    pub(crate) fn unless_clean(fields: Vec<FieldProblem>) -> Result<(), Self> {
        if fields.is_empty() { Ok(()) } else { Err(Self::invalid(fields)) }
    }

    /// 50035 with the tree of these problems.
    pub(crate) fn invalid(fields: Vec<FieldProblem>) -> Self {
        Self { fields, ..Self::bad_request(50035, "Invalid Form Body") }
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = json!({ "message": self.message, "code": self.code });
        if !self.fields.is_empty() {
            let mut tree = Map::new();
            for field in &self.fields {
                plant(&mut tree, field);
            }
            body["errors"] = Value::Object(tree);
        }
        body
    }
}

/// What a 404 says is unknown.
#[derive(Clone, Copy)]
pub(crate) enum Unknown {
    Channel,
    Message,
    Webhook,
}

fn plant(tree: &mut Map<String, Value>, field: &FieldProblem) {
    let mut place = tree;
    for step in field.path.split('.') {
        let next = place.entry(step).or_insert_with(|| json!({}));
        place = next.as_object_mut().expect("a tree of field errors holds only objects");
    }
    let errors = place.entry("_errors").or_insert_with(|| json!([]));
    let list = errors.as_array_mut().expect("`_errors` is always a list");
    list.push(json!({ "code": field.code, "message": field.message }));
}
