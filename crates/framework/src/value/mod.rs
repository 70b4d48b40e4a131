//! Terraform's values: known, unknown and null, of every type.
//!
//! A [`Value`] doesn't carry its type (but for [`Value::Dynamic`]): what it may hold is said by
//! the [`Type`] or schema that it is read with. Everything below the wire works on these trees;
//! resources see them as structs, through [`crate::Attr`].

mod de;
mod json;
mod kind;
mod msgpack;
mod number;
mod refinement;
mod ser;

use std::collections::BTreeMap;

pub(crate) use de::ATTR;
pub use de::from_value;
pub use json::{from_json, to_json};
pub use kind::{InvalidType, Type};
pub use msgpack::{DecodeError, decode, encode};
pub use number::{InvalidNumber, Number};
pub use refinement::{Bound, Refinement};
pub(crate) use ser::UNKNOWN;
pub use ser::to_value;

/// A value of Terraform's type system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not set.
    Null,
    /// Not known before something is applied; the refinement is what is known all the same.
    Unknown(Refinement),
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text, in Unicode normalization form C.
    String(String),
    /// Elements of a list or a tuple.
    List(Vec<Self>),
    /// Elements of a set, sorted and distinct: make it with [`Value::set`].
    Set(Vec<Self>),
    /// Elements of a map or attributes of an object.
    Map(BTreeMap<String, Self>),
    /// A value of type `dynamic`, with the type that it turned out to have.
    Dynamic(Box<(Type, Self)>),
}

impl Value {
    /// An unknown value about which nothing is known.
    pub fn unknown() -> Self {
        Self::Unknown(Refinement::default())
    }

    /// Text, brought to normalization form C as Terraform does on both sides of the wire.
    pub fn string(text: impl AsRef<str>) -> Self {
        use unicode_normalization::UnicodeNormalization;
        let text = text.as_ref();
        if text.is_ascii() {
            Self::String(text.to_owned())
        } else {
            Self::String(text.nfc().collect())
        }
    }

    /// A set of these elements, sorted, equal ones kept once. Two elements that are not known yet may
    /// turn out to differ, so that both are kept, as core does.
    pub fn set(elements: impl IntoIterator<Item = Self>) -> Self {
        let mut elements: Vec<_> = elements.into_iter().collect();
        elements.sort();
        elements.dedup_by(|one, other| one == other && one.is_wholly_known());
        Self::Set(elements)
    }

    /// A map or object of these entries.
    pub fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Whether the value is not set.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// Whether the value itself is unknown; its elements are not looked at.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// Whether neither the value nor anything in it is unknown.
    pub fn is_wholly_known(&self) -> bool {
        match self {
            Self::Unknown(_) => false,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => true,
            Self::List(elements) | Self::Set(elements) => {
                elements.iter().all(Self::is_wholly_known)
            }
            Self::Map(entries) => entries.values().all(Self::is_wholly_known),
            Self::Dynamic(inner) => inner.1.is_wholly_known(),
        }
    }

    /// The entries of a map or object; nothing for every other value.
    pub fn entries(&self) -> Option<&BTreeMap<String, Self>> {
        if let Self::Map(entries) = self { Some(entries) } else { None }
    }

    /// The elements of a list, tuple or set; none for every other value.
    pub fn elements(&self) -> &[Self] {
        if let Self::List(elements) | Self::Set(elements) = self { elements } else { &[] }
    }

    /// The element of a list or tuple; null where there is none.
    pub fn element(&self, index: usize) -> &Self {
        self.elements().get(index).unwrap_or(&Self::Null)
    }

    /// The attribute of an object or element of a map; null where there is none.
    pub fn attribute(&self, name: &str) -> &Self {
        self.entries().and_then(|entries| entries.get(name)).unwrap_or(&Self::Null)
    }

    /// The same value without what is known about its unknown parts.
    #[must_use]
    pub fn without_refinements(&self) -> Self {
        match self {
            Self::Unknown(_) => Self::unknown(),
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => self.clone(),
            Self::List(elements) => {
                Self::List(elements.iter().map(Self::without_refinements).collect())
            }
            Self::Set(elements) => Self::set(elements.iter().map(Self::without_refinements)),
            Self::Map(entries) => Self::Map(
                entries
                    .iter()
                    .map(|(key, value)| (key.clone(), value.without_refinements()))
                    .collect(),
            ),
            Self::Dynamic(inner) => {
                Self::Dynamic(Box::new((inner.0.clone(), inner.1.without_refinements())))
            }
        }
    }

    /// The same value with every unknown part made null, as core does with what a provider left unknown.
    #[must_use]
    pub fn unknown_as_null(&self) -> Self {
        match self {
            Self::Unknown(_) => Self::Null,
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => self.clone(),
            Self::List(elements) => {
                Self::List(elements.iter().map(Self::unknown_as_null).collect())
            }
            Self::Set(elements) => Self::set(elements.iter().map(Self::unknown_as_null)),
            Self::Map(entries) => Self::Map(
                entries.iter().map(|(key, value)| (key.clone(), value.unknown_as_null())).collect(),
            ),
            Self::Dynamic(inner) => {
                Self::Dynamic(Box::new((inner.0.clone(), inner.1.unknown_as_null())))
            }
        }
    }
}

#[cfg(test)]
mod tests;
