//! Taking over only what a resource's function changed.

use crate::value::Value;

/// `original`, with the parts replaced in which `after` differs from `before`.
///
/// A struct can't hold all that a value can (a number's hundredth digit, what is known of an
/// unknown value), so `before` is `original` after a way through the struct, and what the function
/// left alone is taken from `original`.
pub(crate) fn merge(original: &Value, before: &Value, after: &Value) -> Value {
    if before == after {
        return original.clone();
    }
    match (original, before, after) {
        (Value::Map(original), Value::Map(before), Value::Map(after)) => {
            let merged = after.iter().map(|(key, after)| {
                let value = match (original.get(key), before.get(key)) {
                    (Some(original), Some(before)) => merge(original, before, after),
                    _ => after.clone(),
                };
                (key.clone(), value)
            });
            Value::Map(merged.collect())
        }
        (Value::List(original), Value::List(before), Value::List(after))
            if original.len() == after.len() && before.len() == after.len() =>
        {
            let parts = original.iter().zip(before).zip(after);
            Value::List(
                parts.map(|((original, before), after)| merge(original, before, after)).collect(),
            )
        }
        _ => after.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Refinement;

    #[test]
    fn only_changes_are_taken_over() {
        let refined = Value::Unknown(Refinement { null: Some(false), ..Refinement::default() });
        let exact = Value::Number("0.1000000000000000000000001".parse().expect("valid"));
        let lossy = Value::Number("0.1".parse().expect("valid"));
        let original =
            Value::map([("a", refined.clone()), ("b", exact.clone()), ("c", Value::unknown())]);
        let before =
            Value::map([("a", Value::unknown()), ("b", lossy.clone()), ("c", Value::unknown())]);
        let after = Value::map([("a", Value::unknown()), ("b", lossy), ("c", Value::string("x"))]);
        assert_eq!(
            merge(&original, &before, &after),
            Value::map([("a", refined), ("b", exact), ("c", Value::string("x"))])
        );
    }
}
