//! Attributes that several resources share, and the checks of their values.

pub mod account;
pub mod account_note;
pub mod architecture;
pub mod arns;
pub mod boundary;
pub mod checks;
pub mod cost_history;
pub mod day;
pub mod import_id;
pub mod language;
pub mod lift;
pub mod location;
pub mod mention;
pub mod place;
pub mod prices;
pub mod purpose;
pub mod tags;
pub mod texts;
pub mod timeouts;
