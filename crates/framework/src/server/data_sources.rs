//! The calls about data sources.

use tfplugin::tfplugin6 as wire;

use super::{Server, convert};
use crate::diagnostics::{Diagnostics, Result};
use crate::provider::Provider;

impl<P: Provider> Server<P> {
    pub(super) fn validate_data_source(
        &self,
        request: &wire::validate_data_resource_config::Request,
    ) -> Result<Diagnostics> {
        let source = self.data_source(&request.type_name)?;
        let config = convert::value(request.config.as_ref(), source.value_type())?;
        Ok(source.validate(&config))
    }

    pub(super) async fn read_data_source(
        &self,
        request: wire::read_data_source::Request,
    ) -> Result<wire::read_data_source::Response> {
        let source = self.data_source(&request.type_name)?;
        let kind = source.value_type();
        let config = convert::value(request.config.as_ref(), kind)?;
        let clients = self.clients()?;
        let reading = source.read(&*clients, config, self.operation());
        let found = self.unless_stopped(reading).await?;
        Ok(wire::read_data_source::Response {
            state: Some(convert::message(&found.state, kind)),
            diagnostics: convert::diagnostics(found.diagnostics),
            ..wire::read_data_source::Response::default()
        })
    }
}
