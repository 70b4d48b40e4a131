//! Discord's own description of these operations, to check both sides against.
//!
//! The file and its licence are in `openapi/`.

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::Operation;

const DOCUMENT: &str = include_str!("../openapi/webhooks.json");

/// Discord's description.
pub struct Description {
    document: Value,
}

impl Description {
    /// The description that this crate carries.
    ///
    /// # Panics
    /// When the file is not JSON.
    pub fn official() -> Self {
        Self { document: serde_json::from_str(DOCUMENT).expect("the description is JSON") }
    }

    /// Checks the JSON body of a request; `Err` names each place that the description does not allow.
    pub fn check_request(&self, operation: Operation, body: &Value) -> Result<(), Vec<String>> {
        let declared = self.at(operation, "/requestBody/content/application~1json/schema");
        let Some(pointer) = declared else {
            return Err(vec!["the operation takes no body".into()]);
        };
        let known = self.document.pointer(&pointer).and_then(|schema| schema.get("properties"));
        let mut problems = self.problems(&pointer, body);
        // JSON Schema lets unknown fields pass; a client that sends one has misspelled something.
        if let (Some(known), Some(sent)) = (known, body.as_object()) {
            let unknown = sent.keys().filter(|name| known.get(name.as_str()).is_none());
            problems.extend(unknown.map(|name| format!("/{name}: not in the description")));
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Checks the JSON body of an answer with this status; `None` is no body.
    pub fn check_answer(
        &self,
        operation: Operation,
        status: u16,
        body: Option<&Value>,
    ) -> Result<(), Vec<String>> {
        let exact = format!("/responses/{status}");
        let declared = [exact.as_str(), "/responses/4XX"]
            .into_iter()
            .filter(|place| *place == exact || (400..500).contains(&status))
            .find_map(|place| self.at(operation, place));
        let Some(mut pointer) = declared else {
            return Err(vec![format!("status {status} is not in the description")]);
        };
        if let Some(reference) = self.document.pointer(&pointer).and_then(|one| one.get("$ref")) {
            pointer = reference.as_str().unwrap_or_default().trim_start_matches('#').to_owned();
        }
        pointer.push_str("/content/application~1json/schema");
        let problems = match (self.document.pointer(&pointer).is_some(), body) {
            (true, Some(body)) => self.problems(&pointer, body),
            (false, None) => Vec::new(),
            (true, None) => vec!["the description has a body here".into()],
            (false, Some(_)) => vec!["the description has no body here".into()],
        };
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn at(&self, operation: Operation, place: &str) -> Option<String> {
        let escaped = operation.template().replace('/', "~1");
        let method = operation.method().to_lowercase();
        let pointer = format!("/paths/{escaped}/{method}{place}");
        self.document.pointer(&pointer).map(|_| pointer)
    }

    fn problems(&self, pointer: &str, body: &Value) -> Vec<String> {
        // The braces of a path template have to be escaped in a URI fragment.
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        let schema = json!({
            "$ref": format!("#{fragment}"),
            "paths": self.document["paths"],
            "components": self.document["components"],
        });
        let validator: Validator = match jsonschema::draft202012::options().build(&schema) {
            Ok(validator) => validator,
            Err(problem) => return vec![format!("{pointer}: {problem}")],
        };
        validator.iter_errors(body).map(|one| format!("{}: {one}", one.instance_path())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_answers_are_found() {
        let description = Description::official();
        let check = |status, body: Option<Value>| {
            description.check_answer(Operation::ReadWebhook, status, body.as_ref()).is_ok()
        };
        let mut webhook = json!({
            "application_id": null, "avatar": null, "channel_id": "1", "id": "2", "name": "bell", "type": 1,
        });
        assert!(check(200, Some(webhook.clone())));
        webhook["id"] = 2.into();
        assert!(!check(200, Some(webhook)));
        assert!(!check(200, None));
        assert!(!check(302, None));
        assert!(check(404, Some(json!({ "code": 10015, "message": "Unknown Webhook" }))));
        assert!(!check(404, Some(json!({ "message": "Unknown Webhook" }))));
        assert!(!check(429, Some(json!({ "code": 0, "message": "slow" }))));
    }

    #[test]
    fn wrong_requests_are_found() {
        let description = Description::official();
        let check =
            |body: Value| description.check_request(Operation::CreateWebhook, &body).is_ok();
        assert!(check(json!({ "name": "bell", "avatar": null })));
        assert!(!check(json!({ "avatar": null })));
        assert!(!check(json!({ "name": "bell", "nmae": "bell" })));
        let none = description.check_request(Operation::DeleteWebhook, &json!({}));
        assert!(none.is_err());
    }
}
