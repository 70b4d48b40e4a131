//! The provider block: defaults, unknown values, refusals.
