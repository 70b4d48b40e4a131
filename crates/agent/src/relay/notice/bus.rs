//! What EventBridge writes around an event.

use serde_json::Value;

use super::json;

/// The detail of an event of this type.
pub(super) fn detail<'a>(value: &'a Value, kind: &str) -> Option<&'a Value> {
    let is_of_kind = json::text(value, "detail-type")? == kind;
    value.get("detail").filter(|detail| is_of_kind && detail.is_object())
}
