//! Serves the function.

use std::{future::Future, pin::Pin};

use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::Value;

use crate::{clients::Clients, dispatch, log};

/// What a call comes to.
type Handled<'a> = Pin<Box<dyn Future<Output = Result<Value, dispatch::Failure>> + 'a>>;

/// Polls Lambda's Runtime API for events until Lambda ends the process. One thread is all that the
/// smallest function has, and starts fastest: the runtime of the caller has no more.
///
/// # Errors
/// What the Runtime API can't be asked.
pub async fn serve() -> Result<(), Error> {
    log::start();
    let clients = Clients::from_environment();
    // Its type is forgotten: with the runtime's own around it, it is too deep for the compiler.
    let handle =
        |event: LambdaEvent<Value>| -> Handled<'_> { Box::pin(dispatch::handle(&clients, event)) };
    // Boxed: what a handler waits for is many kilobytes, and would all lie on the stack.
    Box::pin(Runtime::new(service_fn(handle)).run()).await
}
