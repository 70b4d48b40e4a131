//! The real `terraform`, in a folder of its own, with our provider and nothing else of this
//! machine.

mod execution;
mod installation;
mod output;
mod permits;
mod reading;
mod tree;
mod verb;
mod workspace;

pub use execution::Running;
pub use installation::platform;
pub use output::Output;
pub use verb::Verb;
pub use workspace::Workspace;

#[cfg(test)]
mod tests;
