//! Reports of whole mornings: their messages and tables against snapshots, Discord's limits and
//! Discord's own description; and what holds for the report of any company.

mod any;
mod facts;
mod refusal;
mod scenes;
mod snapshots;
