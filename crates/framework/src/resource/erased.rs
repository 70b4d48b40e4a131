//! Resources of any type behind one interface: from values to models and back.

use serde_json::Value as Json;
use tokio_util::sync::CancellationToken;

use super::{Applied, Context, Resource};
use crate::codec::Codec;
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::path::Path;
use crate::pending::Pending;
use crate::plan::{
    Plan, assert_applied, assert_planned, prepare, replacements, without_write_only,
};
use crate::private::Private;
use crate::schema::{LowerError, Schema, lower};
use crate::value::{Type, Value, from_json};

/// A change to plan.
#[derive(Clone, Debug)]
pub struct Planning {
    /// What exists; null for a create.
    pub prior: Value,
    /// What the user wrote.
    pub config: Value,
    /// Core's merge of both; null for a destroy.
    pub proposed: Value,
    /// Private data.
    pub private: Private,
}

/// A planned change.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The object that is planned; null for a destroy.
    pub planned: Value,
    /// What makes it a new object.
    pub replace: Vec<Path>,
    /// Private data for the apply.
    pub private: Private,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// A change to apply.
#[derive(Clone, Debug)]
pub struct Applying {
    /// What exists; null for a create.
    pub prior: Value,
    /// What was planned; null for a destroy.
    pub planned: Value,
    /// What the user wrote, with write-only values.
    pub config: Value,
    /// Private data.
    pub private: Private,
    /// Cancelled when the user stops the run.
    pub cancel: CancellationToken,
}

/// What exists after an apply, a read or an import.
#[derive(Clone, Debug)]
pub struct Read {
    /// The object; null when there is none.
    pub state: Value,
    /// Private data to keep.
    pub private: Private,
    /// Messages.
    pub diagnostics: Diagnostics,
}

/// A resource without its types.
pub trait ErasedResource<C>: Send + Sync {
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

    /// Plans a change.
    fn plan<'a>(&'a self, clients: &'a C, planning: Planning) -> Pending<'a, Planned>;

    /// Applies a change.
    fn apply<'a>(&'a self, clients: &'a C, applying: Applying) -> Pending<'a, Read>;

    /// Reads what exists.
    fn read<'a>(
        &'a self,
        clients: &'a C,
        state: Value,
        private: Private,
        cancel: CancellationToken,
    ) -> Pending<'a, Read>;

    /// Finds an object by its id.
    fn import<'a>(
        &'a self,
        clients: &'a C,
        id: String,
        cancel: CancellationToken,
    ) -> Pending<'a, Read>;

    /// Brings a stored state to the present shape.
    ///
    /// # Errors
    /// When it can't be read.
    fn upgrade(&self, version: i64, state: Json) -> Result<Value>;
}

/// Makes an entry of a provider's list of resources.
pub fn resource<R: Resource>() -> Box<dyn ErasedResource<R::Clients>> {
    Box::new(Erased::<R> { codec: Codec::new(R::NAME, || lower::<R::Model>(R::VERSION)) })
}

struct Erased<R: Resource> {
    codec: Codec<R::Model>,
}

impl<R: Resource> Erased<R> {
    /// Plans a change; what the hook said before a failure stays in `diagnostics`.
    async fn plan_change(
        &self,
        clients: &R::Clients,
        planning: &Planning,
        diagnostics: &mut Diagnostics,
    ) -> Result<Planned> {
        let schema = self.codec.lowered()?;
        let Planning { prior, config, proposed, private } = planning;
        let prepared = self.codec.decode(&prepare(schema, prior, config, proposed))?;
        let before = if prior.is_null() { None } else { Some(self.codec.decode(prior)?.model) };
        let written = self.codec.decode(config)?.model;
        let mut plan = Plan::new(before, written, prepared.model.clone(), private.clone());
        let refined = R::plan(clients, &mut plan).await;
        diagnostics.extend(std::mem::take(&mut plan.diagnostics));
        refined?;
        let planned = self.codec.merged(&prepared, &plan.planned)?;
        assert_planned(schema, prior, config, &planned)?;
        let replace = replacements(schema, prior, &planned, plan.replaced());
        Ok(Planned { planned, replace, private: plan.private, diagnostics: Diagnostics::new() })
    }

    async fn change(
        &self,
        context: &mut Context<'_, R::Clients>,
        applying: &Applying,
    ) -> Result<(Value, Option<Error>)> {
        let planned = self.codec.decode(&applying.planned)?;
        let config = self.codec.decode(&applying.config)?.model;
        let model = planned.model.clone();
        let applied = if applying.prior.is_null() {
            R::create(context, model, config).await?
        } else {
            let prior = self.codec.decode(&applying.prior)?.model;
            R::update(context, prior, model, config).await?
        };
        let (model, mut failure) = match applied {
            Applied::Done(model) => (model, None),
            Applied::Partial(model, error) => (model, Some(error)),
        };
        let state = self.codec.merged(&planned, &model)?;
        if failure.is_none() {
            failure = assert_applied(&applying.planned, &state).err();
        }
        // What is unknown after a failure is saved as null, as core would do.
        Ok((
            without_write_only(&self.codec.lowered()?.attributes, &state.unknown_as_null()),
            failure,
        ))
    }

