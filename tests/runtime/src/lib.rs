//! A stand-in for AWS Lambda's Runtime API: it hands events to one function, and takes its answers.
//!
//! It serves what a function on an OS-only runtime calls: the next event, its response or error,
//! and the error of a start that failed. Events wait in a queue until the function asks; as in
//! Lambda, one is under way at a time, since a function asks again only after it has answered.
//!
//! ```no_run
//! use std::time::Duration;
//! use runtime_standin::{Event, Server};
//!
//! let server = Server::start().expect("a free port");
//! // … start a function with AWS_LAMBDA_RUNTIME_API set to server.address() …
//! let id = server.send(Event::new(r#"{"hinomi":"probe"}"#));
//! let answer = server.answer(&id, Duration::from_secs(10));
//! ```
//!
//! Source: AWS Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes".

mod handler;
mod server;
mod world;

pub use server::Server;
pub use world::{Answer, Event};
