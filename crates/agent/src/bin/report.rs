//! The report's function: the same, with all that a report of costs needs.

use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    hinomi_agent::serve().await
}
