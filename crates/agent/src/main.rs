//! Serves the function: polls Lambda's Runtime API for events until Lambda ends the process.

use hinomi_agent::{clients::Clients, dispatch, log};
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::Value;

/// One thread is all that the smallest function has, and starts fastest.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    log::start();
    let clients = Clients::from_environment();
    let handle = |event: LambdaEvent<Value>| dispatch::handle(&clients, event);
    // Boxed: what a handler waits for is many kilobytes, and would all lie on the stack.
    Box::pin(Runtime::new(service_fn(handle)).run()).await
}
