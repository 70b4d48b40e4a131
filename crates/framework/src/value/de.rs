//! From a value to a struct, through serde.

use std::fmt;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Value;

/// Name by which [`crate::Attr`] makes itself known to this deserializer and its serializer.
pub(crate) const ATTR: &str = "$framework::Attr";

/// A value that doesn't fit the struct. Core has checked the value against our schema before, so
/// this is a struct that disagrees with its schema, or a number that its field can't hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ModelError {
    /// Keys from the innermost outwards.
    keys: Vec<String>,
    message: String,
}

impl fmt::Display for ModelError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys = self.keys.iter().rev();
        if let Some(first) = keys.next() {
            formatter.write_str(first)?;
            for key in keys {
                write!(formatter, ".{key}")?;
            }
            formatter.write_str(": ")?;
        }
        formatter.write_str(&self.message)
    }
}

impl serde::de::Error for ModelError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { keys: Vec::new(), message: message.to_string() }
    }
}

impl serde::ser::Error for ModelError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { keys: Vec::new(), message: message.to_string() }
    }
}

/// Reads a struct from a value.
///
/// # Errors
/// When the value doesn't fit, with the way to the misfit in the message.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, ModelError> {
    T::deserialize(ValueDeserializer(value))
}

#[derive(Clone, Copy)]
struct ValueDeserializer<'a>(&'a Value);

impl IntoDeserializer<'_, ModelError> for ValueDeserializer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for ValueDeserializer<'_> {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Unknown(_) => Err(serde::de::Error::custom("the value is not known")),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => match (number.as_i64(), number.as_u64()) {
                (Some(value), _) => visitor.visit_i64(value),
                (None, Some(value)) => visitor.visit_u64(value),
                (None, None) => visitor.visit_f64(number.as_f64()),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::List(elements) | Value::Set(elements) => {
                let elements = elements.iter().map(ValueDeserializer);
                visitor.visit_seq(SeqDeserializer::new(elements))
            }
            Value::Map(entries) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| (key.as_str(), EntryDeserializer { key, value }));
                visitor.visit_map(MapDeserializer::new(entries))
            }
            Value::Dynamic(inner) => Self(&inner.1).deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        if name == ATTR && self.0.is_null() {
            visitor.visit_unit()
        } else if name == ATTR && self.0.is_unknown() {
            visitor.visit_str(super::UNKNOWN)
        } else {
            visitor.visit_newtype_struct(self)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        let Value::String(text) = self.0 else {
            return Err(serde::de::Error::custom("one of a set of words is expected"));
        };
        visitor.visit_enum(text.as_str().into_deserializer())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A value under a key, which it names when something in it doesn't fit.
#[derive(Clone, Copy)]
struct EntryDeserializer<'a> {
    key: &'a str,
    value: &'a Value,
}

impl EntryDeserializer<'_> {
    fn named<T>(self, result: Result<T, ModelError>) -> Result<T, ModelError> {
        result.map_err(|mut problem| {
            problem.keys.push(self.key.to_owned());
            problem
        })
    }
}

impl IntoDeserializer<'_, ModelError> for EntryDeserializer<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for EntryDeserializer<'_> {
    type Error = ModelError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        self.named(ValueDeserializer(self.value).deserialize_any(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ModelError> {
        self.named(ValueDeserializer(self.value).deserialize_option(visitor))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.named(ValueDeserializer(self.value).deserialize_newtype_struct(name, visitor))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ModelError> {
        self.named(ValueDeserializer(self.value).deserialize_enum(name, variants, visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
