//! `provider::hinomi::runs_per_month("5m")`.

use contract::duration::Span;
use framework::value::{Type, Value};
use framework::{Function, FunctionError, Parameter};

use crate::pricing;

/// The function's declaration.
pub(crate) fn function() -> Function {
    Function {
        name: "runs_per_month",
        summary: "How often something runs in a month that runs at an interval.",
        description: "Counts the runs of an average month of 730 hours, rounded to the nearest whole run: `runs_per_month(\"5m\")` is 8760. The interval is a whole number followed by `s`, `m`, `h` or `d`.",
        parameters: vec![Parameter {
            name: "interval",
            description: "Time from one run to the next, such as `5m`.",
            kind: Type::String,
        }],
        returns: Type::Number,
        call,
    }
}

fn call(arguments: &[Value]) -> Result<Value, FunctionError> {
    let [Value::String(text)] = arguments else {
        return Err(FunctionError { text: "One interval is expected.".to_owned(), argument: None });
    };
    let wrong = |text: String| FunctionError { text, argument: Some(0) };
    let interval: Span =
        text.parse().map_err(|problem| wrong(format!("The interval {problem}.")))?;
    let runs = pricing::runs_per_month(interval);
    let runs = runs.ok_or_else(|| wrong("The interval must be longer than nothing.".to_owned()))?;
    Ok(Value::Number(runs.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_counted() {
        let runs = call(&[Value::string("5m")]).expect("valid");
        assert_eq!(runs, Value::Number(8_760_u64.into()));
    }

    #[test]
    fn what_is_no_interval_is_refused_with_its_argument() {
        for text in ["", "5", "0m", "often"] {
            let refused = call(&[Value::string(text)]).expect_err("no interval");
            assert_eq!(refused.argument, Some(0), "{text}");
        }
    }
}
