//! Terraform's semantics for a provider written in Rust.
//!
//! A provider declares each resource as one struct ([`Resource::Model`]) and a handful of
//! functions, and each data source as one struct and how it is read ([`DataSource`]); this crate turns the struct into a schema, plans changes by Terraform's rules, checks
//! the result before core does, and speaks the plugin protocol. It knows no cloud and no resource.
//!
//! Rings, outside in: [`plugin`] (process, socket, TLS, logs) → [`server`] (the protocol's calls)
//! → [`resource`], [`data_source`], [`plan`], [`schema`] (the meaning, free of the protocol) → [`value`].

mod attr;
mod codec;
mod data_source;
mod diagnostics;
mod function;
mod path;
mod pending;
pub mod plan;
pub mod plugin;
mod private;
mod provider;
mod resource;
pub mod schema;
pub mod server;
pub mod value;

pub use attr::Attr;
pub use codec::Model;
pub use data_source::{DataSource, ErasedDataSource, Found, Reading, data_source};
pub use diagnostics::{Diagnostic, Diagnostics, Error, Result, Severity};
pub use function::{Function, FunctionError, Parameter};
pub use path::{Path, Step};
pub use pending::Pending;
pub use plan::Plan;
pub use private::Private;
pub use provider::{Provider, Setup};
pub use resource::{
    Applied, Applying, Context, ErasedResource, Planned, Planning, Read, Resource, resource,
};
pub use schema::tf;
