//! Values as JSON: the notation of state files and of `DynamicValue.json`.

use serde_json::{Map, Value as Json};

use super::{DecodeError, Number, Type, Value};
use crate::path::Path;

fn wrong<T>(path: &Path, problem: impl Into<String>) -> Result<T, DecodeError> {
    Err(DecodeError { path: path.clone(), problem: problem.into() })
}

/// Reads a value of the given type.
///
/// An attribute that the JSON lacks is null and one that the type lacks is left out, as core reads
/// a state that an earlier version of a provider wrote.
///
/// # Errors
/// When the JSON is not such a value, with the path of the first misfit.
pub fn from_json(json: &Json, kind: &Type) -> Result<Value, DecodeError> {
    read(json, kind, &Path::root())
}

fn read(json: &Json, kind: &Type, path: &Path) -> Result<Value, DecodeError> {
    match (kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (Type::String, Json::String(text)) => Ok(Value::string(text)),
        (Type::Bool, Json::Bool(value)) => Ok(Value::Bool(*value)),
        (Type::Number, Json::Number(number)) => read_number(&number.to_string(), path),
        // A state may hold a number as text when an earlier schema said string.
        (Type::Number, Json::String(text)) => read_number(text, path),
        (Type::List(element), Json::Array(elements)) => {
            Ok(Value::List(read_elements(elements, |_| element, path)?))
        }
        (Type::Set(element), Json::Array(elements)) => {
            Ok(Value::set(read_elements(elements, |_| element, path)?))
        }
        (Type::Tuple(kinds), Json::Array(elements)) if kinds.len() == elements.len() => {
            Ok(Value::List(read_elements(elements, |index| &kinds[index], path)?))
        }
        (Type::Map(element), Json::Object(entries)) => entries
            .iter()
            .map(|(key, json)| Ok((key.clone(), read(json, element, &path.key(key))?)))
            .collect::<Result<_, _>>()
            .map(Value::Map),
        (Type::Object { attributes, .. }, Json::Object(entries)) => attributes
            .iter()
            .map(|(name, kind)| {
                let json = entries.get(name).unwrap_or(&Json::Null);
                Ok((name.clone(), read(json, kind, &path.attribute(name))?))
            })
            .collect::<Result<_, _>>()
            .map(Value::Map),
        (Type::Dynamic, Json::Object(entries)) => read_dynamic(entries, path),
        _ => wrong(path, format!("a value of type {} is expected", kind.to_json())),
    }
}

fn read_number(text: &str, path: &Path) -> Result<Value, DecodeError> {
    text.parse::<Number>().map(Value::Number).or_else(|problem| wrong(path, problem.to_string()))
}

fn read_elements<'a>(
    elements: &[Json],
    kind: impl Fn(usize) -> &'a Type,
    path: &Path,
) -> Result<Vec<Value>, DecodeError> {
    let read_one = |(index, json)| read(json, kind(index), &path.index(index));
    elements.iter().enumerate().map(read_one).collect()
}

fn read_dynamic(entries: &Map<String, Json>, path: &Path) -> Result<Value, DecodeError> {
    let kind = entries.get("type").and_then(|json| Type::from_json(json).ok());
    match (kind, entries.get("value")) {
        (Some(kind), Some(json)) => {
            let value = read(json, &kind, path)?;
            Ok(if value.is_null() { Value::Null } else { Value::Dynamic(Box::new((kind, value))) })
        }
        _ => wrong(path, "an object with `type` and `value` is expected"),
    }
}

/// Writes a value as JSON. What is unknown has no JSON and becomes null.
pub fn to_json(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown(_) => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => {
            // With serde_json's arbitrary precision a number keeps the text that it was read from.
            serde_json::from_str(&number.to_string()).unwrap_or(Json::Null)
        }
        Value::String(text) => Json::String(text.clone()),
        Value::List(elements) | Value::Set(elements) => {
            Json::Array(elements.iter().map(to_json).collect())
        }
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|(key, value)| (key.clone(), to_json(value))).collect())
        }
        Value::Dynamic(inner) => {
            let (kind, value) = inner.as_ref();
            Json::Object(Map::from_iter([
                ("type".to_owned(), kind.to_json()),
                ("value".to_owned(), to_json(value)),
            ]))
        }
    }
}
