//! The history as its users see it: objects, merges, figures, and SQL that `DuckDB` runs.

mod duckdb;
mod events;
mod generated;
mod laws;
mod objects;
mod paces;
mod queries;
mod tables;
mod year;
