//! Functions that a configuration may call: `provider::hinomi::runs_per_month("5m")`.

use crate::value::{Type, Value};

/// One positional parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name, shown in messages.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Its type.
    pub kind: Type,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// What is wrong, as a sentence.
    pub text: String,
    /// The argument it is about, counted from zero.
    pub argument: Option<usize>,
}

/// A pure function. Core calls it with known, non-null arguments only, remembers results by argument
/// and may call it before the provider is configured.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// One line on what it is for.
    pub summary: &'static str,
    /// What it does, in Markdown.
    pub description: &'static str,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// The type of its result.
    pub returns: Type,
    /// The function.
    pub call: fn(&[Value]) -> Result<Value, FunctionError>,
}
