//! The protocol's calls: each is decode → the meaning in [`crate::resource`] or
//! [`crate::data_source`] → encode.
//!
//! No call fails as a gRPC status but those that nothing here answers (UNIMPLEMENTED): a status
//! shows to the user as a fault of the plugin without a place, a diagnostic has both.

mod convert;
mod data_sources;
mod functions;
mod resources;
mod rpc;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;

use crate::data_source::ErasedDataSource;
use crate::diagnostics::{Error, Result};
use crate::function::Function;
use crate::provider::Provider;
use crate::resource::ErasedResource;
use crate::schema::{LowerError, Schema, lower};
use crate::value::Type;

/// One running provider process: what core asks of it, answered by `P`.
pub struct Server<P: Provider> {
    config: OnceLock<Result<(Schema, Type), LowerError>>,
    resources: BTreeMap<String, Box<dyn ErasedResource<P::Clients>>>,
    data_sources: BTreeMap<String, Box<dyn ErasedDataSource<P::Clients>>>,
    functions: BTreeMap<&'static str, Function>,
    clients: RwLock<Option<Arc<P::Clients>>>,
    cancel: Mutex<CancellationToken>,
}

impl<P: Provider> Default for Server<P> {
    fn default() -> Self {
        Self::new()
    }
}

impl<P: Provider> Server<P> {
    /// A provider that is not configured yet. Schemas are made when they are asked for, since most
    /// processes need only some.
    pub fn new() -> Self {
        let full = |name: &str| format!("{}_{name}", P::NAME);
        Self {
            config: OnceLock::new(),
            resources: P::resources().into_iter().map(|one| (full(one.name()), one)).collect(),
            data_sources: P::data_sources()
                .into_iter()
                .map(|one| (full(one.name()), one))
                .collect(),
            functions: P::functions()
                .into_iter()
                .map(|function| (function.name, function))
                .collect(),
            clients: RwLock::new(None),
            cancel: Mutex::new(CancellationToken::new()),
        }
    }

    fn config_schema(&self) -> Result<&(Schema, Type)> {
        let made = self.config.get_or_init(|| {
            lower::<P::Config>(0).map(|schema| {
                let kind = schema.value_type();
                (schema, kind)
            })
        });
        made.as_ref().map_err(|problem| {
            Error::provider_bug(format!(
                "the schema of the provider block can't be made: {problem}"
            ))
        })
    }

    fn resource(&self, type_name: &str) -> Result<&dyn ErasedResource<P::Clients>> {
        self.resources.get(type_name).map(AsRef::as_ref).ok_or_else(|| {
            Error::new(
                format!("Unknown resource type `{type_name}`"),
                "This version of the provider has no such resource.",
            )
        })
    }

    fn data_source(&self, type_name: &str) -> Result<&dyn ErasedDataSource<P::Clients>> {
        self.data_sources.get(type_name).map(AsRef::as_ref).ok_or_else(|| {
            Error::new(
                format!("Unknown data source `{type_name}`"),
                "This version of the provider has no such data source.",
            )
        })
    }

    fn clients(&self) -> Result<Arc<P::Clients>> {
        let clients = self.clients.read().unwrap_or_else(PoisonError::into_inner);
        clients.clone().ok_or_else(|| {
            Error::new(
                "The provider is not configured",
                "Terraform asked for an operation before it configured the provider, or configuring it failed.",
            )
        })
    }

    /// Takes the place of earlier clients: a provider in debug mode is configured for every run.
    fn configured(&self, clients: P::Clients) {
        *self.clients.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(clients));
    }

    fn unconfigured(&self) {
        *self.clients.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A token that ends with the work that is running now.
    fn operation(&self) -> CancellationToken {
        self.cancel.lock().unwrap_or_else(PoisonError::into_inner).child_token()
    }

    /// Cancels what is running. What comes later runs as before: Terraform may still ask.
    fn stop(&self) {
        let mut current = self.cancel.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *current, CancellationToken::new()).cancel();
    }
}

#[cfg(test)]
mod tests;
