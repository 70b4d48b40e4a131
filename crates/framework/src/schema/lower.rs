//! From a model to its schema: the one place that reads what schemars derives.
//!
//! Everything unexpected is an error with the way to the field, so that a registry test finds it.
//! What schemars calls `required` is not looked at: a field's `x-tf` says who sets it.

use regex_lite::Regex;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json};

use super::tf::{Field, KEY};
use super::{Attribute, Kind, Nesting, Rule, Schema};
use crate::path::Path;
use crate::value::{Type, from_json};

/// A model that has no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct LowerError {
    /// The field.
    pub path: Path,
    /// What is wrong with it.
    pub problem: String,
}

fn wrong<T>(path: &Path, problem: impl Into<String>) -> Result<T, LowerError> {
    Err(LowerError { path: path.clone(), problem: problem.into() })
}

/// The schema of a model, in the given version of its state.
///
/// # Errors
/// When a field has no documentation, no `x-tf` or a shape that Terraform has no type for.
pub fn lower<M: JsonSchema>(version: i64) -> Result<Schema, LowerError> {
    let root = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<M>();
    let json = root.to_value();
    let path = Path::root();
    let Some(root) = json.as_object() else { return wrong(&path, "not an object") };
    let empty = Map::new();
    let definitions = root.get("$defs").and_then(Json::as_object).unwrap_or(&empty);
    let lowering = Lowering { definitions };
    Ok(Schema {
        version,
        description: text_of(root, "description").unwrap_or_default(),
        attributes: lowering.attributes(root, &path)?,
    })
}

fn text_of(schema: &Map<String, Json>, key: &str) -> Option<String> {
    schema.get(key).and_then(Json::as_str).map(str::to_owned)
}

struct Lowering<'a> {
    definitions: &'a Map<String, Json>,
}

/// What a field's schema says of its values.
struct Shape {
    kind: Kind,
    rules: Vec<Rule>,
    element_rules: Vec<Rule>,
}

impl Shape {
    fn plain(kind: Type, rules: Vec<Rule>) -> Self {
        Self { kind: Kind::Plain(kind), rules, element_rules: Vec::new() }
    }
}

impl<'a> Lowering<'a> {
    fn attributes(
        &self,
        schema: &'a Map<String, Json>,
        path: &Path,
    ) -> Result<Vec<Attribute>, LowerError> {
        let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
            return wrong(path, "an object without fields");
        };
        properties
            .iter()
            .map(|(name, property)| self.attribute(name, property, &path.attribute(name)))
            .collect()
    }

    fn attribute(
        &self,
        name: &str,
        property: &'a Json,
        path: &Path,
    ) -> Result<Attribute, LowerError> {
        let Some(property) = property.as_object() else {
            return wrong(path, "a field of any type");
        };
        let Some(description) = text_of(property, "description") else {
            return wrong(path, "no doc comment");
        };
        let field: Field = match property.get(KEY) {
            Some(words) => serde_json::from_value(words.clone())
                .or_else(|problem| wrong(path, problem.to_string()))?,
            None => return wrong(path, "no `x-tf`"),
        };
        let mut shape = self.shape(property, path)?;
        if let Some(words) = field.words() {
            say_patterns(&mut shape, words);
        }
        let mut attribute = Attribute {
            name: name.to_owned(),
            kind: shape.kind,
            mode: field.mode(),
            description,
            sensitive: field.is_sensitive(),
            write_only: field.is_write_only(),
            deprecated: field.deprecation().cloned(),
            replace: field.replaces(),
            keep: field.keeps(),
            default: None,
            rules: shape.rules,
            element_rules: shape.element_rules,
        };
        if let Some(default) = field.default_value() {
            let value = from_json(default, &attribute.value_type())
                .or_else(|problem| wrong(path, format!("default: {problem}")))?;
            attribute.default = Some(value);
        }
        Ok(attribute)
    }

    /// The schema that a reference leads to, or the schema itself.
    fn target(
        &self,
        schema: &'a Map<String, Json>,
        path: &Path,
    ) -> Result<&'a Map<String, Json>, LowerError> {
        let Some(reference) = schema.get("$ref") else { return Ok(schema) };
        reference
            .as_str()
            .and_then(|reference| reference.strip_prefix("#/$defs/"))
            .and_then(|name| self.definitions.get(name))
            .and_then(Json::as_object)
            .map_or_else(|| wrong(path, "an unknown reference"), Ok)
    }

    fn shape(&self, schema: &'a Map<String, Json>, path: &Path) -> Result<Shape, LowerError> {
        let target = self.target(schema, path)?;
        // Rules may stand beside a reference as well as in what it leads to.
        let mut rules = target.clone();
        rules.extend(schema.iter().map(|(key, value)| (key.clone(), value.clone())));
        if let Some(words) = words_of(target) {
            return Ok(Shape::plain(Type::String, vec![Rule::OneOf(words)]));
        }
        match target.get("type").and_then(Json::as_str) {
            Some("string") => Ok(Shape::plain(Type::String, text_rules(&rules, path)?)),
            Some("boolean") => Ok(Shape::plain(Type::Bool, Vec::new())),
            Some("integer") => {
                let mut limits = vec![Rule::Integer];
                limits.extend(format_rules(&rules));
                limits.extend(number_rules(&rules, path)?);
                Ok(Shape::plain(Type::Number, limits))
            }
            Some("number") => Ok(Shape::plain(Type::Number, number_rules(&rules, path)?)),
            Some("object") if target.contains_key("properties") => Ok(Shape {
                kind: Kind::Nested(Nesting::Single, self.attributes(target, path)?),
                rules: Vec::new(),
                element_rules: Vec::new(),
            }),
            Some("object") => self.collection(Nesting::Map, target, &rules, path),
            Some("array") if target.get("uniqueItems") == Some(&Json::Bool(true)) => {
                self.collection(Nesting::Set, target, &rules, path)
            }
            Some("array") => self.collection(Nesting::List, target, &rules, path),
            other => wrong(path, format!("no Terraform type for {other:?}")),
        }
    }

    fn collection(
        &self,
        nesting: Nesting,
        target: &'a Map<String, Json>,
        rules: &Map<String, Json>,
        path: &Path,
    ) -> Result<Shape, LowerError> {
        let key = if nesting == Nesting::Map { "additionalProperties" } else { "items" };
        let Some(element) = target.get(key).and_then(Json::as_object) else {
            return wrong(path, "a collection of anything");
        };
        let rules = item_rules(rules);
        let definition = self.target(element, path)?;
        if definition.contains_key("properties") {
            let kind = Kind::Nested(nesting, self.attributes(definition, path)?);
            return Ok(Shape { kind, rules, element_rules: Vec::new() });
        }
        let inner = self.shape(element, path)?;
        let Kind::Plain(inner_type) = inner.kind else {
            return wrong(path, "objects in a collection of collections");
        };
        let inner_type = Box::new(inner_type);
        let kind = match nesting {
            Nesting::Map => Type::Map(inner_type),
            Nesting::Set => Type::Set(inner_type),
            Nesting::List | Nesting::Single => Type::List(inner_type),
        };
        Ok(Shape { kind: Kind::Plain(kind), rules, element_rules: inner.rules })
    }
}

