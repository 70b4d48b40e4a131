//! From what core proposes to what the hook refines.

use std::collections::BTreeMap;

use crate::schema::{Attribute, Kind, Nesting, Schema};
use crate::value::Value;

/// The planned value before the hook: defaults set, write-only values gone, and, where anything
/// differs from what exists, what the provider chooses marked as unknown unless it is kept.
///
/// `proposed` is core's merge of configuration and prior state. None of the three may be null but
/// `prior`.
pub(crate) fn prepare(schema: &Schema, prior: &Value, config: &Value, proposed: &Value) -> Value {
    let settled = settle(&schema.attributes, prior, config, proposed);
    if settled == *prior {
        return settled;
    }
    mark(&schema.attributes, prior, config, &settled)
}

/// Applies a function to each attribute of an object with the same attribute of its companions.
fn each(
    attributes: &[Attribute],
    [prior, config, planned]: [&Value; 3],
    change: impl Fn(&Attribute, [&Value; 3]) -> Value,
) -> Value {
    let entries: BTreeMap<_, _> = attributes
        .iter()
        .map(|attribute| {
            let name = &attribute.name;
            let values = [prior.attribute(name), config.attribute(name), planned.attribute(name)];
            (name.clone(), change(attribute, values))
        })
        .collect();
    Value::Map(entries)
}

/// Applies a function to each object of a nested attribute with its companions: by position in a
/// list, by key in a map, and in a set by what the user wrote.
fn each_object(
    nesting: Nesting,
    attributes: &[Attribute],
    [prior, config, planned]: [&Value; 3],
    change: &dyn Fn([&Value; 3]) -> Value,
) -> Value {
    let null = Value::Null;
    match (nesting, planned) {
        (Nesting::Single, Value::Map(_)) => change([prior, config, planned]),
        (Nesting::Map, Value::Map(entries)) => Value::Map(
            entries
                .iter()
                .map(|(key, planned)| {
                    let values = [prior.attribute(key), config.attribute(key), planned];
                    (key.clone(), change(values))
                })
                .collect(),
        ),
        (Nesting::List, Value::List(elements)) => Value::List(
            elements
                .iter()
                .enumerate()
                .map(|(index, planned)| {
                    change([prior.element(index), config.element(index), planned])
                })
                .collect(),
        ),
        (Nesting::Set, Value::Set(elements)) => Value::set(elements.iter().map(|planned| {
            let written = find(config, attributes, planned).unwrap_or(planned);
            let existing = find(prior, attributes, planned).unwrap_or(&null);
            change([existing, written, planned])
        })),
        _ => planned.clone(),
    }
}

/// The element of a set with the same inputs as `element`, as far as the user set them.
fn find<'a>(set: &'a Value, attributes: &[Attribute], element: &Value) -> Option<&'a Value> {
    let Value::Set(elements) = set else { return None };
    elements.iter().find(|candidate| {
        attributes.iter().filter(|attribute| attribute.mode.is_input()).all(|attribute| {
            let (ours, theirs) =
                (element.attribute(&attribute.name), candidate.attribute(&attribute.name));
            ours == theirs || (attribute.mode.is_computed() && (ours.is_null() || theirs.is_null()))
        })
    })
}

/// The value without write-only parts, which may be in no plan and no state.
pub(crate) fn without_write_only(attributes: &[Attribute], object: &Value) -> Value {
    if object.entries().is_none() {
        return object.clone();
    }
    let null = Value::Null;
    each(attributes, [&null, &null, object], |attribute, [_, _, value]| match &attribute.kind {
        _ if attribute.write_only => Value::Null,
        Kind::Plain(_) => value.clone(),
        Kind::Nested(nesting, attributes) => {
            each_object(*nesting, attributes, [&null, &null, value], &|[_, _, value]| {
                without_write_only(attributes, value)
            })
        }
    })
}

fn settle(attributes: &[Attribute], prior: &Value, config: &Value, proposed: &Value) -> Value {
    if proposed.entries().is_none() {
        return proposed.clone();
    }
    each(attributes, [prior, config, proposed], |attribute, [prior, config, proposed]| {
        if attribute.write_only {
            return Value::Null;
        }
        let value = match &attribute.default {
            Some(default) if config.is_null() => default,
            _ => proposed,
        };
        match &attribute.kind {
            Kind::Plain(_) => value.clone(),
            Kind::Nested(nesting, attributes) => {
                each_object(*nesting, attributes, [prior, config, value], &|[
                    prior,
                    config,
                    value,
                ]| {
                    settle(attributes, prior, config, value)
                })
            }
        }
    })
}

fn mark(attributes: &[Attribute], prior: &Value, config: &Value, planned: &Value) -> Value {
    if planned.entries().is_none() {
        return planned.clone();
    }
    each(attributes, [prior, config, planned], |attribute, [prior, config, planned]| {
        let chosen_by_provider = attribute.mode.is_computed()
            && config.is_null()
            && attribute.default.is_none()
            && !attribute.write_only;
        if chosen_by_provider {
            let keeps = attribute.keep && !prior.is_null();
            return if keeps { prior.clone() } else { Value::unknown() };
        }
        match &attribute.kind {
            Kind::Plain(_) => planned.clone(),
            Kind::Nested(nesting, attributes) => {
                each_object(*nesting, attributes, [prior, config, planned], &|[
                    prior,
                    config,
                    planned,
                ]| {
                    mark(attributes, prior, config, planned)
                })
            }
        }
    })
}
