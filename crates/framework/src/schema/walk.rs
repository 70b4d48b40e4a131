//! Walking a value beside its schema.

use super::{Attribute, Kind, Mode, Nesting, Schema};
use crate::diagnostics::Diagnostics;
use crate::path::Path;
use crate::value::{Type, Value};

/// One attribute met on the way, with its value.
#[derive(Clone, Debug)]
pub struct Visit<'a> {
    /// Where it is. Below a set the path ends at the set.
    pub path: &'a Path,
    /// What the schema says of it.
    pub attribute: &'a Attribute,
    /// Its value.
    pub value: &'a Value,
}

impl Schema {
    /// Calls `visit` for every attribute of a block, outer ones first, and for the attributes of
    /// every nested object that there is.
    pub fn visit(&self, block: &Value, mut visit: impl FnMut(Visit<'_>)) {
        visit_attributes(&self.attributes, block, &Path::root(), &mut visit);
    }

    /// Checks every known value against its attribute's rules, and adds what breaks them.
    pub fn check(&self, config: &Value, diagnostics: &mut Diagnostics) {
        self.visit(config, |visit| {
            let name = &visit.attribute.name;
            // Core checks this for the attributes of the block itself, and only there.
            if visit.attribute.mode == Mode::Required
                && visit.value.is_null()
                && visit.path.steps().len() > 1
            {
                let detail = format!("`{}` must be set.", visit.path);
                diagnostics.error(visit.path.clone(), format!("Missing `{name}`"), detail);
            }
            for rule in &visit.attribute.rules {
                if !rule.allows(visit.value) {
                    report(
                        diagnostics,
                        visit.path.clone(),
                        name,
                        rule,
                        visit.attribute,
                        visit.value,
                    );
                }
            }
            let is_map_of_values = matches!(&visit.attribute.kind, Kind::Plain(Type::Map(_)));
            let is_collection = !matches!(visit.attribute.kind, Kind::Nested(Nesting::Single, _));
            visit_elements(visit.value, visit.path, &mut |path, element| {
                // An entry of a plain map that is null is one that was left out; elsewhere a null
                // element is a mistake that would be dropped without a word.
                if element.is_null()
                    && is_collection
                    && visit.attribute.mode.is_input()
                    && !is_map_of_values
                {
                    let detail = format!("An element of `{}` is null.", visit.path);
                    diagnostics.error(path.clone(), format!("Invalid value for `{name}`"), detail);
                }
                for rule in &visit.attribute.element_rules {
                    if !rule.allows(element) {
                        report(diagnostics, path.clone(), name, rule, visit.attribute, element);
                    }
                }
            });
        });
    }

    /// Where the first attribute is, at any depth, for which `condition` holds.
    pub fn find(&self, condition: impl Fn(&Attribute) -> bool) -> Option<Path> {
        find(&self.attributes, &Path::root(), &condition)
    }

    /// The paths of attributes of `block` for which `condition` holds and which are not null.
    pub fn paths_where(&self, block: &Value, condition: impl Fn(&Attribute) -> bool) -> Vec<Path> {
        let mut paths = Vec::new();
        self.visit(block, |visit| {
            if !visit.value.is_null() && condition(visit.attribute) {
                paths.push(visit.path.clone());
            }
        });
        paths
    }
}

/// The first attribute for which `condition` holds, outer ones first; of the elements of a
/// collection only the attributes count.
fn find(
    attributes: &[Attribute],
    at: &Path,
    condition: &impl Fn(&Attribute) -> bool,
) -> Option<Path> {
    attributes.iter().find_map(|attribute| {
        let at = at.attribute(&attribute.name);
        if condition(attribute) {
            return Some(at);
        }
        let Kind::Nested(_, attributes) = &attribute.kind else { return None };
        find(attributes, &at, condition)
    })
}

fn report(
    diagnostics: &mut Diagnostics,
    path: Path,
    name: &str,
    rule: &super::Rule,
    attribute: &Attribute,
    value: &Value,
) {
    let hidden = attribute.sensitive || attribute.write_only;
    let found = match value {
        _ if hidden => String::new(),
        Value::String(text) => format!(", not {text:?}"),
        Value::Number(number) => format!(", not {number}"),
        Value::Null
        | Value::Unknown(_)
        | Value::Bool(_)
        | Value::List(_)
        | Value::Set(_)
        | Value::Map(_)
        | Value::Dynamic(_) => String::new(),
    };
    let detail = format!("`{path}` must {}{found}.", rule.requirement());
    diagnostics.error(path, format!("Invalid value for `{name}`"), detail);
}

fn visit_elements(value: &Value, path: &Path, visit: &mut impl FnMut(&Path, &Value)) {
    match value {
        Value::List(elements) => {
            for (index, element) in elements.iter().enumerate() {
                visit(&path.index(index), element);
            }
        }
        Value::Set(elements) => elements.iter().for_each(|element| visit(path, element)),
        Value::Map(entries) => {
            for (key, element) in entries {
                visit(&path.key(key), element);
            }
        }
        Value::Null
        | Value::Unknown(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Dynamic(_) => {}
    }
}

fn visit_attributes(
    attributes: &[Attribute],
    object: &Value,
    path: &Path,
    visit: &mut impl FnMut(Visit<'_>),
) {
    if object.entries().is_none() {
        return;
    }
    for attribute in attributes {
        let value = object.attribute(&attribute.name);
        let path = path.attribute(&attribute.name);
        visit(Visit { path: &path, attribute, value });
        if let Kind::Nested(nesting, attributes) = &attribute.kind {
            if *nesting == Nesting::Single {
                visit_attributes(attributes, value, &path, visit);
            } else {
                visit_elements(value, &path, &mut |path, element| {
                    visit_attributes(attributes, element, path, visit);
                });
            }
        }
    }
}
