//! Runs one check and records its outcome.
