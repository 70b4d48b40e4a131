//! The calls about resources.

use tfplugin::tfplugin6 as wire;

use super::{Server, convert};
use crate::diagnostics::{Diagnostics, Error, Result};
use crate::private::Private;
use crate::provider::Provider;
use crate::resource::{Applying, ErasedResource, Planning};
use crate::value::Value;

impl<P: Provider> Server<P> {
    pub(super) fn validate_resource(
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

    pub(super) async fn plan(
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

    pub(super) async fn apply(
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

    pub(super) async fn read(
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

    pub(super) async fn import(
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

    pub(super) fn upgrade(
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
