//! Serves the provider to Terraform, and nothing else.

use std::process::ExitCode;

use framework::plugin::{ServeOptions, serve};
use framework::server::Server;
use terraform_provider_hinomi::Hinomi;

fn main() -> ExitCode {
    let options = ServeOptions {
        address: "registry.terraform.io/hinomi/hinomi",
        debug: std::env::args().skip(1).any(|argument| argument == "--debug"),
        log_targets: &["framework", "terraform_provider_hinomi"],
    };
    serve(options, Server::<Hinomi>::new)
}
