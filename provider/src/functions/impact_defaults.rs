//! `provider::hinomi::impact_defaults("critical")`.

use contract::impact::{Defaults, Impact, out_of};
use framework::value::{Type, Value};
use framework::{Function, FunctionError, Parameter};

/// The function's declaration.
pub(crate) fn function() -> Function {
    Function {
        name: "impact_defaults",
        summary: "What a monitor's impact sets.",
        description: "Shows the values that `impact` gives to a monitor's `interval`, `timeout`, `retries`, `failures` and `out_of` (of its alarm), `failing_locations`, `reminder` (`0s` for never) and `mention`, where the monitor doesn't set them itself. The impact is `critical`, `high`, `normal` or `low`. A canary's timeout is always `1m`.",
        parameters: vec![Parameter {
            name: "impact",
            description: "What an outage would do: `critical`, `high`, `normal` or `low`.",
            kind: Type::String,
        }],
        returns: Type::object(ATTRIBUTES.into_iter().map(|(name, kind)| (name.to_owned(), kind))),
        call,
    }
}

/// What the answer consists of.
const ATTRIBUTES: [(&str, Type); 8] = [
    ("interval", Type::String),
    ("timeout", Type::String),
    ("retries", Type::Number),
    ("failures", Type::Number),
    ("out_of", Type::Number),
    ("failing_locations", Type::Number),
    ("reminder", Type::String),
    ("mention", Type::Bool),
];

fn call(arguments: &[Value]) -> Result<Value, FunctionError> {
    let [Value::String(word)] = arguments else {
        return Err(FunctionError { text: "One impact is expected.".to_owned(), argument: None });
    };
    let Some(impact) = Impact::of(word) else {
        let words: Vec<_> =
            Impact::ALL.iter().map(|impact| format!("`{}`", impact.word())).collect();
        let text = format!("The impact must be one of {}.", words.join(", "));
        return Err(FunctionError { text, argument: Some(0) });
    };
    Ok(answer(&impact.defaults()))
}

fn answer(defaults: &Defaults) -> Value {
    let number = |value: u64| Value::Number(value.into());
    let reminder = defaults.reminder.map_or_else(|| "0s".to_owned(), |span| span.to_string());
    Value::Map(
        [
            ("interval", Value::string(defaults.interval.to_string())),
            ("timeout", Value::string(defaults.timeout.to_string())),
            ("retries", number(defaults.retries.into())),
            ("failures", number(defaults.failures.into())),
            ("out_of", number(out_of(defaults.failures).into())),
            ("failing_locations", number(defaults.failing_locations.into())),
            ("reminder", Value::string(&reminder)),
            ("mention", Value::Bool(defaults.mention)),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_impact_has_all_values() {
        for impact in Impact::ALL {
            let Ok(Value::Map(values)) = call(&[Value::string(impact.word())]) else {
                panic!("an object for {impact:?}")
            };
            let names: Vec<&str> = values.keys().map(String::as_str).collect();
            let mut wanted: Vec<&str> = ATTRIBUTES.iter().map(|(name, _)| *name).collect();
            wanted.sort_unstable();
            assert_eq!(names, wanted);
        }
    }

    #[test]
    fn what_is_no_impact_is_refused_with_its_argument() {
        let refused = call(&[Value::string("severe")]).expect_err("no impact");
        assert_eq!(refused.argument, Some(0));
        assert!(refused.text.contains("`critical`"), "{}", refused.text);
    }
}
