//! The calls that this framework answers.

use tfplugin::tfplugin6 as wire;
use tonic::{Request, Response, Status};

use super::{Server, convert};
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::plugin::catch_panic;
use crate::provider::{Provider, Setup};
use crate::schema::{LowerError, Schema};
use crate::value::from_value;

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

/// A named schema for the protocol.
fn described(
    (name, schema): (&String, Result<&Schema, LowerError>),
) -> Result<(String, wire::Schema)> {
    let schema = schema.map_err(|problem| {
        Error::provider_bug(format!("the schema of {name} can't be made: {problem}"))
    })?;
    Ok((name.clone(), convert::schema(schema)))
}

impl<P: Provider> Server<P> {
    /// Runs work that changes nothing, and drops it when the user stops the run.
    pub(super) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Result<T> {
        let stop = self.operation();
        tokio::select! {
            done = work => Ok(done),
            () = stop.cancelled() => Err(Error::new("Stopped", "Terraform asked to stop.")),
        }
    }

    fn provider_schema(&self) -> Result<wire::get_provider_schema::Response> {
        let resources = self.resources.iter().map(|(name, one)| (name, one.schema()));
        let data_sources = self.data_sources.iter().map(|(name, one)| (name, one.schema()));
        Ok(wire::get_provider_schema::Response {
            provider: Some(convert::schema(&self.config_schema()?.0)),
            resource_schemas: resources.map(described).collect::<Result<_>>()?,
            data_source_schemas: data_sources.map(described).collect::<Result<_>>()?,
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
}

#[tonic::async_trait]
impl<P: Provider> wire::provider_server::Provider for Server<P> {
    async fn get_metadata(
        &self,
        _: Request<wire::get_metadata::Request>,
    ) -> Answer<wire::get_metadata::Response> {
        let named =
            |name: &String| wire::get_metadata::ResourceMetadata { type_name: name.clone() };
        let read =
            |name: &String| wire::get_metadata::DataSourceMetadata { type_name: name.clone() };
        let function =
            |name: &&str| wire::get_metadata::FunctionMetadata { name: (*name).to_owned() };
        Ok(Response::new(wire::get_metadata::Response {
            server_capabilities: Some(capabilities()),
            resources: self.resources.keys().map(named).collect(),
            data_sources: self.data_sources.keys().map(read).collect(),
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

    async fn validate_data_resource_config(
        &self,
        request: Request<wire::validate_data_resource_config::Request>,
    ) -> Answer<wire::validate_data_resource_config::Response> {
        let request = request.into_inner();
        let call = async {
            let diagnostics = convert::diagnostics(self.validate_data_source(&request)?);
            Ok(wire::validate_data_resource_config::Response { diagnostics })
        };
        answer(call, |diagnostics| wire::validate_data_resource_config::Response { diagnostics })
            .await
    }

    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Answer<wire::read_data_source::Response> {
        answer(self.read_data_source(request.into_inner()), |diagnostics| {
            wire::read_data_source::Response { diagnostics, ..Default::default() }
        })
        .await
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
