//! Terraform's semantics for a provider written in Rust.
//!
//! A provider declares each resource as one struct ([`Resource::Model`]) and a handful of
//! functions; this crate turns the struct into a schema, plans changes by Terraform's rules, checks
//! the result before core does, and speaks the plugin protocol. It knows no cloud and no resource.
//!
//! Rings, outside in: [`plugin`] (process, socket, TLS, logs) → [`server`] (the protocol's calls)
//! → [`resource`], [`plan`], [`schema`] (the meaning, free of the protocol) → [`value`].

mod attr;
mod diagnostics;
mod function;
mod path;
pub mod plan;
pub mod plugin;
mod private;
mod provider;
mod resource;
pub mod schema;
pub mod server;
pub mod value;

pub use attr::Attr;
pub use diagnostics::{Diagnostic, Diagnostics, Error, Result, Severity};
pub use function::{Function, FunctionError, Parameter};
pub use path::{Path, Step};
pub use plan::Plan;
pub use private::Private;
pub use provider::{Provider, Setup};
pub use resource::{
    Applied, Applying, Context, ErasedResource, Model, Pending, Planned, Planning, Read, Resource,
    resource,
};
pub use schema::tf;
