//! The smallest plugin that Terraform accepts: a provider block without attributes, nothing else.
//!
//! The conformance tests of the transport can run against it:
//! `HINOMI_PROVIDER=$PWD/target/debug/examples/bare_plugin cargo test -p hinomi-tests --test
//! conformance_transport`.

use std::env;
use std::process::ExitCode;

use framework::plugin::{ServeOptions, serve};
use tfplugin::tfplugin6::provider_server::Provider;
use tfplugin::tfplugin6::{Schema, get_provider_schema, schema, stop_provider};
use tonic::{Request, Response, Status, async_trait};

struct Bare;

#[async_trait]
impl Provider for Bare {
    async fn get_provider_schema(
        &self,
        _request: Request<get_provider_schema::Request>,
    ) -> Result<Response<get_provider_schema::Response>, Status> {
        let block = Some(schema::Block::default());
        let provider = Some(Schema { version: 0, block });
        Ok(Response::new(get_provider_schema::Response { provider, ..Default::default() }))
    }

    async fn stop_provider(
        &self,
        _request: Request<stop_provider::Request>,
    ) -> Result<Response<stop_provider::Response>, Status> {
        Ok(Response::new(stop_provider::Response::default()))
    }
}

fn main() -> ExitCode {
    let debug = env::args().any(|argument| argument == "--debug");
    let address = "registry.terraform.io/hinomi/hinomi";
    serve(ServeOptions { address, debug, log_targets: &[] }, || Bare)
}
