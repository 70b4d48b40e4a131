//! A small stateful stand-in for Discord's webhook API.
//!
//! It serves the webhook operations of API v10, and the one that lists a channel's messages, over HTTP on loopback and keeps what they make. It knows Discord's
//! documented limits, error codes and rate-limit headers, so that a client that works against it makes the calls that
//! Discord would accept. What it answers and accepts is checked against Discord's own description in its tests.
//!
//! [`Server`] starts it, seeds it, looks into it and injects faults. It does not know components, polls, interactions
//! or followed channels: it answers 501 to them instead of pretending.
//!
//! Where each thing lives: `operation` names the calls, `handler` is one call's way through faults, limits and the act,
//! `world` is the state, `webhooks`, `messages` and `history` are the acts, `fields` the checks of what is sent,
//! `attachments` the files.

mod attachments;
mod faults;
mod fields;
mod handler;
mod history;
mod images;
mod limits;
mod messages;
pub mod openapi;
mod operation;
mod refusal;
mod replies;
mod seeding;
mod server;
mod webhooks;
mod world;

pub use attachments::Attachment;
pub use faults::{Effect, Fault, Scope};
pub use handler::RequestRecord;
pub use limits::{Limits, Window};
pub use messages::refused;
pub use operation::Operation;
pub use seeding::{Bot, ChannelKind, SeededWebhook, WebhookView};
pub use server::Server;
pub use world::{Form, Message};
