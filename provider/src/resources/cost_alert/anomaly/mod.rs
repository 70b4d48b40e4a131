//! The anomaly watch of a cost alert: a subscription of Cost Anomaly Detection, and the monitor that
//! it listens to.
//!
//! `watch` is what a monitor looks at, `settings` what a subscription tells: AWS's side of the
//! attributes in forms that can be compared. `api` makes the calls, `look` finds both objects,
//! `converge` makes them what they should be, `clear` removes them.
//!
//! AWS has one monitor of all services in an account, which enabling Cost Explorer makes, and one for each other thing
//! that is watched by itself. So an alert uses the one that exists; who made it say its tags. One
//! that Hinomi made goes with the last alert that listens to it, any other stays.

pub(super) mod api;
pub(super) mod clear;
pub(super) mod converge;
pub(super) mod lift;
pub(super) mod look;
mod settings;
mod watch;

pub(super) use watch::Watch;
