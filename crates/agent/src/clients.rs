//! Clients of AWS and Discord, each made at its first use.
