//! The call of a function.

use tfplugin::tfplugin6 as wire;

use super::{Server, convert};
use crate::provider::Provider;

impl<P: Provider> Server<P> {
    pub(super) fn call(
        &self,
        request: &wire::call_function::Request,
    ) -> wire::call_function::Response {
        let fail = |text: String, argument: Option<usize>| wire::call_function::Response {
            result: None,
            error: Some(wire::FunctionError {
                text,
                function_argument: argument.and_then(|index| i64::try_from(index).ok()),
            }),
        };
        let Some(function) = self.functions.get(request.name.as_str()) else {
            return fail(format!("The provider has no function `{}`.", request.name), None);
        };
        if request.arguments.len() != function.parameters.len() {
            return fail(format!("{} arguments are expected.", function.parameters.len()), None);
        }
        let mut arguments = Vec::new();
        for (index, (argument, parameter)) in
            request.arguments.iter().zip(&function.parameters).enumerate()
        {
            match convert::value(Some(argument), &parameter.kind) {
                Ok(value) => arguments.push(value),
                Err(problem) => return fail(problem.diagnostic().detail.clone(), Some(index)),
            }
        }
        match (function.call)(&arguments) {
            Ok(result) => wire::call_function::Response {
                result: Some(convert::message(&result, &function.returns)),
                error: None,
            },
            Err(problem) => fail(problem.text, problem.argument),
        }
    }
}
