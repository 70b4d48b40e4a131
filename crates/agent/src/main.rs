//! Serves the function.

fn main() {}
