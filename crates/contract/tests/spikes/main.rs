//! The spike engine as a daily report uses it: morning by morning.

mod arrival;
mod events;
mod generated;
mod grouping;
mod laws;
mod levels;
mod limits;
mod story;
mod wire;
