//! The calls that this framework answers.

use tfplugin::tfplugin6 as wire;
use tonic::{Request, Response, Status};

use super::{Server, convert};
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::plugin::catch_panic;
use crate::private::Private;
use crate::provider::{Provider, Setup};
use crate::resource::{Applying, ErasedResource, Planning};
use crate::value::{Value, from_value};

type Answer<T> = Result<Response<T>, Status>;

/// Runs a call; a failure and a panic both become diagnostics of the answer that `failed` makes.
async fn answer<T>(
    call: impl Future<Output = Result<T>> + Send,
    failed: impl FnOnce(Vec<wire::Diagnostic>) -> T,
) -> Answer<T> {
    let problem = match catch_panic(call).await {
        Ok(Ok(response)) => return Ok(Response::new(response)),
        Ok(Err(problem)) => problem,
        Err(panic) => Error::provider_bug(format!("it panicked: {panic}")),
    };
    Ok(Response::new(failed(convert::diagnostics(problem.into()))))
}

fn capabilities() -> wire::ServerCapabilities {
    wire::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        ..wire::ServerCapabilities::default()
    }
}

impl<P: Provider> Server<P> {
    /// Runs work that changes nothing, and drops it when the user stops the run.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let stop = self.operation();
        tokio::select! {
            done = work => Ok(done),
            () = stop.cancelled() => Err(Error::new("Stopped", "Terraform asked to stop.")),
        }
    }

    fn provider_schema(&self) -> Result<wire::get_provider_schema::Response> {
        let mut resource_schemas = std::collections::HashMap::new();
        for (name, resource) in &self.resources {
            let schema = resource.schema().map_err(|problem| {
                Error::provider_bug(format!("the schema of {name} can't be made: {problem}"))
            })?;
            resource_schemas.insert(name.clone(), convert::schema(schema));
        }
        Ok(wire::get_provider_schema::Response {
            provider: Some(convert::schema(&self.config_schema()?.0)),
            resource_schemas,
            functions: convert::functions(&self.functions),
            server_capabilities: Some(capabilities()),
            ..wire::get_provider_schema::Response::default()
        })
    }

    /// The provider block as a model, once its values keep the rules of its schema.
    fn provider_config(
        &self,
        config: Option<&wire::DynamicValue>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<P::Config>> {
        let (schema, kind) = self.config_schema()?;
        let config = convert::value(config, kind)?;
        schema.check(&config, diagnostics);
        if diagnostics.has_errors() {
            return Ok(None);
        }
        let model: P::Config = from_value(&config).map_err(|problem| {
            Error::provider_bug(format!("the provider block doesn't fit its model: {problem}"))
        })?;
        P::validate(&model, diagnostics);
        Ok(if diagnostics.has_errors() { None } else { Some(model) })
    }

    async fn configure(
        &self,
        request: wire::configure_provider::Request,
    ) -> Result<wire::configure_provider::Response> {
        let mut diagnostics = Diagnostics::new();
        // An earlier configuration must not serve for one that fails.
        self.unconfigured();
        if let Some(config) = self.provider_config(request.config.as_ref(), &mut diagnostics)? {
            let setup = Setup { terraform_version: request.terraform_version };
            if let Some(clients) = P::configure(config, setup, &mut diagnostics).await {
                self.configured(clients);
            }
        }
        Ok(wire::configure_provider::Response { diagnostics: convert::diagnostics(diagnostics) })
    }

    fn validate_resource(
        &self,
        request: &wire::validate_resource_config::Request,
    ) -> Result<Diagnostics> {
        let resource = self.resource(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), resource.value_type())?;
        let knows_write_only = request
            .client_capabilities
            .as_ref()
            .is_some_and(|capabilities| capabilities.write_only_attributes_allowed);
        let mut diagnostics = resource.validate(&config);
        if !knows_write_only {
            refuse_write_only(resource, &config, &mut diagnostics);
        }
        Ok(diagnostics)
    }

    async fn plan(
        &self,
        request: wire::plan_resource_change::Request,
    ) -> Result<wire::plan_resource_change::Response> {
        let resource = self.resource(&request.type_name)?;
        let kind = resource.value_type();
        let planning = Planning {
            prior: convert::value(request.prior_state.as_ref(), kind)?,
            config: convert::value(request.config.as_ref(), kind)?,
            proposed: convert::value(request.proposed_new_state.as_ref(), kind)?,
            private: Private::from_bytes(&request.prior_private)?,
        };
        let clients = self.clients()?;
        let planned = self.unless_stopped(resource.plan(&*clients, planning)).await?;
        Ok(wire::plan_resource_change::Response {
            planned_state: Some(convert::message(&planned.planned, kind)),
            requires_replace: planned.replace.iter().map(convert::path).collect(),
            planned_private: planned.private.to_bytes(),
            diagnostics: convert::diagnostics(planned.diagnostics),
            ..wire::plan_resource_change::Response::default()
        })
    }

    async fn apply(
        &self,
        request: wire::apply_resource_change::Request,
    ) -> Result<wire::apply_resource_change::Response> {
        let resource = self.resource(&request.type_name)?;
        let kind = resource.value_type();
        let applying = Applying {
            prior: convert::value(request.prior_state.as_ref(), kind)?,
            planned: convert::value(request.planned_state.as_ref(), kind)?,
            config: convert::value(request.config.as_ref(), kind)?,
            private: Private::from_bytes(&request.planned_private)?,
            cancel: self.operation(),
        };
        let applied = resource.apply(&*self.clients()?, applying).await;
        Ok(wire::apply_resource_change::Response {
            new_state: Some(convert::message(&applied.state, kind)),
            private: applied.private.to_bytes(),
            diagnostics: convert::diagnostics(applied.diagnostics),
            ..wire::apply_resource_change::Response::default()
        })
    }

    async fn read(
        &self,
        request: wire::read_resource::Request,
    ) -> Result<wire::read_resource::Response> {
        let resource = self.resource(&request.type_name)?;
        let kind = resource.value_type();
        let state = convert::value(request.current_state.as_ref(), kind)?;
        let private = Private::from_bytes(&request.private)?;
        let clients = self.clients()?;
        let reading = resource.read(&*clients, state, private, self.operation());
        let read = self.unless_stopped(reading).await?;
        Ok(wire::read_resource::Response {
            new_state: Some(convert::message(&read.state, kind)),
            private: read.private.to_bytes(),
            diagnostics: convert::diagnostics(read.diagnostics),
            // Core replaces what it has by what we answer: without this an identity would be erased.
            new_identity: request.current_identity,
            ..wire::read_resource::Response::default()
        })
    }

    async fn import(
        &self,
        request: wire::import_resource_state::Request,
    ) -> Result<wire::import_resource_state::Response> {
        let resource = self.resource(&request.type_name)?;
        let clients = self.clients()?;
        let importing = resource.import(&*clients, request.id, self.operation());
        let imported = self.unless_stopped(importing).await?;
        let found = (!imported.diagnostics.has_errors()).then(|| {
            wire::import_resource_state::ImportedResource {
                type_name: request.type_name,
                state: Some(convert::message(&imported.state, resource.value_type())),
                private: imported.private.to_bytes(),
                identity: None,
            }
        });
        Ok(wire::import_resource_state::Response {
            imported_resources: found.into_iter().collect(),
            diagnostics: convert::diagnostics(imported.diagnostics),
            ..wire::import_resource_state::Response::default()
        })
    }

    fn upgrade(
        &self,
        request: &wire::upgrade_resource_state::Request,
    ) -> Result<wire::upgrade_resource_state::Response> {
        let resource = self.resource(&request.type_name)?;
        let stored = request.raw_state.as_ref().map_or(&[][..], |state| &state.json);
        let json = serde_json::from_slice(stored).map_err(|problem| {
            Error::new(
                "Unreadable state",
                format!("The stored state of a {} is not JSON: {problem}.", request.type_name),
            )
        })?;
        let state = resource.upgrade(request.version, json)?;
        Ok(wire::upgrade_resource_state::Response {
            upgraded_state: Some(convert::message(&state, resource.value_type())),
            diagnostics: Vec::new(),
        })
    }

    fn call(&self, request: &wire::call_function::Request) -> wire::call_function::Response {
        let fail = |text: String, argument: Option<usize>| wire::call_function::Response {
            result: None,
            error: Some(wire::FunctionError {
                text,
                function_argument: argument.and_then(|index| i64::try_from(index).ok()),
            }),
        };
        let Some(function) = self.functions.get(request.name.as_str()) else {
            return fail(format!("The provider has no function `{}`.", request.name), None);
        };
        if request.arguments.len() != function.parameters.len() {
            return fail(format!("{} arguments are expected.", function.parameters.len()), None);
        }
        let mut arguments = Vec::new();
        for (index, (argument, parameter)) in
            request.arguments.iter().zip(&function.parameters).enumerate()
        {
            match convert::value(Some(argument), &parameter.kind) {
                Ok(value) => arguments.push(value),
                Err(problem) => return fail(problem.diagnostic().detail.clone(), Some(index)),
            }
        }
        match (function.call)(&arguments) {
            Ok(result) => wire::call_function::Response {
                result: Some(convert::message(&result, &function.returns)),
                error: None,
            },
            Err(problem) => fail(problem.text, problem.argument),
        }
    }
}

