//! Attributes that several resources share, and the checks of their values.

pub mod account;
pub mod arns;
pub mod boundary;
pub mod checks;
pub mod import_id;
pub mod location;
pub mod place;
pub mod prices;
pub mod tags;
pub mod timeouts;
