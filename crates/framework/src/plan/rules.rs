//! The rules by which core judges a plan, the result of an apply and what was read, checked by us
//! first.
//!
//! Core's own words for a breach blame "the provider" without a reason; ours name the attribute and
//! ask for a report. (Terraform, `docs/resource-instance-change-lifecycle.md`.)

use crate::diagnostics::{Error, Result};
use crate::path::Path;
use crate::schema::{Attribute, Kind, Nesting, Schema};
use crate::value::Value;

fn broken<T>(path: &Path, rule: &str) -> Result<T> {
    Err(Error::provider_bug(format!("it broke a rule of Terraform's: {rule}")).at(path.clone()))
}

/// Checks a planned object against what was written and what exists.
pub(crate) fn assert_planned(
    schema: &Schema,
    prior: &Value,
    config: &Value,
    planned: &Value,
) -> Result<()> {
    if config.is_null() != planned.is_null() {
        return broken(&Path::root(), "there is an object where one is configured, and only there");
    }
    planned_object(&schema.attributes, [prior, config, planned], &Path::root())
}

fn planned_object(
    attributes: &[Attribute],
    [prior, config, planned]: [&Value; 3],
    path: &Path,
) -> Result<()> {
    for attribute in attributes {
        let name = &attribute.name;
        planned_attribute(
            attribute,
            [prior.attribute(name), config.attribute(name), planned.attribute(name)],
            &path.attribute(name),
        )?;
    }
    Ok(())
}

fn planned_attribute(
    attribute: &Attribute,
    [prior, config, planned]: [&Value; 3],
    path: &Path,
) -> Result<()> {
    if attribute.write_only {
        return if planned.is_null() {
            Ok(())
        } else {
            broken(path, "a write-only value is planned")
        };
    }
    if config.is_null() {
        return if planned.is_null() || attribute.mode.is_computed() {
            Ok(())
        } else {
            broken(path, "an attribute that is not computed has a value though it is not set")
        };
    }
    let as_written = planned.without_refinements() == config.without_refinements();
    let as_before = !prior.is_null() && planned == prior;
    if as_written || as_before {
        return Ok(());
    }
    match &attribute.kind {
        Kind::Nested(nesting, attributes) => {
            planned_objects(*nesting, attributes, [prior, config, planned], path)
        }
        Kind::Plain(_) => broken(path, "a configured value comes back as another one"),
    }
}

fn planned_objects(
    nesting: Nesting,
    attributes: &[Attribute],
    [prior, config, planned]: [&Value; 3],
    path: &Path,
) -> Result<()> {
    match (nesting, config, planned) {
        (Nesting::Single, Value::Map(_), Value::Map(_)) => {
            planned_object(attributes, [prior, config, planned], path)
        }
        (Nesting::Map, Value::Map(config), Value::Map(planned))
            if config.keys().eq(planned.keys()) =>
        {
            for (key, config) in config {
                let values = [prior.attribute(key), config, &planned[key]];
                planned_object(attributes, values, &path.key(key))?;
            }
            Ok(())
        }
        (Nesting::List, Value::List(config), Value::List(planned))
            if config.len() == planned.len() =>
        {
            for (index, (config, planned)) in config.iter().zip(planned).enumerate() {
                let prior = prior.element(index);
                planned_object(attributes, [prior, config, planned], &path.index(index))?;
            }
            Ok(())
        }
        (Nesting::Set, Value::Set(config), Value::Set(planned))
            if config.len() == planned.len() =>
        {
            Ok(())
        }
        _ => broken(path, "a nested attribute has other elements than configured"),
    }
}

/// Checks the result of an apply against the plan: what was known is so, and everything is known now.
pub(crate) fn assert_applied(planned: &Value, result: &Value) -> Result<()> {
    if let Some(path) = unknown_in(result, &Path::root()) {
        return Err(Error::provider_bug("after apply a value is still unknown").at(path));
    }
    applied(planned, result, &Path::root())
}

/// Checks what a data source read: all of it is known, and what was configured is as it was written.
///
/// Core asks for the first and for an object (`readDataSource` in Terraform's
/// `node_resource_abstract_instance.go`). The second makes a configuration mean what it says.
pub(crate) fn assert_read(schema: &Schema, config: &Value, state: &Value) -> Result<()> {
    if let Some(path) = unknown_in(state, &Path::root()) {
        return Err(Error::provider_bug("after reading a value is still unknown").at(path));
    }
    assert_planned(schema, &Value::Null, config, state)
}

/// Where a value is unknown first.
pub(crate) fn unknown_in(value: &Value, path: &Path) -> Option<Path> {
    match value {
        Value::Map(entries) => {
            entries.iter().find_map(|(key, value)| unknown_in(value, &path.attribute(key)))
        }
        Value::List(elements) => elements
            .iter()
            .enumerate()
            .find_map(|(index, value)| unknown_in(value, &path.index(index))),
        Value::Null
        | Value::Unknown(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Set(_)
        | Value::Dynamic(_) => (!value.is_wholly_known()).then(|| path.clone()),
    }
}

fn applied(planned: &Value, result: &Value, path: &Path) -> Result<()> {
    let differs =
        || Err(Error::provider_bug("what was applied is not what was planned").at(path.clone()));
    match (planned, result) {
        (Value::Unknown(_), _) => Ok(()),
        (Value::Map(planned), Value::Map(result)) if planned.keys().eq(result.keys()) => {
            for (key, value) in planned {
                applied(value, &result[key], &path.attribute(key))?;
            }
            Ok(())
        }
        (Value::List(planned), Value::List(result)) if planned.len() == result.len() => {
            for (index, (planned, result)) in planned.iter().zip(result).enumerate() {
                applied(planned, result, &path.index(index))?;
            }
            Ok(())
        }
        (Value::Set(elements), Value::Set(result)) if !planned.is_wholly_known() => {
            if result.len() <= elements.len() { Ok(()) } else { differs() }
        }
        _ if planned == result => Ok(()),
        _ => differs(),
    }
}