    async fn destroy(
        &self,
        context: &mut Context<'_, R::Clients>,
        applying: &Applying,
    ) -> Result<()> {
        let state = self.codec.decode(&applying.prior)?.model;
        R::delete(context, state).await
    }

    /// What an import found, as a state: without write-only values and unknowns.
    fn imported(&self, model: &R::Model) -> Result<Value> {
        let state =
            without_write_only(&self.codec.lowered()?.attributes, &self.codec.encode(model)?);
        if state.is_wholly_known() {
            Ok(state)
        } else {
            Err(Error::provider_bug(format!("importing a {} left a value unknown", R::NAME)))
        }
    }

    async fn refresh(&self, context: &mut Context<'_, R::Clients>, state: &Value) -> Result<Value> {
        let decoded = self.codec.decode(state)?;
        match R::read(context, decoded.model.clone()).await? {
            Some(model) => {
                let value = self.codec.merged(&decoded, &model)?;
                if value.is_wholly_known() {
                    Ok(without_write_only(&self.codec.lowered()?.attributes, &value))
                } else {
                    Err(Error::provider_bug(format!("reading a {} left a value unknown", R::NAME)))
                }
            }
            None => Ok(Value::Null),
        }
    }
}

impl<R: Resource> ErasedResource<R::Clients> for Erased<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn schema(&self) -> Result<&Schema, LowerError> {
        self.codec.schema()
    }

    fn value_type(&self) -> &Type {
        self.codec.value_type()
    }

    fn validate(&self, config: &Value) -> Diagnostics {
        self.codec.validate(config, R::validate)
    }

    fn plan<'a>(&'a self, clients: &'a R::Clients, planning: Planning) -> Pending<'a, Planned> {
        Box::pin(async move {
            if planning.proposed.is_null() {
                return Planned {
                    planned: Value::Null,
                    replace: Vec::new(),
                    private: planning.private,
                    diagnostics: Diagnostics::new(),
                };
            }
            let mut diagnostics = Diagnostics::new();
            match self.plan_change(clients, &planning, &mut diagnostics).await {
                Ok(planned) => Planned { diagnostics, ..planned },
                Err(problem) => {
                    diagnostics.fail(problem);
                    Planned {
                        planned: planning.prior.clone(),
                        replace: Vec::new(),
                        private: planning.private.clone(),
                        diagnostics,
                    }
                }
            }
        })
    }

    fn apply<'a>(&'a self, clients: &'a R::Clients, applying: Applying) -> Pending<'a, Read> {
        Box::pin(async move {
            let mut private = applying.private.clone();
            let mut diagnostics = Diagnostics::new();
            let mut context = Context {
                clients,
                private: &mut private,
                warnings: &mut diagnostics,
                cancel: applying.cancel.clone(),
            };
            let (state, failure) = if applying.planned.is_null() {
                match self.destroy(&mut context, &applying).await {
                    Ok(()) => (Value::Null, None),
                    Err(problem) => (applying.prior.clone(), Some(problem)),
                }
            } else {
                match self.change(&mut context, &applying).await {
                    Ok(result) => result,
                    Err(problem) => (applying.prior.clone(), Some(problem)),
                }
            };
            if let Some(problem) = failure {
                diagnostics.fail(problem);
            }
            Read { state, private, diagnostics }
        })
    }

    fn read<'a>(
        &'a self,
        clients: &'a R::Clients,
        state: Value,
        private: Private,
        cancel: CancellationToken,
    ) -> Pending<'a, Read> {
        Box::pin(async move {
            let mut private = private;
            let mut diagnostics = Diagnostics::new();
            let mut context =
                Context { clients, private: &mut private, warnings: &mut diagnostics, cancel };
            let state = match self.refresh(&mut context, &state).await {
                Ok(state) => state,
                Err(problem) => {
                    diagnostics.fail(problem);
                    state
                }
            };
            Read { state, private, diagnostics }
        })
    }

    fn import<'a>(
        &'a self,
        clients: &'a R::Clients,
        id: String,
        cancel: CancellationToken,
    ) -> Pending<'a, Read> {
        Box::pin(async move {
            let mut private = Private::default();
            let mut diagnostics = Diagnostics::new();
            let mut context =
                Context { clients, private: &mut private, warnings: &mut diagnostics, cancel };
            let found = match R::import(&mut context, &id).await {
                Ok(model) => self.imported(&model),
                Err(problem) => Err(problem),
            };
            let state = found.unwrap_or_else(|problem| {
                diagnostics.fail(problem);
                Value::Null
            });
            Read { state, private, diagnostics }
        })
    }

    fn upgrade(&self, version: i64, state: Json) -> Result<Value> {
        let mut state = state;
        for version in version..R::VERSION {
            state = R::upgrade(version, state)?;
        }
        from_json(&state, self.value_type()).map_err(|problem| {
            Error::new(
                format!("Unreadable state of a {}", R::NAME.replace('_', " ")),
                format!("{problem}. The state was written by a version of the provider that this one doesn't know."),
            )
        })
    }
}