/// A core that doesn't know write-only attributes would write them to the state (Terraform < 1.11).
fn refuse_write_only<C>(
    resource: &dyn ErasedResource<C>,
    config: &Value,
    diagnostics: &mut Diagnostics,
) {
    let Ok(schema) = resource.schema() else { return };
    for path in schema.paths_where(config, |attribute| attribute.write_only) {
        diagnostics.error(
            path.clone(),
            "Write-only values need Terraform 1.11 or later",
            format!("This Terraform would write `{path}` to the state, so the value is refused."),
        );
    }
}

#[tonic::async_trait]
impl<P: Provider> wire::provider_server::Provider for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Answer<wire::get_metadata::Response> {
        let named =
            |name: &String| wire::get_metadata::ResourceMetadata { type_name: name.clone() };
        let function =
            |name: &&str| wire::get_metadata::FunctionMetadata { name: (*name).to_owned() };
        Ok(Response::new(wire::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: self.resources.keys().map(named).collect(),
            functions: self.functions.keys().map(function).collect(),
            ..wire::get_metadata::Response::default()
        }))
    }

    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Answer<wire::get_provider_schema::Response> {
        answer(async { self.provider_schema() }, |diagnostics| {
            wire::get_provider_schema::Response { diagnostics, ..Default::default() }
        })
        .await
    }

    async fn validate_provider_config(
        &self,
        request: Request<wire::validate_provider_config::Request>,
    ) -> Answer<wire::validate_provider_config::Response> {
        let request = request.into_inner();
        let call = async {
            let mut diagnostics = Diagnostics::new();
            self.provider_config(request.config.as_ref(), &mut diagnostics)?;
            Ok(wire::validate_provider_config::Response {
                diagnostics: convert::diagnostics(diagnostics),
            })
        };
        answer(call, |diagnostics| wire::validate_provider_config::Response { diagnostics }).await
    }

    async fn configure_provider(
        &self,
        request: Request<wire::configure_provider::Request>,
    ) -> Answer<wire::configure_provider::Response> {
        answer(self.configure(request.into_inner()), |diagnostics| {
            wire::configure_provider::Response { diagnostics }
        })
        .await
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Answer<wire::validate_resource_config::Response> {
        let request = request.into_inner();
        let call = async {
            let diagnostics = convert::diagnostics(self.validate_resource(&request)?);
            Ok(wire::validate_resource_config::Response { diagnostics })
        };
        answer(call, |diagnostics| wire::validate_resource_config::Response { diagnostics }).await
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Answer<wire::upgrade_resource_state::Response> {
        let request = request.into_inner();
        answer(async { self.upgrade(&request) }, |diagnostics| {
            wire::upgrade_resource_state::Response { upgraded_state: None, diagnostics }
        })
        .await
    }

    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Answer<wire::read_resource::Response> {
        let request = request.into_inner();
        let unchanged = request.clone();
        answer(self.read(request), |diagnostics| wire::read_resource::Response {
            new_state: unchanged.current_state,
            private: unchanged.private,
            new_identity: unchanged.current_identity,
            diagnostics,
            ..Default::default()
        })
        .await
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Answer<wire::plan_resource_change::Response> {
        let request = request.into_inner();
        let unchanged = request.clone();
        answer(self.plan(request), |diagnostics| wire::plan_resource_change::Response {
            planned_state: unchanged.prior_state,
            planned_private: unchanged.prior_private,
            diagnostics,
            ..Default::default()
        })
        .await
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Answer<wire::apply_resource_change::Response> {
        let request = request.into_inner();
        let unchanged = request.clone();
        answer(self.apply(request), |diagnostics| wire::apply_resource_change::Response {
            new_state: unchanged.prior_state,
            private: unchanged.planned_private,
            diagnostics,
            ..Default::default()
        })
        .await
    }

    async fn import_resource_state(
        &self,
        request: Request<wire::import_resource_state::Request>,
    ) -> Answer<wire::import_resource_state::Response> {
        answer(self.import(request.into_inner()), |diagnostics| {
            wire::import_resource_state::Response { diagnostics, ..Default::default() }
        })
        .await
    }

    async fn get_functions(
        &self,
        _: Request<wire::get_functions::Request>,
    ) -> Answer<wire::get_functions::Response> {
        Ok(Response::new(wire::get_functions::Response {
            functions: convert::functions(&self.functions),
            diagnostics: Vec::new(),
        }))
    }

    async fn call_function(
        &self,
        request: Request<wire::call_function::Request>,
    ) -> Answer<wire::call_function::Response> {
        let request = request.into_inner();
        let called = catch_panic(async { self.call(&request) }).await;
        Ok(Response::new(called.unwrap_or_else(|panic| wire::call_function::Response {
            result: None,
            error: Some(wire::FunctionError {
                text: format!("The provider has a bug: it panicked: {panic}"),
                function_argument: None,
            }),
        })))
    }

    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Answer<wire::stop_provider::Response> {
        self.stop();
        Ok(Response::new(wire::stop_provider::Response { error: String::new() }))
    }
}
