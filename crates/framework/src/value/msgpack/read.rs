//! Reading.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of three dozen markers each value admits a few, and all others are one error"
)]

use rmp::Marker;
use rmp::decode::{RmpRead, read_marker};

use super::REFINED;
use crate::path::Path;
use crate::value::{Bound, Number, Refinement, Type, Value};

/// Deepest nesting that is read, so that no input overflows the stack.
const MAX_DEPTH: usize = 128;
/// Largest payload of refinements that Terraform accepts.
const MAX_REFINEMENT: usize = 1024;

/// Bytes that are not a value of the expected type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {problem}", if path.is_root() { "value".to_owned() } else { path.to_string() })]
pub struct DecodeError {
    /// Where in the value.
    pub path: Path,
    /// What is wrong there.
    pub problem: String,
}

fn wrong<T>(path: &Path, problem: impl Into<String>) -> Result<T, DecodeError> {
    Err(DecodeError { path: path.clone(), problem: problem.into() })
}

/// Reads a value of the given type.
///
/// # Errors
/// When the bytes are not such a value, with the path of the first misfit. No input panics.
pub fn decode(mut bytes: &[u8], kind: &Type) -> Result<Value, DecodeError> {
    let root = Path::root();
    let value = read_value(&mut bytes, kind, &root, 0)?;
    if bytes.is_empty() { Ok(value) } else { wrong(&root, "bytes after the end of the value") }
}

fn read_value(
    input: &mut &[u8],
    kind: &Type,
    path: &Path,
    depth: usize,
) -> Result<Value, DecodeError> {
    if depth > MAX_DEPTH {
        return wrong(path, "nested too deeply");
    }
    let marker = read_marker(input).or_else(|_| wrong(path, "unexpected end"))?;
    if marker == Marker::Null {
        return Ok(Value::Null);
    }
    if let Some((extension, length)) = extension_of(marker, input, path)? {
        return read_unknown(extension, take(input, length, path)?, path);
    }
    match kind {
        Type::String => read_text(input, marker, path).map(Value::string),
        Type::Number => read_number(input, marker, path).map(Value::Number),
        Type::Bool => match marker {
            Marker::True => Ok(Value::Bool(true)),
            Marker::False => Ok(Value::Bool(false)),
            _ => wrong(path, "a bool is expected"),
        },
        Type::List(element) => {
            let elements = read_elements(input, marker, path, |input, path, _| {
                read_value(input, element, path, depth + 1)
            })?;
            Ok(Value::List(elements))
        }
        Type::Set(element) => {
            let elements = read_elements(input, marker, path, |input, path, _| {
                read_value(input, element, path, depth + 1)
            })?;
            Ok(Value::set(elements))
        }
        Type::Tuple(kinds) => {
            let elements =
                read_elements(input, marker, path, |input, path, index| match kinds.get(index) {
                    Some(kind) => read_value(input, kind, path, depth + 1),
                    None => wrong(path, format!("a tuple of {} elements is expected", kinds.len())),
                })?;
            if elements.len() == kinds.len() {
                Ok(Value::List(elements))
            } else {
                wrong(path, format!("a tuple of {} elements is expected", kinds.len()))
            }
        }
        Type::Map(element) => read_entries(input, marker, path, |input, key| {
            read_value(input, element, &path.key(key), depth + 1)
        }),
        Type::Object { attributes, .. } => {
            let value =
                read_entries(input, marker, path, |input, name| match attributes.get(name) {
                    Some(kind) => read_value(input, kind, &path.attribute(name), depth + 1),
                    None => wrong(&path.attribute(name), "unsupported attribute"),
                })?;
            if value.entries().map_or(0, std::collections::BTreeMap::len) == attributes.len() {
                Ok(value)
            } else {
                wrong(path, format!("an object with {} attributes is expected", attributes.len()))
            }
        }
        Type::Dynamic => read_dynamic(input, marker, path, depth),
    }
}