fn say_patterns(shape: &mut Shape, said: &str) {
    for rule in shape.rules.iter_mut().chain(&mut shape.element_rules) {
        if let Rule::Pattern { words, .. } = rule {
            *words = Some(said.to_owned());
        }
    }
}

/// The words of an enum, whichever of schemars' two forms it takes.
fn words_of(schema: &Map<String, Json>) -> Option<std::collections::BTreeSet<String>> {
    let plain = schema.get("enum").and_then(Json::as_array).into_iter().flatten();
    let documented =
        schema.get("oneOf").and_then(Json::as_array).into_iter().flatten().flat_map(|variant| {
            let listed = variant.get("enum").and_then(Json::as_array).into_iter().flatten();
            variant.get("const").into_iter().chain(listed)
        });
    let words: Option<std::collections::BTreeSet<_>> =
        plain.chain(documented).map(|word| word.as_str().map(str::to_owned)).collect();
    words.filter(|words| !words.is_empty())
}

fn limit(schema: &Map<String, Json>, key: &str) -> Option<u64> {
    schema.get(key).and_then(Json::as_u64)
}

fn text_rules(schema: &Map<String, Json>, path: &Path) -> Result<Vec<Rule>, LowerError> {
    let mut rules = Vec::new();
    rules.extend(limit(schema, "minLength").map(Rule::MinimumLength));
    rules.extend(limit(schema, "maxLength").map(Rule::MaximumLength));
    if let Some(pattern) = text_of(schema, "pattern") {
        let expression =
            Regex::new(&pattern).or_else(|problem| wrong(path, problem.to_string()))?;
        rules.push(Rule::Pattern { expression, words: None });
    }
    Ok(rules)
}

fn number_rules(schema: &Map<String, Json>, path: &Path) -> Result<Vec<Rule>, LowerError> {
    let number = |key: &str| match schema.get(key) {
        Some(Json::Number(number)) => match number.to_string().parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => wrong(path, "a limit that is not a number"),
        },
        _ => Ok(None),
    };
    let mut rules = Vec::new();
    rules.extend(number("minimum")?.map(Rule::Minimum));
    rules.extend(number("maximum")?.map(Rule::Maximum));
    Ok(rules)
}

/// What an integer field can hold at most, where schemars doesn't say it as a limit.
fn format_rules(schema: &Map<String, Json>) -> Vec<Rule> {
    let (least, most) = match schema.get("format").and_then(Json::as_str) {
        Some("uint32") => (0, u64::from(u32::MAX)),
        Some("uint64" | "uint") => (0, u64::MAX),
        Some("int32") => (i64::from(i32::MIN), i32::MAX.unsigned_abs().into()),
        Some("int64" | "int") => (i64::MIN, i64::MAX.unsigned_abs()),
        _ => return Vec::new(),
    };
    let mut rules = Vec::new();
    if !schema.contains_key("minimum") {
        rules.push(Rule::Minimum(least.into()));
    }
    if !schema.contains_key("maximum") {
        rules.push(Rule::Maximum(most.into()));
    }
    rules
}

fn item_rules(schema: &Map<String, Json>) -> Vec<Rule> {
    let mut rules = Vec::new();
    rules.extend(
        limit(schema, "minItems").or(limit(schema, "minProperties")).map(Rule::MinimumItems),
    );
    rules.extend(
        limit(schema, "maxItems").or(limit(schema, "maxProperties")).map(Rule::MaximumItems),
    );
    rules
}
