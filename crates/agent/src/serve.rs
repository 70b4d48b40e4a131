//! Serves the function.

use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::Value;

use crate::{clients::Clients, dispatch, log};

/// Polls Lambda's Runtime API for events until Lambda ends the process. One thread is all that the
/// smallest function has, and starts fastest: the runtime of the caller has no more.
///
/// # Errors
/// What the Runtime API can't be asked.
pub async fn serve() -> Result<(), Error> {
    log::start();
    let clients = Clients::from_environment();
    let handle = |event: LambdaEvent<Value>| dispatch::handle(&clients, event);
    // Boxed: what a handler waits for is many kilobytes, and would all lie on the stack.
    Box::pin(Runtime::new(service_fn(handle)).run()).await
}
