//! What every handler is given with its event.

use tokio::time::Instant;

use crate::clients::Clients;

/// One call of the function.
#[derive(Clone, Debug)]
pub struct Invocation<'a> {
    /// The clients, which outlive the call: a warm function keeps its connections.
    pub clients: &'a Clients,
    /// When Lambda ends the call, whatever it does then.
    pub deadline: Instant,
    /// ARN of the function, with a version or alias when the caller named one.
    pub function_arn: String,
    /// Lambda's id of the call, as its own log lines carry it.
    pub request_id: String,
}
