//! How a change is planned: one pipeline for every resource.
//!
//! Defaults where the configuration has nothing → write-only values to null → where something
//! changes, what the provider will choose to unknown (or kept) → the resource's own hook → paths
//! that replace the object → a check of the rules that core enforces, so that a bug of ours is
//! named by us. Everything here works on values and the schema; nothing is resource's.

mod merge;
mod prepare;
mod rules;

pub(crate) use merge::merge;
pub(crate) use prepare::{prepare, without_write_only};
pub(crate) use rules::{assert_applied, assert_planned, assert_read, unknown_in};

use crate::diagnostics::Diagnostics;
use crate::path::{Path, Step};
use crate::private::Private;
use crate::schema::Schema;
use crate::value::Value;

/// A change as the resource's hook sees it.
#[derive(Debug)]
pub struct Plan<M> {
    /// What exists; nothing when an object is to be created or replaced.
    pub prior: Option<M>,
    /// What the user wrote, with write-only values.
    pub config: M,
    /// What the framework made of both, for the hook to refine: values that can be known already.
    pub planned: M,
    /// Private data, given to the apply.
    pub private: Private,
    /// Warnings and errors for the user.
    pub diagnostics: Diagnostics,
    replace: Vec<Path>,
}

impl<M> Plan<M> {
    /// A plan that nothing has been refined in yet. The framework makes it; a resource's tests may.
    pub fn new(prior: Option<M>, config: M, planned: M, private: Private) -> Self {
        Self {
            prior,
            config,
            planned,
            private,
            diagnostics: Diagnostics::new(),
            replace: Vec::new(),
        }
    }

    /// Whether a new object is made.
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// Says that a change of this attribute makes a new object.
    pub fn replace(&mut self, path: Path) {
        self.replace.push(path);
    }

    pub(crate) fn replaced(&self) -> &[Path] {
        &self.replace
    }
}

/// Paths whose change makes a new object: those of the schema and those of the hook, sorted, once.
pub(crate) fn replacements(
    schema: &Schema,
    prior: &Value,
    planned: &Value,
    hook: &[Path],
) -> Vec<Path> {
    if prior.is_null() || planned.is_null() {
        return Vec::new();
    }
    let mut paths = hook.to_vec();
    schema.visit(planned, |visit| {
        if visit.attribute.replace && !same_at(prior, visit.path, visit.value) {
            paths.push(visit.path.clone());
        }
    });
    schema.visit(prior, |visit| {
        if visit.attribute.replace && !visit.value.is_null() {
            paths.extend(lost_in(planned, visit.path));
        }
    });
    paths.sort();
    paths.dedup();
    paths
}

/// The part of a path at which a block ends before the path does: what lies below is not known yet,
/// or has left the configuration.
fn lost_in(block: &Value, path: &Path) -> Option<Path> {
    let mut current = block;
    let mut reached = Path::root();
    for step in path.steps() {
        if current.is_unknown() || current.is_null() {
            return Some(reached);
        }
        reached = reached.join(step.clone());
        current = match (step, current) {
            (Step::Attribute(name) | Step::Key(name), Value::Map(entries)) => {
                entries.get(name).unwrap_or(&Value::Null)
            }
            (Step::Index(index), Value::List(_)) => current.element(*index),
            // Elements of a set have no path; that the set differs is seen at the set itself.
            _ => return None,
        };
    }
    None
}

fn same_at(block: &Value, path: &Path, value: &Value) -> bool {
    let mut current = block;
    for step in path.steps() {
        current = match (step, current) {
            (Step::Attribute(name) | Step::Key(name), Value::Map(entries)) => {
                entries.get(name).unwrap_or(&Value::Null)
            }
            (Step::Index(index), Value::List(elements)) => {
                elements.get(*index).unwrap_or(&Value::Null)
            }
            _ => return value.is_null(),
        };
    }
    current == value
}

#[cfg(test)]
mod tests;
