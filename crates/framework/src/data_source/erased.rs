//! Data sources of any type behind one interface: from values to models and back.

use tokio_util::sync::CancellationToken;

use super::{DataSource, Reading};
use crate::codec::Codec;
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::path::Path;
use crate::pending::Pending;
use crate::plan::{assert_read, prepare, unknown_in};
use crate::schema::{LowerError, Schema, lower};
use crate::value::{Type, Value};

/// What a data source found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The object; null after an error.
    pub state: Value,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// A data source without its types.
pub trait ErasedDataSource<C>: Send + Sync {
    /// Type name without the provider's prefix.
    fn name(&self) -> &'static str;

    /// Its schema.
    ///
    /// # Errors
    /// When the model has none, which a registry test finds first.
    fn schema(&self) -> Result<&Schema, LowerError>;

    /// The type of its state.
    fn value_type(&self) -> &Type;

    /// Checks a configuration.
    fn validate(&self, config: &Value) -> Diagnostics;

    /// Reads what a configuration asks for.
    fn read<'a>(
        &'a self,
        clients: &'a C,
        config: Value,
        cancel: CancellationToken,
    ) -> Pending<'a, Found>;
}

/// Makes an entry of a provider's list of data sources.
pub fn data_source<D: DataSource>() -> Box<dyn ErasedDataSource<D::Clients>> {
    Box::new(Erased::<D> { codec: Codec::new(D::NAME, schema_of::<D>) })
}

/// A schema of what is read: with nothing that speaks of changes, which never happen to it.
fn schema_of<D: DataSource>() -> Result<Schema, LowerError> {
    let schema = lower::<D::Model>(0)?;
    let misplaced =
        schema.find(|attribute| attribute.replace || attribute.keep || attribute.write_only);
    match misplaced {
        None => Ok(schema),
        Some(path) => Err(LowerError {
            path,
            problem: "a data source replaces and keeps nothing, and has no write-only values"
                .to_owned(),
        }),
    }
}

struct Erased<D: DataSource> {
    codec: Codec<D::Model>,
}

impl<D: DataSource> Erased<D> {
    async fn find(&self, context: &mut Reading<'_, D::Clients>, config: &Value) -> Result<Value> {
        if let Some(path) = unknown_in(config, &Path::root()) {
            let summary = format!("Unable to read {}", D::NAME.replace('_', " "));
            let detail = "Terraform asked for it before all that it is asked by is known.";
            return Err(Error::new(summary, detail).at(path));
        }
        let schema = self.codec.lowered()?;
        let prepared = self.codec.decode(&prepare(schema, &Value::Null, config, config))?;
        let found = D::read(context, prepared.model.clone()).await?;
        let state = self.codec.merged(&prepared, &found)?;
        assert_read(schema, config, &state)?;
        Ok(state)
    }
}

impl<D: DataSource> ErasedDataSource<D::Clients> for Erased<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn schema(&self) -> Result<&Schema, LowerError> {
        self.codec.schema()
    }

    fn value_type(&self) -> &Type {
        self.codec.value_type()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.codec.validate(config, D::validate)
    }

    fn read<'a>(
        &'a self,
        clients: &'a D::Clients,
        config: Value,
        cancel: CancellationToken,
    ) -> Pending<'a, Found> {
        Box::pin(async move {
            let mut diagnostics = Diagnostics::new();
            let mut context = Reading { clients, warnings: &mut diagnostics, cancel };
            let state = match self.find(&mut context, &config).await {
                Ok(state) => state,
                Err(problem) => {
                    diagnostics.fail(problem);
                    Value::Null
                }
            };
            Found { state, diagnostics }
        })
    }
}
