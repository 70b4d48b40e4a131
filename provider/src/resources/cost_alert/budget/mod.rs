//! The budget of a cost alert: a budget of AWS Budgets with its notifications.
//!
//! `settings`, `triggers`, `counting`, `limit`, `filters` and `expression` are AWS's side of the
//! attributes in forms that can be compared, `lift` goes between the two. `api` makes the calls,
//! `converge` makes a budget what it should be, whatever it is.

pub(super) mod api;
pub(super) mod calendar;
pub(super) mod converge;
mod counting;
pub(super) mod expression;
pub(super) mod filters;
pub(super) mod lift;
mod limit;
pub(super) mod settings;
pub(super) mod triggers;

pub(super) use api::Found;
pub(super) use counting::is_net;
