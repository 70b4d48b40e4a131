//! What values an attribute allows, as a model's `length`, `range` and `regex` say it.

use std::collections::BTreeSet;

use regex_lite::Regex;

use crate::value::{Number, Value};

/// One thing that a value must be.
#[derive(Clone, Debug)]
pub enum Rule {
    /// A number without a fraction.
    Integer,
    /// A number no less than this.
    Minimum(Number),
    /// A number no greater than this.
    Maximum(Number),
    /// Text of at least this many characters.
    MinimumLength(u64),
    /// Text of at most this many characters.
    MaximumLength(u64),
    /// A collection of at least this many elements.
    MinimumItems(u64),
    /// A collection of at most this many elements.
    MaximumItems(u64),
    /// Text that an expression matches.
    Pattern {
        /// The expression.
        expression: Regex,
        /// The rule in words that go on after "The value must ".
        words: Option<String>,
    },
    /// One of these words.
    OneOf(BTreeSet<String>),
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        // An expression has no equality of its own; its text is what is written down of it.
        format!("{self:?}") == format!("{other:?}")
    }
}

fn plural(count: u64, word: &str) -> String {
    if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") }
}

impl Rule {
    /// Whether a known value keeps the rule. Null and unknown values keep every rule.
    pub fn allows(&self, value: &Value) -> bool {
        match (self, value) {
            (Self::Integer, Value::Number(number)) => number.is_integer(),
            (Self::Minimum(limit), Value::Number(number)) => number >= limit,
            (Self::Maximum(limit), Value::Number(number)) => number <= limit,
            (Self::MinimumLength(limit), Value::String(text)) => {
                text.chars().count() as u64 >= *limit
            }
            (Self::MaximumLength(limit), Value::String(text)) => {
                text.chars().count() as u64 <= *limit
            }
            (Self::MinimumItems(limit), value) => {
                count(value).is_none_or(|items| items as u64 >= *limit)
            }
            (Self::MaximumItems(limit), value) => {
                count(value).is_none_or(|items| items as u64 <= *limit)
            }
            (Self::Pattern { expression, .. }, Value::String(text)) => expression.is_match(text),
            (Self::OneOf(words), Value::String(text)) => words.contains(text),
            _ => true,
        }
    }

    /// The rule in words that go on after "The value must ".
    pub fn requirement(&self) -> String {
        match self {
            Self::Integer => "be a whole number".to_owned(),
            Self::Minimum(limit) => format!("be at least {limit}"),
            Self::Maximum(limit) => format!("be at most {limit}"),
            Self::MinimumLength(limit) => format!("have at least {}", plural(*limit, "character")),
            Self::MaximumLength(limit) => format!("have at most {}", plural(*limit, "character")),
            Self::MinimumItems(limit) => format!("have at least {}", plural(*limit, "element")),
            Self::MaximumItems(limit) => format!("have at most {}", plural(*limit, "element")),
            Self::Pattern { words: Some(words), .. } => words.clone(),
            Self::Pattern { expression, words: None } => {
                format!("match the expression `{expression}`")
            }
            Self::OneOf(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
                match words.split_last() {
                    Some((last, [])) => format!("be {last}"),
                    Some((last, others)) => format!("be one of {} or {last}", others.join(", ")),
                    None => "not be set".to_owned(),
                }
            }
        }
    }
}

fn count(value: &Value) -> Option<usize> {
    match value {
        Value::List(elements) | Value::Set(elements) => Some(elements.len()),
        Value::Map(entries) => Some(entries.len()),
        Value::Null
        | Value::Unknown(_)
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Dynamic(_) => None,
    }
}
