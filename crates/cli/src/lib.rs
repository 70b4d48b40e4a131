//! Hinomi's command line: what it does, apart from choosing the command.
//!
//! One folder a command. A command reads its files, writes to the writers that it is given, and
//! fails with a [`failure::Failure`].

pub mod backtest;
pub mod failure;
