//! What is known about an unknown value.

use super::Number;

/// A limit of an unknown number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound {
    /// The limit.
    pub value: Number,
    /// Whether the limit itself is allowed.
    pub inclusive: bool,
}

/// What Terraform knows about a value that it doesn't know yet.
///
/// Only what core sends is kept, so that it can be sent back unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Refinement {
    /// `Some(false)`: the value will not be null. `Some(true)`: it will be null.
    pub null: Option<bool>,
    /// The text begins with this.
    pub prefix: Option<String>,
    /// Lower limit of a number.
    pub minimum: Option<Bound>,
    /// Upper limit of a number.
    pub maximum: Option<Bound>,
    /// Least number of elements of a collection.
    pub minimum_length: Option<i64>,
    /// Largest number of elements of a collection.
    pub maximum_length: Option<i64>,
}

impl Refinement {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
