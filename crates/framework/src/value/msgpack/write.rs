//! Writing.

use std::collections::BTreeMap;

use rmp::encode as wire;

use super::REFINED;
use crate::value::{Number, Refinement, Type, Value};

/// Writes a value of the given type.
///
/// Attributes of the type that the value lacks are written as null, so that a struct with fewer
/// fields than its schema can't produce an invalid object.
pub fn encode(value: &Value, kind: &Type) -> Vec<u8> {
    let mut output = Vec::new();
    write_value(&mut output, value, kind);
    output
}

const INFALLIBLE: &str = "writing to a vector doesn't fail";

fn write_value(output: &mut Vec<u8>, value: &Value, kind: &Type) {
    if let (Type::Dynamic, Value::Dynamic(inner)) = (kind, value) {
        let (actual, value) = inner.as_ref();
        wire::write_array_len(output, 2).expect(INFALLIBLE);
        wire::write_bin(output, &actual.to_bytes()).expect(INFALLIBLE);
        return write_value(output, value, actual);
    }
    match value {
        Value::Null => wire::write_nil(output).expect(INFALLIBLE),
        Value::Unknown(refinement) => write_unknown(output, refinement),
        Value::Bool(value) => wire::write_bool(output, *value).expect(INFALLIBLE),
        Value::Number(number) => write_number(output, number),
        Value::String(text) => wire::write_str(output, text).expect(INFALLIBLE),
        Value::List(elements) | Value::Set(elements) => {
            wire::write_array_len(output, length(elements.len())).expect(INFALLIBLE);
            for (index, element) in elements.iter().enumerate() {
                write_value(output, element, element_type(kind, index));
            }
        }
        Value::Map(entries) => write_entries(output, entries, kind),
        Value::Dynamic(inner) => write_value(output, &inner.1, kind),
    }
}

fn write_entries(output: &mut Vec<u8>, entries: &BTreeMap<String, Value>, kind: &Type) {
    if let Type::Object { attributes, .. } = kind {
        wire::write_map_len(output, length(attributes.len())).expect(INFALLIBLE);
        for (name, kind) in attributes {
            wire::write_str(output, name).expect(INFALLIBLE);
            write_value(output, entries.get(name).unwrap_or(&Value::Null), kind);
        }
    } else {
        wire::write_map_len(output, length(entries.len())).expect(INFALLIBLE);
        for (key, value) in entries {
            wire::write_str(output, key).expect(INFALLIBLE);
            write_value(output, value, element_type(kind, 0));
        }
    }
}

fn length(length: usize) -> u32 {
    u32::try_from(length).expect("a message of at most 256 MiB has fewer elements")
}

fn element_type(kind: &Type, index: usize) -> &Type {
    match kind {
        Type::List(element) | Type::Set(element) | Type::Map(element) => element,
        Type::Tuple(kinds) => kinds.get(index).unwrap_or(&Type::Dynamic),
        Type::String | Type::Number | Type::Bool | Type::Dynamic | Type::Object { .. } => {
            &Type::Dynamic
        }
    }
}

fn write_number(output: &mut Vec<u8>, number: &Number) {
    if let Some(value) = number.as_i64() {
        wire::write_sint(output, value).expect(INFALLIBLE);
    } else {
        wire::write_str(output, &number.to_string()).expect(INFALLIBLE);
    }
}

fn write_unknown(output: &mut Vec<u8>, refinement: &Refinement) {
    if refinement.is_empty() {
        return output.extend([0xd4, 0, 0]);
    }
    let mut fields: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut field = |key, write: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        write(&mut bytes);
        fields.push((key, bytes));
    };
    if let Some(null) = refinement.null {
        field(1, &|bytes| wire::write_bool(bytes, null).expect(INFALLIBLE));
    }
    if let Some(prefix) = &refinement.prefix {
        field(2, &|bytes| wire::write_str(bytes, prefix).expect(INFALLIBLE));
    }
    for (key, bound) in [(3, &refinement.minimum), (4, &refinement.maximum)] {
        if let Some(bound) = bound {
            field(key, &|bytes| {
                wire::write_array_len(bytes, 2).expect(INFALLIBLE);
                write_number(bytes, &bound.value);
                wire::write_bool(bytes, bound.inclusive).expect(INFALLIBLE);
            });
        }
    }
    for (key, limit) in [(5, refinement.minimum_length), (6, refinement.maximum_length)] {
        if let Some(limit) = limit {
            field(key, &|bytes| {
                wire::write_sint(bytes, limit).expect(INFALLIBLE);
            });
        }
    }
    let mut payload = Vec::new();
    wire::write_map_len(&mut payload, length(fields.len())).expect(INFALLIBLE);
    for (key, bytes) in fields {
        wire::write_uint(&mut payload, key).expect(INFALLIBLE);
        payload.extend(bytes);
    }
    wire::write_ext_meta(output, length(payload.len()), REFINED).expect(INFALLIBLE);
    output.extend(payload);
}
