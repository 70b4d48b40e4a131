//! The types of Terraform's values and their JSON notation.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

/// The type of a value, as Terraform's type constraints name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// Unicode text.
    String,
    /// A number of any size.
    Number,
    /// `true` or `false`.
    Bool,
    /// Any type: the value carries its own.
    Dynamic,
    /// Ordered elements of one type.
    List(Box<Self>),
    /// Unordered, distinct elements of one type.
    Set(Box<Self>),
    /// Elements of one type under string keys.
    Map(Box<Self>),
    /// Named attributes, each of its own type.
    Object {
        /// Attributes and their types.
        attributes: BTreeMap<String, Self>,
        /// Names that may be left out where a configuration is converted.
        optional: BTreeSet<String>,
    },
    /// A fixed number of elements, each of its own type.
    Tuple(Vec<Self>),
}

/// A type's JSON that isn't one of Terraform's forms.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Terraform type: {0}")]
pub struct InvalidType(String);

impl Type {
    /// An object type without optional attributes.
    pub fn object(attributes: impl IntoIterator<Item = (String, Self)>) -> Self {
        Self::Object { attributes: attributes.into_iter().collect(), optional: BTreeSet::new() }
    }

    /// The notation that Terraform uses on the wire, such as `["list","string"]`.
    pub fn to_json(&self) -> Json {
        match self {
            Self::String => json!("string"),
            Self::Number => json!("number"),
            Self::Bool => json!("bool"),
            Self::Dynamic => json!("dynamic"),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Self::to_json).collect::<Vec<_>>()])
            }
            Self::Object { attributes, optional } => {
                let attributes: serde_json::Map<_, _> =
                    attributes.iter().map(|(name, kind)| (name.clone(), kind.to_json())).collect();
                if optional.is_empty() {
                    json!(["object", attributes])
                } else {
                    json!(["object", attributes, optional])
                }
            }
        }
    }

    /// The JSON notation as the bytes that the protocol carries.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_json().to_string().into_bytes()
    }

    /// Reads the JSON notation.
    ///
    /// # Errors
    /// When the JSON is not one of Terraform's forms.
    pub fn from_json(json: &Json) -> Result<Self, InvalidType> {
        let invalid = || InvalidType(json.to_string());
        match json {
            Json::String(name) => match name.as_str() {
                "string" => Ok(Self::String),
                "number" => Ok(Self::Number),
                "bool" => Ok(Self::Bool),
                "dynamic" => Ok(Self::Dynamic),
                _ => Err(invalid()),
            },
            Json::Array(parts) => match parts.as_slice() {
                [Json::String(name), element] if name == "list" => {
                    Ok(Self::List(Box::new(Self::from_json(element)?)))
                }
                [Json::String(name), element] if name == "set" => {
                    Ok(Self::Set(Box::new(Self::from_json(element)?)))
                }
                [Json::String(name), element] if name == "map" => {
                    Ok(Self::Map(Box::new(Self::from_json(element)?)))
                }
                [Json::String(name), Json::Array(elements)] if name == "tuple" => {
                    Ok(Self::Tuple(elements.iter().map(Self::from_json).collect::<Result<_, _>>()?))
                }
                [Json::String(name), Json::Object(attributes), rest @ ..]
                    if name == "object" && rest.len() < 2 =>
                {
                    Self::object_from_json(attributes, rest.first()).ok_or_else(invalid)
                }
                _ => Err(invalid()),
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::Object(_) => Err(invalid()),
        }
    }

    fn object_from_json(
        attributes: &serde_json::Map<String, Json>,
        optional: Option<&Json>,
    ) -> Option<Self> {
        let attributes = attributes
            .iter()
            .map(|(name, kind)| Some((name.clone(), Self::from_json(kind).ok()?)))
            .collect::<Option<_>>()?;
        let optional = match optional {
            None => BTreeSet::new(),
            Some(names) => names
                .as_array()?
                .iter()
                .map(|name| name.as_str().map(str::to_owned))
                .collect::<Option<_>>()?,
        };
        Some(Self::Object { attributes, optional })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notation_round_trips() {
        for text in [
            r#""string""#,
            r#""dynamic""#,
            r#"["list","number"]"#,
            r#"["set",["map","bool"]]"#,
            r#"["tuple",["number","string","dynamic"]]"#,
            r#"["object",{"a":"string","b":["list","number"]}]"#,
            r#"["object",{"a":"string"},["a"]]"#,
        ] {
            let json: Json = serde_json::from_str(text).expect("valid JSON");
            let kind = Type::from_json(&json).expect(text);
            assert_eq!(kind.to_json(), json);
        }
    }

    #[test]
    fn other_json_is_refused() {
        for json in
            [json!(null), json!("text"), json!(["list"]), json!(["tuple", "string"]), json!({})]
        {
            assert!(Type::from_json(&json).is_err(), "{json}");
        }
    }
}
