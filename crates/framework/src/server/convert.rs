//! Between the protocol's messages and our own types.

use std::collections::BTreeMap;

use tfplugin::tfplugin6 as wire;
use wire::attribute_path::step::Selector;

use crate::diagnostics::{Diagnostic, Diagnostics, Error, Result, Severity};
use crate::function::Function;
use crate::path::{Path, Step};
use crate::schema::{Attribute, Kind, Nesting, Schema};
use crate::value::{Type, Value, decode, encode, from_json};

/// Reads a value of the protocol; none at all is null.
pub(super) fn value(message: Option<&wire::DynamicValue>, kind: &Type) -> Result<Value> {
    let Some(message) = message else { return Ok(Value::Null) };
    let read = if !message.msgpack.is_empty() {
        decode(&message.msgpack, kind)
    } else if message.json.is_empty() {
        return Ok(Value::Null);
    } else {
        let json = serde_json::from_slice(&message.json).map_err(|problem| {
            Error::provider_bug(format!("Terraform sent invalid JSON: {problem}"))
        })?;
        from_json(&json, kind)
    };
    read.map_err(|problem| {
        Error::provider_bug(format!(
            "Terraform sent a value that doesn't fit the schema: {problem}"
        ))
    })
}

/// Writes a value for the protocol.
pub(super) fn message(value: &Value, kind: &Type) -> wire::DynamicValue {
    wire::DynamicValue { msgpack: encode(value, kind), json: Vec::new() }
}

pub(super) fn diagnostics(diagnostics: Diagnostics) -> Vec<wire::Diagnostic> {
    diagnostics.into_iter().map(diagnostic).collect()
}

fn diagnostic(diagnostic: Diagnostic) -> wire::Diagnostic {
    let severity = match diagnostic.severity {
        Severity::Error => wire::diagnostic::Severity::Error,
        Severity::Warning => wire::diagnostic::Severity::Warning,
    };
    wire::Diagnostic {
        severity: severity.into(),
        summary: diagnostic.summary,
        detail: located(diagnostic.detail, &diagnostic.path),
        // An empty path is not the same as none: only without one is the whole block meant.
        attribute: (!diagnostic.path.is_root()).then(|| path(&diagnostic.path)),
    }
}

/// Terraform shows the line of the outermost attribute at best, so what lies deeper is named.
fn located(detail: String, path: &Path) -> String {
    let place = path.to_string();
    if path.steps().len() < 2 || detail.contains(&place) {
        return detail;
    }
    let separator = if detail.is_empty() { "" } else { "\n" };
    format!("{detail}{separator}At `{place}`.")
}

pub(super) fn path(path: &Path) -> wire::AttributePath {
    let steps = path.steps().iter().map(|step| {
        let selector = match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => {
                Selector::ElementKeyInt(i64::try_from(*index).unwrap_or(i64::MAX))
            }
        };
        wire::attribute_path::Step { selector: Some(selector) }
    });
    wire::AttributePath { steps: steps.collect() }
}

pub(super) fn schema(schema: &Schema) -> wire::Schema {
    wire::Schema {
        version: schema.version,
        block: Some(wire::schema::Block {
            version: schema.version,
            attributes: schema.attributes.iter().map(attribute).collect(),
            description: schema.description.clone(),
            description_kind: wire::StringKind::Markdown.into(),
            ..wire::schema::Block::default()
        }),
    }
}

fn attribute(attribute: &Attribute) -> wire::schema::Attribute {
    use crate::schema::Mode;
    let (kind, nested_type) = match &attribute.kind {
        Kind::Plain(kind) => (kind.to_bytes(), None),
        Kind::Nested(nesting, attributes) => (Vec::new(), Some(object(*nesting, attributes))),
    };
    wire::schema::Attribute {
        name: attribute.name.clone(),
        r#type: kind,
        nested_type,
        description: attribute.description.clone(),
        required: attribute.mode == Mode::Required,
        optional: matches!(attribute.mode, Mode::Optional | Mode::OptionalComputed),
        computed: attribute.mode.is_computed(),
        sensitive: attribute.sensitive,
        description_kind: wire::StringKind::Markdown.into(),
        deprecated: attribute.deprecated.is_some(),
        write_only: attribute.write_only,
        deprecation_message: attribute.deprecated.clone().unwrap_or_default(),
    }
}

fn object(nesting: Nesting, attributes: &[Attribute]) -> wire::schema::Object {
    use wire::schema::object::NestingMode;
    let nesting = match nesting {
        Nesting::Single => NestingMode::Single,
        Nesting::List => NestingMode::List,
        Nesting::Set => NestingMode::Set,
        Nesting::Map => NestingMode::Map,
    };
    wire::schema::Object {
        attributes: attributes.iter().map(attribute).collect(),
        nesting: nesting.into(),
        ..wire::schema::Object::default()
    }
}

pub(super) fn functions(
    functions: &BTreeMap<&'static str, Function>,
) -> std::collections::HashMap<String, wire::Function> {
    functions.iter().map(|(name, described)| ((*name).to_owned(), function(described))).collect()
}

fn function(function: &Function) -> wire::Function {
    wire::Function {
        parameters: function
            .parameters
            .iter()
            .map(|parameter| wire::function::Parameter {
                name: parameter.name.to_owned(),
                r#type: parameter.kind.to_bytes(),
                description: parameter.description.to_owned(),
                description_kind: wire::StringKind::Markdown.into(),
                ..wire::function::Parameter::default()
            })
            .collect(),
        r#return: Some(wire::function::Return { r#type: function.returns.to_bytes() }),
        summary: function.summary.to_owned(),
        description: function.description.to_owned(),
        description_kind: wire::StringKind::Markdown.into(),
        ..wire::Function::default()
    }
}
