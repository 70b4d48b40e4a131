//! The schema of a resource: what the wire schema, the plan and the checks are made from.
//!
//! It is lowered from a model ([`lower`]) and never written by hand, unless a shape can't be said
//! as a struct.

mod lower;
mod rules;
pub mod tf;
mod walk;

use std::collections::BTreeMap;

pub use lower::{LowerError, lower};
pub use rules::Rule;
pub use walk::Visit;

use crate::value::{Type, Value};

/// Who sets an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// The user, always.
    Required,
    /// The user, if they like; null otherwise.
    Optional,
    /// The user, if they like; the provider otherwise.
    OptionalComputed,
    /// The provider alone.
    Computed,
}

impl Mode {
    /// Whether a configuration may set the attribute.
    pub fn is_input(self) -> bool {
        self != Self::Computed
    }

    /// Whether the provider may choose the value.
    pub fn is_computed(self) -> bool {
        matches!(self, Self::Computed | Self::OptionalComputed)
    }
}

/// How the objects of a nested attribute are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// A list of objects.
    List,
    /// A set of objects.
    Set,
    /// Objects under string keys.
    Map,
}

/// What an attribute holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A value of a type.
    Plain(Type),
    /// Objects whose attributes are described one by one.
    Nested(Nesting, Vec<Attribute>),
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "they are Terraform's own flags")]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Who sets it.
    pub mode: Mode,
    /// What it means, in Markdown.
    pub description: String,
    /// Whether its value is kept out of what Terraform shows.
    pub sensitive: bool,
    /// Whether its value is in the configuration alone, never in a plan or a state.
    pub write_only: bool,
    /// Why it should no longer be used.
    pub deprecated: Option<String>,
    /// Whether a change makes a new object.
    pub replace: bool,
    /// Whether a value that the provider chose stays when other attributes change.
    pub keep: bool,
    /// The value where the configuration has none.
    pub default: Option<Value>,
    /// What values are allowed.
    pub rules: Vec<Rule>,
    /// What elements of a plain collection are allowed.
    pub element_rules: Vec<Rule>,
}

impl Attribute {
    /// The type of its values.
    pub fn value_type(&self) -> Type {
        match &self.kind {
            Kind::Plain(kind) => kind.clone(),
            Kind::Nested(nesting, attributes) => {
                let object = Box::new(object_type(attributes));
                match nesting {
                    Nesting::Single => *object,
                    Nesting::List => Type::List(object),
                    Nesting::Set => Type::Set(object),
                    Nesting::Map => Type::Map(object),
                }
            }
        }
    }
}

fn object_type(attributes: &[Attribute]) -> Type {
    Type::object(
        attributes.iter().map(|attribute| (attribute.name.clone(), attribute.value_type())),
    )
}

/// The schema of a provider block, resource or data source.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema {
    /// Version of the state's shape, counted from zero.
    pub version: i64,
    /// What the block is for, in Markdown.
    pub description: String,
    /// Its attributes in the order in which they were declared.
    pub attributes: Vec<Attribute>,
}

impl Schema {
    /// The type of the whole block.
    pub fn value_type(&self) -> Type {
        object_type(&self.attributes)
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// Brings a value that came from a struct to this schema: lists that are sets become sets, and
    /// attributes that the struct lacks become null.
    #[must_use]
    pub fn conform(&self, value: Value) -> Value {
        conform_type(value, &self.value_type())
    }
}

fn conform_type(value: Value, kind: &Type) -> Value {
    match (kind, value) {
        (Type::Set(element), Value::List(elements) | Value::Set(elements)) => {
            Value::set(elements.into_iter().map(|value| conform_type(value, element)))
        }
        (Type::List(element), Value::List(elements)) => {
            Value::List(elements.into_iter().map(|value| conform_type(value, element)).collect())
        }
        (Type::Map(element), Value::Map(entries)) => Value::Map(
            entries.into_iter().map(|(key, value)| (key, conform_type(value, element))).collect(),
        ),
        (Type::Object { attributes, .. }, Value::Map(mut entries)) => {
            let conformed: BTreeMap<_, _> = attributes
                .iter()
                .map(|(name, kind)| {
                    let value = entries.remove(name).unwrap_or(Value::Null);
                    (name.clone(), conform_type(value, kind))
                })
                .collect();
            Value::Map(conformed)
        }
        (_, value) => value,
    }
}

#[cfg(test)]
mod tests;
