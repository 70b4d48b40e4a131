//! One attribute of a model: null, unknown or known.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::diagnostics::{Error, Result};
use crate::value::{ATTR, UNKNOWN};

/// What a configuration, plan or state says of one attribute.
///
/// Every field of a model and every element of its collections is one, since a known map may hold
/// an unknown element: `{ auth = random_password.x.result }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Attr<T> {
    /// Not set.
    #[default]
    Null,
    /// Not known until something else has been applied.
    Unknown,
    /// Set to this.
    Known(T),
}

impl<T> Attr<T> {
    /// The value, when it is known.
    pub fn as_known(&self) -> Option<&T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The value to change, when it is known.
    pub fn as_known_mut(&mut self) -> Option<&mut T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The value, when it is known.
    pub fn into_known(self) -> Option<T> {
        if let Self::Known(value) = self { Some(value) } else { None }
    }

    /// The value of an attribute that the framework guarantees to be known, named for the message.
    ///
    /// # Errors
    /// A bug of the provider's: an operation was called with a value that is missing.
    pub fn known(&self, name: &str) -> Result<&T> {
        self.as_known().ok_or_else(|| {
            Error::provider_bug(format!(
                "the attribute `{name}` has no value where it must have one"
            ))
        })
    }

    /// Whether nothing was set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value is not known yet.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// Borrows what is inside.
    pub fn as_ref(&self) -> Attr<&T> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(value),
        }
    }

    /// Applies `change` to a known value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Attr<U> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => Attr::Known(change(value)),
        }
    }

    /// Goes on into a known value, as for an attribute of an object that may be unknown as a whole.
    pub fn and_then<U>(self, next: impl FnOnce(T) -> Attr<U>) -> Attr<U> {
        match self {
            Self::Null => Attr::Null,
            Self::Unknown => Attr::Unknown,
            Self::Known(value) => next(value),
        }
    }

    /// This, unless it is null: then the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_null() { other } else { self }
    }
}

impl<T> From<T> for Attr<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

impl<T> From<Option<T>> for Attr<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Known)
    }
}

impl<T: Serialize> Serialize for Attr<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Unknown => serializer.serialize_unit_struct(UNKNOWN),
            Self::Known(value) => serializer.serialize_newtype_struct(ATTR, value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Attr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ATTR, AttrVisitor(PhantomData))
    }
}

/// Reads from our own values, which name the three cases, and from JSON or YAML, which know two.
struct AttrVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for AttrVisitor<T> {
    type Value = Attr<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an attribute")
    }

    fn visit_unit<E: serde::de::Error>(self) -> Result<Attr<T>, E> {
        Ok(Attr::Null)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Attr<T>, E> {
        if text == UNKNOWN { Ok(Attr::Unknown) } else { Err(E::custom("an attribute is expected")) }
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Attr<T>, D::Error> {
        Option::<T>::deserialize(inner).map(Into::into)
    }
}

impl<T: JsonSchema> JsonSchema for Attr<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}
