//! What a data source is: one struct, and how it is read.

mod erased;

use std::future::Future;

use tokio_util::sync::CancellationToken;

pub use erased::{ErasedDataSource, Found, data_source};

use crate::codec::Model;
use crate::diagnostics::{Diagnostics, Result};

/// What reading a data source works with.
#[derive(Debug)]
pub struct Reading<'a, C> {
    /// The clients that configuring the provider made.
    pub clients: &'a C,
    /// Warnings for the user.
    pub warnings: &'a mut Diagnostics,
    /// Cancelled when the user stops the run. The read is dropped then at its next wait, so only
    /// what goes on without it must look.
    pub cancel: CancellationToken,
}

/// A data source. Its functions are associated: a type is a namespace and has no state.
///
/// Its model's words are `required`, `optional`, `optional_computed`, `computed` and `default`:
/// it has no earlier state that something could be kept from, and nothing that could be replaced.
pub trait DataSource: Send + Sync + 'static {
    /// Type name without the provider's prefix, such as `toys`.
    const NAME: &'static str;
    /// The attributes.
    type Model: Model;
    /// What the provider's configuration makes.
    type Clients: Send + Sync + 'static;

    /// Checks a configuration beyond the rules of its schema, without any call. Values may be
    /// unknown; all that is wrong is gathered.
    fn validate(config: &Self::Model, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Reads what the configuration asks for. All of `config` is known: Terraform puts the read off
    /// to the apply where something isn't. Defaults are filled in, and what the provider sets is
    /// marked as unknown, so that what is forgotten here is found; what isn't there is null.
    ///
    /// What the configuration says must come back as it is.
    fn read(
        context: &mut Reading<'_, Self::Clients>,
        config: Self::Model,
    ) -> impl Future<Output = Result<Self::Model>> + Send;
}

#[cfg(test)]
mod tests;
