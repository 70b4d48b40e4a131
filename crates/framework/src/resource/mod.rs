//! What a resource is: one struct and a handful of functions.

mod erased;

use std::future::Future;

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

pub use erased::{Applying, ErasedResource, Planned, Planning, Read, resource};

use crate::codec::Model;
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::plan::Plan;
use crate::private::Private;

/// What an operation left behind.
#[derive(Clone, Debug)]
pub enum Applied<M> {
    /// All was done.
    Done(M),
    /// Some of it exists, and this is what: it is saved, and the error is shown. Terraform marks a
    /// new object that came about so as tainted.
    Partial(M, Error),
}

/// What an operation works with.
#[derive(Debug)]
pub struct Context<'a, C> {
    /// The clients that configuring the provider made.
    pub clients: &'a C,
    /// Private data of the resource; what is here at the end is kept.
    pub private: &'a mut Private,
    /// Warnings for the user.
    pub warnings: &'a mut Diagnostics,
    /// Cancelled when the user stops the run: end soon, and return what exists.
    pub cancel: CancellationToken,
}

/// A resource. Its functions are associated: a type is a namespace and has no state.
///
/// Operations get models whose inputs are known. A create that fails half-way returns
/// [`Applied::Partial`], so that nothing that exists is lost.
pub trait Resource: Send + Sync + 'static {
    /// Type name without the provider's prefix, such as `toy`.
    const NAME: &'static str;
    /// Version of the state's shape.
    const VERSION: i64 = 0;
    /// The attributes.
    type Model: Model;
    /// What the provider's configuration makes.
    type Clients: Send + Sync + 'static;

    /// Checks a configuration beyond the rules of its schema, without any call. Values may be
    /// unknown; all that is wrong is gathered.
    fn validate(config: &Self::Model, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Refines a plan: values that can be known, replacements, warnings. Reads may be asked for
    /// where they are cached; nothing is written. Not called for a destroy.
    fn plan(
        clients: &Self::Clients,
        plan: &mut Plan<Self::Model>,
    ) -> impl Future<Output = Result<()>> + Send {
        let _ = (clients, plan);
        async { Ok(()) }
    }

    /// Makes the object. `config` has the write-only values, which `planned` lacks.
    fn create(
        context: &mut Context<'_, Self::Clients>,
        planned: Self::Model,
        config: Self::Model,
    ) -> impl Future<Output = Result<Applied<Self::Model>>> + Send;

    /// Reads the object as it is now; `None` when it is really gone.
    fn read(
        context: &mut Context<'_, Self::Clients>,
        state: Self::Model,
    ) -> impl Future<Output = Result<Option<Self::Model>>> + Send;

    /// Changes the object in place.
    fn update(
        context: &mut Context<'_, Self::Clients>,
        prior: Self::Model,
        planned: Self::Model,
        config: Self::Model,
    ) -> impl Future<Output = Result<Applied<Self::Model>>> + Send;

    /// Removes the object. One that is gone already is removed.
    fn delete(
        context: &mut Context<'_, Self::Clients>,
        state: Self::Model,
    ) -> impl Future<Output = Result<()>> + Send;

    /// Finds an existing object by what the user gave as its id; a read follows.
    fn import(
        context: &mut Context<'_, Self::Clients>,
        id: &str,
    ) -> impl Future<Output = Result<Self::Model>> + Send {
        let _ = (context, id);
        async {
            Err(Error::new(
                format!("A {} can't be imported", Self::NAME.replace('_', " ")),
                "This resource has nothing that an id could find.",
            ))
        }
    }

    /// Brings a state of an earlier version to the next shape, as JSON.
    ///
    /// # Errors
    /// When there was no such version.
    fn upgrade(version: i64, state: Json) -> Result<Json> {
        let _ = state;
        Err(Error::provider_bug(format!("there is no upgrade from version {version} of the state")))
    }
}