fn read_dynamic(
    input: &mut &[u8],
    marker: Marker,
    path: &Path,
    depth: usize,
) -> Result<Value, DecodeError> {
    if array_length(marker, input, path)? != 2 {
        return wrong(path, "a type and a value are expected");
    }
    let marker = read_marker(input).or_else(|_| wrong(path, "unexpected end"))?;
    let notation = read_bytes(input, marker, path)?;
    let kind = serde_json::from_slice(notation)
        .ok()
        .and_then(|json| Type::from_json(&json).ok())
        .map_or_else(|| wrong(path, "not a type"), Ok)?;
    let value = read_value(input, &kind, path, depth + 1)?;
    Ok(if value.is_null() { Value::Null } else { Value::Dynamic(Box::new((kind, value))) })
}

fn take<'a>(input: &mut &'a [u8], length: usize, path: &Path) -> Result<&'a [u8], DecodeError> {
    match input.split_at_checked(length) {
        Some((taken, rest)) => {
            *input = rest;
            Ok(taken)
        }
        None => wrong(path, "unexpected end"),
    }
}

/// Reads a big-endian unsigned integer of `width` bytes.
fn read_unsigned(input: &mut &[u8], width: usize, path: &Path) -> Result<u64, DecodeError> {
    let bytes = take(input, width, path)?;
    Ok(bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn read_length(input: &mut &[u8], width: usize, path: &Path) -> Result<usize, DecodeError> {
    let length = read_unsigned(input, width, path)?;
    usize::try_from(length).or_else(|_| wrong(path, "too long"))
}

fn read_bytes<'a>(
    input: &mut &'a [u8],
    marker: Marker,
    path: &Path,
) -> Result<&'a [u8], DecodeError> {
    let length = match marker {
        Marker::FixStr(length) => usize::from(length),
        Marker::Str8 | Marker::Bin8 => read_length(input, 1, path)?,
        Marker::Str16 | Marker::Bin16 => read_length(input, 2, path)?,
        Marker::Str32 | Marker::Bin32 => read_length(input, 4, path)?,
        _ => return wrong(path, "a string is expected"),
    };
    take(input, length, path)
}

fn read_text<'a>(
    input: &mut &'a [u8],
    marker: Marker,
    path: &Path,
) -> Result<&'a str, DecodeError> {
    std::str::from_utf8(read_bytes(input, marker, path)?).or_else(|_| wrong(path, "not UTF-8"))
}

#[expect(clippy::cast_possible_wrap, reason = "the wire's signed integers are two's complement")]
fn read_number(input: &mut &[u8], marker: Marker, path: &Path) -> Result<Number, DecodeError> {
    let not_finite = |_| wrong(path, "not a finite number");
    Ok(match marker {
        Marker::FixPos(value) => u64::from(value).into(),
        Marker::FixNeg(value) => i64::from(value).into(),
        Marker::U8 => read_unsigned(input, 1, path)?.into(),
        Marker::U16 => read_unsigned(input, 2, path)?.into(),
        Marker::U32 => read_unsigned(input, 4, path)?.into(),
        Marker::U64 => read_unsigned(input, 8, path)?.into(),
        Marker::I8 => {
            i64::from(input.read_data_i8().or_else(|_| wrong(path, "unexpected end"))?).into()
        }
        Marker::I16 => {
            i64::from(input.read_data_i16().or_else(|_| wrong(path, "unexpected end"))?).into()
        }
        Marker::I32 => {
            i64::from(input.read_data_i32().or_else(|_| wrong(path, "unexpected end"))?).into()
        }
        Marker::I64 => (read_unsigned(input, 8, path)? as i64).into(),
        Marker::F32 => {
            let value = input.read_data_f32().or_else(|_| wrong(path, "unexpected end"))?;
            Number::from_exact(f64::from(value)).or_else(not_finite)?
        }
        Marker::F64 => {
            let value = input.read_data_f64().or_else(|_| wrong(path, "unexpected end"))?;
            Number::from_exact(value).or_else(not_finite)?
        }
        _ => match read_text(input, marker, path) {
            Ok(text) => text.parse().or_else(not_finite)?,
            Err(_) => return wrong(path, "a number is expected"),
        },
    })
}

fn array_length(marker: Marker, input: &mut &[u8], path: &Path) -> Result<usize, DecodeError> {
    match marker {
        Marker::FixArray(length) => Ok(usize::from(length)),
        Marker::Array16 => read_length(input, 2, path),
        Marker::Array32 => read_length(input, 4, path),
        _ => wrong(path, "a list is expected"),
    }
}

