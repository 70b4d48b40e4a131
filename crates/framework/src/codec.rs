//! The way between a model and Terraform's values, which resources and data sources share.

use std::sync::OnceLock;

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diagnostics::{Diagnostics, Error, Result};
use crate::plan::merge;
use crate::schema::{LowerError, Schema};
use crate::value::{Type, Value, from_value, to_value};

/// A struct that is an attribute tree: derive serde's and schemars' traits on it.
pub trait Model: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync + 'static> Model for T {}

/// A model's schema, made when it is first asked for, and what needs it.
pub(crate) struct Codec<M> {
    name: &'static str,
    make: fn() -> Result<Schema, LowerError>,
    schema: OnceLock<Result<Schema, LowerError>>,
    kind: OnceLock<Type>,
    model: std::marker::PhantomData<fn() -> M>,
}

/// A model with the value that it was read from, to tell later what a function changed.
pub(crate) struct Decoded<M> {
    original: Value,
    pub(crate) model: M,
    encoded: Value,
}

impl<M: Model> Codec<M> {
    /// Of the model that is called `name` in a message, with the schema that `make` makes.
    pub(crate) fn new(name: &'static str, make: fn() -> Result<Schema, LowerError>) -> Self {
        Self {
            name,
            make,
            schema: OnceLock::new(),
            kind: OnceLock::new(),
            model: std::marker::PhantomData,
        }
    }

    pub(crate) fn schema(&self) -> Result<&Schema, LowerError> {
        self.schema.get_or_init(self.make).as_ref().map_err(Clone::clone)
    }

    /// The type of the whole block; an empty object where the model has no schema.
    pub(crate) fn value_type(&self) -> &Type {
        self.kind.get_or_init(|| match self.schema() {
            Ok(schema) => schema.value_type(),
            Err(_) => Type::object([]),
        })
    }

    /// The schema, and otherwise a bug to report.
    pub(crate) fn lowered(&self) -> Result<&Schema> {
        self.schema().map_err(|problem| {
            Error::provider_bug(format!("the schema of {} can't be made: {problem}", self.name))
        })
    }

    pub(crate) fn decode(&self, value: &Value) -> Result<Decoded<M>> {
        let model = from_value(value).map_err(|problem| {
            Error::provider_bug(format!(
                "a value of {} doesn't fit its model: {problem}",
                self.name
            ))
        })?;
        let encoded = self.encode(&model)?;
        Ok(Decoded { original: value.clone(), model, encoded })
    }

    pub(crate) fn encode(&self, model: &M) -> Result<Value> {
        let value = to_value(model).map_err(|problem| {
            Error::provider_bug(format!("the model of {} is no value: {problem}", self.name))
        })?;
        Ok(self.lowered()?.conform(value))
    }

    /// The model as a value, with the original kept where the model says the same.
    pub(crate) fn merged(&self, decoded: &Decoded<M>, model: &M) -> Result<Value> {
        let after = self.encode(model)?;
        Ok(merge(&decoded.original, &decoded.encoded, &after))
    }

    /// Checks a configuration by the rules of its schema, and then by `validate`.
    pub(crate) fn validate(
        &self,
        config: &Value,
        validate: impl FnOnce(&M, &mut Diagnostics),
    ) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        match self.lowered() {
            Ok(schema) => schema.check(config, &mut diagnostics),
            Err(problem) => diagnostics.fail(problem),
        }
        match self.decode(config) {
            Ok(decoded) => validate(&decoded.model, &mut diagnostics),
            // A number out of its field's range was reported with its path by the schema's rules.
            Err(_) if diagnostics.has_errors() => {}
            Err(problem) => diagnostics.fail(problem),
        }
        diagnostics
    }
}
