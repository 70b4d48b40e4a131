//! The small function: it checks targets and relays alarms.

use lambda_runtime::Error;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    hinomi_agent::serve().await
}