fn map_length(marker: Marker, input: &mut &[u8], path: &Path) -> Result<usize, DecodeError> {
    match marker {
        Marker::FixMap(length) => Ok(usize::from(length)),
        Marker::Map16 => read_length(input, 2, path),
        Marker::Map32 => read_length(input, 4, path),
        _ => wrong(path, "an object or map is expected"),
    }
}

fn read_elements(
    input: &mut &[u8],
    marker: Marker,
    path: &Path,
    mut element: impl FnMut(&mut &[u8], &Path, usize) -> Result<Value, DecodeError>,
) -> Result<Vec<Value>, DecodeError> {
    let length = array_length(marker, input, path)?;
    // Not reserved by the announced length, which may be a lie; each element takes a byte at least.
    let mut elements = Vec::with_capacity(length.min(input.len()));
    for index in 0..length {
        elements.push(element(input, &path.index(index), index)?);
    }
    Ok(elements)
}

fn read_entries(
    input: &mut &[u8],
    marker: Marker,
    path: &Path,
    mut entry: impl FnMut(&mut &[u8], &str) -> Result<Value, DecodeError>,
) -> Result<Value, DecodeError> {
    let mut entries = std::collections::BTreeMap::new();
    for _ in 0..map_length(marker, input, path)? {
        let marker = read_marker(input).or_else(|_| wrong(path, "unexpected end"))?;
        let key = read_text(input, marker, path)?.to_owned();
        let value = entry(input, &key)?;
        entries.insert(key, value);
    }
    Ok(Value::Map(entries))
}

/// Type and length of an extension, when the marker begins one.
fn extension_of(
    marker: Marker,
    input: &mut &[u8],
    path: &Path,
) -> Result<Option<(i8, usize)>, DecodeError> {
    let length = match marker {
        Marker::FixExt1 => 1,
        Marker::FixExt2 => 2,
        Marker::FixExt4 => 4,
        Marker::FixExt8 => 8,
        Marker::FixExt16 => 16,
        Marker::Ext8 => read_length(input, 1, path)?,
        Marker::Ext16 => read_length(input, 2, path)?,
        Marker::Ext32 => read_length(input, 4, path)?,
        _ => return Ok(None),
    };
    let extension = input.read_data_i8().or_else(|_| wrong(path, "unexpected end"))?;
    Ok(Some((extension, length)))
}

/// Any extension is an unknown value; only one type of extension says more about it.
fn read_unknown(extension: i8, mut payload: &[u8], path: &Path) -> Result<Value, DecodeError> {
    if extension != REFINED || payload.len() <= 1 {
        return Ok(Value::unknown());
    }
    if payload.len() > MAX_REFINEMENT {
        return wrong(path, "refinements are too long");
    }
    let input = &mut payload;
    let next = |input: &mut &[u8]| read_marker(input).or_else(|_| wrong(path, "unexpected end"));
    let marker = next(input)?;
    let mut refinement = Refinement::default();
    for _ in 0..map_length(marker, input, path)? {
        let marker = next(input)?;
        let key = read_number(input, marker, path)?.as_i64();
        let marker = next(input)?;
        match key {
            Some(1) => refinement.null = Some(marker == Marker::True),
            Some(2) => refinement.prefix = Some(read_text(input, marker, path)?.to_owned()),
            Some(3) => refinement.minimum = read_bound(input, marker, path)?,
            Some(4) => refinement.maximum = read_bound(input, marker, path)?,
            Some(5) => refinement.minimum_length = read_number(input, marker, path)?.as_i64(),
            Some(6) => refinement.maximum_length = read_number(input, marker, path)?.as_i64(),
            // A refinement of a later Terraform: its shape is unknown, so the rest can't be read.
            _ => break,
        }
    }
    Ok(Value::Unknown(refinement))
}

fn read_bound(
    input: &mut &[u8],
    marker: Marker,
    path: &Path,
) -> Result<Option<Bound>, DecodeError> {
    if array_length(marker, input, path)? != 2 {
        return wrong(path, "a limit and a flag are expected");
    }
    let marker = read_marker(input).or_else(|_| wrong(path, "unexpected end"))?;
    let value = read_number(input, marker, path)?;
    let inclusive = read_marker(input).or_else(|_| wrong(path, "unexpected end"))? == Marker::True;
    Ok(Some(Bound { value, inclusive }))
}
