//! The calls that make, change and remove a monitor's objects.

pub(super) mod alarm;
pub(super) mod canary;
